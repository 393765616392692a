"""`python3 -m installer doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from installer.display import has_display
from installer.environment import RUNTIME, Environment
from installer.krita import Krita, find_krita, running
from installer.plugin import PlacedPlugin
from installer.project import ROOT
from installer.say import Problem, say
from installer.system import missing_packages

INSTALL = "Run: python3 -m installer install"


@dataclass(frozen=True, slots=True)
class Finding:
    """`told` says what was found; `todo` what to do, "" when it is all right."""

    what: str
    told: str
    todo: str = ""

    def line(self) -> str:
        return f"{'WRONG' if self.todo else 'ok   '} {self.what}: {self.told}{' ' + self.todo if self.todo else ''}"


def examine() -> list[Finding]:
    """Look at Krita, its Python, the plugin and the environment; changes nothing."""
    krita = find_krita()
    environment = Environment()
    return [_krita(krita), _system(), *_plugin(krita, environment), _environment(environment)]


def _krita(krita: Krita | None) -> Finding:
    if krita is None:
        return Finding("Krita", "was not found.", "Install it from krita.org or by your package manager.")
    told = " ".join(krita.command)
    if krita.kind in ("flatpak", "snap"):
        return Finding(
            "Krita", f"{told} runs in a sandbox ({krita.kind}), from which it may not reach the agent.",
            "Use Krita's AppImage or your distribution's package instead.",
        )
    return Finding("Krita", told + (" (open now)" if running(krita) else ""))


def _system() -> Finding:
    try:
        missing = [name for name in missing_packages(display=has_display()) if name != "krita"]
    except Problem as problem:
        return Finding("System", str(problem), "Then look again.")
    if missing:
        return Finding("System", f"{', '.join(missing)} is missing.", INSTALL)
    return Finding("System", "Krita can run Python plugins" + ("" if has_display() else "; no display, a virtual one is there"))


def _plugin(krita: Krita | None, environment: Environment) -> list[Finding]:
    if krita is None:
        return []
    plugin = PlacedPlugin(krita, environment)
    if not plugin.is_there():
        return [Finding("Plugin", f"is not in {krita.pykrita}.", INSTALL)]
    placed = Finding("Plugin", f"is in {krita.pykrita}, the same as in this project")
    if not plugin.is_placed():
        placed = Finding("Plugin", f"in {krita.pykrita} is another version than in this project.", INSTALL)
    enabled = Finding("Switched on", f"in {krita.config}")
    if not plugin.is_enabled():
        enabled = Finding("Switched on", f"is not, in {krita.config}.", INSTALL)
    return [placed, enabled]


def _environment(environment: Environment) -> Finding:
    missing = [what for step in environment.steps(RUNTIME) if (what := step.missing())]
    if missing:
        return Finding("Environment", "is not complete.", INSTALL)
    return Finding("Environment", f"{environment.folder.name} has what is needed")


def doctor() -> int:
    """Print every finding, then the backend's own; 1 when something is wrong, else 0."""
    say(f"ok    Installer: Python {sys.version.split()[0]}")
    findings = examine()
    for finding in findings:
        say(finding.line())
    wrong = any(finding.todo for finding in findings)
    python = Environment().python
    if not python.exists():
        return 1
    return max(int(wrong), min(1, subprocess.run([python, "-m", "backend", "doctor"], cwd=ROOT).returncode))
