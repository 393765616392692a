"""Brings documents, turns, step changes and the backend together for one docker. Widgets only listen and ask."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from . import colour, foreign, host, layers, targets
from . import document as documents
from .backend_process import BackendProcess, State
from .desk import Desk, Entry
from .document import DocumentGone, PhotoDocument
from .editing import StepEditor
from .glance import Glance
from .history import Verdict
from .learning import StyleLearner
from .qt import QtCore, Signal
from .scope import Scope
from .session import Turn
from .settings import settings
from .style import StyleBook
from .suggestions import Suggestion, first, following
from .tasks import Steps, Task, Until
from .texts import tr
from .turns import Ask, TurnRun
from .wire import MAX_REQUEST

_WATCH_MS = 200
_FOLLOW_MS = 15  # between two undo steps that belong together
_MOST_FOLLOWED = 64  # a turn of sixteen filter masks over sixteen others
_READ_BACK_EVERY = 5  # looks
_VARIATIONS = 3
# What the button beside a problem of this kind does; "retry" for any other.
_ACTIONS = {
    "stopped": "retry", "too_long": "", "scope": "", "no_document": "open", "wrong_schema": "", "document_closed": "",
    "not_running": "restart", "unsupported": "srgb_copy",
}


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
        self.backend = backend
        self.desk: Desk | None = None
        self.editor = StepEditor(lambda: self.desk, self)
        self.editor.told = self._edited
        self.editor.failed = self._edit_failed
        self.run: TurnRun | None = None
        self.last_ask = Ask("")
        self.scope = settings().scope  # of requests that do not say another
        self.scope_hint = ""  # why the scope cannot be used now, and what to do
        self.feather = 0.0
        self.style = StyleBook()
        self._learner = StyleLearner(self.style, backend, self._is_busy, self)
        self._learner.learned.connect(self.style_changed)
        self._glance = Glance(self)
        self._glance.seen.connect(lambda desk: self.suggested.emit() if desk is self.desk else None)
        self._problem: Status | None = None
        self._desks: dict[str, Desk] = {}
        self._followed = 0
        self._looks = 0
        backend.changed.connect(self.status_changed)
        self._watch = QtCore.QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self.look)
        self._watch.start()

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
        self.run = TurnRun(self.desk, self.backend, self.last_ask, self)
        self.run.piece.connect(self.piece)
        self.run.offered.connect(self._offered)
        self.run.finished.connect(self._finished)
        self.run.failed.connect(self._failed)
        self.run.pictured.connect(self.pictured)
        self.turn_started.emit(request)
        self.status_changed.emit()

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
        return self.editor.is_busy or (self.run is not None and not self.run.is_over)

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
        self.run = None
        self.status_changed.emit()
        self.log_changed.emit()
        self.steps_changed.emit()
        self.suggested.emit()
        self.turn_finished.emit(entry.turn)

    def _failed(self, kind: str, message: str) -> None:
        message = foreign.told(message)
        run, self.run = self.run, None
        action = _ACTIONS.get(kind, "retry")
        if run is not None and kind not in ("document_closed", "stopped"):
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
        self.style_changed.emit()

    def _set_problem(self, problem: Status | None) -> None:
        self._problem = problem
        self.status_changed.emit()

    # Steps

    def _edited(self) -> None:
        self.steps_changed.emit()
        self._learner.changed(self.desk)

    def _edit_failed(self, message: str) -> None:
        self._set_problem(Status("failed", message))

    # Watching the document: which one is in front, and what Krita's undo or a person's hand did to our layers

    def look(self) -> None:
        """Look once at what is in front and whether our layers are still as they were shown."""
        key = documents.active_key()
        if key != (self.desk.photo.key if self.desk else ""):
            self._switch(key)
        self._look_at_scope()
        if self.desk is None or (self._is_busy() and not (self.run is not None and self.run.is_offering)):
            return
        try:
            self._agree(self.desk)
        except DocumentGone:
            self._switch(documents.active_key())

    def _switch(self, key: str) -> None:
        still_open = documents.open_keys()
        self._desks = {k: desk for k, desk in self._desks.items() if k in still_open}
        if key and key not in self._desks:
            desk = Desk(PhotoDocument(key))
            with contextlib.suppress(DocumentGone):
                desk.open()
                self._desks[key] = desk
        self.desk = self._desks.get(key)
        if self._problem is not None and self.run is None and self._problem.kind != "stopped":
            self._problem = None
        if self.desk is not None and self.desk.notice:
            self._problem, self.desk.notice = Status("noticed", foreign.told(self.desk.notice)), ""
        self.document_changed.emit()
        self.status_changed.emit()
        self.suggested.emit()
        if self.desk is not None and self.desk.facts is None:
            self._glance.look(self.desk)

    def _agree(self, desk: Desk) -> None:
        signature, groups = desk.observe()
        verdict = desk.history.look(signature)
        if verdict in (Verdict.GO_ON_UNDO, Verdict.GO_ON_REDO):
            if self._followed < _MOST_FOLLOWED:
                self._followed += 1
                if desk.photo.is_idle():
                    host.Krita.instance().action("edit_undo" if verdict is Verdict.GO_ON_UNDO else "edit_redo").trigger()
                QtCore.QTimer.singleShot(_FOLLOW_MS, self.look)
                return
            verdict = Verdict.FOREIGN
        if self._followed:
            # Krita does not always compute the picture again when several of its undo steps follow at once.
            layers.redraw(desk.photo)
        self._followed = 0
        if verdict is Verdict.SAME:
            if desk.hand.noticed():
                self.editor.listen()
            self._looks += 1
            by_hand = self._looks % _READ_BACK_EVERY == 0 and desk.read_back()
            if desk.note(groups) or by_hand:
                self.steps_changed.emit()
            return
        if verdict is Verdict.KNOWN:
            desk.session = desk.history.arrive(signature)
            desk.note(groups)
        else:
            desk.look_again()
        desk.store()
        self.steps_changed.emit()
        self.log_changed.emit()
