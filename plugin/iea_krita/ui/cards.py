"""The steps in force as cards: eye, name, number, reset, remove and a slider, the first step at the bottom as in Krita."""

from __future__ import annotations

from tool_mapping.spec import BY_NAME

from ..editing import StepEditor
from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..session import Step
from ..texts import tr
from .look import GAP, IconButton, Panel, colour


class StepSlider(QtWidgets.QSlider):
    """A flat slider with a mark at "no change" and one at the agent's suggestion; double-click goes to the suggestion."""

    suggested_asked = Signal()

    def __init__(self, tool: str, parent: QtWidgets.QWidget) -> None:
        super().__init__(QtCore.Qt.Horizontal, parent)
        spec = BY_NAME[tool]
        self.setRange(spec.minimum, spec.maximum)
        self.setPageStep(10)
        self.neutral = spec.neutral
        self.suggested = spec.neutral
        self.setFixedHeight(20)
        self.setMinimumWidth(60)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setCursor(QtCore.Qt.PointingHandCursor)

    def _x(self, value: int) -> float:
        span = self.maximum() - self.minimum()
        share = (value - self.minimum()) / span if span else 0.0
        if self.layoutDirection() == QtCore.Qt.RightToLeft:
            share = 1.0 - share
        return 7.0 + share * (self.width() - 14.0)

    def _value(self, x: float) -> int:
        share = min(1.0, max(0.0, (x - 7.0) / max(1.0, self.width() - 14.0)))
        if self.layoutDirection() == QtCore.Qt.RightToLeft:
            share = 1.0 - share
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._value(event.pos().x()))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._value(event.pos().x()))

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, _: QtGui.QMouseEvent) -> None:
        self.suggested_asked.emit()

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:
        # Only with focus: otherwise scrolling through the cards would change them.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        middle = self.height() / 2.0
        here, neutral = self._x(self.sliderPosition()), self._x(self.neutral)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, "line"))
        painter.drawRoundedRect(QtCore.QRectF(5, middle - 2, self.width() - 10, 4), 2, 2)
        painter.setBrush(colour(self, "accent"))
        painter.drawRoundedRect(QtCore.QRectF(min(here, neutral), middle - 2, abs(here - neutral), 4), 2, 2)
        painter.setBrush(colour(self, "dim"))
        painter.drawRect(QtCore.QRectF(neutral - 0.75, middle - 5, 1.5, 10))
        if self.suggested != self.sliderPosition():
            mark = self._x(self.suggested)
            painter.drawPolygon(QtGui.QPolygonF([
                QtCore.QPointF(mark, middle + 4), QtCore.QPointF(mark - 3, middle + 9), QtCore.QPointF(mark + 3, middle + 9),
            ]))
        painter.setBrush(colour(self, "text"))
        if self.hasFocus():
            painter.setPen(QtGui.QPen(colour(self, "accent"), 2))
        painter.drawEllipse(QtCore.QPointF(here, middle), 5.5, 5.5)


class SignedBox(QtWidgets.QSpinBox):
    """A number box that shows the sign of tools that go both ways."""

    def textFromValue(self, value: int) -> str:
        return f"{value:+d}" if self.minimum() < 0 and value else str(value)


class StepCard(Panel):
    """One step. It asks the editor for changes and shows what it is told."""

    def __init__(self, step: Step, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__("raised", parent)
        self.tool = step.tool
        self._editor = editor
        spec = BY_NAME[step.tool]
        title = tr(spec.title)
        about = tr(spec.about)
        self.setObjectName(f"step_{step.tool}")
        self.setAccessibleName(title)
        self.setAccessibleDescription(about)
        self.setToolTip(about)
        self.eye = IconButton("eye", f"visible_{step.tool}", tr("Switch {title} off", title=title), self)
        self.eye.setCheckable(False)
        self.name = QtWidgets.QLabel(title, self)
        self.name.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Preferred)
        self.number = SignedBox(self)
        self.number.setObjectName(f"value_{step.tool}")
        self.number.setAccessibleName(tr("Value of {title}", title=title))
        self.number.setRange(spec.minimum, spec.maximum)
        self.number.setButtonSymbols(QtWidgets.QAbstractSpinBox.NoButtons)
        self.number.setAlignment(QtCore.Qt.AlignRight | QtCore.Qt.AlignVCenter)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("-100") + 18)
        self.number.setKeyboardTracking(False)
        self.reset = IconButton("reset", f"reset_{step.tool}", tr("Back to the suggested value"), self)
        self.remove = IconButton("remove", f"remove_{step.tool}", tr("Remove {title}", title=title), self)
        self.slider = StepSlider(step.tool, self)
        self.slider.setObjectName(f"slider_{step.tool}")
        self.slider.setAccessibleName(title)
        top = QtWidgets.QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.eye)
        top.addWidget(self.name, 1)
        top.addWidget(self.number)
        top.addWidget(self.reset)
        top.addWidget(self.remove)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(6, 5, 6, 5)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self.slider)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self._editor.drop(self.tool, self.slider.value()))
        self.slider.suggested_asked.connect(self._to_suggested)
        self.number.valueChanged.connect(self._typed)
        self.eye.clicked.connect(lambda: self._editor.show(self.tool, not self.step.visible))
        self.reset.clicked.connect(self._to_suggested)
        self.remove.clicked.connect(lambda: self._editor.remove(self.tool))
        for widget in (self.slider, self.number, self.eye, self.reset, self.remove):
            widget.installEventFilter(self)
        self.setContextMenuPolicy(QtCore.Qt.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.show_step(step)

    def show_step(self, step: Step) -> None:
        """Show a state of this tool's step, without asking for changes."""
        self.step = step
        self.slider.suggested = step.suggested
        if not self.slider.isSliderDown():
            self._quietly(self.slider, step.value)
            self._quietly(self.number, step.value)
        self.eye.draw("eye" if step.visible else "eye_off")
        title = tr(step.title)
        self.eye.say(tr("Switch {title} off", title=title) if step.visible else tr("Switch {title} on", title=title))
        self.slider.setEnabled(step.visible)
        self.number.setEnabled(step.visible)
        self.name.setEnabled(step.visible)
        self.reset.setEnabled(step.value != step.suggested)
        self.reset.say(tr("Back to the suggested {value}", value=f"{step.suggested:+d}"))

    @staticmethod
    def _quietly(widget: QtWidgets.QSlider | QtWidgets.QSpinBox, value: int) -> None:
        blocked = widget.blockSignals(True)
        widget.setValue(value)
        widget.blockSignals(blocked)
        widget.update()

    def _slid(self, value: int) -> None:
        self._quietly(self.number, value)
        self.reset.setEnabled(value != self.step.suggested)
        if self.slider.isSliderDown():
            self._editor.drag(self.tool, value)
        else:
            self._editor.set_value(self.tool, value)

    def _typed(self, value: int) -> None:
        self._quietly(self.slider, value)
        self.reset.setEnabled(value != self.step.suggested)
        self._editor.set_value(self.tool, value)

    def _to_suggested(self) -> None:
        self._quietly(self.slider, self.step.suggested)
        self._quietly(self.number, self.step.suggested)
        self._editor.set_value(self.tool, self.step.suggested, at_once=True)

    def _menu(self, point: QtCore.QPoint) -> None:
        menu = QtWidgets.QMenu(self)
        menu.addAction(tr("Move up"), lambda: self._editor.move(self.tool, 1))
        menu.addAction(tr("Move down"), lambda: self._editor.move(self.tool, -1))
        menu.addSeparator()
        menu.addAction(tr("Back to the suggested value"), self._to_suggested)
        menu.addAction(tr("Remove"), lambda: self._editor.remove(self.tool))
        menu.exec_(self.mapToGlobal(point))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        # Alt+Up and Alt+Down move the step; without Alt the slider and the number box take these keys.
        if event.type() == QtCore.QEvent.KeyPress and event.modifiers() & QtCore.Qt.AltModifier:
            places = {QtCore.Qt.Key_Up: 1, QtCore.Qt.Key_Down: -1}.get(event.key())
            if places is not None:
                self._editor.move(self.tool, places)
                return True
        return super().eventFilter(watched, event)


class Cards(QtWidgets.QWidget):
    """All cards, topmost layer first. Cards of tools that stay are kept, so that focus and a held slider survive."""

    def __init__(self, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._editor = editor
        self._cards: dict[str, StepCard] = {}
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._layout.addStretch(1)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        wanted = [step.tool for step in reversed(steps)]
        for tool in [tool for tool in self._cards if tool not in wanted]:
            card = self._cards.pop(tool)
            self._layout.removeWidget(card)
            card.setObjectName("")
            card.hide()
            card.deleteLater()
        for place, step in enumerate(reversed(steps)):
            card = self._cards.get(step.tool)
            if card is None:
                card = self._cards[step.tool] = StepCard(step, self._editor, self)
                self._layout.insertWidget(place, card)
                card.show()
            else:
                card.show_step(step)
                if self._layout.indexOf(card) != place:
                    self._layout.removeWidget(card)
                    self._layout.insertWidget(place, card)
