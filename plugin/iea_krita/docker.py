"""The docker that Krita shows, with the two things that scripts use: `submit` and the signals of a turn's end."""

from __future__ import annotations

from . import host
from .agent import shared_backend
from .controller import Controller
from .qt import QtCore, QtWidgets, Signal
from .session import Turn
from .texts import tr
from .ui.panel import MainPanel

DOCKER_ID = "iea_krita_docker"

# Moving a dock hands its Python half to the wrapper of the window, which Python collects soon after: hold on to it here.
_alive: list[object] = []


def find_docker(window: object = None) -> IeaDocker | None:
    """The docker of a libkis Window, or of the active one."""
    if window is not None:
        main = window.qwindow()  # type: ignore[attr-defined]
        found = main.findChildren(QtWidgets.QDockWidget, DOCKER_ID) if main is not None else []
    else:
        # Window.dockers() came only with Krita 5.2.
        found = [docker for docker in host.Krita.instance().dockers() if docker.objectName() == DOCKER_ID]
    return next((docker for docker in found if isinstance(docker, IeaDocker)), None)


class IeaDocker(host.DockWidget):
    """Krita makes one for each of its windows."""

    turn_finished = Signal(object)  # session.Turn
    turn_failed = Signal(str, str)  # kind, sentence

    def __init__(self) -> None:
        super().__init__()
        _alive.append(self)
        self.destroyed.connect(lambda: _alive.remove(self) if self in _alive else None)
        self.setWindowTitle(tr("IEA"))
        self.controller = Controller(shared_backend(), self)
        # Krita sets the margins of a docker's widget to one pixel: the panel keeps its own inside another.
        frame = QtWidgets.QWidget(self)
        self.panel = MainPanel(self.controller, frame)
        QtWidgets.QVBoxLayout(frame).addWidget(self.panel)
        self.setWidget(frame)
        self.controller.turn_finished.connect(self.turn_finished)
        self.controller.turn_failed.connect(self.turn_failed)
        QtCore.QTimer.singleShot(0, self.controller.start_backend)

    def submit(self, text: str) -> None:
        """Carry out a request on the document in front, as if it had been typed and sent."""
        self.controller.submit(text)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of the document in front that are in force, oldest first."""
        desk = self.controller.desk
        return desk.session.turns if desk else ()

    def place(self, width: int = 340) -> None:
        """Bring it into view as a column of full height beside Krita's tools: photo, layers and steps are seen together."""
        window = self.parentWidget()
        if not isinstance(window, QtWidgets.QMainWindow):
            return
        tools = window.findChild(QtWidgets.QDockWidget, "ToolBox")
        self.setFloating(False)
        window.addDockWidget(QtCore.Qt.LeftDockWidgetArea, self)
        if tools is not None and not tools.isFloating():
            window.splitDockWidget(tools, self, QtCore.Qt.Horizontal)
        self.show()
        self.raise_()
        window.resizeDocks([self], [width], QtCore.Qt.Horizontal)

    def place_once(self) -> None:
        """The first time that this Krita has it; from then on it stays where the person puts it."""
        application = host.Krita.instance()
        if not application.readSetting("iea_krita", "placed", ""):
            application.writeSetting("iea_krita", "placed", "yes")
            self.place()

    def canvasChanged(self, canvas: object) -> None:
        """Krita tells that another document, or none, came to the front."""
        QtCore.QTimer.singleShot(0, self.controller.look)
