"""Who may talk to the server and how much, asked of a real process over real sockets."""

from __future__ import annotations

import json
import socket
import stat
import sys
import zlib
from typing import Any

import pytest
import requests

from tests.backend.servers import SECONDS, Server, asking, picture, uri, user

COMPLETIONS = "/v1/chat/completions"


def post(server: Server, body: Any, **options: Any) -> requests.Response:
    headers = {**server.headers, **options.pop("headers", {})}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(server.url + COMPLETIONS, data=data, headers=headers, timeout=SECONDS, **options)


def code(response: requests.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["message"].endswith((".", "serve", "doctor"))
    assert set(error) == {"message", "type", "param", "code"}
    return response.status_code, error["code"]


@pytest.mark.parametrize("path", ["/health", "/v1/models", COMPLETIONS, "/nowhere"])
@pytest.mark.parametrize("given", [None, "Bearer wrong", "Basic abc", ""])
def test_nothing_is_answered_without_the_token(stand_in: Server, path: str, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    assert code(requests.get(stand_in.url + path, headers=headers, timeout=SECONDS)) == (401, "unauthorized")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:x", "0.0.0.0", ""]
)
def test_a_foreign_host_name_is_refused_even_with_the_token(stand_in: Server, host: str) -> None:
    answer = requests.get(stand_in.url + "/health", headers={**stand_in.headers, "Host": host}, timeout=SECONDS)
    assert code(answer) == (403, "forbidden_host")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"])
def test_a_web_page_is_refused_even_with_the_token(stand_in: Server, origin: str) -> None:
    assert code(post(stand_in, asking("brighter"), headers={"Origin": origin})) == (403, "forbidden_origin")


@pytest.mark.parametrize("headers", [{"Host": "localhost:1"}, {"Origin": "http://localhost:3000"}, {"Origin": "http://127.0.0.1"}])
def test_programs_on_this_machine_are_answered(stand_in: Server, headers: dict[str, str]) -> None:
    assert post(stand_in, asking("brighter"), headers=headers).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8")
def test_it_listens_on_127_0_0_1_alone(stand_in: Server) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", stand_in.told.port), timeout=5)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_the_discovery_file_is_readable_by_its_owner_alone(stand_in: Server) -> None:
    assert stat.S_IMODE(stand_in.discovery.stat().st_mode) == 0o600
    told = json.loads(stand_in.discovery.read_text())
    assert set(told) == {"url", "port", "token", "pid", "version", "model", "schema_hash"}
    assert told["pid"] == stand_in.process.pid


def _talk(server: Server, head: str, body: bytes = b"") -> bytes:
    """Send a raw request and read until the server closes, or has answered."""
    with socket.create_connection(("127.0.0.1", server.told.port), timeout=SECONDS) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode() + body)
        return connection.recv(4096)


def _head(server: Server, extra: str) -> str:
    return f"POST {COMPLETIONS} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {server.told.token}\n{extra}\n\n"


def test_a_body_announced_as_too_large_is_refused_before_it_is_sent(stand_in: Server) -> None:
    answer = _talk(stand_in, _head(stand_in, f"Content-Length: {16 * 1024 * 1024 + 1}"))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_in_chunks_is_refused_once_it_is_too_large_and_the_answer_can_be_read(stand_in: Server) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b"x" * (1 << 20)

    answer = requests.post(stand_in.url + COMPLETIONS, data=endless(), headers=stand_in.headers, timeout=SECONDS)
    assert code(answer) == (413, "body_too_large")


def test_a_body_just_within_the_limit_is_read(stand_in: Server) -> None:
    body = json.dumps(asking("brighter")).encode()
    assert post(stand_in, body + b" " * (16 * 1024 * 1024 - len(body))).status_code == 200


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _webp_header(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + b"\x12\0\0\0" + size
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize(
    ("data", "mime"), [(_png_header(8001, 5000), "image/png"), (_png_header(1 << 30, 1 << 30), "image/png"),
                       (_webp_header(16000, 16000), "image/webp")],
    ids=["40.005 megapixels", "a bomb", "a WebP bomb"],
)
def test_a_picture_over_40_megapixels_is_refused_before_it_is_decoded(stand_in: Server, data: bytes, mime: str) -> None:
    assert code(post(stand_in, {"messages": [user("brighter", uri(data, mime))]})) == (400, "picture_too_large")


def test_nothing_is_ever_fetched_from_an_address(stand_in: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bait:
        bait.setblocking(False)
        address = f"http://127.0.0.1:{bait.getsockname()[1]}/photo.png"
        for url in (address, "file:///etc/hostname", "/etc/hostname", ""):
            assert code(post(stand_in, {"messages": [user("brighter", url)]})) == (400, "bad_picture")
        with pytest.raises(BlockingIOError):
            bait.accept()


@pytest.mark.parametrize(
    "url",
    ["data:image/png;base64,AAAA", "data:image/png;base64,!!!", "data:image/png,abc", "data:text/html;base64,AAAA", "data:",
     uri(picture()[:200]), uri(b"GIF89a" + b"\0" * 40, "image/gif"), uri(b"<svg xmlns='x'/>", "image/svg+xml")],
)
def test_what_is_not_a_whole_picture_is_refused_with_a_sentence(stand_in: Server, url: str) -> None:
    assert code(post(stand_in, {"messages": [user("brighter", url)]})) == (400, "bad_picture")


def _after(message: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [user("x", uri(picture())), message, user("y")]}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, {}, {"messages": []}, {"messages": [{"role": "wizard"}]},
    {"messages": [user("x")], "n": 0}, {"messages": [user("x")], "n": 1000},
    asking("x", temperature=9), asking("x", temperature="hot"),
    asking("x", tool_choice="sometimes"), asking("x", tool_choice={"type": "function", "function": {"name": "exposure"}}),
    {"messages": [*asking("x")["messages"], {"role": "assistant", "content": "ok"}]},
    _after({"role": "assistant", "tool_calls": [{"function": {"name": "tint", "arguments": "7"}}]}),
    _after({"role": "tool", "content": '{"in_force": 3}'}),
])
def test_a_request_that_is_not_valid_is_refused_with_a_sentence(stand_in: Server, body: Any) -> None:
    assert code(post(stand_in, body)) == (400, "bad_request")


def test_a_request_without_a_picture_says_how_to_send_one(stand_in: Server) -> None:
    answer = post(stand_in, {"messages": [{"role": "user", "content": "brighter"}]})
    assert code(answer) == (400, "no_picture")
    assert "image_url" in answer.json()["error"]["message"]


def test_2000_characters_are_a_request_and_more_are_not(stand_in: Server) -> None:
    assert post(stand_in, asking("ü" * 2000)).status_code == 200
    assert code(post(stand_in, asking("ü" * 2001))) == (400, "too_long")
    assert code(post(stand_in, asking("x" * 10_000))) == (400, "too_long")


def test_an_empty_request_is_answered(stand_in: Server) -> None:
    assert post(stand_in, asking("")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/nowhere", (404, "not_found")), ("GET", COMPLETIONS, (405, "method_not_allowed")),
     ("POST", "/health", (405, "method_not_allowed"))],
)
def test_other_addresses_and_methods_say_where_to_go(
    stand_in: Server, method: str, path: str, expected: tuple[int, str]
) -> None:
    assert code(requests.request(method, stand_in.url + path, headers=stand_in.headers, timeout=SECONDS)) == expected
