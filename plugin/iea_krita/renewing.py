"""Gives a vignette the frame of the picture as it is now, after a crop or a change of the canvas. GUI thread only."""

from __future__ import annotations

from . import layers
from .desk import Desk
from .layer_masks import vignette_mask, write_mask
from .tasks import Steps, Until
from .worker import Call


def renew_vignette(desk: Desk) -> Steps:
    """The mask made anew, whatever was painted on it. Not an undo step in Krita: undoing the crop brings the offer again."""
    step, facts = desk.session.step("vignette"), desk.photo.facts()
    if step is None:
        return
    making = Call(lambda: vignette_mask(facts.width, facts.height))
    making.start()
    yield Until(lambda: making.over)
    yield Until(desk.photo.is_idle, 120.0)
    node = desk.photo.node(step.layer)
    if node is None or desk.photo.facts() != facts:
        return
    write_mask(node, making.value())
    desk.photo.fetch().setModified(True)
    layers.redraw(desk.photo, step.layer)
    desk.look_at_frame()
