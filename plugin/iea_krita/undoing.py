"""Krita's own undo, as far as a plugin sees it: what its next steps are called, in the person's language. GUI thread only."""

from __future__ import annotations

from . import host


def undo_text() -> str:
    """What Edit > Undo says now, "Undo: Add Layer" for example."""
    return host.Krita.instance().action("edit_undo").text()


def redo_text() -> str:
    """What Edit > Redo says now."""
    return host.Krita.instance().action("edit_redo").text()


def can_redo() -> bool:
    """Whether Edit > Redo has something to bring back. The action itself is always enabled; with nothing to name, the space
    before (or after) the name is left. A language without that space counts as one in which there is something."""
    text = redo_text()
    return text == text.strip()
