"""What the server does with requests, and how the official client and ours see it: a real process, a stand-in agent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import requests

from plugin.iea_krita.client import BackendError, Client, Discovery, Turn
from tests.backend.servers import ROOT, SECONDS, Server, asking, first_line, picture, serving, uri, user
from tool_mapping.schema import tools_schema
from tool_mapping.spec import ToolCall


@pytest.fixture(scope="module")
def official(stand_in: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{stand_in.url}/v1", api_key=stand_in.told.token, max_retries=0, timeout=SECONDS) as client:
        yield client


def slow(server: Server) -> requests.Response:
    """A request that is being answered, or waits, and goes on until its connection is closed."""
    return requests.post(
        f"{server.url}/v1/chat/completions", json=asking("slow", stream=True), headers=server.headers, stream=True,
        timeout=SECONDS,
    )


# Edits, refining, summaries


def test_a_refining_reaches_the_agent_with_the_persons_own_values(stand_in: Server) -> None:
    turn = Turn("darker", "Done.", (ToolCall("exposure", -10),), (ToolCall("exposure", -25), ToolCall("tint", 5)))
    reply = stand_in.client().edit("warmer", picture(), now=picture(level=40), turns=[turn], style="Likes it calm.")
    asked = stand_in.asked()[-1]
    assert asked["in_force"] == [["exposure", -25], ["tint", 5]]
    assert asked["earlier"] == ["darker"]
    assert asked["style"] == "Likes it calm."
    assert asked["now_mean"] == pytest.approx(40, abs=1)
    assert reply.calls == (ToolCall("exposure", -24), ToolCall("tint", 5))


def test_without_a_second_picture_the_present_state_is_rendered_from_the_calls_in_force(stand_in: Server) -> None:
    turn = Turn("darker", "Done.", (ToolCall("brightness", 40),))
    stand_in.client().edit("warmer", picture(), turns=[turn])
    assert stand_in.asked()[-1]["now_mean"] == pytest.approx(70 + 51, abs=1)


def test_the_agent_sees_at_most_512_pixels(stand_in: Server) -> None:
    stand_in.client().edit("brighter", picture(3000, 1500, kind="JPEG"))
    assert stand_in.asked()[-1]["before"] == [256, 512, 3]


def test_an_answer_without_calls_is_words_alone(stand_in: Server, official: openai.OpenAI) -> None:
    assert stand_in.client().edit("refuse", picture()).calls == ()
    choice = official.chat.completions.create(**asking("refuse")).choices[0]
    assert (choice.finish_reason, choice.message.tool_calls) == ("stop", None)
    assert choice.message.content == "That is not something I can do."


def test_the_tools_of_the_request_limit_the_answer_and_what_is_left_out_is_said(official: openai.OpenAI) -> None:
    every: Any = tools_schema()
    allowed = [tool for tool in every if tool["function"]["name"] == "tint"]
    choice = official.chat.completions.create(**asking("brighter"), tools=allowed).choices[0]
    assert choice.message.tool_calls is None
    assert "Exposure" in (choice.message.content or "")
    assert official.chat.completions.create(**asking("brighter"), tools=every).choices[0].message.tool_calls
    assert official.chat.completions.create(**asking("brighter"), tool_choice="none").choices[0].message.tool_calls is None


def test_a_summary_comes_as_a_call_and_as_words(stand_in: Server, official: openai.OpenAI) -> None:
    assert stand_in.client().summarize(picture(), picture(level=120)) == "Likes it brighter."
    message = official.chat.completions.create(
        model="iea", messages=[user("", uri(picture()), uri(picture(level=30)))],  # type: ignore[list-item]
        tool_choice={"type": "function", "function": {"name": "summarize_intent"}},
    ).choices[0].message
    assert message.content == "Likes it darker."
    assert message.tool_calls
    assert json.loads(message.tool_calls[0].function.arguments) == {"summary": "Likes it darker."}  # type: ignore[union-attr]


def test_a_summary_of_one_picture_is_refused(stand_in: Server) -> None:
    body = asking("x", tool_choice={"type": "function", "function": {"name": "summarize_intent"}})
    answer = requests.post(f"{stand_in.url}/v1/chat/completions", json=body, headers=stand_in.headers, timeout=SECONDS)
    assert answer.json()["error"]["code"] == "no_picture"


def test_a_conversation_of_many_turns_is_read(stand_in: Server) -> None:
    turns = [Turn(f"turn {i}", "Done.", (ToolCall("exposure", i % 90 + 1), ToolCall("tint", 5))) for i in range(400)]
    stand_in.client().edit("warmer", picture(), turns=turns)
    asked = stand_in.asked()[-1]
    assert len(asked["earlier"]) == 400
    assert asked["in_force"] == [["exposure", 40], ["tint", 5]]


# Variations and streams


def test_variations_are_the_agents_own_choice_first_and_then_others(stand_in: Server) -> None:
    pieces: list[tuple[int, str]] = []
    replies = stand_in.client().variations("x", picture(), count=3, seed=5, on_text=lambda i, piece: pieces.append((i, piece)))
    asked = stand_in.asked()[-3:]
    assert [a["temperature"] for a in asked] == [0.0, 0.8, 0.8]
    assert [a["seed"] for a in asked] == [5, 6, 7]
    assert len({reply.calls for reply in replies}) == 3
    for index, reply in enumerate(replies):
        assert "".join(piece for i, piece in pieces if i == index) == reply.reason


def test_the_official_client_gets_three_choices(official: openai.OpenAI) -> None:
    completion = official.chat.completions.create(**asking("brighter"), n=3)
    assert [choice.index for choice in completion.choices] == [0, 1, 2]


def test_the_official_client_reads_the_stream_as_it_is_written(official: openai.OpenAI) -> None:
    text, names, finish, usage = "", [], [], None
    for chunk in official.chat.completions.create(**asking("brighter"), stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            names += [call.function.name for call in choice.delta.tool_calls or () if call.function]
            finish += [choice.finish_reason] if choice.finish_reason else []
    whole = official.chat.completions.create(**asking("brighter"))
    assert text == whole.choices[0].message.content
    assert (names, finish) == (["exposure"], ["tool_calls"])
    assert usage == whole.usage


def test_the_official_clients_stream_helper_puts_the_answer_together(official: openai.OpenAI) -> None:
    with official.chat.completions.stream(**asking("brighter")) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls
    assert final.choices[0].message.tool_calls[0].function.name == "exposure"


# Errors


def test_errors_reach_the_official_client_as_its_own_classes(stand_in: Server, official: openai.OpenAI) -> None:
    create = official.chat.completions.create
    with pytest.raises(openai.BadRequestError, match="2000"):
        create(**asking("x" * 2001))
    with pytest.raises(openai.NotFoundError, match="no model"):
        create(**{**asking("x"), "model": "gpt-9"})
    with pytest.raises(openai.InternalServerError, match="doctor"):
        create(**asking("break"))
    with pytest.raises(openai.APIError, match="doctor"):
        list(create(**asking("break"), stream=True))
    with pytest.raises(openai.AuthenticationError, match="token"):
        official.with_options(api_key="wrong").chat.completions.create(**asking("x"))
    foreign = official.with_options(default_headers={"Origin": "https://evil.example"})
    with pytest.raises(openai.PermissionDeniedError):
        foreign.chat.completions.create(**asking("x"))
    assert [model.id for model in official.models.list()] == [stand_in.told.model]


def test_errors_reach_our_client_by_who_can_act(stand_in: Server) -> None:
    client = stand_in.client()
    for kind, act in {
        "too_long": lambda: client.edit("x" * 2001, picture()),
        "bad_picture": lambda: client.edit("x", b"GIF89a"),
        "failed": lambda: client.edit("break", picture()),
        "unauthorized": lambda: Client(stand_in.url, "wrong").health(),
        "bad_request": lambda: client.edit("x", picture(), temperature=9),
    }.items():
        with pytest.raises(BackendError) as error:
            act()
        assert error.value.kind == kind
        assert error.value.message.strip()
    with pytest.raises(BackendError, match="no model 'gpt-9'") as error:
        Client(stand_in.url, stand_in.told.token, model="gpt-9").edit("x", picture())
    assert error.value.kind == "bad_request"
    with pytest.raises(BackendError) as error:
        client.edit("x", picture()[:100])
    assert (error.value.kind, error.value.data["status"]) == ("bad_picture", 400)


# Stop, queue


def test_stop_ends_the_agents_work_and_the_next_request_is_answered(stand_in: Server) -> None:
    pieces: list[str] = []
    with pytest.raises(BackendError) as error:
        stand_in.client().edit("slow", picture(), on_text=pieces.append, stop=lambda: len(pieces) > 2)
    assert error.value.kind == "stopped"
    assert stand_in.client().edit("brighter", picture()).calls  # waits until the agent is free
    assert {"stopped": True} in stand_in.asked()[-2:]


def test_a_request_that_is_not_streamed_is_stopped_when_its_client_goes(stand_in: Server) -> None:
    with pytest.raises(requests.Timeout):
        requests.post(f"{stand_in.url}/v1/chat/completions", json=asking("slow"), headers=stand_in.headers, timeout=0.5)
    assert stand_in.client().edit("brighter", picture()).calls
    assert {"stopped": True} in stand_in.asked()[-2:]


def test_stop_is_heard_while_nothing_arrives() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = threading.Event()
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}")
        threading.Timer(0.2, told.set).start()
        with pytest.raises(BackendError) as error:
            client.edit("x", picture(), stop=told.is_set)
        assert error.value.kind == "stopped"


def test_four_requests_may_wait_and_the_next_is_told_to_come_back(stand_in: Server, official: openai.OpenAI) -> None:
    waiting = [slow(stand_in) for _ in range(5)]
    try:
        with slow(stand_in) as refused:
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        with pytest.raises(BackendError) as error:
            stand_in.client().edit("x", picture())
        assert error.value.kind == "busy"
        with pytest.raises(openai.RateLimitError):
            official.chat.completions.create(**asking("x"))
        assert stand_in.client().health()["status"] == "ok"
    finally:
        for response in waiting:
            response.close()
    # The places are given back as the server notices that the connections are closed; the official client tries again.
    assert official.with_options(max_retries=10).chat.completions.create(**asking("brighter")).choices[0].message.tool_calls


# The process


def test_a_model_that_still_loads_is_not_ready_and_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, "--load", "hangs", ready=False) as server:
        with pytest.raises(BackendError, match="still loading") as error:
            server.client().health()
        assert (error.value.kind, error.value.data) == ("not_ready", {"status": 503, "code": "loading"})
        with pytest.raises(BackendError, match="still loading"):
            server.client().edit("x", picture())


def test_a_model_that_cannot_be_loaded_is_told_with_the_reason(tmp_path: Path) -> None:
    with serving(tmp_path, "--load", "fails", ready=False) as server:
        with pytest.raises(BackendError, match="the weights are damaged") as error:
            server.client().wait_ready(SECONDS)
        assert error.value.data["code"] == "model_failed"


def test_the_server_leaves_when_its_parent_is_gone_and_takes_its_discovery_file_along(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent, \
            serving(tmp_path, "--parent", str(parent.pid)) as server:
        parent.communicate(b"\n")
        assert server.process.wait(10) == 0
        assert not server.discovery.exists()
        assert Discovery.read(server.discovery) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to leave by")
def test_the_server_leaves_when_it_is_told_to_even_while_it_answers(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        response = slow(server)
        next(response.iter_lines())
        server.process.terminate()
        assert server.process.wait(10) == 0
        assert not server.discovery.exists()
        response.close()


def test_the_discovery_file_of_a_newer_server_stays_when_the_older_leaves(tmp_path: Path) -> None:
    with serving(tmp_path) as old, serving(tmp_path) as new:
        old.process.terminate()
        old.process.wait(10)
        found = Discovery.read(new.discovery)
        assert found == new.told
        assert found != old.told


def test_a_killed_server_is_not_running_for_the_client(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        def kill_in_the_middle(_: str) -> None:
            server.process.kill()

        with pytest.raises(BackendError) as error:
            server.client().edit("slow", picture(), on_text=kill_in_the_middle)
        assert error.value.kind == "failed"
        server.process.wait(10)
        assert server.discovery.exists()  # it had no time to take it along
        assert Discovery.read(server.discovery) is None
        with pytest.raises(BackendError) as error:
            server.client().health()
        assert error.value.kind == "not_running"
        with pytest.raises(BackendError) as error:
            Client.discover(server.discovery)
        assert error.value.kind == "not_running"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [(["--model", "nowhere"], "not a model folder"), (["--port", "99999999"], "cannot be used"),
     (["--parent", "4999999"], "not running")],
)
def test_a_server_that_cannot_start_says_why_in_one_line(tmp_path: Path, options: list[str], sentence: str) -> None:
    (tmp_path / "config.json").write_text("{}")
    command = [sys.executable, "-m", "backend", "serve", "--discovery", str(tmp_path / "d.json"), "--model", str(tmp_path)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_backend_of_another_version_is_noticed(stand_in: Server, tmp_path: Path) -> None:
    file = tmp_path / "backend.json"
    told = json.loads(stand_in.discovery.read_text())
    file.write_text(json.dumps({**told, "schema_hash": "0123456789ab"}))
    file.chmod(0o600)
    with pytest.raises(BackendError, match="different versions") as error:
        Client.discover(file)
    assert error.value.kind == "wrong_schema"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"url": "http://evil.example", "port": 1, "token": "", "pid": 1}'])
def test_a_broken_or_foreign_discovery_file_counts_as_no_backend(tmp_path: Path, content: str) -> None:
    file = tmp_path / "backend.json"
    file.write_text(content)
    file.chmod(0o600)
    assert Discovery.read(file) is None


def test_a_discovery_file_that_others_can_read_is_not_trusted(stand_in: Server, tmp_path: Path) -> None:
    file = tmp_path / "backend.json"
    file.write_text(stand_in.discovery.read_text())
    file.chmod(0o644)
    assert sys.platform == "win32" or Discovery.read(file) is None
    file.chmod(0o600)
    assert Discovery.read(file) == stand_in.told


# Another server


FOREIGN = """
import http.server, json
class Foreign(http.server.BaseHTTPRequestHandler):
    def answer(self, status, told):
        data = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        if self.path == "/v1/models":
            self.answer(200, {"data": [{"id": "some-vision-model"}]})
        else:
            self.answer(404, {"detail": "Not Found"})
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ok = asked["model"] == "some-vision-model" and len(asked["tools"]) == 16 and asked["messages"][0]["role"] == "system"
        call = {"function": {"name": "exposure", "arguments": json.dumps({"value": 20 + asked.get("seed", 0)})}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        self.answer(*((200, {"choices": [choice]}) if ok else (400, {"error": "no"})))
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Foreign)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_another_server_that_neither_streams_nor_knows_n_can_take_the_agents_place() -> None:
    process = subprocess.Popen([sys.executable, "-c", FOREIGN], stdout=subprocess.PIPE, text=True)
    try:
        address = f"http://127.0.0.1:{int(first_line(process))}/v1"
        client = Client(address, ours=False)
        assert client.health()["model"] == "some-vision-model"
        assert client.edit("brighter", picture()).calls == (ToolCall("exposure", 20),)
        assert [reply.calls[0].value for reply in client.variations("brighter", picture(), count=3)] == [20, 21, 22]
        with pytest.raises(BackendError, match="no") as error:
            Client(address, ours=False, model="x").edit("brighter", picture())
        assert error.value.kind == "bad_request"
    finally:
        process.kill()
        process.wait(10)
        assert process.stdout
        process.stdout.close()


