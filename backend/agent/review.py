"""Looks at what the decided steps do to a small copy of the picture, and sets their strength right where they miss or overdo.

The network says which effects the words ask for and which steps give them; this module renders the steps as Krita would,
measures those effects in CIELAB, and then changes strengths only: more where an asked effect cannot be seen yet, less where
tones are clipped, a cast appears or the light jumps unasked. A step is added only where the network is sure of a wish that no
step serves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backend.agent.amounts import Facts, amount
from backend.agent.features import lab
from tool_mapping import reference
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

# The least amount of an effect that a person sees: CIELAB units, or the logarithm of a ratio.
SEEN = {"L": 1.0, "C": 0.0296, "S": 0.0392, "a": 1.0, "b": 1.0, "V": 2.0, "SH": 1.5, "HL": 1.5}
ENOUGH = 1.8  # times SEEN: the least to aim at
SURE, NAMED = 0.7, 0.25  # probability of a wish from which it is held to, and from which it excuses a side effect
CLIPPED, CAST, LIGHT = 0.015, 3.3, 6.5  # share of the picture; CIELAB units: at most, unasked
ROUNDS = 6
LEAST, MOST = 0.8, 1.3  # of the goal: between them a strength is left as it is
# Tools that serve an effect, in the order in which one is added where none is there: (tool, sign, value of a plain step).
SERVES: dict[str, tuple[tuple[str, int], ...]] = {
    "L+": (("exposure", 22), ("brightness", 15), ("shadows", 30)), "L-": (("exposure", -22), ("brightness", -15)),
    "C+": (("contrast", 20), ("natural_contrast", 25)), "C-": (("contrast", -20), ("natural_contrast", -25), ("fade", 25)),
    "S+": (("saturation", 25), ("vibrance", 30)), "S-": (("saturation", -25), ("vibrance", -30)),
    "b+": (("temperature", 20),), "b-": (("temperature", -20),), "a+": (("tint", -30),), "a-": (("tint", 30),),
    "V+": (("vignette", 45),), "V-": (("vignette", -45),),
    "SH+": (("shadows", 35), ("blacks", 8)), "SH-": (("shadows", -35), ("blacks", -8)),
    "HL+": (("highlights", 35), ("whites", 10)), "HL-": (("highlights", -35), ("whites", -10)),
    "H+": (("sharpness", 34),), "H-": (("sharpness", -34),), "N+": (("grain", 38),), "F+": (("fade", 30),),
    "BW+": (("saturation", -100),),
}
# What drives tones into black or white, and the sign with which it does.
_CLIPPING = (
    ("exposure", 1), ("brightness", 1), ("contrast", 1), ("whites", 1), ("highlights", 1), ("blacks", -1), ("brightness", -1),
)
_COLOUR, _TONE = {"a", "b", "BW", "S", "X"}, {"L", "C", "BW", "SH", "HL", "V", "F", "Z", "X", "WH", "BL"}


class _Yardstick:
    """The picture before, and the amount of every effect in a picture after."""

    def __init__(self, before: NDArray[np.uint8]) -> None:
        self.before = lab(before)
        light = self.before[..., 0]
        height, width = light.shape
        v, u = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j] if min(height, width) > 1 else np.zeros((2, height, width))
        r = np.hypot(u, v) / np.sqrt(2)
        self.corner, self.middle = r > 0.75, r < 0.35
        low, high = np.percentile(light, (25, 75))
        self.dark, self.bright = light <= low, light >= high
        mean_a, mean_b = float(self.before[..., 1].mean()), float(self.before[..., 2].mean())
        tones = float(np.percentile(light, 95) - np.percentile(light, 5))
        chroma = float(np.hypot(self.before[..., 1], self.before[..., 2]).mean())
        self.facts = Facts(float(light.mean()), tones, chroma, mean_a, mean_b)

    def goal(self, axis: str, size: float) -> float:
        """How far this photo should move along an asked axis (above 0), never less than can be seen. size: 1/3 to 1."""
        sign = 1 if axis[-1] == "+" else -1
        return max(abs(amount(axis[:-1], sign, 3 * size - 1, self.facts)), ENOUGH * SEEN[axis[:-1]])

    def amounts(self, after: NDArray[np.uint8]) -> tuple[dict[str, float], float]:
        """Effects in the units of SEEN, and the share of the picture that is newly black or white."""
        new, old = lab(after), self.before
        moved = new - old
        light = moved[..., 0]

        def mean(where: NDArray[np.bool_]) -> float:
            return float(light[where].mean()) if where.any() else float(light.mean())

        def spread(x: NDArray) -> float:
            return max(float(np.percentile(x[..., 0], 95) - np.percentile(x[..., 0], 5)), 1.0)

        def chroma(x: NDArray) -> float:
            return max(float(np.hypot(x[..., 1], x[..., 2]).mean()), 0.3)

        clipped = ((new[..., 0] > 99) & (old[..., 0] <= 99)) | ((new[..., 0] < 1) & (old[..., 0] >= 1))
        return {
            "L": float(light.mean()), "C": float(np.log(spread(new) / spread(old))),
            "S": float(np.log(chroma(new) / chroma(old))), "a": float(moved[..., 1].mean()), "b": float(moved[..., 2].mean()),
            "V": mean(self.corner) - mean(self.middle), "SH": mean(self.dark) - mean(~self.dark),
            "HL": mean(self.bright) - mean(~self.bright),
        }, float(clipped.mean())


def _rendered(small: NDArray[np.uint8], values: dict[str, float]) -> NDArray[np.uint8]:
    return reference.render(small, calls_of(values))


def calls_of(values: Mapping[str, float]) -> list[ToolCall]:
    """Values by tool -> calls in canonical order, rounded, within range, none neutral."""
    out = []
    for name in NAMES:
        tool = BY_NAME[name]
        value = int(min(max(round(values.get(name, tool.neutral)), tool.minimum), tool.maximum))
        if value != tool.neutral:
            out.append(ToolCall(name, value))
    return out


def review(
    small: NDArray[np.uint8], calls: tuple[ToolCall, ...], wishes: Mapping[str, float], sizes: Mapping[str, float]
) -> tuple[ToolCall, ...]:
    """The same steps with their strengths set right.

    small: (H, W, 3); wishes: how surely each axis and sign is asked, 0..1; sizes: how much of it, 1/3 a little to 1 a lot.
    """
    values: dict[str, float] = {call.name: float(call.value) for call in calls}
    sure = [axis for axis, p in wishes.items() if p > SURE and axis in SERVES]
    sure = [axis for axis in sure if axis[:-1] + ("-" if axis[-1] == "+" else "+") not in sure]
    if not sure:
        return calls  # a vague request: the network's own judgement of the picture stands
    named = {axis[:-1] for axis, p in wishes.items() if p > NAMED}
    grey = "BW+" in sure
    for axis in sure:
        if not any(_helps(values, tool, plain) for tool, plain in SERVES[axis]):
            tool, plain = SERVES[axis][0]
            values[tool] = plain
    yardstick = _Yardstick(small)
    goals = {axis: yardstick.goal(axis, sizes[axis]) for axis in sure if axis[:-1] in SEEN}
    if grey:
        goals = {axis: goal for axis, goal in goals.items() if axis[:-1] not in _COLOUR}
    for _ in range(ROUNDS):
        if grey:
            values["saturation"] = -100.0
        before = dict(values)
        amounts, clipped = yardstick.amounts(_rendered(small, values))
        parts = {
            axis: (amounts[axis[:-1]] if axis[-1] == "+" else -amounts[axis[:-1]]) / goals[axis]
            for axis in goals
        }
        factors: dict[str, float] = {}
        if clipped > CLIPPED:
            factors = {tool: 0.85 for tool, sign in _CLIPPING if values.get(tool, 0.0) * sign > 0}
        for axis, part in parts.items():
            factor = 1.0
            if part < (LEAST if clipped <= CLIPPED else 0.4 * LEAST):
                factor = min(1.7, max(1.1, LEAST / max(part, 0.1)))
            elif part > MOST:
                factor = max(0.6, MOST / part)
            for tool, plain in SERVES[axis]:
                if factor != 1.0 and _helps(values, tool, plain):
                    factors[tool] = max(factor, factors.get(tool, 0.0)) if factor > 1 else min(factor, factors.get(tool, 1.0))
        if not named & _COLOUR and max(abs(amounts["a"]), abs(amounts["b"])) > CAST:
            factors |= dict.fromkeys(("temperature", "tint", "saturation", "vibrance"), 0.7)
        if not named & _TONE and abs(amounts["L"]) > LIGHT:
            factors |= dict.fromkeys(("exposure", "brightness", "shadows", "highlights", "whites", "blacks"), 0.7)
        for tool, factor in factors.items():
            if tool in values:
                values[tool] = max(-100.0, min(100.0, values[tool] * factor))
        if values == before:
            break
    if grey:
        values["saturation"] = -100.0
    return tuple(calls_of(values))


def _helps(values: Mapping[str, float], tool: str, plain: int) -> bool:
    return values.get(tool, 0.0) * plain > 0
