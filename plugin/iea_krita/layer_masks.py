"""The masks of our layers: written from a selection, carried over to the layer that takes another's place. GUI thread only.

A paint layer, the grain's, has its alpha for a mask (written with its pixels: see grain_layer.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tool_mapping import grain
from tool_mapping.masks import vignette_is_stale, vignette_rows

from .document import uid
from .qt import QtCore, QtGui
from .targets import Mask

# What was read of layers' masks, by unique id; None for a layer that acts everywhere.
Masks = Mapping[str, "Mask | None"]
_STRIP = 1 << 18  # pixels that are read at once: at most 2 ms, of a paint layer 2-10 ms
_WHOLE = QtCore.QByteArray(_STRIP, b"\xff")


def write_mask(layer: Any, mask: Mask) -> None:
    """Let a layer that acts nowhere yet act where `mask` says. Not an undo step."""
    # Krita copies it within the call, so this one need not be a copy.
    layer.setPixelData(QtCore.QByteArray.fromRawData(mask.data), mask.x, mask.y, mask.width, mask.height)


def vignette_within(mask: Mask, width: int, height: int) -> Mask:
    """The vignette of a picture of that size, in pixels, thinned by a selection's mask: a mask for the whole picture."""
    rows = islice(vignette_rows(width, height), mask.y, mask.y + mask.height)
    part = b"".join(row[mask.x:mask.x + mask.width] for row in rows)
    product = _product(part, mask.data, mask.width, mask.height)
    if (mask.width, mask.height) == (width, height):
        return Mask(0, 0, width, height, product)
    outside = bytes(width)
    left, right = bytes(mask.x), bytes(width - mask.x - mask.width)
    lines = [left + product[i:i + mask.width] + right for i in range(0, len(product), mask.width)]
    below = height - mask.y - mask.height
    return Mask(0, 0, width, height, outside * mask.y + b"".join(lines) + outside * below)


def _product(one: bytes, other: bytes, width: int, height: int) -> bytes:
    """one * other / 255, both one byte a pixel, by Qt's painter because Krita's Python may have no numpy."""
    canvas = QtGui.QImage(one, width, height, width, QtGui.QImage.Format_Alpha8).copy()
    painter = QtGui.QPainter(canvas)
    painter.setCompositionMode(QtGui.QPainter.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, QtGui.QImage(other, width, height, width, QtGui.QImage.Format_Alpha8))
    painter.end()
    bits = canvas.constBits()
    bits.setsize(canvas.sizeInBytes())
    data, stride = bytes(bits), canvas.bytesPerLine()
    return data if stride == width else b"".join(data[y * stride:y * stride + width] for y in range(height))


def strips(width: int, height: int) -> Iterator[tuple[int, int]]:
    """(top, rows) of the strips that a picture of that size in pixels is read in, top to bottom."""
    rows = max(1, _STRIP // max(1, width))
    return ((top, min(rows, height - top)) for top in range(0, height, rows))


def strip_of(layer: Any, top: int, width: int, rows: int) -> bytes | None:
    """These rows of the mask of a filter layer, filter mask or paint layer; None where it acts everywhere in them."""
    data = layer.pixelData(0, top, width, rows)
    if layer.type() == "paintlayer":
        data = QtCore.QByteArray(
            grain.alpha_of(bytes(data), depth=layer.colorDepth(), size=len(data) // (width * rows))
        )
    whole = _WHOLE.startsWith(data) if len(data) <= _STRIP else data.count(b"\xff") == len(data)
    return None if whole else bytes(data)


def joined(found: list[bytes | None], width: int, height: int) -> Mask | None:
    """The mask of all strips of a picture of that size, None when it acts everywhere."""
    if all(strip is None for strip in found):
        return None
    parts = (b"\xff" * (width * rows) if strip is None else strip
             for (_, rows), strip in zip(strips(width, height), found, strict=True))
    return Mask(0, 0, width, height, b"".join(parts))


def mask_of(layer: Any, width: int, height: int) -> Mask | None:
    """The mask of a filter layer, filter mask or paint layer over the whole picture of that size in pixels, None when the layer
    acts everywhere. Some 20 ms at 24 megapixels, more of a paint layer: see preparing.read_masks for many."""
    return joined([strip_of(layer, top, width, rows) for top, rows in strips(width, height)], width, height)


def read_mask(layer: Any, width: int, height: int, read: Masks) -> Mask | None:
    """The same, out of what was read beforehand if it is in there."""
    name = uid(layer)
    return read[name] if name in read else mask_of(layer, width, height)


def carry_mask(old: Any, new: Any, width: int, height: int, read: Masks) -> None:
    """Give a new layer the mask that its predecessor has, with all that somebody painted on it. Not an undo step."""
    mask = read_mask(old, width, height, read)
    if mask is not None:
        write_mask(new, mask)
    elif strip_of(new, 0, 1, 1) is not None:
        write_mask(new, Mask(0, 0, width, height, b"\xff" * (width * height)))


def vignette_left_behind(layer: Any, width: int, height: int) -> bool:
    """Whether a vignette's layer still has the mask of another frame, as after a crop; not for one thinned by a selection."""

    def weight_at(x: int, y: int) -> int:
        return bytes(layer.pixelData(x, y, 1, 1))[0]

    return vignette_is_stale(weight_at, width, height)


def grain_left_behind(layer: Any, width: int, height: int) -> bool:
    """Whether the grain's layer does not reach one side of the picture, as after a larger canvas; not for a selection's."""
    across, down = ([round(i * (size - 1) / 4) for i in range(5)] for size in (width, height))
    sides = (
        [(x, 0) for x in across], [(x, height - 1) for x in across], [(0, y) for y in down], [(width - 1, y) for y in down],
    )

    def is_empty(x: int, y: int) -> bool:
        data = bytes(layer.pixelData(x, y, 1, 1))
        return grain.alpha_of(data, depth=layer.colorDepth(), size=len(data)) == b"\0"

    return any(all(is_empty(*place) for place in side) for side in sides)


def vignette_mask(width: int, height: int) -> Mask:
    """The mask of a vignette for a picture of that size in pixels. For a worker thread: it takes 0.2 s at 24 megapixels."""
    return Mask(0, 0, width, height, b"".join(vignette_rows(width, height)))
