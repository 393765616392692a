"""Flat sliders and number boxes: the wheel only with focus, double-click to the resting value, mirrored where one reads so."""

from __future__ import annotations

from tool_mapping.spec import BY_NAME

from ..qt import QtCore, QtGui, QtWidgets, Signal
from .look import colour

_INSET = 7.0  # px from the widget's edge to the handle's middle at an end of the range
_HANDLE = 5.5  # px, its radius


class FlatSlider(QtWidgets.QSlider):
    """A slider that fills from its neutral value; a double-click asks for the resting value."""

    rest_asked = Signal()

    def __init__(self, parent: QtWidgets.QWidget, *, neutral: int = 0, rest: int = 0) -> None:
        super().__init__(QtCore.Qt.Horizontal, parent)
        self.neutral = neutral
        self.rest = rest
        self.setPageStep(10)
        self.setFixedHeight(20)
        self.setMinimumWidth(50)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.setCursor(QtCore.Qt.PointingHandCursor)
        self.setMouseTracking(True)
        self._grip = 0.0  # px from the handle's middle to where the mouse took it

    def _x(self, value: int) -> float:
        span = self.maximum() - self.minimum()
        share = (value - self.minimum()) / span if span else 0.0
        if self.layoutDirection() == QtCore.Qt.RightToLeft:
            share = 1.0 - share
        return _INSET + share * (self.width() - 2 * _INSET)

    def _value(self, x: float) -> int:
        share = min(1.0, max(0.0, (x - _INSET) / max(1.0, self.width() - 2 * _INSET)))
        if self.layoutDirection() == QtCore.Qt.RightToLeft:
            share = 1.0 - share
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() != QtCore.Qt.LeftButton:
            return
        handle = self._x(self.sliderPosition())
        # Taken at its handle the value stays until the mouse moves; elsewhere it jumps to the mouse.
        self._grip = event.pos().x() - handle if abs(event.pos().x() - handle) <= _HANDLE else 0.0
        self.setSliderDown(True)
        self.setSliderPosition(self._value(event.pos().x() - self._grip))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._value(event.pos().x() - self._grip))

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton:
            self.rest_asked.emit()

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:
        # Only with focus: otherwise scrolling through the cards would change them.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QtCore.QEvent) -> bool:
        # Krita's own shortcuts (arrows pan the canvas, digits set opacity) must not take a focused slider's keys away.
        if event.type() == QtCore.QEvent.ShortcutOverride and _is_value_key(event):
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        middle = self.height() / 2.0
        here, neutral = self._x(self.sliderPosition()), self._x(self.neutral)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, "groove"))
        painter.drawRoundedRect(QtCore.QRectF(5, middle - 2, self.width() - 10, 4), 2, 2)
        painter.setBrush(colour(self, "accent"))
        painter.drawRoundedRect(QtCore.QRectF(min(here, neutral), middle - 2, abs(here - neutral), 4), 2, 2)
        self._marks(painter, middle)
        if self.hasFocus():
            painter.setBrush(QtCore.Qt.NoBrush)
            painter.setPen(QtGui.QPen(colour(self, "focus"), 1.6))
            painter.drawEllipse(QtCore.QPointF(here, middle), _HANDLE + 2.6, _HANDLE + 2.6)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, "text"))
        painter.drawEllipse(QtCore.QPointF(here, middle), _HANDLE, _HANDLE)

    def _marks(self, painter: QtGui.QPainter, middle: float) -> None:
        """What stands on the groove below the handle."""


class StepSlider(FlatSlider):
    """A tool's slider, with a tick at "no change" and a triangle at the agent's suggestion."""

    def __init__(self, tool: str, parent: QtWidgets.QWidget) -> None:
        spec = BY_NAME[tool]
        super().__init__(parent, neutral=spec.neutral, rest=spec.neutral)
        self.setRange(spec.minimum, spec.maximum)

    def _marks(self, painter: QtGui.QPainter, middle: float) -> None:
        painter.setBrush(colour(self, "dim"))
        painter.drawRect(QtCore.QRectF(self._x(self.neutral) - 0.75, middle - 5, 1.5, 10))
        if self.rest != self.sliderPosition():
            mark = self._x(self.rest)
            painter.setBrush(colour(self, "text"))
            top, low = middle + 3.5, middle + 9
            corners = ((mark, top), (mark - 3.5, low), (mark + 3.5, low))
            painter.drawPolygon(QtGui.QPolygonF([QtCore.QPointF(*corner) for corner in corners]))


class NumberBox(QtWidgets.QSpinBox):
    """A number box without arrows, as wide as its numbers; shows the sign of tools that go both ways."""

    def __init__(self, parent: QtWidgets.QWidget, low: int, high: int, *, suffix: str = "") -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setSuffix(suffix)
        self.setButtonSymbols(QtWidgets.QAbstractSpinBox.NoButtons)
        self.setAlignment(QtCore.Qt.AlignRight | QtCore.Qt.AlignVCenter)
        self.setKeyboardTracking(False)
        self._fit()

    def _fit(self) -> None:
        widest = max(self.textFromValue(value) + self.suffix() for value in (self.minimum(), self.maximum()))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0" + widest) + 12)

    def changeEvent(self, event: QtCore.QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.FontChange:
            self._fit()

    def textFromValue(self, value: int) -> str:
        return f"{value:+d}" if self.minimum() < 0 and value else str(value)

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def event(self, event: QtCore.QEvent) -> bool:
        # Ctrl+Z is Krita's, which takes the last change of the picture back; the other keys are for the number that is typed.
        if event.type() == QtCore.QEvent.ShortcutOverride and _is_undo(event):
            return False
        return super().event(event)


def _is_undo(event: QtCore.QEvent) -> bool:
    return isinstance(event, QtGui.QKeyEvent) and (
        event.matches(QtGui.QKeySequence.Undo) or event.matches(QtGui.QKeySequence.Redo)
    )


def _is_value_key(event: QtCore.QEvent) -> bool:
    Qt = QtCore.Qt
    keys = (
        Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down, Qt.Key_PageUp, Qt.Key_PageDown, Qt.Key_Home, Qt.Key_End,
    )
    return isinstance(event, QtGui.QKeyEvent) and event.key() in keys
