"""What an agent is asked and what it answers: the contract between the server, the command line and the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tool_mapping.spec import ToolCall

Picture = NDArray[np.uint8]  # (H, W, 3), sRGB-encoded, any size from 1x1; the caller has already removed alpha


@dataclass(frozen=True, slots=True)
class EditTask:
    """A request about a picture.

    `before` is the photo without any step. To refine, `in_force` holds the calls that are in force now, with the person's own
    slider values, `now` is the photo as it looks with them, and `earlier` the requests so far, oldest first; `previous`
    holds the calls that were in force before the last of them, so that "more" and "undo that" mean the last turn. `style` is a
    remembered preference in words. `temperature` 0 answers the same for the same input; above 0 `seed` picks the variation.
    """

    request: str
    before: Picture
    now: Picture | None = None
    in_force: tuple[ToolCall, ...] = ()
    earlier: tuple[str, ...] = ()
    style: str = ""
    previous: tuple[ToolCall, ...] = ()
    temperature: float = 0.0
    seed: int = 0

    @property
    def refines(self) -> bool:
        return bool(self.earlier or self.in_force)


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` in words; `calls` is the whole list in force afterwards, in canonical order, validated. Empty: no change."""

    reason: str
    calls: tuple[ToolCall, ...] = field(default=())


class Stopped(Exception):
    """Raised by an agent when `stop()` said so."""


class Agent(Protocol):
    """A loaded model. Not safe for two threads at once; the server queues."""

    @property
    def name(self) -> str: ...

    def edit(
        self, task: EditTask, *, on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> Answer:
        """Edit or refine. `on_text` receives the reason piece by piece as it is written. Raises Stopped."""
        ...

    def summarize(
        self, before: Picture, after: Picture, *, temperature: float = 0.0, seed: int = 0,
        on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None,
    ) -> str:
        """One sentence saying what the person who made `after` from `before` likes. Raises Stopped."""
        ...
