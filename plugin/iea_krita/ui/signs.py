"""Signs of the conversation's buttons, drawn in a field of 16 x 16 around the origin with the pen that the painter has."""

from __future__ import annotations

from ..qt import QtCore, QtGui


def line(painter: QtGui.QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(x, y) for x, y in points]))


def _retry(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    painter.drawArc(QtCore.QRectF(-5.5, -5.5, 11, 11), 60 * 16, 290 * 16)
    line(painter, (-1.2, -7.6), (2.6, -4.8), (-0.6, -1.6))


def _edit(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    line(painter, (-6.5, 6.5), (-5.6, 2.8), (3.4, -6.2), (6.2, -3.4), (-2.8, 5.6), (-6.5, 6.5))
    line(painter, (1.2, -4.0), (4.0, -1.2))


def _variations(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    for x in (-7.5, -2.1, 3.3):
        painter.drawRoundedRect(QtCore.QRectF(x, -5.5, 4.2, 11), 1.2, 1.2)


def _picture(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    painter.drawRoundedRect(QtCore.QRectF(-7, -5.5, 14, 11), 1.8, 1.8)
    line(painter, (-6.5, 4), (-2.2, -0.6), (1, 2.4), (3.2, 0.4), (6.5, 3.6))


def _layer(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    line(painter, (0, -6), (7, -2.4), (0, 1.2), (-7, -2.4), (0, -6))
    line(painter, (-7, 1.8), (0, 5.6), (7, 1.8))


def _selection(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    pen = painter.pen()
    pen.setDashPattern([1.6, 1.7])
    painter.setPen(pen)
    painter.drawRoundedRect(QtCore.QRectF(-6.5, -5.5, 13, 11), 1.5, 1.5)


def _warning(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    line(painter, (0, -6.5), (7, 6), (-7, 6), (0, -6.5))
    line(painter, (0, -2), (0, 1.6))
    painter.setBrush(ink)
    painter.drawEllipse(QtCore.QPointF(0, 3.9), 0.5, 0.5)


def _style(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    path = QtGui.QPainterPath(QtCore.QPointF(0, 6.5))
    path.cubicTo(-10, 0, -6, -7.5, 0, -3)
    path.cubicTo(6, -7.5, 10, 0, 0, 6.5)
    painter.drawPath(path)


def _style_on(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    painter.setBrush(ink)
    _style(painter, ink)


SIGNS = {
    "retry": _retry, "edit": _edit, "variations": _variations, "picture": _picture, "layer": _layer, "selection": _selection,
    "warning": _warning, "style": _style,
    "style_on": _style_on,
}
