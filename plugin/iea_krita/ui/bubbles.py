"""One turn of the conversation as bubbles: the person's words, and the answer or what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from tool_mapping.spec import BY_NAME, ToolCall

from ..desk import Entry
from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..suggestions import as_clicked
from ..texts import tr
from .look import GAP, MARGIN, IconButton, Panel, breakable, smaller, tint

_WIDEST_PAIR = 460  # px
_BETWEEN = 4  # px between before and after
_LONGEST_PROBLEM = 220  # characters; the whole is in the tooltip and copied by Copy
_PROBLEM_ACTIONS = {
    "retry": "Try again", "restart": "Restart the agent", "srgb_copy": "Make an sRGB copy",
}


def steps_in_words(calls: tuple[ToolCall, ...]) -> str:
    """"Exposure +20 · Temperature +12"."""
    return " · ".join(f"{tr(BY_NAME[call.name].title)} {call.value:+d}" for call in calls)


class Text(QtWidgets.QLabel):
    """Plain text that wraps, can be selected, and never asks for more width than there is."""

    def __init__(self, text: str, parent: QtWidgets.QWidget, role: str = "text") -> None:
        super().__init__(parent)
        self.role = role
        self.setWordWrap(True)
        self.setTextFormat(QtCore.Qt.PlainText)
        self.setTextInteractionFlags(QtCore.Qt.TextSelectableByMouse | QtCore.Qt.TextSelectableByKeyboard)
        self.setFocusPolicy(QtCore.Qt.ClickFocus)
        self.setContextMenuPolicy(QtCore.Qt.NoContextMenu)  # the bubble's menu has Copy, too
        self.say(text)
        tint(self, role)

    def say(self, text: str) -> None:
        self.setText(breakable(text))

    def become(self, role: str) -> None:
        self.role = role
        tint(self, role)

    def changeEvent(self, event: QtCore.QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QtCore.QEvent.ParentChange, QtCore.QEvent.PaletteChange):
            tint(self, self.role)


class Pair(QtWidgets.QWidget):
    """Before and after, side by side."""

    def __init__(self, before: QtGui.QImage, after: QtGui.QImage, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._images = (before, after)
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(100)
        self.setMaximumWidth(_WIDEST_PAIR)
        self.setToolTip(tr("Left: before. Right: after."))
        self.setAccessibleName(tr("The picture before and after"))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        image, half = self._images[0], (min(width, _WIDEST_PAIR) - _BETWEEN) / 2
        return max(10, round(min(half * image.height() / max(1, image.width()), half * 1.25)))

    def sizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(220, self.heightForWidth(220))

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHints(QtGui.QPainter.Antialiasing | QtGui.QPainter.SmoothPixmapTransform)
        half = (self.width() - _BETWEEN) / 2
        for number, image in enumerate(self._images):
            cover(painter, image, QtCore.QRectF(number * (half + _BETWEEN), 0, half, self.height()), 5)


def cover(painter: QtGui.QPainter, image: QtGui.QImage, area: QtCore.QRectF, radius: float) -> None:
    """Draw the picture so that it fills the area, whose corners are round."""
    if image.isNull():
        return
    fitted = QtCore.QSizeF(image.size()).scaled(area.size(), QtCore.Qt.KeepAspectRatioByExpanding)
    target = QtCore.QRectF(QtCore.QPointF(0, 0), fitted)
    target.moveCenter(area.center())
    path = QtGui.QPainterPath()
    path.addRoundedRect(area, radius, radius)
    painter.save()
    painter.setClipPath(path, QtCore.Qt.IntersectClip)
    painter.drawImage(target, image)
    painter.restore()


class Bubble(QtWidgets.QWidget):
    """One turn: the person's words, and under them the agent's, with what can be done with either."""

    copy_asked = Signal(str)
    edit_asked = Signal(object)  # the Bubble
    retry_asked = Signal(object)
    action_asked = Signal(object)  # the button of something that went wrong

    def __init__(self, request: str, parent: QtWidgets.QWidget, picture: Callable[[object], QtGui.QImage]) -> None:
        """picture: what makes an entry's thumbnail an image."""
        super().__init__(parent)
        self.request = request
        self.entry: Entry | None = None
        self.current = False
        self._picture = picture
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.mine = Panel("mine", self)
        inner = QtWidgets.QVBoxLayout(self.mine)
        inner.setContentsMargins(MARGIN + 2, GAP, MARGIN + 2, GAP)
        said = as_clicked(request)
        words = Text(said or tr("(no words: the photo decides)"), self.mine)
        words.setAccessibleName(tr("You said: {text}", text=said))
        inner.addWidget(words)
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(2)
        row.addSpacing(14)
        row.addStretch(1)
        row.addWidget(self.mine, 20)
        layout.addLayout(row)
        self.answer = Panel("raised", self)
        self._inner = QtWidgets.QVBoxLayout(self.answer)
        self._inner.setContentsMargins(MARGIN + 2, GAP, GAP, GAP)
        self._inner.setSpacing(5)
        self.words = Text("…", self.answer)
        self._inner.addWidget(self.words)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.answer, 20)
        row.addSpacing(14)
        layout.addLayout(row)
        self._pair: Pair | None = None
        self._steps: Text | None = None
        self._foot: QtWidgets.QWidget | None = None
        self._fact: Text | None = None
        self._buttons: list[IconButton] = []
        self._action: QtWidgets.QPushButton | None = None
        self.setContextMenuPolicy(QtCore.Qt.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda point: self.open_menu(self.mapToGlobal(point)))

    # What it shows

    def add_text(self, whole: str) -> None:
        self.words.say(whole)

    def show_entry(self, entry: Entry, in_force: bool, about: str = "") -> None:
        """Show a turn of the log as it stands now. about: what of the picture it is about, "" for all of it."""
        self.entry = entry
        self.answer.show()
        if entry.problem:
            self._show_problem(entry)
            return
        turn = entry.turn
        self.words.say(turn.reason or tr("Done."))
        self.words.setAccessibleName(tr("The answer: {text}", text=turn.reason))
        if self._pair is None and entry.before and entry.after:
            self._pair = Pair(self._picture(entry.before), self._picture(entry.after), self.answer)
            self._inner.insertWidget(1, self._pair)
        if self._steps is None:
            self._steps = Text("", self.answer, "dim")
            smaller(self._steps)
            self._inner.addWidget(self._steps)
            self._make_foot()
        self._steps.say(steps_in_words(turn.steps))
        self._steps.setHidden(not turn.steps)
        count = len(turn.steps)
        facts = [part for part in ("" if in_force else tr("Undone"), about) if part]
        facts.append(tr("1 step") if count == 1 else tr("{count} steps", count=count) if count else tr("No steps in force"))
        if turn.seconds:
            facts.append(tr("{seconds:.1f} s", seconds=turn.seconds))
        assert self._fact is not None
        self._fact.say("  ·  ".join(facts))
        self._fade(not in_force)

    def _show_problem(self, entry: Entry) -> None:
        whole = entry.problem
        short = whole if len(whole) <= _LONGEST_PROBLEM else whole[:_LONGEST_PROBLEM].rsplit(" ", 1)[0] + " …"
        self.words.say(short)
        self.words.become("warning")
        self.words.setToolTip(whole)
        self.words.setAccessibleName(tr("It did not work: {text}", text=whole))
        if self._foot is None:
            self._make_foot()
        assert self._fact is not None
        self._fact.hide()
        label = _PROBLEM_ACTIONS.get(entry.action)
        if label and self._action is None:
            assert self._foot is not None
            action = self._action = QtWidgets.QPushButton(tr(label), self._foot)
            action.setObjectName("problem_action")
            smaller(action)
            action.clicked.connect(lambda: self.action_asked.emit(self))
            layout = self._foot.layout()
            assert isinstance(layout, QtWidgets.QHBoxLayout)
            layout.insertWidget(0, action)

    def _make_foot(self) -> None:
        self._foot = QtWidgets.QWidget(self.answer)
        row = QtWidgets.QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._fact = Text("", self._foot, "dim")
        smaller(self._fact)
        row.addWidget(self._fact, 1)
        row.addStretch()
        for sign, name, tip, signal in (
            ("copy", "bubble_copy", tr("Copy"), lambda: self.copy_asked.emit(self.whole_text())),
            ("retry", "bubble_retry", tr("Ask this again"), lambda: self.retry_asked.emit(self)),
            ("edit", "bubble_edit", tr("Change the words and ask again"), lambda: self.edit_asked.emit(self)),
        ):
            button = IconButton(sign, name, tip, self._foot, side=20)
            button.setFocusPolicy(QtCore.Qt.NoFocus)  # by keyboard the bubble itself is current, and Enter opens its menu
            keep = button.sizePolicy()
            keep.setRetainSizeWhenHidden(True)
            button.setSizePolicy(keep)
            button.clicked.connect(signal)
            button.hide()
            row.addWidget(button)
            self._buttons.append(button)
        self._inner.addWidget(self._foot)
        self._show_buttons()

    def _fade(self, faded: bool) -> None:
        for panel in (self.mine, self.answer):
            if panel.faded != faded:
                panel.faded = faded
                panel.update()

    # What can be done with it

    def whole_text(self) -> str:
        """Both sides of it, as plain text."""
        if self.entry is None:
            return self.request
        told = self.entry.problem or self.entry.turn.reason
        steps = "" if self.entry.problem else steps_in_words(self.entry.turn.steps)
        return "\n".join(part for part in (self.request, told, steps) if part)

    def set_current(self, current: bool) -> None:
        """The one that the keyboard is at: outlined, its buttons in view."""
        if current != self.current:
            self.current = current
            self.answer.outlined = current
            self.answer.update()
            self._show_buttons()

    def _show_buttons(self) -> None:
        shown = self.entry is not None and (self.current or self.underMouse())
        for button in self._buttons:
            button.setVisible(shown)

    def enterEvent(self, event: QtCore.QEvent) -> None:
        super().enterEvent(event)
        self._show_buttons()

    def leaveEvent(self, event: QtCore.QEvent) -> None:
        super().leaveEvent(event)
        self._show_buttons()

    def open_menu(self, place: QtCore.QPoint | None = None) -> None:
        if self.entry is None:
            return
        menu = QtWidgets.QMenu(self)
        menu.setObjectName("bubble_menu")
        label = _PROBLEM_ACTIONS.get(self.entry.action) if self.entry.problem else None
        if label:
            menu.addAction(tr(label), lambda: self.action_asked.emit(self))
            menu.addSeparator()
        chosen = next((text.selectedText() for text in self.findChildren(Text) if text.hasSelectedText()), "")
        if chosen:
            menu.addAction(tr("Copy what is selected"), lambda: self.copy_asked.emit(chosen.replace("\u200b", "")))
        told = self.entry.problem or self.entry.turn.reason
        menu.addAction(tr("Copy the answer"), lambda: self.copy_asked.emit(told))
        menu.addAction(tr("Copy both"), lambda: self.copy_asked.emit(self.whole_text()))
        menu.addSeparator()
        menu.addAction(tr("Ask this again"), lambda: self.retry_asked.emit(self))
        menu.addAction(tr("Change the words and ask again"), lambda: self.edit_asked.emit(self))
        menu.setAttribute(QtCore.Qt.WA_DeleteOnClose)
        menu.popup(place or self.mapToGlobal(self.answer.geometry().topLeft() + QtCore.QPoint(12, 12)))
