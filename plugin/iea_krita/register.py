"""Tells Krita about the docker, and starts the autopilot when a script asks for it."""

from __future__ import annotations

import os

from . import host
from .actions import create_actions
from .docker import DOCKER_ID, IeaDocker, find_docker
from .qt import QtCore


class IeaExtension(host.Extension):
    """Krita calls `createActions` for each window once it is up."""

    _piloted = False

    def setup(self) -> None:
        pass

    def createActions(self, window: object) -> None:
        create_actions(window)
        QtCore.QTimer.singleShot(0, _place)
        job = os.environ.get("IEA_KRITA_JOB", "")
        if job and not IeaExtension._piloted:
            IeaExtension._piloted = True
            from .autopilot import start

            QtCore.QTimer.singleShot(0, lambda: start(job))


def _place() -> None:
    docker = find_docker()
    if docker is not None:
        docker.place_once()


def register() -> None:
    application = host.Krita.instance()
    application.addDockWidgetFactory(
        host.DockWidgetFactory(DOCKER_ID, host.DockWidgetFactoryBase.DockRight, IeaDocker)
    )
    application.addExtension(IeaExtension(application))
