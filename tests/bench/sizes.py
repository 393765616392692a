"""Sizes: what networks of other sizes make of the same training.

    python -m tests.bench sizes --words runs/words --data runs/data --shared ../shared [--shards "shard-030*"] [--steps 200]
        [--minutes 4] [--only decider reader]

decider: the network that decides the steps, narrower, wider, shallower and deeper, each trained jointly for the same number of
steps of 32 samples on top of the same sentence encoder. reader: TurnReader with one to six layers of its own above the shared
ones, each trained for the same time. Figures on held-out samples and follow-ups; parameters are those beside the shared
sentence encoder; milliseconds are of one answer's part in torch on one thread. Writes out/bench/sizes_decider.md and
sizes_reader.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from backend.agent import features
from backend.training.layers import BERT_LAYERS, BERT_WIDTH
from backend.training.model import TOOLS
from backend.training.readers import TurnReader
from backend.training.train import load_averaged
from tests.bench import _shared as shared

WORK = Path("out/sizes")
DECIDERS: dict[str, dict[str, int]] = {
    "as shipped: 256 wide, 3 layers": {}, "128 wide": {"width": 128}, "384 wide": {"width": 384}, "1 layer": {"layers": 1},
    "6 layers": {"layers": 6},
}
READERS = {"1 layer": 1, "2 layers": 2, "as shipped: 4 layers": 4, "6 layers, none shared": 6}
_WORDS = 12  # of the request that is timed
_HELD_OUT = ("gate", "all_gates_right", "value_error", "likeness", "words")


def parameters(net: nn.Module, *, without: nn.Module | None = None) -> int:
    left = {id(p) for p in without.parameters()} if without is not None else set[int]()
    return sum(p.numel() for p in net.parameters() if id(p) not in left)


def milliseconds(work: Callable[[], Any], repeat: int = 30) -> float:
    """The median time of `work` after two unmeasured calls."""
    torch.set_num_threads(1)
    times = []
    with torch.inference_mode():
        for _ in range(repeat + 2):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
    return round(1000 * statistics.median(times[2:]), 1)


def train(module: str, *arguments: str) -> None:
    """One stage of training in a process of its own. Raises CalledProcessError where it fails."""
    subprocess.run([sys.executable, "-m", f"backend.training.{module}", *arguments], check=True, stdout=subprocess.DEVNULL)


def decider(name: str, shape: dict[str, int], options: argparse.Namespace) -> dict[str, float]:
    folder = WORK / name.replace(" ", "-").replace(":", "").replace(",", "")
    shutil.rmtree(folder, ignore_errors=True)
    train(
        "train", "--data", str(options.data), "--shards", options.shards, "--start", str(options.words / "checkpoint.pt"),
        "--take", "text.", "--out", str(folder), "--steps", str(options.steps), "--batch", "32", "--rate", "4e-4",
        "--threads", "1", "--shape", json.dumps(shape),
    )
    last = json.loads((folder / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    net = load_averaged(folder / "checkpoint.pt")[0].eval()
    ids = torch.randint(1000, 2000, (1, _WORDS))
    inputs = (
        ids, torch.zeros_like(ids), torch.zeros(1, _WORDS, dtype=torch.bool), torch.rand(1, 2, features.SIZE),
        torch.rand(1, 2, 3, features.THUMB, features.THUMB), torch.zeros(1, TOOLS), torch.zeros(1, dtype=torch.long),
    )
    return {
        "million": round(parameters(net, without=net.text) / 1e6, 2), "milliseconds": milliseconds(lambda: net.read(*inputs)),
        "minutes": last["minutes"], **{figure: last["held_out"][figure] for figure in _HELD_OUT},
    }


def reader(name: str, upper: int, options: argparse.Namespace) -> dict[str, float]:
    folder = WORK / f"reader-{upper}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "checkpoint.pt").symlink_to((options.words / "checkpoint.pt").resolve())
    train(
        "follow", "--shared", str(options.shared), "--run", str(folder), "--texts", "20000", "--minutes", str(options.minutes),
        "--upper", str(upper),
    )
    found = torch.load(folder / "turn.pt", map_location="cpu", weights_only=True)["figures"]
    net = TurnReader(upper).eval()
    inner, mask, steps = torch.randn(1, _WORDS, BERT_WIDTH), torch.zeros(1, 1, 1, _WORDS), torch.zeros(1, TOOLS)
    return {
        "million": round(parameters(net) / 1e6, 2), "milliseconds": milliseconds(lambda: net(inner, mask, steps, steps)),
        "shared_layers": BERT_LAYERS - upper, **found,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, required=True, help="run folder of the stage `words`")
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--steps", type=int, default=200, help="of training, for each decider")
    parser.add_argument("--minutes", type=float, default=4, help="of training, for each reader")
    parser.add_argument("--only", nargs="+", choices=("decider", "reader"), default=("decider", "reader"))
    options = parser.parse_args()
    kinds: dict[str, tuple[dict[str, Any], Callable[..., dict[str, float]]]] = {
        "decider": (DECIDERS, decider), "reader": (READERS, reader)
    }
    result: dict[str, dict[str, dict[str, float]]] = {}
    for kind in options.only:
        sizes, measure = kinds[kind]
        rows = result[kind] = {}
        for name, size in sizes.items():
            rows[name] = measure(name, size, options)
            budget = f"{options.steps} steps" if kind == "decider" else f"{options.minutes:g} minutes"
            print(shared.table(
                shared.OUT / f"sizes_{kind}.md", f"Sizes of the {kind}, {budget} of training each",
                ("size", *rows[name]), [(n, *figures.values()) for n, figures in rows.items()],
            ), flush=True)
    shared.report({"bench": "sizes", "steps": options.steps, "minutes": options.minutes, **result})
    return 0
