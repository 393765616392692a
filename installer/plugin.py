"""Puts the plugin into Krita's folder, switches it on in kritarc, and takes both away again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from installer import kritarc
from installer.environment import Environment
from installer.files import exchange_tree, read_tree, remove_tree, write_atomically
from installer.krita import Krita, running
from installer.project import PLUGIN, ROOT, version
from installer.say import Problem
from installer.steps import Step

DESKTOP = f"{PLUGIN}.desktop"
BACKUP = "kritarc.before-iea"


def plugin_files(vendor: Path) -> dict[str, bytes]:
    """The plugin's folder as {name: bytes}: its own code, the licence, and below vendor/ what Krita's Python lacks."""
    files = read_tree(ROOT / "plugin" / PLUGIN)
    files = {name: data for name, data in files.items() if name != "installed.json" and not name.startswith("vendor/")}
    files["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files |= {f"vendor/{name}": data for name, data in read_tree(vendor).items()}
    files |= {f"vendor/tool_mapping/{name}": data for name, data in read_tree(ROOT / "tool_mapping").items()}
    return files


def installed_json(python: Path) -> bytes:
    """What tells the plugin where the agent is: a Python with its dependencies, and this project's folder."""
    facts = {"python": str(python), "project": str(ROOT), "version": version()}
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


class PlacedPlugin:
    """The plugin in one Krita's folders. `python` is the Python that the backend will run in."""

    def __init__(self, krita: Krita, environment: Environment, python: Path | None = None) -> None:
        self._krita = krita
        self._environment = environment
        self._python = python or environment.python
        self._folder = krita.pykrita / PLUGIN
        self._desktop = krita.pykrita / DESKTOP
        self._backup = krita.config.with_name(BACKUP)

    def _wanted(self) -> dict[str, bytes]:
        return plugin_files(self._environment.vendor) | {"installed.json": installed_json(self._python)}

    def is_placed(self) -> bool:
        """Whether what stands in Krita's folder is this checkout's plugin, byte for byte."""
        if self._folder.is_symlink() or not self._desktop.exists():
            return False
        return self._desktop.read_bytes() == _desktop() and read_tree(self._folder) == self._wanted()

    def is_there(self) -> bool:
        """Whether any version of the plugin stands there."""
        return self._folder.exists() or self._desktop.exists()

    def is_enabled(self) -> bool:
        return kritarc.is_enabled(self._settings(), PLUGIN)

    def install_steps(self) -> list[Step]:
        place = Step(
            lambda: "" if self.is_placed() else f"Put the plugin into {self._krita.pykrita}", self._safely(self._place)
        )
        enable = Step(
            lambda: "" if self.is_enabled() else f"Switch the plugin on in {self._krita.config}",
            self._safely(lambda: self._change(kritarc.enable)),
        )
        return [place, enable]

    def uninstall_steps(self) -> list[Step]:
        def left() -> bool:
            return kritarc.disable(self._settings(), PLUGIN) != self._settings() or self._backup.exists()

        def text(needed: bool, place: Path) -> str:
            return f"Take the plugin out of {place}" if needed else ""

        return [
            Step(lambda: text(left(), self._krita.config), self._safely(self._forget)),
            Step(lambda: text(self.is_there(), self._krita.pykrita), self._safely(self._remove)),
        ]

    def _safely(self, do: Callable[[], None]) -> Callable[[], None]:
        """Krita writes its settings when it quits, over ours; and it must not lose its plugin while it runs."""

        def checked() -> None:
            if running(self._krita):
                raise Problem("Krita is open. Close it and run this again; nothing of the plugin has been changed.")
            do()

        return checked

    def _place(self) -> None:
        exchange_tree(self._folder, self._wanted())
        write_atomically(self._desktop, _desktop())

    def _remove(self) -> None:
        self._desktop.unlink(missing_ok=True)
        remove_tree(self._folder)

    def _settings(self) -> bytes:
        try:
            return self._krita.config.read_bytes()
        except FileNotFoundError:
            return b""

    def _change(self, change: Callable[[bytes, str], bytes]) -> None:
        before = self._settings()
        if before and not self._backup.exists():
            write_atomically(self._backup, before)
        write_atomically(self._krita.config, change(before, PLUGIN))

    def _forget(self) -> None:
        if self._krita.config.exists():
            after = kritarc.disable(self._settings(), PLUGIN)
            if after.strip() in (b"", b"[python]"):  # nothing of it was ever Krita's
                self._krita.config.unlink()
            else:
                write_atomically(self._krita.config, after)
        self._backup.unlink(missing_ok=True)


def _desktop() -> bytes:
    return (ROOT / "plugin" / DESKTOP).read_bytes()


def place_for_tests(*, pykrita: Path, kritarc: Path) -> None:
    """Install the plugin as a person has it into a test's own Krita folders, with the Python that runs the tests behind it."""
    krita = Krita((), "program", pykrita.parent, kritarc)
    environment = Environment()
    plugin = PlacedPlugin(krita, environment, Path(os.path.abspath(sys.executable)))
    for step in [environment.vendor_step(), *plugin.install_steps()]:
        if step.missing():
            step.do()
