"""The parameters of Krita's own filters for our laws: levels, curves, unsharp mask and Gaussian blur."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tool_mapping.krita.curves import XS

Param = tuple[str, object]
Params = tuple[Param, ...]

LEVELS, CURVES, UNSHARP, BLUR = "levels", "perchannel", "unsharp", "gaussian blur"
NO_FILTER = ""  # of a layer that is pixels
VERSION = {LEVELS: 2, CURVES: 1, UNSHARP: 1, BLUR: 1, NO_FILTER: 0}
# Krita's virtual channels of an RGB picture, as levels and curves number them.
ALL, RED, GREEN, BLUE, SATURATION = 0, 1, 2, 3, 6
CHANNELS = {"RGBA": 8, "GRAYA": 1}

IDENTITY_LEVELS = "0;1;1;0;1"
IDENTITY_CURVE = "0,0;1,1;"


def number(x: float) -> str:
    """A number with all its digits, without exponent (Krita's own parser does not read one in a curve)."""
    text = f"{x:.15f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def levels_line(a: float, b: float) -> str:
    """y = clip(a x + b), a > 0, as "in black;in white;gamma;out black;out white", each in [0, 1]."""
    in_black, out_black = (-b / a, 0.0) if b < 0 else (0.0, b)
    in_white, out_white = ((1.0 - b) / a, 1.0) if a + b > 1 else (1.0, a + b)
    return ";".join(number(v) for v in (in_black, in_white, 1.0, out_black, out_white))


def levels(lines: Mapping[int, str], model: str) -> Params:
    count = CHANNELS[model]
    head: Params = (
        ("mode", "channels"), ("histogram_mode", "linear"), ("lightness", IDENTITY_LEVELS), ("number_of_channels", count),
    )
    return head + tuple((f"channel_{i}", lines.get(i, IDENTITY_LEVELS)) for i in range(count))


def curve_points(law: Callable[[float], float]) -> str:
    """A law of [0, 1] as the points of a Krita curve (a natural cubic spline through them)."""
    return "".join(f"{number(x)},{number(min(1.0, max(0.0, law(x))))};" for x in XS)


def curves(lines: Mapping[int, str], model: str) -> Params:
    count = CHANNELS[model]
    head: Params = (("nTransfers", count),)  # must come first: Krita sizes its list by it
    return head + tuple((f"curve{i}", lines.get(i, IDENTITY_CURVE)) for i in range(count))


def sigma_of_radius(radius: float) -> float:
    """Standard deviation in pixels of Krita's Gaussian of that radius."""
    return 0.3 * radius + 0.3


def unsharp_amount(amount: float) -> float:
    """The nearest amount that has no rounding errors in Krita's arithmetic, which cuts its sums off: with 1.05 every second
    level of a flat surface came out one lower."""
    return round(1024 * amount) / 1024


def unsharp(radius: int, amount: float) -> Params:
    return (("halfSize", radius), ("amount", unsharp_amount(amount)), ("threshold", 0), ("lightnessOnly", False))


def blur(radius: float) -> Params:
    return (("horizRadius", radius), ("vertRadius", radius), ("lockAspect", True))

