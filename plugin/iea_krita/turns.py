"""One turn from request to layers, in moments of Krita's event loop: look, ask in a thread, put the layers in."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tool_mapping.krita import Unsupported
from tool_mapping.krita import layer_for as make_layer
from tool_mapping.spec import BY_NAME, ToolCall

from . import layers, wire
from .backend_process import BackendProcess, State
from .client import BackendError
from .desk import Desk, Entry
from .document import DocumentGone, Facts
from .qt import QtCore, Signal
from .session import Session, Step, Turn, group_name, refined
from .tasks import Steps, Task, Until
from .texts import tr
from .worker import Call, as_jpeg, from_jpeg, shrink

THUMBNAIL_SIDE = 320
_ANSWER_SECONDS = 180.0
_NEXT_MOMENT = Until(lambda: True)


class TurnFailed(Exception):
    """A turn that ends without layers: `kind` for programs, the message for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class TurnRun(QtCore.QObject):
    """A turn that runs. Emits `finished` or `failed` once; `piece` carries the reason as it is written."""

    piece = Signal(str)
    finished = Signal(object)  # Entry
    failed = Signal(str, str)
    pictured = Signal()  # the answer's thumbnails are there

    def __init__(self, desk: Desk, backend: BackendProcess, request: str, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        self.request = request
        self.text = ""
        self._backend = backend
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._call: Call | None = None
        self._task = Task(self._steps(), self._broke, self)

    @property
    def is_over(self) -> bool:
        return self._task.is_over

    def stop(self) -> None:
        """Ask for the end; `failed` comes with kind "stopped" in a moment."""
        self._stop.set()

    def _until(self, ready: Callable[[], Any], seconds: float = 60.0) -> Until:
        """Wait, and leave when the person stops the turn or closes the document."""

        def look() -> Any:
            if self._stop.is_set():
                raise TurnFailed("stopped", tr("Stopped. Nothing was changed."))
            if not self.desk.photo.is_open:
                raise DocumentGone(tr("The document was closed, so the answer was dropped."))
            return ready()

        return Until(look, seconds)

    def _broke(self, error: BaseException) -> None:
        self._stop.set()
        if isinstance(error, TurnFailed):
            self.failed.emit(error.kind, str(error))
        elif isinstance(error, BackendError):
            stopped = error.kind == "stopped"
            self.failed.emit(error.kind, tr("Stopped. Nothing was changed.") if stopped else error.message)
        elif isinstance(error, DocumentGone):
            self.failed.emit("document_closed", str(error))
        elif isinstance(error, TimeoutError):
            self.failed.emit("timeout", tr("This took too long. Try again."))
        else:
            self.failed.emit("failed", tr("Something went wrong: {error}. Nothing was changed; try again.", error=error))

    # The turn

    def _steps(self) -> Steps:
        desk = self.desk
        yield _NEXT_MOMENT
        self._backend.start()
        yield self._until(lambda: self._backend.state is not State.STARTING, 150.0)
        client = self._backend.client
        if client is None:
            raise TurnFailed("not_running", self._backend.message)
        yield self._until(desk.photo.is_idle)
        before = yield from self._before()
        now = desk.photo.picture() if desk.session.in_force or desk.session.turns else None
        turns = [
            wire.Turn(turn.request, turn.reason, turn.steps, desk.session.in_force if last else None)
            for turn, last in _with_last(desk.session.turns)
        ]
        if not turns and desk.session.in_force:  # steps that were found without their conversation
            turns = [wire.Turn("", "", desk.session.in_force)]

        def ask() -> wire.Reply:
            present = as_jpeg(now) if now is not None else None
            return client.edit(
                self.request, before, now=present, turns=turns, on_text=self._on_text, stop=self._stop.is_set
            )

        call = self._start(ask)
        yield Until(self._while_asking(call), _ANSWER_SECONDS)
        reply: wire.Reply = call.value()
        yield self._until(desk.photo.is_idle)
        calls, notes = _possible(reply.calls, desk.photo.facts())
        reason = " ".join([reply.reason, *notes]).strip()
        desk.catch_up()
        steps = refined(desk.session.steps, calls)
        active = desk.photo.active_layer()
        yield from self._put_in(steps)
        turn = Turn(
            self.request, reason, tuple(step.call for step in desk.session.steps if step.visible),
            time.monotonic() - self._began, self._backend.model,
        )
        desk.session = replace(desk.session, turns=(*desk.session.turns, turn))
        desk.revalued(desk.session)
        entry = Entry(turn)
        desk.log.append(entry)
        self.finished.emit(entry)
        yield from self._activate(active)
        yield from self._picture(entry, before)

    def _while_asking(self, call: Call) -> Callable[[], bool]:
        def look() -> bool:
            if not self.desk.photo.is_open:
                raise DocumentGone(tr("The document was closed, so the answer was dropped."))
            return call.over

        return look

    def _on_text(self, piece: str) -> None:
        self.piece.emit(piece)  # from the worker thread: Qt queues it into the GUI's

    def _start(self, function: Callable[[], Any]) -> Call:
        call = Call(function)
        call.start()
        return call

    def _before(self) -> Any:
        """The picture without our group as JPEG: the one kept, unless something else in the document changed since."""
        desk = self.desk
        fingerprint = desk.photo.fingerprint(desk.session.group)
        if desk.before and fingerprint == desk.session.picture:
            return desk.before
        if not desk.session.steps or not desk.shown or not desk.session.in_force:
            image = desk.photo.picture()
        else:
            copy = desk.photo.copy_without(desk.session.group)
            try:
                image = copy.picture()
            finally:
                copy.close()
        call = self._start(lambda: as_jpeg(image))
        yield self._until(lambda: call.over)
        desk.before = call.value()
        desk.session = replace(desk.session, picture=fingerprint)
        return desk.before

    def _put_in(self, steps: tuple[Step, ...]) -> Steps:
        """Make the document's group hold just these steps."""
        desk = self.desk
        old = desk.session
        unchanged = [(s.tool, s.value, s.visible) for s in old.steps] == [(s.tool, s.value, s.visible) for s in steps]
        if unchanged:
            desk.session = replace(old, steps=steps if old.group else ())
            return
        if not steps:
            layers.remove_layers(desk.photo, [old.group])
            desk.changed(replace(old, steps=(), group=""))
            return
        name = group_name(self.request)
        template = layers.Template(desk.photo, [step.call for step in steps if not step.layer], name)
        try:
            yield self._until(lambda: desk.photo.is_idle())
            kept = desk.observe()[1]
            name = next((group.name for group in kept if group.group == old.group), name)
            group, placed = layers.add_group(
                desk.photo, template, steps, name=name, old=old.group, previous=old.steps
            )
        finally:
            template.close()
        before = next((g.signature for g in kept if g.group == old.group), ())
        session = replace(old, steps=placed, group=group)
        after = (group, *_layers_of(desk, group))
        desk.changed(session, [after + before] if before else [])

    def _activate(self, layer: str) -> Steps:
        """Krita makes a new layer the active one some moments after it was added; people go on painting where they were."""
        desk, end = self.desk, time.monotonic() + 1.0
        ours = {desk.session.group, *(step.layer for step in desk.session.steps)}
        with contextlib.suppress(TurnFailed, DocumentGone):
            while time.monotonic() < end:
                if layer not in ours and desk.photo.active_layer() in ours:
                    desk.photo.activate(layer)
                yield self._until(lambda: True)

    def _picture(self, entry: Entry, before: bytes) -> Steps:
        """Thumbnails for the chat, once Krita has computed the picture. Nothing depends on them."""
        try:
            yield self._until(self.desk.photo.idle_for(0.3), 120.0)
            image = self.desk.photo.picture()
            call = self._start(lambda: (shrink(from_jpeg(before), THUMBNAIL_SIDE), shrink(image, THUMBNAIL_SIDE)))
            yield self._until(lambda: call.over)
            entry.before, entry.after = call.value()
            self.pictured.emit()
        except (TurnFailed, DocumentGone, TimeoutError):
            return


def _with_last(turns: tuple[Turn, ...]) -> list[tuple[Turn, bool]]:
    return [(turn, turn is turns[-1]) for turn in turns]


def _layers_of(desk: Desk, group: str) -> tuple[str, ...]:
    return tuple(layer.layer for state in desk.photo.group_state((group,)) for layer in state.layers)


def _possible(calls: tuple[ToolCall, ...], facts: Facts) -> tuple[list[ToolCall], list[str]]:
    """The calls that this document can take, and a sentence for each that it cannot."""
    kept, notes = [], []
    for call in calls:
        try:
            make_layer(call, width=facts.width, height=facts.height, model=facts.model, depth=facts.depth)
        except Unsupported as error:
            notes.append(str(error))
        else:
            kept.append(call)
    return kept, notes


def describe(session: Session) -> str:
    """The steps in force in one line: "Exposure +20, Temperature +12"."""
    return ", ".join(f"{BY_NAME[call.name].title} {call.value:+d}" for call in session.in_force)
