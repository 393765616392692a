"""The masks of our layers: written from a selection, carried over to the layer that takes another's place. GUI thread only."""

from __future__ import annotations

from itertools import islice
from typing import Any

from tool_mapping.masks import vignette_is_stale, vignette_rows

from .qt import QtCore, QtGui
from .targets import Mask


def write_mask(layer: Any, mask: Mask) -> None:
    """Let a layer that acts nowhere yet act where `mask` says. Not an undo step."""
    layer.setPixelData(QtCore.QByteArray(mask.data), mask.x, mask.y, mask.width, mask.height)


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


def mask_of(layer: Any, width: int, height: int) -> Mask:
    """The mask of a filter layer, fill layer or filter mask over the whole picture of that size in pixels."""
    return Mask(0, 0, width, height, bytes(layer.pixelData(0, 0, width, height)))


def carry_mask(old: Any, new: Any, width: int, height: int) -> None:
    """Give a new layer the mask that its predecessor has, with all that somebody painted on it. Not an undo step."""
    mask = mask_of(old, width, height)
    if mask.data.count(255) != len(mask.data) or new.pixelData(0, 0, 1, 1) != old.pixelData(0, 0, 1, 1):
        write_mask(new, mask)


def vignette_left_behind(layer: Any, width: int, height: int) -> bool:
    """Whether a vignette's layer still has the mask of another frame, as after a crop; not for one thinned by a selection."""

    def weight_at(x: int, y: int) -> int:
        return bytes(layer.pixelData(x, y, 1, 1))[0]

    return vignette_is_stale(weight_at, width, height)


def renew_vignette(layer: Any, width: int, height: int) -> None:
    """Give a vignette's layer the mask of the picture as it is now, in pixels. Not an undo step; refresh afterwards."""
    write_mask(layer, Mask(0, 0, width, height, b"".join(vignette_rows(width, height))))
