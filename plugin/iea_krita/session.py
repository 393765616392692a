"""One document's conversation: turns, steps in force, and the JSON that a .kra keeps of them. No Qt, no Krita in here.

The JSON, version 1, stored as the document annotation "iea_krita/session" (UTF-8):

    {"type": "iea_krita/session", "version": 1,
     "group": "{uuid}",                                  the pass-through group, "" while there is none
     "steps": [{"tool": "exposure", "value": 20, "suggested": 25, "layer": "{uuid}", "visible": true}, ...],
     "turns": [{"request": "...", "reason": "...", "steps": [{"tool": "exposure", "value": 25}, ...],
                "seconds": 0.4, "model": "..."}, ...],
     "picture": "..."}                                   fingerprint of the photo below, "" when unknown

`steps` are in force now, lowest layer first; a turn's `steps` are what was in force when it ended. Uuids are written as Krita
writes them, in braces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tool_mapping.spec import BY_NAME, ORDER, ToolCall
from tool_mapping.validate import RefusedCall, validate_value

TYPE = "iea_krita/session"
VERSION = 1


class UnreadableSession(ValueError):
    """The annotation cannot be read; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Step:
    """One filter layer of ours. `suggested` is the agent's value, `layer` the unique id of its layer."""

    tool: str
    value: int
    suggested: int
    layer: str = ""
    visible: bool = True

    @property
    def call(self) -> ToolCall:
        return ToolCall(self.tool, self.value)

    @property
    def title(self) -> str:
        return BY_NAME[self.tool].title


@dataclass(frozen=True, slots=True)
class Turn:
    """A request and what came of it. `steps` is the whole list in force when the turn ended."""

    request: str
    reason: str = ""
    steps: tuple[ToolCall, ...] = ()
    seconds: float = 0.0
    model: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of one document: immutable, so that earlier states can be kept for undo at no cost."""

    turns: tuple[Turn, ...] = ()
    steps: tuple[Step, ...] = ()
    group: str = ""
    picture: str = ""

    @property
    def in_force(self) -> tuple[ToolCall, ...]:
        """The calls that change the picture now: hidden steps do not."""
        return tuple(step.call for step in self.steps if step.visible)

    def step(self, tool: str) -> Step | None:
        return next((step for step in self.steps if step.tool == tool), None)

    def with_step(self, changed: Step) -> Session:
        """The same session with the step of `changed.tool` replaced."""
        return replace(self, steps=tuple(changed if step.tool == changed.tool else step for step in self.steps))

    def without(self, tool: str) -> Session:
        return replace(self, steps=tuple(step for step in self.steps if step.tool != tool))

    def moved(self, tool: str, place: int) -> Session:
        """The same session with the step of `tool` at index `place` (0 is the lowest layer)."""
        step = self.step(tool)
        if step is None:
            return self
        rest = [other for other in self.steps if other.tool != tool]
        rest.insert(max(0, min(place, len(rest))), step)
        return replace(self, steps=tuple(rest))


def refined(steps: Iterable[Step], calls: Iterable[ToolCall]) -> tuple[Step, ...]:
    """The steps after an answer whose whole list is `calls`, without layers for what is new or has another value.

    Steps keep the person's order; new ones go where the tools' own order puts them. A step that the answer keeps at the
    person's value keeps the agent's earlier suggestion. Hidden steps stay hidden unless the answer speaks of them.
    """
    old = list(steps)
    wanted = {call.name: call for call in calls}
    kept: list[Step] = []
    for step in old:
        call = wanted.pop(step.tool, None)
        if call is None:
            if not step.visible:
                kept.append(step)
        elif call.value == step.value:
            kept.append(replace(step, visible=True))
        else:
            kept.append(Step(step.tool, call.value, call.value))
    for call in sorted(wanted.values(), key=lambda call: ORDER[call.name]):
        place = next((i for i, step in enumerate(kept) if ORDER[step.tool] > ORDER[call.name]), len(kept))
        kept.insert(place, Step(call.name, call.value, call.value))
    return tuple(kept)


# --- names of layers -----------------------------------------------------------------------------------------------------

GROUP_PREFIX = "IEA: "
_LONGEST_NAME = 44  # characters; Krita's layer docker shows about thirty at its usual width


def call_of_name(name: str) -> ToolCall | None:
    """The inverse of tool_mapping's layer_name ("Exposure +25"); None for a name that a person gave."""
    title, _, number = name.rpartition(" ")
    tool = next((spec for spec in BY_NAME.values() if spec.title == title), None)
    try:
        return None if tool is None else ToolCall(tool.name, validate_value(tool.name, int(number))[0])
    except ValueError:
        return None


def group_name(request: str) -> str:
    """"IEA: too dark and a bit cold", short enough for the layer docker, one line."""
    words = " ".join(request.split()) or "Auto"
    if len(words) > _LONGEST_NAME:
        words = words[:_LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return GROUP_PREFIX + words


# --- JSON ----------------------------------------------------------------------------------------------------------------


def to_json(session: Session) -> str:
    data = {
        "type": TYPE, "version": VERSION, "group": session.group,
        "steps": [
            {"tool": s.tool, "value": s.value, "suggested": s.suggested, "layer": s.layer, "visible": s.visible}
            for s in session.steps
        ],
        "turns": [turn_data(turn) for turn in session.turns],
        "picture": session.picture,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def turn_data(turn: Turn) -> dict[str, Any]:
    """A turn as plain JSON data, as in the annotation and in traces."""
    return {
        "request": turn.request, "reason": turn.reason, "seconds": round(turn.seconds, 3), "model": turn.model,
        "steps": [{"tool": call.name, "value": call.value} for call in turn.steps],
    }


def from_json(text: str | bytes) -> Session:
    """Raises UnreadableSession for what is not ours or is of a later version; single bad steps are left out."""
    try:
        data = json.loads(text)
        kind, version = data["type"], int(data["version"])
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableSession("The conversation stored in this document cannot be read; a new one begins.") from error
    if kind != TYPE or version > VERSION:
        raise UnreadableSession(
            "The conversation stored in this document comes from a later version of IEA. Update the plugin to see it."
        )
    steps: dict[str, Step] = {}
    for entry in _list(data.get("steps")):
        call = _call(entry)
        if call is None:
            continue
        suggested = _call({**entry, "value": entry.get("suggested", call.value)})
        steps[call.name] = Step(
            call.name, call.value, suggested.value if suggested else call.value,
            str(entry.get("layer", "")), entry.get("visible") is not False,
        )
    turns = [
        Turn(
            str(entry.get("request", "")), str(entry.get("reason", "")),
            tuple(call for call in map(_call, _list(entry.get("steps"))) if call), _number(entry.get("seconds")),
            str(entry.get("model", "")),
        )
        for entry in _list(data.get("turns"))
    ]
    return Session(tuple(turns), tuple(steps.values()), str(data.get("group") or ""), str(data.get("picture") or ""))


def _list(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _call(entry: dict[str, Any]) -> ToolCall | None:
    name = entry.get("tool")
    try:
        return ToolCall(str(name), validate_value(str(name), entry.get("value"))[0])
    except RefusedCall:
        return None


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
