"""What somebody did to our layers in Krita's own dialogs: noticed at no cost, read only then, told as values. GUI thread only.

Krita 5.1 hands Python no settings of levels and curves. What its files hold is the truth, so those layers are copied into a
tiny document that nobody sees, which is saved and read. Later Kritas tell them directly.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tool_mapping.kra_reader import UnreadableKra, filtered_layers
from tool_mapping.krita import layer_name, value_of

from . import host
from .document import Facts, PhotoDocument, children_of, find, uid
from .paths import run_folder
from .qt import QtWidgets
from .session import Session, Step, by_hand_name, is_automatic_name
from .tasks import Until

_numbers = itertools.count()
_SIDE = 16
_SECONDS = 120.0
_NEXT_MOMENT = Until(lambda: True)
_DIALOGS = "KisDlgAdj"  # Krita's dialogs for the settings of a filter layer and a filter mask begin so


@dataclass(frozen=True, slots=True)
class Settings:
    """What a layer of ours does: Krita's filter id ("" of a paint layer), its parameters, and the opacity 0..255."""

    filter_id: str
    params: dict[str, Any]
    opacity: int


@dataclass(slots=True)
class HandWatch:
    """Tells when somebody may have changed a filter by hand. Ask `noticed` a few times a second; it looks at no layer.

    That is when one of Krita's filter dialogs was closed, and when undo or redo went over what such a dialog did. Krita's names
    of undo steps are in the person's language, so what a dialog's step is called is learned when one closes.
    """

    _asked: bool = False
    _dialog: Any = None  # that is open
    _before: str = ""
    _seen: str = ""
    _learned: set[str] = field(default_factory=set)

    def ask(self) -> None:
        """Let the layers be read at the next look, whatever has happened."""
        self._asked = True

    def noticed(self) -> bool:
        """Whether the layers should be read now."""
        undo, redo = _undo_texts()
        dialog = _open_dialog(self._dialog)
        closed = self._dialog is not None and dialog is None
        if dialog is not None and self._dialog is None:
            self._before = undo
        self._dialog = dialog
        moved = f"{undo} {redo}" != self._seen
        last, self._seen = self._seen, f"{undo} {redo}"
        if dialog is not None:
            return False
        if self._asked:
            self._asked = False
            return True
        if closed:
            if undo != self._before:
                self._learned.add(undo)
            return True
        return moved and any(name and (name in last or name in self._seen) for name in self._learned)


def _undo_texts() -> tuple[str, str]:
    krita = host.Krita.instance()
    return krita.action("edit_undo").text(), krita.action("edit_redo").text()


def _open_dialog(known: Any) -> Any:
    """A filter dialog of Krita's that is open: the one known, as long as it is, else the one that somebody works in."""
    with contextlib.suppress(RuntimeError):  # it was closed, and is gone
        if known is not None and known.isVisible():
            return known
    # To look through all windows of the program takes 5 ms, and this is asked a few times a second.
    active = (QtWidgets.QApplication.activeModalWidget(), QtWidgets.QApplication.activeWindow())
    return next((dialog for dialog in active if dialog and dialog.metaObject().className().startswith(_DIALOGS)), None)


def layers_of(session: Session) -> list[str]:
    """The layers of all edits of a document."""
    return [step.layer for edit in session.edits for step in edit.steps]


def visible_settings(photo: PhotoDocument, layers: Sequence[str]) -> dict[str, Settings]:
    """The settings of those of these layers that Python can see in this Krita."""
    seen = {layer: photo.settings(layer) for layer in layers}
    return {layer: Settings(*found) for layer, found in seen.items() if found is not None}


def read_settings(photo: PhotoDocument, layers: Sequence[str]) -> Generator[Until, Any, dict[str, Settings]]:
    """The settings of those of these layers that are there, in moments of Krita's event loop. Raises DocumentGone."""
    yield Until(photo.is_idle, _SECONDS)
    found = visible_settings(photo, layers)
    hidden = [layer for layer in layers if layer not in found]
    if hidden:
        found |= yield from _read_file(photo, hidden)
    return found


def _read_file(photo: PhotoDocument, layers: Sequence[str]) -> Generator[Until, Any, dict[str, Settings]]:
    facts = photo.facts()
    path = run_folder() / f"settings-{next(_numbers)}.kra"
    copy = host.Krita.instance().createDocument(_SIDE, _SIDE, "settings", facts.model, facts.depth, facts.profile, 72.0)
    try:
        yield _NEXT_MOMENT
        ids = {}
        document = photo.fetch()
        for layer in layers:
            node = find(document, layer)
            if node is not None:
                clone = node.clone()
                ids[uid(clone)] = layer
                holder = children_of(copy.rootNode())[0] if node.type() == "filtermask" else copy.rootNode()
                holder.addChildNode(clone, None)
        yield _NEXT_MOMENT
        copy.setBatchmode(True)
        if not copy.saveAs(str(path)):
            return {}
        yield _NEXT_MOMENT
        return {
            ids[layer.layer]: Settings(layer.filter_id, dict(layer.params), layer.opacity)
            for layer in filtered_layers(path) if layer.layer in ids
        }
    except (OSError, UnreadableKra):
        return {}
    finally:
        copy.setModified(False)
        copy.close()
        path.unlink(missing_ok=True)


def told(step: Step, settings: Settings | None, facts: Facts) -> Step:
    """The step as its layer's settings say it: with another value, or as made by hand where no value says it."""
    if settings is None:
        return step
    call = value_of(
        settings.filter_id, settings.params, step.tool, opacity=settings.opacity, width=facts.width, height=facts.height
    )
    if call is None:
        return replace(step, by_hand=True)
    return replace(step, value=call.value, by_hand=False)


def take_over(photo: PhotoDocument, session: Session, settings: dict[str, Settings]) -> Session | None:
    """The session with what somebody set by hand, None when nothing of it is new. Layers' automatic names follow."""
    facts, changed = photo.facts(), False

    def heard(step: Step) -> Step:
        nonlocal changed
        new = told(step, settings.get(step.layer), facts)
        if new != step:
            changed = True
            _rename(photo, new)
        return new

    steps = tuple(heard(step) for step in session.steps)
    aside = tuple(replace(edit, steps=tuple(heard(step) for step in edit.steps)) for edit in session.aside)
    return replace(session, steps=steps, aside=aside) if changed else None


def _rename(photo: PhotoDocument, step: Step) -> None:
    node = find(photo.fetch(), step.layer)
    if node is not None and is_automatic_name(node.name()):
        node.setName(by_hand_name(step.tool) if step.by_hand else layer_name(step.call))
