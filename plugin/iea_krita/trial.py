"""Shows the values of a slider that is held, in a Krita that cannot change its layers in place. GUI thread only.

A trial group stands above ours, which is switched off: copies of our layers and, in the place of the step, a layer for each
value, of which one is switched on. So the next value is another eye: Krita redraws as it does for its own filter dialog. When
the slider is let go, Krita's own undo takes the trial away again, and the drag leaves in the undo history what its end puts
there.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from . import host
from .canvas import StillView
from .document import PhotoDocument, find, uid
from .ladder import Ladder
from .layer_masks import Masks, carry_mask
from .layers import PutIn, put_in
from .preparing import Prepared
from .redrawing import redraw
from .session import Session, Step
from .tasks import Steps, Until
from .template import LayersFailed
from .texts import tr
from .undoing import undo_text

_SECONDS = 600.0


class Trial:
    """One slider's values, from the first that is shown to the last."""

    def __init__(self, photo: PhotoDocument, session: Session, step: Step, ladder: Ladder, masks: Masks) -> None:
        """`masks` holds that of the step's layer, which nobody can paint on meanwhile, because it is switched off."""
        self._photo, self._session, self._step = photo, session, step
        self._ladder, self._masks = ladder, masks
        self._view = StillView()
        self._group = self._active = self._last_undo = ""
        self._was_shown = True
        self._shown: int | None = None
        self._masked: set[int] = set()

    def show(self, value: int) -> Steps:
        """Show this value; over when it is drawn."""
        if not self._group:
            self._stand()
        candidates = self._candidates()
        if candidates is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        if self._shown is not None:
            candidates[self._ladder.place(self._shown)].setVisible(False)
        chosen = candidates[self._ladder.place(value)]
        self._fit(chosen, value)
        chosen.setVisible(self._step.visible)
        self._shown = value
        redraw(self._photo, uid(chosen) if self._last_undo else self._group)
        yield Until(self._photo.is_idle, _SECONDS)
        self._last_undo = self._last_undo or undo_text()

    def _stand(self) -> None:
        document = self._photo.fetch()
        old = find(document, self._session.group)
        if old is None or find(document, self._step.layer) is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        trial = self._ladder.template.new_group(old.name())
        for node in old.childNodes():
            ours = uid(node) == self._step.layer
            copy = (self._ladder.template.group if ours else node).clone()
            copy.setName(node.name())
            trial.addChildNode(copy, None)
        ready = next(n for n in self._ladder.template.group.parentNode().childNodes() if uid(n) == uid(trial))
        clone = ready.clone()
        clone.setVisible(False)
        clone.setCollapsed(True)
        self._group, active = uid(clone), document.activeNode()
        self._active = uid(active) if active is not None else ""
        old.parentNode().addChildNode(clone, old)
        ready.remove()
        shown = find(document, self._group)
        if shown is None:
            raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
        shown.setOpacity(old.opacity())
        if self._step.tool != "vignette":  # a darker vignette says its value by the opacity
            place = [uid(node) for node in old.childNodes()].index(self._step.layer)
            shown.childNodes()[place].setOpacity(old.childNodes()[place].opacity())
        self._was_shown = old.visible()
        old.setVisible(False)
        shown.setVisible(True)
        self._activate()

    def _candidates(self) -> list[Any] | None:
        document = self._photo.fetch()
        trial, old = find(document, self._group), find(document, self._session.group)
        if trial is None or old is None:
            return None
        place = [uid(node) for node in old.childNodes()].index(self._step.layer)
        return trial.childNodes()[place].childNodes()

    def _fit(self, chosen: Any, value: int) -> None:
        """Let it act where the step's layer does."""
        if value not in self._masked:
            document = self._photo.fetch()
            old = find(document, self._step.layer)
            carry_mask(old, chosen, document.width(), document.height(), self._masks)
            self._masked.add(value)

    def _activate(self) -> None:
        document = self._photo.fetch()
        node = find(document, self._active)
        if node is not None:
            document.setActiveNode(node)

    def finish(self, step: Step | None) -> PutIn:
        """Leave this step for good, or all as it was; the view keeps what it shows until that is drawn. See layers.put_in."""
        self._view.hold()
        yield from self._take_off()
        if step is None:
            redraw(self._photo, self._session.group, forget_redo=True)
            yield Until(self._photo.is_idle, _SECONDS)
            return self._session, []
        steps = self._session.with_step(replace(step, layer="")).steps
        source = self._ladder.source(step.value)
        return (yield from put_in(
            self._photo, self._session, steps, name="", prepared=Prepared(masks=self._masks),
            ladder=(self._ladder.template, [source]),
        ))

    def _take_off(self) -> Steps:
        """Ask Krita's undo to take the trial away."""
        document = self._photo.fetch()
        old, trial = find(document, self._session.group), find(document, self._group)
        if old is not None:
            old.setVisible(self._was_shown)
        if trial is None:
            return
        trial.setVisible(False)
        if self._last_undo and undo_text() == self._last_undo:
            host.Krita.instance().action("edit_undo").trigger()
            with contextlib.suppress(TimeoutError):
                yield Until(lambda: find(self._photo.fetch(), self._group) is None, 3.0)
            yield Until(self._photo.is_idle, _SECONDS)
        left = find(self._photo.fetch(), self._group)
        if left is not None:  # somebody did something else meanwhile, which undo must not take back
            left.remove()

    def give_up(self) -> None:
        """Something went wrong: what can be put back is put back."""
        document = self._photo.fetch()
        old, trial = find(document, self._session.group), find(document, self._group)
        if trial is not None:
            trial.remove()
        if old is not None:
            old.setVisible(self._was_shown)
            redraw(self._photo, self._session.group, forget_redo=True)

    def close(self) -> None:
        self._view.release()
