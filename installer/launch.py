"""The environment and the command line of a Krita that we start ourselves."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# What a Python environment or another Qt program may have set for itself, and what would break Krita's own Python and Qt.
_NOT_FOR_KRITA = (
    "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "QT_PLUGIN_PATH", "QT_QPA_PLATFORM", "LD_LIBRARY_PATH",
)


def krita_environment(environ: Mapping[str, str], program: str, *, display: str | None = None) -> dict[str, str]:
    """A copy of `environ` in which Krita (`program`) starts: ours taken out, a runtime folder made where there is none.

    With `display` (":3") it is the environment for a virtual display: software rendering, no Wayland, no accessibility bus.
    """
    env = {name: value for name, value in environ.items() if name not in _NOT_FOR_KRITA}
    if os.name != "posix":
        return env
    env["PATH"] = own_python_first(env.get("PATH", os.defpath), program)
    if not _private(env.get("XDG_RUNTIME_DIR")):
        env["XDG_RUNTIME_DIR"] = str(_runtime_folder())
    if sys.platform.startswith("linux"):
        # Krita 5.1.5 sets LANG to its own language without the encoding ("de_DE"), and the Python inside it then takes file
        # names for ASCII or Latin-1: "grün.jpg" cannot be opened. LC_CTYPE goes before LANG, and Krita leaves it alone.
        chosen = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or "C"
        utf8 = chosen if "utf" in chosen.lower() else "C.UTF-8"
        env["LC_ALL" if env.get("LC_ALL") else "LC_CTYPE"] = utf8
    if display is not None:
        env.pop("WAYLAND_DISPLAY", None)
        env.pop("XAUTHORITY", None)
        env |= {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
    return env


def own_python_first(path: str, program: str) -> str:
    """`path` with the folder of `program` in front.

    The Python inside Krita looks for its modules from the first `python3` on PATH. An active virtual environment, pyenv or
    conda has another one there, which lacks PyQt5, and then no plugin of Krita starts (seen with pyenv and Krita 5.1.5).
    """
    folder = os.path.dirname(shutil.which(program) or program)
    return os.pathsep.join([folder, path]) if folder else path


def _private(folder: str | None) -> bool:
    return bool(folder) and os.path.isdir(folder) and os.access(folder, os.W_OK)  # type: ignore[arg-type]


def _runtime_folder() -> Path:
    """A folder that only this user can read, as the XDG specification asks. The same one at every start."""
    folder = Path(tempfile.gettempdir()) / f"iea-runtime-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat()
    if owner.st_uid != os.getuid() or folder.is_symlink():  # somebody else made it: take a new one
        return Path(tempfile.mkdtemp(prefix="iea-runtime-"))
    folder.chmod(0o700)
    return folder
