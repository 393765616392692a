"""Both sides of the wire against the same golden examples: what the client writes the server reads as meant, and back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.server import process, replies, wire
from plugin.iea_krita import client
from plugin.iea_krita import wire as client_wire
from tool_mapping import reference
from tool_mapping.spec import ToolCall

HERE = Path(__file__).parent
COLOURS = {"before": (60, 70, 80), "now": (120, 110, 100)}


def golden(name: str) -> dict[str, Any]:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def pixels(name: str) -> np.ndarray:
    return np.full((6, 8, 3), COLOURS[name], np.uint8)


def encoded(name: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels(name)).save(out, "PNG")
    return out.getvalue()


def calls(listed: list[list[Any]]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(name, value) for name, value in listed)


def with_pictures(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = json.dumps(messages)
    for name in COLOURS:
        text = text.replace(f"<{name}>", client_wire.data_uri(encoded(name)))
    return json.loads(text)


REQUESTS = ("first", "refine", "refine_one_picture")


@pytest.mark.parametrize("name", REQUESTS)
def test_the_client_writes_the_golden_messages(name: str) -> None:
    told = golden(name)
    turns = [
        client_wire.Turn(
            turn["request"], turn["reason"], calls(turn["calls"]), None if turn["in_force"] is None else calls(turn["in_force"])
        )
        for turn in told["turns"]
    ]
    now = encoded("now") if "now" in told["pictures"] else None
    messages = client_wire.edit_messages(told["request"], encoded("before"), now=now, turns=turns, system=told["system"])
    assert messages == with_pictures(told["messages"])


@pytest.mark.parametrize("name", REQUESTS)
def test_the_server_reads_the_golden_messages_as_the_task_meant(name: str) -> None:
    told = golden(name)
    body = json.dumps({"model": "iea", "messages": with_pictures(told["messages"])}).encode()
    task, expected = wire.wanted(wire.parse(body)).task, told["task"]
    assert task is not None
    assert task.request == expected["request"]
    assert task.earlier == tuple(expected["earlier"])
    assert task.style == expected["style"]
    assert task.in_force == calls(expected["in_force"])
    assert np.array_equal(task.before, pixels("before"))
    if expected["now"] is None:
        assert task.now is None
    else:
        now = pixels("now") if expected["now"] == "now" else reference.render(pixels("before"), task.in_force)
        assert task.now is not None
        assert np.array_equal(task.now, now)


def _without_made_up(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_made_up(v) for k, v in value.items() if k not in ("id", "created", "system_fingerprint")}
    return [_without_made_up(v) for v in value] if isinstance(value, list) else value


def _sent(told: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    choice = replies.Choice(told["reason"], calls(told["calls"]))
    reply = replies.Reply("a-model", prompt_words=7)
    chunks = [reply.begin(0), *(reply.text(0, piece) for piece in told["pieces"]), *reply.end(0, choice)]
    return reply.completion([choice]), chunks


def test_the_server_answers_as_the_golden_answer_whole_and_in_chunks() -> None:
    told = golden("answer")
    whole, chunks = _sent(told)
    assert _without_made_up(whole) == told["completion"]
    assert [_without_made_up(chunk["choices"][0]) for chunk in chunks] == told["chunks"]
    assert len({chunk["id"] for chunk in chunks}) == 1


@pytest.mark.parametrize("form", ["completion", "chunks"])
def test_the_client_reads_the_golden_answer_the_same_whole_and_in_chunks(form: str) -> None:
    told = golden("answer")
    collector = client_wire.Collector()
    parts = [told["completion"]] if form == "completion" else [{"choices": [choice]} for choice in told["chunks"]]
    pieces = [piece for part in parts for piece in collector.add(part)]
    assert collector.reply() == client_wire.Reply(told["reason"], calls(told["calls"]))
    assert "".join(text for _, text in pieces) == told["reason"]
    assert collector.finished == {0}


def test_arguments_that_arrive_in_fragments_are_put_together() -> None:
    collector = client_wire.Collector()
    for part in ({"index": 0, "function": {"name": "tint", "arguments": ""}}, {"index": 0, "function": {"arguments": '{"val'}},
                 {"index": 0, "function": {"arguments": 'ue": -12}'}}):
        collector.add({"choices": [{"index": 0, "delta": {"tool_calls": [part]}}]})
    assert collector.reply().calls == (ToolCall("tint", -12),)


def test_calls_of_another_model_that_cannot_be_carried_out_are_left_out_with_a_note() -> None:
    collector = client_wire.Collector()
    listed = [("exposure", '{"value": 400}'), ("crop", '{"value": 4}'), ("tint", "not json"), ("fade", '{"value": "12.4"}')]
    collector.add({"choices": [{"message": {"content": None, "tool_calls": [
        {"function": {"name": name, "arguments": arguments}} for name, arguments in listed
    ]}}]})
    reply = collector.reply()
    assert reply.calls == (ToolCall("exposure", 100), ToolCall("fade", 12))
    assert len(reply.notes) == 3
    assert any("crop" in note for note in reply.notes)


def test_both_sides_agree_where_the_discovery_file_is_and_how_long_a_request_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    assert client.Discovery.default_path() == process.default_discovery()
    monkeypatch.setenv("XDG_RUNTIME_DIR", "run")
    assert client.Discovery.default_path() == process.default_discovery()
    assert client_wire.MAX_REQUEST == wire.MAX_REQUEST
