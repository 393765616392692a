"""The one agent process of this Krita, whichever window asks: started with Krita itself, stopped when Krita ends."""

from __future__ import annotations

from pathlib import Path

from .backend_process import BackendProcess
from .paths import remove_run_folder
from .qt import QtCore
from .settings import settings
from .worker import wait_for_all

_backend: BackendProcess | None = None


def shared_backend() -> BackendProcess:
    global _backend
    if _backend is None:
        application = QtCore.QCoreApplication.instance()
        _backend = BackendProcess(parent=application, model=lambda: settings().model_folder)
        settings().changed.connect(_changed)
        application.aboutToQuit.connect(_backend.stop)
        application.aboutToQuit.connect(lambda: wait_for_all())
        application.aboutToQuit.connect(remove_run_folder)
    return _backend


def _changed(name: str) -> None:
    if name == "model_folder":
        shared_backend().restart()


def start_early() -> None:
    """Start the agent while Krita itself still starts, so that both are ready at about the same time; not for kritarunner."""
    if Path(QtCore.QCoreApplication.applicationFilePath()).stem.lower() != "kritarunner":
        shared_backend().start()
