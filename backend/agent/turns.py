"""Follow-ups that are sums, not judgements: what is in force scaled, eased, or left exactly as it is.

The network reads what a follow-up means; arithmetic does what was meant. A step of which nothing was said keeps its value to
the last digit, and "half of that" is half.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backend.agent.decode import FACTORS, KEEP, REMOVE, SMALLEST
from backend.agent.keeping import REACHED
from backend.agent.review import SERVES
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

SCALES = 0.6  # probability from which a follow-up scales what is in force
SURE = 0.7  # probability of a wish that is held to
NAMED = 0.2  # of one that excuses a change
LEFT_ALONE = 0.85  # probability of "keep" from which a step stays out of "more" and "less"
TAKEN = 0.9  # probability with which a step must be taken away, where nothing asks for that in other words
LESS = {"s": 0.75, "m": 0.55, "l": 0.3}  # what is left of a step that is to be less


def factor_of(chances: NDArray[np.float32]) -> float | None:
    """By which factor the words scale what is in force, or None. chances: (1 + FACTORS,), the first for none."""
    if chances[0] > 1 - SCALES:
        return None
    return FACTORS[int(chances[1:].argmax())]


def scaled(
    in_force: tuple[ToolCall, ...], factor: float, gates: NDArray[np.float32] | None = None
) -> tuple[ToolCall, ...]:
    """The steps times `factor`, within range. gates: (16, GATES) probabilities; steps surely to be kept stay as they are, if
    that leaves any to scale."""
    left = [] if gates is None else [c.name for c in in_force if gates[NAMES.index(c.name), KEEP] > LEFT_ALONE]
    if factor == 0 or len(left) == len(in_force):
        left = []
    out = []
    for call in in_force:
        tool = BY_NAME[call.name]
        value = call.value if call.name in left else int(np.clip(round(factor * call.value), tool.minimum, tool.maximum))
        if abs(value) >= SMALLEST or (value and value == call.value):
            out.append(ToolCall(call.name, value))
    return tuple(out)


def settled(
    in_force: tuple[ToolCall, ...], calls: tuple[ToolCall, ...], wishes: Mapping[str, float], sizes: Mapping[str, float],
    gates: NDArray[np.float32], factor: float | None = None,
) -> tuple[ToolCall, ...]:
    """The network's answer to a follow-up that asks for effects, held to them.

    A wish against what is in force ("too warm now") takes a share of those steps back. Steps that serve no wish stay as they
    are, or are scaled by `factor`, unless they are surely taken away.

    wishes, sizes: by axis and sign, 0..1; gates: (16, GATES) probabilities.
    """
    sure = {axis: p for axis, p in wishes.items() if p > SURE and axis in SERVES}
    if not sure:
        return calls
    old = {call.name: call.value for call in in_force}
    new = {call.name: call.value for call in calls}
    spoken = {axis[:-1] for axis, p in wishes.items() if p > NAMED}
    if not spoken <= REACHED.keys():  # a whole look may need anything
        return calls
    serving = set[str]().union(*(REACHED[axis] for axis in spoken))
    for name in {*old, *new} - serving:
        taken = name not in new and gates[NAMES.index(name), REMOVE] > TAKEN
        if factor is not None:
            new[name] = round(factor * old.get(name, 0))
        elif not taken and (name in old or gates[NAMES.index(name), KEEP] > 0.1):
            new[name] = old.get(name, 0)
    for axis in sure:
        against = [tool for tool, plain in SERVES[axis] if old.get(tool, 0) * plain < 0]
        if against:
            size = "sml"[int(np.clip(round(3 * sizes[axis]) - 1, 0, 2))]
            for tool, plain in SERVES[axis]:
                if tool in against:
                    new[tool] = round(LESS[size] * old[tool])
                elif new.get(tool, 0) != old.get(tool, 0) and (new.get(tool, 0) - old.get(tool, 0)) * plain > 0:
                    new[tool] = old.get(tool, 0)
    whole = ((name, new.get(name, 0)) for name in NAMES)
    bounded = ((n, int(np.clip(v, BY_NAME[n].minimum, BY_NAME[n].maximum))) for n, v in whole)
    return tuple(ToolCall(n, v) for n, v in bounded if v and (abs(v) >= SMALLEST or v == old.get(n)))
