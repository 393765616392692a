"""Shows the values of a dragged slider in a Krita that cannot change its layers in place. GUI thread only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tool_mapping.spec import BY_NAME, ToolCall

from . import host
from .canvas import StillView
from .document import Facts, PhotoDocument, find, uid
from .layer_masks import Masks, carry_mask
from .layers import LayersFailed, Template, activate, wake
from .live import kept_name
from .scope import Scope
from .session import Step
from .template import write_template
from .texts import tr
from .undoing import undo_text


class Preview:
    """Shows values of one step while a slider is dragged in a Krita that can only swap layers.

    The layer itself is switched off, and a layer with the value shown stands above it. To show the next value, Krita's own
    undo takes the layer off again, so that a drag leaves nothing in the undo history but what its end puts there. When the
    slider is let go at the value shown, that layer stays for good and the old one goes: the picture does not change any more.
    """

    def __init__(
        self, photo: PhotoDocument, holder: str, step: Step, scope: Scope, written: Path, masks: Masks
    ) -> None:
        """`written` is what `write` gave for the step. `masks` holds that of its layer, which nobody can paint on
        from the first value shown to the last, because it is switched off."""
        self._photo, self._holder, self._step = photo, holder, step
        self._first = BY_NAME[step.tool].minimum
        self._ladder = Template(photo, [], "IEA", scope, written=written)
        self._view = StillView()
        self.masks = masks
        self._shown = ""
        self._active = ""
        self._last_undo = ""

    @staticmethod
    def write(facts: Facts, step: Step, scope: Scope) -> Path:
        """The file with a layer for each value of the step's tool. For a worker thread: it takes some 30 ms."""
        spec = BY_NAME[step.tool]
        calls = [ToolCall(step.tool, value) for value in range(spec.minimum, spec.maximum + 1)]
        return write_template(facts, calls, "IEA", scope, bare=True)

    def source(self, value: int) -> Any:
        """The prepared layer with this value, to be cloned."""
        return self._ladder.group.childNodes()[value - self._first]

    def is_off(self) -> bool:
        """Whether no value is shown. Undo may take a moment: ask again."""
        return not self._shown or find(self._photo.fetch(), self._shown) is None

    def settle(self) -> None:
        """Note which undo step is ours. Ask when Krita is idle again after put_on."""
        if self._shown and not self._last_undo:
            self._last_undo = undo_text()

    def take_off(self) -> None:
        """Ask Krita's undo to remove the value shown; the view keeps it until another is there."""
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

    def put_on(self, value: int) -> None:
        """Show this value. Only when is_off."""
        document = self._photo.fetch()
        parent, old = find(document, self._holder), find(document, self._step.layer)
        if parent is None or old is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        clone = self.source(value).clone()
        clone.setName(kept_name(old.name(), clone.name()))
        if self._step.tool != "vignette":  # a darker vignette says its value by the opacity
            clone.setOpacity(old.opacity())
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
        document.refreshProjection()
        shown = find(document, self._shown)
        if shown is not None:
            wake(shown)
        self._view.release()

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

    def close(self) -> None:
        self._view.release()
        self._ladder.close()
