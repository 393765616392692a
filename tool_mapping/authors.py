"""From a call made for the IEA authors' editor to the value of ours that looks closest: one place for their laws.

Their released model answers in values of their editor (arXiv 2606.08016). Where both editors have one law the value stays.
Where ours mends a fault of theirs, the value is solved for: the least squared difference over evenly spread tones (or
saturations). What has no counterpart in values, their colouring of neutral grey and their moved black point, is not imitated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from tool_mapping import laws
from tool_mapping.spec import BY_NAME, ToolCall

SAME_LAW = frozenset({
    "exposure", "brightness", "fade", "whites", "blacks", "saturation", "temperature", "tint",
    # One law, but their sizes are fixed pixels and ours follow the picture.
    "sharpness", "grain",
    # Theirs greys the picture near 0 and inverts it below, which no caller means: the value is taken as meant.
    "natural_contrast",
})

_STEPS = [i / 32 for i in range(33)]


def _their_contrast(x: float, f: float) -> float:
    return 0.5 + (1.25 + 0.75 * f) * (x - 0.5)


def _their_highlights(x: float, f: float) -> float:
    return x + 0.8 * f * x * (1.0 - x)


def _their_shadows(x: float, f: float) -> float:
    return x + 0.8 * f * (1.0 - x * x) * (1.0 - x)


def _their_vibrance(s: float, f: float) -> float:
    """Their law for the mean over all HSV values, of which 1 - 2 |V - 1/2| is 1/2."""
    return s * (1.0 + f) if f < 0 else s + 0.5 * f * (1.0 - s)


def _our_contrast(x: float, f: float) -> float:
    a, b = laws.contrast(f)
    return a * x + b


Law = Callable[[float, float], float]
_SOLVED: dict[str, tuple[Law, Law]] = {
    "contrast": (_their_contrast, _our_contrast),
    "highlights": (_their_highlights, laws.highlights),
    "shadows": (_their_shadows, laws.shadows),
    "vibrance": (_their_vibrance, laws.vibrance),
}


def _curve(law: Law, f: float) -> list[float]:
    return [min(1.0, max(0.0, law(x, f))) for x in _STEPS]


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def from_authors(name: str, value: int) -> ToolCall:
    """The call of ours that looks closest to `name` at `value` in the authors' editor.

    0 stays 0: in their editor too it means that nobody asked, although its contrast jumps there. Raises KeyError for another
    tool's name.
    """
    tool = BY_NAME[name]
    value = min(max(value, tool.minimum), tool.maximum)
    if value == 0 or name in SAME_LAW:
        return ToolCall(name, value)
    if name == "vignette":  # theirs darkens the corners for positive values
        return ToolCall(name, -value)
    theirs, ours = _SOLVED[name]
    target = _curve(theirs, value / 100.0)
    best = min(range(tool.minimum, tool.maximum + 1), key=lambda v: (_distance(_curve(ours, v / 100.0), target), abs(v)))
    return ToolCall(name, best)
