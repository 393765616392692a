"""Whether this machine has a display, and a virtual one (Xvfb) where it has none."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from installer.say import Problem


def has_display(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can be opened. Windows and macOS always have a display; elsewhere X11 or Wayland must be named."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


class VirtualDisplay:
    """An Xvfb of our own: `with VirtualDisplay() as display: ... display.name`, for example ":3".

    Xvfb itself picks a free number and tells it through a pipe, so two of them never meet. Raises Problem when Xvfb is missing
    or does not start within `timeout` seconds.
    """

    def __init__(self, width: int = 1600, height: int = 1000, *, timeout: float = 30.0, log: Path | None = None) -> None:
        self.size = (width, height)
        self.name = ""
        self._timeout = timeout
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> VirtualDisplay:
        program = shutil.which("Xvfb")
        if program is None:
            raise Problem("There is no display and no Xvfb. Install it (Debian, Ubuntu: apt install xvfb) and run this again.")
        width, height = self.size
        read, write = os.pipe()
        try:
            with self._open_log() as log:
                self._process = subprocess.Popen(
                    [program, "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
                    pass_fds=(write,), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )
            os.close(write)
            write = -1
            number = self._read_number(read)
        finally:
            os.close(read)
            if write >= 0:
                os.close(write)
        if not number:
            self.close()
            raise Problem("The virtual display (Xvfb) did not start. Start `Xvfb -displayfd 1` by hand to see why.")
        self.name = f":{number}"
        return self

    def _open_log(self):
        return open(self._log or os.devnull, "ab")

    def _read_number(self, pipe: int) -> str:
        """The number that Xvfb writes when it is ready, "" when it never does. The number and its newline may come apart."""
        told = b""
        while not told.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], self._timeout)
            piece = os.read(pipe, 32) if ready else b""
            if not piece:
                return ""
            told += piece
        return told.decode("ascii").strip()

    def close(self) -> None:
        """End Xvfb. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
