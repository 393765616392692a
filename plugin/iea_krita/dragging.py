"""A slider that is held: shows its newest value as soon as Krita is ready for it, and leaves the last one for good."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from . import layers
from .changes import commit, inserted, swap_mask
from .desk import Desk
from .ladder import Ladder, Ladders, Opacities
from .preparing import read_masks
from .preview import MaskPreview
from .scope import Scope
from .session import Step
from .tasks import Steps, Until
from .trial import Trial

_DRAWING_SECONDS = 600.0


class Drag:
    """A slider that is held."""

    def __init__(self, desk: Desk, step: Step, ladders: Ladders) -> None:
        self.desk, self.step = desk, step
        self.wanted = self.shown = step.value
        self.active = desk.photo.active_layer()
        self.held = True
        self._ladders = ladders
        self._ladder: Ladder | None = None
        self._trial: Trial | None = None
        self._masks: MaskPreview | None = None
        self._live: bool | None = None

    @property
    def preview(self) -> Trial | MaskPreview | None:
        """What shows the values, from the first that is shown; never where Krita changes its layers in place."""
        return self._trial or self._masks

    def show(self) -> Steps:
        """Show the value that is wanted by now; over when Krita has drawn it."""
        desk, step = self.desk, self.step
        if self._live is not False:
            value = self.wanted
            self._live = layers.live_change(desk.photo, replace(step, value=value))
            if self._live:
                desk.session = desk.session.with_step(replace(step, value=value, by_hand=False))
                desk.history.record(desk.history.current, desk.session)
                self.shown = value
                return
        preview = self.preview or (yield from self._begin())
        self.shown = self.wanted
        yield from preview.show(self.shown)

    def _begin(self) -> Generator[Until, Any, Trial | MaskPreview]:
        desk, step, scope = self.desk, self.step, self.desk.session.aim.scope
        if step.tool == "grain":
            self._trial = Trial(desk.photo, desk.session, step, Opacities(desk.photo, step.layer), {})
            return self._trial
        self._ladder = yield from self._ladders.take(desk.photo, step.tool, scope)
        masks = yield from read_masks(desk.photo, [step.layer])
        if scope is Scope.LAYER:
            self._masks = MaskPreview(desk.photo, desk.session.holder, step, self._ladder, masks)
            return self._masks
        self._trial = Trial(desk.photo, desk.session, step, self._ladder, masks)
        return self._trial

    def finish(self) -> Steps:
        """Leave the last value for good, in as few undo steps as Krita allows."""
        desk, step = self.desk, self.step
        new = replace(step, value=self.wanted, by_hand=False)
        changed = self.wanted != step.value or step.by_hand
        if self._trial is not None:
            session, between = yield from self._trial.finish(new if changed else None)
            if changed:
                desk.changed(session, between)
        elif self._masks is not None:
            yield from self._finish_masks(self._masks, new, changed)
        elif changed and desk.session.step(step.tool) != new:
            yield from commit(desk, new, self._ladders)
        self.close()

    def _finish_masks(self, preview: MaskPreview, new: Step, changed: bool) -> Steps:
        desk, step = self.desk, self.step
        if changed and self.shown == self.wanted and not preview.is_off():
            before = desk.history.current
            placed = replace(new, layer=preview.keep().layer)
            desk.changed(desk.session.with_step(placed), [inserted(before, step.layer, placed.layer)])
        else:
            desk.history.passed(desk.observe()[0])
            yield from preview.take_off()
            preview.end()
            if changed:
                swap_mask(desk, new, preview.source(self.wanted), preview.masks)
            else:
                layers.redraw(desk.photo, desk.session.holder)
        yield Until(desk.photo.is_idle, _DRAWING_SECONDS)

    def give_up(self) -> None:
        """Something went wrong."""
        if self._trial is not None and self.desk.photo.is_open:
            self._trial.give_up()
        self.close()

    def close(self) -> None:
        masks, ladder = self._masks, self._ladder
        self._trial = self._masks = self._ladder = None
        if masks is not None:
            masks.close()
        if ladder is not None:
            self._ladders.give(ladder)
