"""All steps together: their switch, their strength, hold to see before, what can be done with them all; and their cards."""

from __future__ import annotations

import itertools

from ..controller import Controller
from ..merging import merged_layers
from ..qt import QtCore, QtWidgets
from ..texts import tr
from .cards import Cards
from .look import GAP, IconButton, Label
from .merged import MergedCards
from .sliders import FlatSlider, NumberBox


class StepsArea(QtWidgets.QWidget):
    """Shown while the document has steps."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self._shown = True
        self._held: bool | None = None  # whether the steps were on before they were held off
        title = Label(tr("Steps"), self)
        title.setWordWrap(False)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.eye = IconButton("eye", "visible_all", tr("Switch all steps off"), self)
        self.hold = IconButton("before", "hold_before", tr("Hold to see the picture before"), self)
        self.more = IconButton("more", "steps_menu", tr("Flatten to a copy, and more"), self)
        self.strength = FlatSlider(self, neutral=0, rest=100)
        self.strength.setObjectName("strength")
        self.strength.setAccessibleName(tr("Strength of all steps together"))
        self.strength.setToolTip(tr("Strength of all steps together"))
        self.strength.setRange(0, 100)
        self.strength.setMinimumWidth(30)
        self.strength.setValue(100)
        self.percent = NumberBox(self, 0, 100, suffix=" %")
        self.percent.setObjectName("strength_value")
        self.percent.setAccessibleName(tr("Strength of all steps together"))
        self.percent.setValue(100)
        head = QtWidgets.QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.eye)
        head.addWidget(title)
        head.addWidget(self.strength, 1)
        head.addWidget(self.percent)
        head.addWidget(self.hold)
        head.addWidget(self.more)
        self.cards = Cards(controller.editor, self)
        scroll = QtWidgets.QScrollArea(self)
        scroll.setObjectName("steps")
        scroll.setAccessibleName(tr("Steps in force"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.NoFrame)
        scroll.setFocusPolicy(QtCore.Qt.NoFocus)
        scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarAlwaysOff)
        scroll.setWidget(self.cards)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, GAP, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        self.merged = MergedCards(controller.editor, self)
        layout.addWidget(self.merged)
        self.eye.clicked.connect(self.switch_all)
        self.hold.pressed.connect(self.hold_before)
        self.hold.released.connect(self.let_go)
        self.hold.installEventFilter(self)
        self.more.clicked.connect(self._menu)
        self.strength.valueChanged.connect(self._strength_moved)
        self.strength.rest_asked.connect(lambda: self.strength.setValue(100))
        self.percent.valueChanged.connect(self.strength.setValue)

    def wanted_height(self) -> int:
        """Pixels in which all cards are seen."""
        width = self.cards.width()
        layout = self.cards.layout()
        cards = layout.heightForWidth(width) if layout.hasHeightForWidth() else self.cards.sizeHint().height()
        merged = self.merged.sizeHint().height() + GAP if self.merged.isVisibleTo(self) else 0
        return cards + merged + self.eye.height() + 3 * GAP

    # All steps at once

    def switch_all(self) -> None:
        """All steps off, or on again."""
        if self._held is None and self._has_steps():
            self._controller.editor.show_group(not self._shown)

    def hold_before(self) -> None:
        """Show the picture without the steps, until let_go."""
        if self._held is None and self._has_steps():
            self._held = self._shown
            self._controller.editor.show_group(False)

    def let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._controller.editor.show_group(held)

    def _has_steps(self) -> bool:
        desk = self._controller.desk
        return desk is not None and bool(desk.session.steps or merged_layers(desk))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        # Qt does not tell a button's release when it loses the focus, or is hidden, while it is held.
        if watched is self.hold and event.type() in (QtCore.QEvent.FocusOut, QtCore.QEvent.Hide):
            self.let_go()
        return super().eventFilter(watched, event)

    def _strength_moved(self, value: int) -> None:
        self._show_percent(value)
        self._controller.editor.set_strength(value)

    def _show_percent(self, value: int) -> None:
        blocked = self.percent.blockSignals(True)
        self.percent.setValue(value)
        self.percent.blockSignals(blocked)

    def _menu(self) -> None:
        menu = QtWidgets.QMenu(self)
        menu.setObjectName("steps_menu_open")
        menu.addAction(tr("Flatten to a new document"), self._controller.editor.flatten_to_document)
        menu.addAction(tr("Flatten to a new layer"), self._controller.editor.flatten_to_layer)
        menu.addSeparator()
        menu.addAction(tr("Merge neighbouring steps into one layer (faster)"), self._controller.editor.merge)
        menu.addAction(tr("Split merged layers into steps"), self._controller.editor.split)
        menu.addSeparator()
        menu.addAction(tr("Switch all steps off") if self._shown else tr("Switch all steps on"), self.switch_all)
        menu.addAction(tr("Remove all steps"), self._controller.editor.remove_all)
        menu.exec_(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def refresh(self) -> None:
        desk = self._controller.desk
        if desk is not None:
            self.cards.show_session(desk.session, desk.outgrown)
            head = [self.eye, self.strength, self.percent, self.hold, self.more]
            for one, other in itertools.pairwise([*head, *self.cards.stops()]):
                self.setTabOrder(one, other)
        merged = merged_layers(desk) if desk is not None else []
        self.merged.show_layers(merged)
        self.setVisible(desk is not None and bool(desk.session.steps or merged))
        if desk is None:
            return
        self._shown = desk.shown
        self.eye.draw("eye" if desk.shown else "eye_off")
        self.eye.say(tr("Switch all steps off") if desk.shown else tr("Switch all steps on"))
        if not self.strength.isSliderDown():
            blocked = self.strength.blockSignals(True)
            self.strength.setValue(desk.strength)
            self.strength.blockSignals(blocked)
            self.strength.update()
            self._show_percent(desk.strength)
