"""The law of each tool: what a value does to a tone, a saturation, a channel or a place in the picture.

Every function takes `f` = value / 100 and uses plain arithmetic only, so the same law serves Python floats (Krita's curves),
numpy arrays (the reference renderer) and torch tensors (the training renderer). Results are not clipped; whoever applies a
law clips to [0, 1] after each step, as Krita's integer layers do. Source: the editor of the IEA paper (arXiv 2606.08016),
with the faults that AGENT.md lists mended; where we depart from it, the function says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

# --- tones: x, y in [0, 1], sRGB-encoded -------------------------------------------------------------------------------


def exposure(f: Any) -> tuple[Any, Any]:
    return 2.0**f, 0.0 * f


def brightness(f: Any) -> tuple[Any, Any]:
    return 1.0 + 0.0 * f, 0.5 * f


def contrast(f: Any) -> tuple[Any, Any]:
    """Slope 0.5 at -100 and 2 at 100 as in the paper, geometric between, so that 0 is no change (theirs is 1.25 there)."""
    k = 2.0**f
    return k, 0.5 - 0.5 * k


def fade(f: Any) -> tuple[Any, Any]:
    """Towards white by s = 0.6 f, then towards mid-grey by s / 2."""
    s = 0.6 * f
    k = 1.0 - 0.5 * s
    return k * (1.0 - s), k * s + 0.25 * s


def whites(f: Any) -> tuple[Any, Any]:
    return 1.0 + 0.8 * f, 0.0 * f


def blacks(f: Any) -> tuple[Any, Any]:
    return 1.0 - 0.8 * f, 0.8 * f


# Tools whose law is y = a x + b on every channel; each gives (a, b).
AFFINE: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "exposure": exposure, "brightness": brightness, "contrast": contrast, "fade": fade, "whites": whites, "blacks": blacks,
}


def natural_contrast(x: Any, f: Any) -> Any:
    """S-curve through (0, 0), (1/2, 1/2), (1, 1): slope k = 2.5^f in the middle, 1/k at both ends; -f is its exact inverse.

    With u = 2x - 1: u -> k u / (1 + (k - 1) |u|). The paper's law greys the picture near 0 and inverts it below.
    """
    k = 2.5**f
    u = 2.0 * x - 1.0
    return 0.5 + 0.5 * (k * u / (1.0 + (k - 1.0) * abs(u)))


def shadows(x: Any, f: Any) -> Any:
    """x + c x (1 - x)^2, c = 3.5^f - 1: the slope at black is 3.5^f, black and white stay, monotonic while c is in [-1, 3]."""
    return x + (3.5**f - 1.0) * x * (1.0 - x) * (1.0 - x)


def highlights(x: Any, f: Any) -> Any:
    """The law of shadows turned upside down: white and black stay, the slope at white is 3.5^-f."""
    return x - (3.5 ** (-f) - 1.0) * (1.0 - x) * x * x


# Tools whose law is a curve y(x) on every channel; each takes (x, f).
CURVE: dict[str, Callable[[Any, Any], Any]] = {
    "natural_contrast": natural_contrast, "highlights": highlights, "shadows": shadows,
}

# --- colour ------------------------------------------------------------------------------------------------------------


def saturation(s: Any, f: Any) -> Any:
    """HSV saturation s in [0, 1], hue and HSV value kept."""
    return s * (1.0 + f)


def vibrance(s: Any, f: Any) -> Any:
    """A curve on HSV saturation alone that fixes 0 and 1, so grey stays grey (the paper's law colours neutral grey red)."""
    return s + f * s * (1.0 - s)


# Tools whose law is a curve on HSV saturation; each takes (s, f).
SATURATION: dict[str, Callable[[Any, Any], Any]] = {"saturation": saturation, "vibrance": vibrance}

# Tools that add f times these amounts to R, G, B.
CHANNEL_SHIFT: dict[str, tuple[float, float, float]] = {
    "temperature": (50 / 255, 30 / 255, -50 / 255),
    "tint": (0.0, 30 / 255, 0.0),
}

# --- places: sizes are relative to the picture's long side, so that a preview and the original look alike ----------------
#
# No size is capped for speed, because the radius is not what costs time. Measured in Krita 5.1.5 at 6000 x 4000 on two busy
# cores: unsharp mask 12 s with radius 1, 11 s with 9, 11 s with 29; Gaussian blur 6 s with radius 9, 7 s with 29, 9 to 12 s
# with 80, the most that softening asks for there.

SHARPEN_AMOUNT = 1.5  # of the unsharp mask at 100
GRAIN_DEVIATION = 0.3  # standard deviation of mid-grey at 100 on the encoded [0, 1] scale, in a picture GRAIN_SIDE long
GRAIN_MOST = 0.36  # of that deviation at any size: for more, most grains would have to be black or white
GRAIN_SIDE = 1500  # pixels on the long side of the picture in which one grain is one pixel
VIGNETTE_GAIN = 0.8  # corners are multiplied by 1 + 0.8 f


def sharpen_radius(long_side: int) -> int:
    """Radius in Krita's unsharp mask, a whole number there; its Gaussian has the standard deviation 0.3 radius + 0.3."""
    return max(1, round((0.0015 * long_side - 0.3) / 0.3))


def sharpen_sigma(long_side: int) -> float:
    """Standard deviation in pixels of the Gaussian behind sharpening."""
    return 0.3 * sharpen_radius(long_side) + 0.3


def soften_radius(long_side: int, f: float) -> float:
    """Radius in Krita's Gaussian blur for f in [-1, 0)."""
    return 0.004 / 0.3 * long_side * -f


def soften_sigma(long_side: int, f: float) -> float:
    """Standard deviation in pixels of the Gaussian blur for f in [-1, 0): from 0.3, which changes nothing, upwards."""
    return 0.3 * soften_radius(long_side, f) + 0.3


def sharpness_sigma(long_side: int, f: float) -> float:
    """Standard deviation in pixels of the Gaussian behind sharpness at f in [-1, 1], not 0."""
    return soften_sigma(long_side, f) if f < 0 else sharpen_sigma(long_side)


def grain_cell(long_side: int) -> int:
    """Side in pixels of one grain: one pixel up to 1500 pixels on the long side, then in proportion."""
    return max(1, round(long_side / GRAIN_SIDE))


def grain_deviation(long_side: int) -> float:
    """Standard deviation of mid-grey under grain at 100: what a picture of GRAIN_SIDE shows, after enlarging or reducing to the
    same size, as far as GRAIN_MOST allows."""
    return min(GRAIN_MOST, GRAIN_DEVIATION * (long_side / (GRAIN_SIDE * grain_cell(long_side))))


@lru_cache(maxsize=64)
def grain_spread(long_side: int) -> float:
    """Standard deviation of normal noise that, added to mid-grey and cut at black and white, leaves grain_deviation."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        a = 0.5 / middle  # where it is cut, in deviations
        inside = math.erf(a / math.sqrt(2))
        variance = middle**2 * (inside - 2 * a * math.exp(-a * a / 2) / math.sqrt(2 * math.pi)) + 0.25 * (1 - inside)
        low, high = (middle, high) if variance < grain_deviation(long_side) ** 2 else (low, middle)
    return high


def grain(x: Any, grey: Any, f: Any, clip: Callable[[Any], Any]) -> Any:
    """x + f (clip(x + 2 grey - 1) - x): Krita's blending mode "linear light" of a layer of greys in [0, 1], thinned to f.

    The greys lie about 1/2, with half of grain_spread for their standard deviation. `clip` is to [0, 1], as in Krita's whole
    numbers; in its floats the blending mode does not clip, and f is then simply the noise's strength.
    """
    return x + f * (clip(x + (2.0 * grey - 1.0)) - x)


def vignette(f: Any) -> tuple[Any, Any]:
    """(a, b) of the corners' law y = a x + b, applied through `vignette_mask`."""
    return 1.0 + VIGNETTE_GAIN * f, 0.0 * f


def vignette_mask(u: Any, v: Any) -> Any:
    """Weight in [0, 1] at u, v in [-1, 1] (left to right, top to bottom): 0 in the middle, 1 in the corners.

    Smoothstep of the elliptical radius from a quarter of the way to the corner. Needs arrays or floats with min/max by value,
    so it is written with abs() only: t = clip((r - 0.25) / 0.75, 0, 1).
    """
    r = ((u * u + v * v) * 0.5) ** 0.5
    t = (r - 0.25) / 0.75
    t = 0.5 * (abs(t) - abs(t - 1.0) + 1.0)
    return t * t * (3.0 - 2.0 * t)
