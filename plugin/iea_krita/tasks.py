"""Work in several moments of Krita's event loop: a generator that says what it waits for instead of blocking."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from .qt import QtCore

_POLL_MS = 15


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until `ready` gives something true, which the generator is then sent. TimeoutError after `seconds`."""

    ready: Callable[[], Any]
    seconds: float = 60.0


Steps = Generator[Until, Any, None]


def pause(seconds: float) -> Until:
    """Wait that long, with Krita's event loop running."""
    end = time.monotonic() + seconds
    return Until(lambda: time.monotonic() >= end)

# Tasks that run. A Qt parent would not keep them: it ends them in the middle when its window closes, without the generator's
# own clean-up, and lets go of their Python half when Python forgets the parent's.
_live: set[Task] = set()


class Task(QtCore.QObject):
    """Runs a generator of Until on a timer until it ends, its owner is destroyed or Krita quits.

    Exceptions that the generator does not catch go to `failed`; nothing is raised to Krita.
    """

    def __init__(self, steps: Steps, failed: Callable[[BaseException], None], owner: QtCore.QObject | None = None) -> None:
        super().__init__()
        self._steps = steps
        self._failed = failed
        self._waiting: Until | None = None
        self._deadline = 0.0
        self._inside = self._cancelled = False
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._go)
        try:
            if owner is not None:
                owner.destroyed.connect(self.cancel)
        except RuntimeError:  # its window was closed a moment ago
            steps.close()
            return
        QtCore.QCoreApplication.instance().aboutToQuit.connect(self.cancel)
        _live.add(self)
        self._timer.start(0)

    @property
    def is_over(self) -> bool:
        return self not in _live

    def cancel(self) -> None:
        """End it where it waits; the generator's own clean-up runs."""
        self._end()
        self._cancelled = True
        if not self._inside:
            self._steps.close()

    def _end(self) -> None:
        self._timer.stop()
        _live.discard(self)

    def _go(self) -> None:
        if self._inside:  # a call into Krita runs the event loop itself, as with a message box or a progress bar
            return
        self._inside = True
        try:
            self._advance()
        finally:
            self._inside = False
            if self._cancelled:
                self._steps.close()

    def _advance(self) -> None:
        try:
            value = None
            if self._waiting is not None:
                value = self._waiting.ready()
                if not value:
                    if time.monotonic() < self._deadline:
                        self._timer.setInterval(_POLL_MS)
                        return
                    self._waiting = self._steps.throw(TimeoutError("It took too long."))
                else:
                    self._waiting = self._steps.send(value)
            else:
                self._waiting = next(self._steps)
            self._deadline = time.monotonic() + self._waiting.seconds
            self._timer.setInterval(0)  # the next moment may do
        except StopIteration:
            self._end()
        except Exception as error:
            self._end()
            self._steps.close()
            if not self._cancelled:  # who would be told is gone
                self._failed(error)
