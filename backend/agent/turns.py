"""Follow-ups that are sums, not judgements: what is in force scaled, eased, or left exactly as it is.

The network reads what a follow-up means; arithmetic does what was meant. A step of which nothing was said keeps its value to
the last digit, and "half of that" is half.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backend.agent.decode import FACTORS, KEEP, REMOVE, SMALLEST
from backend.agent.keeping import REACHED
from backend.agent.review import SERVES
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

_ALL = re.compile(
    r"\b(all|everything|start|restart|original|reset|beginning|scratch|clean slate|untouched|unedited|no changes?|from zero)\b",
    re.IGNORECASE,
)
SCALES = 0.6  # probability from which a follow-up scales what is in force
SURE = 0.7  # probability of a wish that is held to
NAMED = 0.2  # of one that excuses a change
LEFT_ALONE = 0.85  # probability of "keep" from which a step stays out of "more" and "less"
TAKEN = 0.9  # probability with which a step must be taken away, where nothing asks for that in other words
MORE = {"s": 1.25, "m": 1.5, "l": 1.8}  # what a step becomes that is to be more
LESS = {"s": 0.75, "m": 0.55, "l": 0.3}  # what is left of a step that is to be less


def factor_of(chances: NDArray[np.float32]) -> float | None:
    """By which factor the words scale what is in force, or None. chances: (1 + FACTORS,), the first for none."""
    if chances[0] > 1 - SCALES:
        return None
    return FACTORS[int(chances[1:].argmax())]


def taken_back(request: str, previous: tuple[ToolCall, ...]) -> tuple[ToolCall, ...]:
    """What stays in force when the words take back: nothing, if they speak of all, else what was there before the last turn."""
    return () if _ALL.search(request) else previous


def scaled(
    in_force: tuple[ToolCall, ...], factor: float, *, previous: tuple[ToolCall, ...] = (),
    gates: NDArray[np.float32] | None = None,
) -> tuple[ToolCall, ...]:
    """What the last turn did, from `previous` to `in_force`, times `factor`; a step that is scaled moves by one at least.

    gates: (16, GATES) probabilities; steps surely to be kept stay as they are, if that leaves any to scale.
    """
    now, before = ({call.name: call.value for call in calls} for calls in (in_force, previous))
    moved = [name for name in NAMES if now.get(name, 0) != before.get(name, 0)]
    if gates is not None:
        free = [name for name in moved if gates[NAMES.index(name), KEEP] <= LEFT_ALONE]
        moved = free or moved
    for name in moved:
        was, step = before.get(name, 0), now.get(name, 0) - before.get(name, 0)
        value = was + round(factor * step)
        if value == now.get(name, 0):
            value += (1 if step > 0 else -1) * (1 if factor > 1 else -1)
        now[name] = int(np.clip(value, BY_NAME[name].minimum, BY_NAME[name].maximum))
    return tuple(ToolCall(name, now[name]) for name in NAMES if now.get(name, 0))


def settled(
    in_force: tuple[ToolCall, ...], calls: tuple[ToolCall, ...], wishes: Mapping[str, float], sizes: Mapping[str, float],
    gates: NDArray[np.float32], scaled_too: tuple[ToolCall, ...] | None = None,
) -> tuple[ToolCall, ...]:
    """The network's answer to a follow-up that asks for effects, held to them.

    A wish against what is in force ("too warm now") takes a share of those steps back; one along with it ("even warmer") never
    does, and makes them stronger where the network moves nothing. Steps that serve no wish stay as they
    are, or as in `scaled_too`, unless they are surely taken away.

    wishes, sizes: by axis and sign, 0..1; gates: (16, GATES) probabilities.
    """
    sure = {axis: p for axis, p in wishes.items() if p > SURE and axis in SERVES}
    if not sure:
        return calls
    old = {call.name: call.value for call in in_force}
    base = None if scaled_too is None else {call.name: call.value for call in scaled_too}
    new = {call.name: call.value for call in calls}
    spoken = {axis[:-1] for axis, p in wishes.items() if p > NAMED}
    if not spoken <= REACHED.keys():  # a whole look may need anything
        return calls
    serving = set[str]().union(*(REACHED[axis] for axis in spoken))
    for name in {*old, *new} - serving:
        taken = name not in new and gates[NAMES.index(name), REMOVE] > TAKEN
        if base is not None:
            new[name] = base.get(name, 0)
        elif not taken and (name in old or gates[NAMES.index(name), KEEP] > 0.1):
            new[name] = old.get(name, 0)
    for axis in sure:
        size = "sml"[int(np.clip(round(3 * sizes[axis]) - 1, 0, 2))]
        along = [tool for tool, plain in SERVES[axis] if old.get(tool, 0) * plain > 0]
        for tool in along:
            if abs(new.get(tool, 0)) < abs(old[tool]) or new[tool] * old[tool] < 0:
                new[tool] = old[tool]
        if along and not any((new.get(tool, 0) - old.get(tool, 0)) * plain > 0 for tool, plain in SERVES[axis]):
            new |= {tool: round(MORE[size] * old[tool]) for tool in along}
        against = [tool for tool, plain in SERVES[axis] if old.get(tool, 0) * plain < 0]
        if against:
            for tool, plain in SERVES[axis]:
                if tool in against:
                    new[tool] = round(LESS[size] * old[tool])
                elif new.get(tool, 0) != old.get(tool, 0) and (new.get(tool, 0) - old.get(tool, 0)) * plain > 0:
                    new[tool] = old.get(tool, 0)
    whole = ((name, new.get(name, 0)) for name in NAMES)
    bounded = ((n, int(np.clip(v, BY_NAME[n].minimum, BY_NAME[n].maximum))) for n, v in whole)
    return tuple(ToolCall(n, v) for n, v in bounded if v and (abs(v) >= SMALLEST or v == old.get(n)))
