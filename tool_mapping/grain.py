"""The grain's noise as bytes: the same in the renderers, in files and in Krita, made without numpy as the plugin needs it.

A grain is a square of laws.grain_cell pixels of one grey. The greys of a picture come from its size and a seed alone.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, pstdev

from tool_mapping import laws

SEED = 0


@dataclass(frozen=True, slots=True)
class Cells:
    """The greys of all grains of a picture: `rows` rows of `columns` bytes, for squares of `cell` pixels."""

    columns: int
    rows: int
    cell: int
    greys: bytes

    def row(self, number: int) -> bytes:
        return self.greys[number * self.columns:(number + 1) * self.columns]


def cells(width: int, height: int, seed: int = SEED) -> Cells:
    """The grains of a picture of that size in pixels. 10 ms at most: there are never more than five million."""
    cell = laws.grain_cell(max(width, height))
    columns, rows = -(-width // cell), -(-height // cell)
    return Cells(columns, rows, cell, random.Random(seed).randbytes(columns * rows).translate(_greys(max(width, height))))


@lru_cache(maxsize=8)
def _greys(long_side: int) -> bytes:
    """The grey of each of 256 equally likely numbers: a normal distribution's quantiles about 127.5, cut at black and white."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / 256) for i in range(256)]
    deviation = 127.5 * laws.grain_spread(long_side) / pstdev(quantiles)
    return bytes(min(255, max(0, int(128 + deviation * z))) for z in quantiles)  # a grey and its opposite add up to 255


# --- pixels, as Krita keeps them ---------------------------------------------------------------------------------------------

CHANNELS = {"RGBA": 3, "GRAYA": 1}  # beside alpha
_SAME = bytes(range(256))


@lru_cache(maxsize=4)
def bytes_of_levels(depth: str) -> tuple[bytes, ...]:
    """A table of 256 for each byte of a number of that depth ("U8", "U16", "F16"), lowest first: 0..255 as 0..1."""
    if depth == "F16":
        halves = struct.pack("<256e", *(level / 255 for level in range(256)))
        return halves[0::2], halves[1::2]
    return {"U8": (_SAME,), "U16": (_SAME, _SAME)}[depth]


@lru_cache(maxsize=1)
def _levels_of_halves() -> bytes:
    """The nearest of 256 levels for each 16-bit pattern of a half-precision number, with what lies beyond 0..1 cut off."""
    up_to_one = 0x3C01
    halves = struct.unpack(f"<{up_to_one}e", struct.pack(f"<{up_to_one}H", *range(up_to_one)))
    levels = bytes(int(255 * half + 0.5) for half in halves)
    return levels + b"\xff" * (0x8000 - up_to_one) + bytes(0x8000)


def pixel_size(model: str, depth: str) -> int:
    """Bytes of a pixel of that colour model ("RGBA", "GRAYA") and depth."""
    return (CHANNELS[model] + 1) * len(bytes_of_levels(depth))


def pixels(made: Cells, width: int, top: int, rows: int, *, model: str, depth: str) -> bytearray:
    """Rows `top` to `top + rows` of the noise, `width` pixels each, opaque, in Krita's order of bytes."""
    tables, size = bytes_of_levels(depth), pixel_size(model, depth)
    out = bytearray()
    for number in range(top // made.cell, (top + rows - 1) // made.cell + 1):
        line = bytearray(made.columns * made.cell * size)
        for place, table in enumerate(tables):
            greys = made.row(number).translate(table)
            for first in range(0, len(line) // made.columns, size):
                for channel in range(CHANNELS[model]):
                    line[first + channel * len(tables) + place::made.cell * size] = greys
        lines = min(top + rows, (number + 1) * made.cell) - max(top, number * made.cell)
        out += line[:width * size] * lines
    set_alpha(out, b"\xff" * (width * rows), depth=depth, size=size)
    return out


def set_alpha(data: bytearray, alpha: bytes, *, depth: str, size: int) -> None:
    """Let pixels of `size` bytes have these alphas, 0..255."""
    tables = bytes_of_levels(depth)
    for place, table in enumerate(tables):
        data[size - len(tables) + place::size] = alpha.translate(table)


def alpha_of(data: bytes, *, depth: str, size: int) -> bytes:
    """The alphas, 0..255, of pixels of `size` bytes: of those that set_alpha gave, exactly."""
    high = data[size - 1::size]
    if depth != "F16":
        return high
    if high.count(b"\x3c") == len(high) and not any(data[size - 2::size]):  # 1.0 everywhere, in a hundredth of the time
        return b"\xff" * len(high)
    return bytes(map(_levels_of_halves().__getitem__, memoryview(data).cast("H")[size // 2 - 1::size // 2].tolist()))

