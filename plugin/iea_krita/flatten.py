"""The picture as it looks now as plain pixels, in a new document or a new layer; what it is made of stays. GUI thread only."""

from __future__ import annotations

from pathlib import PurePath

from . import document as documents
from . import host
from .document import PhotoDocument, find, uid
from .texts import tr


class FlattenFailed(Exception):
    """The message is a sentence for people. Nothing was changed."""


def to_document(photo: PhotoDocument) -> str:
    """Open a flat copy in a window of its own and return its name. Ask when idle."""
    original = photo.fetch()
    name = tr("{name} (flat)", name=PurePath(original.fileName()).stem or original.name() or tr("Picture"))
    # Krita's own action: a clone that we put into a window ourselves would not be among Krita's documents.
    host.Krita.instance().action("create_copy").trigger()
    copy = host.Krita.instance().activeDocument()
    if copy is None or documents.key_of(copy) == photo.key:
        raise FlattenFailed(tr("Krita could not copy this document. There may be too little memory."))
    for kind in (documents.SESSION, documents.BEFORE, documents.PICTURES):
        if kind in copy.annotationTypes():
            copy.removeAnnotation(kind)
    copy.flatten()
    copy.setName(name)
    copy.setModified(True)
    return name


def to_layer(photo: PhotoDocument, group: str) -> str:
    """Put a paint layer with all pixels above our group, or on top of all, and return its name: one undo step."""
    document = photo.fetch()
    width, height = document.width(), document.height()
    name = tr("Flat copy")
    layer, pixels = document.createNode(name, "paintlayer"), document.pixelData(0, 0, width, height)
    if layer is None or not pixels:
        raise FlattenFailed(tr("Krita did not give the picture's pixels. Wait until it has drawn the picture, then try again."))
    layer.setPixelData(pixels, 0, 0, width, height)  # before it is added, so that there is one undo step
    root = document.rootNode()
    above = find(document, group)
    while above is not None and above.parentNode() is not None and uid(above.parentNode()) != uid(root):
        above = above.parentNode()
    if not root.addChildNode(layer, above):
        raise FlattenFailed(tr("Krita did not take the new layer."))
    return name
