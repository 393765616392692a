"""The docker's contents: conversation, steps, status line and composer, kept in agreement with the controller."""

from __future__ import annotations

from ..controller import Controller
from ..qt import QtCore, QtGui, QtWidgets
from ..texts import tr
from .chat import Chat, Text
from .composer import Composer
from .look import GAP, IconButton, colour, smaller
from .settings_dialog import SettingsDialog
from .steps import StepsArea
from .talk import Talk

_WIDE = 720  # px from which conversation and steps stand side by side


class Dot(QtWidgets.QWidget):
    """A small light: calm when ready, breathing while something goes on, warm when something is wrong."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(12, self.fontMetrics().height())
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
        roles = {"failed": "warning", "ready": "accent", "thinking": "accent", "starting": "accent", "choosing": "accent"}
        painter.setBrush(colour(self, roles.get(self._kind, "dim")))
        if self._timer.isActive():
            painter.setOpacity(0.35 + 0.65 * abs(6 - self._phase) / 6)
        painter.drawEllipse(QtCore.QPointF(6, self.height() / 2), 3.5, 3.5)


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
        self.choices = IconButton("settings", "settings", tr("Settings and diagnostics"), self, side=20)
        self.choices.clicked.connect(self.show_settings)
        self._settings: SettingsDialog | None = None
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
        line.addWidget(self.choices, 0, QtCore.Qt.AlignTop)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(line)
        layout.addWidget(self.composer)
        self.setMinimumWidth(240)
        self._connect()
        self._steps_changed()
        self._show_status()

    def _connect(self) -> None:
        controller = self._controller
        self._talk = Talk(controller, self.chat, self.composer)
        controller.document_changed.connect(self._steps_changed)
        controller.steps_changed.connect(self._steps_changed)
        controller.status_changed.connect(self._show_status)
        self.action.clicked.connect(self._act)

    def _steps_changed(self) -> None:
        self.steps.refresh()
        self._divide()

    def _divided(self, *_: int) -> None:
        self._divided_by_hand = True

    def _divide(self) -> None:
        """Give the steps the room that they need, the conversation at least two fifths; until a person divides it by hand."""
        side_by_side = self.width() >= max(_WIDE, self.height())
        wanted = QtCore.Qt.Horizontal if side_by_side else QtCore.Qt.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self._divided_by_hand = False
        whole = sum(self.splitter.sizes())
        if self._divided_by_hand or self.steps.isHidden() or whole < 50:
            return
        needed = whole // 2 if side_by_side else min(self.steps.wanted_height(), whole * 3 // 5)
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
        names = {
            "retry": tr("Try again"), "restart": tr("Restart"), "open": tr("Open…"), "srgb_copy": tr("Make an sRGB copy"),
        }
        self.action.setVisible(status.action in names)
        self.action.setText(names.get(status.action, ""))

    def show_settings(self) -> None:
        """Open the settings, or bring them to the front."""
        if self._settings is None:
            self._settings = SettingsDialog(self._controller, self)
            self._settings.destroyed.connect(self._settings_closed)
        self._settings.show()
        self._settings.raise_()
        self._settings.activateWindow()

    def _settings_closed(self) -> None:
        self._settings = None

    def ask_variations(self) -> None:
        """As a click on the composer's button for them."""
        self.composer.variations.click()

    def _act(self) -> None:
        self._controller.act(self._controller.status.action)
