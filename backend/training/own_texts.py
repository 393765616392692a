"""The words that this project's own training texts are made of, for the spelling list of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from backend.agent.spelling import one_slip_away, words_of
from backend.training import phrases, phrases_colour, phrases_refine, small_talk

_MODULES: tuple[ModuleType, ...] = (phrases, phrases_colour, phrases_refine, small_talk)
# A word that is there as often as that is no slip of its writer; one that is a slip away from a word above, far oftener.
_WITH_SLIPS, _OFTEN, _OFTEN_THOUGH_NEAR = ("follow_ups_said.txt", "first_requests_said.txt"), 8, 40


def spelling_words() -> list[str]:
    """Words that are spelled right, the commonest first."""
    words = words_of(own_texts())
    known, lines = set(words), [line for name in _WITH_SLIPS for line in _lines(name)]
    sure = set(words_of(lines, least=_OFTEN_THOUGH_NEAR))
    said = (word for word in words_of(lines, least=_OFTEN) if word not in known)
    return [*words, *(word for word in said if word in sure or not one_slip_away(word) & known)]


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
