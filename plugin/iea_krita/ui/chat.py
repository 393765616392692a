"""The conversation as bubbles, with before and after pictures, and suggestions while there is nothing to show yet."""

from __future__ import annotations

from tool_mapping.spec import BY_NAME, ToolCall

from ..desk import Desk, Entry
from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..texts import tr
from .look import GAP, MARGIN, IconButton, Panel, breakable, colour, smaller, tint

_WIDEST_PAIR = 460  # px
_SHOWN_AT_FIRST = 30  # entries; older ones come with a click, so that long conversations stay quick


def suggestions() -> list[tuple[str, str]]:
    """(what the chip says, what is asked): for someone who does not know what to ask."""
    return [
        (tr("Make it look good"), ""),
        (tr("Brighter and warmer"), tr("make it a bit brighter and warmer")),
        (tr("Lift the shadows"), tr("lift the shadows, I can't see anything in the dark parts")),
        (tr("More colour"), tr("make the colours livelier")),
        (tr("Old film"), tr("give it a faded old film look with some grain")),
        (tr("Black and white"), tr("make it black and white with good contrast")),
    ]


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
        self.say(text)
        if role != "text":
            tint(self, role)

    def say(self, text: str) -> None:
        self.setText(breakable(text))

    def changeEvent(self, event: QtCore.QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.ParentChange and self.role != "text":
            tint(self, self.role)


class Pair(QtWidgets.QWidget):
    """Before and after, side by side, with small captions."""

    def __init__(self, before: QtGui.QImage, after: QtGui.QImage, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._images = (before, after)
        self.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self.setMinimumWidth(120)
        self.setMaximumWidth(_WIDEST_PAIR)
        self.setToolTip(tr("Left: before. Right: after."))
        self.setAccessibleName(tr("The picture before and after"))

    def _height(self, width: int) -> int:
        image = self._images[0]
        half = (width - 4) / 2
        return round(min(half * image.height() / max(1, image.width()), half * 1.25)) if not image.isNull() else 10

    def resizeEvent(self, _: QtGui.QResizeEvent) -> None:
        self.setFixedHeight(max(10, self._height(self.width())))

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHints(QtGui.QPainter.Antialiasing | QtGui.QPainter.SmoothPixmapTransform)
        half = (self.width() - 4) / 2
        for i, image in enumerate(self._images):
            if image.isNull():
                continue
            area = QtCore.QRectF(i * (half + 4), 0, half, self.height())
            fitted = QtCore.QSizeF(image.size()).scaled(area.size(), QtCore.Qt.KeepAspectRatioByExpanding)
            target = QtCore.QRectF(QtCore.QPointF(0, 0), fitted)
            target.moveCenter(area.center())
            path = QtGui.QPainterPath()
            path.addRoundedRect(area, 5, 5)
            painter.save()
            painter.setClipPath(path)
            painter.drawImage(target, image)
            painter.restore()


class Bubble(QtWidgets.QWidget):
    """One turn: the person's words, and under them the agent's."""

    edit_asked = Signal(str)

    def __init__(self, request: str, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._request = request
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        self.mine = Panel("mine", self)
        inner = QtWidgets.QVBoxLayout(self.mine)
        inner.setContentsMargins(MARGIN + 2, GAP, MARGIN + 2, GAP)
        words = Text(request or tr("(no words: the photo decides)"), self.mine)
        words.setAccessibleName(tr("You said: {text}", text=request))
        inner.addWidget(words)
        row = QtWidgets.QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addSpacing(14)
        row.addStretch(1)
        row.addWidget(self.mine, 20)
        layout.addLayout(row)
        self.answer = Panel("raised", self)
        self._answer_layout = QtWidgets.QVBoxLayout(self.answer)
        self._answer_layout.setContentsMargins(MARGIN + 2, GAP, MARGIN + 2, GAP + 1)
        self._answer_layout.setSpacing(5)
        self.words = Text("…", self.answer)
        self._answer_layout.addWidget(self.words)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.answer, 20)
        row.addSpacing(14)
        layout.addLayout(row)
        self._foot: QtWidgets.QLabel | None = None
        self._pair: Pair | None = None
        self.setContextMenuPolicy(QtCore.Qt.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def add_text(self, whole: str) -> None:
        self.words.say(whole)

    def show_entry(self, entry: Entry, in_force: bool) -> None:
        if entry.problem:
            self.words.say(entry.problem)
            self.answer.role = "raised"
            tint(self.words, "warning")
            return
        turn = entry.turn
        self.words.say(turn.reason or tr("Done."))
        self.words.setAccessibleName(tr("The answer: {text}", text=turn.reason))
        if self._pair is None and entry.before is not None and entry.after is not None:
            self._pair = Pair(entry.before, entry.after, self.answer)  # type: ignore[arg-type]
            self._answer_layout.insertWidget(1, self._pair)
        foot = steps_in_words(turn.steps) or tr("No steps in force")
        if turn.seconds:
            foot += "  ·  " + tr("{seconds:.1f} s", seconds=turn.seconds)
        if not in_force:
            foot = tr("Undone") + "  ·  " + foot
        if self._foot is None:
            self._foot = Text(foot, self.answer, "dim")
            smaller(self._foot)
            self._answer_layout.addWidget(self._foot)
        else:
            self._foot.setText(breakable(foot))
        for panel in (self.mine, self.answer):
            panel.faded = not in_force
            panel.update()

    def _menu(self, point: QtCore.QPoint) -> None:
        menu = QtWidgets.QMenu(self)
        clipboard = QtWidgets.QApplication.clipboard()
        menu.addAction(tr("Copy the answer"), lambda: clipboard.setText(self.words.text().replace("\u200b", "")))
        menu.addAction(tr("Write this request again"), lambda: self.edit_asked.emit(self._request))
        menu.exec_(self.mapToGlobal(point))


class Chip(QtWidgets.QPushButton):
    """A suggestion to click."""

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        area = QtCore.QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QtGui.QPen(colour(self, "accent" if lit else "line"), 1))
        painter.setBrush(colour(self, "mine" if self.isDown() else "raised"))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setPen(colour(self, "text"))
        painter.drawText(self.rect(), QtCore.Qt.AlignCenter, self.text())

    def sizeHint(self) -> QtCore.QSize:
        metrics = self.fontMetrics()
        return QtCore.QSize(metrics.horizontalAdvance(self.text()) + 24, metrics.height() + 12)

    minimumSizeHint = sizeHint


class Flow(QtWidgets.QLayout):
    """Puts its items in rows that break where the width ends."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._items: list[QtWidgets.QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QtWidgets.QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QtWidgets.QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QtWidgets.QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QtCore.QRect(0, 0, width, 0), False)

    def sizeHint(self) -> QtCore.QSize:
        return self.minimumSize()

    def minimumSize(self) -> QtCore.QSize:
        return QtCore.QSize(max((item.minimumSize().width() for item in self._items), default=0), 0)

    def setGeometry(self, rect: QtCore.QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, True)

    def _arrange(self, rect: QtCore.QRect, place: bool) -> int:
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x + size.width() > rect.x() + rect.width() and row:
                x, y, row = rect.x(), y + row + GAP, 0
            if place:
                item.setGeometry(QtCore.QRect(QtCore.QPoint(x, y), size))
            x += size.width() + GAP
            row = max(row, size.height())
        return y + row - rect.y()


class Welcome(QtWidgets.QWidget):
    """What is shown while the conversation is empty."""

    asked = Signal(str)

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
        chips = QtWidgets.QWidget(self)
        flow = Flow(chips)
        for label, request in suggestions():
            chip = Chip(label, chips)
            chip.setCursor(QtCore.Qt.PointingHandCursor)
            chip.setToolTip(request or tr("Let the photo decide"))
            chip.clicked.connect(lambda _=False, words=request: self.asked.emit(words))
            flow.addWidget(chip)
        layout.addWidget(chips)
        layout.addStretch(1)


class Chat(QtWidgets.QScrollArea):
    """The bubbles of one document, newest at the bottom."""

    asked = Signal(str)
    edit_asked = Signal(str)

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chat")
        self.setAccessibleName(tr("Conversation"))
        self.setWidgetResizable(True)
        self.setFrameShape(QtWidgets.QFrame.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        self._inside = QtWidgets.QWidget(self)
        self._layout = QtWidgets.QVBoxLayout(self._inside)
        self._layout.setContentsMargins(2, 2, 4, 2)
        self._layout.setSpacing(MARGIN)
        self._welcome = Welcome(self._inside)
        self._welcome.asked.connect(self.asked)
        self._layout.addWidget(self._welcome)
        self._earlier = QtWidgets.QPushButton(tr("Show earlier"), self._inside)
        self._earlier.setFlat(True)
        self._earlier.clicked.connect(self._show_earlier)
        self._layout.addWidget(self._earlier)
        self._layout.addStretch(1)
        self.setWidget(self._inside)
        self._bubbles: list[tuple[Entry, Bubble]] = []
        self._running: Bubble | None = None
        self._streamed = ""
        self._first = 0
        self._desk: Desk | None = None
        self._stick = True
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high) if self._stick else None)
        bar.valueChanged.connect(self._scrolled)
        self._sync()

    def _scrolled(self, value: int) -> None:
        self._stick = value >= self.verticalScrollBar().maximum() - 4

    def show_desk(self, desk: Desk | None) -> None:
        """Show another document's conversation, or none."""
        self._desk = desk
        self._first = max(0, len(desk.log) - _SHOWN_AT_FIRST) if desk else 0
        for _, bubble in self._bubbles:
            self._drop(bubble)
        self._bubbles.clear()
        self._stick = True
        self.refresh()

    def _drop(self, bubble: Bubble) -> None:
        self._layout.removeWidget(bubble)
        bubble.hide()
        bubble.deleteLater()

    def _show_earlier(self) -> None:
        self._stick = False
        desk, first = self._desk, max(0, self._first - _SHOWN_AT_FIRST)
        self.show_desk(desk)
        self._first, self._stick = first, False
        self.show_from(first)

    def show_from(self, first: int) -> None:
        for _, bubble in self._bubbles:
            self._drop(bubble)
        self._bubbles.clear()
        self._first = first
        self.refresh()

    def refresh(self) -> None:
        """Show what the log says now: new entries, and which ones are undone."""
        log = self._desk.log[self._first:] if self._desk else []
        for place, entry in enumerate(log):
            if place >= len(self._bubbles):
                bubble = self._take_running(entry) or self._add(entry.turn.request)
                self._bubbles.append((entry, bubble))
            assert self._desk is not None
            self._bubbles[place][1].show_entry(entry, bool(entry.problem) or self._desk.in_force(entry.turn))
        self._sync()

    def _add(self, request: str) -> Bubble:
        bubble = Bubble(request, self._inside)
        bubble.edit_asked.connect(self.edit_asked)
        self._layout.insertWidget(self._layout.count() - 1, bubble)
        bubble.show()
        return bubble

    def _take_running(self, entry: Entry) -> Bubble | None:
        bubble, self._running = self._running, None
        return bubble

    def begin(self, request: str) -> None:
        """A turn starts: its bubble fills as the answer comes."""
        self._stick = True
        self._streamed = ""
        self._running = self._add(request)
        self._sync()

    def stream(self, piece: str) -> None:
        self._streamed += piece
        if self._running is not None:
            self._running.add_text(self._streamed)

    def end(self) -> None:
        """The turn is over; a bubble that no entry took is dropped."""
        if self._running is not None:
            self._drop(self._running)
            self._running = None
        self._sync()

    def _sync(self) -> None:
        empty = not self._bubbles and self._running is None
        self._welcome.setVisible(empty)
        self._welcome.setEnabled(self._desk is not None)
        self._earlier.setVisible(self._first > 0)


__all__ = ["Chat", "IconButton"]
