"""A small sRGB colour profile (ICC version 2), made here so that files carry one without another's copyright."""

from __future__ import annotations

import struct
from functools import lru_cache

_POINTS = 1024
# sRGB's primaries, adapted to the D50 white of ICC profiles (IEC 61966-2-1, Bradford).
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392), b"gXYZ": (0.38515, 0.71687, 0.09708), b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_WHITE = (0.9642, 1.0, 0.8249)


def linear(x: float) -> float:
    """sRGB-encoded to linear light, both in [0, 1]."""
    return x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))


@lru_cache(maxsize=1)
def profile(name: str = "sRGB") -> bytes:
    """The profile's bytes, its description being `name`."""
    text = name.encode("ascii") + b"\0"
    values = (round(65535 * linear(i / (_POINTS - 1))) for i in range(_POINTS))
    curve = struct.pack(f">4sII{_POINTS}H", b"curv", 0, _POINTS, *values)
    parts: list[tuple[bytes, bytes]] = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)),
        (b"cprt", b"text\0\0\0\0" + b"No copyright, use freely\0"),
        (b"wtpt", _xyz(_WHITE)),
        *((tag, _xyz(primary)) for tag, primary in _PRIMARIES.items()),
        (b"rTRC", curve), (b"gTRC", b""), (b"bTRC", b""),
    ]
    offset, table, data, last = 128 + 4 + 12 * len(parts), b"", b"", (0, 0)
    for tag, part in parts:
        if part:
            part += bytes(-len(part) % 4)
            last = (offset + len(data), len(part))
            data += part
        table += struct.pack(">4sII", tag, *last)  # an empty part shares the one before it
    size = offset + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(4 + 4 + 4 + 4 + 8) + bytes(4)
    head += struct.pack(">3i", *(round(v * 65536) for v in _WHITE))
    head += bytes(128 - len(head))
    return head + struct.pack(">I", len(parts)) + table + data
