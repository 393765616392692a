"""The docker that Krita shows, with the two things that scripts use: `submit` and the signals of a turn's end."""

from __future__ import annotations

from . import host
from .backend_process import BackendProcess
from .controller import Controller
from .qt import QtCore, QtWidgets, Signal
from .session import Turn
from .texts import tr
from .ui.panel import MainPanel

DOCKER_ID = "iea_krita_docker"

_backend: BackendProcess | None = None


def shared_backend() -> BackendProcess:
    """The one backend of this Krita, whichever window asks; it is stopped when Krita ends."""
    global _backend
    if _backend is None:
        application = QtWidgets.QApplication.instance()
        _backend = BackendProcess(parent=application)
        application.aboutToQuit.connect(_backend.stop)
    return _backend


class IeaDocker(host.DockWidget):
    """Krita makes one for each of its windows."""

    turn_finished = Signal(object)  # session.Turn
    turn_failed = Signal(str, str)  # kind, sentence

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("IEA"))
        self.controller = Controller(shared_backend(), self)
        self.panel = MainPanel(self.controller, self)
        self.setWidget(self.panel)
        self.controller.turn_finished.connect(self.turn_finished)
        self.controller.turn_failed.connect(self.turn_failed)
        # After Krita's own start is through, so that it never takes longer because of us.
        QtCore.QTimer.singleShot(0, self.controller.start_backend)

    def submit(self, text: str) -> None:
        """Carry out a request on the document in front, as if it had been typed and sent."""
        self.controller.submit(text)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of the document in front that are in force, oldest first."""
        desk = self.controller.desk
        return desk.session.turns if desk else ()

    def canvasChanged(self, canvas: object) -> None:
        """Krita tells that another document, or none, came to the front."""
        QtCore.QTimer.singleShot(0, self.controller.look)
