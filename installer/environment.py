"""The project's own Python environment, .venv: made once, filled with the pinned dependencies, not touched again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from installer.files import write_atomically
from installer.project import ROOT, pinned
from installer.say import Problem
from installer.steps import Step

# Groups whose packages come without what they ask for: the encoder's weights are files, we need none of its libraries.
_ALONE = {"encoder"}
RUNTIME = ("runtime",)
DEVELOPMENT = ("runtime", "plugin", "test", "training", "encoder")


class Environment:
    """The environment in `folder`. Which groups are in it, and in which version of their lines, stands in a file there."""

    def __init__(self, folder: Path = ROOT / ".venv") -> None:
        self.folder = folder
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._stamp = folder / "iea-installed.json"

    def steps(self, groups: Sequence[str]) -> list[Step]:
        """Make it if need be, then install each of `groups` that is not in it yet."""
        made = Step(lambda: "" if self._works() else f"Make a Python environment in {self.folder.name}", self._make)
        return [made, *(self._group_step(group) for group in groups), self.vendor_step()]

    def _group_step(self, group: str) -> Step:
        def missing() -> str:
            if self._installed().get(group) == self._hash(pinned(group)):
                return ""
            names = ", ".join(line.partition("==")[0] for line in pinned(group))
            return f"Install {names} (the first time this takes some minutes)"

        def do() -> None:
            self._pip(["install", *(["--no-deps"] if group in _ALONE else []), *pinned(group)])
            stamp = self._installed() | {group: self._hash(pinned(group))}
            write_atomically(self._stamp, json.dumps(stamp, indent=1).encode("utf-8"))

        return Step(missing, do)

    # The environment itself

    def _works(self) -> bool:
        """Whether its Python starts: it does not after the project was moved, or after the system's Python was replaced."""
        if not self.python.exists() or not (self.folder / "pyvenv.cfg").exists():
            return False
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            code = "import pip, sys; print(sys.prefix)"
            done = subprocess.run([self.python, "-I", "-c", code], capture_output=True, timeout=120)
            return done.returncode == 0 and os.path.realpath(done.stdout.decode().strip()) == os.path.realpath(self.folder)
        return False

    def _make(self) -> None:
        if self.folder.exists():
            if any(self.folder.iterdir()) and not (self.folder / "pyvenv.cfg").exists():
                raise Problem(f"{self.folder} is something else than a Python environment. Move it away and run this again.")
            shutil.rmtree(self.folder)
        done = _quiet([_base_python(), "-m", "venv", str(self.folder)])
        if done.returncode:
            raise Problem(f"The Python environment could not be made: {_last_lines(done)}")

    def _installed(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._stamp.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    @staticmethod
    def _hash(lines: Iterable[str]) -> str:
        return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]

    def _pip(self, arguments: list[str]) -> None:
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
        done = _quiet(command)
        if done.returncode:
            raise Problem(f"pip could not install what is needed. Is this machine on line? It said: {_last_lines(done)}")

    # What the plugin needs beside it, because Krita's Python lacks it

    @property
    def vendor(self) -> Path:
        """The plugin's packages as plain files that any Python from 3.10 on can import."""
        return self.folder / "iea-vendor" / self._hash(pinned("plugin"))

    def vendor_step(self) -> Step:
        """Get them, if they are not here in the pinned versions."""
        return Step(lambda: "" if self.vendor.is_dir() else "Get requests for the plugin", self._make_vendor)

    def _make_vendor(self) -> None:
        shutil.rmtree(self.vendor.parent, ignore_errors=True)
        new = self.vendor.with_suffix(".new")
        # Pure Python only: Krita's Python has another version than this one, often another on each machine.
        self._pip([
            "install", "--no-compile", "--no-deps", "--only-binary=:all:", "--python-version", "3.10", "--implementation", "py",
            "--abi", "none", "--platform", "any", "--target", str(new), *pinned("plugin"),
        ])
        shutil.rmtree(new / "bin", ignore_errors=True)
        new.rename(self.vendor)


def _base_python() -> str:
    """The Python to make the environment from: this one, or the one under it when this one is an environment itself."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    name = "python.exe" if os.name == "nt" else f"bin/python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix, name)
    return str(base) if base.exists() else sys.executable


def can_make_environments() -> bool:
    """False on a Debian whose python3-venv is not installed: its Python has venv, but not the pip to put into it."""
    return Path(sysconfig.get_path("stdlib"), "ensurepip").is_dir()


def _quiet(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")}
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    )


def _last_lines(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return "\n  ".join(["", *lines[-8:]])
