"""The server as a process: its socket, its discovery file, its parent, and how it leaves."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from backend import __version__
from backend.agent.task import Agent
from backend.model_folder import ModelError, find, load
from backend.server.app import create_app
from backend.server.model import Model
from tool_mapping.schema import schema_hash

_WATCH = 0.5  # seconds between two looks at the parent
_LEAVE = 2  # seconds that requests under way get when the server leaves


def default_discovery() -> Path:
    """Where the discovery file is put unless a place is given: private to the user, gone after a restart where that can be."""
    base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    return Path(base) / "iea-krita" / "backend.json"


def serve(
    *, model: str | None = None, port: int = 0, discovery: str | None = None, parent: int | None = None,
    loader: Callable[[Path], Agent] = load,
) -> int:
    """Run until told to stop (SIGINT, SIGTERM), or until the process `parent` is gone. The exit code.

    port 0 takes a free one. The model is loaded while the server already answers /health.
    """
    if parent is not None and not is_alive(parent):
        print(f"The parent process {parent} is not running.", file=sys.stderr)
        return 1
    try:
        folder = find(model)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # on Windows this would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        print(f"Port {port} cannot be used ({error}). Leave out --port to take a free one.", file=sys.stderr)
        return 1
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(32)
    file = Path(discovery) if discovery else default_discovery()
    told = {
        "url": f"http://127.0.0.1:{port}", "port": port, "token": token, "pid": os.getpid(), "version": __version__,
        "model": folder.name, "schema_hash": schema_hash(),
    }
    config = uvicorn.Config(
        create_app(token, Model(folder.name, lambda: loader(folder))), http="h11", ws="none", lifespan="off", log_config=None,
        log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_LEAVE,
    )
    server = _Server(config, file, told, parent)
    try:
        server.run(sockets=[listening])
    finally:
        _forget(file, token)
    return 0 if server.announced else 1


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, file: Path, told: dict[str, object], parent: int | None) -> None:
        super().__init__(config)
        self._file = file
        self._told = told
        self._parent = parent
        self._watching: asyncio.Task[None] | None = None
        self.announced = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        try:
            write_discovery(self._file, self._told)
        except OSError as error:
            print(f"The discovery file {self._file} cannot be written ({error.strerror}).", file=sys.stderr)
            self.should_exit = True
            return
        self.announced = True
        print(f"Listening on {self._told['url']}; the token is in {self._file}", flush=True)
        if self._parent is not None:
            self._watching = asyncio.create_task(self._watch(self._parent))

    async def _watch(self, parent: int) -> None:
        ours = os.getppid() == parent
        while is_alive(parent) and not (ours and os.getppid() != parent):
            await asyncio.sleep(_WATCH)
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but leaving by a signal is an ordinary end: the discovery file goes, and the exit code is 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
        signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def write_discovery(file: Path, told: dict[str, object]) -> None:
    """Write the file whole, readable by this user only. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(told, out)
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def _forget(file: Path, token: str) -> None:
    """Remove our discovery file, unless another server has put its own there since."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(file.read_text(encoding="utf-8")).get("token") == token:
            file.unlink()


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):  # only Linux has /proc
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    return True


def _is_alive_on_windows(pid: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x00100000, False, pid)  # SYNCHRONIZE
    if not handle:
        return False
    running = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT
    kernel.CloseHandle(handle)
    return running
