"""The words that this project's own training texts are made of, for the spelling list of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from backend.agent.spelling import words_of
from backend.training import phrases, phrases_colour, phrases_refine, small_talk

_MODULES: tuple[ModuleType, ...] = (phrases, phrases_colour, phrases_refine, small_talk)
_WITH_SLIPS, _OFTEN = "follow_ups_said.txt", 8  # a word that is there as often as that is no slip of its writer


def spelling_words() -> list[str]:
    """Words that are spelled right, the commonest first."""
    words = words_of(own_texts())
    said = words_of(_lines(_WITH_SLIPS), least=_OFTEN)
    return [*words, *(word for word in said if word not in set(words))]


def own_texts() -> Iterator[str]:
    """Every phrase of the modules, as often as it is there, and every line of the templates."""
    for module in _MODULES:
        for name, value in vars(module).items():
            if not name.startswith("__"):
                yield from _strings(value)
    yield from _lines("templates.txt")


def _lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(key)
            yield from _strings(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _strings(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))
