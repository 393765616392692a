"""How things look: colours taken from the palette at the moment of painting, so that a change of theme needs nothing."""

from __future__ import annotations

from functools import lru_cache

from ..qt import QtCore, QtGui, QtWidgets
from .signs import SIGNS

MARGIN = 8
GAP = 6
RADIUS = 8


def blend(one: QtGui.QColor, other: QtGui.QColor, share: float) -> QtGui.QColor:
    """`one` with `share` (0..1) of `other` mixed in."""
    def mix(a: int, b: int) -> int:
        return round(a + (b - a) * share)

    return QtGui.QColor(mix(one.red(), other.red()), mix(one.green(), other.green()), mix(one.blue(), other.blue()))


def luminance(shade: QtGui.QColor) -> float:
    """Relative luminance, 0..1 (WCAG 2.2)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade.getRgbF()[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: QtGui.QColor, other: QtGui.QColor) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(ink: QtGui.QColor, ground: QtGui.QColor, least: float) -> QtGui.QColor:
    """`ink`, moved towards black or white as far as its contrast on `ground` needs to be `least`."""
    end = QtGui.QColor(QtCore.Qt.white if luminance(ground) < 0.18 else QtCore.Qt.black)
    made = (blend(ink, end, i / 10) for i in range(11))
    return next((shade for shade in made if contrast(shade, ground) >= least), end)


_TEXT_CONTRAST, _SIGN_CONTRAST = 4.5, 3.0  # what WCAG 2.2 asks for small text, and for signs and lines that carry meaning


def colour(widget: QtWidgets.QWidget, role: str) -> QtGui.QColor:
    """A colour by what it is for: surface, raised, mine, text, dim, line, groove, accent, focus, on_accent, warning."""
    palette = widget.palette()
    roles = (QtGui.QPalette.Window, QtGui.QPalette.ButtonText, QtGui.QPalette.Highlight, QtGui.QPalette.HighlightedText)
    return QtGui.QColor(_shade(role, *(palette.color(of).rgba() for of in roles)))


@lru_cache(maxsize=256)  # it is asked for at every painting and for every label of a card
def _shade(role: str, *theme: int) -> QtGui.QColor:
    window, text, accent, on_accent = map(QtGui.QColor, theme)
    return shade(role, window, text, accent, on_accent)


def shade(
    role: str, window: QtGui.QColor, text: QtGui.QColor, accent: QtGui.QColor, on_accent: QtGui.QColor
) -> QtGui.QColor:
    """As `colour`, from a theme's own four colours."""
    dark = window.lightness() < 128
    raised = blend(window, text, 0.07)
    makers = {
        "surface": lambda: window,
        "raised": lambda: raised,
        "mine": lambda: blend(window, accent, 0.42 if dark else 0.28),
        "text": lambda: readable(text, raised, _TEXT_CONTRAST),
        "dim": lambda: readable(blend(text, window, 0.38), raised, _TEXT_CONTRAST),
        "line": lambda: blend(window, text, 0.18),
        "groove": lambda: blend(window, text, 0.3),
        "accent": lambda: accent,
        "focus": lambda: readable(accent, raised, _SIGN_CONTRAST),
        "on_accent": lambda: readable(on_accent, accent, _SIGN_CONTRAST),
        "warning": lambda: readable(QtGui.QColor("#e0a030" if dark else "#a86400"), raised, _TEXT_CONTRAST),
    }
    return makers[role]()


def tint(label: QtWidgets.QWidget, role: str) -> None:
    """Give a label's text one of our colours; to be called again when the theme changes (QEvent.PaletteChange)."""
    wanted = colour(label, role)
    palette = label.palette()
    if palette.color(QtGui.QPalette.WindowText) != wanted:
        palette.setColor(QtGui.QPalette.WindowText, wanted)
        label.setPalette(palette)


def smaller(widget: QtWidgets.QWidget, factor: float = 0.9) -> None:
    font = widget.font()
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * factor)
        widget.setFont(font)


def breakable(text: str) -> str:
    """The text with places to break in words too long for a narrow docker."""
    return " ".join(
        "\u200b".join(word[i:i + 4] for i in range(0, len(word), 4)) if len(word) > 22 else word for word in text.split(" ")
    )


class Label(QtWidgets.QLabel):
    """A label in one of our colours, which follows a change of theme. `elided`: cut with "…" where the room ends, the whole
    in the tooltip; otherwise it wraps."""

    def __init__(
        self, text: str, parent: QtWidgets.QWidget, role: str = "text", *, small: bool = False, elided: bool = False
    ) -> None:
        super().__init__(text, parent)
        self.role = role
        self._elided = elided
        self.setTextFormat(QtCore.Qt.PlainText)
        if elided:
            self.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Preferred)
            self.setToolTip(text)
        else:
            self.setWordWrap(True)
        if small:
            smaller(self)
        tint(self, role)

    def changeEvent(self, event: QtCore.QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QtCore.QEvent.PaletteChange, QtCore.QEvent.ParentChange):
            tint(self, self.role)

    def setText(self, text: str) -> None:
        tint(self, self.role)
        super().setText(text)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        if not self._elided:
            super().paintEvent(event)
            return
        painter = QtGui.QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        painter.setPen(self.palette().color(QtGui.QPalette.Active, QtGui.QPalette.WindowText))
        text = self.fontMetrics().elidedText(self.text(), QtCore.Qt.ElideRight, self.width())
        painter.drawText(self.rect(), int(QtCore.Qt.AlignVCenter | QtCore.Qt.AlignLeading), text)


class Panel(QtWidgets.QFrame):
    """A frame with a soft rounded ground of one of our colours."""

    def __init__(self, role: str, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self.faded = False
        self.outlined = False

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        if self.faded:
            painter.setOpacity(0.45)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, self.role))
        if self.outlined:
            painter.setPen(QtGui.QPen(colour(self, "focus"), 1.4))
        painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(0.7, 0.7, -0.7, -0.7), RADIUS, RADIUS)


class IconButton(QtWidgets.QToolButton):
    """A small button with a drawn sign: crisp at any scaling, in the theme's colours, with a name for screen readers."""

    def __init__(self, sign: str, name: str, tip: str, parent: QtWidgets.QWidget | None = None, *, side: int = 22) -> None:
        super().__init__(parent)
        self.sign = sign
        self.solid = False
        self.setObjectName(name)
        self.setFixedSize(side, side)
        self.setCursor(QtCore.Qt.PointingHandCursor)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.say(tip)

    def say(self, tip: str) -> None:
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def draw(self, sign: str) -> None:
        self.sign = sign
        self.update()

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        area = QtCore.QRectF(self.rect()).adjusted(1, 1, -1, -1)
        hovered = self.underMouse() and self.isEnabled()
        ink = colour(self, "text" if hovered or self.hasFocus() else "dim")
        if self.solid:
            ground = colour(self, "accent" if self.isEnabled() else "line")
            painter.setPen(QtCore.Qt.NoPen)
            painter.setBrush(blend(ground, colour(self, "text"), 0.12) if hovered or self.isDown() else ground)
            painter.drawRoundedRect(area, RADIUS - 2, RADIUS - 2)
            ink = colour(self, "on_accent" if self.isEnabled() else "dim")
        elif hovered or self.isDown() or self.isChecked():
            painter.setPen(QtCore.Qt.NoPen)
            painter.setBrush(blend(colour(self, "surface"), colour(self, "text"), 0.22 if self.isDown() else 0.14))
            painter.drawRoundedRect(area, 5, 5)
        if self.hasFocus():
            painter.setPen(QtGui.QPen(colour(self, "focus"), 1.6))
            painter.setBrush(QtCore.Qt.NoBrush)
            painter.drawRoundedRect(area, 5, 5)
        if not self.isEnabled() and not self.solid:
            painter.setOpacity(0.4)
        side = min(area.width(), area.height()) * 0.62
        field = QtCore.QRectF(0, 0, side, side)
        field.moveCenter(area.center())
        self.paint_sign(painter, self.sign, field, ink)

    @staticmethod
    def paint_sign(painter: QtGui.QPainter, sign: str, field: QtCore.QRectF, ink: QtGui.QColor) -> None:
        """Draw one of our signs into a square field."""
        painter.save()
        painter.translate(field.center())
        painter.scale(field.width() / 16.0, field.width() / 16.0)
        painter.setPen(QtGui.QPen(ink, 1.9, QtCore.Qt.SolidLine, QtCore.Qt.RoundCap, QtCore.Qt.RoundJoin))
        painter.setBrush(QtCore.Qt.NoBrush)
        _SIGNS[sign](painter, ink)
        painter.restore()


def _line(painter: QtGui.QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(x, y) for x, y in points]))


def _eye(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    path = QtGui.QPainterPath(QtCore.QPointF(-7.5, 0))
    path.quadTo(0, -9.5, 7.5, 0)
    path.quadTo(0, 9.5, -7.5, 0)
    painter.drawPath(path)
    painter.setBrush(ink)
    painter.drawEllipse(QtCore.QPointF(0, 0), 1.7, 1.7)


def _eye_off(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    painter.setOpacity(painter.opacity() * 0.55)
    _eye(painter, ink)
    painter.setOpacity(1.0)
    _line(painter, (-6, 6), (6, -6))


def _reset(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    painter.drawArc(QtCore.QRectF(-6, -6, 12, 12), 100 * 16, -290 * 16)
    _line(painter, (-4.6, -7.6), (-1.2, -5.9), (-3.2, -2.4))


def _cross(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    _line(painter, (-5, -5), (5, 5))
    _line(painter, (-5, 5), (5, -5))


def _send(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    _line(painter, (0, 6.5), (0, -6))
    _line(painter, (-5, -1.2), (0, -6.2), (5, -1.2))


def _stop(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    painter.setBrush(ink)
    painter.drawRoundedRect(QtCore.QRectF(-4.6, -4.6, 9.2, 9.2), 1.5, 1.5)


def _more(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    painter.setBrush(ink)
    for y in (-5.5, 0, 5.5):
        painter.drawEllipse(QtCore.QPointF(0, y), 0.7, 0.7)


def _before(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    painter.drawRoundedRect(QtCore.QRectF(-7, -6, 14, 12), 2, 2)
    painter.setBrush(ink)
    painter.drawRect(QtCore.QRectF(-6, -5, 6, 10))


def _settings(painter: QtGui.QPainter, ink: QtGui.QColor) -> None:
    for y in (-5, 0, 5):
        _line(painter, (-7, y), (7, y))
    painter.setBrush(ink)
    for y, x in ((-5, 2.5), (0, -3), (5, 3)):
        painter.drawEllipse(QtCore.QPointF(x, y), 1.5, 1.5)


def _copy(painter: QtGui.QPainter, _: QtGui.QColor) -> None:
    painter.drawRoundedRect(QtCore.QRectF(-3, -3, 9, 9), 1.5, 1.5)
    _line(painter, (-6, 3), (-6, -6), (3, -6))


_SIGNS = {
    "eye": _eye, "eye_off": _eye_off, "reset": _reset, "remove": _cross, "send": _send, "stop": _stop, "more": _more,
    "before": _before, "copy": _copy, "settings": _settings, **SIGNS,
}
