"""What the agent and the chat are shown of a document: the picture, or the part that an edit is about. GUI thread only."""

from __future__ import annotations

from typing import Any

from . import host
from .document import PhotoDocument, find
from .qt import QtCore, QtGui
from .scope import Aim, Scope
from .session import Edit


def before(photo: PhotoDocument, edit: Edit) -> QtGui.QImage:
    """What the edit is about, as it looks without the edit's steps: sRGB, 8 bit. Krita has to compute a copy where there are
    any."""
    if edit.aim.scope is Scope.LAYER:
        return _layer(photo, edit, with_steps=False)
    if not edit.steps:
        return _part(photo.picture(), edit.aim)
    copy = photo.copy_without(edit.group)
    try:
        return _part(copy.picture(), edit.aim)
    finally:
        copy.close()


def now(photo: PhotoDocument, edit: Edit) -> QtGui.QImage:
    """The same as it looks at present."""
    return _layer(photo, edit, with_steps=True) if edit.aim.scope is Scope.LAYER else _part(photo.picture(), edit.aim)


def _part(picture: QtGui.QImage, aim: Aim) -> QtGui.QImage:
    """The rectangle of the selection that the edit was made with; the whole picture without one."""
    try:
        x, y, width, height = map(int, aim.selection.split(",")[:4])
    except ValueError:
        return picture
    return picture.copy(QtCore.QRect(x, y, width, height).intersected(picture.rect()))


def _layer(photo: PhotoDocument, edit: Edit, *, with_steps: bool) -> QtGui.QImage:
    """The layer alone, in a document of its own that nobody sees, cut to what is in it."""
    document = photo.fetch()
    node = find(document, edit.aim.layer)
    if node is None:
        return QtGui.QImage()
    area = node.bounds().intersected(QtCore.QRect(0, 0, document.width(), document.height()))
    alone = _document_of(node, document)
    try:
        clone = next(iter(alone.rootNode().childNodes()), None)
        if clone is not None and not with_steps:
            masks = [mask for mask in clone.childNodes() if mask.type() == "filtermask"]
            originals = [mask for mask in node.childNodes() if mask.type() == "filtermask"]
            ours = {step.layer for step in edit.steps}
            for mask, original in zip(masks, originals, strict=False):
                if original.uniqueId().toString() in ours:
                    mask.remove()
        alone.refreshProjection()
        alone.waitForDone()
        whole = alone.projection(0, 0, alone.width(), alone.height())
        return whole.copy(area) if not area.isEmpty() else whole
    finally:
        alone.setModified(False)
        alone.close()


def _document_of(node: Any, document: Any) -> Any:
    alone = host.Krita.instance().createDocument(
        document.width(), document.height(), "IEA", document.colorModel(), document.colorDepth(), document.colorProfile(), 300.0
    )
    root = alone.rootNode()
    for other in root.childNodes():
        other.remove()
    clone = node.clone()
    clone.setOpacity(255)
    clone.setBlendingMode("normal")
    clone.setVisible(True)
    root.addChildNode(clone, None)
    return alone
