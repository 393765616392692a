"""The steps in force as cards, the first at the bottom as in Krita: what each does and why, its slider and number."""

from __future__ import annotations

from collections.abc import Container

from tool_mapping.spec import BY_NAME

from ..editing import StepEditor
from ..explain import explain
from ..qt import QtCore, QtGui, QtWidgets, Signal
from ..session import Session, Step
from ..texts import tr
from .look import GAP, IconButton, Label, Panel, colour, smaller
from .sliders import NumberBox, StepSlider

_INDENT = 8  # px at a card's leading edge, where it shows that it can be dragged


class StepCard(Panel):
    """One step. It asks the editor for changes and shows what it is told."""

    dragged = Signal(object, QtCore.QPoint)  # this card, where the mouse is on the screen
    dropped = Signal(object)
    place_asked = Signal(object, int)  # this card, places up

    def __init__(self, step: Step, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__("raised", parent)
        self.tool = step.tool
        self._editor = editor
        self._pressed: QtCore.QPoint | None = None
        self._moving = False
        spec = BY_NAME[step.tool]
        title = tr(spec.title)
        self.setObjectName(f"step_{step.tool}")
        self.setAccessibleName(title)
        self.setCursor(QtCore.Qt.OpenHandCursor)
        self.eye = IconButton("eye", f"visible_{step.tool}", tr("Switch {title} off", title=title), self)
        self.name = Label(title, self, elided=True)
        how = tr("Drag the card, or press Alt+Up and Alt+Down, to change the order.")
        self.name.setToolTip(f"{title}\n{tr(spec.about)}\n{how}")
        self.number = NumberBox(self, spec.minimum, spec.maximum)
        self.number.setObjectName(f"value_{step.tool}")
        self.number.setAccessibleName(tr("Value of {title}", title=title))
        self.reset = IconButton("reset", f"reset_{step.tool}", tr("Back to the suggested value"), self)
        self.remove = IconButton("remove", f"remove_{step.tool}", tr("Remove {title}", title=title), self)
        self.slider = StepSlider(step.tool, self)
        self.slider.setObjectName(f"slider_{step.tool}")
        self.slider.setAccessibleName(title)
        self.why = Label("", self, "dim", small=True)
        self.why.setObjectName(f"why_{step.tool}")
        self.frame = Label(tr("Made for the picture's old size."), self, "warning", small=True)
        self.renew = QtWidgets.QPushButton(tr("Renew"), self)
        self.renew.setObjectName(f"renew_{step.tool}")
        self.renew.setToolTip(tr("Fit it to the picture as it is now. What was painted on its mask is lost."))
        smaller(self.renew)
        self.renew.clicked.connect(lambda: self._editor.renew(self.tool))
        self._arrange()
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self._editor.drop(self.tool, self.slider.value()))
        self.slider.rest_asked.connect(self._to_suggested)
        self.number.valueChanged.connect(self._typed)
        self.eye.clicked.connect(lambda: self._editor.show(self.tool, not self.step.visible))
        self.reset.clicked.connect(self._to_suggested)
        self.remove.clicked.connect(lambda: self._editor.remove(self.tool))
        self.setContextMenuPolicy(QtCore.Qt.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.step = step

    def _arrange(self) -> None:
        top = QtWidgets.QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.eye)
        top.addWidget(self.name, 1)
        top.addWidget(self.number)
        top.addWidget(self.remove)
        middle = QtWidgets.QHBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.slider, 1)
        middle.addWidget(self.reset)
        layout = QtWidgets.QVBoxLayout(self)
        left, right = (6, _INDENT) if self.layoutDirection() == QtCore.Qt.RightToLeft else (_INDENT, 6)
        layout.setContentsMargins(left, 5, right, 6)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(middle)
        layout.addWidget(self.why)
        bottom = QtWidgets.QHBoxLayout()
        bottom.setSpacing(4)
        bottom.addWidget(self.frame, 1)
        bottom.addWidget(self.renew, 0, QtCore.Qt.AlignBottom)
        layout.addLayout(bottom)
        self.show_outgrown(False)
        for widget in self.stops():
            widget.installEventFilter(self)

    def stops(self) -> list[QtWidgets.QWidget]:
        """What the Tab key goes through, in order."""
        return [self.eye, self.number, self.remove, self.slider, self.reset, self.renew]

    def show_step(self, step: Step, session: Session) -> None:
        """Show a state of this tool's step, without asking for changes."""
        self.step = step
        self.slider.rest = step.suggested
        if not self.slider.isSliderDown():
            self._quietly(self.slider, step.value)
            self._quietly(self.number, step.value)
        self.eye.draw("eye" if step.visible else "eye_off")
        title = tr(step.title)
        self.eye.say(tr("Switch {title} off", title=title) if step.visible else tr("Switch {title} on", title=title))
        for widget in (self.slider, self.number, self.name):
            widget.setEnabled(step.visible)
        self.reset.setEnabled(step.value != step.suggested)
        self.reset.say(tr("Back to the suggested {value}", value=f"{step.suggested:+d}"))
        sentence = explain(session, step)
        self.why.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.slider.setAccessibleDescription(sentence)

    def show_outgrown(self, outgrown: bool) -> None:
        """Offer to renew the mask, because the picture has another size than it was made for."""
        self.frame.setVisible(outgrown)
        self.renew.setVisible(outgrown)

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
        menu.addAction(tr("Move up"), lambda: self.place_asked.emit(self, 1))
        menu.addAction(tr("Move down"), lambda: self.place_asked.emit(self, -1))
        menu.addSeparator()
        menu.addAction(tr("Back to the suggested value"), self._to_suggested)
        menu.addAction(tr("Remove"), lambda: self._editor.remove(self.tool))
        menu.exec_(self.mapToGlobal(point))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        if watched in (self.slider, self.number) and event.type() in (QtCore.QEvent.Enter, QtCore.QEvent.FocusIn):
            self._editor.expect(self.tool)
        # Alt+Up and Alt+Down move the step; without Alt the slider and the number box take these keys.
        if event.type() in (QtCore.QEvent.KeyPress, QtCore.QEvent.ShortcutOverride) and (
            event.modifiers() & QtCore.Qt.AltModifier
        ):
            places = {QtCore.Qt.Key_Up: 1, QtCore.Qt.Key_Down: -1}.get(event.key())
            if places is not None:
                event.accept()
                if event.type() == QtCore.QEvent.KeyPress:
                    self.place_asked.emit(self, places)
                return True
        return super().eventFilter(watched, event)

    # Dragging the card itself

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton:
            self._pressed = event.globalPos()
            self.setCursor(QtCore.Qt.ClosedHandCursor)

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:
        if self._pressed is None:
            return
        far = (event.globalPos() - self._pressed).manhattanLength() >= QtWidgets.QApplication.startDragDistance()
        if self._moving or far:
            self._moving = self.outlined = True
            self.dragged.emit(self, event.globalPos())
            self.update()

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:
        if event.button() == QtCore.Qt.LeftButton:
            moving, self._pressed, self._moving, self.outlined = self._moving, None, False, False
            self.setCursor(QtCore.Qt.OpenHandCursor)
            self.update()
            if moving:
                self.dropped.emit(self)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.Antialiasing)
        painter.setPen(QtCore.Qt.NoPen)
        painter.setBrush(colour(self, "groove"))
        x = self.width() - 5.0 if self.layoutDirection() == QtCore.Qt.RightToLeft else 5.0
        middle = self.name.geometry().center().y() + 0.5
        for offset in (-5, 0, 5):
            painter.drawEllipse(QtCore.QPointF(x, middle + offset), 1.3, 1.3)


class Cards(QtWidgets.QWidget):
    """All cards, topmost layer first. Cards of tools that stay are kept, so that focus and a held slider survive."""

    def __init__(self, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._editor = editor
        self._cards: dict[str, StepCard] = {}
        self._shown: list[str] = []  # tools, topmost first
        self._target: int | None = None  # where a dragged card would go: an index into the cards without it
        self._line = Panel("focus", self)
        self._line.setFixedHeight(3)
        self._line.hide()
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self._layout.addStretch(1)

    def show_session(self, session: Session, outgrown: Container[str] = ()) -> None:
        """`outgrown` are the tools whose layers do not fit the picture any more."""
        steps = session.steps
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
                card = self._cards[step.tool] = self._made(step)
                self._layout.insertWidget(place, card)
                card.show()
            elif self._layout.indexOf(card) != place:
                self._layout.removeWidget(card)
                self._layout.insertWidget(place, card)
            card.show_step(step, session)
            card.show_outgrown(step.tool in outgrown)
        self._shown = wanted

    def _made(self, step: Step) -> StepCard:
        card = StepCard(step, self._editor, self)
        card.dragged.connect(self._dragged)
        card.dropped.connect(self._dropped)
        card.place_asked.connect(lambda card, places: self._editor.move(card.tool, places))
        return card

    def stops(self) -> list[QtWidgets.QWidget]:
        """What the Tab key goes through, from the topmost card down, whatever the order in which they came."""
        return [stop for tool in self._shown for stop in self._cards[tool].stops()]

    # Dragging

    def _dragged(self, card: StepCard, point: QtCore.QPoint) -> None:
        y = self.mapFromGlobal(point).y()
        others = [self._cards[tool] for tool in self._shown if tool != card.tool]
        self._target = sum(other.geometry().center().y() < y for other in others)
        above = others[self._target - 1].geometry().bottom() + GAP // 2 if self._target else 0
        below = others[self._target].geometry().top() - GAP // 2 if self._target < len(others) else above
        self._line.setGeometry(6, max(0, (above if self._target else below) - 1), self.width() - 12, 3)
        self._line.show()
        self._line.raise_()
        area = self.parentWidget().parentWidget()
        if isinstance(area, QtWidgets.QScrollArea):
            area.ensureVisible(0, y, 0, 30)

    def _dropped(self, card: StepCard) -> None:
        self._line.hide()
        target, self._target = self._target, None
        if target is not None and card.tool in self._shown and target != self._shown.index(card.tool):
            self._editor.move_to(card.tool, len(self._shown) - 1 - target)
