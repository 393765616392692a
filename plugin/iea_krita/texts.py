"""Texts that people see: `tr` looks a sentence up in the catalogue of Krita's language and fills in its fields."""

from __future__ import annotations

import json
from pathlib import Path

_FOLDER = Path(__file__).parent / "translations"
# Locales that share a language's code but not its script: better English than the wrong one.
_OTHER_SCRIPT = ("zh_TW", "zh_HK", "zh_MO", "zh_Hant")

# English sentence -> translation. English sentences are the keys, so a missing entry stays readable.
_catalogue: dict[str, str] = {}


def languages() -> list[str]:
    """Codes of the languages that there are catalogues for, beside English."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def catalogue(code: str) -> dict[str, str]:
    """The catalogue for a locale name such as "de_DE"; empty when there is none, or it cannot be read."""
    if code.startswith(_OTHER_SCRIPT):
        return {}
    for name in (code, code.split("_", 1)[0]):
        if name in languages():
            try:
                return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
            except (OSError, ValueError):
                return {}
    return {}


def use_language(code: str) -> None:
    """Choose a catalogue by a locale name; without one texts stay English."""
    global _catalogue
    _catalogue = catalogue(code)


def tr(text: str, /, **fields: object) -> str:
    """The sentence in the chosen language. Fields are written {name} and filled in after the look-up."""
    found = _catalogue.get(text, text)
    return found.format(**fields) if fields else found
