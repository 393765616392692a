"""A layer's mask as Krita stores it: weights in 64x64 tiles, made without numpy because the plugin needs them inside Krita."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter

from tool_mapping import laws

TILE = 64
_STEPS = 1 << 16  # of the squared radius: finer than 0.02 of a mask's 255 levels


def vignette_rows(width: int, height: int) -> Iterator[bytes]:
    """The rows of laws.vignette_mask, top to bottom, `width` bytes each, 255 for 1.

    The weight depends on u² + v² alone, so a row is one table read at the whole-number parts of u²; half of it is mirrored.
    """
    table = bytes(
        min(255, int(255 * laws.vignette_mask((2 * i / _STEPS) ** 0.5, 0.0) + 0.5)) for i in range(_STEPS + 1)
    ) + b"\xff\xff"
    half = (width + 1) // 2
    columns = [round(_STEPS / 2 * ((2 * x + 1) / width - 1) ** 2) for x in range(half)]
    pick = itemgetter(*columns, 0)  # reads a whole row at once, in half the time of a loop; the 0 makes it a tuple always
    made: dict[int, bytes] = {}
    for y in range(height):
        mirror = min(y, height - 1 - y)
        row = made.get(mirror)
        if row is None:
            start = round(_STEPS / 2 * ((2 * mirror + 1) / height - 1) ** 2)
            left = bytes(pick(table[start:])[:-1])
            row = made[mirror] = left + left[: width - half][::-1]
        yield row


_FAR_OFF = 10  # of 255: scaling a picture in Krita blurs its mask by less


def vignette_is_stale(weight_at: Callable[[int, int], int], width: int, height: int) -> bool:
    """Whether a vignette's mask was made for another frame than width x height, as a crop or a larger canvas leaves it.

    `weight_at(x, y)` gives the mask's weight, 0..255, at a pixel; it is asked for sixteen along the border, where a vignette is
    told best. A picture that was scaled takes its mask along and is not stale, nor is one whose mask was painted on in places:
    most of the sixteen must be off. Not for masks that a selection has thinned. Renew with vignette_rows.
    """
    across = [round(i * (width - 1) / 4) for i in range(5)]
    down = [round(i * (height - 1) / 4) for i in range(5)]
    border = [(x, y) for x in across for y in down if x in (0, width - 1) or y in (0, height - 1)]

    def expected(x: int, y: int) -> float:
        return 255 * laws.vignette_mask((2 * x + 1) / width - 1, (2 * y + 1) / height - 1)

    off = sum(abs(weight_at(x, y) - expected(x, y)) > _FAR_OFF for x, y in border)
    return off > len(border) / 2


def tiled(rows: Iterator[bytes], width: int, height: int) -> Iterator[bytes]:
    """The pieces of a .pixelselection file for a mask of one byte a pixel; at most one row of tiles is held at a time."""
    across = -(-width // TILE)
    yield b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 1\nDATA %d\n" % (across * -(-height // TILE))
    missing = bytes(across * TILE - width)
    blank = bytes(across * TILE)
    for top in range(0, height, TILE):
        band = [next(rows) + missing for _ in range(min(TILE, height - top))]
        band += [blank] * (TILE - len(band))
        for left in range(0, across * TILE, TILE):
            yield b"%d,%d,LZF,%d\n\x00" % (left, top, TILE * TILE + 1)  # the zero says: not compressed
            yield b"".join([row[left:left + TILE] for row in band])
