"""Pictures as real Krita shows them: opens documents in one kritarunner without a display and brings back what it rendered."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.real_krita import run_offscreen

# A fill layer is drawn only while events are handled, a little after its document was opened.
DRAWN = """
from PyQt5.QtCore import QCoreApplication, QEventLoop
def fill_layers(node):
    for child in node.childNodes():
        if child.type() == "filllayer": yield child
        yield from fill_layers(child)
def finish(document):
    end = time.monotonic() + 20
    w, h = document.width(), document.height()
    for layer in fill_layers(document.rootNode()):
        while not any(bytes(layer.projectionPixelData(w - 1, h - 1, 1, 1))):
            if time.monotonic() > end: raise TimeoutError(f"{layer.name()} was never drawn")
            QCoreApplication.processEvents(QEventLoop.AllEvents, 20)
    document.refreshProjection()
    document.waitForDone()
"""

_RENDER = "import time\n" + DRAWN + """
K.setBatchmode(True)
for path in paths:
    document = K.openDocument(path)
    if document is None: raise OSError(f"Krita does not open {path}")
    finish(document)
    document.projection(0, 0, document.width(), document.height()).save(path + ".png")
    document.setModified(False)
    document.close()
"""


def rendered(paths: Sequence[Path], *, home: Path | None = None, timeout: float = 600.0) -> list[NDArray[np.uint8]]:
    """Each document's picture, (H, W, 4) uint8 RGBA, in one start of Krita."""
    run_offscreen(_RENDER, timeout, home=home, paths=[str(path) for path in paths])
    pictures = []
    for path in paths:
        shown = Path(f"{path}.png")
        with Image.open(shown) as image:
            pictures.append(np.asarray(image.convert("RGBA")))
        shown.unlink()
    return pictures


def folder() -> tempfile.TemporaryDirectory[str]:
    """A place for documents that are gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="iea-documents-")
