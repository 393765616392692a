"""Where people write: a field that grows with its text, Send, and Stop while a turn runs."""

from __future__ import annotations

from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..texts import tr
from .look import GAP, IconButton, colour

_MOST_LINES = 6
_REMEMBERED = 50


class Field(QtWidgets.QPlainTextEdit):
    """Enter sends, Shift+Enter breaks the line, Esc stops, Up in an empty field brings back earlier requests."""

    sent = Signal()
    stopped = Signal()

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAccessibleName(tr("What does this photo need?"))
        self.setPlaceholderText(tr("It's too dark and a bit cold…"))
        self.setToolTip(tr("Enter sends, Shift+Enter begins a new line, Esc stops, Up recalls what you said before."))
        self.setTabChangesFocus(True)
        self.setFrameShape(QtWidgets.QFrame.NoFrame)
        self.viewport().setAutoFillBackground(False)
        palette = self.palette()
        palette.setColor(QtGui.QPalette.Base, QtCore.Qt.transparent)
        self.setPalette(palette)
        self.document().setDocumentMargin(3)
        self.textChanged.connect(self._fit)
        self._said: list[str] = []
        self._at = 0
        self._fit()

    def _fit(self) -> None:
        lines = max(1, int(self.document().size().height()))
        policy = QtCore.Qt.ScrollBarAsNeeded if lines > _MOST_LINES else QtCore.Qt.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(min(lines, _MOST_LINES) * self.fontMetrics().lineSpacing() + 10)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def remember(self, text: str) -> None:
        if text and (not self._said or self._said[-1] != text):
            self._said = [*self._said, text][-_REMEMBERED:]
        self._at = len(self._said)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        key, shift = event.key(), bool(event.modifiers() & QtCore.Qt.ShiftModifier)
        if key in (QtCore.Qt.Key_Return, QtCore.Qt.Key_Enter) and not shift:
            self.sent.emit()
        elif key == QtCore.Qt.Key_Escape:
            self.stopped.emit()
        elif key in (QtCore.Qt.Key_Up, QtCore.Qt.Key_Down) and self._recalling():
            step = -1 if key == QtCore.Qt.Key_Up else 1
            self._at = min(len(self._said), max(0, self._at + step))
            self.setPlainText(self._said[self._at] if self._at < len(self._said) else "")
            self.moveCursor(QtGui.QTextCursor.End)
        else:
            super().keyPressEvent(event)

    def _recalling(self) -> bool:
        text = self.toPlainText()
        return bool(self._said) and (not text or (self._at < len(self._said) and text == self._said[self._at]))

    def event(self, event: QtCore.QEvent) -> bool:
        # Krita's own shortcuts (Esc, Del, letters) must not take keys away while one writes.
        if event.type() == QtCore.QEvent.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


class Composer(QtWidgets.QFrame):
    """The field and its two buttons, of which one is shown."""

    sent = Signal(str)
    stop_asked = Signal()

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.field = Field(self)
        self.send = IconButton("send", "send", tr("Send (Enter)"), self, side=28)
        self.send.solid = True
        self.stop = IconButton("stop", "stop", tr("Stop (Esc)"), self, side=28)
        self.stop.solid = True
        self.stop.hide()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(GAP, 3, 4, 3)
        layout.setSpacing(4)
        layout.addWidget(self.field, 1)
        for button in (self.send, self.stop):
            layout.addWidget(button, 0, QtCore.Qt.AlignBottom)
        self.send.clicked.connect(self._send)
        self.stop.clicked.connect(self.stop_asked)
        self.field.sent.connect(self._send)
        self.field.stopped.connect(self.stop_asked)

    def _send(self) -> None:
        if self.stop.isHidden():
            self.sent.emit(self.field.toPlainText())

    def took(self, text: str) -> None:
        """The text was sent: remember it and make room."""
        self.field.remember(text.strip())
        self.field.clear()

    def show_running(self, running: bool) -> None:
        focused = self.send.hasFocus() or self.stop.hasFocus()
        self.send.setHidden(running)
        self.stop.setHidden(not running)
        if focused:
            (self.stop if running else self.send).setFocus()

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        focus = self.field.hasFocus()
        painter.setPen(QtGui.QPen(colour(self, "accent" if focus else "line"), 1.2))
        painter.setBrush(colour(self, "raised"))
        painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(0.6, 0.6, -0.6, -0.6), 9, 9)
