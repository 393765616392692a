"""From the agent's answers to chat completions, whole or in chunks, exactly as OpenAI writes them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tool_mapping.schema import SUMMARIZE_INTENT, schema_hash
from tool_mapping.spec import BY_NAME, ToolCall


@dataclass(frozen=True, slots=True)
class Choice:
    """One finished answer: an edit's calls, or a summary. preview: a data URI of what comes of the calls, "" for none."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    summary: str | None = None
    preview: str = ""

    def extra(self) -> dict[str, str]:
        """What a choice has beyond OpenAI's fields."""
        return {"preview": self.preview} if self.preview else {}

    def tool_calls(self) -> list[dict[str, Any]]:
        if self.summary is not None:
            functions = [(SUMMARIZE_INTENT, {"summary": self.summary})]
        else:
            functions = [(call.name, {"value": call.value}) for call in self.calls]
        return [
            {
                "id": f"call_{secrets.token_hex(12)}", "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)},
            }
            for name, arguments in functions
        ]


def only_allowed(text: str, calls: Iterable[ToolCall], allowed: frozenset[str]) -> Choice:
    """The answer with the calls that the request allows; what is left out is said."""
    calls = tuple(calls)
    kept = tuple(call for call in calls if call.name in allowed)
    left_out = [BY_NAME[call.name].title for call in calls if call.name not in allowed]
    if left_out and allowed:
        text = f"{text} (Left out, because this request does not offer it: {', '.join(left_out)}.)".strip()
    return Choice(text, kept)


@dataclass(slots=True)
class Reply:
    """The frame of one answer: the same id, time and model in all its parts."""

    model: str
    prompt_words: int = 0
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def _frame(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id, "object": kind, "created": self.created, "model": self.model,
            "system_fingerprint": f"tools_{schema_hash()}",
        }

    def usage(self, choices: Iterable[Choice]) -> dict[str, int]:
        """OpenAI's clients expect a count of tokens; ours counts words, since nothing is billed here."""
        answered = sum(len(choice.text.split()) + len(choice.calls) for choice in choices)
        return {
            "prompt_tokens": self.prompt_words, "completion_tokens": answered, "total_tokens": self.prompt_words + answered,
        }

    def completion(self, choices: list[Choice]) -> dict[str, Any]:
        """The whole answer of a request that is not streamed."""
        listed = []
        for index, choice in enumerate(choices):
            calls = choice.tool_calls()
            message: dict[str, Any] = {"role": "assistant", "content": choice.text, "refusal": None}
            if calls:
                message["tool_calls"] = calls
            finish = "tool_calls" if calls else "stop"
            listed.append({"index": index, "message": message, "logprobs": None, "finish_reason": finish, **choice.extra()})
        return {**self._frame("chat.completion"), "choices": listed, "usage": self.usage(choices)}

    def _chunk(self, index: int, delta: dict[str, Any], finish: str | None = None, **extra: str) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish, **extra}
        return {**self._frame("chat.completion.chunk"), "choices": [choice]}

    def begin(self, index: int) -> dict[str, Any]:
        return self._chunk(index, {"role": "assistant", "content": ""})

    def text(self, index: int, piece: str) -> dict[str, Any]:
        return self._chunk(index, {"content": piece})

    def end(self, index: int, choice: Choice) -> list[dict[str, Any]]:
        """The calls of a choice and its end."""
        calls = choice.tool_calls()
        chunks = [self._chunk(index, {"tool_calls": [{"index": i, **call}]}) for i, call in enumerate(calls)]
        return [*chunks, self._chunk(index, {}, "tool_calls" if calls else "stop", **choice.extra())]

    def usage_chunk(self, choices: Iterable[Choice]) -> dict[str, Any]:
        """Sent last if stream_options.include_usage asks for it."""
        return {**self._frame("chat.completion.chunk"), "choices": [], "usage": self.usage(choices)}


def sse(data: dict[str, Any] | str) -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}\n\n".encode()
