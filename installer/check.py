"""`python3 -m installer test`: what the project's own checks are, in the order in which they are run."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence

from installer.environment import Environment
from installer.project import ROOT
from installer.say import say


def check(environment: Environment, pytest_arguments: Sequence[str]) -> int:
    """Run all of them, whatever the first ones say, and return the first exit code that is not 0."""
    python = str(environment.python)
    commands = {
        "ruff": [python, "-m", "ruff", "check", "."],
        "pyright": [python, "-m", "pyright"],
        "pytest": [python, "-m", "pytest", *pytest_arguments],
    }
    codes = {}
    for name, command in commands.items():
        say(f"== {name}")
        started = time.monotonic()
        codes[name] = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
        say(f"== {name} took {time.monotonic() - started:.0f} s, exit code {codes[name]}")
    failed = [name for name, code in codes.items() if code]
    say(f"Not clean: {', '.join(failed)}." if failed else "Everything passed.")
    return next((code for code in codes.values() if code), 0)
