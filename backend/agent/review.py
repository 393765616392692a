"""Looks at what the decided steps do to a small copy of the picture, and sets their strength right where they miss or overdo.

The network says which effects the words ask for and which steps give them; this module renders the steps as Krita would,
measures those effects in CIELAB, and then changes strengths only: more where an asked effect cannot be seen yet, less where
tones are clipped, a cast appears or the light jumps unasked. A step is added only where the network is sure of a wish that no
step serves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from backend.agent.amounts import Facts, amount
from backend.agent.decode import SMALLEST
from backend.agent.features import lab, shrink
from tool_mapping import reference
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

# The least amount of an effect that a person sees: CIELAB units, or the logarithm of a ratio.
SEEN = {"L": 1.0, "C": 0.0296, "S": 0.0392, "a": 1.0, "b": 1.0, "V": 2.0, "SH": 1.5, "HL": 1.5, "WH": 1.0, "BL": 1.0}
ENOUGH = 1.8  # times SEEN: the least to aim at
SURE, NAMED = 0.7, 0.25  # probability of a wish from which it is held to, and from which it excuses a side effect
CLIPPED, CAST, LIGHT = 0.015, 3.3, 6.5  # share of the picture; CIELAB units: at most, unasked
TOO_CLIPPED = 0.06  # and where deep shadows or bright highlights are asked for
ROUNDS = 6
A_LOT = 0.25  # how much further than the law of amounts "a lot" aims
ROOM = 0.6  # of the way to black or white: as far as the darkest and brightest quarter are sent
EASED_SEEN = 1.35  # times SEEN: what easing a step must show at least
EASED = 0.55  # what is left of a step that is to be less
MISSED, MOST_STEPS = 0.8, 7  # mean CIELAB distance from which a step is missed; steps of an answer to a vague request
FAINT, LEAST, MOST = 0.35, 0.8, 1.3  # of the goal: between them a strength is left as it is
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
    "WH+": (("whites", 20),), "WH-": (("whites", -20),), "BL+": (("blacks", 20),), "BL-": (("blacks", -20),),
    "BW+": (("saturation", -100),),
}
# Effects that no measure here tells the amount of: the step for a little, plainly and a lot, much as the teacher in training
# has it. The network knows which are asked for, but gives "much sharper" hardly more than "a bit sharper" (37 and 28).
LAW: dict[str, tuple[str, tuple[int, int, int]]] = {
    "H+": ("sharpness", (14, 34, 78)), "H-": ("sharpness", (-16, -34, -76)), "N+": ("grain", (26, 40, 72)),
    "N-": ("sharpness", (-20, -36, -58)), "F+": ("fade", (15, 30, 60)),
}
_SEPIA = (0.6, 1.0, 1.1)  # of the tones that the network gives it, for a little, plainly and a lot
_TOGETHER = {"Z+": ("C+", "BL-"), "F-": ("C+", "BL-")}  # effects that are seen as others
# By which tools an effect is tried that the chosen one cannot show: the one made for it; contrast, where the photo has no room.
_OTHERWISE = (
    {axis: tools[0] for axis, tools in SERVES.items() if len(tools) > 1}, {"SH-": ("contrast", 15), "HL+": ("contrast", 15)},
)
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
        self.facts = Facts.of(self.before)

    def goal(self, axis: str, size: float) -> float:
        """How far this photo should move along an asked axis (above 0), never less than can be seen. size: 1/3 to 1."""
        sign = 1 if axis[-1] == "+" else -1
        further = 1 + A_LOT * max(3 * size - 2, 0.0)  # who says "a lot" means to see it, also where steps are cut at LEAST
        goal = max(further * abs(amount(axis[:-1], sign, 3 * size - 1, self.facts)), ENOUGH * SEEN[axis[:-1]])
        light = self.before[..., 0]
        room = {"BL-": light[self.dark].mean(), "WH+": 100 - light[self.bright].mean()}.get(axis)  # what is black stays black
        return goal if room is None else min(goal, ROOM * float(room) + 0.1)

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
            "HL": mean(self.bright) - mean(~self.bright), "WH": mean(self.bright), "BL": mean(self.dark),
        }, float(clipped.mean())


def opposite(axis: str) -> str:
    """ "L-" for "L+"."""
    return axis[:-1] + ("-" if axis[-1] == "+" else "+")


def calls_of(values: Mapping[str, float]) -> list[ToolCall]:
    """Values by tool -> calls in canonical order, rounded, within range, none neutral."""
    out = []
    for name in NAMES:
        tool = BY_NAME[name]
        value = int(min(max(round(values.get(name, tool.neutral)), tool.minimum), tool.maximum))
        if value != tool.neutral:
            out.append(ToolCall(name, value))
    return out


def worth_keeping(small: NDArray[np.uint8], calls: tuple[ToolCall, ...]) -> tuple[ToolCall, ...]:
    """The same calls without those that one would not miss, at most MOST_STEPS. small: (H, W, 3), without any step.

    One call after another is left out, the one that changes the picture least first, while that change stays below MISSED.
    """
    kept, small = list(calls), shrink(small, 96)
    while kept:
        whole = lab(reference.render(small, kept))
        rest = [[call for call in kept if call is not out] for out in kept]
        moved = [float(np.linalg.norm(lab(reference.render(small, others)) - whole, axis=-1).mean()) for others in rest]
        least = int(np.argmin(moved))
        if moved[least] >= MISSED and len(kept) <= MOST_STEPS:
            break
        kept = rest[least]
    return tuple(kept)


def is_seen(small: NDArray[np.uint8], old: tuple[ToolCall, ...], new: tuple[ToolCall, ...], axis: str) -> bool:
    """Whether going from the old calls to the new ones shows as the effect, "L-"; True for what is not measured here."""
    if axis[:-1] not in SEEN:
        return True
    small = shrink(small, 96)
    amounts, _ = _Yardstick(reference.render(small, old)).amounts(reference.render(small, new))
    return amounts[axis[:-1]] * (1 if axis[-1] == "+" else -1) > EASED_SEEN * SEEN[axis[:-1]]


def review(
    small: NDArray[np.uint8], calls: tuple[ToolCall, ...], wishes: Mapping[str, float], sizes: Mapping[str, float],
    in_force: tuple[ToolCall, ...] = (), held: Collection[str] = (),
) -> tuple[ToolCall, ...]:
    """The same steps with their strengths set right.

    small: (H, W, 3), without any step; wishes: how surely each axis and sign is asked, 0..1; sizes: how much of it, from 1/3
    (a little) to 1 (a lot); in_force: the steps before this request, from which everything is measured; held: tools that are
    not to be added.
    """
    wishes, sizes = _spelt_out(wishes, sizes, held)
    sure = [axis for axis, p in wishes.items() if p > SURE and axis in SERVES]
    sure = [axis for axis in sure if opposite(axis) not in sure]
    lawful = {axis: sizes[axis] for axis, p in wishes.items() if p > SURE and (axis in LAW or axis == "X+")}
    if not sure and not lawful:
        return calls  # a vague request: the network's own judgement of the picture stands
    grey = "BW+" in sure
    start = {call.name: float(call.value) for call in in_force}
    target = {call.name: float(call.value) for call in calls}
    moves = {name: target.get(name, 0.0) - start.get(name, 0.0) for name in NAMES}
    eased = set()  # wishes against what is in force, as in "too warm now"
    for axis in sure:
        against = [tool for tool, plain in SERVES[axis] if start.get(tool, 0.0) * plain < 0]
        if against:
            eased.add(axis)
        if not any(moves[tool] * plain > 0 for tool, plain in SERVES[axis]):
            if against:
                moves |= {tool: (EASED - 1) * start[tool] for tool in against}
            else:
                here = [entry for entry in SERVES[axis] if entry[0] in start]
                tool, plain = (here or SERVES[axis])[0]
                moves[tool] = float(plain)

    moves |= _by_law(moves, {axis: size for axis, size in lawful.items() if axis not in eased}, sure)
    if "F+" in sure and wishes.get("S+", 0.0) <= NAMED:  # what has faded is pale, though the network would keep the colours
        moves |= {tool: min(moves[tool], 0.0) for tool in ("saturation", "vibrance")}

    def values() -> dict[str, float]:
        found = {name: start.get(name, 0.0) + move for name, move in moves.items()}
        return {**found, "saturation": -100.0} if grey else found

    # Steps that work against each other are not driven to their ends.
    most = {name: max(2.2 * abs(move), 45.0) for name, move in moves.items()}
    yardstick = _Yardstick(reference.render(small, calls_of(start)))
    # How far to take back what is in force is for the network to say: a share of it, not an amount that fits the photo.
    measured = [axis for axis in sure if axis[:-1] in SEEN and axis not in eased and not (grey and axis[:-1] in _COLOUR)]
    goals = {axis: yardstick.goal(axis, sizes[axis]) for axis in measured}
    named = {axis[:-1] for axis, p in wishes.items() if p > NAMED}

    def settle() -> None:
        for _ in range(ROUNDS):
            factors = _corrections(yardstick, reference.render(small, calls_of(values())), goals, named, moves)
            if not factors:
                break
            for tool, factor in factors.items():
                moves[tool] = max(-most[tool], min(most[tool], moves[tool] * factor))
                if start.get(tool, 0.0) * target.get(tool, 0.0) > 0 > start[tool] * (start[tool] + moves[tool]):
                    moves[tool] = 0.2 * start[tool] - start[tool]  # "less warm" is not "cold", unless the network says so

    def unseen() -> set[str]:
        amounts, _ = yardstick.amounts(reference.render(small, calls_of(values())))
        return {axis for axis in measured if amounts[axis[:-1]] * (1 if axis[-1] == "+" else -1) < SEEN[axis[:-1]]}

    settle()
    for tools in _OTHERWISE:  # what cannot be seen on this photo by the chosen tool is tried by others
        before = unseen()
        others = {
            axis: (tool, plain) for axis, (tool, plain) in tools.items()
            if axis in before and moves[tool] * plain <= 0 and tool not in start and tool not in held
        }
        if not others:
            continue
        chosen = dict(moves)
        for axis, (tool, plain) in others.items():
            needed = {name for other in sure if other != axis for name, _ in SERVES[other]}
            moves |= {name: 0.0 for name, way in SERVES[axis] if moves[name] * way > 0 and name not in needed}
            moves[tool], most[tool] = 1.5 * sizes[axis] * plain, max(2.2 * abs(plain), 45.0)
        settle()
        if not unseen() < before:
            moves |= chosen
    return tuple(call for call in calls_of(values()) if abs(call.value) >= SMALLEST or call.name in start)


def _spelt_out(
    wishes: Mapping[str, float], sizes: Mapping[str, float], held: Collection[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Wishes and sizes with those added by which haze taken away is seen; not where it is otherwise asked for, or held."""
    wishes, sizes = dict(wishes), dict(sizes)
    for axis in [axis for axis in _TOGETHER if wishes.get(axis, 0.0) > SURE]:
        for part in _TOGETHER[axis]:
            spoken = max(wishes.get(part, 0.0), wishes.get(opposite(part), 0.0)) > NAMED
            if not spoken and SERVES[part][0][0] not in held:
                wishes[part], sizes[part] = wishes[axis], sizes[axis]
    return wishes, sizes


def _by_law(moves: Mapping[str, float], sizes: Mapping[str, float], sure: Collection[str]) -> dict[str, float]:
    """The moves of those steps whose strength follows from the asked size alone; the network has chosen them and their way."""
    found: dict[str, float] = {}
    for axis in sizes.keys() & LAW.keys():
        tool, steps = LAW[axis]
        if moves[tool] * steps[0] > 0:
            found[tool] = max(_at(sizes[axis], steps), found.get(tool, 0.0), key=abs)
    if "X+" in sizes and not {"S-", "S+", "b+", "b-"} & set(sure):
        found |= {tool: _at(sizes["X+"], _SEPIA) * moves[tool] for tool in ("saturation", "temperature", "tint")}
    return found


def _at(size: float, values: Sequence[float]) -> float:
    """Between the values for a little, plainly and a lot. size: 1/3 to 1."""
    return float(np.interp(3 * size - 1, (0, 1, 2), values))


def _corrections(
    yardstick: _Yardstick, after: NDArray[np.uint8], goals: Mapping[str, float], named: set[str], moves: Mapping[str, float]
) -> dict[str, float]:
    """By which factor each step's move should change; empty when all is well."""
    amounts, clipped = yardstick.amounts(after)
    factors: dict[str, float] = {}
    cast = not named & _COLOUR and max(abs(amounts["a"]), abs(amounts["b"])) > CAST
    if clipped > CLIPPED:
        factors = {tool: 0.85 for tool, sign in _CLIPPING if moves[tool] * sign > 0}
    for axis, goal in goals.items():
        part = (amounts[axis[:-1]] if axis[-1] == "+" else -amounts[axis[:-1]]) / goal
        if axis in _OTHERWISE[-1] and clipped > (CLIPPED if part < 0 else TOO_CLIPPED):  # no room: further would spoil more
            factors |= {tool: 0.6 for tool, plain in SERVES[axis] if moves[tool] * plain > 0}
        elif part < (LEAST if clipped <= CLIPPED and not cast else FAINT):
            more = min(1.7, max(1.1, LEAST / max(part, 0.1)))
            factors |= {t: max(more, factors.get(t, 0.0)) for t, plain in SERVES[axis] if moves[t] * plain > 0}
        elif part > MOST or (cast and part > FAINT):  # light that is turned up or down takes the colours with it
            less = max(0.6, MOST / part) if part > MOST else 0.88
            factors |= {t: min(less, factors.get(t, 1.0)) for t, plain in SERVES[axis] if moves[t] * plain > 0}
    if cast:
        factors |= dict.fromkeys(("temperature", "tint", "saturation", "vibrance"), 0.7)
    if not named & _TONE and abs(amounts["L"]) > LIGHT:
        factors |= dict.fromkeys(("exposure", "brightness", "shadows", "highlights", "whites", "blacks"), 0.7)
    return {tool: factor for tool, factor in factors.items() if moves[tool]}
