"""Packages of the operating system: on Debian and Ubuntu installed by apt, elsewhere a sentence that says which."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from installer.environment import can_make_environments
from installer.krita import find_krita
from installer.say import Problem
from installer.steps import Step

_GET_KRITA = (
    "Krita was not found. Install it from krita.org (Windows, macOS), your software centre or package manager "
    "(Fedora: sudo dnf install krita python3-qt5; Arch: sudo pacman -S krita python-pyqt5), then run this again."
)


def system_step(*, display: bool, krita: bool = True, tests: bool = False) -> Step:
    """Install what is missing of Krita, its Python bindings and, without a display or for tests, Xvfb."""

    def missing() -> str:
        packages = missing_packages(display=display, krita=krita, tests=tests)
        return f"Install {', '.join(packages)} by apt" if packages else ""

    return Step(missing, lambda: _apt_install(missing_packages(display=display, krita=krita, tests=tests)))


def missing_packages(*, display: bool, krita: bool = True, tests: bool = False) -> list[str]:
    """Debian's names of what is missing. Raises Problem where there is no apt and a person has to act."""
    if not sys.platform.startswith("linux"):
        if krita and find_krita() is None:
            raise Problem(_GET_KRITA)
        return []
    wanted = []
    if not can_make_environments():
        wanted += ["python3-venv"]
    for_tests = tests and not (shutil.which("krita") and shutil.which("kritarunner"))
    if for_tests or (krita and find_krita() is None):
        wanted += ["krita"]
    if (tests or not display) and shutil.which("Xvfb") is None:
        wanted += ["xvfb"]
    if "krita" in wanted or _krita_of_debian_lacks_python():
        wanted += ["python3-pyqt5"]
    if wanted and shutil.which("apt-get") is None:
        if "krita" in wanted:
            raise Problem(_GET_KRITA)
        names = {"xvfb": "Xvfb (the virtual display)", "python3-venv": "venv and ensurepip of Python", "python3-pyqt5": "PyQt5"}
        named = ", ".join(names[name] for name in wanted)
        raise Problem(f"Missing here: {named}. Install it by your package manager, then run this again.")
    return wanted


def _krita_of_debian_lacks_python() -> bool:
    """Debian only recommends python3-pyqt5; without it no Python plugin of Krita is even listed."""
    if shutil.which("dpkg-query") is None or not _has_package("krita"):
        return False
    return not _has_package("python3-pyqt5")


def _has_package(name: str) -> bool:
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.strip() == "installed"


def _as_root() -> list[str] | None:
    """What to put before a command that needs root: nothing, sudo, or None when neither is possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and (sys.stdin.isatty() or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0):
        return [sudo]
    return None


def _apt_install(packages: Sequence[str]) -> None:
    names = " ".join(packages)
    root = _as_root()
    if root is None:
        raise Problem(f"Ask somebody who may install software to run: apt install {names}. Then run this again.")
    options = ["-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", "-y", "-q", "--no-install-recommends"]
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", *options, *packages]):
        done = subprocess.run(
            [*root, "env", "DEBIAN_FRONTEND=noninteractive", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )
        # A failed update is no reason to stop: one broken source of many, and the lists at hand may be good enough.
        if done.returncode and command[1] == "install":
            last = "\n  ".join(["", *done.stdout.strip().splitlines()[-6:]])
            raise Problem(f"apt could not install {names}. It said: {last}")
