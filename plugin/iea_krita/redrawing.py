"""Lets Krita compute the picture again and goes on at once, as Krita's own filter dialog does. GUI thread only.

Krita's Python has one call for that, refreshProjection, which holds the window until the last pixel is there. The layer
docker has a better one: whoever sets a layer's eye in its model sets off a computation that nobody waits for. So the eye is
set to what it is. Krita 5.1 records an eye as an undo step, and forgets it when it is set back: it is set to and fro, with
Krita's computation locked, so that nothing is drawn in between and no step is left. Later Kritas may record nothing: then
once is enough.
"""

from __future__ import annotations

from typing import Any

from . import host
from .document import PhotoDocument, find, uid
from .qt import QtCore, QtWidgets, raw_data
from .undoing import can_redo, undo_text

_LAYER_DOCKER, _MODEL = "KisLayerBox", "KisNodeModel"
_ROLES = range(QtCore.Qt.UserRole, QtCore.Qt.UserRole + 32)  # Krita's own lie here; which is which differs by version

_works = True  # until a Krita turns out to keep a step


def redraw(photo: PhotoDocument, layer: str = "", *, forget_redo: bool = False) -> None:
    """Let Krita compute the picture again from this layer or mask upwards; all of it for a group. Ask when Krita is idle.

    Returns at once, except where the layer docker does not show this document, where redo has something to bring back (which
    Krita would forget: unless it may) or where there is no such layer: then it blocks until the picture is there.
    """
    document = photo.fetch()
    node = find(document, layer)
    if node is None or (can_redo() and not forget_redo) or not _set_off(document, node):
        document.refreshProjection()


def _set_off(document: Any, node: Any) -> bool:
    """Set the node's eye to what it is; whether that was possible."""
    global _works
    place = _place_of(node) if _works else None
    role = next((role for role in _ROLES if _is_eye(place, role)), None) if place is not None else None
    if place is None or role is None or not document.tryBarrierLock():
        return False
    model, visible, before = place.model(), node.visible(), undo_text()
    try:
        as_it_is = raw_data(place, role)
        node.setVisible(not visible)
        other = raw_data(place, role)
        model.setData(place, as_it_is, role)
        if node.visible() == visible:  # done and recorded: set back, it is forgotten
            recorded = undo_text()
            model.setData(place, other, role)
            node.setVisible(visible)
            _works = undo_text() != recorded or recorded == before
    finally:
        document.unlock()
    return True


def _place_of(node: Any) -> Any | None:
    """The node's index in the model of the layer docker that shows it, None where none does."""
    name, mark = node.name(), f"iea {uid(node)}"
    node.setName(mark)  # rows and children do not correspond: Krita leaves some kinds of nodes out
    try:
        models = (
            model
            for window in host.Krita.instance().windows()
            if (docker := window.qwindow().findChild(QtWidgets.QDockWidget, _LAYER_DOCKER)) is not None
            for model in docker.findChildren(QtCore.QAbstractItemModel)
            if model.metaObject().className() == _MODEL
        )
        return next((place for model in models if (place := _find(model, QtCore.QModelIndex(), mark)) is not None), None)
    finally:
        node.setName(name)


def _find(model: Any, parent: Any, name: str) -> Any | None:
    for row in range(model.rowCount(parent)):
        place = model.index(row, 0, parent)
        if place.data() == name:
            return place
        below = _find(model, place, name)
        if below is not None:
            return below
    return None


def _is_eye(place: Any, role: int) -> bool:
    """Whether this is the model's role for a layer's properties, the eye among them."""
    return "PropertyList" in (raw_data(place, role).typeName() or "")
