"""Whether this machine has a display, and a virtual one (Xvfb) where it has none."""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
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
        self._memory = ""
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> VirtualDisplay:
        program = shutil.which("Xvfb")
        if program is None:
            raise Problem("There is no display and no Xvfb. Install it (Debian, Ubuntu: apt install xvfb) and run this again.")
        width, height = self.size
        self._memory = tempfile.mkdtemp(prefix="iea-display-")
        read, write = os.pipe()
        try:
            with self._open_log() as log:
                self._process = subprocess.Popen(
                    [program, "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset",
                     "-fbdir", self._memory],
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

    def picture(self) -> bytes:
        """What the display shows now, as PNG; also while the programs on it hang. Raises Problem when it cannot be read."""
        try:
            return png_of(Path(self._memory, "Xvfb_screen0").read_bytes())
        except (OSError, struct.error, ValueError) as error:
            raise Problem(f"The virtual display could not be read ({error}).") from error

    def close(self) -> None:
        """End Xvfb. Safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._memory:
            shutil.rmtree(self._memory, ignore_errors=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def png_of(window_dump: bytes) -> bytes:
    """An X window dump (XWD, 32 bits a pixel, low byte first, as Xvfb has it) as PNG. Raises ValueError for others."""
    fields = struct.unpack(">25I", window_dump[:100])
    start = fields[0] + fields[19] * 12  # the header, then the colour map
    width, height, bits, stride = fields[4], fields[5], fields[11], fields[12]
    if bits != 32 or fields[7] != 0 or len(window_dump) < start + stride * height:
        raise ValueError("another kind of window dump")
    rows = bytearray()
    for y in range(height):
        row = window_dump[start + y * stride : start + y * stride + width * 4]
        rgb = bytearray(width * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
        rows += b"\0" + rgb

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b"")
