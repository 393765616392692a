"""What a follow-up may be said about: steps in force that fit its meaning, and the requests that brought them.

"It looks like milk" means the fade where there is one. So TurnReader sees the steps beside the words, and training draws both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from backend.agent.review import SERVES
from backend.agent.turns import BRINGS, LAST, OWN, REST
from backend.training.compose import PHRASES, clause, vague
from backend.training.effects import parse_one
from backend.training.looks import LOOKS, Look
from backend.training.phrases_refine import SCALES, pick
from tool_mapping.spec import BY_NAME

_AXIS = {tool: axis for axis, tools in OWN.items() if axis not in ("BW", "X", "Z") for tool in tools}
# How often the steps of an axis go up, where that is not even.
_UPWARDS = {"N": 1.0, "F": 1.0, "V": 0.2, "SH": 0.8, "HL": 0.2, "BL": 0.35, "L": 0.65, "b": 0.65, "C": 0.7, "S": 0.6, "H": 0.7}
_WHOLE_LOOKS = {
    "X": (("saturation", 1), ("temperature", 1), ("tint", 1)), "Z": (("contrast", 1), ("vibrance", 1), ("blacks", -1)),
}


@dataclass(frozen=True)
class Situation:
    """previous, in_force: values by tool before the last request and now. requests: what was asked, oldest first."""

    previous: dict[str, int]
    in_force: dict[str, int]
    requests: tuple[str, ...]


def _value(rng: np.random.Generator, tool: str, sign: int) -> int:
    """A usual value of a step."""
    size = int(np.clip(rng.gamma(4.0, 6.5), 4, 90))
    size = 5 * round(size / 5) if rng.random() < 0.6 and size >= 5 else size
    return int(np.clip(sign * size, BY_NAME[tool].minimum, BY_NAME[tool].maximum))


def _steps_of(rng: np.random.Generator, axis: str, way: int = 0) -> dict[str, int]:
    """One or two steps that somebody would name by this axis; `way` is +1 or -1 along it, 0 where either may be."""
    if axis == "BW":
        return {"saturation": -100}
    if axis in _WHOLE_LOOKS:
        return {tool: _value(rng, tool, sign * (way or 1)) for tool, sign in _WHOLE_LOOKS[axis] if rng.random() < 0.7}
    way = way or (1 if rng.random() < _UPWARDS.get(axis, 0.5) else -1)
    signs = {tool: 1 if plain > 0 else -1 for tool, plain in SERVES.get(f"{axis}{'+' if way > 0 else '-'}", ())}
    own = [tool for tool in OWN[axis] if BY_NAME[tool].minimum < 0 or way > 0]
    if not own:
        return {}
    chosen = own if len(own) > 1 and rng.random() < 0.25 else [own[int(rng.integers(len(own)))]]
    return {tool: _value(rng, tool, signs.get(tool, way)) for tool in chosen}


def _against(rng: np.random.Generator, axis: str, way: int) -> dict[str, int]:
    """A step that somebody may complain of who wishes for this: what reaches the opposite, the axis' own mostly."""
    serving = (*SERVES.get(f"{axis}{'-' if way > 0 else '+'}", ()), *BRINGS.get(f"{axis}{'+' if way > 0 else '-'}", {}).items())
    if not serving or rng.random() < 0.75:
        return _steps_of(rng, axis, -way)
    tool, plain = serving[int(rng.integers(len(serving)))]
    return {tool: _value(rng, tool, 1 if plain > 0 else -1)}


def _look(rng: np.random.Generator, look: Look) -> dict[str, int]:
    steps: dict[str, int] = {}
    for label in look.wishes:
        wish = parse_one(label)
        steps |= _steps_of(rng, wish.axis, wish.sign)
    return steps


def _anything(rng: np.random.Generator) -> dict[str, int]:
    if rng.random() < 0.25:
        return _look(rng, LOOKS[int(rng.integers(len(LOOKS)))])
    axes = list(OWN)
    steps: dict[str, int] = {}
    for _ in range(int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))):
        steps |= _steps_of(rng, axes[int(rng.integers(len(axes)))])
    return steps


def request_for(rng: np.random.Generator, steps: Mapping[str, int]) -> str:
    """Words that could have brought these steps."""
    keys: list[tuple[str, int]] = []
    for tool, value in steps.items():
        axis = "BW" if tool == "saturation" and value == -100 else _AXIS[tool]
        way = (1 if value > 0 else -1) * (-1 if tool == "tint" else 1)
        key = (axis, 1 if axis == "BW" else way)
        if key in PHRASES and key not in keys:
            keys.append(key)
    if not keys:
        return vague(rng).text
    kept = [keys[i] for i in rng.permutation(len(keys))[:2]]
    size = "m" if rng.random() < 0.7 else str(rng.choice(["s", "l"]))
    return " and ".join(clause(rng, key, size) for key in kept).replace("{it}", "it")


def situation(
    rng: np.random.Generator, *, factor: float | None, reach: int, taken: Mapping[str, float], held: Iterable[str],
    effects: Iterable[str], look: Look | None = None, twice: str | None = None,
) -> Situation:
    """Steps and requests for a follow-up of that meaning (see turn_texts.Said); now and then it speaks of what is not there.

    `look` is what the last turn was asked for, where the follow-up names it; `twice` what the last two turns were: an axis and
    its direction, "" for any.
    """
    if twice is not None:
        return _twice(rng, twice)
    wished = {wish.axis: wish.sign for wish in (parse_one(label.split("|")[0]) for label in effects)}
    steps: dict[str, int] = {}
    for axis, share in taken.items():
        way = wished.get(axis, 0) * (-1 if share < 1 else 1)
        if rng.random() < 0.95:
            steps |= _steps_of(rng, axis, way)
    for axis in sorted(held):
        if rng.random() < (0.9 if reach == REST else 0.6):
            steps |= _steps_of(rng, axis)
    for axis, way in wished.items():
        roll = rng.random()
        if axis in taken or axis in ("BW", *_WHOLE_LOOKS) or roll < 0.2:
            continue
        steps = {**(_against(rng, axis, way) if roll < 0.8 else _steps_of(rng, axis, way)), **steps}
    if look is not None:
        last = _look(rng, look)
    elif factor is not None and reach == LAST:
        last = {tool: value for tool, value in _anything(rng).items() if tool not in steps or rng.random() < 0.5}
    else:
        last = {tool: value for tool, value in steps.items() if rng.random() < 0.6}
    for _ in range(int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))):
        steps = {**_anything(rng), **steps}
    in_force = {**steps, **last}
    if not last or rng.random() < 0.45:  # all of it came with one request
        last = in_force
    previous = {tool: value for tool, value in in_force.items() if tool not in last}
    for tool in last:
        if previous and rng.random() < 0.1 and abs(in_force[tool]) > 12:
            previous[tool] = round(in_force[tool] * float(rng.uniform(0.3, 0.8)))
    asked = [part for part in (previous, last) if part]
    requests = tuple(request_for(rng, part) for part in asked)
    if look is not None and requests:
        requests = (*requests[:-1], pick(rng, look.names))
    return Situation(previous, in_force, requests)


def _twice(rng: np.random.Generator, what: str) -> Situation:
    """Something was asked for, and then more of it. what: an axis and its direction ("b-"), "" for any."""
    last = _steps_of(rng, what[:-1], 1 if what[-1] == "+" else -1) if what else {}
    while not last:
        last = _anything(rng)
    older = _anything(rng) if rng.random() < 0.4 else {}
    last = {tool: value if abs(value) > 3 else 4 * value for tool, value in last.items() if value != -100} or {"grain": 30}
    first = {tool: round(value * float(rng.uniform(0.3, 0.75))) for tool, value in last.items()}
    asked = request_for(rng, last)
    again = asked if rng.random() < 0.25 else pick(rng, SCALES[1.5])
    if older and rng.random() < 0.5:
        asked = f"{request_for(rng, older)} and {asked}"
    return Situation({**older, **first}, {**older, **last}, (asked, again))
