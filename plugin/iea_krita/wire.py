"""Builds chat-completions messages from turns and puts streamed answers together: plain dictionaries, no network."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tool_mapping.schema import SUMMARIZE_INTENT
from tool_mapping.spec import ToolCall
from tool_mapping.validate import RefusedCall, validate_calls

MAX_REQUEST = 2000  # characters; the server refuses longer requests too

# Given to models that are not ours, which know nothing about these tools. Our own agent was trained for them.
INSTRUCTIONS = (
    "You are a photo retoucher. Look at the photo and the request, then call the tools that carry it out, each at most once, "
    "with values that suit this photo. First write one or two plain sentences that say what you see and what you do, without "
    "numbers. Your calls are always the complete list of steps in force: repeat steps that should stay, with their values "
    "(a tool message tells the values in force now), change what the person speaks of, and leave out what should go. If the "
    "tools cannot do what is asked, say so and call nothing new."
)

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"), (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"), (b"BM", "image/bmp"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that is over. `calls` is what the agent answered; `in_force` what is in force now that the person has moved
    sliders, removed or added steps since (None: exactly `calls`)."""

    request: str
    reason: str = ""
    calls: tuple[ToolCall, ...] = ()
    in_force: tuple[ToolCall, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `calls`: the whole list in force afterwards, validated, in canonical order. `notes`: a sentence for each
    thing that had to be put right in the model's calls. `summary` is set in place of calls where a summary was asked for.
    `preview`: a JPEG of the picture with the calls carried out, b"" where none was asked for or the server makes none."""

    reason: str
    calls: tuple[ToolCall, ...] = ()
    notes: tuple[str, ...] = field(default=())
    summary: str = ""
    preview: bytes = b""


def data_uri(picture: bytes) -> str:
    """An encoded picture (PNG, JPEG, WebP, TIFF or BMP) as a data URI. Raises ValueError for anything else."""
    for magic, mime in _MAGIC:
        if picture.startswith(magic):
            return f"data:{mime};base64,{base64.b64encode(picture).decode('ascii')}"
    raise ValueError("The picture must be PNG, JPEG, WebP, TIFF or BMP.")


def _from_data_uri(uri: object) -> bytes:
    """The bytes of a base64 data URI, b"" for anything else: an answer without its picture is still an answer."""
    head, _, data = str(uri).partition(",")
    try:
        return base64.b64decode(data, validate=True) if head.endswith(";base64") else b""
    except ValueError:
        return b""


def _user(text: str, pictures: Iterable[bytes] = ()) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    parts += [{"type": "image_url", "image_url": {"url": data_uri(p)}} for p in pictures]
    return {"role": "user", "content": parts}


def _as_json(calls: Iterable[ToolCall]) -> list[dict[str, Any]]:
    return [{"name": c.name, "value": c.value} for c in calls]


def _answered(turn: Turn, number: int) -> list[dict[str, Any]]:
    """The assistant's message of a turn, and a tool message for each of its calls."""
    in_force = turn.calls if turn.in_force is None else turn.in_force
    # Tool messages need calls to answer to; steps that only the person added stand in for calls that were not made.
    calls = turn.calls or in_force
    assistant: dict[str, Any] = {"role": "assistant", "content": turn.reason}
    if not calls:
        return [assistant]
    ids = [f"call_{number}_{i}" for i in range(len(calls))]
    assistant["tool_calls"] = [
        {"id": i, "type": "function", "function": {"name": c.name, "arguments": json.dumps({"value": c.value})}}
        for i, c in zip(ids, calls, strict=True)
    ]
    content = json.dumps({"in_force": _as_json(in_force)})
    return [assistant, *({"role": "tool", "tool_call_id": i, "content": content} for i in ids)]


def edit_messages(
    request: str, before: bytes, *, now: bytes | None = None, turns: Sequence[Turn] = (), system: str = ""
) -> list[dict[str, Any]]:
    """The messages of an edit, or of a refining if there are `turns` (oldest first).

    before: the photo without any step, encoded; it goes with the first turn. now: the photo as it looks at present, with the
    last one. Keep both to about 1024 px on the long side: the agent looks at 512. Raises ValueError for unknown picture types.
    """
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    for number, turn in enumerate(turns):
        messages.append(_user(turn.request, () if number else (before,)))
        messages += _answered(turn, number)
    last = [picture for picture in (None if turns else before, now) if picture is not None]
    return [*messages, _user(request, last)]


def summary_messages(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """The messages that ask what the person who made `after` from `before` likes."""
    return [_user("Say in one sentence what the person who made the second picture from the first likes.", (before, after))]


class Collector:
    """Puts the chunks of a streamed answer together, for one or more choices."""

    def __init__(self) -> None:
        self._text: dict[int, list[str]] = {}
        self._calls: dict[int, dict[int, dict[str, str]]] = {}
        self._previews: dict[int, bytes] = {}
        self.finished: set[int] = set()

    def add(self, chunk: dict[str, Any]) -> list[tuple[int, str]]:
        """Take in one chunk (or a whole completion); the new pieces of text as (choice, piece)."""
        pieces: list[tuple[int, str]] = []
        for choice in chunk.get("choices") or ():
            index = int(choice.get("index") or 0)
            delta = choice.get("delta") or choice.get("message") or {}
            text = delta.get("content")
            if text:
                self._text.setdefault(index, []).append(text)
                pieces.append((index, text))
            for position, part in enumerate(delta.get("tool_calls") or ()):
                at = part.get("index")
                at = position if at is None else int(at)
                entry = self._calls.setdefault(index, {}).setdefault(at, {"name": "", "arguments": ""})
                function = part.get("function") or {}
                entry["name"] += function.get("name") or ""
                entry["arguments"] += function.get("arguments") or ""
            if choice.get("preview"):
                self._previews[index] = _from_data_uri(choice["preview"])
            if choice.get("finish_reason"):
                self.finished.add(index)
        return pieces

    def reply(self, index: int = 0) -> Reply:
        """The choice as it stands. A call that cannot be carried out is left out, with a note that says why."""
        reason = "".join(self._text.get(index, ())).strip()
        raw: list[dict[str, Any]] = []
        notes: list[str] = []
        summary = ""
        for _, entry in sorted(self._calls.get(index, {}).items()):
            try:
                arguments = json.loads(entry["arguments"] or "{}")
            except ValueError:
                arguments = None
            arguments = arguments if isinstance(arguments, dict) else {}
            if entry["name"] == SUMMARIZE_INTENT:
                summary = str(arguments.get("summary") or "")
                continue
            call = {"name": entry["name"], "value": arguments.get("value")}
            try:
                validate_calls([call])
            except RefusedCall as refused:
                notes.append(str(refused))
            else:
                raw.append(call)
        valid = validate_calls(raw)
        return Reply(reason, tuple(valid.calls), (*notes, *valid.notes), summary, self._previews.get(index, b""))
