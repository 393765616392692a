"""Watches for one window which document is in front of it, and what Krita's undo or a person's hand did to our layers there."""

from __future__ import annotations

import time
from collections.abc import Callable

from . import desk as desks
from . import document as documents
from . import host, layers, trial
from .desk import Desk
from .document import DocumentGone
from .history import Signature, Verdict
from .qt import QtCore, QtWidgets, Signal
from .undoing import redo_text, undo_text

_WATCH_MS = 200
_FOLLOW_MS = 15  # between two undo steps that belong together
_MOST_FOLLOWED = 64  # a turn of sixteen filter masks over sixteen others
_MOST_MISSED = 64  # steps in a row that Krita did not take, as far as its texts tell
_READ_BACK_EVERY = 5  # looks
_PRESSES_COUNT_SECONDS = 1.0  # Krita carries an undo out some moments after the key
_DOUBLE_SECONDS = 0.5  # two presses within this time are meant as two, whatever Krita is doing
# The windows' watchers, so that those of one document let one of them follow its undo.
_watchers: list[Watcher] = []


class Watcher(QtCore.QObject):
    """Looks a few times a second, and at once when undo or redo is pressed. `desk` is the document's that is in front."""

    switched = Signal()  # to another document, or none
    looked = Signal()
    steps_changed = Signal(object)  # the Desk
    log_changed = Signal(object)

    def __init__(
        self, window: Callable[[], QtWidgets.QMainWindow | None], is_busy: Callable[[], bool], listen: Callable[[], None],
        parent: QtCore.QObject,
    ) -> None:
        """`is_busy`: something of ours changes the layers of `desk` just now. `listen`: read what Krita's dialogs set."""
        super().__init__(parent)
        self.desk: Desk | None = None
        self._window, self._is_busy, self._listen = window, is_busy, listen
        self._hears_keys = self._acts = False
        self._pressed_at = 0.0
        self._texts = ("", "")  # what undo and redo said last
        self._looks = self._missed = 0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_WATCH_MS)
        self._timer.timeout.connect(self.look)
        _watchers.append(self)
        self.destroyed.connect(lambda: _watchers.remove(self))
        self.start()

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """Look once at what is in front and whether our layers are still as they were shown."""
        self._hear_keys()
        key = documents.front_key(self._window())
        if key != (self.desk.photo.key if self.desk else ""):
            self._switch(key)
        self.looked.emit()
        if self.desk is None or self._is_busy() or not self._leads():
            return
        try:
            self._agree(self.desk)
            self._texts = undo_text(), redo_text()
        except DocumentGone:
            self._switch(documents.front_key(self._window()))

    def _switch(self, key: str) -> None:
        self.desk = desks.desk_of(key)
        self.switched.emit()

    def _leads(self) -> bool:
        """Whether this is the one that follows undo in its document: of several windows the active one."""
        sharing = [watcher for watcher in _watchers if watcher.desk is self.desk]
        return len(sharing) < 2 or next((watcher for watcher in sharing if watcher._is_active()), sharing[0]) is self

    # Undo and redo

    def _hear_keys(self) -> None:
        if self._hears_keys or not self._is_active():
            return
        # Krita hands out the actions of the active window only.
        for name, heard in (("edit_undo", self._undo_pressed), ("edit_redo", self._redo_pressed)):
            action = host.Krita.instance().action(name)
            if action is not None:
                action.triggered.connect(heard)
                self._hears_keys = True

    def _is_active(self) -> bool:
        active, window = host.Krita.instance().activeWindow(), self._window()
        return window is not None and active is not None and active.qwindow() == window

    def _undo_pressed(self) -> None:
        self._pressed(undo=True)

    def _redo_pressed(self) -> None:
        self._pressed(undo=False)

    def _pressed(self, *, undo: bool) -> None:
        if self._acts or self.desk is None or self._is_busy() or not self._timer.isActive():
            return
        texts, now = (undo_text(), redo_text()), time.monotonic()
        if texts != self._texts:
            self.desk.presses.pressed(undo=undo)
            self._texts, self._pressed_at = texts, now
        elif now - self._pressed_at < _DOUBLE_SECONDS:
            self.desk.presses.dropped(undo=undo)
        QtCore.QTimer.singleShot(0, self.look)

    def _act(self, *, undo: bool) -> bool:
        """Do one of Krita's undo or redo steps, which nobody pressed; whether Krita took it: while it computes it does not."""
        self._acts = True
        before = undo_text(), redo_text()
        try:
            host.Krita.instance().action("edit_undo" if undo else "edit_redo").trigger()
        finally:
            self._acts = False
        QtCore.QTimer.singleShot(_FOLLOW_MS, self.look)
        return before != (undo_text(), redo_text())

    def _agree(self, desk: Desk) -> None:
        trial.tidy(desk.photo)
        signature, groups = desk.observe()
        verdict = desk.history.look(signature)
        if verdict in (Verdict.GO_ON_UNDO, Verdict.GO_ON_REDO):
            if desk.presses.own < _MOST_FOLLOWED:
                if desk.photo.is_idle():
                    self._missed += 1
                    if self._act(undo=verdict is Verdict.GO_ON_UNDO) or self._missed > _MOST_MISSED:
                        desk.presses.own += 1
                        self._missed = 0
                else:
                    QtCore.QTimer.singleShot(_FOLLOW_MS, self.look)
                return
            verdict = Verdict.FOREIGN
        if desk.presses.own:
            self._redraw(desk, signature)
        if verdict is Verdict.SAME:
            if desk.presses.own:
                desk.presses.settle(None)
            self._stay(desk, groups)
            return
        desk.presses.settle(desk.history.way(signature))
        if verdict is Verdict.KNOWN:
            desk.session = desk.history.arrive(signature)
            desk.note(groups)
        else:
            desk.look_again()
        desk.store()
        self.steps_changed.emit(desk)
        self.log_changed.emit(desk)
        self._pay(desk)

    @staticmethod
    def _redraw(desk: Desk, signature: Signature) -> None:
        """Krita shows what undo brings back of a group, because it was computed before; not what redo does, nor masks."""
        way, state = desk.history.way(signature), desk.history.states.get(signature)
        if way is None or not way.undone or desk.history.masked:
            layers.redraw(desk.photo, state.group if state is not None else "")

    def _stay(self, desk: Desk, groups: list[documents.GroupState]) -> None:
        """Our layers are where they were."""
        if desk.presses.owed:
            self._pay(desk)
        elif time.monotonic() - self._pressed_at > _PRESSES_COUNT_SECONDS:
            desk.presses.settle(None)
        if desk.hand.noticed():
            self._listen()
        self._looks += 1
        by_hand = framed = False
        if self._looks % _READ_BACK_EVERY == 0:
            by_hand, framed = desk.read_back(), desk.look_at_frame()
        if desk.note(groups) or by_hand or framed:
            self.steps_changed.emit(desk)

    def _pay(self, desk: Desk) -> None:
        """Undo or redo what quick presses are owed: one step now, the next when it is done."""
        if desk.presses.owed and desk.photo.is_idle():
            undo = desk.presses.take()
            self._pressed_at = time.monotonic()
            self._act(undo=bool(undo))


def window_of(child: QtCore.QObject | None) -> QtWidgets.QMainWindow | None:
    """Krita's window that a docker, or something in it, belongs to."""
    while child is not None and not isinstance(child, QtWidgets.QMainWindow):
        child = child.parent()
    return child
