"""Gives a vignette or grain the frame of the picture as it is now, after a crop or another canvas size. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tool_mapping import grain

from . import layers
from .desk import Desk
from .grain_layer import drawing
from .layer_masks import vignette_mask, write_mask
from .preparing import in_moments
from .tasks import Steps, Until
from .worker import Call


def renew(desk: Desk, tool: str) -> Steps:
    """The layer's mask, or the grain's pixels, made anew, whatever was painted there. Not an undo step in Krita: undoing the
    crop brings the offer again."""
    step, facts = desk.session.step(tool), desk.photo.facts()
    if step is None:
        return
    make: Callable[[int, int], Any] = grain.cells if tool == "grain" else vignette_mask
    making = Call(lambda: make(facts.width, facts.height))
    making.start()
    yield Until(lambda: making.over)
    yield Until(desk.photo.is_idle, 120.0)
    node = desk.photo.node(step.layer)
    if node is None or desk.photo.facts() != facts:
        return
    if tool == "grain":
        yield from in_moments(drawing(lambda: desk.photo.node(step.layer), making.value(), None, facts.width, facts.height))
        yield Until(desk.photo.is_idle, 120.0)
    else:
        write_mask(node, making.value())
    desk.photo.fetch().setModified(True)
    layers.redraw(desk.photo, step.layer)
    desk.look_at_frame()
