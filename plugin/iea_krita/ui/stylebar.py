"""What the person likes, as it is remembered: in view while it is on, changed by a click on it, forgotten by another."""

from __future__ import annotations

from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..style import LONGEST, Style, as_said_by_the_person, as_told_to_the_person
from ..texts import tr
from .bubbles import Text
from .look import GAP, IconButton, Panel, smaller


class _Words(QtWidgets.QLineEdit):
    """Enter keeps what was written, Esc leaves it as it was."""

    left = Signal()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QtCore.QEvent) -> bool:
        if event.type() == QtCore.QEvent.ShortcutOverride:  # Krita's shortcuts must not take letters away
            event.accept()
            return True
        return super().event(event)


class StyleBar(Panel):
    """Hidden while the style is switched off."""

    written = Signal(str)
    forgotten = Signal()

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__("raised", parent)
        self.setObjectName("style")
        self.setAccessibleName(tr("What you like, as it is remembered"))
        self._style = Style()
        self.text = Text("", self)
        self.text.setObjectName("style_text")
        smaller(self.text)
        self.words = _Words(self)
        self.words.setObjectName("style_words")
        self.words.setMaxLength(LONGEST)
        self.words.setAccessibleName(tr("What you like, in your own words"))
        self.words.setPlaceholderText(tr("for example: I like warm, soft pictures"))
        smaller(self.words)
        self.words.hide()
        self.change = IconButton("edit", "style_edit", tr("Say it in your own words"), self, side=20)
        self.forget = IconButton("remove", "style_forget", tr("Forget it"), self, side=20)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(GAP + 2, 3, 4, 3)
        row.setSpacing(2)
        row.addWidget(self.text, 1)
        row.addWidget(self.words, 1)
        row.addWidget(self.change, 0, QtCore.Qt.AlignTop)
        row.addWidget(self.forget, 0, QtCore.Qt.AlignTop)
        self.change.clicked.connect(self._edit)
        self.forget.clicked.connect(self.forgotten)
        self.words.returnPressed.connect(self._keep)
        self.words.left.connect(self._leave)
        self.show_style(self._style)

    def show_style(self, style: Style) -> None:
        self._style = style
        self.setHidden(not style.enabled)
        self.text.say(as_told_to_the_person(style.text) or tr(
            "Nothing noted yet. Adjust the sliders after an answer, and what you like is noted here, on this machine only."
        ))
        self.text.become("text" if style.text else "dim")
        self.text.setToolTip(tr("Goes along with your requests, so that answers come closer to what you like."))
        self.forget.setEnabled(bool(style.text))

    def _edit(self) -> None:
        if not self.words.isHidden():
            self._keep()
            return
        self.words.setText(as_said_by_the_person(self._style.text))
        self.text.hide()
        self.words.show()
        self.words.setFocus()

    def _keep(self) -> None:
        self._leave()
        if self.words.text() != as_said_by_the_person(self._style.text):
            self.written.emit(self.words.text())

    def _leave(self) -> None:
        self.words.hide()
        self.text.show()
        self.change.setFocus()
