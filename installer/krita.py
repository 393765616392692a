"""Finds Krita on this machine, and the folders in which it keeps its plugins and its settings."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from installer.kritarc import resource_folder

FLATPAK = "org.kde.krita"


@dataclass(frozen=True, slots=True)
class Krita:
    """How to start a Krita, and its folders. `kind`: program, appimage, flatpak, snap, windows, macos."""

    command: tuple[str, ...]
    kind: str
    resources: Path
    config: Path

    @property
    def pykrita(self) -> Path:
        """Where it looks for Python plugins."""
        return self.resources / "pykrita"


def find_krita(environ: Mapping[str, str] = os.environ) -> Krita | None:
    """The first Krita found, or None. IEA_KRITA names another program to use.

    A resource folder that the person chose in Krita's settings is where Krita then looks for plugins (seen in 5.1.5).
    """
    found = next(_candidates(environ), None)
    if found is None:
        return None
    try:
        chosen = resource_folder(found.config.read_bytes())
    except OSError:
        chosen = ""
    return replace(found, resources=Path(chosen)) if chosen else found


def _candidates(environ: Mapping[str, str]) -> Iterator[Krita]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    named = environ.get("IEA_KRITA")
    if sys.platform == "win32":
        yield from _windows(environ, home, named)
    elif sys.platform == "darwin":
        yield from _macos(home, named)
    else:
        yield from _linux(environ, home, named)


def _linux(environ: Mapping[str, str], home: Path, named: str | None) -> Iterator[Krita]:
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "krita"
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "kritarc"
    program = named or shutil.which("krita", path=environ.get("PATH"))
    if program:
        yield Krita((program,), "program", data, config)
    for folder in (home / "Applications", home / "Downloads", home / ".local/bin", home / "bin", home, Path("/opt")):
        with contextlib.suppress(OSError):
            for image in sorted((f for f in folder.iterdir() if _is_image(f)), reverse=True):
                yield Krita((str(image),), "appimage", data, config)
    sandbox = home / ".var/app" / FLATPAK
    if shutil.which("flatpak", path=environ.get("PATH")) and _has_flatpak():
        yield Krita(("flatpak", "run", FLATPAK), "flatpak", sandbox / "data/krita", sandbox / "config/kritarc")
    if os.path.exists("/snap/bin/krita"):
        inside = home / "snap/krita/current"
        yield Krita(("/snap/bin/krita",), "snap", inside / ".local/share/krita", inside / ".config/kritarc")


def _is_image(file: Path) -> bool:
    name = file.name.lower()
    return name.startswith("krita") and name.endswith(".appimage") and os.access(file, os.X_OK)


def _has_flatpak() -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(["flatpak", "info", FLATPAK], capture_output=True, timeout=20).returncode == 0
    return False


def _windows(environ: Mapping[str, str], home: Path, named: str | None) -> Iterator[Krita]:
    resources = Path(environ.get("APPDATA") or home / "AppData/Roaming") / "krita"
    config = Path(environ.get("LOCALAPPDATA") or home / "AppData/Local") / "kritarc"
    places = [Path(named)] if named else []
    for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
        base = environ.get(variable)
        if base:
            places += [Path(base, folder, "bin", "krita.exe") for folder in ("Krita (x64)", "Krita", "Programs/Krita (x64)")]
            places += [Path(base, "Steam/steamapps/common/Krita/krita/bin/krita.exe")]
    on_path = shutil.which("krita.exe", path=environ.get("PATH"))
    places += [Path(on_path)] if on_path else []
    for program in places:
        if program.is_file():
            yield Krita((str(program),), "windows", resources, config)


def _macos(home: Path, named: str | None) -> Iterator[Krita]:
    places = [Path(named)] if named else []
    places += [base / "krita.app/Contents/MacOS/krita" for base in (Path("/Applications"), home / "Applications")]
    for program in places:
        if program.is_file():
            library = home / "Library"
            yield Krita((str(program),), "macos", library / "Application Support/krita", library / "Preferences/kritarc")


def running(krita: Krita) -> list[int]:
    """Process ids of Kritas that use the same settings as `krita` (all of this user's where that cannot be told)."""
    if sys.platform == "win32":
        return _running_on_windows()
    if not sys.platform.startswith("linux"):
        listed = subprocess.run(["pgrep", "-x", "krita"], capture_output=True, text=True)
        return [int(line) for line in listed.stdout.split()]
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if (process / "comm").read_text().strip() == "krita" and process.stat().st_uid == os.getuid():
                variables = (process / "environ").read_bytes().decode(errors="replace").split("\0")
                env = {name: value for name, _, value in (variable.partition("=") for variable in variables)}
                theirs = next(_linux(env, Path(env.get("HOME") or Path.home()), "krita"))
                if krita.kind not in ("program", "appimage") or theirs.config == krita.config:
                    found.append(int(process.name))
    return found


def _running_on_windows() -> list[int]:
    listed = subprocess.run(["tasklist", "/FI", "IMAGENAME eq krita.exe", "/FO", "CSV", "/NH"], capture_output=True, text=True)
    rows = (line.split('","') for line in listed.stdout.splitlines() if line.startswith('"krita.exe"'))
    return [int(row[1]) for row in rows]
