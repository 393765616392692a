"""All words that this project's own training texts are made of, for the spelling list of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from backend.training import phrases, phrases_colour, phrases_refine, small_talk

_MODULES: tuple[ModuleType, ...] = (phrases, phrases_colour, phrases_refine, small_talk)
_FILES = ("templates.txt", "follow_ups_said.txt")


def own_texts() -> Iterator[str]:
    """Every phrase of the modules and line of the files, as often as it is there."""
    for module in _MODULES:
        for name, value in vars(module).items():
            if not name.startswith("__"):
                yield from _strings(value)
    for name in _FILES:
        yield from Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


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
