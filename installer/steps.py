"""A plan: steps that each know whether there is anything to do for them, so that a second run does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from installer.say import say


@dataclass(frozen=True, slots=True)
class Step:
    """`missing()` says in words what would be done, "" when everything is as it should be; `do()` does it."""

    missing: Callable[[], str]
    do: Callable[[], None]


def carry_out(steps: Iterable[Step], *, dry_run: bool = False) -> int:
    """Do what is missing, step by step, and say so; with `dry_run` only say so. Returns how many steps had something to do."""
    count = 0
    for step in steps:
        what = step.missing()
        if not what:
            continue
        count += 1
        say(f"Would do: {what}" if dry_run else f"{what} ...")
        if not dry_run:
            step.do()
    return count
