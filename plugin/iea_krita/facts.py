"""What a glance at a picture tells: how light, how flat, which cast, how colourful. No Qt, no Krita, no numpy in here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LINEAR = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in range(256)]
_OTHERS = 0.12  # share of pixels that may lie elsewhere when all are said to lean to one side


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Of a picture in CIELAB under D65.

    light: mean L*, 0..100. darkest, brightest: the 5th and the 95th percentile of L*. dark, bright: shares (0..1) of pixels
    below L* 12 and above L* 96. cast_a, cast_b: how far nearly all pixels lean to magenta (above 0) or green in a*, to yellow
    (above 0) or blue in b*; 0 where some lean to either side, as in most pictures. chroma: mean chroma.
    """

    light: float
    darkest: float
    brightest: float
    dark: float
    bright: float
    cast_a: float
    cast_b: float
    chroma: float

    @property
    def spread(self) -> float:
        return self.brightest - self.darkest


def facts_of(pixels: Iterable[tuple[int, int, int]]) -> PictureFacts | None:
    """The facts of sampled sRGB pixels (0..255 each); None for none. Two thousand are plenty and take about 5 ms."""
    seen = [_lab(*pixel) for pixel in pixels]
    if not seen:
        return None
    count = len(seen)
    lights = sorted(light for light, _, _ in seen)
    return PictureFacts(
        light=sum(lights) / count, darkest=lights[int(0.05 * (count - 1))], brightest=lights[round(0.95 * (count - 1))],
        dark=sum(light < 12 for light in lights) / count, bright=sum(light > 96 for light in lights) / count,
        cast_a=_leaning([a for _, a, _ in seen]), cast_b=_leaning([b for _, _, b in seen]),
        chroma=sum((a * a + b * b) ** 0.5 for _, a, b in seen) / count,
    )


def _leaning(values: list[float]) -> float:
    values.sort()
    low, high = values[int(_OTHERS * (len(values) - 1))], values[round((1 - _OTHERS) * (len(values) - 1))]
    return max(0.0, low) + min(0.0, high)


def _lab(red: int, green: int, blue: int) -> tuple[float, float, float]:
    r, g, b = _LINEAR[red], _LINEAR[green], _LINEAR[blue]
    x = _root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    y = _root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    z = _root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(t: float) -> float:
    return t ** (1 / 3) if t > 0.008856452 else t * 7.787037 + 0.137931
