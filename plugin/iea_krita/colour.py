"""A copy of a document in a colour space that the tools work in, where they would change it wrongly. GUI thread only."""

from __future__ import annotations

from pathlib import PurePath

from tool_mapping.kra import SRGB_PROFILE

from . import document as documents
from . import host
from .document import PhotoDocument
from .texts import tr


class CopyFailed(Exception):
    """The message is a sentence for people. Nothing was changed."""


def make_srgb_copy(photo: PhotoDocument) -> str:
    """Open a copy in sRGB in a window of its own, in front, and return its name; the original stays as it is. Ask when idle.

    8-bit documents stay in 8 bit; all others become 16-bit integer, where light beyond white is clipped. Layers are kept. The
    conversation is not: its values were made for other numbers. Raises CopyFailed, DocumentGone.
    """
    original = photo.fetch()
    name = tr("{name} (sRGB)", name=PurePath(original.fileName()).stem or original.name() or tr("Picture"))
    depth = "U8" if original.colorDepth() == "U8" else "U16"
    # Krita's own action: a clone that we put into a window ourselves would not be among Krita's documents.
    host.Krita.instance().action("create_copy").trigger()
    copy = host.Krita.instance().activeDocument()
    if copy is None or documents.key_of(copy) == photo.key:
        raise CopyFailed(tr("Krita could not copy this document. There may be too little memory."))
    for kind in (documents.SESSION, documents.BEFORE, documents.PICTURES):
        if kind in copy.annotationTypes():
            copy.removeAnnotation(kind)
    copy.setColorSpace("RGBA", depth, SRGB_PROFILE)
    copy.setName(name)
    copy.setModified(True)
    return name
