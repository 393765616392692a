"""A real Krita for tests: private home, own virtual display, Python run in its GUI thread, bounded waits, clear ends.

    with RealKrita(files=[photo]) as krita:
        krita.run("K.activeDocument().width()")                       # -> 600, the value of the last line
        krita.wait_until("K.activeDocument().topLevelNodes()", 10)    # the first true value, or KritaTimeout
        krita.screenshot(path)

`run_offscreen` runs code in `kritarunner` instead: about a second, no display, no docker.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from installer.display import VirtualDisplay
from installer.launch import krita_environment
from tests.krita_home import KritaDied, KritaError, KritaTimeout, Seed, bytes_back, end_of, have_krita, private_home
from tests.krita_offscreen import run_offscreen

__all__ = ["KritaDied", "KritaError", "KritaTimeout", "RealKrita", "have_krita", "run_offscreen"]

HERE = Path(__file__).resolve().parent
BRIDGE = HERE / "krita_bridge"
START_TIMEOUT = 120.0  # a first start on a fresh HOME took 8-12 s on two idle cores; a busy machine takes several times that

# Names that every code string can use, beside `Krita`, `K` (the instance) and `bridge`.
PRELUDE = """
import os, json, time
from krita import *
from PyQt5 import QtCore, QtGui, QtWidgets
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
def window(): return K.activeWindow().qwindow()
def find(name, kind=QtWidgets.QWidget):
    '''The widget with this object name anywhere in Krita, or None.'''
    for top in QtWidgets.QApplication.topLevelWidgets():
        if top.objectName() == name: return top
        found = top.findChild(kind, name)
        if found is not None: return found
    return None
def docker(name): return next((d for d in K.dockers() if d.objectName() == name), None)
"""


class RealKrita:
    """One Krita process in a folder of its own; see the module's first lines.

    plugin: install our plugin as the installer does, with this checkout and the running Python behind it.
    theme: a Krita colour scheme, for example "Krita dark" or "Krita bright". size: of display and window.
    files: opened at the start, and waited for. env: more environment. kritarc: more text for kritarc.
    home: an existing folder to start in again (a second start sees what the first one saved); otherwise a temporary one.
    """

    def __init__(
        self, *, plugin: bool = True, theme: str = "Krita dark", size: tuple[int, int] = (1600, 1000),
        files: Sequence[Path | str] = (), env: Mapping[str, str] | None = None, kritarc: str = "", home: Path | None = None,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        self._own_home = home is None
        self.folder = Path(home) if home is not None else Path(tempfile.mkdtemp(prefix="iea-krita-"))
        self.log = self.folder / "krita.log"
        self.pid = 0
        self._options = (plugin, theme, kritarc)
        self._size = size
        self._files = [str(file) for file in files]
        self._more_env = dict(env or {})
        self._start_timeout = start_timeout
        self._display = VirtualDisplay(*size)
        self._process: subprocess.Popen[bytes] | None = None

    # Start and end

    def __enter__(self) -> RealKrita:
        try:
            self._prepare()
            self._display.__enter__()
            self.start(self._files)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        errors: list[str] = []
        code = 0
        try:
            if kind is None and self.alive:
                errors = self.script_errors()
                code = self.quit()
        finally:
            self.close()
        if code:
            raise KritaDied(f"Krita ended with exit code {code} when it was asked to quit.")
        if errors:
            raise KritaError("ScriptError", "Python in Krita raised where nobody caught it", "\n".join(errors))

    @property
    def environment(self) -> dict[str, str]:
        """The environment that Krita runs in: nothing of the tester's own home in it."""
        base = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        base |= private_home(self.folder) | {"IEA_BRIDGE_SOCKET": str(self._socket)}
        return krita_environment(base | self._more_env, "krita", display=self._display.name)

    @property
    def _socket(self) -> Path:
        return self.folder / "bridge.sock"

    @property
    def pykrita(self) -> Path:
        """Krita's folder of Python plugins in this home."""
        return self.folder / "data" / "krita" / "pykrita"

    def _prepare(self) -> None:
        plugin, theme, extra = self._options
        private_home(self.folder)
        Seed.plant(self.folder, "krita")
        self.pykrita.mkdir(parents=True, exist_ok=True)
        shutil.copytree(BRIDGE, self.pykrita, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        rc = self.folder / "config" / "kritarc"
        if not rc.exists():
            rc.write_text(f"{extra}\n[python]\nenable_iea_bridge=true\n\n[theme]\nTheme={theme}\n", encoding="utf-8")
        if plugin:
            from installer.plugin import place_for_tests

            place_for_tests(pykrita=self.pykrita, kritarc=rc)

    def start(self, files: Sequence[Path | str] = ()) -> None:
        """Start Krita (again) in the same home and wait until it answers, its window is up and `files` are open."""
        assert self._process is None, "this Krita runs already"
        for left in (self._socket, self._socket.with_name(f"{self._socket.name}.new")):
            left.unlink(missing_ok=True)
        for left in (self.folder / "home").glob(".*autosave.kra"):
            left.unlink()
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                ["krita", "--nosplash", *map(str, files)], env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )
        self.pid = self._process.pid
        self._wait_for_socket()
        self.wait_until("bridge.ready and K.activeWindow() is not None", self._start_timeout)
        self.run(PRELUDE)
        Seed.take(self.folder, "krita")
        self.run("window().setGeometry(0, 0, *size)", size=list(self._size))
        if files:
            self.wait_until("len(K.documents()) >= count and K.activeDocument()", self._start_timeout, count=len(files))

    def _wait_for_socket(self) -> None:
        """Krita makes the socket when it loads its plugins. Watching the process while waiting costs one look each 50 ms."""
        process = self._process
        assert process is not None
        for _ in range(int(self._start_timeout / 0.05)):
            if self._socket.exists():
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                raise KritaDied(f"Krita ended with {process.returncode} while starting.\n{self.log_tail()}")
        raise KritaDied(f"Krita loaded no plugins within {self._start_timeout:.0f} s.\n{self.log_tail()}")

    def quit(self, timeout: float = 30.0) -> int:
        """Close the documents unsaved, end Krita by its own Quit and return its exit code; `start` may follow."""
        process = self._process
        assert process is not None, "this Krita does not run"
        with contextlib.suppress(KritaDied, KritaTimeout, KritaError):
            self.run(
                "for d in K.documents():\n    d.setModified(False)\n    d.close()\n"
                "QtCore.QTimer.singleShot(0, lambda: K.action('file_quit').trigger())", timeout=timeout
            )
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._end(process)
            raise KritaTimeout(f"Krita did not quit within {timeout:.0f} s.\n{self.log_tail()}") from None
        self._end(process)
        self._process = None
        return code

    def close(self) -> None:
        """End Krita, its children and the display at once, and remove the folder if it is ours. Safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            self._end(process)
        self._display.close()
        if self._own_home:
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        """End the session that we started Krita as: Krita itself, and children that outlived it."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
                break

    def kill(self) -> None:
        """End Krita as a crash would, at once."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    # Talk

    def run(self, code: str, timeout: float = 60.0, **names: Any) -> Any:
        """Run `code` in Krita's GUI thread; the value of its last line comes back through JSON (bytes as bytes).

        `names` (JSON values) are set before and, like everything that `code` defines, stay for later calls. Raises KritaError
        when the code raises, KritaTimeout when it takes longer (a modal dialog it opened is named), KritaDied.
        """
        return self._ask({"run": textwrap.dedent(code), "names": names}, timeout)

    def wait_until(self, expression: str, timeout: float = 20.0, **names: Any) -> Any:
        """The first true value of `expression`, looked at each 15 ms inside Krita with its event loop running between.

        Raises KritaTimeout with the last value and the modal dialogs that are open; KritaError when the expression raises.
        """
        return self._ask({"until": expression, "timeout": timeout, "names": names}, timeout + 30.0)

    def _ask(self, request: dict[str, Any], timeout: float) -> Any:
        what = str(request.get("run") or request.get("until")).strip()[-400:]
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(timeout)
            pieces: list[bytes] = []
            try:
                link.connect(str(self._socket))
                link.sendall(json.dumps(request, default=str).encode("utf-8"))
                link.shutdown(socket.SHUT_WR)
                while piece := link.recv(1 << 20):
                    pieces.append(piece)
            except TimeoutError:
                raise self._no_answer(what, timeout) from None
            except OSError as error:
                raise self._died(f"{error} at: {what}") from None
        if not pieces:
            raise self._died(f"no answer to: {what}")
        answer = json.loads(b"".join(pieces), object_hook=bytes_back)
        if "error" in answer:
            raise KritaError(answer["error"]["type"], answer["error"]["message"], answer["error"]["traceback"])
        if "timeout" in answer:
            dialogs, parts = answer["timeout"]["dialogs"], answer["timeout"]["parts"]
            raise KritaTimeout(
                f"not within {request['timeout']:g} s: {what}\nlast value {answer['timeout']['value']!r}"
                + "".join(f"\n{source}: {value}" for source, value in parts)
                + (f"\nmodal windows open: {dialogs}" if dialogs else "")
            )
        return answer.get("value")

    def _died(self, what: str) -> KritaDied:
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):  # the socket closes a moment before the process is gone
                self._process.wait(10)
        code = self._process.returncode if self._process is not None else None
        state = "does not answer" if self.alive else f"is gone (exit code {code})"
        return KritaDied(f"Krita {state}: {what}\n{self.log_tail()}")

    def _no_answer(self, what: str, timeout: float) -> AssertionError:
        """Krita runs but has not answered: say where its GUI thread is, by the stack that the bridge writes on SIGUSR1."""
        if not self.alive:
            return self._died(what)
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGUSR1)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        return KritaTimeout(f"no answer within {timeout:g} s: {what}\nits log, with its threads at the end:\n{self.log_tail()}")

    def log_tail(self, lines: int = 60) -> str:
        """The end of what Krita printed."""
        return end_of(self.log, lines)

    # Look

    def screenshot(self, path: Path | str) -> Path:
        """The whole display as PNG, also when Krita hangs."""
        path = Path(path).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._display.picture())
        return path

    def dialogs(self) -> list[dict[str, str]]:
        """The modal windows that are open now, each with title and text."""
        return self.run("bridge.dialogs()")

    def script_errors(self) -> list[str]:
        """Tracebacks of exceptions that nobody caught, and forget them. Leaving the `with` block raises when any are left."""
        return self.run("_, bridge.script_errors = (_ := bridge.script_errors), []\n_")
