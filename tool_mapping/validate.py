"""From whatever a model or a file says to tool calls that are safe to carry out, or a named reason why not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tool_mapping.spec import BY_NAME, NAMES, ToolCall, in_canonical_order


class RefusedCall(ValueError):
    """A call that cannot be carried out. `reason` is one of REASONS, the message a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


REASONS = ("not_a_call", "unknown_tool", "no_value", "not_a_number")


@dataclass(frozen=True, slots=True)
class Validated:
    """`calls` in canonical order, one a tool, none neutral; `notes` says what was changed on the way, a sentence each."""

    calls: list[ToolCall]
    notes: list[str] = field(default_factory=list)


def validate_value(name: str, value: object) -> tuple[int, str]:
    """The value as an integer within the range of tool `name`, and a note ("" if nothing had to be changed).

    Raises RefusedCall for an unknown tool and for what is not a finite number.
    """
    tool = BY_NAME.get(name)
    if tool is None:
        raise RefusedCall("unknown_tool", f"There is no tool called {str(name)[:40]!r}; the tools are {', '.join(NAMES)}.")
    if value is None:
        raise RefusedCall("no_value", f"{tool.title} needs a value from {tool.minimum} to {tool.maximum}.")
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise RefusedCall(
            "not_a_number", f"{tool.title} needs a number from {tool.minimum} to {tool.maximum}, not {str(value)[:40]!r}."
        )
    whole = math.floor(number + 0.5)
    clamped = min(max(whole, tool.minimum), tool.maximum)
    if clamped != whole:
        return clamped, f"{tool.title} {whole} was limited to {clamped}."
    return clamped, ""


def validate_calls(raw: Iterable[object]) -> Validated:
    """Validate ToolCalls or {"name", "value"} mappings. Of two calls to one tool the later counts; neutral calls are left out.

    Raises RefusedCall at the first entry that cannot be carried out.
    """
    kept: dict[str, ToolCall] = {}
    notes: list[str] = []
    for entry in raw:
        if isinstance(entry, ToolCall):
            name, value = entry.name, entry.value
        elif isinstance(entry, Mapping) and isinstance(entry.get("name"), str):
            name, value = entry["name"], entry.get("value")
        else:
            raise RefusedCall("not_a_call", 'A step is written as {"name": "exposure", "value": 20}.')
        number, note = validate_value(name, value)
        if note:
            notes.append(note)
        if name in kept:
            notes.append(f"{BY_NAME[name].title} was given twice; the later value counts.")
        kept[name] = ToolCall(name, number)
    calls = [call for call in kept.values() if call.value != BY_NAME[call.name].neutral]
    return Validated(in_canonical_order(calls), notes)
