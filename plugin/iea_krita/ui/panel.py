"""The docker's contents: conversation, steps, status line and composer, kept in agreement with the controller."""

from __future__ import annotations

from ..controller import Controller
from ..qt import QtCore, QtGui, QtWidgets
from ..texts import tr
from .cards import Cards
from .chat import Chat, Text
from .composer import Composer
from .look import GAP, MARGIN, IconButton, colour, smaller


class Dot(QtWidgets.QWidget):
    """A small light: calm when ready, breathing while something goes on, warm when something is wrong."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(12, 12)
        self._kind = ""
        self._phase = 0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(120)
        self._timer.timeout.connect(self._beat)

    def show_kind(self, kind: str) -> None:
        self._kind = kind
        if kind in ("thinking", "starting"):
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    def _beat(self) -> None:
        self._phase = (self._phase + 1) % 12
        self.update()

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        painter.setPen(QtCore.Qt.NoPen)
        roles = {"failed": "warning", "ready": "accent", "thinking": "accent", "starting": "accent"}
        painter.setBrush(colour(self, roles.get(self._kind, "dim")))
        if self._timer.isActive():
            painter.setOpacity(0.35 + 0.65 * abs(6 - self._phase) / 6)
        painter.drawEllipse(QtCore.QRectF(2.5, 2.5, 7, 7))


class StepsArea(QtWidgets.QWidget):
    """Heading, strength, and the cards."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        title = QtWidgets.QLabel(tr("Steps"), self)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.eye = IconButton("eye", "visible_all", tr("Switch all steps off"), self)
        self.hold = IconButton("before", "hold_before", tr("Hold to see the photo before"), self)
        self.strength = QtWidgets.QSlider(QtCore.Qt.Horizontal, self)
        self.strength.setObjectName("strength")
        self.strength.setAccessibleName(tr("Strength of all steps together"))
        self.strength.setToolTip(tr("Strength of all steps together"))
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setMinimumWidth(50)
        self.percent = QtWidgets.QLabel("100 %", self)
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100 %"))
        self.percent.setAlignment(QtCore.Qt.AlignRight | QtCore.Qt.AlignVCenter)
        head = QtWidgets.QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.eye)
        head.addWidget(title)
        head.addSpacing(4)
        head.addWidget(self.strength, 1)
        head.addWidget(self.percent)
        head.addWidget(self.hold)
        self.cards = Cards(controller.editor, self)
        scroll = QtWidgets.QScrollArea(self)
        scroll.setObjectName("steps")
        scroll.setAccessibleName(tr("Steps in force"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        scroll.setWidget(self.cards)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, GAP, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        self._shown = True
        self.eye.clicked.connect(lambda: controller.editor.show_group(not self._shown))
        self._held = True
        self.hold.pressed.connect(self._show_before)
        self.hold.released.connect(lambda: controller.editor.show_group(self._held))
        self.strength.valueChanged.connect(self._strength_moved)

    def _show_before(self) -> None:
        self._held = self._shown
        self._controller.editor.show_group(False)

    def wanted_height(self) -> int:
        """Pixels in which all cards are seen."""
        return self.cards.sizeHint().height() + self.eye.height() + 4 * GAP

    def _strength_moved(self, value: int) -> None:
        self.percent.setText(f"{value} %")
        self._controller.editor.set_strength(value)

    def refresh(self) -> None:
        desk = self._controller.desk
        steps = desk.session.steps if desk else ()
        self.cards.show_steps(steps)
        self.setVisible(bool(steps))
        if desk is None:
            return
        self._shown = desk.shown
        self.eye.draw("eye" if desk.shown else "eye_off")
        self.eye.say(tr("Switch all steps off") if desk.shown else tr("Switch all steps on"))
        if not self.strength.isSliderDown():
            blocked = self.strength.blockSignals(True)
            self.strength.setValue(desk.strength)
            self.strength.blockSignals(blocked)
            self.percent.setText(f"{desk.strength} %")


class MainPanel(QtWidgets.QWidget):
    """Everything in the docker."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.chat = Chat(self)
        self.steps = StepsArea(controller, self)
        self.composer = Composer(self)
        self.dot = Dot(self)
        self.status = Text("", self)
        self.status.setObjectName("status")
        smaller(self.status)
        self.action = QtWidgets.QPushButton(self)
        self.action.setObjectName("status_action")
        smaller(self.action)
        self.action.hide()
        self.splitter = QtWidgets.QSplitter(QtCore.Qt.Vertical, self)
        self.splitter.addWidget(self.chat)
        self.splitter.addWidget(self.steps)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self._divided_by_hand = False
        self.splitter.splitterMoved.connect(self._divided)
        line = QtWidgets.QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.dot, 0, QtCore.Qt.AlignTop)
        line.addWidget(self.status, 1)
        line.addWidget(self.action, 0, QtCore.Qt.AlignTop)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, GAP, MARGIN, MARGIN)
        layout.setSpacing(GAP)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(line)
        layout.addWidget(self.composer)
        self.setMinimumWidth(240)
        self._connect()
        self._document_changed()
        self._show_status()

    def _connect(self) -> None:
        controller = self._controller
        controller.document_changed.connect(self._document_changed)
        controller.log_changed.connect(self.chat.refresh)
        controller.pictured.connect(self.chat.refresh)
        controller.steps_changed.connect(self._steps_changed)
        controller.status_changed.connect(self._show_status)
        controller.turn_started.connect(self._started)
        controller.piece.connect(self.chat.stream)
        controller.turn_finished.connect(lambda _: self.chat.end())
        controller.turn_failed.connect(lambda *_: self.chat.end())
        self.chat.asked.connect(controller.submit)
        self.chat.edit_asked.connect(self._write)
        self.composer.sent.connect(controller.submit)
        self.composer.stop_asked.connect(controller.stop)
        self.action.clicked.connect(self._act)

    def _started(self, request: str) -> None:
        self.composer.took(request)
        self.chat.begin(request)

    def _write(self, text: str) -> None:
        self.composer.field.setPlainText(text)
        self.composer.field.setFocus()

    def _document_changed(self) -> None:
        self.chat.show_desk(self._controller.desk)
        self._steps_changed()

    def _steps_changed(self) -> None:
        self.steps.refresh()
        self._divide()

    def _divided(self, *_: int) -> None:
        self._divided_by_hand = True

    def _divide(self) -> None:
        """Give the steps the room that they need, the conversation at least two fifths; until a person divides it by hand."""
        whole = sum(self.splitter.sizes())
        if self._divided_by_hand or self.steps.isHidden() or whole < 50:
            return
        needed = min(self.steps.wanted_height(), whole * 3 // 5)
        if self.splitter.sizes()[1] != needed:
            self.splitter.setSizes([whole - needed, needed])

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        super().resizeEvent(event)
        QtCore.QTimer.singleShot(0, self._divide)

    def _show_status(self) -> None:
        status = self._controller.status
        self.status.say(status.text)
        self.status.setToolTip(status.text)
        self.dot.show_kind(status.kind)
        self.composer.show_running(status.kind == "thinking")
        names = {"retry": tr("Try again"), "restart": tr("Restart")}
        self.action.setVisible(bool(status.action))
        if status.action:
            self.action.setText(names[status.action])

    def _act(self) -> None:
        if self._controller.status.action == "restart":
            self._controller.restart_backend()
        else:
            self._controller.retry()
