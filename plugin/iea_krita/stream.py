"""A streamed request that can be left at any moment: server-sent events read by a helper thread."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import requests

from .client_errors import BackendError, told, unreachable

POLL = 0.05  # seconds between two looks at `stop`


class Stream:
    """One streamed request: a helper thread reads, so that the caller can look at `stop` while nothing arrives."""

    def __init__(
        self, url: str, headers: dict[str, str], body: dict[str, Any], timeout: float, session: Callable[[], requests.Session]
    ) -> None:
        self._request = (url, headers, body, timeout)
        self._session = session
        self._events: queue.Queue[dict[str, Any] | BackendError | None] = queue.Queue()
        self._lock = threading.Lock()
        self._response: requests.Response | None = None
        self._left = False

    def chunks(self, stop: Callable[[], bool] | None) -> Iterator[dict[str, Any]]:
        """The JSON objects of the answer. Raises BackendError."""
        threading.Thread(target=self._read, name="iea-client", daemon=True).start()
        try:
            while True:
                if stop is not None and stop():
                    raise BackendError("stopped", "Stopped.")
                try:
                    event = self._events.get(timeout=POLL)
                except queue.Empty:
                    continue
                if event is None:
                    return
                if isinstance(event, BackendError):
                    raise event
                yield event
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._left = True
            response = self._response
        if response is not None:
            try:
                response.raw.shutdown()  # wakes the reading thread; close() alone would not
            except (AttributeError, ValueError, RuntimeError, OSError):
                response.close()

    def _read(self) -> None:
        url, headers, body, timeout = self._request
        try:
            with self._session() as session, session.post(
                url, json=body, headers=headers, stream=True, timeout=(3.0, timeout), allow_redirects=False
            ) as response:
                with self._lock:
                    self._response = response
                    if self._left:
                        return
                if response.status_code != 200:
                    raise told(response.status_code, json_of(response))
                if "text/event-stream" not in response.headers.get("Content-Type", ""):
                    self._events.put(json_of(response))  # a server that does not stream
                else:
                    for data in _sse(response):
                        self._events.put(data)
            self._events.put(None)
        except BackendError as error:
            self._events.put(error)
        except requests.RequestException as error:
            self._events.put(unreachable(error, begun=self._response is not None))
        except Exception as error:  # after shutdown() urllib3 may raise what it likes; the caller must hear of anything else
            self._events.put(_unreadable(error))


def _sse(response: requests.Response) -> Iterator[dict[str, Any]]:
    for line in response.iter_lines():
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        try:
            chunk = json.loads(data)
        except ValueError as error:
            raise _unreadable(error) from error
        if isinstance(chunk, dict):
            yield chunk


def _unreadable(error: Exception) -> BackendError:
    return BackendError("failed", "The backend's answer could not be read. Try again.", {"error": repr(error)})


def json_of(response: requests.Response) -> dict[str, Any]:
    """The JSON object that is the body, {} if it is none."""
    try:
        answer = response.json()
    except (ValueError, requests.RequestException):
        return {}
    return answer if isinstance(answer, dict) else {}
