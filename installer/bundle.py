"""The plugin as a zip that Krita's own "Import Python Plugin from File" takes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from installer.environment import Environment
from installer.files import write_atomically
from installer.plugin import DESKTOP, plugin_files
from installer.project import PLUGIN, ROOT, version

_WHEN = (2026, 1, 1, 0, 0, 0)  # the same checkout always gives the same bytes


def default_path() -> Path:
    return ROOT / "dist" / f"{PLUGIN}-{version()}.zip"


def zip_bytes(environment: Environment) -> bytes:
    """The .desktop file and the package at the top level. Without installed.json: the docker then says how to get the agent."""
    entries = {DESKTOP: (ROOT / "plugin" / DESKTOP).read_bytes()}
    entries |= {f"{PLUGIN}/{name}": data for name, data in plugin_files(environment.vendor).items()}
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        # Krita's importer looks for the folders themselves among the names.
        folders = {f"{parent.as_posix()}/" for name in entries for parent in Path(name).parents if parent != Path(".")}
        for name in sorted(folders | set(entries)):
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o40755 if name.endswith("/") else 0o100644) << 16
            archive.writestr(info, entries.get(name, b""))
    return memory.getvalue()


def write_zip(path: Path, environment: Environment) -> None:
    write_atomically(path, zip_bytes(environment))
