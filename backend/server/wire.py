"""From a chat-completions request to a task for the agent.

The convention, beyond what OpenAI Chat Completions says (golden examples: tests/contract/):

- A system (or developer) message is a remembered style, in words.
- The first picture of the conversation is the photo without any step; only the first user turn needs one. A picture in the last
  user turn, if it is another one, shows the photo as it is now. With earlier turns and one picture only, "now" is that photo
  with the calls in force, rendered by the reference renderer.
- An assistant message puts its tool calls in force, all of them and no others. A `tool` message tells what is in force since,
  with the person's own values: {"in_force": [{"name", "value"}, ...]}, the whole list; the last such message counts. Other
  contents of tool messages are left alone, so that an ordinary tool loop ("ok") may be used as well.
- The last user turn is the request; it may be empty, then the photo decides. The answer's calls are the whole list in force.
- `tool_choice` naming `summarize_intent` with two pictures, before and after, asks for a summary of the person's intent.
- `tools`, if given, limits the answer to the tools named in it; "tool_choice": "none" asks for words only.
- `temperature` is 0 unless given: the same request gets the same answer. With `n` > 1 the first choice is the agent's own and
  the others vary (temperature 0.8 unless given, seeds counted up from `seed`).
- `preview` is ours: with it every choice brings "preview", the picture with its calls carried out as a JPEG data URI of that
  many pixels on the long side. With `n` > 1 and no `temperature` the choices are then such as can be told apart by looking
  (backend/variations.py).
- Other fields of OpenAI's that shape how a language model samples (top_p, max_tokens, ...) are accepted and without effect.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from backend.agent.task import EditTask, Picture
from backend.limits import MAX_REQUEST, MAX_STYLE
from backend.pictures import AGENT_SIDE, PictureError, read_bytes
from backend.server.errors import ApiError, bad_request
from tool_mapping import reference
from tool_mapping.schema import SUMMARIZE_INTENT
from tool_mapping.spec import NAMES, ToolCall
from tool_mapping.validate import RefusedCall, validate_calls

MAX_CHOICES = 8
VARIED = 0.8  # temperature of the second and later choices
_TYPES = ("image/jpeg", "image/jpg", "image/png", "image/webp", "image/tiff", "image/bmp")


class _ImageUrl(BaseModel):
    url: str


class _Part(BaseModel):
    type: Literal["text", "image_url"]
    text: str = ""
    image_url: _ImageUrl | None = None


class _Function(BaseModel):
    name: str
    arguments: str = "{}"


class _Call(BaseModel):
    function: _Function


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text" and part.text)
        return self.content or ""

    @property
    def images(self) -> list[str]:
        parts = self.content if isinstance(self.content, list) else []
        return [part.image_url.url for part in parts if part.type == "image_url" and part.image_url is not None]


class _NamedFunction(BaseModel):
    name: str


class _Tool(BaseModel):
    type: Literal["function"] = "function"
    function: _NamedFunction


class _StreamOptions(BaseModel):
    include_usage: bool = False


class ChatRequest(BaseModel):
    """The part of a chat-completions request that is read here; other fields are ignored."""

    messages: list[_Message] = Field(min_length=1, max_length=10_000)
    model: str = "iea"
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    n: int | None = Field(default=1, ge=1, le=MAX_CHOICES)
    temperature: float | None = Field(default=None, ge=0, le=2)
    seed: int | None = None
    preview: int | None = Field(default=None, ge=16, le=AGENT_SIDE)
    tools: list[_Tool] | None = None
    tool_choice: str | _Tool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for. For an edit `task` is set, for a summary `pair` (before, after).

    allowed: the names of the tools that the answer may use. temperatures, seeds: one for each choice. preview: the long side in
    pixels of the picture that comes with each choice, 0 for none. apart: whether the choices are to differ visibly.
    """

    task: EditTask | None
    pair: tuple[Picture, Picture] | None
    allowed: frozenset[str]
    temperatures: tuple[float, ...]
    seeds: tuple[int, ...]
    prompt_words: int
    preview: int = 0
    apart: bool = False


def parse(body: bytes) -> ChatRequest:
    """Raises ApiError 400 for what is not JSON or not a chat-completions request."""
    try:
        return ChatRequest.model_validate(json.loads(body))
    except ValidationError as error:
        first = error.errors()[0]
        # Where a field may be of several kinds the place ends in the kind's name, which says nothing to the reader.
        place = ".".join(str(step) for step in first["loc"] if not str(step).startswith(("_", "list[", "str")))
        raise bad_request(f"The request is not valid: {place or 'body'}: {first['msg']}.") from None
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON. Send a chat-completions request.") from None


def wanted(request: ChatRequest) -> Wanted:
    """Read pictures, history and options; decoding takes time, so call it in a thread. Raises ApiError 400."""
    conversation = _Conversation()
    for message in request.messages:
        conversation.take(message)
    summarize, allowed = _choice(request)
    n = request.n or 1
    base = request.temperature
    temperatures = tuple((0.0 if i == 0 else VARIED) if base is None else base for i in range(n))
    if summarize:
        task, pair = None, conversation.pair()
    else:
        task, pair = conversation.task(), None
    words = sum(len(message.text.split()) for message in request.messages)
    # Any 64-bit number may come as a seed; numpy's and our agent's want it non-negative and small.
    seeds = tuple(((request.seed or 0) + i) & 0x7FFFFFFF for i in range(n))
    preview = request.preview or 0
    return Wanted(task, pair, allowed, temperatures, seeds, words, preview, bool(preview) and n > 1 and base is None)


def _choice(request: ChatRequest) -> tuple[bool, frozenset[str]]:
    choice = request.tool_choice
    if isinstance(choice, _Tool):
        if choice.function.name == SUMMARIZE_INTENT:
            return True, frozenset()
        raise bad_request(
            f"tool_choice may be auto, none, required or {SUMMARIZE_INTENT}; to allow only some tools, list them in tools."
        )
    if choice not in (None, "auto", "none", "required"):
        raise bad_request(f"tool_choice may be auto, none, required or the function {SUMMARIZE_INTENT}.")
    if choice == "none":
        return False, frozenset()
    names = NAMES if request.tools is None else (tool.function.name for tool in request.tools)
    return False, frozenset(names)


class _Conversation:
    """Reads messages one by one; knows at each point what is in force."""

    def __init__(self) -> None:
        self.style: list[str] = []
        self.turns: list[_Message] = []
        self.states: list[tuple[ToolCall, ...]] = [()]  # what was in force after each turn that was not taken back
        self.last_role = ""

    def take(self, message: _Message) -> None:
        if message.role in ("system", "developer"):
            self.style.append(message.text)
            if sum(map(len, self.style)) > MAX_STYLE:
                raise bad_request(f"The remembered style is too long; keep it to {MAX_STYLE} characters.", "too_long")
            return
        self.last_role = message.role
        if message.role == "user":
            length = len(message.text)
            if length > MAX_REQUEST:
                raise bad_request(f"The request has {length} characters; say it in at most {MAX_REQUEST}.", "too_long")
            self.turns.append(message)
        elif message.role == "assistant":
            self._answered(_validated([_call(call) for call in message.tool_calls or ()]))
        else:
            told = _in_force(message.text)
            if told is not None and len(self.states) > 1:
                self.states[-1] = _validated(told)
            elif told is not None:
                self._answered(_validated(told))

    def _answered(self, calls: tuple[ToolCall, ...]) -> None:
        if len(self.states) > 1 and calls == self.states[-2]:
            self.states.pop()  # so that a second "undo" goes one turn further back, not forth again
        elif calls != self.states[-1]:
            self.states.append(calls)

    def task(self) -> EditTask:
        if self.last_role != "user":
            raise bad_request("The last message must be the person's request: a message with the role user.")
        in_force, now = self.states[-1], None
        urls = [url for turn in self.turns for url in turn.images]
        if not urls:
            raise _no_picture("Send the photo with the first user message, as an image_url part with a data: URI.")
        before = _picture(urls[0])
        latest = self.turns[-1].images
        if latest and len(urls) > 1:
            now = _picture(latest[-1]) if latest[-1] != urls[0] else before
        earlier = tuple(turn.text for turn in self.turns[:-1])
        if now is None and (earlier or in_force):
            now = reference.render(before, in_force)
        style = "\n".join(text for text in self.style if text.strip())
        previous = self.states[-2] if len(self.states) > 1 else ()
        return EditTask(self.turns[-1].text, before, now, in_force, earlier, style, previous=previous)

    def pair(self) -> tuple[Picture, Picture]:
        urls = [url for turn in self.turns for url in turn.images]
        if len(urls) < 2:
            raise _no_picture("A summary needs two pictures, before and after, as image_url parts of a user message.")
        return _picture(urls[0]), _picture(urls[-1])


def _call(call: _Call) -> dict[str, Any]:
    try:
        arguments = json.loads(call.function.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise bad_request('The arguments of a tool call must be a JSON object such as {"value": 20}.')
    return {"name": call.function.name, "value": arguments.get("value")}


def _in_force(content: str) -> list[Any] | None:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "in_force" not in told:
        return None
    if not isinstance(told["in_force"], list):
        raise bad_request('A tool message tells the calls in force as {"in_force": [{"name": "exposure", "value": 20}]}.')
    return told["in_force"]


def _validated(raw: list[Any]) -> tuple[ToolCall, ...]:
    try:
        # A summary in the history is no step.
        return tuple(validate_calls([c for c in raw if not (isinstance(c, dict) and c.get("name") == SUMMARIZE_INTENT)]).calls)
    except RefusedCall as error:
        raise bad_request(str(error), error.reason) from None


def _no_picture(message: str) -> ApiError:
    return bad_request(message, "no_picture")


def _picture(url: str) -> Picture:
    """A data URI as pixels, reduced to what the agent looks at. Nothing is ever fetched."""
    head, comma, data = url.partition(",")
    kind, *options = head[5:].lower().split(";")
    if head[:5].lower() != "data:" or not comma:
        raise bad_request("Pictures are taken as data: URIs only; nothing is fetched from an address.", "bad_picture")
    if kind not in _TYPES or "base64" not in options:
        raise bad_request("Send the picture as data:image/png;base64,... (PNG, JPEG, WebP, TIFF or BMP).", "bad_picture")
    try:
        encoded = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("The picture's base64 data is damaged. Encode it again.", "bad_picture") from None
    try:
        return np.ascontiguousarray(read_bytes(encoded, max_side=AGENT_SIDE).rgb)
    except PictureError as error:
        raise bad_request(str(error), "picture_too_large" if error.kind == "too_large" else "bad_picture") from None
