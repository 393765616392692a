"""From the network's numbers to an answer: which steps, which values, which words; every answer is valid by construction."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from backend.agent.vocab import CONTROL, END, LONGEST_ANSWER
from tool_mapping.spec import BY_NAME, NAMES, TOOLS, ToolCall

KEEP, UP, DOWN, REMOVE = 0, 1, 2, 3  # what can happen to a tool: as it is, a value above 0, one below, taken away
GATES = 4
# By which a follow-up can scale all that is in force: the other way round, taken back, less, more.
FACTORS = (-0.8, 0.0, 0.1, 0.25, 0.35, 0.5, 0.6, 0.67, 0.75, 1.25, 1.5, 1.8, 2.0, 3.0)
SIZE_OF = {"s": 1 / 3, "m": 2 / 3, "l": 1.0}  # a little, plainly, a lot
SMALLEST = 3  # a step nearer to neutral than this, in hundredths, is not worth a layer
_SPREAD = 0.22  # of a value at temperature 1, as a share of itself
_LOWER = np.array([tool.minimum for tool in TOOLS])
_UPPER = np.array([tool.maximum for tool in TOOLS])
_NEUTRAL = np.array([tool.neutral for tool in TOOLS])


def state_of(calls: tuple[ToolCall, ...]) -> NDArray[np.float32]:
    """Calls -> (1, 16) values / 100 in canonical order."""
    state = np.zeros((1, len(NAMES)), np.float32)
    for call in calls:
        state[0, NAMES.index(call.name)] = call.value / 100
    return state


def softmax(x: NDArray[np.float32], axis: int = -1) -> NDArray[np.float32]:
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def choose_gates(
    logits: NDArray[np.float32], state: NDArray[np.float32], *, temperature: float = 0.0, rng: np.random.Generator | None = None
) -> NDArray[np.int64]:
    """A gate for every tool. logits: (16, GATES); state: (16,). Only what is in force can be removed; one-sided tools go up.

    At temperature 0 the likeliest; above, drawn with the logits divided by it.
    """
    allowed = logits.copy()
    allowed[state == 0, REMOVE] = -np.inf
    allowed[_LOWER >= 0, DOWN] = -np.inf
    if temperature > 0 and rng is not None:
        allowed = allowed / temperature + rng.gumbel(size=allowed.shape)
    return allowed.argmax(-1)


def at_least_one(gates: NDArray[np.int64], logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """The same gates with the likeliest tool set where all would stay: for requests that surely ask for something."""
    if (gates != KEEP).any():
        return gates
    gates = gates.copy()
    change = logits[:, (UP, DOWN)] - logits[:, [KEEP]]
    change[_LOWER >= 0, 1] = -np.inf
    tool, way = np.unravel_index(change.argmax(), change.shape)
    gates[tool] = (UP, DOWN)[way]
    return gates


def one_hot(gates: NDArray[np.int64]) -> NDArray[np.float32]:
    """(16,) -> (1, 16, GATES)."""
    return np.eye(GATES, dtype=np.float32)[gates][None]


def calls_of(
    gates: NDArray[np.int64], amounts: NDArray[np.float32], state: NDArray[np.float32], *, temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[ToolCall, ...]:
    """The whole list in force afterwards, in canonical order, none neutral.

    gates, amounts, state: (16,); amounts are sizes without sign, both they and the state are values / 100.
    """
    if temperature > 0 and rng is not None:
        amounts = amounts * np.exp(_SPREAD * temperature * rng.standard_normal(amounts.shape))
    sign = np.where(gates == UP, 1, np.where(gates == DOWN, -1, 0))
    new = np.clip(np.round(100 * np.maximum(amounts, 0)) * sign, _LOWER, _UPPER).astype(int)
    new = np.where(np.abs(new - _NEUTRAL) < SMALLEST, _NEUTRAL, new)
    old = np.round(100 * state).astype(int)
    whole = np.where(gates == KEEP, old, np.where(gates == REMOVE, _NEUTRAL, new))
    return tuple(
        ToolCall(name, int(v)) for name, v in zip(NAMES, whole, strict=True) if int(v) != BY_NAME[name].neutral
    )


def varied(values: NDArray[np.float32], temperature: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """The values themselves at temperature 0; above, each scaled at random and all a little more or less together. (16,)."""
    if temperature <= 0:
        return values
    together = np.exp(_SPREAD * temperature * rng.standard_normal())
    return values * together * np.exp(_SPREAD * temperature * rng.standard_normal(values.shape)).astype(np.float32)


def calls_from(values: NDArray[np.float32]) -> tuple[ToolCall, ...]:
    """(16,) values / 100 -> calls in canonical order, within range, none neutral or smaller than SMALLEST."""
    whole = np.clip(np.round(100 * values), _LOWER, _UPPER).astype(int)
    return tuple(ToolCall(n, int(v)) for n, v in zip(NAMES, whole, strict=True) if abs(v - BY_NAME[n].neutral) >= SMALLEST)


def plan_of(chances: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the words are to speak of: (axes,) chances and sizes, each axis up then down -> (1, axes / 2) signed sizes.

    Of each axis the likelier direction, where it is likelier than not; else 0.
    """
    up, down = chances[0::2], chances[1::2]
    signed = np.where(up >= down, sizes[0::2], -sizes[1::2])
    return np.where(np.maximum(up, down) > 0.5, signed, 0.0).astype(np.float32)[None]


def next_word(
    logits: NDArray[np.float32], written: int, *, among: Collection[int] = (), temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> int:
    """Id of the next word, one of `among` where that says any. logits: (words,).

    Else control words are never written, END not first, and END when it is long enough.
    """
    allowed = np.full(len(logits), -np.inf)
    if among:
        allowed[[*among]] = logits[[*among]]
    elif written >= LONGEST_ANSWER - 1:
        return END
    else:
        allowed[len(CONTROL) :] = logits[len(CONTROL) :]
        if written:
            allowed[END] = logits[END]
    if temperature > 0 and rng is not None:
        allowed = allowed / temperature + rng.gumbel(size=allowed.shape)
    return int(allowed.argmax())
