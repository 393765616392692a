"""What can go wrong between the plugin and a backend, by who can do something about it."""

from __future__ import annotations

from typing import Any

import requests

KINDS = (
    "not_running", "not_ready", "unauthorized", "busy", "bad_picture", "too_long", "bad_request", "stopped", "timeout",
    "failed", "wrong_schema",
)


class BackendError(Exception):
    """Something went wrong between us and the backend. `kind` is one of KINDS, `message` a sentence for people that says what
    to do, `data` more for a log: "status" and "code" of the answer where there was one.

    Nothing was changed when one is raised; asking again is always safe.
    """

    def __init__(self, kind: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.data = data or {}


_KIND_OF_CODE = {
    "unauthorized": "unauthorized", "busy": "busy", "bad_picture": "bad_picture", "picture_too_large": "bad_picture",
    "no_picture": "bad_picture", "too_long": "too_long", "body_too_large": "bad_picture", "loading": "not_ready",
    "model_failed": "not_ready", "model_not_found": "bad_request", "stopped": "stopped",
}
_KIND_OF_STATUS = {
    400: "bad_request", 401: "unauthorized", 403: "unauthorized", 408: "timeout", 413: "bad_picture", 422: "bad_request",
    429: "busy", 503: "not_ready",
}
_SENTENCE = {
    "unauthorized": "The backend did not accept the token. Restart the backend.",
    "busy": "The agent is busy. Wait a moment and try again.",
    "not_ready": "The model is still loading. Wait a moment and try again.",
    "bad_picture": "The backend could not read the picture. Send a smaller PNG or JPEG.",
    "timeout": "The backend took too long. Try again.",
}


def told(status: int, answer: dict[str, Any]) -> BackendError:
    """The error of a server, ours or another one, as a BackendError."""
    error = answer.get("error")
    error = error if isinstance(error, dict) else {"message": error if isinstance(error, str) else ""}
    code = str(error.get("code") or "")
    kind = _KIND_OF_CODE.get(code) or _KIND_OF_STATUS.get(status, "failed")
    message = str(error.get("message") or "") or _SENTENCE.get(kind, f"The backend answered with status {status}. Try again.")
    return BackendError(kind, message, {"status": status, "code": code})


def unreachable(error: requests.RequestException, *, begun: bool = False) -> BackendError:
    if isinstance(error, requests.ConnectTimeout) or not (begun or isinstance(error, requests.Timeout)):
        return BackendError("not_running", "The backend is not running. Start it again.", {"error": repr(error)})
    if isinstance(error, requests.Timeout):
        return BackendError("timeout", "The backend took too long. Try again.", {"error": repr(error)})
    return BackendError("failed", "The backend's answer broke off. Try again.", {"error": repr(error)})
