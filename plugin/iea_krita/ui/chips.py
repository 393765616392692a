"""Suggestions to click, in rows that break where the width ends."""

from __future__ import annotations

from collections.abc import Sequence

from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..suggestions import Suggestion
from ..texts import tr
from .look import GAP, colour


class Chip(QtWidgets.QPushButton):
    """A suggestion to click."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setCursor(QtCore.Qt.PointingHandCursor)
        self.suggestion = Suggestion("", "")

    def offer(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion
        self.setText(suggestion.label)
        self.setToolTip(suggestion.request or tr("Let the photo decide"))
        self.setAccessibleName(suggestion.label)
        self.setAccessibleDescription(suggestion.request)
        self.updateGeometry()

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        area = QtCore.QRectF(self.rect()).adjusted(1, 1, -1, -1)
        focus = self.hasFocus()
        lit = self.isEnabled() and (self.underMouse() or focus)
        painter.setPen(QtGui.QPen(colour(self, "focus" if lit else "line"), 1.6 if focus else 1))
        painter.setBrush(colour(self, "mine" if self.isDown() else "raised"))
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        painter.setPen(colour(self, "text" if self.isEnabled() else "dim"))
        text = self.fontMetrics().elidedText(self.text(), QtCore.Qt.ElideRight, self.width() - 14)
        painter.drawText(self.rect(), QtCore.Qt.AlignCenter, text)

    def sizeHint(self) -> QtCore.QSize:
        metrics = self.fontMetrics()
        return QtCore.QSize(metrics.horizontalAdvance(self.text()) + 22, metrics.height() + 10)

    def minimumSizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(60, self.sizeHint().height())


class Flow(QtWidgets.QLayout):
    """Puts its items in rows that break where the width ends; hidden ones take no room."""

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
        return QtCore.QSize(max((item.minimumSize().width() for item in self._items if not item.isEmpty()), default=0), 0)

    def setGeometry(self, rect: QtCore.QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, True)

    def _arrange(self, rect: QtCore.QRect, place: bool) -> int:
        from_right = QtWidgets.QApplication.layoutDirection() == QtCore.Qt.RightToLeft
        x, y, row = 0, 0, 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            size.setWidth(min(size.width(), rect.width()))
            if x and x + size.width() > rect.width():
                x, y, row = 0, y + row + GAP, 0
            if place:
                left = rect.width() - x - size.width() if from_right else x
                item.setGeometry(QtCore.QRect(QtCore.QPoint(rect.x() + left, rect.y() + y), size))
            x += size.width() + GAP
            row = max(row, size.height())
        return y + row


class Chips(QtWidgets.QWidget):
    """A fixed number of chips, of which as many are shown as there are suggestions: so the order of Tab stays."""

    asked = Signal(object)  # Suggestion

    def __init__(self, parent: QtWidgets.QWidget, most: int, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._flow = Flow(self)
        self._chips = [Chip(self) for _ in range(most)]
        for number, chip in enumerate(self._chips):
            chip.setObjectName(f"{name}_{number}")
            chip.clicked.connect(lambda _=False, chip=chip: self.asked.emit(chip.suggestion))
            self._flow.addWidget(chip)
            chip.hide()

    def has_some(self) -> bool:
        return not all(chip.isHidden() for chip in self._chips)

    def offer(self, suggestions: Sequence[Suggestion]) -> None:
        shown = [chip.suggestion for chip in self._chips if not chip.isHidden()]
        if list(suggestions) == shown:
            return
        for number, chip in enumerate(self._chips):
            if number < len(suggestions):
                chip.offer(suggestions[number])
            chip.setHidden(number >= len(suggestions))
        self._flow.invalidate()
        self.updateGeometry()
