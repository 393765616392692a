"""Follow-ups: what is read from the words, and the sums that they ask for on what is in force.

The network reads what a follow-up means; arithmetic does what was meant. A step of which nothing was said keeps its value to
the last digit, and "half of that" is half. What is asked for beyond a sum ("and warmer") is decided as a request is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from backend.agent.decode import FACTORS
from backend.agent.review import SERVES, opposite
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

LAST, ALL, REST = 0, 1, 2  # what a factor reaches: the last turn, every turn, all but what is held
NAMED, THERE = 0.5, 0.2  # probability from which an axis counts as named; of one that has steps in force
FAINTLY = 0.08  # and of one in force where what seems named is not there
_SHARE = re.compile(
    r"\b(another|additional|extra|further)?[ a]*(\d{1,3}) ?(?:%|per ?cent)( of\b(?! the (?:original|photo)))?", re.IGNORECASE
)
_EXACT = (0.0, 0.5, 2.0, 3.0)  # "gone", "half", "twice" mean what they say
MORE = {"s": 1.25, "m": 1.5, "l": 1.8}  # what a step becomes that is to be more
LESS = {"s": 0.75, "m": 0.55, "l": 0.3}  # what is left of a step that is to be less
# The tools by which an effect is reached, whichever way it goes.
REACHED: dict[str, set[str]] = {
    "L": {"exposure", "brightness", "shadows", "highlights", "whites", "blacks"},
    "C": {"contrast", "natural_contrast", "fade", "whites", "blacks"}, "Z": {"contrast", "natural_contrast", "fade", "blacks"},
    "S": {"saturation", "vibrance"}, "BW": {"saturation", "vibrance"}, "a": {"tint"}, "b": {"temperature"},
    "V": {"vignette"}, "SH": {"shadows", "blacks", "exposure"}, "HL": {"highlights", "whites", "exposure"},
    "WH": {"whites", "highlights"}, "BL": {"blacks", "shadows", "fade"}, "H": {"sharpness"}, "N": {"grain", "sharpness"},
    "F": {"fade", "contrast"},
}
# The tools that an effect is in people's minds: what "undo the ..." takes back.
OWN: dict[str, tuple[str, ...]] = {
    "L": ("exposure", "brightness"), "C": ("contrast", "natural_contrast"), "S": ("saturation", "vibrance"),
    "a": ("tint",), "b": ("temperature",), "H": ("sharpness",), "N": ("grain",), "V": ("vignette",), "F": ("fade",),
    "SH": ("shadows",), "HL": ("highlights",), "WH": ("whites",), "BL": ("blacks",), "BW": ("saturation",),
    "X": ("saturation", "temperature", "tint"), "Z": ("blacks", "contrast", "natural_contrast", "vibrance"),
}
# Steps that do what a wish complains of, though nobody takes them for its opposite: local contrast deepens wrinkles.
BRINGS: dict[str, dict[str, int]] = {"H-": {"natural_contrast": 1}, "N-": {"sharpness": 1}}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a follow-up says. factor: what it multiplies what was done by, 0 to take it back, or None; reach: LAST, ALL or REST;
    taken: axes of which something else is said, each with its own factor; held: axes that must stay."""

    factor: float | None = None
    reach: int = LAST
    taken: Mapping[str, float] = field(default_factory=dict)
    held: frozenset[str] = frozenset()

    def varied(self, temperature: float, rng: np.random.Generator) -> Reading:
        """The same at temperature 0; above, with its factors drawn to be further or less far the same way."""
        if temperature <= 0:
            return self

        def drawn(factor: float) -> float:
            return factor ** float(np.exp(0.4 * temperature * rng.standard_normal())) if factor > 0 else factor

        taken = {axis: drawn(factor) for axis, factor in self.taken.items()}
        return replace(self, factor=None if self.factor is None else drawn(self.factor), taken=taken)


def is_exact(factor: float) -> bool:
    """Whether the words name this share, which is then kept to even where its effect is too small to be seen."""
    return factor < 0 or factor in _EXACT or factor not in FACTORS


def size_name(size: float) -> str:
    """A size in 0..1 as "s" (a little), "m" or "l"."""
    return "sml"[int(np.clip(round(3 * size) - 1, 0, 2))]


def reading_of(
    request: str, in_force: tuple[ToolCall, ...], axes: tuple[str, ...], taken: NDArray[np.float32], held: NDArray[np.float32],
    factor: NDArray[np.float32], reach: NDArray[np.float32],
) -> Reading:
    """From probabilities, taken: (len(axes), 1 + FACTORS), the first for none; held: (len(axes),); factor: (1 + FACTORS,), the
    first for none; reach: (3,).

    People speak of what is there: an axis with steps in force is named from a lower probability on, and where only others
    seem named, the likeliest of them is.
    """
    there = np.array([bool(own_steps(axis, in_force)) for axis in axes])
    spoken_of = 1 - taken[:, 0]
    by_how_much = dict(zip(axes, (FACTORS[int(row[1:].argmax())] for row in taken), strict=True))
    named = {
        axis: by_how_much[axis] for axis, p, is_there in zip(axes, spoken_of, there, strict=True)
        if p > (THERE if is_there else NAMED)
    }
    if named and not any(own_steps(axis, in_force) for axis in named) and (spoken_of * there).max() > FAINTLY:
        likeliest = max(named, key=dict(zip(axes, spoken_of, strict=True)).__getitem__)
        named = {axes[int((spoken_of * there).argmax())]: named[likeliest]}
    stays = {axis for axis, p, is_there in zip(axes, held, there, strict=True) if p > (THERE if is_there else NAMED)}
    found = int(factor.argmax())
    all_of_it = FACTORS[found - 1] if found else None
    if len({*named.values(), *([] if all_of_it is None else [all_of_it])}) == 1:  # else nobody knows which the figures mean
        named = {axis: in_numbers(request, factor) for axis, factor in named.items()}
        all_of_it = None if all_of_it is None else in_numbers(request, all_of_it)
    if all_of_it is not None and 0 != all_of_it < 1 and all_of_it in named.values():
        all_of_it = None  # "too heavy on the matte" is not said of all, too: what has a name is meant
    return Reading(all_of_it, int(reach.argmax()) if all_of_it is not None else LAST, named, frozenset(stays - named.keys()))


def in_numbers(request: str, factor: float) -> float:
    """The factor, exactly, where the words say a share in figures: "20% of that", "30 percent less", "another 50%"."""
    share = _SHARE.search(request)
    if share is None or factor <= 0:
        return factor
    number = int(share[2]) / 100
    if share[1]:
        return 1 + number
    if share[3]:
        return number or factor
    return max(1 - number, 0.02) if factor < 1 else 1 + number


def own_steps(axis: str, calls: tuple[ToolCall, ...]) -> set[str]:
    """The tools in force that people mean by an axis: its own, else those by which the effect is reached."""
    force = {call.name for call in calls}
    return force & set(OWN[axis]) or force & REACHED.get(axis, set())


def staying(held: Collection[str], wishes: Collection[str]) -> set[str]:
    """Tools of the axes that must stay ("but don't make it brighter"), but for those of a wish."""
    return set[str]().union(*(OWN[axis] for axis in held if axis in OWN)) - set[str]().union(*(OWN[w[:-1]] for w in wishes))


def times(
    calls: tuple[ToolCall, ...], names: set[str], factor: float, before: Mapping[str, int] | None = None
) -> tuple[ToolCall, ...]:
    """The calls with the named steps, measured from their values `before` (0), times `factor`.

    A step that is scaled moves by one at least, and stays in its tool's range.
    """
    now, before = {call.name: call.value for call in calls}, before or {}
    for name in names:
        was = before.get(name, 0)
        step = now.get(name, 0) - was
        if not step or factor == 1:
            continue
        value = was + round(factor * step)
        if value == now.get(name, 0):
            value += (1 if step > 0 else -1) * (1 if factor > 1 else -1)
        now[name] = int(np.clip(value, BY_NAME[name].minimum, BY_NAME[name].maximum))
    return tuple(ToolCall(name, now[name]) for name in NAMES if now.get(name, 0))


def summed(reading: Reading, in_force: tuple[ToolCall, ...], previous: tuple[ToolCall, ...]) -> tuple[ToolCall, ...]:
    """What is in force after the sum that the words ask for: `in_force` itself where they ask for none.

    A factor of the last turn scales what it did, from `previous` to `in_force`; where it did nothing, all that is in force.
    What is said of single axes goes before.
    """
    stay = set[str]().union(*(own_steps(axis, in_force) for axis in reading.held))
    calls = in_force
    for axis, factor in reading.taken.items():
        names = own_steps(axis, in_force) - stay
        calls, stay = times(calls, names, factor), stay | names
    if reading.factor is None:
        return calls
    now, before = ({call.name: call.value for call in calls} for calls in (in_force, previous))
    moved = {name for name in {*now, *before} if now.get(name, 0) != before.get(name, 0)}
    if reading.reach != LAST or not moved:
        return times(calls, set(now) - stay, reading.factor)
    if reading.factor == 0 and moved <= stay & before.keys() and not reading.taken:
        stay = set()  # "undo that, the first brightness was right": what stays is what it was before
    return times(calls, moved - stay, reading.factor, before)


def against(axis: str, calls: tuple[ToolCall, ...]) -> set[str]:
    """The steps in force that a wish ("L-") goes against: those of the axis itself, else those that reach its opposite, else
    those that bring what it complains of with them (BRINGS)."""
    force = {call.name: call.value for call in calls}
    ways = {tool: 1 if plain > 0 else -1 for tool, plain in SERVES.get(opposite(axis), ())}
    if axis[:-1] == "BW":
        return set()

    def at_work(ways: Mapping[str, int]) -> set[str]:
        return {tool for tool, sign in ways.items() if force.get(tool, 0) * sign > 0}

    found = at_work(ways)
    return found & set(OWN[axis[:-1]]) or found or at_work(BRINGS.get(axis, {}))


def along(axis: str, before: tuple[ToolCall, ...], now: tuple[ToolCall, ...]) -> bool:
    """Whether going from `before` to `now` moved a step of the axis itself the way of a wish ("a+")."""
    old, new = ({call.name: call.value for call in calls} for calls in (before, now))
    return any(
        (new.get(tool, 0) - old.get(tool, 0)) * plain > 0 for tool, plain in SERVES.get(axis, ()) if tool in OWN[axis[:-1]]
    )


def serving(wishes: Mapping[str, float]) -> set[str]:
    """Tools by which what the words may mean is reached; every tool for a whole look."""
    if any(axis[:-1] not in REACHED for axis in wishes):
        return set(NAMES)
    return set[str]().union(*(REACHED[axis[:-1]] - ({"sharpness"} if axis == "N+" else set()) for axis in wishes))


def _defeats(tool: str, move: int, wishes: Collection[str]) -> bool:
    """Whether a step serves the opposite of something that is asked for, and nothing that is."""

    def serves(axis: str) -> bool:
        return any(name == tool and plain * move > 0 for name, plain in SERVES.get(axis, ()))

    return any(serves(opposite(axis)) for axis in wishes) and not any(map(serves, wishes))


def held_to(
    base: tuple[ToolCall, ...], calls: tuple[ToolCall, ...], wishes: Mapping[str, float], sizes: Mapping[str, float],
    held: frozenset[str] = frozenset(),
) -> tuple[ToolCall, ...]:
    """The network's answer to wishes on top of `base`, held to them: steps that serve none of them, or the opposite of one,
    stay as in `base`.

    A wish along with what is there ("even warmer") never takes back, and makes it stronger where the network moves nothing.
    wishes: those that count; sizes: how much of each axis and sign, 0..1; held: axes that must stay.
    """
    old, new = ({call.name: call.value for call in c} for c in (base, calls))
    free = serving(wishes) - set[str]().union(*(own_steps(axis, base) for axis in held))
    for name in {*old, *new}:
        if name not in free or _defeats(name, new.get(name, 0) - old.get(name, 0), wishes):
            new[name] = old.get(name, 0)
    for axis in wishes.keys() & SERVES.keys():
        size = size_name(sizes[axis])
        along = [tool for tool, plain in SERVES[axis] if old.get(tool, 0) * plain > 0 and tool in free]
        for tool in along:
            if abs(new.get(tool, 0)) < abs(old[tool]) or new[tool] * old[tool] < 0:
                new[tool] = old[tool]
        if set(along) & set(OWN[axis[:-1]]):  # its step is there: that one goes further, and no other is added
            others = set[str]().union(*(serving({wish: 1.0}) for wish in wishes if wish != axis))
            new |= {tool: 0 for tool in serving({axis: 1.0}) - others - old.keys() if tool in new}
        if along and not any((new.get(tool, 0) - old.get(tool, 0)) * plain > 0 for tool, plain in SERVES[axis]):
            new |= {tool: round(MORE[size] * old[tool]) for tool in along}
    if "BW+" in wishes:  # what colours the picture lies above the layer that takes the colours out: it would tone the grey
        new |= {OWN[axis][0]: 0 for axis in ("a", "b") if axis not in held and not {f"{axis}+", f"{axis}-"} & wishes.keys()}
    whole = {n: int(np.clip(new.get(n, 0), BY_NAME[n].minimum, BY_NAME[n].maximum)) for n in NAMES}
    return tuple(ToolCall(name, value) for name, value in whole.items() if value)
