"""Brings documents, turns, step changes and the backend together for one window's docker. Widgets only listen and ask."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from . import colour, foreign, host, targets
from . import document as documents
from .backend_process import BackendProcess, State
from .desk import Desk, Entry
from .document import DocumentGone
from .editing import StepEditor
from .glance import Glance
from .learning import StyleLearner
from .qt import QtCore, Signal
from .scope import Scope
from .session import Turn
from .settings import settings
from .style import StyleBook, shared_book
from .suggestions import Suggestion, first, following
from .tasks import Steps, Task, Until
from .texts import tr
from .turns import Ask, TurnRun
from .watching import Watcher, window_of
from .wire import MAX_REQUEST

_VARIATIONS = 3
# What the button beside a problem of this kind does; "retry" for any other.
_ACTIONS = {
    "stopped": "retry", "too_long": "", "scope": "", "no_document": "open", "wrong_schema": "", "document_closed": "",
    "not_running": "restart", "unsupported": "srgb_copy",
}


_controllers: list[Controller] = []  # of all windows


@dataclass(frozen=True, slots=True)
class Status:
    """One line and at most one button.

    kind: starting, ready, thinking, choosing, stopped, failed, noticed, no_document.
    action: "", retry, restart, open, srgb_copy.
    """

    kind: str
    text: str
    action: str = ""


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]


class Controller(QtCore.QObject):
    """The docker's brain. GUI thread only."""

    document_changed = Signal()  # another document, or none: show everything anew
    log_changed = Signal()  # entries came, or were undone or redone
    steps_changed = Signal()
    status_changed = Signal()
    turn_started = Signal(str)
    piece = Signal(str)
    turn_finished = Signal(object)  # Turn
    turn_failed = Signal(str, str)
    pictured = Signal()
    offered = Signal(object)  # list[Offer]: pictures to pick from
    suggested = Signal()  # there are other suggestions
    scope_changed = Signal()  # another scope, or another reason why it cannot be used now
    style_changed = Signal()

    def __init__(self, backend: BackendProcess, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        _controllers.append(self)
        self.destroyed.connect(lambda: _controllers.remove(self))
        self.backend = backend
        self.editor = StepEditor(lambda: self.desk, self)
        self.editor.told = self._edited
        self.editor.failed = self._edit_failed
        self.run: TurnRun | None = None
        self.last_ask = Ask("")
        self.scope = settings().scope  # of requests that do not say another
        self.scope_hint = ""  # why the scope cannot be used now, and what to do
        self.feather = 0.0
        self.style = shared_book()
        self._learner = StyleLearner(self.style, backend, self._is_busy, self)
        self._learner.learned.connect(self.style_changed)
        self._glance = Glance(self)
        self._glance.seen.connect(lambda desk: self.suggested.emit() if desk is self.desk else None)
        self._problem: Status | None = None
        backend.changed.connect(self.status_changed)
        self.watcher = Watcher(lambda: window_of(parent), self._is_busy, lambda: self.editor.listen(), self)
        self.watcher.switched.connect(self._switched)
        self.watcher.looked.connect(self._look_at_scope)
        self.watcher.steps_changed.connect(lambda desk: self._tell(desk, "steps_changed"))
        self.watcher.log_changed.connect(lambda desk: self._tell(desk, "log_changed"))

    @property
    def desk(self) -> Desk | None:
        """The document in front; one that several windows show has one desk."""
        return self.watcher.desk

    def look(self) -> None:
        """Look at once at what is in front and whether our layers are still as they were shown."""
        self.watcher.look()

    @staticmethod
    def _sharing(desk: Desk | None) -> list[Controller]:
        """The controllers of all windows that show this document."""
        return [controller for controller in _controllers if desk is not None and controller.desk is desk]

    def _tell(self, desk: Desk | None, *signals: str) -> None:
        for controller in self._sharing(desk):
            for signal in signals:
                getattr(controller, signal).emit()

    # What is going on

    @property
    def status(self) -> Status:
        if self.run is not None:
            if self.backend.state is State.STARTING:
                return Status("thinking", tr("The agent is starting; your request goes out in a moment…"))
            if self.run.is_offering:
                return Status("choosing", tr("Pick a picture, or press Esc to leave everything as it was."))
            if self.run.ask.count > 1:
                return Status("thinking", tr("Making pictures to pick from…"))
            return Status("thinking", tr("Looking at the picture…"))
        if self._problem is not None:
            return self._problem
        if self.backend.state is State.FAILED:
            return Status("failed", self.backend.message, "restart")
        if self.desk is None:
            return Status("no_document", tr("Open a photo, then say what it needs."), "open")
        if self.backend.state is State.STARTING:
            return Status("starting", tr("The agent is starting. You can write already."))
        if self.backend.state is State.STOPPED:
            return Status("stopped", tr("The agent is not running."), "restart")
        return Status("ready", tr("Ready."))

    def start_backend(self) -> None:
        if self.backend.state is State.STOPPED:
            self.backend.start()

    def restart_backend(self) -> None:
        self._set_problem(None)
        self.backend.restart()

    # Turns

    def submit(
        self, text: str, scope: Scope | None = None, *, feather: float | None = None, variations: bool = False,
        replace: bool = False,
    ) -> None:
        """Carry out a request on the document in front; an empty one lets the photo decide. Never blocks, never raises.

        scope, and feather (of a selection's edge, 0 to 0.1 of the picture's long side): what was chosen in the docker unless
        given. variations: offer three pictures to pick from. replace: put the answer in the place of the last one.
        """
        request = text.strip()
        self._set_problem(None)
        if self.run is not None:
            self._refuse("busy", tr("The agent still works on the last request. Press Stop first."))
            return
        self.look()
        if self.desk is None:
            self._refuse("no_document", tr("No picture is open. Open a photo with File > Open, then ask again."))
            return
        if len(request) > MAX_REQUEST:
            self._refuse("too_long", tr(
                "The request has {length} characters; say it in at most {most}.", length=len(request), most=MAX_REQUEST
            ))
            return
        self.last_ask = Ask(
            request, self.scope if scope is None else scope, self.style.style.in_force, _VARIATIONS if variations else 1,
            replace, self.feather if feather is None else feather,
        )
        why_not = self.desk.photo.why_not()
        if why_not:
            self._refuse("unsupported", why_not)
            return
        why_not = targets.why_not(self.desk.photo, self.desk.session, self.last_ask.scope)
        if why_not:
            self._refuse("scope", why_not)
            return
        self.desk.run = TurnRun(self.desk, self.backend, self.last_ask)
        for controller in self._sharing(self.desk):
            if controller.run is None:
                controller.attend(self.desk.run)
                controller.turn_started.emit(request)

    def attend(self, run: TurnRun) -> None:
        """Show what this turn does, whichever window asked."""
        self.run = run
        run.piece.connect(self.piece)
        run.offered.connect(self._offered)
        run.finished.connect(self._finished)
        run.failed.connect(self._failed)
        run.pictured.connect(self.pictured)
        self.status_changed.emit()

    def _leave(self) -> TurnRun | None:
        """The turn is over; whether this is the first window to hear of it is told by its desk."""
        run, self.run = self.run, None
        if self.desk is not None and self.desk.run not in (None, run):
            self.attend(self.desk.run)
        return run

    def stop(self) -> None:
        if self.run is not None:
            self.run.stop()

    def pick(self, number: int) -> None:
        """Take the answer with this index of those offered."""
        if self.run is not None and self.run.is_offering:
            self.run.choose(number)

    def retry(self) -> None:
        """Ask the last request again, as it was asked."""
        ask = self.last_ask
        self.submit(ask.request, ask.scope, feather=ask.feather, variations=ask.count > 1, replace=ask.replaces)

    def act(self, action: str, request: str | None = None) -> None:
        """What the button beside a problem does. `request`: of the turn that it went wrong with."""
        if action == "srgb_copy":
            self._make_srgb_copy()
        elif action == "open":
            QtCore.QTimer.singleShot(0, host.Krita.instance().action("file_open").trigger)  # its dialog has a loop of its own
        elif action == "restart":
            self.restart_backend()
        elif action == "retry" and request is not None and request != self.last_ask.request:
            self.submit(request)
        elif action == "retry":
            self.retry()

    def _is_busy(self) -> bool:
        """Whether something of ours changes the document's layers just now: not while pictures wait to be picked from."""
        run = self.desk.run if self.desk is not None else None
        running = run is not None and not run.is_over and not run.is_offering
        return running or self.editor.is_busy or any(other.editor.is_busy for other in self._sharing(self.desk))

    def _make_srgb_copy(self) -> None:
        """Open a copy that the tools work in, and carry the request out there."""
        if self.desk is None:
            return
        photo = self.desk.photo

        def steps() -> Steps:
            yield Until(photo.is_idle, 120.0)
            colour.make_srgb_copy(photo)
            yield Until(lambda: documents.active_key() != photo.key, 30.0)
            self.look()
            self.retry()

        Task(steps(), lambda error: self._set_problem(Status("failed", str(error))), self)

    def _refuse(self, kind: str, message: str) -> None:
        message = foreign.told(message)
        if kind != "busy":
            self._set_problem(Status("failed", message, _ACTIONS.get(kind, "")))
        self.turn_failed.emit(kind, message)

    def _offered(self, offers: object) -> None:
        self.status_changed.emit()
        self.offered.emit(offers)

    def _finished(self, entry: Entry) -> None:
        run = self._leave()
        if run is not None and run.desk.run is run:
            run.desk.run = None
        self.status_changed.emit()
        self.log_changed.emit()
        self.steps_changed.emit()
        self.suggested.emit()
        self.turn_finished.emit(entry.turn)

    def _failed(self, kind: str, message: str) -> None:
        message = foreign.told(message)
        run = self._leave()
        action = _ACTIONS.get(kind, "retry")
        if run is not None and run.desk.run is run:
            run.desk.run = None
            if kind not in ("document_closed", "stopped"):
                run.desk.log.append(Entry(Turn(run.request), problem=message, action=action))
        stopped = kind == "stopped"
        # The whole of what went wrong stands in the conversation.
        self._set_problem(Status("stopped", message) if stopped else Status("failed", first_sentence(message), action))
        self.look()
        self.log_changed.emit()
        self.turn_failed.emit(kind, message)

    # What to ask, and about what

    def suggestions(self) -> tuple[list[Suggestion], list[Suggestion]]:
        """What to ask of the picture in view at the beginning, and what to ask after the last answer."""
        if self.desk is None:
            return first(None), []
        turns = self.desk.session.turns
        return first(self.desk.facts), following(self.desk.session.in_force, turns[-1].request) if turns else []

    def set_scope(self, scope: Scope) -> None:
        """What the next requests are about."""
        if scope is not self.scope:
            self.scope = scope
            self._look_at_scope(told=True)

    def _switched(self) -> None:
        """Another document, or none, is in front."""
        if self._problem is not None and self.run is None and self._problem.kind != "stopped":
            self._problem = None
        if self.desk is not None and self.desk.notice:
            self._problem, self.desk.notice = Status("noticed", foreign.told(self.desk.notice)), ""
        if self.desk is not None and self.desk.run is not None and self.run is None:
            self.attend(self.desk.run)
        self.document_changed.emit()
        self.status_changed.emit()
        self.suggested.emit()
        if self.desk is not None and self.desk.facts is None:
            self._glance.look(self.desk)

    def _look_at_scope(self, *, told: bool = False) -> None:
        hint = ""
        if self.scope is not Scope.PICTURE and self.desk is not None:
            with contextlib.suppress(DocumentGone):
                hint = foreign.told(targets.why_not(self.desk.photo, self.desk.session, self.scope))
        if hint != self.scope_hint or told:
            self.scope_hint = hint
            self.scope_changed.emit()

    # What the person likes

    def change_style(self, change: Callable[[StyleBook], object]) -> None:
        """Change the book; says so where it could not be stored."""
        try:
            change(self.style)
        except OSError as error:
            self._set_problem(Status("failed", tr("What you like could not be stored: {error}.", error=error.strerror)))
        for controller in _controllers:
            controller.style_changed.emit()

    def _set_problem(self, problem: Status | None) -> None:
        self._problem = problem
        self.status_changed.emit()

    # Steps

    def _edited(self) -> None:
        self._tell(self.desk, "steps_changed")
        self._learner.changed(self.desk)

    def _edit_failed(self, message: str) -> None:
        self._set_problem(Status("failed", message))
