"""A report for whoever helps: versions, states, the agent's own findings; no requests, pictures, names of files or people."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from .paths import Installed, clean_environment

_DOCTOR_SECONDS = 120.0
_LOG_LINES = 15


def report(facts: Mapping[str, object], found: str, log: str, *, private: Mapping[str, str]) -> str:
    """The whole text. `private` maps what must not be in it (folders, the person's name) to what stands there instead."""
    lines = ["IEA for Krita"]
    lines += [f"{name}: {value}" for name, value in facts.items()]
    lines += ["", "The agent's own findings:", found.strip() or "none"]
    lines += ["", "The end of the agent's log:", log.strip() or "empty"]
    return without("\n".join(lines), private) + "\n"


def without(text: str, private: Mapping[str, str]) -> str:
    """The text with everything private replaced, longest first; names only where they stand as words of their own."""
    for secret in sorted((s for s in private if len(s) > 1), key=len, reverse=True):
        pattern = re.escape(secret) if os.sep in secret else rf"(?<![\w-]){re.escape(secret)}(?![\w-])"
        text = re.sub(pattern, lambda _, secret=secret: private[secret], text)
    return text


def private_words(installed: Installed | None, model: str = "") -> dict[str, str]:
    """This person's folders and name, and what a report says instead."""
    home = Path.home()
    words = {str(home): "~", home.name: "USER", platform.node(): "MACHINE"}
    for variable in ("USER", "LOGNAME", "USERNAME"):
        if os.environ.get(variable):
            words[os.environ[variable]] = "USER"
    if installed is not None:
        words |= {str(installed.python): "PYTHON", str(installed.project): "PROJECT"}
    return words | ({model: "MODEL FOLDER"} if model else {})


def doctor(installed: Installed | None, model: str = "") -> str:
    """What the agent's doctor finds of itself and the model folder, a line each. Takes seconds: for a worker thread."""
    if installed is None:
        return "The agent is not installed."
    command = [str(installed.python), "-m", "backend", "doctor", "--json", *(["--model", model] if model else [])]
    try:
        done = subprocess.run(
            command, cwd=str(installed.project), text=True,
            env=clean_environment(dict(os.environ)), capture_output=True, timeout=_DOCTOR_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )
        findings = json.loads(done.stdout)["findings"]
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired) as error:
        return f"The doctor did not answer ({type(error).__name__})."
    return "\n".join(_line(finding) for finding in findings)


def _line(finding: Mapping[str, object]) -> str:
    state = "ok   " if finding.get("ok") else "WRONG"
    return f"{state} {finding.get('what')}: {finding.get('told')} {finding.get('todo') or ''}".rstrip()


def end_of_log(path: Path, keep: Callable[[str], bool] = bool) -> str:
    """The last lines of the agent's log, "" where there is none."""
    try:
        lines = path.read_bytes()[-8000:].decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join([line for line in lines if keep(line)][-_LOG_LINES:])
