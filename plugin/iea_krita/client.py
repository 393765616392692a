"""The one client of the backend: finds it, asks it, streams its answers, and turns every failure into a BackendError.

It speaks OpenAI Chat Completions, so that any other vision model behind such an API can take the place of our own agent. No
Qt and no Krita in here: use it from a worker thread. Nothing is kept open between calls, and one Client may be used by
several threads.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tool_mapping.schema import SUMMARIZE_INTENT, schema_hash, tools_schema

from .client_errors import BackendError, told, unreachable
from .stream import Stream, json_of
from .wire import INSTRUCTIONS, MAX_REQUEST, Collector, Reply, Turn, edit_messages, summary_messages

__all__ = ["BackendError", "Client", "Discovery", "Reply", "Turn"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_VARIED = 0.8  # temperature of variations by another model; our server varies by itself

@dataclass(frozen=True)
class Discovery:
    """What a running backend wrote about itself into its discovery file."""

    url: str
    port: int
    token: str
    pid: int
    version: str = ""
    model: str = ""
    schema_hash: str = ""

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Discovery | None:
        """The backend that the file tells of. None while there is no such file, or when it is broken, can be read by other
        people, or tells of a process that is gone: start a backend then."""
        try:
            with open(path, encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode
                told = json.load(file)
            found = cls(**{f.name: told[f.name] for f in fields(cls) if f.name in told})
        except (OSError, ValueError, TypeError):
            return None
        private = sys.platform == "win32" or not stat.S_IMODE(mode) & 0o077
        if not private or urlsplit(str(found.url)).hostname not in _LOOPBACK or not _alive(found.pid):
            return None
        return found

    @staticmethod
    def default_path() -> Path:
        """Where `python -m backend serve` writes the file when it is given no --discovery."""
        base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
        return Path(base) / "iea-krita" / "backend.json"


def _alive(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill would end the process there; a refused connection tells as well
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, TypeError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


class Client:
    """url: of our backend ("http://127.0.0.1:40123") or of another OpenAI-compatible server (".../v1" may be given too).
    token: the bearer token, "" for none. model: the name to ask for; for another server the first one it lists if "".
    ours=False sends the tools and instructions along, which another model needs. timeout: seconds without any news."""

    def __init__(self, url: str, token: str = "", *, model: str = "", ours: bool = True, timeout: float = 120.0) -> None:
        url = url.rstrip("/")
        self._base = url[:-3].rstrip("/") if url.endswith("/v1") else url
        self._token = token
        self._model = model or ("iea" if ours else "")
        self._ours = ours
        self._timeout = timeout

    @classmethod
    def discover(cls, path: str | os.PathLike[str] | None = None, *, timeout: float = 120.0) -> Client:
        """A client for the backend that a discovery file tells of. Raises BackendError not_running, wrong_schema."""
        found = Discovery.read(path or Discovery.default_path())
        if found is None:
            raise BackendError("not_running", "The backend is not running. Start it with: python -m backend serve")
        _same_schema(found.schema_hash)
        return cls(found.url, found.token, timeout=timeout)

    # What the server says about itself

    def health(self) -> dict[str, Any]:
        """{"status", "version", "model", "schema_hash"} of a backend that is ready. Another server only has to list its models.

        Raises BackendError: not_running, not_ready (the model is loading, or could not be loaded: the message says which),
        unauthorized, wrong_schema (plugin and backend are of different versions), failed.
        """
        if not self._ours:
            return {"status": "ok", "model": self._model_name(), "version": "", "schema_hash": ""}
        health = self._get("/health", timeout=5.0)
        _same_schema(str(health.get("schema_hash", "")))
        return health

    def models(self) -> list[str]:
        """The names of the models that the server offers. Raises BackendError."""
        return [str(m.get("id", "")) for m in self._get("/v1/models", timeout=10.0).get("data") or () if isinstance(m, dict)]

    def wait_ready(self, seconds: float = 60.0, stop: Callable[[], bool] | None = None) -> dict[str, Any]:
        """health(), waiting up to `seconds` for a backend that starts or loads its model. Raises BackendError as health does,
        stopped when `stop` says so."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.health()
            except BackendError as error:
                hopeless = error.data.get("code") == "model_failed"
                if error.kind not in ("not_running", "not_ready") or hopeless or time.monotonic() > end:
                    raise
            _pause(0.1, stop)

    # What it is there for

    def edit(
        self, request: str, before: bytes, *, now: bytes | None = None, turns: Sequence[Turn] = (), style: str = "",
        temperature: float | None = None, seed: int | None = None,
        on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None,
    ) -> Reply:
        """Ask for an edit, or to refine one if there are `turns` (oldest first).

        before, now: the encoded photo (PNG, JPEG...) without steps, and as it looks at present; about 1024 px is plenty.
        style: a remembered preference in words. on_text gets the reason piece by piece, in the calling thread. `stop` is asked
        about twenty times a second; once it says True the connection is closed, the agent stops, and BackendError("stopped") is
        raised. Raises BackendError of any kind.
        """
        choices = self.variations(
            request, before, count=1, now=now, turns=turns, style=style, temperature=temperature, seed=seed,
            on_text=(lambda _, piece: on_text(piece)) if on_text else None, stop=stop,
        )
        return choices[0]

    def variations(
        self, request: str, before: bytes, *, count: int = 3, now: bytes | None = None, turns: Sequence[Turn] = (),
        style: str = "", temperature: float | None = None, seed: int | None = None, preview: int = 0,
        on_text: Callable[[int, str], None] | None = None, stop: Callable[[], bool] | None = None,
    ) -> list[Reply]:
        """`count` different answers to one request, the first being the agent's own choice; see edit. on_text gets (which,
        piece). preview: 16 to 512 asks our server for a picture of each answer, so many px on the long side, and for answers
        that differ visibly; other servers send none. Raises BackendError of any kind."""
        self._check_length(request)
        system = "\n\n".join(part for part in ("" if self._ours else INSTRUCTIONS, style) if part)
        body: dict[str, Any] = {"messages": _messages(edit_messages, request, before, now=now, turns=turns, system=system)}
        if not self._ours:
            body["tools"] = tools_schema()
        elif preview:
            body["preview"] = preview
        replies: list[Reply] = []
        while len(replies) < count:  # a server that does not know `n` answers once a time
            done, left = len(replies), count - len(replies)
            varied: dict[str, Any] = {"n": left} if left > 1 else {}
            if temperature is not None or done or (count > 1 and not self._ours):
                varied["temperature"] = _VARIED if temperature is None else temperature
            if seed is not None or done:
                varied["seed"] = (seed or 0) + done
            tell = (lambda index, piece, done=done: on_text(done + index, piece)) if on_text else None
            replies += self._ask({**body, **varied}, tell, stop)[:left]
        return replies

    def summarize(
        self, before: bytes, after: bytes, *,
        on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None,
    ) -> str:
        """One sentence saying what the person who made `after` from `before` likes. Raises BackendError of any kind."""
        body: dict[str, Any] = {
            "messages": _messages(summary_messages, before, after),
            "tool_choice": {"type": "function", "function": {"name": SUMMARIZE_INTENT}},
        }
        if not self._ours:
            parameters = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}
            body["tools"] = [{"type": "function", "function": {"name": SUMMARIZE_INTENT, "parameters": parameters}}]
        reply = self._ask(body, (lambda _, piece: on_text(piece)) if on_text else None, stop)[0]
        summary = reply.summary or reply.reason
        if not summary:
            raise BackendError("failed", "The agent gave no summary. Try again.")
        return summary

    # Below: the wire

    def _ask(
        self, body: dict[str, Any], on_text: Callable[[int, str], None] | None, stop: Callable[[], bool] | None
    ) -> list[Reply]:
        body = {"model": self._model_name(), "stream": True, **body}
        collector = Collector()
        stream = Stream(self._base + "/v1/chat/completions", self._headers(), body, self._timeout, self._session)
        for chunk in stream.chunks(stop):
            if chunk.get("error"):
                raise told(200, chunk)
            for index, piece in collector.add(chunk):
                if on_text:
                    on_text(index, piece)
        if not collector.finished:
            raise BackendError("failed", "The backend's answer broke off. Try again.")
        return [collector.reply(index) for index in sorted(collector.finished)]

    def _get(self, path: str, *, timeout: float) -> dict[str, Any]:
        try:
            with self._session() as session:
                response = session.get(
                    self._base + path, headers=self._headers(), timeout=(3.0, timeout), allow_redirects=False
                )
        except requests.RequestException as error:
            raise unreachable(error) from error
        answer = json_of(response)
        if response.status_code != 200:
            raise told(response.status_code, answer)
        return answer

    def _model_name(self) -> str:
        if not self._model:
            names = self.models()
            if not names:
                raise BackendError("not_ready", "This server offers no model. Load a vision model in it and try again.")
            self._model = names[0]
        return self._model

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _session(self) -> requests.Session:
        session = requests.Session()
        # A proxy or a .netrc of the environment must not come between us and this machine.
        session.trust_env = urlsplit(self._base).hostname not in _LOOPBACK
        return session

    @staticmethod
    def _check_length(request: str) -> None:
        if len(request) > MAX_REQUEST:
            raise BackendError(
                "too_long", f"The request has {len(request)} characters; say it in at most {MAX_REQUEST}.",
                {"length": len(request)},
            )


def _messages(build: Callable[..., list[dict[str, Any]]], *args: Any, **keywords: Any) -> list[dict[str, Any]]:
    try:
        return build(*args, **keywords)
    except ValueError as error:
        raise BackendError("bad_picture", str(error)) from error


def _same_schema(theirs: str) -> None:
    ours = schema_hash()
    if theirs and theirs != ours:
        raise BackendError(
            "wrong_schema",
            "The plugin and the backend are of different versions. Run the installer again and restart Krita.",
            {"plugin": ours, "backend": theirs},
        )


def _pause(seconds: float, stop: Callable[[], bool] | None) -> None:
    if stop is not None and stop():
        raise BackendError("stopped", "Stopped.")
    threading.Event().wait(seconds)
