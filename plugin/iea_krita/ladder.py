"""A layer for each value that a step can have, prepared in a document that nobody sees: a slider needs one at once.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from tool_mapping.spec import BY_NAME, ToolCall

from .document import Facts, PhotoDocument, children_of, uid
from .qt import QtCore
from .scope import Scope
from .tasks import Until
from .template import Template, write_template
from .worker import Call

_SECONDS = 120.0
_KEPT_SECONDS = 60.0


class Ladder:
    """The layers, or filter masks, of all values of one tool, switched off. They have no mask in the size of the picture.

    Close it when it is done with: it holds an open document.
    """

    def __init__(self, photo: PhotoDocument, tool: str, scope: Scope, written: Path) -> None:
        self.key, self.tool, self.scope, self.facts = photo.key, tool, scope, photo.facts()
        self._first = BY_NAME[tool].minimum
        self.template = Template(photo, [], "IEA", scope, written=written)
        for node in children_of(self.template.group):
            node.setVisible(False)
        self._empty = uid(self.template.new_group("IEA"))

    @classmethod
    def made(cls, photo: PhotoDocument, tool: str, scope: Scope) -> Generator[Until, Any, Ladder]:
        """One for this document, in moments of Krita's event loop."""
        facts = photo.facts()
        writing = Call(lambda: _write(facts, tool, scope))
        writing.start()
        yield Until(lambda: writing.over, _SECONDS)
        yield Until(photo.is_idle, _SECONDS)
        return cls(photo, tool, scope, writing.value())

    def fits(self, photo: PhotoDocument, tool: str, scope: Scope) -> bool:
        """Whether it is for this step of this document as that is now."""
        made_for = (self.key, self.tool, self.scope, self.facts)
        return self.template.is_open and made_for == (photo.key, tool, scope, photo.facts())

    def place(self, value: int) -> int:
        """The index of the layer with this value."""
        return value - self._first

    def source(self, value: int) -> Any:
        """The layer with this value, to be cloned."""
        return children_of(self.template.group)[self.place(value)]

    def holder(self) -> Any:
        """A new pass-through group for one of the layers."""
        return self.template.node(self._empty).clone()

    def close(self) -> None:
        self.template.close()


class OneValue:
    """The layer of one value alone: quicker to make than a ladder. Close it when it is done with."""

    def __init__(self, photo: PhotoDocument, call: ToolCall, scope: Scope) -> None:
        self.template = Template(photo, [call], "IEA", scope, bare=True)

    def source(self, value: int) -> Any:
        """The layer, to be cloned."""
        return children_of(self.template.group)[0]

    def holder(self) -> Any:
        """A new pass-through group for it."""
        return self.template.group.clone()

    def close(self) -> None:
        self.template.close()


class Opacities:
    """The values of a step that its layer's opacity alone tells: the layer itself."""

    def __init__(self, photo: PhotoDocument, layer: str) -> None:
        self._photo, self._layer = photo, layer

    def source(self, value: int) -> Any:
        """The layer, to be cloned."""
        return self._photo.node(self._layer)

    def holder(self) -> Any:
        """A new pass-through group for it."""
        group = self._photo.fetch().createGroupLayer("IEA")
        group.setPassThroughMode(True)
        return group


class Ladders:
    """Keeps the ladder that was used last for a while: whoever moved a slider is likely to move it again."""

    def __init__(self, parent: QtCore.QObject) -> None:
        self._kept: Ladder | None = None
        self._making = False
        self._timer = QtCore.QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(1000 * _KEPT_SECONDS))
        self._timer.timeout.connect(self.forget)

    def has(self, photo: PhotoDocument, tool: str, scope: Scope) -> bool:
        return self._kept is not None and self._kept.fits(photo, tool, scope)

    def take(self, photo: PhotoDocument, tool: str, scope: Scope) -> Generator[Until, Any, Ladder]:
        """One for this step. Give it back."""
        yield Until(lambda: not self._making, _SECONDS)
        kept, self._kept = self._kept, None
        if kept is not None and kept.fits(photo, tool, scope):
            return kept
        if kept is not None:
            kept.close()
        self._making = True
        try:
            return (yield from Ladder.made(photo, tool, scope))
        finally:
            self._making = False

    def give(self, ladder: Ladder) -> None:
        if self._kept is not ladder:
            self.forget()
        self._kept = ladder
        self._timer.start()

    def forget(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


def _write(facts: Facts, tool: str, scope: Scope) -> Path:
    """Some 30 ms."""
    spec = BY_NAME[tool]
    calls = [ToolCall(tool, value) for value in range(spec.minimum, spec.maximum + 1)]
    return write_template(facts, calls, "IEA", scope, bare=True)
