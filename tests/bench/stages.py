"""Stages: every benchmark of the agent after each stage of its training, in one table.

    python -m tests.bench stages [--shared DIR] [--held-out FOLDER] "words=runs/words" "supervised=runs/main" "GRPO=runs/grpo"

Exports each run to out/stages/NAME and runs the benchmarks `agent` and `spoiled` on it. Writes out/bench/stages.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench import _shared as shared

COLUMNS = (
    "stage", "followed", "opposite", "side effect", "clipped", "dE s / m / l", "likeness", "improved", "refine done", "kept",
    "blind follow-ups done", "ROUGE-L", "named", "named, unsorted",
)


def figures(name: str, arguments: list[str]) -> dict[str, Any]:
    """Run one benchmark in a process of its own; its figures. Raises CalledProcessError where it fails."""
    subprocess.run([sys.executable, "-m", "tests.bench", name, *arguments], check=True, stdout=subprocess.DEVNULL)
    return json.loads((shared.OUT / f"{name}.json").read_text(encoding="utf-8"))


def main() -> int:
    from backend.training.export import export  # torch, which a machine without the training dependencies lacks

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--held-out", type=Path, required=True, help="folder of samples on dev photos")
    parser.add_argument("--photos", type=int, default=1, help="photos a request")
    parser.add_argument("--most", type=int, default=200, help="held-out samples a task")
    parser.add_argument("runs", nargs="+", metavar="NAME=FOLDER")
    options = parser.parse_args()
    rows, result = [], {}
    for name, run in (text.split("=", 1) for text in options.runs):
        model = Path("out/stages") / name
        shutil.rmtree(model, ignore_errors=True)
        export(Path(run), model)
        common = ["--shared", str(options.shared), "--model", str(model)]
        held_out = ["--held-out", str(options.held_out), "--photos", str(options.photos), "--most", str(options.most)]
        a, s = figures("agent", [*common, *held_out]), figures("spoiled", common)
        f, refine, summary = a["agent"], a["refine"], a["summary"]
        blind = " / ".join(str(a[f"follow_ups_{part}"]["done"]) for part in ("test", "test_2"))
        rows.append((
            name, f["followed"], f["opposite"], f["side_effect"], f["clipped"],
            " / ".join(str(f["dE"].get(size, "-")) for size in "sml"), s["agent"]["likeness"], s["agent"]["improved"],
            refine["done"], refine["kept"], blind, summary["rouge_l"], summary["named"], a["summary_unsorted"]["named"],
        ))
        result[name] = dict(zip(COLUMNS[1:], rows[-1][1:], strict=True))
        print(shared.table(shared.OUT / "stages.md", "The agent after each stage of its training", COLUMNS, rows), flush=True)
    shared.report({"bench": "stages", "photos": options.photos, **result})
    return 0
