"""What the agent and the chat are shown of a document: the picture, or the part that an edit is about. GUI thread only.

Each is a generator for a Task, because Krita has to compute a copy where steps are left out, and nobody waits for that.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from . import host
from .document import PhotoDocument, children_of, find, uid
from .qt import QtCore, QtGui
from .scope import Aim, Scope
from .session import Edit
from .tasks import Until

View = Generator[Until, Any, QtGui.QImage]


def before(photo: PhotoDocument, edit: Edit) -> View:
    """What the edit is about, as it looks without the edit's steps: sRGB, 8 bit. A null picture where there is nothing."""
    if edit.aim.scope is Scope.LAYER:
        return (yield from _layer(photo, edit, with_steps=False))
    if not edit.steps:
        return _part(photo.picture(), edit.aim)
    root = photo.fetch().rootNode()
    others = [node for node in children_of(root) if uid(node) != edit.group]
    return _part((yield from _picture_of(photo, others)), edit.aim)


def now(photo: PhotoDocument, edit: Edit) -> View:
    """The same as it looks at present. To be asked when Krita is idle."""
    if edit.aim.scope is Scope.LAYER:
        return (yield from _layer(photo, edit, with_steps=True))
    return _part(photo.picture(), edit.aim)


def _part(picture: QtGui.QImage, aim: Aim) -> QtGui.QImage:
    """The rectangle of the selection that the edit was made with; the whole picture without one."""
    try:
        x, y, width, height = map(int, aim.selection.split(",")[:4])
    except ValueError:
        return picture
    return picture.copy(QtCore.QRect(x, y, width, height).intersected(picture.rect()))


def _layer(photo: PhotoDocument, edit: Edit, *, with_steps: bool) -> View:
    """The layer alone, cut to what is in it."""
    document = photo.fetch()
    node = find(document, edit.aim.layer)
    if node is None:
        return QtGui.QImage()
    area = node.bounds().intersected(QtCore.QRect(0, 0, document.width(), document.height()))
    ours = set() if with_steps else {step.layer for step in edit.steps}
    hidden = [place for place, mask in enumerate(children_of(node)) if uid(mask) in ours]
    whole = yield from _picture_of(photo, [node], hidden)
    return QtGui.QImage() if area.isEmpty() else whole.copy(area)


def _picture_of(photo: PhotoDocument, nodes: list[Any], without: list[int] | None = None) -> View:
    """Copies of these nodes in a document that nobody sees; of a single one, alone and in full strength, children at the places
    `without` are left out (copies have ids of their own)."""
    document = photo.fetch()
    copy = host.Krita.instance().createDocument(
        document.width(), document.height(), "IEA", document.colorModel(), document.colorDepth(), document.colorProfile(), 300.0
    )
    try:
        root = copy.rootNode()
        for other in children_of(root):
            other.remove()
        for node in nodes:
            root.addChildNode(node.clone(), None)
        if without is not None:  # not before: a clone that is in no document crashes Krita when it is changed
            alone = children_of(root)[0]
            alone.setOpacity(255)
            alone.setBlendingMode("normal")
            alone.setVisible(True)
            children = children_of(alone)
            for place in without:
                children[place].setVisible(False)
        copy.refreshProjection()
        yield Until(lambda: _is_idle(copy), 120.0)
        return copy.projection(0, 0, copy.width(), copy.height())
    finally:
        copy.setModified(False)
        copy.close()


def _is_idle(document: Any) -> bool:
    if not document.tryBarrierLock():
        return False
    document.unlock()
    return True
