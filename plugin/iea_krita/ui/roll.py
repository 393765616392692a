"""A long column of widgets that scrolls: only those near the view exist, so that a thousand rows cost as little as ten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..qt import QtCore, QtGui, QtWidgets

_UNMEASURED = 110  # px: a row's height until it was seen once
_AHEAD = 0.75  # of the view's height, that rows are kept beyond its edges


@dataclass(eq=False, slots=True)
class Row:
    """A row. `make` is called when it comes near the view; a `kept` row keeps its widget for ever."""

    make: Callable[[], QtWidgets.QWidget]
    kept: bool = False
    widget: QtWidgets.QWidget | None = None
    height: int = _UNMEASURED
    measured: bool = False


class Roll(QtWidgets.QScrollArea):
    """Rows from top to bottom, as wide as the view. Stays at the end while it is at the end."""

    def __init__(self, parent: QtWidgets.QWidget, *, gap: int, margin: int) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._gap, self._margin = gap, margin
        self.setFrameShape(QtWidgets.QFrame.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(QtCore.Qt.ScrollBarAsNeeded)
        self.inside = QtWidgets.QWidget(self)
        self.setWidget(self.inside)
        self._stick = True
        self._arranging = False
        self._width = 0
        self._soon = QtCore.QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.arrange)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # Rows

    def set_rows(self, rows: list[Row]) -> None:
        """Show these rows instead, from their end. Rows that stay keep their widgets."""
        staying = set(map(id, rows))
        for row in self.rows:
            if id(row) not in staying:
                self._drop(row)
        self.rows = list(rows)
        self._stick = True
        self.arrange()

    def insert(self, place: int, row: Row) -> None:
        self.rows.insert(place, row)
        self._soon.start()

    def take(self, row: Row) -> None:
        """Remove a row and its widget."""
        if row in self.rows:
            self.rows.remove(row)
            self._drop(row)
            self._soon.start()

    def to_end(self) -> None:
        """Go to the last row and stay there as rows are added."""
        self._stick = True
        self._soon.start()

    def reveal(self, row: Row) -> None:
        """Scroll as little as brings the row into view."""
        self._stick = False
        view, bar = self.viewport().height(), self.verticalScrollBar()
        for _ in range(2):  # rows on the way are measured, which may move this one
            top = self.row_top(row)
            position = bar.value()
            if top < position or row.height > view:
                bar.setValue(top - self._margin)
            elif top + row.height > position + view:
                bar.setValue(top + row.height - view + self._margin)
            self.arrange()

    def shown(self) -> list[Row]:
        """The rows that have a widget now, top to bottom."""
        return [row for row in self.rows if row.widget is not None]

    def remeasure(self, row: Row) -> None:
        """Its content changed."""
        row.measured = False
        self._soon.start()

    def _drop(self, row: Row) -> None:
        widget, row.widget = row.widget, None
        if widget is not None:
            widget.removeEventFilter(self)
            widget.hide()
            if row.kept:
                row.widget = widget
            else:
                widget.deleteLater()

    # Layout

    def row_top(self, row: Row) -> int:
        """Its place in px from the top of all rows."""
        top = self._margin
        for other in self.rows:
            if other is row:
                break
            top += self._space(other)
        return top

    def _space(self, row: Row) -> int:
        return row.height + self._gap if row.height else 0

    def arrange(self) -> None:
        """Make, measure and place the rows near the view, holding what is in view where it is."""
        if self._arranging:
            return
        self._arranging = True
        try:
            width = self.viewport().width()
            if width != self._width:
                self._width = width
                for row in self.rows:
                    row.measured = False
            anchor, offset = self._anchor()
            for _ in range(3):  # measured rows move others into or out of view
                if not self._measure_near(self._target(anchor, offset)):
                    break
            self._place(self._target(anchor, offset))
        finally:
            self._arranging = False

    def _anchor(self) -> tuple[Row | None, int]:
        """The topmost row in view, and how far above the view's top it begins."""
        position, top = self.verticalScrollBar().value(), self._margin
        for row in self.rows:
            if row.height and top + row.height > position:
                return row, position - top
            top += self._space(row)
        return None, 0

    def _target(self, anchor: Row | None, offset: int) -> int:
        most = max(0, self._total() - self.viewport().height())
        if self._stick or anchor is None:
            return most
        return max(0, min(most, self.row_top(anchor) + offset))

    def _total(self) -> int:
        return 2 * self._margin + sum(map(self._space, self.rows))

    def _near(self, position: int) -> list[tuple[Row, int]]:
        """The rows near a view that begins at `position`, with their tops."""
        view = self.viewport().height()
        first, last = position - _AHEAD * view, position + (1 + _AHEAD) * view
        found, top = [], self._margin
        for row in self.rows:
            if row.kept or (top + row.height >= first and top <= last):
                found.append((row, top))
            top += self._space(row)
        return found

    def _measure_near(self, position: int) -> bool:
        """Whether anything had to be measured."""
        changed = False
        for row, _ in self._near(position):
            if row.widget is None or not row.measured:
                widget = row.widget or row.make()
                row.widget = widget
                if widget.parentWidget() is not self.inside:
                    widget.setParent(self.inside)
                widget.installEventFilter(self)
                height = self._height_of(widget)
                changed = changed or height != row.height
                row.height, row.measured = height, True
        return changed

    def _height_of(self, widget: QtWidgets.QWidget) -> int:
        if widget.property("folded"):
            return 0
        width = self._width - 2 * self._margin
        layout = widget.layout()
        if layout is not None:
            layout.activate()
        return max(1, widget.heightForWidth(width) if widget.hasHeightForWidth() else widget.sizeHint().height())

    def _place(self, position: int) -> None:
        near = self._near(position)
        keep = {id(row) for row, _ in near}
        for row in self.rows:
            if row.widget is not None and id(row) not in keep and not row.kept and not _holds_focus(row.widget):
                self._drop(row)
        self.inside.resize(self._width, max(self._total(), self.viewport().height()))
        for row, top in near:
            if row.widget is not None:
                row.widget.setGeometry(self._margin, top, self._width - 2 * self._margin, row.height)
                row.widget.setVisible(bool(row.height))
        self.verticalScrollBar().setValue(position)

    # Events

    def _scrolled(self, value: int) -> None:
        if not self._arranging:
            self._stick = value >= self.verticalScrollBar().maximum() - 4
            self.arrange()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        if event.type() == QtCore.QEvent.LayoutRequest and not self._arranging:
            for row in self.rows:
                if row.widget is watched:
                    self.remeasure(row)
        return super().eventFilter(watched, event)


def _holds_focus(widget: QtWidgets.QWidget) -> bool:
    focused = QtWidgets.QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))
