"""How far an asked effect should move on a given photo: one law for the teacher in training and for the agent's own review."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A little / plainly / a lot on a photo with room for it: CIELAB units, or the logarithm of a ratio (C and S).
AMOUNTS: dict[str, tuple[float, float, float]] = {
    "L": (3.8, 9.0, 19.0), "C": (0.085, 0.19, 0.45), "S": (0.125, 0.28, 0.68), "a": (2.9, 6.8, 15.0), "b": (3.5, 8.2, 17.5),
    "V": (4.2, 9.0, 20.0), "SH": (3.4, 7.0, 15.0), "HL": (3.4, 7.0, 15.0), "WH": (3.0, 6.5, 13.0), "BL": (3.0, 6.5, 13.0),
}


@dataclass(frozen=True)
class Facts:
    """Means of a picture in CIELAB: lightness, spread of lightness (5th to 95th percentile), chroma, a*, b*."""

    lightness: float
    spread: float
    chroma: float
    a: float
    b: float

    @classmethod
    def of(cls, lab: NDArray[np.floating]) -> Facts:
        """Of a picture in CIELAB, (H, W, 3)."""
        light, a, b = np.moveaxis(lab, -1, 0)
        tones = np.percentile(light, 95) - np.percentile(light, 5)
        return cls(*(float(x) for x in (light.mean(), tones, np.hypot(a, b).mean(), a.mean(), b.mean())))


def amount(axis: str, sign: int, size: float, facts: Facts) -> float:
    """The move along `axis` that fits this photo, signed, in the units of AMOUNTS.

    More where the fault is plain, less where there is no room. size: 0 a little, 1 plainly, 2 a lot, and anything between.
    """
    small, plain, large = AMOUNTS[axis]
    base = small + (plain - small) * size if size <= 1 else plain + (large - plain) * (size - 1)
    up = sign > 0
    if axis == "L":
        room = 100 - facts.lightness if up else facts.lightness
        fault = min((room - 55) / 50, 0.6) if up else min((room - 60) / 50, 0.5)
        base *= min(1.0, room / 38) * (1 + max(fault, 0.0))
    elif axis == "C" and up:
        base *= 1 + min(max((58 - facts.spread) / 60, -0.25), 0.5)
    elif axis == "S":
        base *= 1 + min(max((12 - facts.chroma) / 24, -0.35), 0.5) if up else 1.25
    elif axis in "ab":
        cast = facts.a if axis == "a" else facts.b
        against = max(-sign * cast - (4 if axis == "a" else 8), 0.0)  # a cast of the other kind: take more of it out
        base += min(0.35 * against, 0.8 * base)
    return sign * base
