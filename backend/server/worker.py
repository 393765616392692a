"""One thread that works for the model, with a short queue before it: an agent is not safe for two threads at once."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

from backend.agent.task import Stopped
from backend.server.errors import ApiError

QUEUE = 4  # requests that may wait while one is being answered


class Job:
    """A piece of work. `work(stop)` runs in the worker thread, then `done(error)`, None if all went well."""

    def __init__(self, work: Callable[[Callable[[], bool]], None], done: Callable[[ApiError | None], None]) -> None:
        self._work = work
        self._done = done
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the agent to stop, or not to begin."""
        self._stop.set()

    def run(self) -> None:
        error: ApiError | None = None
        try:
            if self._stop.is_set():
                raise Stopped
            self._work(self._stop.is_set)
        except Stopped:
            error = ApiError(499, "stopped", "Stopped.")
        except ApiError as known:
            error = known
        except Exception as fault:
            with contextlib.suppress(OSError, ValueError):  # who started us may have closed the pipe; the agent's thread stays
                traceback.print_exc(file=sys.stderr)
            name = type(fault).__name__
            error = ApiError(
                500, "failed", f"The agent failed on this request ({name}). Try again, or run: python -m backend doctor"
            )
        self._done(error)


class Worker:
    """Runs jobs one after the other."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._places = 0
        threading.Thread(target=self._loop, name="iea-agent", daemon=True).start()

    @property
    def places(self) -> int:
        """How many requests are being answered or waiting."""
        return self._places

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place in the queue for as long as a request lasts. Raises ApiError 429 when there is none."""
        with self._lock:
            if self._places > QUEUE:
                raise ApiError(429, "busy", "The agent is busy with other requests. Wait a moment and try again.")
            self._places += 1
        try:
            yield
        finally:
            with self._lock:
                self._places -= 1

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def _loop(self) -> None:
        while True:
            self._jobs.get().run()
