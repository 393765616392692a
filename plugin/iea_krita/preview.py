"""Shows the values of a dragged slider on a layer's filter mask, in a Krita that cannot change it in place. GUI thread only."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from . import host
from .canvas import StillView
from .document import PhotoDocument, find, uid
from .ladder import Ladder
from .layer_masks import Masks, carry_mask
from .layers import activate
from .live import kept_name
from .redrawing import redraw
from .session import Step
from .tasks import Steps, Until
from .template import LayersFailed
from .texts import tr
from .undoing import undo_text


class MaskPreview:
    """Shows values of one step of an edit of one layer while its slider is dragged. (Of others: see trial.py.)

    The mask itself is switched off, and one with the value shown stands above it. To show the next value, Krita's own undo
    takes that off again, so that a drag leaves nothing in the undo history but what its end puts there. When the slider is let
    go at the value shown, that mask stays for good and the old one goes: the picture does not change any more.
    """

    def __init__(self, photo: PhotoDocument, holder: str, step: Step, ladder: Ladder, masks: Masks) -> None:
        """`masks` holds that of the step's, which nobody can paint on from the first value shown to the last, because it is
        switched off. `holder` is the layer that carries it."""
        self._photo, self._holder, self._step = photo, holder, step
        self._ladder = ladder
        self._view = StillView()
        self.masks = masks
        self._shown = ""
        self._active = ""
        self._last_undo = ""

    def source(self, value: int) -> Any:
        """The prepared mask with this value, to be cloned."""
        return self._ladder.source(value)

    def show(self, value: int) -> Steps:
        """Show this value; over when it is drawn."""
        if not self.is_off():
            yield from self.take_off()
        self._put_on(value)
        yield Until(self._photo.is_idle, 600.0)
        self._last_undo = undo_text()

    def is_off(self) -> bool:
        """Whether no value is shown. Undo may take a moment: ask again."""
        return not self._shown or find(self._photo.fetch(), self._shown) is None

    def take_off(self) -> Steps:
        """Ask Krita's undo to remove the value shown; the view keeps it until another is there. If it stays, end removes it."""
        document = self._photo.fetch()
        parent, shown = find(document, self._holder), find(document, self._shown)
        if parent is None or shown is None:
            return
        self._view.hold()
        parent.setVisible(False)  # nothing to compute in between
        if self._last_undo and undo_text() == self._last_undo:
            host.Krita.instance().action("edit_undo").trigger()
        else:  # somebody did something else meanwhile, which undo must not take back
            shown.remove()
        self._last_undo = ""
        with contextlib.suppress(TimeoutError):
            yield Until(self.is_off, 3.0)
        yield Until(self._photo.is_idle, 600.0)

    def _put_on(self, value: int) -> None:
        document = self._photo.fetch()
        parent, old = find(document, self._holder), find(document, self._step.layer)
        if parent is None or old is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        clone = self.source(value).clone()
        clone.setName(kept_name(old.name(), clone.name()))
        clone.setVisible(True)
        self._shown = uid(clone)
        carry_mask(old, clone, document.width(), document.height(), self.masks)
        active = document.activeNode()
        self._active = self._active or (uid(active) if active is not None else "")
        self._view.hold()
        parent.setVisible(False)
        old.setVisible(False)
        parent.addChildNode(clone, old)
        activate(document, self._active)
        parent.setVisible(True)
        redraw(self._photo, self._holder)
        self._view.release_when(self._photo.is_idle)

    def keep(self) -> Step:
        """Let the layer shown be the step's from now on: the old one goes. One undo step; the picture stays as it is."""
        document = self._photo.fetch()
        old, shown = find(document, self._step.layer), find(document, self._shown)
        if shown is None or old is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        shown.setVisible(self._step.visible)
        old.setVisible(self._step.visible)  # as undo shall bring it back
        was_active = self._active == self._step.layer
        old.remove()
        activate(document, self._shown if was_active else self._active)
        kept, self._shown = replace(self._step, layer=self._shown), ""
        return kept

    def end(self) -> None:
        """Put everything back as it was before the drag, without a redraw."""
        document = self._photo.fetch()
        left = find(document, self._shown)
        if left is not None:
            left.remove()
        old, parent = find(document, self._step.layer), find(document, self._holder)
        if old is not None:
            old.setVisible(self._step.visible)
        if parent is not None:
            parent.setVisible(True)

    def close(self) -> None:
        self._view.release_when(self._photo.is_idle)
