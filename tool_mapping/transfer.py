"""What Krita's levels and curves do to each of 256 levels, to the last bit: the byte tables of 8-bit pictures.

Krita turns a filter's numbers into 256 numbers of 16 bits; LittleCMS spreads these over 4096, looks each level up among them
and rounds to 8 bits. Where the law falls on half a level, as tools of even steps often do, only the same road leads to the same
side: held to Krita 5.1.5 over all tools, every table of 256 is equal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tool_mapping import laws
from tool_mapping.krita import curves, filters
from tool_mapping.spec import ToolCall

Words = NDArray[np.int64]  # 0..65535
_LEVELS = 256
_SPREAD = 4096  # points to which LittleCMS brings the tables it joins


def _at(table: Words, value: Words) -> Words:
    """A table read between its points with LittleCMS's fixed-point arithmetic; `value` in 0..65535."""
    last = len(table) - 1
    place = last * value
    place += (place + 0x7FFF) // 0xFFFF
    low, part = place >> 16, place & 0xFFFF
    below, above = table[low], table[np.minimum(low + 1, last)]
    return np.where(value == 0xFFFF, table[last], below + (((above - below) * part + 0x8000) >> 16))


def _bytes(transfer: Words) -> bytes:
    """A transfer of 256 words, as an 8-bit picture meets it."""
    words = np.floor((np.arange(_SPREAD) / (_SPREAD - 1)).astype(np.float32).astype(np.float64) * 65535 + 0.5)
    found = _at(_at(transfer, words.astype(np.int64)), np.arange(_LEVELS) * 257)
    return ((found * 65281 + 0x800000) >> 24).astype(np.uint8).tobytes()


def levels(text: str) -> bytes:
    """The table of one channel of Krita's levels: "in black;in white;gamma;out black;out white" in, 256 bytes out."""
    in_black, in_white, gamma, out_black, out_white = map(float, text.split(";"))
    x = np.arange(_LEVELS) / (_LEVELS - 1)
    y = out_black + (out_white - out_black) * (((x - in_black) / (in_white - in_black)).clip(0.0) ** (1.0 / gamma))
    y = np.where(x <= in_black, out_black, np.where(x < in_white, y, out_white))
    return _bytes(np.floor(y * 65535 + 0.5).astype(np.int64))


def curve(text: str) -> bytes:
    """The table of one channel of Krita's curves: "x,y;x,y;" in, 256 bytes out. Krita cuts here where it rounds levels."""
    drawn: Callable[[float], float] = curves.spline(curves.points(text))
    y = np.array([drawn(i * (1.0 / (_LEVELS - 1))) for i in range(_LEVELS)])
    return _bytes((y * 65535).astype(np.int64))


@lru_cache(maxsize=4096)
def tone(name: str, value: int) -> tuple[bytes, bytes, bytes]:
    """The tables of a tone tool's layer for R, G, B. Raises KeyError for a tool of another kind."""
    f = value / 100.0
    if name in laws.AFFINE:
        table = levels(filters.levels_line(*laws.AFFINE[name](f)))
        return table, table, table
    if name in laws.CURVE:
        table = curve(filters.curve_points(lambda x: laws.CURVE[name](x, f)))
        return table, table, table
    red, green, blue = (
        levels(filters.levels_line(1.0, f * amount)) if amount else bytes(range(_LEVELS)) for amount in laws.CHANNEL_SHIFT[name]
    )
    return red, green, blue


def tones(calls: list[ToolCall]) -> list[bytes]:
    """What tone calls one after the other make of each level of R, G and B: three tables of 256 bytes."""
    made = [bytes(range(_LEVELS))] * 3
    for call in calls:
        made = [table.translate(then) for table, then in zip(made, tone(call.name, call.value), strict=True)]
    return made
