"""One turn from request to layers, in moments of Krita's event loop: look, ask in a thread, put the layers in."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from tool_mapping.krita import Unsupported
from tool_mapping.spec import BY_NAME, ToolCall

from . import layers, preparing, targets, views, wire
from .backend_process import BackendProcess, State
from .client import BackendError
from .desk import Desk, Entry
from .document import DocumentGone, Facts
from .foreign import told
from .pictures import MOST_BYTES
from .qt import QtCore, QtGui, Signal
from .scope import Scope
from .session import Edit, Session, Step, Turn, group_name, refined
from .settings import settings
from .tasks import Steps, Task, Until
from .template import spec_for
from .texts import tr
from .worker import Call, as_jpeg, as_small_jpeg, from_jpeg, shrink

THUMBNAIL_SIDE = 320
PREVIEW_SIDE = 320  # px, of pictures to pick from
_ANSWER_SECONDS = 180.0
_CHOICE_SECONDS = 24 * 3600.0
_NEXT_MOMENT = Until(lambda: True)


class TurnFailed(Exception):
    """A turn that ends without layers: `kind` for programs, the message for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Ask:
    """What a turn is asked to do.

    style: a remembered preference in words. count: with more than one, pictures are offered to pick from. replaces: answer as
    if the last turn had not been, and put the answer in its place. feather: of a new selection edit, see targets.aim.
    """

    request: str
    scope: Scope = Scope.PICTURE
    style: str = ""
    count: int = 1
    replaces: bool = False
    feather: float = 0.0


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer to pick: its steps, its reason, and a JPEG of what comes of it (b"" where the server sends none)."""

    calls: tuple[ToolCall, ...]
    reason: str
    picture: bytes


class TurnRun(QtCore.QObject):
    """A turn that runs. Emits `finished` or `failed` once; `piece` carries the reason as it is written."""

    piece = Signal(str)
    offered = Signal(object)  # list[Offer]: the turn waits for `choose`, or for `stop`
    finished = Signal(object)  # Entry
    failed = Signal(str, str)
    pictured = Signal()  # the answer's thumbnails are there

    def __init__(self, desk: Desk, backend: BackendProcess, ask: Ask) -> None:
        super().__init__()  # without a parent: it outlives the window that it was asked in
        self.desk = desk
        self.ask = ask
        self.said = ""  # what has been written of the reason
        self.offers: list[Offer] = []  # while is_offering
        self.is_offering = False
        self._backend = backend
        self._chosen: int | None = None
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._task = Task(self._steps(), self._broke)

    @property
    def request(self) -> str:
        return self.ask.request

    @property
    def is_over(self) -> bool:
        return self._task.is_over

    def stop(self) -> None:
        """Ask for the end; `failed` comes with kind "stopped" in a moment."""
        self._stop.set()

    def choose(self, number: int) -> None:
        """Take this one of the answers offered."""
        self._chosen = number

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
        elif isinstance(error, targets.CannotAim):
            self.failed.emit("scope", str(error))
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
        desk.catch_up()
        desk.session, mask = targets.aim(desk.photo, desk.session, self.ask.scope, feather=self.ask.feather)
        before = yield from self._before()
        base = self._base()
        whole = desk.session.aim.scope is Scope.PICTURE and not self.ask.replaces
        # Otherwise the server renders the steps in force onto the picture before.
        refines = whole and (base.in_force or base.edit_turns)
        now = (yield from views.now(desk.photo, desk.session.edit)) if refines else None
        turns, side = _told(base), settings().sent_side

        def ask() -> list[wire.Reply]:
            present = as_jpeg(now, side) if now is not None else None
            if self.ask.count == 1:
                return [client.edit(
                    self.request, before, now=present, turns=turns, style=self.ask.style, on_text=self._on_text,
                    stop=self._stop.is_set,
                )]
            return client.variations(
                self.request, before, count=self.ask.count, now=present, turns=turns, style=self.ask.style,
                preview=PREVIEW_SIDE, stop=self._stop.is_set,
            )

        call = self._start(ask)
        yield Until(self._while_asking(call), _ANSWER_SECONDS)
        replies: list[wire.Reply] = call.value()
        took = time.monotonic() - self._began
        reply = (yield from self._choice(replies, base)) if len(replies) > 1 else replies[0]
        yield self._until(desk.photo.is_idle)
        calls, notes = _possible(reply.calls, desk.photo.facts(), desk.session.aim.scope)
        reason = " ".join([reply.reason, *notes]).strip()
        active = desk.photo.active_layer()
        base = yield from self._put_in(calls, mask)
        turn = Turn(
            self.request, reason, desk.session.in_force, took, self._backend.model, desk.session.number,
        )
        desk.session = replace(desk.session, turns=(*base.turns, turn))
        desk.revalued(desk.session)
        entry = Entry(turn)
        desk.log.append(entry)
        self.finished.emit(entry)
        yield from self._activate(active)
        yield from self._picture(entry, before)

    def _put_in(self, calls: list[ToolCall], mask: targets.Mask | None) -> Generator[Until, Any, Session]:
        """Make the layers what the answer says; the session that this went on from."""
        desk, name = self.desk, group_name(self.request)
        while True:
            desk.catch_up()
            base, session = self._base(), desk.session
            steps = refined(base.steps, calls)
            kept = [(s.tool, s.value, s.visible, s.layer) for s in session.steps]
            if kept == [(s.tool, s.value, s.visible, s.layer) for s in steps] or not (steps or session.steps):
                desk.session = replace(session, steps=steps)
                return base
            prepared = yield from preparing.prepare(desk.photo, session, steps, name=name, mask=mask)
            if desk.observe()[0] == desk.history.current:
                desk.changed(*(yield from layers.put_in(
                    desk.photo, session, steps, name=name, mask=mask, prepared=prepared,
                )))
                return base
            prepared.forget()  # somebody used undo, or changed our layers, while this was prepared

    def _choice(self, replies: list[wire.Reply], base: Session) -> Any:
        """Offer the answers and wait for the person's choice. An agent that has nothing to change says so instead."""
        if self.request and replies[0].calls == base.in_force:
            return replies[0]
        self.is_offering = True
        self.offers = [Offer(reply.calls, reply.reason, reply.preview) for reply in replies]
        self.offered.emit(self.offers)
        try:
            yield self._until(lambda: self._chosen is not None, _CHOICE_SECONDS)
        finally:
            self.is_offering = False
        return replies[min(self._chosen or 0, len(replies) - 1)]

    def _base(self) -> Session:
        """The session that the answer goes on from: as it is, or as it was before the turn that is replaced."""
        session = self.desk.session
        if not self.ask.replaces or not session.turns or session.turns[-1].edit != session.number:
            return session
        earlier = session.turns[:-1]
        known = next((s for s in reversed(self.desk.history.states.values()) if s.turns == earlier), None)
        edit = next((e for e in known.edits if e.number == session.number), Edit()) if known is not None else Edit()
        here = {(step.tool, step.value, step.layer) for step in session.steps}
        steps = tuple(
            step if (step.tool, step.value, step.layer) in here else replace(step, layer="") for step in edit.steps
        )
        if known is None and earlier:  # the document was opened again since
            last = next((turn for turn in reversed(earlier) if turn.edit == session.number), Turn(""))
            present = {step.call: step for step in session.steps}
            steps = tuple(present.get(call, Step(call.name, call.value, call.value)) for call in last.steps)
        return replace(session, turns=earlier, steps=steps)

    def _while_asking(self, call: Call) -> Callable[[], bool]:
        def look() -> bool:
            if not self.desk.photo.is_open:
                raise DocumentGone(tr("The document was closed, so the answer was dropped."))
            return call.over

        return look

    def _on_text(self, piece: str) -> None:
        self.said += piece
        self.piece.emit(piece)  # from the worker thread: Qt queues it into the GUI's

    def _start(self, function: Callable[[], Any]) -> Call:
        call = Call(function)
        call.start()
        return call

    def _before(self) -> Any:
        """The picture without our steps as JPEG: the one kept, unless something else in the document changed since."""
        desk = self.desk
        whole = desk.session.aim.scope is Scope.PICTURE
        fingerprint = desk.photo.fingerprint(desk.session.group) if whole else ""
        if whole and desk.before and fingerprint == desk.session.picture:
            return desk.before
        hidden = whole and not (desk.shown and desk.session.in_force)
        edit = replace(desk.session.edit, steps=()) if hidden else desk.session.edit
        image = yield from views.before(desk.photo, edit)
        if image.isNull():
            raise TurnFailed("scope", tr("There is nothing on this layer yet. Choose the layer with the picture."))
        side = settings().sent_side
        call = self._start(lambda: as_jpeg(image, side))
        yield self._until(lambda: call.over)
        if whole:
            desk.before = call.value()
            desk.session = replace(desk.session, picture=fingerprint)
        return call.value()

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
            image = yield from views.now(self.desk.photo, self.desk.session.edit)
            both = from_jpeg(before), image
            call = self._start(lambda: [(_thumbnail(one), as_small_jpeg(one, MOST_BYTES)) for one in both])
            yield self._until(lambda: call.over)
            (entry.before, small_before), (entry.after, small_after) = call.value()
            entry.kept = small_before, small_after
            self.desk.store_pictures()
            self.pictured.emit()
        except (TurnFailed, DocumentGone, TimeoutError):
            return


def _thumbnail(image: QtGui.QImage) -> bytes:
    return as_jpeg(shrink(image, THUMBNAIL_SIDE))


def _told(base: Session) -> list[wire.Turn]:
    """The turns about the edit in view as the agent is told of them; with the last one what is in force by now."""
    listed = base.edit_turns
    turns = [
        wire.Turn(turn.request, turn.reason, turn.steps, base.in_force if turn is listed[-1] else None) for turn in listed
    ]
    if not turns and base.in_force:  # steps that were found without their conversation
        turns = [wire.Turn("", "", base.in_force)]
    return turns


def _possible(calls: tuple[ToolCall, ...], facts: Facts, scope: Scope) -> tuple[list[ToolCall], list[str]]:
    """The calls that this document and scope can take, and a sentence for each that they cannot."""
    kept, notes = [], []
    for call in calls:
        try:
            spec_for(call, facts, scope)
        except Unsupported as error:
            notes.append(told(str(error)))
        else:
            kept.append(call)
    return kept, notes


def describe(session: Session) -> str:
    """The steps in force in one line: "Exposure +20, Temperature +12"."""
    return ", ".join(f"{BY_NAME[call.name].title} {call.value:+d}" for call in session.in_force)
