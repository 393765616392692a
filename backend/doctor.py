"""Looks at this installation and says of each part whether it is all right, what is wrong, and what to do."""

from __future__ import annotations

import platform
import re
import socket
import sys
import time
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import tomllib

from tool_mapping.schema import schema_hash

_ROOT = Path(__file__).parent.parent
_INSTALL = "Run: python3 -m installer install"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, `told` what was found, `todo` what to do about it, "" if it is all right."""

    what: str
    ok: bool
    told: str
    todo: str = ""

    def line(self) -> str:
        return f"{'ok   ' if self.ok else 'WRONG'} {self.what}: {self.told}{' ' + self.todo if self.todo else ''}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(model: str | None = None) -> list[Finding]:
    """Look at everything; never raises for what is wrong."""
    return [_python(), _dependencies(), _port(), *_model(model)]


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < (3, 11):
        return Finding("Python", False, f"{version} is too old.", "Install Python 3.11 or later, then run the installer again.")
    return Finding("Python", True, version)


def _dependencies() -> Finding:
    try:
        lines = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["runtime"]
    except (OSError, ValueError, KeyError):
        return Finding("Dependencies", False, "pyproject.toml, which lists them, is missing.", "Get the repository again.")
    wrong = []
    for line in lines:
        name, pinned = re.split("==", line)
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if found != pinned:
            wrong.append(f"{name} is {found}, not {pinned}")
    if wrong:
        return Finding("Dependencies", False, "; ".join(wrong) + ".", _INSTALL)
    return Finding("Dependencies", True, f"all {len(lines)} at their pinned versions")


def _port() -> Finding:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            with socket.create_connection(listening.getsockname(), timeout=3):
                pass
    except OSError as error:
        return Finding(
            "Loopback", False, f"a port on 127.0.0.1 cannot be used ({error}).", "Let your firewall allow local connections."
        )
    return Finding("Loopback", True, "a port on 127.0.0.1 can be used")


def _model(given: str | None) -> list[Finding]:
    try:  # everything below needs the dependencies
        import numpy as np

        from backend.agent.task import EditTask
        from backend.model_folder import ModelError, find, load
    except ImportError as error:
        return [Finding("Model", False, f"it cannot be tried, because {error.name} is missing.", _INSTALL)]
    try:
        folder = find(given)
        start = time.perf_counter()
        agent = load(folder)
        loaded = time.perf_counter() - start
    except ModelError as error:
        return [Finding("Model", False, str(error), "Get the repository again if this stays so.")]
    findings = [Finding("Model", True, f"{folder.name} loads in {loaded:.1f} s and fits the tools ({schema_hash()})")]
    task = EditTask("brighter and a bit warmer", np.full((96, 128, 3), 90, np.uint8))
    try:
        agent.edit(task)
        start = time.perf_counter()
        agent.edit(task)
        seconds = time.perf_counter() - start
    except Exception as error:
        findings.append(Finding("Answer", False, f"the agent failed: {error}", "Get the repository again."))
    else:
        findings.append(Finding("Answer", True, f"a small request takes {seconds:.2f} s"))
    return findings
