"""Spoiled: a good photo with a wrong exposure, cast, haze or dull colours, and a vague request: how much comes back?

    python -m tests.bench spoiled [--shared DIR] [--model DIR] [--floor-minutes 3]

Likeness is the paper's: the share of the distance to the unspoiled photo that the edit removes, no lower than -1. Beside the
agent, on the same pictures: nothing at all, autocontrast, grey world, and a network that sees histograms only. --floor-minutes
teaches that one anew (processor time) and keeps it in out/bench; without, the one kept there is used. Writes
out/bench/spoiled.md and .png.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from backend import agent
from backend.agent.task import EditTask
from tests.bench import _histogram_floor as floor
from tests.bench import _shared as shared
from tests.bench._shared import Picture
from tool_mapping import reference

REQUESTS = ("make it look good", "", "fix this photo please", "can you improve this picture?", "it looks off, do your thing")


def autocontrast(rgb: Picture) -> Picture:
    return np.asarray(ImageOps.autocontrast(Image.fromarray(rgb), cutoff=1))


def grey_world(rgb: Picture) -> Picture:
    means = rgb.reshape(-1, 3).mean(0)
    return np.clip(rgb * (means.mean() / np.maximum(means, 1)), 0, 255).astype(np.uint8)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--model", type=Path, default=agent.DEFAULT_MODEL)
    parser.add_argument("--floor-minutes", type=float, default=0, help="teach the histogram network anew, so long")
    options = parser.parse_args()
    degrade = shared.scorer(options.shared, "degrade")
    loaded = agent.load(options.model)
    steps: list[str] = []

    def by_agent(rgb: Picture) -> Picture:
        answer = loaded.edit(EditTask(REQUESTS[len(steps) % len(REQUESTS)], rgb))
        steps.append(", ".join(f"{c.name} {c.value:+d}" for c in answer.calls))
        return reference.render(rgb, answer.calls)

    ways: dict[str, Callable[[Picture], Picture]] = {
        "agent": by_agent, "identity": lambda rgb: rgb, "autocontrast": autocontrast, "grey_world": grey_world,
    }
    if net := floor.trained(options.shared, shared.OUT / "histogram-floor.pt", options.floor_minutes):
        ways["histogram_network"] = lambda rgb: floor.mend(net, rgb)
    else:
        print("No histogram network is kept in out/bench: add --floor-minutes 3 to see it beside the others.")
    likeness: dict[str, list[float]] = {name: [] for name in ways}
    sheet = []
    for i, path in enumerate(sorted(shared.dev_photos(options.shared))):
        good = shared.photo(path)
        bad, faults = degrade.spoil(good / 255.0, np.random.default_rng([0, i]))
        before = (bad * 255 + 0.5).astype(np.uint8)
        made = {name: way(before) for name, way in ways.items()}
        for name, after in made.items():
            likeness[name].append(degrade.likeness(before / 255.0, after / 255.0, good / 255.0))
        if i % 7 == 0:
            sheet.append((f"{', '.join(faults)} | {likeness['agent'][-1]:.2f} | {steps[-1]}", [before, made["agent"], good]))
    figures = {
        name: {"likeness": round(float(np.mean(v)), 3), "improved": round(float(np.mean([x > 0 for x in v])), 3)}
        for name, v in likeness.items()
    }
    rows = [(name, f["likeness"], f["improved"]) for name, f in figures.items()]
    title = f"Spoiled photos, vague requests ({len(likeness['agent'])} dev photos)"
    print(shared.table(shared.OUT / "spoiled.md", title, ("way", "likeness", "share improved"), rows))
    shared.contact_sheet(shared.OUT / "spoiled.png", sheet, width=220)
    shared.report({"bench": "spoiled", "photos": len(likeness["agent"]), **figures})
    return 0
