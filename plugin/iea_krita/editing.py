"""Changes that a person makes to steps in the docker: sliders, eyes, order, strength. Newest value wins, nothing queues up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from . import changes, flatten, layers, merging
from .desk import Desk
from .document import DocumentGone
from .dragging import Drag
from .ladder import Ladders
from .qt import QtCore
from .renewing import renew
from .tasks import Steps, Task, Until, pause

_STAY_SECONDS = 1.0
_STAY_LOOK_SECONDS = 0.015
_EXPECT_MS = 80  # a pointer that only passes over a card does not stay longer
_SETTLE_MS = 150  # typing and wheel turns within this time count as one change


class StepEditor(QtCore.QObject):
    """Carries out what the cards ask for, on the desk that is in front when they ask."""

    def __init__(self, desk: Callable[[], Desk | None], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.told: Callable[[], None] = lambda: None  # called when the session changed
        self.failed: Callable[[str], None] = lambda message: None
        self._task: Task | None = None
        self._drag: Drag | None = None
        self._pending: dict[str, int] = {}
        self._settling = ""  # the tool whose step is dragged by keys or the wheel
        self._settle = QtCore.QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._go)
        self._strength: int | None = None
        self._ladders = Ladders(self)
        self._expected = ""
        self._expecting = QtCore.QTimer(self)
        self._expecting.setSingleShot(True)
        self._expecting.setInterval(_EXPECT_MS)
        self._expecting.timeout.connect(self._prepare)

    @property
    def is_busy(self) -> bool:
        """Whether a change is under way: undo watching waits for its end."""
        return (self._task is not None and not self._task.is_over) or self._drag is not None or bool(self._pending)

    # Values

    def set_value(self, tool: str, value: int, *, at_once: bool = False) -> None:
        """A new value from the number box, keys, the wheel or reset.

        Shown at once where its layer is prepared. Unless it came `at_once`, it is left for good when nothing follows it, as the
        last value of a slider that is held.
        """
        desk, rests = self._desk(), self._task is None or self._task.is_over
        if self._drag is not None and self._drag.step.tool == tool and self._settling == tool:
            self._drag.wanted = value
        elif not at_once and rests and not self._pending and desk and desk.session.has_strength and self.is_ready(tool):
            self.drag(tool, value)
            self._settling = tool
        else:
            self._pending[tool] = value
        self._settle.start(0 if at_once else _SETTLE_MS)

    def expect(self, tool: str) -> None:
        """The pointer or the focus is on this step's slider: prepare its values, where this Krita can only swap layers."""
        if not self.is_ready(tool):
            self._expected = tool
            self._expecting.start()

    def is_ready(self, tool: str) -> bool:
        """Whether a change of this step's value can begin at once."""
        desk = self._desk()
        step = desk.session.step(tool) if desk else None
        if desk is None or step is None:
            return False
        return (
            tool == "grain" or self._ladders.has(desk.photo, tool, desk.session.aim.scope)
            or layers.changes_live(desk.photo, step)
        )

    def _prepare(self) -> None:
        tool = self._expected

        def steps() -> Steps:
            desk = self._desk()
            if desk is not None and desk.session.step(tool) is not None and not self.is_ready(tool):
                yield Until(desk.photo.is_idle, 120.0)
                self._ladders.give((yield from self._ladders.take(desk.photo, tool, desk.session.aim.scope)))

        if not self.is_busy:
            Task(steps(), lambda error: None, self)  # it comes without the step being asked for: nothing is lost without it

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
                yield pause(_STAY_LOOK_SECONDS)

        Task(steps(), lambda error: None, self)

    def drag(self, tool: str, value: int) -> None:
        """The slider is at `value` and still held."""
        desk = self._desk()
        step = desk.session.step(tool) if desk else None
        if desk is None or step is None:
            return
        self._settling = ""
        if self._drag is None:
            self._drag = Drag(desk, step, self._ladders)
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
                    drag.give_up()
                desk.look_again()
        self.told()

    def _go(self) -> None:
        settled, self._settling = self._settling, ""
        if settled and self._drag is not None:
            self._drag.held = False
        if not self._pending:
            return
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
                new = replace(step, value=value, by_hand=False)
                yield from changes.commit(desk, new, self._ladders)
                self._stay(desk, active)
                self.told()

    def _dragging(self, drag: Drag) -> Steps:
        desk = drag.desk
        yield Until(desk.photo.is_idle, 120.0)
        desk.catch_up()
        drag.step = desk.session.step(drag.step.tool) or drag.step
        while drag.held:
            yield Until(lambda: not drag.held or drag.shown != drag.wanted, 3600.0)
            yield Until(desk.photo.is_idle, 120.0)
            if drag.held and drag.wanted != drag.shown:
                yield from drag.show()
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

    def _do(self, action: Callable[[Desk], Steps | None]) -> None:
        def steps() -> Steps:
            desk = self._desk()
            if desk is not None:
                yield Until(desk.photo.is_idle, 120.0)
                desk.catch_up()
                active = desk.photo.active_layer()
                changing = action(desk)
                if changing is not None:
                    yield from changing
                    self._stay(desk, active)
                self.told()

        if self._task is not None and not self._task.is_over:
            QtCore.QTimer.singleShot(30, lambda: self._do(action))
        else:
            self._start(steps())

    def remove(self, tool: str) -> None:
        self._do(lambda desk: changes.remove(desk, tool))

    def renew(self, tool: str) -> None:
        """Fit a vignette or grain to the picture's size, after a crop or a larger canvas."""
        self._do(lambda desk: renew(desk, tool))

    def merge(self) -> None:
        """Neighbouring curves as one layer."""
        self._do(merging.merge)

    def split(self) -> None:
        """Merged layers as a step each again."""
        self._do(merging.split)

    def show_layer(self, layer: str, visible: bool) -> None:
        """Switch a layer on or off that is no step, a merged one."""
        self._do(lambda desk: layers.show(desk.photo, layer, visible))

    def remove_merged(self, layer: str) -> None:
        self._do(lambda desk: merging.remove(desk, layer))

    def remove_all(self) -> None:
        """All steps, one Ctrl+Z for the person."""
        self._do(changes.clear)

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
                layers.show_masks(desk.photo, desk.session.holder, desk.session.steps, visible)

        self._do(action)

    def move(self, tool: str, places: int) -> None:
        """Up (places > 0) or down the order by that many places."""
        desk = self._desk()
        at = next((i for i, step in enumerate(desk.session.steps) if step.tool == tool), -1) if desk else -1
        if at >= 0:
            self.move_to(tool, at + places)

    def move_to(self, tool: str, place: int) -> None:
        """To index `place` of the order (0 is the lowest layer), one Ctrl+Z for the person."""
        self._do(lambda desk: changes.move(desk, tool, place))

    def flatten_to_document(self) -> None:
        """The picture as plain pixels in a new document."""
        self._do(lambda desk: _done(flatten.to_document(desk.photo)))

    def flatten_to_layer(self) -> None:
        """The picture as plain pixels in a new layer above our group."""
        self._do(lambda desk: _done(flatten.to_layer(desk.photo, desk.session.group)))

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


def _done(_: object) -> None:
    """What an action gives that has nothing more to wait for."""
