"""Shows values of a step and leaves the last one for good, in a Krita that cannot change its layers in place. GUI thread only.

Our group's layers can be changed with no undo step and no redraw (arranging.py). So the step's layer and those above it are
switched off, copies stand above them in our group, and the layer of each new value takes the place of the last:
Krita then computes no more than for its own filter dialog, and as soon. What is left for good moves, drawn as it is, into a new
group, which takes the old one's place in two undo steps; the old group keeps what it has computed, so undo shows it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from tool_mapping.krita import layer_name
from tool_mapping.krita.layers import SAID_BY_OPACITY

from .arranging import arrange, still
from .document import SESSION, PhotoDocument, children_of, find, uid
from .grouping import Added, replace_group, wake
from .layer_masks import Masks, carry_mask
from .layers import PutIn, signature
from .live import kept_name
from .redrawing import redraw
from .scope import Scope
from .session import Session, Step, to_json
from .specs import spec_for
from .tasks import Steps, Until
from .template import LayersFailed
from .texts import tr

_SECONDS = 600.0


class Values(Protocol):
    """Where the layers of a step's values come from: see ladder.py."""

    def source(self, value: int) -> Any: ...

    def holder(self) -> Any: ...


class Trial:
    """One step's values, from the first that is shown to the last."""

    def __init__(self, photo: PhotoDocument, session: Session, step: Step, values: Values, masks: Masks) -> None:
        """`masks` holds that of the step's layer, which nobody can paint on meanwhile, because it is switched off."""
        self._photo, self._session, self._step = photo, session, step
        self._values, self._masks = values, masks
        self._place = 0  # of the step's layer in our group
        self._was: dict[str, bool] = {}  # our group's layers, lowest first, and whether they were switched on
        self._stands_for: dict[str, str] = {}  # the copy of each layer above the step's
        self._holder = self._layer = self._active = ""
        self._shown: int | None = None

    def show(self, value: int, *, leaving: Step | None = None) -> Steps:
        """Show this value; over when it is drawn. `leaving` is the step where it is to stay."""
        if value != self._shown:
            yield from self._at_rest(lambda document: self._put(document, value))
            self._shown = value
            if leaving is not None:  # whoever saves meanwhile saves what goes with the picture
                self._write(self._now(leaving, self._session.group))
            redraw(self._photo, list(self._was)[-1], forget_redo=True)
            yield Until(self._photo.is_idle, _SECONDS)

    def _at_rest(self, change: Callable[[Any], None]) -> Steps:
        """Change the layers in a moment in which Krita does not compute, and cannot begin to."""
        if not self._photo.is_idle():
            yield Until(self._photo.is_idle, _SECONDS)
        document = self._photo.fetch()
        with still(document):
            change(document)
        active = find(document, self._active)
        if active is not None:
            document.setActiveNode(active)

    def _put(self, document: Any, value: int) -> None:
        group, old = find(document, self._session.group), find(document, self._step.layer)
        if group is None or old is None:
            raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
        if not self._holder:
            self._stand(document, group)
        holder = find(document, self._holder)
        if holder is None:
            raise LayersFailed(tr("The change was undone while Krita was still drawing it."))
        source, call = self._values.source(value), replace(self._step, value=value).call
        layer = source.clone()
        layer.setName(kept_name(old.name(), layer_name(call)))
        layer.setVisible(self._step.visible)
        arrange(holder, [layer])
        said = call.name in SAID_BY_OPACITY
        layer.setOpacity(spec_for(call, self._photo.facts(), Scope.PICTURE).opacity if said else old.opacity())
        if uid(source) != self._step.layer:
            carry_mask(old, layer, document.width(), document.height(), self._masks)
        self._layer = uid(layer)

    def _stand(self, document: Any, group: Any) -> None:
        active = document.activeNode()
        self._active = uid(active) if active is not None else ""
        layers = children_of(group)
        self._was = {uid(layer): layer.visible() for layer in layers}
        self._place = list(self._was).index(self._step.layer)
        holder = self._values.holder()
        holder.setCollapsed(True)
        above = [_copy(layer) for layer in layers[self._place + 1:]]
        self._stands_for = {
            uid(layer): uid(copy) for layer, copy in zip(layers[self._place + 1:], above, strict=True)
        }
        for layer in layers[self._place:]:
            layer.setVisible(False)
        self._holder = uid(holder)
        arrange(group, [*layers, holder, *above])
        for layer in above:
            wake(layer)

    def finish(self, step: Step | None) -> PutIn:
        """Leave this step for good, or all as it was. For a Task; see layers.put_in for what it gives and raises."""
        if step is None:
            if self._holder:
                yield from self._at_rest(self._unstand)
                redraw(self._photo, self._step.layer, forget_redo=True)
                yield Until(self._photo.is_idle, _SECONDS)
            return self._session, []
        yield from self.show(step.value, leaving=step)
        added = self._add(step)
        yield Until(self._photo.is_idle, _SECONDS)
        yield from self._at_rest(lambda document: self._move_over(document, added.group))
        placed = replace(self._session, group=added.group, steps=added.steps)
        half = signature(self._photo, self._session, also=added.group)
        self._write(placed)
        yield Until(self._photo.is_idle, _SECONDS)
        replace_group(self._photo, added)
        return placed, [half]

    def _add(self, step: Step) -> Added:
        """Put a switched-off copy of our group above it, which is an undo step; it has copies of what stands below the step."""
        document = self._photo.fetch()
        old = find(document, self._session.group)
        if old is None:
            raise LayersFailed(tr("The change was undone while Krita was still drawing it."))
        copy = old.clone()
        copy.setName(old.name())
        copy.setVisible(False)
        copy.setCollapsed(old.collapsed())
        name = uid(copy)
        old.parentNode().addChildNode(copy, old)
        group = find(document, name)
        if group is None:
            raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
        below = [uid(layer) for layer in children_of(group)[:self._place]]
        self._stands_for |= dict(zip(self._was, below, strict=False))
        now = self._now(step, name)
        active = {**self._stands_for, self._step.layer: self._layer, self._session.group: name}.get(self._active, "")
        return Added(name, now.steps, self._session.group, old.visible(), active)

    def _move_over(self, document: Any, new: str) -> None:
        """Give the copy what is drawn, and the old group what it had; nothing of the picture changes."""
        group, old, holder = find(document, new), find(document, self._session.group), find(document, self._holder)
        if group is None or old is None or holder is None:
            raise LayersFailed(tr("The change was undone while Krita was still drawing it."))
        below = children_of(group)[:self._place]
        drawn = children_of(holder)
        above = [layer for layer in children_of(old) if uid(layer) in self._stands_for.values()]
        arrange(holder, [])
        shown = old.visible()
        self._unstand(document)
        arrange(group, [*below, *drawn, *above])
        for layer in below:
            wake(layer)
        group.setVisible(shown)
        old.setVisible(False)

    def _unstand(self, document: Any) -> None:
        group = find(document, self._session.group)
        if group is None:
            return
        arrange(group, [layer for layer in children_of(group) if uid(layer) in self._was])
        for layer in children_of(group):
            layer.setVisible(self._was[uid(layer)])

    def _now(self, step: Step, group: str) -> Session:
        """The session with the layers that stand for the old ones in this group."""
        names = {**self._stands_for, step.layer: self._layer}
        steps = self._session.with_step(step).steps
        return replace(
            self._session, group=group, steps=tuple(replace(s, layer=names.get(s.layer, s.layer)) for s in steps)
        )

    def _write(self, session: Session) -> None:
        self._photo.write(SESSION, to_json(session).encode("utf-8"))

    def give_up(self) -> None:
        """Something went wrong: what can be put back is put back."""
        if self._holder and not self.put_back():
            _left_behind.append(self)

    def put_back(self) -> bool:
        """Let our group hold what it did; whether it is there, and undo has not taken it away."""
        document = self._photo.fetch()
        if find(document, self._session.group) is None:
            return False
        with still(document):
            self._unstand(document)
        redraw(self._photo, self._session.group, forget_redo=True)
        return True


# Trials whose group was undone while they were in it: redo may bring it back as they left it.
_left_behind: list[Trial] = []


def tidy(photo: PhotoDocument) -> None:
    """Take out of this document what trials had to leave behind. Costs nothing where there is none."""
    _left_behind[:] = [trial for trial in _left_behind if trial._photo.is_open]
    for trial in [trial for trial in _left_behind if trial._photo.key == photo.key]:
        if trial.put_back():
            _left_behind.remove(trial)


def _copy(layer: Any) -> Any:
    copy = layer.clone()
    copy.setName(layer.name())
    copy.setVisible(layer.visible())
    return copy
