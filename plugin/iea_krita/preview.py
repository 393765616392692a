"""Shows the values of a dragged slider in a Krita that cannot change its layers in place. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence

from . import host
from .document import PhotoDocument, find, uid
from .layer_masks import carry_mask
from .layers import LayersFailed, Template, activate, wake
from .session import Step
from .texts import tr


class Preview:
    """Shows values of one step while a slider is dragged in a Krita that can only swap layers.

    The layer itself is switched off, and a layer with the value shown stands above it. To show the next value, Krita's own
    undo takes the layer off again, so that a drag leaves nothing in the undo history but what its end puts there.
    """

    def __init__(self, photo: PhotoDocument, holder: str, step: Step, ladder: Template, values: Sequence[int]) -> None:
        self._photo, self._holder, self._step = photo, holder, step
        self._ladder, self._values = ladder, list(values)
        self._shown = ""
        self._active = ""

    def is_off(self) -> bool:
        """Whether no value is shown. Undo may take a moment: ask again."""
        return not self._shown or find(self._photo.fetch(), self._shown) is None

    def take_off(self) -> None:
        """Ask Krita's undo to remove the value shown."""
        document = self._photo.fetch()
        parent = find(document, self._holder)
        if parent is not None and not self.is_off():
            parent.setVisible(False)  # no picture without the step in between
            host.Krita.instance().action("edit_undo").trigger()

    def put_on(self, value: int) -> None:
        """Show the ladder's value nearest to `value`. Only when is_off."""
        document = self._photo.fetch()
        parent, old = find(document, self._holder), find(document, self._step.layer)
        if parent is None or old is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        place = min(range(len(self._values)), key=lambda i: abs(self._values[i] - value))
        clone = self._ladder.group.childNodes()[place].clone()
        self._shown = uid(clone)
        carry_mask(old, clone, document.width(), document.height())
        active = document.activeNode()
        self._active = self._active or (uid(active) if active is not None else "")
        parent.setVisible(False)
        old.setVisible(False)
        parent.addChildNode(clone, old)
        activate(document, self._active)
        parent.setVisible(True)
        document.refreshProjection()
        shown = find(document, self._shown)
        if shown is not None:
            wake(shown)

    def end(self) -> None:
        """Put everything back as it was before the drag, without a redraw. Only when is_off, or to give up."""
        document = self._photo.fetch()
        left = find(document, self._shown)
        if left is not None:
            left.remove()
        old, parent = find(document, self._step.layer), find(document, self._holder)
        if old is not None:
            old.setVisible(self._step.visible)
        if parent is not None:
            parent.setVisible(True)
