"""Pictures as .kra files want them: a paint layer's tiles and PNG images, in bands of rows so that memory stays bounded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tool_mapping import deflate

TILE = 64
_BAND = 256  # rows packed at a time in a PNG


def tiles(photo: NDArray[np.uint8]) -> Iterator[Callable[[], bytes]]:
    """The pieces of a paint layer's file for (H, W, 3 or 4) uint8 RGB or RGBA: tiles of 64 x 64 BGRA pixels, not compressed.

    A piece is made when it is called, on any thread: the head, then a row of tiles each.
    """
    height, width = photo.shape[:2]
    across, down = -(-width // TILE), -(-height // TILE)
    head = b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA %d\n" % (across * down)
    yield lambda: head

    def row(top: int) -> bytes:
        rows = photo[top:top + TILE]
        band = np.zeros((TILE, across * TILE, 4), np.uint8)
        for channel, source in enumerate((2, 1, 0)):
            band[: len(rows), :width, channel] = rows[..., source]
        band[: len(rows), :width, 3] = rows[..., 3] if photo.shape[2] == 4 else 255
        pieces = []
        for left in range(0, across * TILE, TILE):
            pieces.append(b"%d,%d,LZF,%d\n\x00" % (left, top, TILE * TILE * 4 + 1))  # the zero says: not compressed
            pieces.append(band[:, left:left + TILE].tobytes())
        return b"".join(pieces)

    for top in range(0, height, TILE):
        yield partial(row, top)


def png(picture: NDArray[np.uint8], *, profile: bytes = b"", exif: bytes = b"") -> Iterator[bytes]:
    """The pieces of a PNG file of (H, W, 3 or 4) uint8, sRGB. `profile` is an ICC profile, `exif` the file's EXIF data."""
    height, width, channels = picture.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def band(top: int) -> bytes:
        rows = np.ascontiguousarray(picture[top:top + _BAND]).reshape(-1, width * channels)
        lines = np.empty((len(rows), 1 + width * channels), np.uint8)
        lines[:, 0] = 2  # PNG's filter "up": each row as the difference from the one above
        lines[0, 1:] = rows[0] - picture[top - 1].reshape(-1) if top else rows[0]
        np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
        return lines.tobytes()

    yield b"\x89PNG\r\n\x1a\n"
    yield chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0))
    yield chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile)) if profile else chunk(b"sRGB", b"\x00")
    if exif:
        yield chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))
    start, check = b"\x78\x01", 1  # the head of a zlib stream packed at its lowest level
    for data, piece in deflate.packed(partial(band, top) for top in range(0, height, _BAND)):
        check = zlib.adler32(data, check)
        yield chunk(b"IDAT", start + piece)
        start = b""
    yield chunk(b"IDAT", deflate.END + struct.pack(">I", check))
    yield chunk(b"IEND", b"")


def thumbnail(picture: NDArray[np.uint8], side: int = 256) -> NDArray[np.uint8]:
    """The picture with its long side at most `side` pixels: means of blocks, then the nearest of them."""
    height, width, channels = picture.shape
    block = max(1, max(height, width) // side)
    rows, columns = max(1, height // block), max(1, width // block)
    small = np.empty((rows, columns, channels), np.uint8)
    h, w = min(block, height), min(block, width)
    for i in range(rows):
        lines = np.add.reduce(picture[i * block:i * block + h, : columns * w], 0, dtype=np.uint32)
        small[i] = lines.reshape(columns, w, channels).sum(1) // (h * w)
    if max(rows, columns) > side:
        scale = side / max(rows, columns)
        ys = (np.arange(max(1, round(rows * scale))) / scale).astype(int).clip(0, rows - 1)
        xs = (np.arange(max(1, round(columns * scale))) / scale).astype(int).clip(0, columns - 1)
        small = small[ys][:, xs]
    return small
