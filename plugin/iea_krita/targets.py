"""What a request is aimed at: the whole picture, the active layer or the selection; and why not. GUI thread only."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from tool_mapping.krita import check_document

from .document import PhotoDocument, uid
from .scope import WHOLE_PICTURE, Aim, Scope
from .session import Session
from .texts import tr

_MASKS = ("transparencymask", "filtermask", "transformmask", "selectionmask", "colorizemask")
MOST_FEATHER = 0.1  # of the picture's long side


class CannotAim(Exception):
    """This scope cannot be used now; the message says why in a sentence, and what to do."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Where a selection's steps act: `data` is one byte a pixel, 255 for all of it, of the rectangle x, y, width, height."""

    x: int
    y: int
    width: int
    height: int
    data: bytes

    @property
    def mark(self) -> str:
        """Tells this selection from another one."""
        return f"{self.x},{self.y},{self.width},{self.height},{zlib.crc32(self.data):08x}"


def why_not(photo: PhotoDocument, session: Session, scope: Scope) -> str:
    """A sentence saying why a request with this scope cannot be carried out now, and what to do; "" when it can. Cheap."""
    try:
        if scope is Scope.LAYER:
            _layer(photo, session)
        elif scope is Scope.SELECTION and not (_selected(photo) or _continues(session)):
            raise CannotAim(_no_selection())
    except CannotAim as error:
        return str(error)
    return photo.why_not()


def aim(photo: PhotoDocument, session: Session, scope: Scope, *, feather: float = 0.0) -> tuple[Session, Mask | None]:
    """The session with the edit in view that a request with this scope refines, or with a new one begun.

    With the whole picture that is its one edit; with a layer the edit of the layer that is active; with a selection the edit
    that was made with just this selection, or, where nothing is selected, the selection's edit in view. The mask is that of a
    new selection edit, its edge softened over `feather` times the picture's long side (0 to 0.1). Raises CannotAim.
    """
    reason = why_not(photo, session, scope)
    if reason:
        raise CannotAim(reason)
    if scope is Scope.PICTURE:
        return _turned_to(session, WHOLE_PICTURE), None
    if scope is Scope.LAYER:
        return _turned_to(session, Aim(Scope.LAYER, layer=uid(_layer(photo, session)))), None
    mask = selection_mask(photo)
    if mask is None:
        return session, None
    wanted = Aim(Scope.SELECTION, selection=mask.mark)
    known = any(edit.aim == wanted and edit.steps for edit in session.edits)
    return _turned_to(session, wanted), None if known else selection_mask(photo, feather=feather)


def selection_mask(photo: PhotoDocument, *, feather: float = 0.0) -> Mask | None:
    """The person's selection within the picture, None where nothing of it is selected. `feather` as in `aim`."""
    document = photo.fetch()
    selection = document.selection()
    if selection is None:
        return None
    width, height = document.width(), document.height()
    radius = round(min(MOST_FEATHER, max(0.0, feather)) * max(width, height))
    if radius:
        selection = selection.duplicate()
        selection.feather(radius)
    left, top = max(0, selection.x()), max(0, selection.y())
    right = min(width, selection.x() + selection.width())
    bottom = min(height, selection.y() + selection.height())
    if left >= right or top >= bottom:
        return None
    data = bytes(selection.pixelData(left, top, right - left, bottom - top))
    return Mask(left, top, right - left, bottom - top, data) if any(data) else None


def _turned_to(session: Session, wanted: Aim) -> Session:
    edit = next((edit for edit in session.edits if edit.aim == wanted), None)
    return session.viewing(edit) if edit is not None else session.beginning(wanted)


def _continues(session: Session) -> bool:
    return session.aim.scope is Scope.SELECTION and bool(session.steps)


def _selected(photo: PhotoDocument) -> bool:
    selection = photo.fetch().selection()
    return selection is not None and selection.width() > 0 and selection.height() > 0


def _no_selection() -> str:
    return tr(
        "Nothing is selected. Draw around the part that you mean with one of Krita's selection tools (the dashed shapes at the "
        "bottom of the toolbox), then ask again."
    )


def _layer(photo: PhotoDocument, session: Session) -> Any:
    """The layer that a request about the active layer means. Raises CannotAim."""
    document = photo.fetch()
    node = document.activeNode()
    while node is not None and node.type() in _MASKS:
        node = node.parentNode()
    if node is None or uid(node) == uid(document.rootNode()):
        raise CannotAim(tr("No layer is chosen. Click the layer that you mean in Krita's Layers docker, then ask again."))
    name, above = node.name(), list(_with_parents(document, node))
    ours = {edit.group for edit in session.edits if edit.group}
    if any(uid(other) in ours for other in above):
        raise CannotAim(tr(
            "“{name}” belongs to the steps made here. Click the photo's own layer in Krita's Layers docker, then ask again.",
            name=name,
        ))
    if any(other.locked() for other in above):
        raise CannotAim(tr(
            "“{name}” is locked. Unlock it with the padlock in Krita's Layers docker, or choose another layer.", name=name
        ))
    if not all(other.visible() for other in above):
        raise CannotAim(tr(
            "“{name}” is hidden, so the change would not be seen. Switch its eye on in Krita's Layers docker.", name=name
        ))
    if node.type() == "filterlayer":
        raise CannotAim(tr(
            "“{name}” is a filter layer and has no pixels of its own. Choose the layer with the pixels.", name=name
        ))
    if node.type() == "grouplayer" and node.passThroughMode():
        raise CannotAim(tr(
            "“{name}” is a pass-through group, on which masks do nothing. Choose a layer in it, or switch pass-through off.",
            name=name,
        ))
    reason = check_document(node.colorModel(), node.colorDepth(), node.colorProfile())
    if reason:
        raise CannotAim(reason)
    return node


def _with_parents(document: Any, node: Any) -> Any:
    root = uid(document.rootNode())
    while node is not None and uid(node) != root:
        yield node
        node = node.parentNode()
