"""What this checkout is: its folder, its version, and the pinned dependencies that pyproject.toml lists in groups."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import tomllib

from installer.say import Problem

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "iea_krita"
SAMPLE = ROOT / "installer" / "sample" / "coffee-too-dark.jpg"


@functools.cache
def _pyproject() -> dict[str, Any]:
    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"pyproject.toml cannot be read ({error}). Get the project again.") from error


def version() -> str:
    return str(_pyproject()["project"]["version"])


def pinned(group: str) -> list[str]:
    """The lines of a dependency group, as pip takes them."""
    return [str(line) for line in _pyproject()["dependency-groups"][group]]
