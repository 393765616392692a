"""Starts the backend, waits for it without holding anything up, restarts it once when it dies, and stops it with Krita."""

from __future__ import annotations

import enum
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from . import foreign
from .paths import Installed, clean_environment, read_installed, run_folder
from .qt import QtCore, Signal
from .texts import tr
from .worker import keep_until_over

if TYPE_CHECKING:
    from .client import BackendError, Client

_START_SECONDS = 120.0
_LONG_ENOUGH = 60.0  # seconds that a backend was ready before its end counts as the first one again


class State(enum.Enum):
    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class _Readiness(QtCore.QThread):
    """Asks the backend until it is ready. One at a time; a newer one makes the older one stop."""

    answered = Signal(object, str)  # Client or None; the model's name, or else a sentence about what went wrong

    def __init__(self, discovery: Path, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._discovery = discovery
        self.stop = threading.Event()

    def run(self) -> None:
        from .client import BackendError, Client  # here, in the thread: `requests` takes a while to load while Krita starts

        end = time.monotonic() + _START_SECONDS
        error: BackendError | None = None
        while time.monotonic() < end and not self.stop.is_set():
            try:
                client = Client.discover(self._discovery)
                model = str(client.health().get("model", ""))
            except BackendError as failure:
                error = failure
                if failure.kind not in ("not_running", "not_ready") or failure.data.get("code") == "model_failed":
                    break
                self.stop.wait(0.1)
            else:
                self.answered.emit(client, model)
                return
        if not self.stop.is_set():
            self.answered.emit(None, error.message if error else tr("The agent did not start in time."))


class BackendProcess(QtCore.QObject):
    """The one backend of this Krita. `client` is there while the state is READY."""

    changed = Signal()

    def __init__(
        self, installed: Installed | None = None, parent: QtCore.QObject | None = None, *, model: Callable[[], str] = str
    ) -> None:
        """`model` gives the model folder that a person has chosen, "" for the one that comes with the project."""
        super().__init__(parent)
        self._model = model
        self.state = State.STOPPED
        self.message = ""
        self.client: Client | None = None
        self.model = ""
        self._installed = installed
        self._process: QtCore.QProcess | None = None
        self._readiness: _Readiness | None = None
        self._restarted = False
        self._ready_since = 0.0
        self._starts = 0
        self._logged = 0  # bytes that were in the log before this start

    @property
    def pid(self) -> int:
        """The process's id, 0 while there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    @property
    def log(self) -> Path:
        return run_folder() / "backend.log"

    def start(self) -> None:
        """Start it unless it runs. Returns at once; `changed` tells what became of it."""
        if self.state in (State.STARTING, State.READY):
            return
        installed = self._installed or read_installed()
        if installed is None:
            self._set(State.FAILED, tr("The agent is not installed. Run: python3 -m installer install"))
            return
        self._starts += 1
        discovery = run_folder() / f"backend-{self._starts}.json"
        process = QtCore.QProcess(self)
        environment = QtCore.QProcessEnvironment()
        for key, value in clean_environment(dict(os.environ)).items():
            environment.insert(key, value)
        process.setProcessEnvironment(environment)
        process.setWorkingDirectory(str(installed.project))
        process.setStandardOutputFile(QtCore.QProcess.nullDevice())
        process.setStandardErrorFile(str(self.log), QtCore.QIODevice.OpenModeFlag.Append)
        self._logged = self._log_size()
        process.finished.connect(lambda *_: self._ended(process))
        process.errorOccurred.connect(lambda error: self._ended(process) if error == QtCore.QProcess.FailedToStart else None)
        arguments = ["-m", "backend", "serve", "--discovery", str(discovery), "--parent", str(os.getpid())]
        if self._model():
            arguments += ["--model", self._model()]
        self._process = process
        self._set(State.STARTING, tr("The agent is starting…"))
        process.start(str(installed.python), arguments)
        self._readiness = _Readiness(discovery, self)
        self._readiness.answered.connect(self._answered)
        self._readiness.start()

    def restart(self) -> None:
        """What the Restart button does: stop what there is, and start anew with another restart in hand."""
        self.stop()
        self._restarted = False
        self.start()

    def stop(self) -> None:
        """End the backend and wait at most two seconds for it."""
        self._forget_readiness()
        process, self._process = self._process, None
        if process is not None and process.state() != QtCore.QProcess.NotRunning:
            process.terminate()
            if not process.waitForFinished(1500):
                process.kill()
                process.waitForFinished(500)
        self.client = None
        self._set(State.STOPPED, tr("The agent is stopped."))

    def _forget_readiness(self) -> None:
        """Let the asking thread end by itself; it may still wait for an answer, and Krita must not wait with it."""
        readiness, self._readiness = self._readiness, None
        if readiness is not None:
            readiness.stop.set()
            keep_until_over(readiness)

    def _answered(self, client: Client | None, told: str) -> None:
        if self.sender() is not self._readiness:
            return
        if client is not None:
            self.client, self.model = client, told
            self._ready_since = time.monotonic()
            self._set(State.READY, tr("Ready."))
        else:
            process, self._process = self._process, None
            if process is not None:
                process.kill()
            self._set(State.FAILED, foreign.told(told) or tr("The agent did not start."))

    def _ended(self, process: QtCore.QProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        was_well = self.client is not None and time.monotonic() - self._ready_since > _LONG_ENOUGH
        self.client = None
        self._forget_readiness()
        if not self._restarted or was_well:
            self._restarted = True
            self.state = State.STOPPED
            self.start()
            return
        self._set(State.FAILED, foreign.told(self._last_words()) or tr(
            "The agent stopped working. Press Restart; if it happens again, run: python3 -m installer doctor"
        ))

    def _log_size(self) -> int:
        try:
            return self.log.stat().st_size
        except OSError:
            return 0

    def _last_words(self) -> str:
        """The sentence with which the agent said why it left, "" when its last line is none (as the end of a traceback)."""
        try:
            with open(self.log, "rb") as log:
                log.seek(max(self._logged, self._log_size() - 2000))
                lines = log.read().decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        last = lines[-1].strip() if lines else ""
        return last if re.fullmatch(r"[A-Z/~][^:]*( .*)?\.", last) and "Traceback" not in " ".join(lines) else ""

    def _set(self, state: State, message: str) -> None:
        self.state, self.message = state, message
        self.changed.emit()
