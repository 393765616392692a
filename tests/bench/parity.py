"""Parity: every tool and stacks of tools in real Krita against the reference renderer, in levels of 255.

    python -m tests.bench parity [--step 10] [--spaces RGBA/U8,GRAYA/U16]

Every tool is measured over its whole range, every 10, in every colour space that the plugin serves, on one picture that shows
five kinds: a photo, saturated sweeps, a dark and a bright photo, noise. Stacks hold two to ten random steps. The tables go to
out/bench/parity.md; the last line is one JSON object. Exit code 1 where a bound is not kept.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench._krita_layers import SPACES, Space, shown_by_krita
from tool_mapping import reference
from tool_mapping.krita.documents import COLOUR_TOOLS
from tool_mapping.spec import TOOLS, ToolCall

OUT = Path("out/bench")
MEAN, MAX, STACK_MEAN = 0.25, 2.0, 0.5  # what must be kept, in levels of 255
SIDE = 160  # pixels of each kind's square
Floats = NDArray[np.float64]


def kinds(side: int = SIDE) -> dict[str, Floats]:
    """The kinds of picture, (side, side, 3) in [0, 1] each."""
    from skimage import data

    coffee = data.coffee()[80:80 + 2 * side, 150:150 + 2 * side] / 255.0
    coffee = coffee.reshape(side, 2, side, 2, 3).mean((1, 3))
    face = data.astronaut()[20:20 + side, 140:140 + side] / 255.0
    u, v = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    hue = np.clip(np.abs((u[..., None] * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    colours = np.where(v[..., None] < 0.5, hue * v[..., None] * 2, 1 - (1 - hue) * (2 - 2 * v[..., None]))
    colours[-side // 8:] = u[-side // 8:, :, None]  # and grey
    return {
        "photo": face, "sweeps": colours, "dark": coffee * 0.25, "bright": 1 - (1 - coffee) * 0.35,
        "noise": np.random.default_rng(1).random((side, side, 3)), "photo 2": coffee,
    }


def montage(side: int = SIDE) -> tuple[Floats, dict[str, tuple[slice, slice]]]:
    """All kinds in one picture, three beside each other, and where each lies."""
    pictures = kinds(side)
    rows = [np.concatenate(list(pictures.values())[i:i + 3], axis=1) for i in (0, 3)]
    places = {
        name: (slice(i // 3 * side, (i // 3 + 1) * side), slice(i % 3 * side, (i % 3 + 1) * side))
        for i, name in enumerate(pictures)
    }
    return np.concatenate(rows), places


def tool_calls(model: str, step: int) -> list[ToolCall]:
    """Every tool at every `step` of its range, its ends included."""
    return [
        ToolCall(tool.name, value)
        for tool in TOOLS if not (model == "GRAYA" and tool.name in COLOUR_TOOLS)
        for value in range(tool.minimum, tool.maximum + 1, step) if value
    ]


def stacks(model: str, each: int, seed: int = 5) -> Iterator[list[ToolCall]]:
    """`each` random lists of two, of three ... of ten tools, in random order, with values up to 60 either way."""
    dice = random.Random(seed)
    names = [tool for tool in TOOLS if not (model == "GRAYA" and tool.name in COLOUR_TOOLS)]
    for size in range(2, 11):
        for _ in range(each):
            yield [
                ToolCall(tool.name, dice.choice([v for v in range(max(tool.minimum, -60), 61, 5) if v]))
                for tool in dice.sample(names, size)
            ]


@dataclass
class Errors:
    """What was seen of one heading in one space, in levels of 255."""

    mean: float = 0.0
    max: float = 0.0
    where: str = ""
    means: list[float] = field(default_factory=list)

    def add(self, off: NDArray, where: str) -> None:
        mean = float(off.mean())
        self.means.append(mean)
        self.max = max(self.max, float(off.max()))
        if mean >= self.mean:
            self.mean, self.where = mean, where


def measure(space: Space, *, step: int = 10, each: int = 3, side: int = SIDE) -> dict[str, Errors]:
    """Errors by tool (sharpness apart by its sign) and of stacks, the worst over kinds of picture and values."""
    picture, places = montage(side)
    photo = space.quantised(picture)
    lists = [[call] for call in tool_calls(space.model, step)] + list(stacks(space.model, each))
    found: dict[str, Errors] = {}
    for calls, shown in zip(lists, shown_by_krita(space, photo, lists), strict=True):
        off = np.abs(shown - space.levels(reference.render(photo, calls)))
        said = " ".join(f"{call.name} {call.value:+d}" for call in calls)
        heading = f"stack of {len(calls)}" if len(calls) > 1 else calls[0].name
        if heading == "sharpness":
            heading += " +" if calls[0].value > 0 else " -"
        for kind, place in places.items():
            found.setdefault(heading, Errors()).add(off[place], f"{kind}, {said}")
    return found


def kept(heading: str, errors: Errors) -> bool:
    """Whether a heading keeps its bounds; stacks have none for the maximum."""
    if heading.startswith("stack"):
        return errors.mean <= STACK_MEAN
    return errors.mean <= MEAN and errors.max <= MAX


# --- the table -------------------------------------------------------------------------------------------------------------


def table(found: dict[str, dict[str, Errors]]) -> Iterable[str]:
    """A line a tool with worst mean / worst max for each space, then where the worst means were."""
    names = list(found)
    yield "Worst mean / worst max over all values and kinds of picture, in levels of 255."
    yield ""
    yield f"| tool | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    headings = list(dict.fromkeys(heading for errors in found.values() for heading in errors))
    for heading in headings:
        cells = []
        for errors in found.values():
            entry = errors.get(heading)
            cells.append(f"{entry.mean:.3f} / {entry.max:.2g}{'' if kept(heading, entry) else ' **NO**'}" if entry else "")
        yield f"| {heading} | {' | '.join(cells)} |"
    yield from ("", "| tool | worst mean | average | seen in |", "|---|---|---|---|")
    for heading in headings:
        space, entry = max(((s, e[heading]) for s, e in found.items() if heading in e), key=lambda pair: pair[1].mean)
        yield f"| {heading} | {entry.mean:.3f} | {np.mean(entry.means):.3f} | {space}: {entry.where} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--step", type=int, default=10, help="between the values of a tool (default 10)")
    parser.add_argument("--spaces", help="some of " + ",".join(space.name for space in SPACES))
    options = parser.parse_args()
    spaces = [space for space in SPACES if not options.spaces or space.name in options.spaces.split(",")]
    start = time.monotonic()
    found = {space.name: measure(space, step=options.step) for space in spaces}
    lines = list(table(found))
    text = "\n".join(lines)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "parity.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    good = all(kept(name, e) for errors in found.values() for name, e in errors.items())
    figures = {
        space: {name: {"mean": round(e.mean, 4), "average": round(float(np.mean(e.means)), 4), "max": round(e.max, 2)}
                for name, e in errors.items()}
        for space, errors in found.items()
    }
    print(json.dumps({
        "bench": "parity", "all_kept": good, "tools": figures, "seconds": round(time.monotonic() - start),
    }))
    return 0 if good else 1
