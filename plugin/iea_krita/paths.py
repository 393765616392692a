"""Where things are: what the installer wrote beside the plugin, the vendored packages, and this run's own folder."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Installed:
    """What the installer wrote into installed.json: a Python with the backend's dependencies, and the project's folder."""

    python: Path
    project: Path
    version: str = ""


def read_installed(folder: Path = HERE) -> Installed | None:
    """None when there is no such file, or when what it names is no longer there."""
    try:
        data = json.loads((folder / "installed.json").read_text("utf-8"))
        found = Installed(Path(data["python"]), Path(data["project"]), str(data.get("version", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _native(found.python).is_file() and _native(found.project / "backend").is_dir() else None


def _native(path: Path) -> Path:
    """A path for Python's own file functions. Krita 5.1.5 sets LANG to "de_DE", without UTF-8: the Python inside it then takes
    file names for ASCII or Latin-1 and does not find "/home/jörg". Qt, which started before that, wants the path as it is."""
    return Path(os.fsdecode(str(path).encode("utf-8"))) if os.name == "posix" else path


def add_import_paths(folder: Path = HERE) -> None:
    """Make `requests` and `tool_mapping` importable: vendored beside the plugin, or from the checkout it was installed from.

    Krita's own Python comes first: vendored packages are appended, so that they never shadow what is there.
    """
    candidates = [folder / "vendor"]
    installed = read_installed(folder)
    if installed:
        candidates.append(_native(installed.project))
    if folder.parent.name == "plugin":  # running from a checkout
        candidates.append(folder.parent.parent)
    for path in candidates:
        if path.is_dir() and str(path) not in sys.path:
            sys.path.append(str(path))


def run_folder() -> Path:
    """A private folder for this run's discovery file, log and templates; made once a process."""
    global _run_folder
    if _run_folder is None:
        base = os.environ.get("XDG_RUNTIME_DIR")
        _run_folder = Path(tempfile.mkdtemp(prefix="iea-krita-", dir=base if base and os.path.isdir(base) else None))
        atexit.register(remove_run_folder)
    return _run_folder


def remove_run_folder() -> None:
    """At the end of the program, which in Krita does not always run Python's own last steps."""
    if _run_folder is not None:
        shutil.rmtree(_run_folder, ignore_errors=True)


_run_folder: Path | None = None


def clean_environment(environment: dict[str, str]) -> dict[str, str]:
    """The environment for a child that is not part of Krita: without the paths that Krita set for itself."""
    ours = {"LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "APPDIR", "APPIMAGE"}
    return {k: v for k, v in environment.items() if k not in ours and not k.startswith(("PYTHON", "QT_", "QML"))}
