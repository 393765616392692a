"""Parity: every tool, and stacks of five, in real Krita against the reference renderer, in levels of 255.

    python -m tests.bench parity [--quick]

Tools are measured at -80, -40, 40 and 80 (one-sided ones at 40 and 80) on photos and on synthetic pictures; grain by its
statistics. The table goes to out/bench/parity.md; the last line is one JSON object. Exit code 1 where a bound is not kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.tool_mapping.in_krita import folder, rendered
from tool_mapping import laws, reference
from tool_mapping.kra_document import write_document
from tool_mapping.spec import TOOLS, ToolCall

Picture = NDArray[np.uint8]
OUT = Path("out/bench")
MEAN, MAX, SOFTEN_MAX = 0.5, 2, 4  # what must be kept, in levels of 255
GRAIN_MEAN, GRAIN_RATIO, GRAIN_CORRELATION = 1.0, 0.05, 0.05
GRAIN_SIZES = ((400, 300), (1500, 300), (3000, 400))  # flat grey pictures, width x height

STACKS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("exposure", 30), ("highlights", -50), ("saturation", 30), ("temperature", 30), ("vignette", -30)),
    (("brightness", 20), ("contrast", 30), ("shadows", 40), ("vibrance", 50), ("tint", -20)),
    (("exposure", -30), ("fade", 40), ("natural_contrast", 40), ("temperature", -40), ("sharpness", 40)),
    (("contrast", -30), ("whites", 30), ("blacks", -30), ("saturation", -40), ("sharpness", -20)),
    (("natural_contrast", -40), ("highlights", 50), ("shadows", -40), ("vibrance", -40), ("vignette", 40)),
)


@dataclass(frozen=True, slots=True)
class Case:
    """What is compared: one document, the picture it should show, and under which heading its error counts."""

    heading: str
    kind: str
    photo: Picture
    calls: tuple[ToolCall, ...]


def pictures(quick: bool = False) -> dict[str, Picture]:
    """The kinds of picture, each (H, W, 3) uint8."""
    from skimage import data

    photos = {"astronaut": data.astronaut(), "coffee": data.coffee(), "cat": data.chelsea()}
    if quick:
        return {"coffee": photos["coffee"]}
    u, v = np.meshgrid(np.linspace(0, 1, 384), np.linspace(0, 1, 256))
    hue = np.clip(np.abs((u[..., None] * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    colours = np.where(v[..., None] < 0.5, hue * v[..., None] * 2, 1 - (1 - hue) * (2 - 2 * v[..., None]))
    coffee = photos["coffee"] / 255.0
    made = {
        "colour sweep": colours,
        "grey sweep": np.repeat(u[..., None], 3, -1),
        "dark": (coffee * 0.25)[:300, :400],
        "bright": (1 - (1 - coffee) * 0.35)[:300, :400],
        "noise": np.random.default_rng(1).random((256, 256, 3)),
    }
    return photos | {name: (255 * picture + 0.5).astype(np.uint8) for name, picture in made.items()}


def cases(kinds: dict[str, Picture]) -> Iterable[Case]:
    """Every tool at its values, then the stacks, on every kind of picture."""
    for kind, photo in kinds.items():
        for tool in TOOLS:
            if tool.name != "grain":
                for value in (-80, -40, 40, 80) if tool.minimum < 0 else (40, 80):
                    heading = f"sharpness {'+' if value > 0 else '-'}" if tool.name == "sharpness" else tool.name
                    yield Case(heading, kind, photo, (ToolCall(tool.name, value),))
        for stack in STACKS:
            yield Case("stack of five", kind, photo, tuple(ToolCall(*call) for call in stack))


def shown_by_krita(pairs: list[tuple[Picture, tuple[ToolCall, ...]]]) -> list[Picture]:
    """What Krita makes of documents of our writer, (H, W, 3) uint8 each."""
    with folder() as place:
        paths = []
        for i, (photo, calls) in enumerate(pairs):
            paths.append(Path(place) / f"{i}.kra")
            write_document(paths[-1], photo, calls, merged=photo[:1, :1])
        return [picture[..., :3] for picture in rendered(paths)]


def grain_statistics(noisy: Picture, grey: int) -> tuple[float, float, float]:
    """Mean shift and standard deviation in levels, and the correlation of neighbours, of grain on a flat grey picture."""
    noise = noisy[..., 0].astype(np.float64) - grey
    centred = noise - noise.mean()
    neighbours = (centred[:, 1:] * centred[:, :-1]).mean() / centred.var()
    return float(noise.mean()), float(noise.std()), float(neighbours)


def grain_rows() -> list[dict[str, float | str]]:
    pairs, values = [], []
    for width, height in GRAIN_SIZES:
        for value in (10, 40, 80):
            pairs.append((np.full((height, width, 3), 128, np.uint8), (ToolCall("grain", value),)))
            values.append((width, value))
    rows: list[dict[str, float | str]] = []
    for (photo, calls), krita, (width, value) in zip(pairs, shown_by_krita(pairs), values, strict=True):
        mean, deviation, neighbours = grain_statistics(krita, 128)
        ours = grain_statistics(reference.render(photo, calls), 128)
        rows.append({
            "picture": f"{width} wide, {value}", "mean": round(mean - ours[0], 3), "ratio": round(deviation / ours[1], 4),
            "correlation": round(neighbours - ours[2], 4), "cell": laws.grain_cell(width),
        })
    return rows


def measure(quick: bool = False) -> dict[str, dict[str, float]]:
    """Worst mean and worst maximum of each heading over all its documents, and where the worst mean was seen."""
    todo = list(cases(pictures(quick)))
    worst: dict[str, dict] = {}
    for case, krita in zip(todo, shown_by_krita([(c.photo, c.calls) for c in todo]), strict=True):
        off = np.abs(krita.astype(np.int16) - reference.render(case.photo, case.calls))
        entry = worst.setdefault(case.heading, {"mean": 0.0, "average": [], "max": 0, "where": ""})
        entry["average"].append(float(off.mean()))
        entry["max"] = max(entry["max"], int(off.max()))
        if off.mean() >= entry["mean"]:
            values = " ".join(f"{call.name} {call.value:+d}" for call in case.calls)
            entry["mean"], entry["where"] = float(off.mean()), f"{case.kind}, {values}"
    for entry in worst.values():
        entry["average"] = float(np.mean(entry["average"]))
    return worst


def kept(heading: str, figures: dict) -> bool:
    """Whether a heading keeps its bounds; stacks have none for the maximum."""
    limit = {"sharpness -": SOFTEN_MAX, "stack of five": 255}.get(heading, MAX)
    return figures["mean"] <= MEAN and figures["max"] <= limit


def grain_kept(row: dict) -> bool:
    return (
        abs(row["mean"]) <= GRAIN_MEAN and abs(row["ratio"] - 1) <= GRAIN_RATIO and abs(row["correlation"]) <= GRAIN_CORRELATION
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="one photo only")
    quick = parser.parse_args().quick
    tools, grain = measure(quick), grain_rows()
    lines = ["| tool | worst mean | average | max | kept | worst on |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {name} | {f['mean']:.3f} | {f['average']:.3f} | {f['max']} | {'yes' if kept(name, f) else 'NO'} | {f['where']} |"
        for name, f in tools.items()
    ]
    lines += ["", "| grain | mean off | deviation ratio | correlation off | kept |", "|---|---|---|---|---|"]
    lines += [
        f"| {r['picture']} | {r['mean']} | {r['ratio']} | {r['correlation']} | {'yes' if grain_kept(r) else 'NO'} |"
        for r in grain
    ]
    table = "\n".join(lines)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "parity.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    good = all(kept(name, f) for name, f in tools.items()) and all(map(grain_kept, grain))
    figures = {
        name: {"mean": round(f["mean"], 4), "average": round(f["average"], 4), "max": f["max"]} for name, f in tools.items()
    }
    print(json.dumps({"bench": "parity", "all_kept": good, "tools": figures, "grain": grain}))
    return 0 if good else 1
