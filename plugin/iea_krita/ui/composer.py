"""Where people write: a field that grows with its text, what the request is about, variations, Send, and Stop meanwhile."""

from __future__ import annotations

from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..scope import Scope
from ..texts import tr
from .bubbles import Text
from .look import GAP, RADIUS, IconButton, blend, colour, smaller
from .stylebar import StyleBar

_MOST_LINES = 6
_REMEMBERED = 50


class Field(QtWidgets.QPlainTextEdit):
    """Enter sends, Ctrl+Enter asks for variations, Shift+Enter breaks the line, Esc stops, Up in an empty field brings back
    earlier requests."""

    sent = Signal(bool)  # whether for variations
    stopped = Signal()
    digit = Signal(int)  # a key 1 to 9 in the empty field

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.picking = False  # whether digits mean pictures
        self.setObjectName("composer")
        self.setAccessibleName(tr("What does this photo need?"))
        self.setPlaceholderText(tr("It's too dark and a bit cold…"))
        self.setToolTip(tr(
            "Enter sends, Ctrl+Enter shows three variations, Shift+Enter begins a new line, Esc stops, Up recalls what you "
            "said before."
        ))
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

    def write(self, text: str) -> None:
        """Put this text there, ready to be changed."""
        self.setPlainText(text)
        self.moveCursor(QtGui.QTextCursor.End)
        self.setFocus()

    def remember(self, text: str) -> None:
        if text and (not self._said or self._said[-1] != text):
            self._said = [*self._said, text][-_REMEMBERED:]
        self._at = len(self._said)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key in (QtCore.Qt.Key_Return, QtCore.Qt.Key_Enter) and not modifiers & QtCore.Qt.ShiftModifier:
            self.sent.emit(bool(modifiers & QtCore.Qt.ControlModifier))
        elif key == QtCore.Qt.Key_Escape:
            self.stopped.emit()
        elif self.picking and QtCore.Qt.Key_1 <= key <= QtCore.Qt.Key_9 and not self.toPlainText():
            self.digit.emit(key - QtCore.Qt.Key_0)
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
        # Krita's own shortcuts (Esc, Del, letters) must not take keys away while one writes. But right after sending, with
        # nothing written, Ctrl+Z means the picture.
        if event.type() == QtCore.QEvent.ShortcutOverride:
            undo = event.matches(QtGui.QKeySequence.Undo) or event.matches(QtGui.QKeySequence.Redo)
            if undo and not self.toPlainText() and not self.document().isUndoAvailable():
                event.ignore()
                return False
            event.accept()
            return True
        return super().event(event)


class ScopeButton(QtWidgets.QToolButton):
    """Shows what the next request is about, and a menu to choose something else."""

    chosen = Signal(object)  # Scope

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("scope")
        self.setPopupMode(QtWidgets.QToolButton.InstantPopup)
        self.setCursor(QtCore.Qt.PointingHandCursor)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.scope = Scope.PICTURE
        self.warned = False
        smaller(self)
        self._menu = QtWidgets.QMenu(self)
        self._menu.setObjectName("scope_menu")
        self._menu.setToolTipsVisible(True)
        group = QtWidgets.QActionGroup(self)
        self._actions = {}
        for scope, (title, about) in _scopes().items():
            action = self._menu.addAction(title, lambda scope=scope: self.chosen.emit(scope))
            action.setObjectName(f"scope_{scope.value}")
            action.setToolTip(about)
            action.setCheckable(True)
            group.addAction(action)
            self._actions[scope] = action
        self.setMenu(self._menu)
        self.show_scope(Scope.PICTURE, "")

    def show_scope(self, scope: Scope, hint: str) -> None:
        title, about = _scopes()[scope]
        self.scope, self.warned = scope, bool(hint)
        self.setText(title)
        self.setToolTip(hint or about)
        self.setAccessibleName(tr("What the request is about: {scope}", scope=title))
        self._actions[scope].setChecked(True)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(self.fontMetrics().horizontalAdvance(self.text()) + 48, 24)

    def minimumSizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(38, 24)

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        lit = self.underMouse() or self.hasFocus() or self.isDown()
        area = QtCore.QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if lit:
            painter.setBrush(blend(colour(self, "surface"), colour(self, "text"), 0.14))
            painter.setPen(QtGui.QPen(colour(self, "focus"), 1.6) if self.hasFocus() else QtCore.Qt.NoPen)
            painter.drawRoundedRect(area, RADIUS - 3, RADIUS - 3)
        ink = colour(self, "warning" if self.warned else "text" if lit or self.scope is not Scope.PICTURE else "dim")
        from_right = self.layoutDirection() == QtCore.Qt.RightToLeft
        sign = QtCore.QRectF(area.right() - 20 if from_right else area.left() + 4, area.center().y() - 7, 14, 14)
        IconButton.paint_sign(painter, {"picture": "picture", "layer": "layer", "selection": "selection"}[self.scope.value],
                              sign, ink)
        painter.setPen(ink)
        words = area.adjusted(16, 0, -24, 0) if from_right else area.adjusted(24, 0, -16, 0)
        text = self.fontMetrics().elidedText(self.text(), QtCore.Qt.ElideRight, int(words.width()))
        painter.drawText(words, int(QtCore.Qt.AlignVCenter | QtCore.Qt.AlignLeading), text)
        tip = QtCore.QPointF(area.left() + 9 if from_right else area.right() - 9, area.center().y() + 1)
        painter.setBrush(QtCore.Qt.NoBrush)
        painter.drawPolyline(QtGui.QPolygonF([tip + QtCore.QPointF(-3, -2), tip + QtCore.QPointF(0, 1.4),
                                              tip + QtCore.QPointF(3, -2)]))


def _scopes() -> dict[Scope, tuple[str, str]]:
    return {
        Scope.PICTURE: (tr("Whole picture"), tr("The steps change everything in view.")),
        Scope.LAYER: (tr("Only this layer"), tr("The steps change the layer that is chosen in Krita, and nothing else.")),
        Scope.SELECTION: (tr("Only the selection"), tr("The steps change what is selected in Krita, and nothing else.")),
    }


class Composer(QtWidgets.QWidget):
    """What the person likes, a line that tells what is special about the next request, the field, and its buttons."""

    sent = Signal(str, bool)  # the text; whether for variations
    stop_asked = Signal()
    scope_chosen = Signal(object)
    picked = Signal(int)
    note_closed = Signal()

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.style_bar = StyleBar(self)
        self.frame = Frame(self)
        self.field = Field(self.frame)
        self.frame.watch(self.field)
        self.note = Text("", self.frame, "dim")
        self.note.setObjectName("composer_note")
        smaller(self.note)
        self.close_note = IconButton("remove", "composer_note_close", tr("Never mind"), self.frame, side=18)
        self.scope = ScopeButton(self.frame)
        self.like = IconButton("style", "style_switch", "", self.frame, side=24)
        self.like.setCheckable(True)
        tip = tr("Show three variations (Ctrl+Enter)")
        self.variations = IconButton("variations", "variations_ask", tip, self.frame, side=24)
        self.send = IconButton("send", "send", tr("Send (Enter)"), self.frame, side=28)
        self.send.solid = True
        self.stop = IconButton("stop", "stop", tr("Stop (Esc)"), self.frame, side=28)
        self.stop.solid = True
        self.stop.hide()
        note = QtWidgets.QHBoxLayout()
        note.setSpacing(4)
        note.addWidget(self.note, 1)
        note.addWidget(self.close_note, 0, QtCore.Qt.AlignTop)
        buttons = QtWidgets.QHBoxLayout()
        buttons.setSpacing(3)
        buttons.addWidget(self.scope)
        buttons.addStretch(1)
        for button in (self.like, self.variations, self.send, self.stop):
            buttons.addWidget(button, 0, QtCore.Qt.AlignBottom)
        inner = QtWidgets.QVBoxLayout(self.frame)
        inner.setContentsMargins(GAP, 4, 4, 4)
        inner.setSpacing(2)
        inner.addLayout(note)
        inner.addWidget(self.field)
        inner.addLayout(buttons)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.style_bar)
        layout.addWidget(self.frame)
        self.send.clicked.connect(lambda: self._send(False))
        self.variations.clicked.connect(lambda: self._send(True))
        self.stop.clicked.connect(self.stop_asked)
        self.field.sent.connect(self._send)
        self.field.stopped.connect(self.stop_asked)
        self.field.digit.connect(lambda number: self.picked.emit(number - 1))
        self.scope.chosen.connect(self.scope_chosen)
        self.close_note.clicked.connect(self.note_closed)
        self.say("")

    def _send(self, variations: bool) -> None:
        if self.stop.isHidden():
            self.sent.emit(self.field.toPlainText(), variations)

    def say(self, note: str, *, warning: bool = False, closable: bool = False) -> None:
        """A line above the field; "" for none."""
        self.note.say(note)
        self.note.become("warning" if warning else "dim")
        self.note.setHidden(not note)
        self.close_note.setHidden(not (note and closable))

    def took(self, text: str) -> None:
        """The text was sent: remember it and make room."""
        self.field.remember(text.strip())
        self.field.clear()

    def show_running(self, running: bool) -> None:
        """Stop in the place of Send while a turn runs."""
        focused = self.send.hasFocus() or self.stop.hasFocus()
        self.send.setHidden(running)
        self.stop.setHidden(not running)
        self.variations.setEnabled(not running)
        if focused:
            (self.stop if running else self.send).setFocus()


class Frame(QtWidgets.QFrame):
    """The rounded ground of the field, outlined while one writes."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._field: QtWidgets.QWidget | None = None

    def watch(self, field: QtWidgets.QWidget) -> None:
        self._field = field
        field.installEventFilter(self)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        if event.type() in (QtCore.QEvent.FocusIn, QtCore.QEvent.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        focus = self._field is not None and self._field.hasFocus()
        painter.setPen(QtGui.QPen(colour(self, "focus" if focus else "line"), 1.4))
        painter.setBrush(colour(self, "raised"))
        painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7), 9, 9)
