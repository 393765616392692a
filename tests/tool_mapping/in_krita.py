"""Pictures as real Krita shows them: opens documents in one kritarunner without a display and brings back what it rendered."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.real_krita import run_offscreen

_RENDER = """
K.setBatchmode(True)
for path in paths:
    document = K.openDocument(path)
    if document is None: raise OSError(f"Krita does not open {path}")
    document.refreshProjection()
    document.waitForDone()
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
