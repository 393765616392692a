"""What every Krita of a test has: a private home, built resources to start from, and errors that say what happened."""

from __future__ import annotations

import atexit
import base64
import contextlib
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any


class KritaError(AssertionError):
    """Python inside Krita raised; the message has its traceback. `kind` is the exception's class name."""

    def __init__(self, kind: str, message: str, trace: str) -> None:
        super().__init__(f"{kind}: {message}\n{trace}")
        self.kind = kind


class KritaTimeout(AssertionError):
    """Krita is alive, and what was waited for did not come in time."""


class KritaDied(AssertionError):
    """The Krita process is gone, or its GUI thread does not answer; the message has the end of its log."""


def have_krita() -> bool:
    """Whether a Krita and a virtual display can be started here."""
    return sys.platform.startswith("linux") and all(map(shutil.which, ("krita", "kritarunner", "Xvfb")))


def bytes_back(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["__bytes__"]) if set(value) == {"__bytes__"} else value


def private_home(folder: Path) -> dict[str, str]:
    """A home and XDG folders below `folder`, made where missing, as environment variables."""
    env = {}
    for variable, name in (
        ("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        env[variable] = str(folder / name)
    return env


def end_of(log: Path, lines: int = 60) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


class Seed:
    """Krita's resource folder as its first start in this test run left it: later starts in new homes take 2 s instead of 12."""

    folder: Path | None = None

    @classmethod
    def plant(cls, home: Path, program: str) -> None:
        """Before a start of krita or kritarunner: give `home` the resources, if they are known already."""
        target = home / "data" / program
        if cls.folder is not None and not (target / "resourcecache.sqlite").exists():
            shutil.copytree(cls.folder, target, dirs_exist_ok=True)

    @classmethod
    def take(cls, home: Path, program: str) -> None:
        """Once Krita is up: keep the resources of the first home. Its database may be open: SQLite copies it safely."""
        made, database = home / "data" / program, "resourcecache.sqlite"
        if cls.folder is not None or not (made / database).exists():
            return
        folder = Path(tempfile.mkdtemp(prefix="iea-krita-seed-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(made, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("pykrita", database + "*"))
        old, new = sqlite3.connect(made / database), sqlite3.connect(folder / database)
        with contextlib.closing(old), contextlib.closing(new):
            old.backup(new)
        cls.folder = folder
