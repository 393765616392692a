"""What the cards' changes do to the layers of a document, in moments of Krita's event loop: each one Ctrl+Z for the person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import layers
from .desk import Desk
from .history import Signature
from .ladder import Ladders, OneValue, Opacities
from .layer_masks import Masks
from .merging import merged_layers
from .preparing import prepare, read_masks
from .scope import Scope
from .session import Session, Step
from .tasks import Steps, Until
from .trial import Trial, Values

_DRAWING_SECONDS = 600.0


def commit(desk: Desk, step: Step, ladders: Ladders) -> Steps:
    """Give a step's layer its new value for good."""
    photo, session, scope = desk.photo, desk.session, desk.session.aim.scope
    if layers.live_change(photo, step):
        desk.revalued(session.with_step(step))
        return
    if step.tool == "grain":
        yield from _try(desk, step, Opacities(photo, step.layer), {})
        return
    if scope is not Scope.LAYER and not ladders.has(photo, step.tool, scope):
        one = OneValue(photo, step.call, scope)
        try:
            yield from _try(desk, step, one, (yield from read_masks(photo, [step.layer])))
        finally:
            one.close()
        return
    ladder = yield from ladders.take(photo, step.tool, scope)
    try:
        masks = yield from read_masks(photo, [step.layer])
        if scope is Scope.LAYER:
            swap_mask(desk, step, ladder.source(step.value), masks)
            yield Until(photo.is_idle, _DRAWING_SECONDS)
        else:
            yield from _try(desk, step, ladder, masks)
    finally:
        ladders.give(ladder)


def _try(desk: Desk, step: Step, values: Values, masks: Masks) -> Steps:
    trial = Trial(desk.photo, desk.session, step, values, masks)
    try:
        desk.changed(*(yield from trial.finish(step)))
    except Exception:
        if desk.photo.is_open:
            trial.give_up()
        raise


def swap_mask(desk: Desk, step: Step, source: Any, masks: Masks) -> None:
    """Put a clone of `source` in the place of the step's filter mask."""
    before = desk.history.current
    placed = layers.swap_mask(desk.photo, desk.session.holder, step, source, masks)
    desk.changed(desk.session.with_step(placed), [inserted(before, step.layer, placed.layer)])


def inserted(signature: Signature, above: str, new: str) -> Signature:
    """The signature once `new` has been put above a layer of it."""
    at = signature.index(above) + 1 if above in signature else len(signature)
    return (*signature[:at], new, *signature[at:])


def remove(desk: Desk, tool: str) -> Steps:
    """Take a step out; with the last one goes the group."""
    session = desk.session
    step, rest = session.step(tool), session.without(tool)
    if step is None:
        return
    if session.group:
        yield from (_put_in(desk, rest) if rest.steps else clear(desk))
        return
    with layers.Still(desk.photo, session.holder):
        layers.remove_layers(desk.photo, [step.layer])
    desk.changed(rest)
    yield Until(desk.photo.is_idle, _DRAWING_SECONDS)


def clear(desk: Desk) -> Steps:
    """Take all steps out, and our group unless somebody else has put something into it."""
    session = desk.session
    if not (session.steps or merged_layers(desk)) or not any(group.group == session.holder for group in desk.observe()[1]):
        return
    yield from _put_in(desk, replace(session, steps=()))


def move(desk: Desk, tool: str, place: int) -> Steps:
    """Put a step at index `place` of the order, 0 is the lowest."""
    session = desk.session
    at = next((i for i, step in enumerate(session.steps) if step.tool == tool), -1)
    to = max(0, min(place, len(session.steps) - 1))
    if at < 0 or at == to:
        return
    if session.group:
        yield from _put_in(desk, session.moved(tool, to))
    else:
        _move_mask(desk, at, to)
        yield Until(desk.photo.is_idle, _DRAWING_SECONDS)


def _put_in(desk: Desk, session: Session) -> Steps:
    """Make the layers what this session of the same edit says."""
    prepared = yield from prepare(desk.photo, desk.session, session.steps, name="IEA")
    desk.changed(*(yield from layers.put_in(desk.photo, desk.session, session.steps, name="IEA", prepared=prepared)))


def _move_mask(desk: Desk, at: int, to: int) -> None:
    # Krita puts a mask above another, never below the lowest: that one then goes above the moved one instead.
    steps = desk.session.steps
    tool, lowest = steps[at].tool, steps[0].tool
    if to > at:
        moves = [(tool, steps[to].tool)]
    elif to > 0:
        moves = [(tool, steps[to - 1].tool)]
    else:
        moves = [(tool, lowest)] if at > 1 else []
        moves.append((lowest, tool))
    session, signature, between = desk.session.moved(tool, to), desk.history.current, []
    for moving, above in moves:
        step, under = session.step(moving), session.step(above)
        assert step is not None
        assert under is not None
        moved = layers.move_mask(desk.photo, session.holder, step, above=under.layer)
        session = session.with_step(moved)
        half = inserted(signature, under.layer, moved.layer)
        signature = tuple(layer for layer in half if layer != step.layer)
        between += [half, signature]
    desk.changed(session, between[:-1])
