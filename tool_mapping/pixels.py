"""Pictures as .kra files want them: a paint layer's tiles and PNG images, in bands of rows so that memory stays bounded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

TILE = 64
_BAND = 256  # rows compressed at a time in a PNG


def tiles(photo: NDArray[np.uint8]) -> Iterator[bytes]:
    """The pieces of a paint layer's file for (H, W, 3 or 4) uint8 RGB or RGBA: tiles of 64 x 64 BGRA pixels, not compressed."""
    height, width = photo.shape[:2]
    across, down = -(-width // TILE), -(-height // TILE)
    yield b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA %d\n" % (across * down)
    for top in range(0, height, TILE):
        rows = photo[top:top + TILE]
        band = np.zeros((TILE, across * TILE, 4), np.uint8)
        band[: len(rows), :width, :3] = rows[..., 2::-1]
        band[: len(rows), :width, 3] = rows[..., 3] if photo.shape[2] == 4 else 255
        for left in range(0, across * TILE, TILE):
            yield b"%d,%d,LZF,%d\n\x00" % (left, top, TILE * TILE * 4 + 1)  # the zero says: not compressed
            yield band[:, left:left + TILE].tobytes()


def png(picture: NDArray[np.uint8]) -> Iterator[bytes]:
    """The pieces of a PNG file of (H, W, 3 or 4) uint8, sRGB."""
    height, width, channels = picture.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    yield b"\x89PNG\r\n\x1a\n"
    yield chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0))
    yield chunk(b"sRGB", b"\x00")
    packer = zlib.compressobj(1)
    above = np.zeros((1, width * channels), np.uint8)
    for top in range(0, height, _BAND):
        rows = np.ascontiguousarray(picture[top:top + _BAND]).reshape(-1, width * channels)
        lines = np.empty((len(rows), 1 + width * channels), np.uint8)
        lines[:, 0] = 2  # PNG's filter "up": each row as the difference from the one above
        lines[:, 1:] = rows - np.concatenate([above, rows[:-1]])
        above = rows[-1:].copy()
        data = packer.compress(lines.tobytes())
        if data:
            yield chunk(b"IDAT", data)
    yield chunk(b"IDAT", packer.flush())
    yield chunk(b"IEND", b"")


def thumbnail(picture: NDArray[np.uint8], side: int = 256) -> NDArray[np.uint8]:
    """The picture with its long side at most `side` pixels: means of blocks, then the nearest of them."""
    height, width, channels = picture.shape
    block = max(1, max(height, width) // side)
    rows, columns = max(1, height // block), max(1, width // block)
    small = np.empty((rows, columns, channels), np.uint8)
    h, w = min(block, height), min(block, width)
    for i in range(rows):
        band = picture[i * block:i * block + h, : columns * w].reshape(h, columns, w, channels)
        small[i] = band.mean((0, 2)).astype(np.uint8)
    if max(rows, columns) > side:
        scale = side / max(rows, columns)
        ys = (np.arange(max(1, round(rows * scale))) / scale).astype(int).clip(0, rows - 1)
        xs = (np.arange(max(1, round(columns * scale))) / scale).astype(int).clip(0, columns - 1)
        small = small[ys][:, xs]
    return small
