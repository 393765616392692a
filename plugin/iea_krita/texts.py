"""Texts that people see: `tr` looks a sentence up in the catalogue of Krita's language and fills in its fields."""

from __future__ import annotations

# language code -> {English sentence: translation}. English sentences are the keys, so a missing entry stays readable.
CATALOGUES: dict[str, dict[str, str]] = {}
_language = "en"


def use_language(code: str) -> None:
    """Choose a catalogue by a locale name such as "de_DE"; without one texts stay English."""
    global _language
    _language = code if code in CATALOGUES else code.split("_", 1)[0]


def tr(text: str, /, **fields: object) -> str:
    """The sentence in the chosen language. Fields are written {name} and filled in after the look-up."""
    found = CATALOGUES.get(_language, {}).get(text, text)
    return found.format(**fields) if fields else found
