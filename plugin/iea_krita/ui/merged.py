"""The merged layers of an edit: what each does, its switch, and the way back to steps of their own."""

from __future__ import annotations

from tool_mapping.krita.merging import calls_of_merged_name
from tool_mapping.spec import BY_NAME

from ..document import LayerState
from ..editing import StepEditor
from ..qt import QtWidgets
from ..texts import tr
from .look import GAP, IconButton, Label, Panel, smaller


class MergedCard(Panel):
    """One merged layer. It asks the editor for changes and shows what it is told."""

    def __init__(self, layer: LayerState, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__("raised", parent)
        calls = calls_of_merged_name(layer.name)
        what = ", ".join(f"{tr(BY_NAME[call.name].title)} {call.value:+d}" for call in calls)
        self.setObjectName("merged")
        self.setAccessibleName(what)
        self.eye = IconButton(
            "eye" if layer.visible else "eye_off", "visible_merged",
            tr("Switch {title} off", title=what) if layer.visible else tr("Switch {title} on", title=what), self,
        )
        name = Label(what, self, elided=True)
        name.setToolTip(what)
        self.split = QtWidgets.QPushButton(tr("Split"), self)
        self.split.setObjectName("split_merged")
        self.split.setToolTip(tr("Give each of these steps its own layer and slider again."))
        smaller(self.split)
        self.remove = IconButton("remove", "remove_merged", tr("Remove {title}", title=what), self)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(8, 5, 6, 5)
        row.setSpacing(4)
        row.addWidget(self.eye)
        row.addWidget(name, 1)
        row.addWidget(self.split)
        row.addWidget(self.remove)
        self.eye.clicked.connect(lambda: editor.show_layer(layer.layer, not layer.visible))
        self.split.clicked.connect(editor.split)
        self.remove.clicked.connect(lambda: editor.remove_merged(layer.layer))


class MergedCards(QtWidgets.QWidget):
    """All of them, topmost first; takes no room where there is none."""

    def __init__(self, editor: StepEditor, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._editor = editor
        self._shown: list[LayerState] = []
        self._layout = QtWidgets.QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self.hide()

    def show_layers(self, layers: list[LayerState]) -> None:
        """`layers` lowest first."""
        if layers == self._shown:
            return
        self._shown = list(layers)
        while (item := self._layout.takeAt(0)) is not None:
            card = item.widget()
            card.hide()
            card.deleteLater()
        for layer in reversed(layers):
            self._layout.addWidget(MergedCard(layer, self._editor, self))
        self.setVisible(bool(layers))
