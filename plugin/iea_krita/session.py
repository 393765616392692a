"""One document's conversation: turns, steps in force, and the JSON that a .kra keeps of them. No Qt, no Krita in here.

The JSON, version 2, stored as the document annotation "iea_krita/session" (UTF-8):

    {"type": "iea_krita/session", "version": 2,
     "edit": 0, "scope": "picture",                      the edit in view: its number, what it acts on (see scope.Scope)
     "layer": "{uuid}", "selection": "...",              of a scope other than the whole picture (see scope.Aim)
     "group": "{uuid}",                                  the pass-through group, "" while there is none
     "steps": [{"tool": "exposure", "value": 20, "suggested": 25, "layer": "{uuid}", "visible": true}, ...],
     "aside": [{"edit": 1, "scope": ..., "group": ..., "steps": [...]}, ...],   the document's other edits
     "turns": [{"request": "...", "reason": "...", "steps": [{"tool": "exposure", "value": 25}, ...],
                "seconds": 0.4, "model": "...", "edit": 0}, ...],
     "picture": "..."}                                   fingerprint of the photo below, "" when unknown

`steps` are in force now, lowest layer first, with "by_hand": true where Krita's own dialog gave a layer what no value of its
tool says; a turn's `steps` are what was in force when it ended. Uuids are written as Krita writes them, in braces. Version 1
knew one edit, of the whole picture, and is read as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tool_mapping.spec import BY_NAME, ORDER, ToolCall
from tool_mapping.validate import RefusedCall, validate_value

from .scope import WHOLE_PICTURE, Aim, Scope, scope_of

TYPE = "iea_krita/session"
VERSION = 2


class UnreadableSession(ValueError):
    """The annotation cannot be read; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Step:
    """One filter layer of ours. `suggested` is the agent's value, `layer` the unique id of its layer.

    `by_hand`: somebody gave the layer settings that no value of the tool says; `value` is then the last one known.
    """

    tool: str
    value: int
    suggested: int
    layer: str = ""
    visible: bool = True
    by_hand: bool = False

    @property
    def call(self) -> ToolCall:
        return ToolCall(self.tool, self.value)

    @property
    def title(self) -> str:
        return BY_NAME[self.tool].title


@dataclass(frozen=True, slots=True)
class Turn:
    """A request and what came of it. `steps` is the whole list in force when the turn ended, `edit` the edit's number."""

    request: str
    reason: str = ""
    steps: tuple[ToolCall, ...] = ()
    seconds: float = 0.0
    model: str = ""
    edit: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Steps that belong together: one list in force, refined as a whole, in one place of the document."""

    number: int = 0
    aim: Aim = WHOLE_PICTURE
    group: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def holder(self) -> str:
        """The unique id of the node whose children the steps' layers are: our group, or the layer that carries the masks."""
        return self.aim.layer if self.aim.scope is Scope.LAYER else self.group


@dataclass(frozen=True, slots=True)
class Session:
    """What is known of one document: immutable, so that earlier states can be kept for undo at no cost.

    `steps`, `group`, `aim` and `number` are those of the edit in view; `aside` are the document's other edits.
    """

    turns: tuple[Turn, ...] = ()
    steps: tuple[Step, ...] = ()
    group: str = ""
    picture: str = ""
    aim: Aim = WHOLE_PICTURE
    number: int = 0
    aside: tuple[Edit, ...] = ()

    @property
    def edit(self) -> Edit:
        """The edit in view."""
        return Edit(self.number, self.aim, self.group, self.steps)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits of the document, oldest first."""
        return tuple(sorted((*self.aside, self.edit), key=lambda edit: edit.number))

    @property
    def holder(self) -> str:
        """As Edit.holder, of the edit in view."""
        return self.edit.holder

    @property
    def has_strength(self) -> bool:
        """Whether the edit has one strength for all its steps: Krita's filter masks know no opacity."""
        return self.aim.scope is not Scope.LAYER

    @property
    def edit_turns(self) -> tuple[Turn, ...]:
        """The turns about the edit in view."""
        return tuple(turn for turn in self.turns if turn.edit == self.number)

    def viewing(self, edit: Edit) -> Session:
        """The same session with `edit` in view, in the place of the edit of that number if there is one.

        The edit in view until now is put aside, or forgotten where it has neither steps nor turns.
        """
        if edit.number == self.number:
            return replace(self, steps=edit.steps, group=edit.group, aim=edit.aim)
        left = [e for e in (*self.aside, self.edit) if e.number != edit.number]
        kept = tuple(e for e in left if e.steps or e.group or any(turn.edit == e.number for turn in self.turns))
        return replace(
            self, steps=edit.steps, group=edit.group, aim=edit.aim, number=edit.number, aside=kept, picture=""
        )

    def beginning(self, aim: Aim) -> Session:
        """The same session with a new, empty edit in view."""
        if not self.steps and not self.group and not self.edit_turns:
            return replace(self, aim=aim, picture="")
        return self.viewing(Edit(1 + max(edit.number for edit in self.edits), aim))

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
    person's value keeps the agent's earlier suggestion. Hidden steps stay hidden unless the answer speaks of them. What was
    made by hand in Krita stays as it is.
    """
    old = list(steps)
    wanted = {call.name: call for call in calls}
    kept: list[Step] = []
    for step in old:
        call = wanted.pop(step.tool, None)
        if step.by_hand:
            kept.append(step)
        elif call is None:
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


def model_of(steps: Iterable[Step]) -> Step | None:
    """The step whose layer's mask tells where the others act. A vignette's is its own; the grain's takes longest to read."""
    return min((step for step in steps if step.tool != "vignette"), key=lambda step: step.tool == "grain", default=None)


# --- names of layers -----------------------------------------------------------------------------------------------------

GROUP_PREFIX = "IEA: "
_BY_HAND = " by hand"
_LONGEST_NAME = 44  # characters; Krita's layer docker shows about thirty at its usual width


def call_of_name(name: str) -> ToolCall | None:
    """The inverse of tool_mapping's layer_name ("Exposure +25"); None for a name that a person gave."""
    title, _, number = name.rpartition(" ")
    tool = next((spec for spec in BY_NAME.values() if spec.title == title), None)
    try:
        return None if tool is None else ToolCall(tool.name, validate_value(tool.name, int(number))[0])
    except ValueError:
        return None


def by_hand_name(tool: str) -> str:
    """The name of a layer that was given by hand what no value of its tool says: "Exposure by hand"."""
    return BY_NAME[tool].title + _BY_HAND


def tool_of_name(name: str) -> str | None:
    """The tool of a layer with an automatic name, by a value or by hand; None for a name that a person gave."""
    call = call_of_name(name)
    if call is not None:
        return call.name
    return next((tool.name for tool in BY_NAME.values() if name == tool.title + _BY_HAND), None)


def is_automatic_name(name: str) -> bool:
    return tool_of_name(name) is not None


def group_name(request: str) -> str:
    """"IEA: too dark and a bit cold", short enough for the layer docker, one line."""
    words = " ".join(request.split()) or "Auto"
    if len(words) > _LONGEST_NAME:
        words = words[:_LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return GROUP_PREFIX + words


# --- JSON ----------------------------------------------------------------------------------------------------------------


def to_json(session: Session) -> str:
    data = {
        "type": TYPE, "version": VERSION, **_edit_data(session.edit),
        "aside": [_edit_data(edit) for edit in session.aside],
        "turns": [{**turn_data(turn), "edit": turn.edit} for turn in session.turns],
        "picture": session.picture,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _edit_data(edit: Edit) -> dict[str, Any]:
    data: dict[str, Any] = {"edit": edit.number, "scope": edit.aim.scope.value}
    if edit.aim.scope is not Scope.PICTURE:
        data |= {"layer": edit.aim.layer, "selection": edit.aim.selection}
    return data | {"group": edit.group, "steps": [_step_data(step) for step in edit.steps]}


def _step_data(step: Step) -> dict[str, Any]:
    data = {
        "tool": step.tool, "value": step.value, "suggested": step.suggested, "layer": step.layer, "visible": step.visible,
    }
    return data | {"by_hand": True} if step.by_hand else data


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
    turns = [
        Turn(
            str(entry.get("request", "")), str(entry.get("reason", "")),
            tuple(call for call in map(_call, _list(entry.get("steps"))) if call), _number(entry.get("seconds")),
            str(entry.get("model", "")), int(_number(entry.get("edit"))),
        )
        for entry in _list(data.get("turns"))
    ]
    view = _edit(data)
    return Session(
        tuple(turns), view.steps, view.group, str(data.get("picture") or ""), view.aim, view.number,
        tuple(map(_edit, _list(data.get("aside")))),
    )


def _edit(data: dict[str, Any]) -> Edit:
    steps: dict[str, Step] = {}
    for entry in _list(data.get("steps")):
        call = _call(entry)
        if call is None:
            continue
        suggested = _call({**entry, "value": entry.get("suggested", call.value)})
        steps[call.name] = Step(
            call.name, call.value, suggested.value if suggested else call.value,
            str(entry.get("layer", "")), entry.get("visible") is not False, entry.get("by_hand") is True,
        )
    aim = Aim(scope_of(data.get("scope")), str(data.get("layer") or ""), str(data.get("selection") or ""))
    return Edit(int(_number(data.get("edit"))), aim, str(data.get("group") or ""), tuple(steps.values()))


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
