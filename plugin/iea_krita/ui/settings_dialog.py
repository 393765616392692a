"""Settings, and the diagnostics report: a window beside Krita's, in which every choice holds at once."""

from __future__ import annotations

from pathlib import Path

from .. import host
from ..controller import Controller
from ..diagnostics import doctor, end_of_log, private_words, report
from ..paths import read_installed
from ..plugin_facts import plugin_facts
from ..qt import QtCore, QtGui, QtWidgets
from ..scope import Scope
from ..settings import SIDES, settings
from ..texts import tr
from ..worker import Call
from .look import GAP, MARGIN, Label

_LOOK_MS = 100


class SettingsDialog(QtWidgets.QDialog):
    """Not modal: Krita stays usable, and what is chosen is seen there."""

    def __init__(self, controller: Controller, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self._call: Call | None = None
        self.setObjectName("iea_settings")
        self.setWindowTitle(tr("IEA settings"))
        self.setAttribute(QtCore.Qt.WA_DeleteOnClose)
        tabs = QtWidgets.QTabWidget(self)
        tabs.addTab(self._choices(), tr("Settings"))
        tabs.addTab(self._diagnostics(), tr("Diagnostics"))
        tabs.currentChanged.connect(self._turned)
        buttons = QtWidgets.QDialogButtonBox(QtWidgets.QDialogButtonBox.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)
        self.tabs = tabs
        self._watch = QtCore.QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self._doctor_done)
        controller.style_changed.connect(self._show_style)
        controller.backend.changed.connect(self._show_model)
        self._show_model()

    # Choices

    def _choices(self) -> QtWidgets.QWidget:
        page = QtWidgets.QWidget(self)
        form = QtWidgets.QFormLayout(page)
        form.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        form.setVerticalSpacing(MARGIN)
        form.setRowWrapPolicy(QtWidgets.QFormLayout.WrapLongRows)
        form.setFieldGrowthPolicy(QtWidgets.QFormLayout.ExpandingFieldsGrow)
        chosen = settings()
        self.folder = QtWidgets.QLineEdit(chosen.model_folder, page)
        self.folder.setObjectName("model_folder")
        self.folder.setPlaceholderText(tr("The model that came with IEA"))
        self.folder.setClearButtonEnabled(True)
        self.folder.setMinimumWidth(self.folder.fontMetrics().averageCharWidth() * 34)
        self.folder.editingFinished.connect(self._folder_written)
        browse = QtWidgets.QPushButton(tr("Choose…"), page)
        browse.clicked.connect(self._browse)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        form.addRow(self._named(tr("Model folder:"), self.folder), row)
        self.model = Label("", page, "dim", small=True)
        self.model.setObjectName("model_state")
        form.addRow("", self.model)
        self.scope = self._combo(page, "scope_default", [
            (tr("The whole picture"), Scope.PICTURE), (tr("Only the active layer"), Scope.LAYER),
            (tr("Only the selection"), Scope.SELECTION),
        ], chosen.scope)
        self.scope.activated.connect(self._scope_chosen)
        form.addRow(self._named(tr("Requests are about:"), self.scope), self.scope)
        self.side = self._combo(page, "sent_side", [(tr("{side} pixels", side=side), side) for side in SIDES], chosen.sent_side)
        self.side.setToolTip(tr(
            "The long side of the small copy that the agent looks at. Our own model needs no more than 512; another one may "
            "see more in a larger copy, and takes longer."
        ))
        self.side.activated.connect(lambda at: setattr(settings(), "sent_side", self.side.itemData(at)))
        form.addRow(self._named(tr("Size of the copy sent to the agent:"), self.side), self.side)
        self.style_on = QtWidgets.QCheckBox(tr("Remember what I like, on this machine only"), page)
        self.style_on.setObjectName("style_on")
        self.style_on.clicked.connect(lambda on: self._controller.change_style(lambda book: book.enable(on)))
        form.addRow("", self.style_on)
        self._show_style()
        keys = QtWidgets.QPushButton(tr("Keyboard shortcuts…"), page)
        keys.setObjectName("open_shortcuts")
        keys.setToolTip(tr("Krita's own shortcut editor: look for IEA there."))
        keys.clicked.connect(self._shortcuts)
        form.addRow("", keys)
        return page

    def _named(self, text: str, widget: QtWidgets.QWidget) -> QtWidgets.QLabel:
        label = QtWidgets.QLabel(text, self)
        label.setBuddy(widget)
        widget.setAccessibleName(text.rstrip(":："))
        return label

    @staticmethod
    def _combo(
        page: QtWidgets.QWidget, name: str, entries: list[tuple[str, object]], chosen: object
    ) -> QtWidgets.QComboBox:
        box = QtWidgets.QComboBox(page)
        box.setObjectName(name)
        for text, data in entries:
            box.addItem(text, data)
        box.setCurrentIndex(next((i for i, (_, data) in enumerate(entries) if data == chosen), 0))
        return box

    def _browse(self) -> None:
        found = QtWidgets.QFileDialog.getExistingDirectory(self, tr("Choose a model folder"), self.folder.text())
        if found:
            self.folder.setText(found)
            self._folder_written()

    def _folder_written(self) -> None:
        """Take the folder over when it is one, or none; say so when it is not."""
        text = self.folder.text().strip()
        if text and not (Path(text) / "config.json").is_file():
            self.model.role = "warning"
            self.model.setText(tr("This is no model folder: there is no config.json in it. The agent stays as it is."))
            return
        settings().model_folder = text
        self._show_model()

    def _show_model(self) -> None:
        backend = self._controller.backend
        self.model.role = "dim"
        self.model.setText(tr("In use: {model}", model=backend.model) if backend.client is not None else backend.message)

    def _scope_chosen(self, at: int) -> None:
        settings().scope = self.scope.itemData(at)
        self._controller.set_scope(settings().scope)

    def _show_style(self) -> None:
        self.style_on.setChecked(self._controller.style.style.enabled)

    def _shortcuts(self) -> None:
        action = host.Krita.instance().action("options_configure")
        QtCore.QTimer.singleShot(0, _turn_to_shortcuts)
        action.trigger()

    # Diagnostics

    def _diagnostics(self) -> QtWidgets.QWidget:
        page = QtWidgets.QWidget(self)
        layout = QtWidgets.QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GAP)
        layout.addWidget(Label(tr(
            "Versions and states, for someone who helps you. No requests, no pictures, no names of files or people are in it; "
            "it stays here until you copy it."
        ), page, "dim"))
        self.text = QtWidgets.QPlainTextEdit(page)
        self.text.setObjectName("diagnostics")
        self.text.setAccessibleName(tr("Diagnostics"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QtWidgets.QPlainTextEdit.WidgetWidth)
        font = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.FixedFont)
        font.setPointSizeF(self.font().pointSizeF() * 0.9)
        self.text.setFont(font)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 14)
        layout.addWidget(self.text, 1)
        self.copy = QtWidgets.QPushButton(tr("Copy"), page)
        self.copy.setObjectName("copy_diagnostics")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(lambda: QtWidgets.QApplication.clipboard().setText(self.text.toPlainText()))
        layout.addWidget(self.copy, 0, QtCore.Qt.AlignTrailing)
        return page

    def _turned(self, page: int) -> None:
        if page == 1 and self._call is None:
            self.text.setPlainText(tr("Looking…"))
            installed, model = read_installed(), settings().model_folder
            self._call = Call(lambda: doctor(installed, model))
            self._call.start()
            self._watch.start()

    def _doctor_done(self) -> None:
        if self._call is None or not self._call.over:
            return
        self._watch.stop()
        call, self._call = self._call, None
        private = private_words(read_installed(), settings().model_folder)
        self.text.setPlainText(report(
            plugin_facts(self._controller), str(call.result or ""), end_of_log(self._controller.backend.log), private=private
        ))
        self.copy.setEnabled(True)


def _turn_to_shortcuts(tries: int = 40) -> None:
    """Turn Krita's dialog to its second page, the keyboard shortcuts, and look for ours, as soon as it is there."""
    dialog = QtWidgets.QApplication.activeModalWidget()
    pages = dialog.findChild(QtWidgets.QListView) if dialog is not None else None
    stack = dialog.findChild(QtWidgets.QStackedWidget) if dialog is not None else None
    if pages is None or stack is None or pages.model() is None:
        if tries:
            QtCore.QTimer.singleShot(50, lambda: _turn_to_shortcuts(tries - 1))
        return
    pages.setCurrentIndex(pages.model().index(1, 0))
    search = stack.currentWidget().findChild(QtWidgets.QLineEdit)
    if search is not None:
        search.setText("IEA")
