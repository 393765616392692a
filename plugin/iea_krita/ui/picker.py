"""Pictures to pick from: with a click, with the keys 1 to 3, or with the arrow keys and Enter; Esc leaves all as it was."""

from __future__ import annotations

from collections.abc import Sequence

from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..texts import tr
from ..turns import Offer
from .bubbles import Text, cover, steps_in_words
from .look import GAP, MARGIN, RADIUS, Label, colour, smaller

MOST = 3
_BADGE = 18  # px
_WORDS_LINES = 2  # lines of words under a picture
_PICTURE_SHARE = 0.56  # of the width, where the words stand beside the picture


class Option(QtWidgets.QAbstractButton):
    """One picture, its number, and its steps in words."""

    def __init__(self, number: int, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.number = number
        self.setObjectName(f"variation_{number}")
        self.setCursor(QtCore.Qt.PointingHandCursor)
        self.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.image = QtGui.QImage()
        self.words = ""
        self.beside = False
        smaller(self)

    def show_offer(self, offer: Offer) -> None:
        self.image = QtGui.QImage.fromData(offer.picture)
        self.words = steps_in_words(offer.calls) or tr("As it is")
        self.setToolTip(offer.reason)
        self.setAccessibleName(tr("Variation {number}: {steps}", number=self.number, steps=self.words))
        self.setAccessibleDescription(offer.reason)

    @property
    def ratio(self) -> float:
        """Height over width; a square where the server sent no picture."""
        return self.image.height() / self.image.width() if self.image.width() else 1.0

    def words_height(self) -> int:
        return _WORDS_LINES * self.fontMetrics().lineSpacing() + 4

    def areas(self) -> tuple[QtCore.QRectF, QtCore.QRectF]:
        """Where the picture is, and where the words are."""
        area = QtCore.QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.beside:
            width = area.height() / max(self.ratio, 0.01)
            picture = QtCore.QRectF(area.left(), area.top(), width, area.height())
            words = QtCore.QRectF(picture.right() + GAP, area.top(), max(0.0, area.width() - width - GAP), area.height())
            if self.layoutDirection() == QtCore.Qt.RightToLeft:
                picture.moveRight(area.right())
                words.moveLeft(area.left())
        else:
            picture = QtCore.QRectF(area.left(), area.top(), area.width(), area.height() - self.words_height())
            words = QtCore.QRectF(area.left(), picture.bottom() + 3, area.width(), self.words_height() - 3)
        return picture, words

    def paintEvent(self, _: QtGui.QPaintEvent) -> None:
        painter = QtGui.QPainter(self)
        painter.setRenderHints(QtGui.QPainter.Antialiasing | QtGui.QPainter.SmoothPixmapTransform)
        lit = self.underMouse() or self.hasFocus() or self.isDown()
        if lit:
            painter.setPen(QtGui.QPen(colour(self, "focus"), 2))
            painter.setBrush(colour(self, "mine" if self.isDown() else "raised"))
            painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS - 2, RADIUS - 2)
        picture, words = self.areas()
        cover(painter, self.image, picture.adjusted(2, 2, -2, -2), 4)
        badge = QtCore.QRectF(picture.left() + 6, picture.top() + 6, _BADGE, _BADGE)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, "accent" if lit else "surface"))
        painter.drawEllipse(badge)
        painter.setPen(colour(self, "on_accent" if lit else "text"))
        painter.drawText(badge, int(QtCore.Qt.AlignCenter), str(self.number))
        painter.setPen(colour(self, "text" if lit else "dim"))
        flags = QtCore.Qt.TextWordWrap | (QtCore.Qt.AlignVCenter if self.beside else QtCore.Qt.AlignTop)
        flags |= QtCore.Qt.AlignLeading if self.beside else QtCore.Qt.AlignHCenter
        painter.drawText(words.adjusted(2, 0, -2, 0), int(flags), self._fitting(words))

    def _fitting(self, area: QtCore.QRectF) -> str:
        """As many steps as there is room for, then "…"."""
        parts = [part.replace(" ", "\u00a0") for part in self.words.split(" · ")]  # a value stays beside its name
        metrics = self.fontMetrics()
        for count in range(len(parts), 0, -1):
            text = ",\n".join(parts[:count]) if self.beside else ", ".join(parts[:count])
            text += " …" if count < len(parts) else ""
            box = metrics.boundingRect(QtCore.QRect(0, 0, int(area.width()) - 4, 9999), int(QtCore.Qt.TextWordWrap), text)
            if box.height() <= area.height():
                return text
        return metrics.elidedText(self.words, QtCore.Qt.ElideRight, int(area.width()))


class Board(QtWidgets.QWidget):
    """Places the pictures side by side or one under the other, whichever shows them larger in the room there is."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.room = 420  # px of height that all pictures together may take
        self.options = [Option(number + 1, self) for number in range(MOST)]
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _plan(self, width: int) -> tuple[bool, list[QtCore.QRect]]:
        shown = [option for option in self.options if not option.isHidden()]
        if not shown:
            return False, []
        ratio, words, count = shown[0].ratio, shown[0].words_height(), len(shown)
        column = (width - (count - 1) * 4) / count
        tall = min(column * ratio, max(60.0, self.room - words))
        least = max(44.0, (self.room - (count - 1) * 4) / count)
        wide = min(_PICTURE_SHARE * width, least / ratio)
        if wide * wide * ratio > 1.15 * column * tall:
            height = round(wide * ratio)
            return True, [QtCore.QRect(0, n * (height + 4), width, height) for n in range(count)]
        height = round(tall) + words
        places = [QtCore.QRect(round(n * (column + 4)), 0, int(column), height) for n in range(count)]
        if self.layoutDirection() == QtCore.Qt.RightToLeft:
            places.reverse()
        return False, places

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for place in self._plan(width)[1]), default=0)

    def sizeHint(self) -> QtCore.QSize:
        return QtCore.QSize(240, self.heightForWidth(240))

    def resizeEvent(self, _: QtGui.QResizeEvent) -> None:
        beside, places = self._plan(self.width())
        for option, place in zip((o for o in self.options if not o.isHidden()), places, strict=True):
            option.beside = beside
            option.setGeometry(place)


class Picker(QtWidgets.QWidget):
    """The whole offer."""

    picked = Signal(int)  # index
    left = Signal()

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("variations")
        self.setAccessibleName(tr("Pictures to pick from"))
        self.board = Board(self)
        self.none = QtWidgets.QPushButton(tr("None of these"), self)
        self.none.setObjectName("variations_none")
        smaller(self.none)
        hint = Text(tr("Click one or press its number. Esc leaves everything as it was."), self, "dim")
        smaller(hint)
        title = Label(tr("Which one do you like?"), self)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        foot = QtWidgets.QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(hint, 1)
        foot.addWidget(self.none, 0, QtCore.Qt.AlignTop)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(GAP)
        layout.addWidget(title)
        layout.addWidget(self.board)
        layout.addLayout(foot)
        for number, option in enumerate(self.board.options):
            option.clicked.connect(lambda _=False, number=number: self.picked.emit(number))
        self.none.clicked.connect(self.left)
        self.clear()

    def offer(self, offers: Sequence[Offer], room: int) -> None:
        """Show these pictures. room: px of height for all of it."""
        self.board.room = max(120, room - 80 - 2 * MARGIN)
        for number, option in enumerate(self.board.options):
            option.setHidden(number >= len(offers))
            if number < len(offers):
                option.show_offer(offers[number])
        self.board.updateGeometry()
        self.board.resizeEvent(QtGui.QResizeEvent(self.board.size(), self.board.size()))

    def clear(self) -> None:
        for option in self.board.options:
            option.hide()

    def focus_first(self) -> None:
        self.board.options[0].setFocus(QtCore.Qt.OtherFocusReason)

    def take_key(self, key: int) -> bool:
        """Whether this key meant one of the pictures, or none of them."""
        shown = sum(not option.isHidden() for option in self.board.options)
        if QtCore.Qt.Key_1 <= key < QtCore.Qt.Key_1 + shown:
            self.picked.emit(key - QtCore.Qt.Key_1)
        elif key == QtCore.Qt.Key_Escape:
            self.left.emit()
        else:
            return False
        return True

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        steps = {QtCore.Qt.Key_Left: -1, QtCore.Qt.Key_Up: -1, QtCore.Qt.Key_Right: 1, QtCore.Qt.Key_Down: 1}
        options = [option for option in self.board.options if not option.isHidden()]
        at = next((n for n, option in enumerate(options) if option.hasFocus()), -1)
        if event.key() in steps and at >= 0:
            options[(at + steps[event.key()]) % len(options)].setFocus()
        elif event.key() in (QtCore.Qt.Key_Return, QtCore.Qt.Key_Enter) and at >= 0:
            self.picked.emit(at)
        elif not self.take_key(event.key()):
            super().keyPressEvent(event)

    def event(self, event: QtCore.QEvent) -> bool:
        # Krita's own shortcuts (1 is a zoom level, Esc deselects) must not take these keys away.
        if event.type() == QtCore.QEvent.ShortcutOverride and event.modifiers() in (
            QtCore.Qt.NoModifier, QtCore.Qt.KeypadModifier
        ):
            event.accept()
            return True
        return super().event(event)
