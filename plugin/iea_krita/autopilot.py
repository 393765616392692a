"""Carries out one job by itself: opens the photo, asks through the docker, saves what came of it, and quits if told to."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import host
from .docker import IeaDocker, find_docker
from .document import DocumentGone, uid
from .job import BadJob, Job, read_job, status_path, write_json
from .qt import QtCore, QtWidgets
from .session import Turn, turn_data
from .tasks import Steps, Task, Until
from .texts import tr

_WINDOW = (1600, 1000)
_DOCKER_WIDTH = 380
_running: list[Any] = []  # Python would collect the task otherwise


class JobFailed(Exception):
    """The message is a sentence for the status file."""


def start(job_file: str) -> None:
    """Begin the job of this file; the outcome goes to FILE.status."""
    try:
        job = read_job(job_file)
    except BadJob as error:
        write_json(status_path(job_file), {"state": "failed", "message": str(error)})
        return
    _running.append(Autopilot(job, job_file))


def _answer_import_dialogs() -> QtCore.QTimer:
    """Until it is stopped, press OK in the dialog that Krita 5.1.5 shows before it opens a WebP, whatever the batch mode."""
    timer = QtCore.QTimer(QtWidgets.QApplication.instance())

    def look() -> None:
        dialog = QtWidgets.QApplication.activeModalWidget()
        if isinstance(dialog, QtWidgets.QDialog):
            dialog.accept()

    timer.timeout.connect(look)
    timer.start(100)
    return timer


class Autopilot(QtCore.QObject):
    """One job under way."""

    def __init__(self, job: Job, job_file: str) -> None:
        super().__init__(QtWidgets.QApplication.instance())
        self._job = job
        self._status = status_path(job_file)
        self._began = time.monotonic()
        self._turn: Turn | None = None
        self._problem = ""
        write_json(self._status, {"state": "running", "message": tr("Krita is up.")})
        self._task = Task(self._steps(), self._broke, self)

    def _left(self) -> float:
        return max(1.0, self._job.timeout - (time.monotonic() - self._began))

    def _until(self, ready: Callable[[], Any]) -> Until:
        return Until(ready, self._left())

    def _steps(self) -> Steps:
        job, application = self._job, host.Krita.instance()
        yield self._until(lambda: application.activeWindow() is not None and find_docker() is not None)
        docker = find_docker()
        assert docker is not None
        self._arrange(docker)
        if job.photo and not self._is_open(job.photo):
            batch = application.batchmode()
            application.setBatchmode(True)  # a broken picture gives a sentence in the status file, not a message box
            answering = _answer_import_dialogs() if job.photo.lower().endswith(".webp") else None
            document = application.openDocument(job.photo)
            if answering is not None:
                answering.stop()
            application.setBatchmode(batch)
            if document is None:
                raise JobFailed(tr("Krita could not open {photo}. Is it a picture?", photo=job.photo))
            application.activeWindow().addView(document)
        yield self._until(lambda: application.activeDocument() is not None)
        docker.controller.look()
        if job.request is None:
            self._tell("done", tr("The docker is in view."))
            return
        docker.turn_finished.connect(self._finished)
        docker.turn_failed.connect(self._failed)
        docker.submit(job.request)
        yield self._until(lambda: self._turn is not None or self._problem)
        if self._turn is None:
            raise JobFailed(self._problem)
        desk = docker.controller.desk
        if desk is None:
            raise JobFailed(tr("The document was closed before the result was saved."))
        photo = desk.photo
        yield self._until(photo.idle_for(0.5))
        yield self._until(lambda: desk.log[-1].after is not None)
        if job.screenshot:
            for _ in range(20):  # let the window paint the result
                yield Until(lambda: True)
            QtWidgets.QApplication.primaryScreen().grabWindow(0).save(str(job.path("-screen.png")))
        yield self._until(photo.is_idle)
        self._save(docker, self._turn)
        self._tell("done", tr("Saved {path}.", path=job.path(".kra")))
        self._quit()

    def _finished(self, turn: Turn) -> None:
        self._turn = turn

    def _failed(self, _: str, message: str) -> None:
        self._problem = message

    @staticmethod
    def _is_open(photo: str) -> bool:
        wanted = Path(photo).resolve()
        documents = host.Krita.instance().documents()
        return any(d.fileName() and Path(d.fileName()).resolve() == wanted for d in documents)

    @staticmethod
    def _arrange(docker: IeaDocker) -> None:
        """The docker in view; a window manager, where there is one, may have its own mind on sizes."""
        window = host.Krita.instance().activeWindow().qwindow()
        screen = QtWidgets.QApplication.primaryScreen().availableGeometry()
        window.setGeometry(0, 0, min(_WINDOW[0], screen.width()), min(_WINDOW[1], screen.height()))
        window.show()
        docker.place(_DOCKER_WIDTH)

    def _save(self, docker: IeaDocker, turn: Turn) -> None:
        job, application = self._job, host.Krita.instance()
        Path(job.out_dir).mkdir(parents=True, exist_ok=True)
        desk = docker.controller.desk
        if desk is None:
            raise DocumentGone(tr("The document was closed before the result was saved."))
        document = desk.photo.fetch()
        if not document.projection(0, 0, document.width(), document.height()).save(str(job.path(".png"))):
            raise JobFailed(tr("The picture could not be written to {path}.", path=job.path(".png")))
        batch = document.batchmode()
        document.setBatchmode(True)
        saved = document.saveAs(str(job.path(".kra")))
        document.setBatchmode(batch)
        if not saved:
            raise JobFailed(tr("Krita could not save {path}.", path=job.path(".kra")))
        trace = {
            "photo": job.photo, **turn_data(turn),
            "layers": [
                {"tool": step.tool, "value": step.value, "layer": step.layer} for step in desk.session.steps
            ],
            "group": desk.session.group, "document": uid(document.rootNode()),
            "versions": {"krita": application.version(), "python": platform.python_version(), "qt": QtCore.QT_VERSION_STR},
            "job_seconds": round(time.monotonic() - self._began, 2),
        }
        write_json(job.path(".json"), trace)

    def _broke(self, error: BaseException) -> None:
        message = str(error)
        if isinstance(error, TimeoutError):
            message = tr("The job was not done within {seconds} s.", seconds=round(self._job.timeout))
        self._tell("failed", message)
        self._quit()

    def _tell(self, state: str, message: str) -> None:
        write_json(self._status, {"state": state, "message": message, "seconds": round(time.monotonic() - self._began, 2)})

    def _quit(self) -> None:
        if not self._job.quit:
            return
        application = host.Krita.instance()
        for document in application.documents():
            document.setModified(False)
            document.close()
        QtCore.QTimer.singleShot(0, application.action("file_quit").trigger)
