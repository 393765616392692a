"""Who may talk to the server, and how much: checked before anything of a request is read."""

from __future__ import annotations

import asyncio
import hmac
import re

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.server.errors import ApiError

MAX_BODY = 16 * 1024 * 1024  # bytes
BODY_SECONDS = 30.0  # a request that is not complete by then is given up
_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)


class Guard:
    """ASGI middleware: Host (against DNS rebinding), Origin (against pages in a browser), and the bearer token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await refused.response()(scope, receive, _with_headers(send))
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> ApiError | None:
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0].decode("latin-1")):
            return ApiError(403, "forbidden_host", "This server answers only to 127.0.0.1 and localhost. Use that address.")
        for origin in headers.get(b"origin", []):
            if not _ORIGIN.fullmatch(origin.decode("latin-1")):
                return ApiError(403, "forbidden_origin", "Web pages are not answered. Use a program on this machine.")
        given = headers.get(b"authorization", [])
        if len(given) != 1 or not hmac.compare_digest(given[0], self._expected):
            return ApiError(401, "unauthorized", "The bearer token is missing or wrong. Take it from the discovery file.")
        return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []), (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"),
            ]
        await send(message)

    return sending


async def read_body(request: Request) -> bytes:
    """The body, or ApiError 413 as soon as it is known to be too large, whether its length was announced or not."""
    too_large = ApiError(413, "body_too_large", "The request is over 16 MiB. Send a smaller copy of the picture.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BODY:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MAX_BODY:
                    raise too_large
                parts.append(part)
    except TimeoutError:
        raise ApiError(408, "timeout", "The request did not arrive in time. Send it again.") from None
    except ClientDisconnect:
        raise ApiError(400, "bad_request", "The connection was closed before the request was complete.") from None
    return b"".join(parts)
