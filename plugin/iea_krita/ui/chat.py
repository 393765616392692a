"""The conversation: welcome, bubbles newest at the bottom, pictures to pick from, and what to ask next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..desk import Desk, Entry
from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..scope import Scope
from ..suggestions import MOST_FIRST, MOST_NEXT, Suggestion
from ..texts import tr
from ..turns import Offer
from .bubbles import Bubble, Text, steps_in_words
from .chips import Chips
from .look import MARGIN
from .picker import Picker
from .roll import Roll, Row

__all__ = ["Chat", "Text", "steps_in_words"]

_OPENING = (QtCore.Qt.Key_Return, QtCore.Qt.Key_Enter, QtCore.Qt.Key_Space, QtCore.Qt.Key_Menu)
_KEYS = (QtCore.Qt.Key_Up, QtCore.Qt.Key_Down, QtCore.Qt.Key_Home, QtCore.Qt.Key_End, *_OPENING)


class Welcome(QtWidgets.QWidget):
    """What is shown while the conversation is empty."""

    asked = Signal(object)  # Suggestion

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, MARGIN, 0, MARGIN)
        layout.setSpacing(MARGIN)
        title = Text(tr("What does this photo need?"), self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setBold(True)
        title.setFont(font)
        layout.addWidget(title)
        layout.addWidget(Text(tr(
            "Say it in your own words. Each step becomes a filter layer with a slider; your photo itself is not touched."
        ), self, "dim"))
        self.chips = Chips(self, MOST_FIRST, "suggestions")
        self.chips.asked.connect(self.asked)
        layout.addWidget(self.chips)


class Chat(Roll):
    """The bubbles of one document. With the keyboard: Up and Down go from turn to turn, Enter opens a turn's menu, Ctrl+C
    copies it."""

    asked = Signal(object)  # Suggestion
    retry_asked = Signal(str, bool)  # the request; whether it is the newest turn's, whose answer it replaces
    edit_asked = Signal(str, bool)
    action_asked = Signal(object)  # Entry
    picked = Signal(int)
    left = Signal()  # none of the pictures

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent, gap=MARGIN, margin=3)
        self.setObjectName("chat")
        self.setAccessibleName(tr("Conversation"))
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.welcome = Welcome(self.inside)
        self.welcome.asked.connect(self.asked)
        self.picker = Picker(self.inside)
        self.picker.picked.connect(self.picked)
        self.picker.left.connect(self.left)
        self.next = Chips(self.inside, MOST_NEXT, "next")
        self.next.asked.connect(self.asked)
        self._ends = [self._kept(widget) for widget in (self.welcome, self.picker, self.next)]
        for row in self._ends[1:]:
            self._fold(row, True)
        self._entries: list[Entry] = []
        self._turns: list[Row] = []
        self._running: Row | None = None
        self._streamed = ""
        self._desk: Desk | None = None
        self._current = -1
        self._marking = False  # whether the current turn is outlined: while the keyboard is here
        self.show_desk(None)

    @staticmethod
    def _kept(widget: QtWidgets.QWidget) -> Row:
        return Row(lambda: widget, kept=True, widget=widget)

    def _fold(self, row: Row, folded: bool) -> None:
        assert row.widget is not None
        row.widget.setProperty("folded", folded)
        self.remeasure(row)

    # What is shown

    def show_desk(self, desk: Desk | None) -> None:
        """Show another document's conversation, or none."""
        self._desk = desk
        self._running = None
        self._current = -1
        self._entries, self._turns = [], []
        self.leave_offer()
        self.set_rows(self._ends)
        self.refresh()
        self.to_end()

    def refresh(self) -> None:
        """Show what the log says now: new entries, and which ones are undone."""
        log = self._desk.log if self._desk else []
        if log[: len(self._entries)] != self._entries:  # another log under the same desk
            self._entries, self._turns = [], []
            self.set_rows(self._ends)
        for entry in log[len(self._entries) :]:
            row = self._running or self._row(entry.turn.request)
            if self._running is None:
                self.insert(len(self.rows) - 2, row)
            self._running = None
            row.make = self._maker(entry)
            self._entries.append(entry)
            self._turns.append(row)
        for entry, row in zip(self._entries, self._turns, strict=True):
            if isinstance(row.widget, Bubble):
                self._tell(row.widget, entry)
                self.remeasure(row)
        self._sync()

    def _row(self, request: str) -> Row:
        return Row(lambda: self._bubble(request))

    def _maker(self, entry: Entry) -> Callable[[], Bubble]:
        def make() -> Bubble:
            bubble = self._bubble(entry.turn.request)
            self._tell(bubble, entry)
            return bubble

        return make

    def _tell(self, bubble: Bubble, entry: Entry) -> None:
        desk = self._desk
        edits = desk.session.edits if desk else ()
        scope = next((edit.aim.scope for edit in edits if edit.number == entry.turn.edit), Scope.PICTURE)
        about = {Scope.LAYER: tr("Only this layer"), Scope.SELECTION: tr("Only the selection")}.get(scope, "")
        bubble.show_entry(entry, bool(entry.problem) or desk is None or desk.in_force(entry.turn), about)
        at = self._current if self._marking else -1
        bubble.set_current(0 <= at < len(self._entries) and self._entries[at] is entry)

    def _bubble(self, request: str) -> Bubble:
        bubble = Bubble(request, self.inside, _image)
        bubble.copy_asked.connect(QtWidgets.QApplication.clipboard().setText)
        bubble.edit_asked.connect(lambda b: self.edit_asked.emit(b.request, self._is_newest(b)))
        bubble.retry_asked.connect(lambda b: self.retry_asked.emit(b.request, self._is_newest(b)))
        bubble.action_asked.connect(lambda b: self.action_asked.emit(b.entry))
        return bubble

    def _is_newest(self, bubble: Bubble) -> bool:
        """Whether the bubble's turn is the last one in force."""
        desk, entry = self._desk, bubble.entry
        return bool(desk and entry and desk.session.turns and desk.session.turns[-1] is entry.turn)

    def begin(self, request: str) -> None:
        """A turn starts: its bubble fills as the answer comes."""
        self._streamed = ""
        self._running = self._row(request)
        self.insert(len(self.rows) - 2, self._running)
        self._sync()
        self.to_end()
        self.arrange()

    def stream(self, piece: str) -> None:
        self._streamed += piece
        if self._running is not None and isinstance(self._running.widget, Bubble):
            self._running.widget.add_text(self._streamed)

    def end(self) -> None:
        """The turn is over; a bubble that no entry took is dropped."""
        running, self._running = self._running, None
        if running is not None:
            self.take(running)
        self._sync()

    def offer(self, pictures: Sequence[Offer]) -> None:
        """Show pictures to pick from."""
        running = self._running.widget if self._running is not None else None
        if isinstance(running, Bubble):
            running.answer.hide()
        self.picker.offer(pictures, self.viewport().height())
        self._fold(self._ends[1], False)
        self._sync()
        self.to_end()
        self.arrange()
        self.picker.focus_first()

    def leave_offer(self) -> bool:
        """Put the pictures away; whether there were any."""
        if self.picker.property("folded"):
            return False
        self.picker.clear()
        self._fold(self._ends[1], True)
        self._sync()
        return True

    def suggest(self, first: list[Suggestion], following: list[Suggestion]) -> None:
        """What to ask at the beginning, and what to ask next."""
        self.welcome.chips.offer(first)
        self.next.offer(following)
        self._sync()

    def _sync(self) -> None:
        empty = not self._turns and self._running is None
        self._fold(self._ends[0], not empty)
        self.welcome.setEnabled(self._desk is not None)
        offering = not self.picker.property("folded")
        self._fold(self._ends[2], empty or offering or self._running is not None or not self.next.has_some())

    # The keyboard

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        steps = {QtCore.Qt.Key_Up: -1, QtCore.Qt.Key_Down: 1, QtCore.Qt.Key_Home: -len(self._turns),
                 QtCore.Qt.Key_End: len(self._turns)}
        if event.key() in steps and self._turns:
            self._go(self._current + steps[event.key()])
        elif event.key() in _OPENING:
            bubble = self._current_bubble()
            if bubble is not None:
                bubble.open_menu()
        elif event.matches(QtGui.QKeySequence.Copy):
            bubble = self._current_bubble()
            if bubble is not None:
                bubble.copy_asked.emit(bubble.whole_text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QtCore.QEvent) -> bool:
        # Krita's own shortcuts must not take the keys away that go from turn to turn.
        if event.type() == QtCore.QEvent.ShortcutOverride and self._turns and (
            event.key() in _KEYS or event.matches(QtGui.QKeySequence.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QtGui.QFocusEvent) -> None:
        super().focusInEvent(event)
        by_mouse = event.reason() in (QtCore.Qt.MouseFocusReason, QtCore.Qt.PopupFocusReason)
        self._go(len(self._turns) - 1 if self._current < 0 else self._current, scroll=not by_mouse)

    def focusOutEvent(self, event: QtGui.QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != QtCore.Qt.PopupFocusReason:
            self._marking = False
            bubble = self._current_bubble()
            if bubble is not None:
                bubble.set_current(False)

    def _current_bubble(self) -> Bubble | None:
        if not 0 <= self._current < len(self._turns):
            return None
        widget = self._turns[self._current].widget
        return widget if isinstance(widget, Bubble) else None

    def _go(self, place: int, *, scroll: bool = True) -> None:
        old = self._current_bubble()
        if old is not None:
            old.set_current(False)
        if not self._turns:
            self._current = -1
            return
        self._current = max(0, min(place, len(self._turns) - 1))
        self._marking = True
        row = self._turns[self._current]
        if scroll:
            self.reveal(row)
        bubble = self._current_bubble()
        if bubble is not None:
            bubble.set_current(True)


def _image(data: object) -> QtGui.QImage:
    """A thumbnail of the log, which keeps them encoded: a thousand turns would fill the memory otherwise."""
    return data if isinstance(data, QtGui.QImage) else QtGui.QImage.fromData(data)  # type: ignore[arg-type]
