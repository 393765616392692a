"""Learns what a person likes from the changes they make by hand to an answer, once they have let go of the sliders."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from . import views
from .backend_process import BackendProcess
from .client import BackendError
from .desk import Desk, Entry
from .document import DocumentGone
from .qt import QtCore, Signal
from .style import StyleBook
from .tasks import Steps, Task, Until
from .worker import Call, as_jpeg

_SETTLED_MS = 2500  # after the last change by hand


class StyleLearner(QtCore.QObject):
    """Asks the agent for one sentence about the difference between its answer and what the person made of it.

    Nothing happens while the book is switched off, and nothing that goes wrong here is in the person's way.
    """

    learned = Signal()

    def __init__(
        self, book: StyleBook, backend: BackendProcess, busy: Callable[[], bool], parent: QtCore.QObject
    ) -> None:
        super().__init__(parent)
        self._book, self._backend, self._busy = book, backend, busy
        self._desk: Desk | None = None
        self._known: tuple[object, ...] = ()
        self._task: Task | None = None
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self._settled)

    def changed(self, desk: Desk | None) -> None:
        """The steps of this desk changed, by whomever."""
        self._desk = desk
        if self._book.style.enabled and not self._book.style.by_hand and self._tweak() is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def _tweak(self) -> tuple[Entry, tuple[object, ...]] | None:
        """The last answer and what the person made of it, if that is another thing and not known yet."""
        desk = self._desk
        if desk is None or not desk.session.turns or not desk.shown:
            return None
        turn = desk.session.turns[-1]
        entry = next((entry for entry in reversed(desk.log) if entry.turn is turn), None)
        if entry is None or not entry.after or turn.edit != desk.session.number:
            return None
        mark = (id(turn), desk.session.in_force)
        return None if desk.session.in_force == turn.steps or mark == self._known else (entry, mark)

    def _settled(self) -> None:
        if self._busy() or (self._task is not None and not self._task.is_over):
            self._timer.start()
        elif self._tweak() is not None:
            self._task = Task(self._steps(), lambda _: None, self)

    def _steps(self) -> Steps:
        desk, tweak, client = self._desk, self._tweak(), self._backend.client
        if desk is None or tweak is None or client is None:
            return
        entry, mark = tweak
        try:
            yield Until(desk.photo.idle_for(0.3), 60.0)
            image = yield from views.now(desk.photo, desk.session.edit)
        except (DocumentGone, TimeoutError):
            return
        suggested = entry.after
        assert isinstance(suggested, bytes)
        call = Call(lambda: client.summarize(suggested, as_jpeg(image)))
        call.start()
        yield Until(lambda: call.over, 60.0)
        with contextlib.suppress(BackendError, OSError):
            sentence = call.value()
            self._known = mark
            if self._book.learn(sentence):
                self.learned.emit()
