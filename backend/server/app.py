"""The HTTP application: health, models and chat completions, behind the guard."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from backend import __version__
from backend.agent.task import Agent
from backend.server.errors import ApiError
from backend.server.guard import MAX_BODY, Guard, read_body
from backend.server.model import Model
from backend.server.replies import Choice, Reply, only_allowed, sse
from backend.server.wire import ChatRequest, Wanted, parse, wanted
from backend.server.worker import Job, Worker
from backend.variations import Variations, preview
from tool_mapping.schema import schema_hash

_ANY_MODEL = "iea"  # a name that always stands for the loaded model
_DRAIN_SECONDS = 5.0


def create_app(token: str, model: Model) -> ASGIApp:
    """The application for one model and one bearer token."""
    started = int(time.time())

    async def health(_: Request) -> Response:
        model.agent()
        return JSONResponse({"status": "ok", "version": __version__, "model": model.name, "schema_hash": schema_hash()})

    async def models(_: Request) -> Response:
        entry = {"id": model.name, "object": "model", "created": started, "owned_by": "iea"}
        return JSONResponse({"object": "list", "data": [entry]})

    async def api_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return error.response()

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        told = {
            404: ApiError(404, "not_found", f"There is nothing at {request.url.path[:80]}. Use /v1/chat/completions."),
            405: ApiError(405, "method_not_allowed", f"{request.method} does not work here. Use POST /v1/chat/completions."),
        }.get(error.status_code, ApiError(error.status_code, "failed", str(error.detail)))
        return told.response()

    async def fault(_: Request, error: Exception) -> Response:
        return ApiError(500, "failed", f"The backend failed ({type(error).__name__}). Restart it.").response()

    routes = [
        Route("/health", health, methods=["GET"]),
        Route("/v1/models", models, methods=["GET"]),
        Route("/v1/chat/completions", ChatCompletions(model, Worker()), methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {ApiError: api_error, HTTPException: http_error, Exception: fault}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), token)


class ChatCompletions:
    """POST /v1/chat/completions."""

    def __init__(self, model: Model, worker: Worker) -> None:
        self._model = model
        self._worker = worker
        self._reading = asyncio.Lock()  # one picture is decoded at a time: decoding takes memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(Request(scope, receive))
            await self._answer(body, receive, send)
        except ApiError as error:
            if error.status == 413:
                await _refuse_and_drain(error, receive, send)
            else:
                await error.response()(scope, receive, send)

    async def _answer(self, body: bytes, receive: Receive, send: Send) -> None:
        agent = self._model.agent()
        with self._worker.place():
            async with self._reading:
                request, want = await asyncio.to_thread(_read, body)
            if request.model not in (_ANY_MODEL, self._model.name, ""):
                known = f"There is no model {request.model[:80]!r} here; ask for {self._model.name!r}."
                raise ApiError(404, "model_not_found", known)
            exchange = _Exchange(agent, want)
            watching = asyncio.create_task(_watch(receive, exchange.job.stop))
            try:
                self._worker.submit(exchange.job)
                reply = Reply(self._model.name, want.prompt_words)
                if request.stream:
                    await exchange.stream(reply, bool(request.stream_options and request.stream_options.include_usage), send)
                else:
                    await exchange.whole(reply, send)
            finally:
                exchange.job.stop()
                watching.cancel()


def _read(body: bytes) -> tuple[ChatRequest, Wanted]:
    request = parse(body)
    return request, wanted(request)


async def _watch(receive: Receive, gone: Callable[[], None]) -> None:
    """Calls `gone` when the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone()


class _Exchange:
    """One request being answered: the agent works in its thread, events come back into the event loop."""

    def __init__(self, agent: Agent, want: Wanted) -> None:
        self._agent = agent
        self._want = want
        self._apart = Variations(agent, want.task) if want.apart and want.task is not None else None
        self._events: asyncio.Queue[tuple[int, str | Choice] | ApiError | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self.job = Job(self._work, self._put)

    def _put(self, event: tuple[int, str | Choice] | ApiError | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is leaving
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    def _work(self, stop: Callable[[], bool]) -> None:
        """In the agent's thread: all choices, one after the other."""
        for index in range(len(self._want.seeds)):
            written: list[str] = []

            def on_text(piece: str, index: int = index, written: list[str] = written) -> None:
                written.append(piece)
                self._put((index, piece))

            choice = self._choose(index, on_text, stop)
            # What the agent has not written on the way comes in one piece.
            sofar = "".join(written)
            if choice.text.startswith(sofar) and len(choice.text) > len(sofar):
                self._put((index, choice.text[len(sofar):]))
            self._put((index, choice))

    def _choose(self, index: int, on_text: Callable[[str], None], stop: Callable[[], bool]) -> Choice:
        temperature, seed = self._want.temperatures[index], self._want.seeds[index]
        if self._want.pair is not None:
            before, after = self._want.pair
            text = self._agent.summarize(before, after, temperature=temperature, seed=seed, on_text=on_text, stop=stop)
            return Choice(text, summary=text)
        assert self._want.task is not None
        if self._apart is not None:
            answer = self._apart.next(on_text, stop)
        else:
            answer = self._agent.edit(
                replace(self._want.task, temperature=temperature, seed=seed), on_text=on_text, stop=stop
            )
        choice = only_allowed(answer.reason, answer.calls, self._want.allowed)
        if not self._want.preview:
            return choice
        return replace(choice, preview=preview(self._want.task.before, choice.calls, self._want.preview))

    async def whole(self, reply: Reply, send: Send) -> None:
        choices: list[Choice] = []
        while (event := await self._events.get()) is not None:
            if isinstance(event, ApiError):
                raise event
            if isinstance(event[1], Choice):
                choices.append(event[1])
        response = JSONResponse(reply.completion(choices))
        await send({"type": "http.response.start", "status": 200, "headers": response.raw_headers})
        await send({"type": "http.response.body", "body": response.body})

    async def stream(self, reply: Reply, include_usage: bool, send: Send) -> None:
        async def write(data: bytes, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": more})

        await send({
            "type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
        })
        choices: list[Choice] = []
        begun: set[int] = set()
        while (event := await self._events.get()) is not None:
            if isinstance(event, ApiError):  # too late for a status
                await write(sse(event.body()), more=False)
                return
            index, what = event
            if index not in begun:
                begun.add(index)
                await write(sse(reply.begin(index)))
            if isinstance(what, Choice):
                choices.append(what)
                await write(b"".join(map(sse, reply.end(index, what))))
            else:
                await write(sse(reply.text(index, what)))
        if include_usage:
            await write(sse(reply.usage_chunk(choices)))
        await write(sse("[DONE]"), more=False)


async def _refuse_and_drain(error: ApiError, receive: Receive, send: Send) -> None:
    """Answer first, then throw away what still arrives, within bounds: closing at once would reset the connection, and the
    client, still sending, would never read the answer."""
    response = error.response()
    await send({"type": "http.response.start", "status": error.status, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": bytes(response.body), "more_body": True})
    left = 4 * MAX_BODY
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    break
    await send({"type": "http.response.body", "body": b"", "more_body": False})
