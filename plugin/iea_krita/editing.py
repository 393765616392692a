"""Changes that a person makes to steps in the docker: sliders, eyes, order, strength. Newest value wins, nothing queues up."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import flatten, layers
from .desk import Desk
from .document import DocumentGone
from .layer_masks import Masks
from .preparing import prepare, read_masks
from .preview import Preview
from .qt import QtCore
from .session import Step
from .tasks import Steps, Task, Until
from .worker import Call

_STAY_SECONDS = 1.0
_SETTLE_MS = 150  # typing and wheel turns within this time count as one change


class StepEditor(QtCore.QObject):
    """Carries out what the cards ask for, on the desk that is in front when they ask."""

    def __init__(self, desk: Callable[[], Desk | None], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.told: Callable[[], None] = lambda: None  # called when the session changed
        self.failed: Callable[[str], None] = lambda message: None
        self._task: Task | None = None
        self._drag: _Drag | None = None
        self._pending: dict[str, int] = {}
        self._settle = QtCore.QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._go)
        self._strength: int | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a change is under way: undo watching waits for its end."""
        return (self._task is not None and not self._task.is_over) or self._drag is not None or bool(self._pending)

    # Values

    def set_value(self, tool: str, value: int, *, at_once: bool = False) -> None:
        """A new value from the number box, keys, the wheel or reset."""
        self._pending[tool] = value
        self._settle.start(0 if at_once else _SETTLE_MS)

    def _stay(self, desk: Desk, layer: str) -> None:
        """Krita makes a new layer the active one some moments after it was added; people go on painting where they were."""

        def ours() -> set[str]:
            groups = desk.observe()[1]
            return {layer.layer for group in groups for layer in group.layers} | desk.history.groups

        def steps() -> Steps:
            if not layer or layer in ours():
                return
            end = time.monotonic() + _STAY_SECONDS
            while time.monotonic() < end and desk.photo.is_open:
                if not desk.photo.is_idle():
                    end = time.monotonic() + _STAY_SECONDS
                elif desk.photo.active_layer() in ours():
                    desk.photo.activate(layer)
                yield Until(lambda: True)

        Task(steps(), lambda error: None, self)

    def drag(self, tool: str, value: int) -> None:
        """The slider is at `value` and still held."""
        desk = self._desk()
        step = desk.session.step(tool) if desk else None
        if desk is None or step is None:
            return
        if self._drag is None:
            self._drag = _Drag(desk, step)
            self._start(self._dragging(self._drag))
        if self._drag.step.tool == tool:
            self._drag.wanted = value

    def drop(self, tool: str, value: int) -> None:
        """The slider was let go at `value`."""
        if self._drag is not None and self._drag.step.tool == tool:
            self._drag.wanted = value
            self._drag.held = False
        else:
            self.set_value(tool, value, at_once=True)

    def _start(self, steps: Steps) -> None:
        self._task = Task(steps, self._broke, self)

    def _broke(self, error: BaseException) -> None:
        drag, self._drag = self._drag, None
        self._pending.clear()
        desk = drag.desk if drag is not None else self._desk()
        if not isinstance(error, DocumentGone):
            self.failed(str(error))
            if desk is not None and desk.photo.is_open:
                if drag is not None:
                    drag.close()
                desk.look_again()
        self.told()

    def _go(self) -> None:
        if self._task is not None and not self._task.is_over:
            self._settle.start()
            return
        self._start(self._carry_out())

    def _carry_out(self) -> Steps:
        while self._pending:
            desk = self._desk()
            if desk is None:
                self._pending.clear()
                return
            yield Until(desk.photo.is_idle, 120.0)
            if not self._pending:
                return
            desk.catch_up()
            tool = next(iter(self._pending))
            value = self._pending.pop(tool)
            step = desk.session.step(tool)
            if step is not None and (step.value != value or step.by_hand):
                active = desk.photo.active_layer()
                yield from _commit(desk, replace(step, value=value, by_hand=False))
                self._stay(desk, active)
                self.told()

    def _dragging(self, drag: _Drag) -> Steps:
        desk = drag.desk
        yield Until(desk.photo.is_idle, 120.0)
        while drag.held or (drag.preview is None and drag.shown != drag.wanted):
            yield Until(lambda: not drag.held or drag.shown != drag.wanted, 3600.0)
            yield Until(desk.photo.is_idle, 120.0)
            value = drag.wanted
            if value != drag.shown and (drag.held or drag.preview is None):
                yield from drag.show(value)
        yield from drag.finish()
        self._stay(desk, drag.active)
        self._drag = None
        desk.store()
        self.told()

    # What was done by hand in Krita

    def listen(self) -> None:
        """Read our layers' settings, and show what somebody changed in Krita's own dialogs."""

        def steps() -> Steps:
            desk = self._desk()
            if desk is not None and (yield from desk.heard()):
                self.told()

        if self._task is None or self._task.is_over:
            self._start(steps())
        else:
            QtCore.QTimer.singleShot(_SETTLE_MS, self.listen)

    # Everything else is one call

    def _do(self, action: Callable[[Desk], object]) -> None:
        def steps() -> Steps:
            desk = self._desk()
            if desk is not None:
                yield Until(desk.photo.is_idle, 120.0)
                desk.catch_up()
                action(desk)
                self.told()

        if self._task is not None and not self._task.is_over:
            QtCore.QTimer.singleShot(30, lambda: self._do(action))
        else:
            self._start(steps())

    def remove(self, tool: str) -> None:
        def action(desk: Desk) -> None:
            step = desk.session.step(tool)
            if step is None:
                return
            rest = desk.session.without(tool)
            if rest.steps or not rest.group:
                layers.remove_layers(desk.photo, [step.layer])
                desk.changed(rest)
            else:
                _clear(desk)

        self._do(action)

    def remove_all(self) -> None:
        """All steps, one Ctrl+Z for the person."""
        self._do(_clear)

    def show(self, tool: str, visible: bool) -> None:
        def action(desk: Desk) -> None:
            step = desk.session.step(tool)
            if step is not None and step.visible != visible:
                layers.show(desk.photo, step.layer, visible)
                desk.revalued(desk.session.with_step(replace(step, visible=visible)))

        self._do(action)

    def show_group(self, visible: bool) -> None:
        def action(desk: Desk) -> None:
            desk.shown = visible
            if desk.session.group:
                layers.show(desk.photo, desk.session.group, visible)
            else:
                layers.show_masks(desk.photo, desk.session.steps, visible)

        self._do(action)

    def move(self, tool: str, places: int) -> None:
        """Up (places > 0) or down the order by that many places."""
        desk = self._desk()
        at = next((i for i, step in enumerate(desk.session.steps) if step.tool == tool), -1) if desk else -1
        if at >= 0:
            self.move_to(tool, at + places)

    def move_to(self, tool: str, place: int) -> None:
        """To index `place` of the order (0 is the lowest layer): two to four undo steps, one Ctrl+Z for the person."""

        def action(desk: Desk) -> None:
            steps = desk.session.steps
            at = next((i for i, step in enumerate(steps) if step.tool == tool), -1)
            to = max(0, min(place, len(steps) - 1))
            if at < 0 or at == to:
                return
            # Krita puts a layer above another, never below the lowest: that one then goes above the moved one instead.
            lowest = steps[0].tool
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
                moved = layers.move_layer(desk.photo, session.holder, step, above=under.layer)
                session = session.with_step(moved)
                half = _inserted(signature, under.layer, moved.layer)
                signature = tuple(layer for layer in half if layer != step.layer)
                between += [half, signature]
            desk.changed(session, between[:-1])

        self._do(action)

    def flatten_to_document(self) -> None:
        """The picture as plain pixels in a new document."""
        self._do(lambda desk: flatten.to_document(desk.photo))

    def flatten_to_layer(self) -> None:
        """The picture as plain pixels in a new layer above our group."""
        self._do(lambda desk: flatten.to_layer(desk.photo, desk.session.group))

    def set_strength(self, percent: int) -> None:
        if self._strength is not None:
            self._strength = percent
            return
        self._strength = percent

        def action(desk: Desk) -> None:
            wanted, self._strength = self._strength, None
            if wanted is not None and desk.session.group:
                desk.strength = wanted
                layers.set_strength(desk.photo, desk.session.group, wanted)

        self._do(action)


def _inserted(signature: tuple[str, ...], above: str, new: str) -> tuple[str, ...]:
    at = signature.index(above) + 1 if above in signature else len(signature)
    return (*signature[:at], new, *signature[at:])


def _clear(desk: Desk) -> None:
    """Take our group out, or only our layers where a person put something of their own into the group."""
    session = desk.session
    ours = [step.layer for step in session.steps]
    group = next((g for g in desk.observe()[1] if g.group == session.holder), None)
    if group is None or not ours:
        return
    if not session.group or all(layer.layer in ours for layer in group.layers):
        desk.changed(*layers.take_out(desk.photo, session))
        return
    signature, between = desk.history.current, []
    for gone in ours:
        layers.remove_layers(desk.photo, [gone])
        signature = tuple(layer for layer in signature if layer != gone)
        between.append(signature)
    desk.changed(replace(session, steps=()), between[:-1])


def _commit(desk: Desk, step: Step) -> Steps:
    """Give a step's layer its new value for good."""
    if layers.live_change(desk.photo, step):
        desk.revalued(desk.session.with_step(step))
        return
    alone = replace(desk.session, steps=(step,))
    prepared = yield from prepare(desk.photo, alone, [replace(step, layer="")], name="IEA")
    with layers.Template(desk.photo, [step.call], "IEA", desk.session.aim.scope, written=prepared.template) as template:
        _swap(desk, step, template.group.childNodes()[0], prepared.masks)


def _swap(desk: Desk, step: Step, source: Any, masks: Masks) -> None:
    before = desk.history.current
    placed = layers.swap_layer(desk.photo, desk.session.holder, step, source, masks)
    desk.changed(desk.session.with_step(placed), [_inserted(before, step.layer, placed.layer)])


class _Drag:
    """A slider that is held."""

    def __init__(self, desk: Desk, step: Step) -> None:
        self.desk, self.step = desk, step
        self.wanted = self.shown = step.value
        self.active = desk.photo.active_layer()
        self.held = True
        self.preview: Preview | None = None
        self._live: bool | None = None

    def show(self, value: int) -> Steps:
        """Show the value that is wanted by the time that Krita is ready for it."""
        desk, step = self.desk, self.step
        if self._live is not False:
            self._live = layers.live_change(desk.photo, replace(step, value=value))
            if self._live:
                desk.session = desk.session.with_step(replace(step, value=value, by_hand=False))
                desk.history.record(desk.history.current, desk.session)
                self.shown = value
                return
        if self.preview is None:
            facts, scope = desk.photo.facts(), desk.session.aim.scope
            writing = Call(lambda: Preview.write(facts, step, scope))
            writing.start()
            yield Until(lambda: writing.over)
            yield Until(desk.photo.is_idle, 120.0)
            masks = yield from read_masks(desk.photo, [step.layer])
            self.preview = Preview(desk.photo, desk.session.holder, step, scope, writing.value(), masks)
        else:
            yield from self._take_off(self.preview)
        self.shown = self.wanted
        self.preview.put_on(self.shown)
        yield Until(desk.photo.is_idle, 120.0)
        self.preview.settle()

    def _take_off(self, preview: Preview) -> Steps:
        preview.take_off()
        with contextlib.suppress(TimeoutError):  # end() removes it then
            yield Until(preview.is_off, 3.0)
        yield Until(self.desk.photo.is_idle, 120.0)

    def finish(self) -> Steps:
        """Leave the last value for good, in as few undo steps as Krita allows."""
        desk, step, preview = self.desk, self.step, self.preview
        new = replace(step, value=self.wanted, by_hand=False)
        changed = self.wanted != step.value or step.by_hand
        if preview is None:
            current = desk.session.step(step.tool)
            if changed and current != new:
                yield from _commit(desk, new)
            return
        if changed and self.shown == self.wanted and not preview.is_off():
            before = desk.history.current
            placed = replace(new, layer=preview.keep().layer)
            desk.changed(desk.session.with_step(placed), [_inserted(before, step.layer, placed.layer)])
        else:
            desk.history.passed(desk.observe()[0])
            yield from self._take_off(preview)
            preview.end()
            if changed:
                _swap(desk, new, preview.source(self.wanted), preview.masks)
            else:
                layers.redraw(desk.photo)
        self.close()

    def close(self) -> None:
        if self.preview is not None:
            self.preview.close()
            self.preview = None
