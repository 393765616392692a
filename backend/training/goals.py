"""From wishes to goals on this photo: how far each axis should move, what must hold still, which tools a retoucher takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch

from backend.agent.amounts import Facts, amount
from backend.agent.turns import OWN
from backend.training.colour import AXES, AXIS, SEEN
from backend.training.effects import SIZES, Wish
from backend.training.renderer import COUNT, INDEX
from tool_mapping.spec import TOOLS

# The wishes that one tool serves by a fixed amount: (tool, value for a little / plainly / a lot).
FIXED: dict[tuple[str, int], tuple[str, tuple[int, int, int]]] = {
    ("H", 1): ("sharpness", (14, 34, 78)),
    ("H", -1): ("sharpness", (-16, -34, -76)),
    ("N", 1): ("grain", (22, 38, 72)),
    ("N", -1): ("sharpness", (-20, -36, -58)),
    ("F", 1): ("fade", (15, 30, 60)),
}
# Tools that serve an axis: what a step of each costs (the cheaper, the sooner taken) and the direction it may go, 0 for both.
SERVES: dict[tuple[str, int], dict[str, tuple[float, int]]] = {
    ("L", 1): {"exposure": (1.0, 1), "brightness": (2.4, 1), "shadows": (1.2, 1), "highlights": (2.2, -1)},
    ("L", -1): {"exposure": (1.0, -1), "brightness": (2.4, -1), "highlights": (1.4, -1)},
    ("C", 1): {"contrast": (1.0, 1), "natural_contrast": (1.3, 1)},
    ("C", -1): {"contrast": (1.0, -1), "natural_contrast": (1.3, -1)},
    ("S", 1): {"saturation": (1.0, 1), "vibrance": (1.4, 1)},
    ("S", -1): {"saturation": (1.0, -1)},
    ("a", 1): {"tint": (0.6, -1)}, ("a", -1): {"tint": (0.6, 1)},
    ("b", 1): {"temperature": (0.6, 1)}, ("b", -1): {"temperature": (0.6, -1)},
    ("V", 1): {"vignette": (0.6, 1)}, ("V", -1): {"vignette": (0.6, -1)},
    ("SH", 1): {"shadows": (1.0, 1), "blacks": (2.8, 1)},
    ("SH", -1): {"shadows": (1.0, -1), "blacks": (2.6, -1)},
    ("HL", 1): {"highlights": (1.0, 1), "whites": (2.6, 1)},
    ("HL", -1): {"highlights": (1.0, -1), "whites": (2.6, -1)},
    ("WH", 1): {"whites": (0.8, 1)}, ("WH", -1): {"whites": (0.8, -1)},
    ("BL", 1): {"blacks": (0.8, 1)}, ("BL", -1): {"blacks": (0.8, -1)},
}
# Tools that may help to hold an axis still, at a price.
HOLDS: dict[str, dict[str, float]] = {
    "L": {"exposure": 3.4}, "C": {"contrast": 2.6}, "S": {"saturation": 2.6}, "a": {"tint": 2.6},
    "b": {"temperature": 2.6}, "SH": {"shadows": 2.4}, "HL": {"highlights": 2.4}, "WH": {"whites": 2.4}, "BL": {"blacks": 2.4},
    "V": {"vignette": 2.6},
}
TONE = frozenset({"L", "C", "BW", "SH", "HL", "V", "WH", "BL", "F", "Z", "X"})
LIMIT = 0.95  # the solver leaves the last bit of each slider to the person
MOST = {"s": 0.4, "m": 0.65, "l": 0.95}  # bounds of the vignette: dark corners hide how strong it is
_INF = 1e9


@dataclass
class Goal:
    """One photo's goal in arrays over `colour.AXES` (K) and the tools (16); values on [-1, 1]."""

    target: np.ndarray
    weight: np.ndarray
    hold: np.ndarray  # greatest drift that is let pass, raw units
    free: np.ndarray  # tools that may move
    cost: np.ndarray
    low: np.ndarray  # bounds of each tool
    high: np.ndarray
    start: np.ndarray  # values from which it starts and which are not to be moved without need
    asked: list[Wish] = field(default_factory=list)  # pixel wishes that must be seen
    named: set[str] = field(default_factory=set)


def _fixed(goal: Goal, tool: str, value: float) -> None:
    low, high = TOOLS[INDEX[tool]].minimum / 100, TOOLS[INDEX[tool]].maximum / 100
    goal.start[INDEX[tool]] = min(max(value, low), high)


def _serve(goal: Goal, tools: dict[str, tuple[float, int]], most: float) -> None:
    for tool, (cost, direction) in tools.items():
        i = INDEX[tool]
        low, high = goal.start[i] - (most if direction <= 0 else 0.0), goal.start[i] + (most if direction >= 0 else 0.0)
        if goal.free[i]:
            low, high, cost = min(low, goal.low[i]), max(high, goal.high[i]), min(cost, goal.cost[i])
        goal.low[i], goal.high[i], goal.cost[i], goal.free[i] = low, high, cost, True


def _wish_for(goal: Goal, axis: str, move: float, *, weight: float = 1.0) -> None:
    goal.target[AXIS[axis]], goal.weight[AXIS[axis]] = move, weight


def _move_itself(goal: Goal, axis: str, move: float) -> None:
    """Opened shadows are lighter themselves: darkening all the rest would not do, though it measures the same."""
    quarter = {"SH": "BL", "HL": "WH"}.get(axis)
    if quarter and not goal.weight[AXIS[quarter]]:
        _wish_for(goal, quarter, 0.9 * move, weight=0.35)


def expand(wishes: list[Wish]) -> list[Wish]:
    """Wishes that are several effects, written as those: haze, sepia out, fade out."""
    out: list[Wish] = []
    for w in wishes:
        if (w.axis, w.sign) in {("Z", 1), ("F", -1)}:
            out += [Wish("C", 1, w.size, 0.95), Wish("BL", -1, w.size, 0.7), Wish("S", 1, "s", w.scale)]
        elif (w.axis, w.sign) == ("X", -1):
            out += [Wish("b", -1, w.size, w.scale)]
        else:
            out.append(w)
    seen: dict[str, Wish] = {}
    for w in out:
        seen.setdefault(w.axis, w)
    return list(seen.values())


def goal_for(
    wishes: list[Wish], extra: list[Wish], keep: set[str], facts: Facts, *, start: np.ndarray | None = None,
    named: set[str] | None = None,
) -> Goal:
    """The goal of `wishes` (to be reached), `extra` (a little, if it can be had) and `keep` (axes that must not move).

    start: (16,) values in force; then every amount is meant relative to the picture as they make it.
    """
    refining = start is not None
    if start is not None:
        start, wishes = _take_back(start, wishes)
    wishes = expand(wishes)
    axes = {w.axis for w in wishes}
    goal = Goal(
        np.zeros(len(AXES), np.float32), np.zeros(len(AXES), np.float32), np.full(len(AXES), _INF, np.float32),
        np.zeros(COUNT, bool), np.full(COUNT, 3.0, np.float32),
        np.full(COUNT, -LIMIT, np.float32), np.full(COUNT, LIMIT, np.float32),
        np.zeros(COUNT, np.float32) if start is None else start.astype(np.float32).copy(),
        named=axes | {e.axis for e in extra} | (named or set()),
    )
    colourless = "BW" in axes
    for w in [*wishes, *(e for e in extra if e.axis != "Z")]:
        i, main = SIZES.index(w.size), w in wishes
        if w.axis == "BW":
            if w.sign > 0:
                _fixed(goal, "saturation", -1.0)
                _fixed(goal, "vibrance", 0.0)
        elif w.axis == "X":
            _fixed(goal, "saturation", (-0.62, -0.72, -0.8)[i])
            _fixed(goal, "tint", (-0.04, -0.06, -0.08)[i])
            _wish_for(goal, "b", max((11.0, 15.0, 19.0)[i], facts.b + 4.0) - facts.b)
            _serve(goal, SERVES["b", 1], LIMIT)
        elif (w.axis, w.sign) in FIXED:
            tool, values = FIXED[w.axis, w.sign]
            _step_fixed(goal, w, tool, values[i] / 100 * w.scale, relative=refining)
        elif w.axis == "Z":
            _fixed(goal, "fade", (0.12, 0.22, 0.4)[i])
        elif colourless and w.axis == "S":
            continue
        else:
            move = amount(w.axis, w.sign, i, facts) * w.scale
            if colourless and w.axis in "ab":
                move -= facts.a if w.axis == "a" else facts.b
            _wish_for(goal, w.axis, move, weight=(0.7 if w.axis == "S" else 1.0) * (1.0 if main else 0.4))
            _move_itself(goal, w.axis, move)
            _serve(goal, SERVES[w.axis, w.sign], MOST[w.size] if w.axis == "V" else LIMIT)
            if main:
                goal.asked.append(w)
            if refining:
                _prefer_in_force(goal, w)
    if not refining:
        _hold_still(goal, axes, keep, colourless=colourless)
    return goal


def _take_back(start: np.ndarray, wishes: list[Wish]) -> tuple[np.ndarray, list[Wish]]:
    """Wishes that are answered by taking back a part of what is in force: less fade, less sepia. (start, wishes left)."""
    start, left = start.copy(), []
    for w in wishes:
        tools = {"F": ("fade",), "X": OWN["X"], "Z": OWN["Z"]}.get(w.axis, ()) if w.sign < 0 else ()
        if any(start[INDEX[t]] for t in tools):
            for t in tools:
                start[INDEX[t]] *= (0.7, 0.5, 0.25)[SIZES.index(w.size)]
        else:
            left.append(w)
    return np.round(start, 2), left


def _prefer_in_force(goal: Goal, wish: Wish) -> None:
    """A follow-up about an axis first moves the steps that already serve it or stand against it, only the way that it asks."""
    for sign in (1, -1):
        for tool, (cost, way) in SERVES.get((wish.axis, sign), {}).items():
            i = INDEX[tool]
            if goal.start[i] * way > 0 and cost < 2:
                up = way * sign * wish.sign > 0
                goal.low[i], goal.high[i] = goal.start[i] - (0 if up else LIMIT), goal.start[i] + (LIMIT if up else 0)
                goal.free[i], goal.cost[i] = True, 0.5 * cost


def _step_fixed(goal: Goal, wish: Wish, tool: str, value: float, *, relative: bool) -> None:
    """A tool that is set by its law: from neutral when nothing is in force, from where it stands when refining."""
    now = float(goal.start[INDEX[tool]])
    if not relative:
        _fixed(goal, tool, value if now == 0 or wish.axis != "N" else now)
    elif wish.axis == "N" and wish.sign < 0 and goal.start[INDEX["grain"]] > 0:
        left = (0.65, 0.45, 0.2)[SIZES.index(wish.size)]
        goal.start[INDEX["grain"]] = round(float(goal.start[INDEX["grain"]]) * left, 2)
    else:
        _fixed(goal, tool, round(now + value * (0.7 if now * value > 0 else 1.0), 2))


def _hold_still(goal: Goal, axes: set[str], keep: set[str], *, colourless: bool) -> None:
    loose = bool(axes & TONE) or bool(goal.named & {"C", "SH", "HL", "WH", "BL"})
    hold = {
        "L": 5.0 if loose else 2.5, "C": 0.3 if "L" in axes else 0.14, "S": 0.2 if loose else 0.12,
        "a": 1.2, "b": 1.5, "V": 3.0,
    }
    if axes & {"SH", "HL", "WH", "BL", "F", "V", "Z", "X", "BW"}:
        hold.pop("C")
    if "F" in axes:
        hold["L"], hold["a"], hold["b"], hold["S"] = 12.0, 2.5, 2.5, 0.5
    if axes & {"S", "X", "BW"}:
        hold.pop("S")
        hold["a"], hold["b"] = 4.0, 4.0
    if axes & {"a", "b"}:
        hold["a"], hold["b"], hold["S"] = 3.0, 3.0, _INF
    if colourless or "X" in axes:
        hold["a"] = hold["b"] = _INF
    for axis in keep & set(AXES):
        hold[axis] = 0.8 * SEEN[axis]
    for axis, most in hold.items():
        i = AXIS[axis]
        if goal.weight[i]:
            continue
        goal.hold[i] = most
        if axis in keep or axis == "L" or (axis == "S" and axes & {"L", "C", "F"}):
            for tool, cost in HOLDS.get(axis, {}).items():
                j = INDEX[tool]
                if not goal.free[j] and not (colourless and tool == "saturation") and not (axis == "L" and "F" in axes):
                    goal.free[j], goal.cost[j] = True, cost


def facts_of(lab: torch.Tensor, spread: torch.Tensor) -> list[Facts]:
    """lab: (B, 3, N), spread: (B,) -> one Facts a picture."""
    means = lab.mean(2)
    chroma = torch.sqrt(lab[:, 1] ** 2 + lab[:, 2] ** 2).mean(1)
    rows = torch.stack([means[:, 0], spread, chroma, means[:, 1], means[:, 2]], 1).tolist()
    return [Facts(*row) for row in rows]
