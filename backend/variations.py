"""Answers to pick from: the agent's own first, then others that a person can tell apart from it by looking.

A second draw at a higher temperature mostly gives the same steps with slightly other numbers, and three pictures that look
the same are no choice. So the agent is asked again with a leaning added to the remembered style, the answers are rendered on a
small copy, and one is taken when it differs visibly from those before it and still goes the way that the first one goes.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.agent.features import lab, shrink
from backend.agent.task import Agent, Answer, EditTask, Picture
from tool_mapping import reference
from tool_mapping.spec import BY_NAME, ToolCall
from tool_mapping.validate import validate_calls

APART = 3.2  # mean CIELAB distance (dE76) from which two small pictures are told apart at a glance
FAR = 14.0  # and beyond which it is no variation of the first any more
GREY = 2.0  # mean CIELAB chroma that a variation may have more than a first answer that took most of the colour out
ALONG = 0.4  # of the first answer's mean move, how much a variation must go along with
_SIDE = 128  # px, of the copy that is compared
# In the words in which the agent learnt to read a person's style; each leads somewhere else.
LEANINGS = (
    "They like a warmer picture.", "They like a picture with more contrast.", "They like a slightly brighter picture.",
    "They like a less colourful picture with a slight faded matte look.", "They like a cooler picture.",
    "They like a slightly darker picture with darker corners.", "They like a more colourful picture.",
)
# Where the agent has one idea only: that idea at another strength, then with something added.
_STRENGTHS = ((0.5, "This one goes less far."), (1.5, "This one goes further."))
_ADDED = (
    ("contrast", 25, "With more contrast."), ("contrast", -25, "With softer contrast."),
    ("temperature", 15, "A little warmer."), ("brightness", 8, "A little brighter."),
    ("contrast", 45, "With much more contrast."), ("contrast", -45, "With much softer contrast."),
    ("temperature", -15, "A little cooler."),
)


class Variations:
    """The answers to one task, one after the other."""

    def __init__(self, agent: Agent, task: EditTask) -> None:
        self._agent, self._task = agent, task
        self._small = shrink(task.before, _SIDE)
        self._start = lab(reference.render(self._small, task.in_force))
        self._taken: list[tuple[Answer, NDArray]] = []
        self._candidates: Iterator[Answer] | None = None

    def next(self, on_text: Callable[[str], None] | None, stop: Callable[[], bool] | None) -> Answer:
        """The next answer; only the first is told piece by piece. Raises Stopped, and what the agent raises."""
        if not self._taken:
            answer = self._agent.edit(self._task, on_text=on_text, stop=stop)
            return self._take(answer, self._look(answer))
        if self._candidates is None:
            self._candidates = self._others(stop)
        for answer in self._candidates:
            seen = self._look(answer)
            if self._fits(seen):
                return self._take(answer, seen)
        return self._from_the_first()

    def _others(self, stop: Callable[[], bool] | None) -> Iterator[Answer]:
        for leaning in LEANINGS:
            style = f"{leaning} {self._task.style}".strip()
            yield self._agent.edit(replace(self._task, style=style), stop=stop)

    def _look(self, answer: Answer) -> NDArray:
        return lab(reference.render(self._small, answer.calls))

    def _take(self, answer: Answer, seen: NDArray) -> Answer:
        self._taken.append((answer, seen))
        return answer

    def _fits(self, seen: NDArray) -> bool:
        first = self._taken[0][1]
        if any(distance(seen, other) < APART for _, other in self._taken) or distance(seen, first) > FAR:
            return False
        if self._brings_colour_back(seen):
            return False
        asked, moved = (first - self._start).mean((0, 1)), (seen - self._start).mean((0, 1))
        length = float(asked @ asked)
        return length < APART**2 or float(asked @ moved) >= ALONG * length

    def _brings_colour_back(self, seen: NDArray) -> bool:
        first = _chroma(self._taken[0][1])
        return first < 0.4 * _chroma(self._start) and _chroma(seen) > first + GREY

    def _from_the_first(self) -> Answer:
        """The first answer, changed: where every leaning ends at the same picture. The one that differs most, if none fits."""
        first = self._taken[0][0]
        changed = [(scaled(first.calls, self._task.in_force, strength), words) for strength, words in _STRENGTHS]
        changed += [(_added(first.calls, name, value), words) for name, value, words in _ADDED]
        best: tuple[float, Answer, NDArray] | None = None
        for calls, words in changed:
            answer = Answer(f"{first.reason} {words}", calls)
            seen = self._look(answer)
            if self._fits(seen):
                return self._take(answer, seen)
            apart = min(distance(seen, other) for _, other in self._taken)
            if best is None or apart > best[0]:
                best = apart, answer, seen
        assert best is not None
        return self._take(*best[1:])


def _added(calls: tuple[ToolCall, ...], name: str, value: int) -> tuple[ToolCall, ...]:
    before = next((call.value for call in calls if call.name == name), BY_NAME[name].neutral)
    raw = [*(call for call in calls if call.name != name), {"name": name, "value": before + value}]
    return tuple(validate_calls(raw).calls)


def distance(one: NDArray, other: NDArray) -> float:
    """Mean CIELAB distance of two pictures (H, W, 3) in Lab."""
    return float(np.sqrt(((one - other) ** 2).sum(-1)).mean())


def _chroma(seen: NDArray) -> float:
    return float(np.hypot(seen[..., 1], seen[..., 2]).mean())


def scaled(calls: tuple[ToolCall, ...], in_force: tuple[ToolCall, ...], strength: float) -> tuple[ToolCall, ...]:
    """`calls` with each move away from `in_force` multiplied by `strength`, rounded and within the tools' ranges."""
    start, target = ({call.name: call.value for call in listed} for listed in (in_force, calls))
    moved = []
    for name in dict.fromkeys((*start, *target)):
        tool = BY_NAME[name]
        begin, end = start.get(name, tool.neutral), target.get(name, tool.neutral)
        value = round(begin + strength * (end - begin))
        moved.append({"name": name, "value": min(max(value, tool.minimum), tool.maximum)})
    return tuple(validate_calls(moved).calls)


def preview(before: Picture, calls: tuple[ToolCall, ...], side: int) -> str:
    """The picture with the calls carried out, at most `side` px long, as a JPEG data URI."""
    out = io.BytesIO()
    Image.fromarray(reference.render(shrink(before, side), calls)).save(out, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
