"""How long an answer takes over HTTP, warm, the whole trace with its reason, beside the bare graphs of the model.

All figures are taken in turn, one of each a round, so that what else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from backend.agent.onnx_agent import GRAPHS
from backend.agent.task import EditTask
from backend.model_folder import find, load
from backend.pictures import read_bytes
from tests.backend.servers import picture, serving

SIZES = ((512, 384), (1024, 768), (2048, 1536), (6000, 4000))  # pixels; the plugin sends about 1024
WORDS = (
    "it's too dark and a bit cold", "make it look good", "more contrast but keep the colours", "softer, dreamy, slightly faded",
    "the sky is too bright and everything looks a little green",
)
_KINDS = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
_WORDS_READ, _WORDS_WRITTEN = 24, 20


def bare(folder: Path, threads: int) -> Callable[[], None]:
    """The model's graphs as one answer runs them, on made-up inputs and with nothing around them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    graphs = {name: onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options) for name in GRAPHS}

    def inputs(name: str, past: int) -> dict[str, Any]:
        sizes = {"words": _WORDS_READ, "memory": _WORDS_READ + 16, "past": past}
        shapes = {i.name: [s if isinstance(s, int) else sizes[str(s)] for s in i.shape] for i in graphs[name].get_inputs()}
        return {i.name: np.zeros(shapes[i.name], _KINDS[i.type]) for i in graphs[name].get_inputs()}

    once = {name: inputs(name, 0) for name in GRAPHS if name != "write"}
    written = [inputs("write", past) for past in range(_WORDS_WRITTEN)]

    def run() -> None:
        for name, given in once.items():
            graphs[name].run(None, given)
        for given in written:
            graphs["write"].run(None, given)

    return run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--model", help="a model folder (default: the newest)")
    options = parser.parse_args()
    folder = find(options.model)
    agent = load(folder)
    sent = {f"{w}x{h}": picture(w, h, kind="JPEG") for w, h in SIZES}
    small = read_bytes(sent["512x384"], max_side=512).rgb
    with tempfile.TemporaryDirectory() as temporary, \
            serving(Path(temporary), "--model", str(folder.resolve()), module="backend") as server:
        client = server.client()
        run_bare = bare(folder, 2)
        acts: dict[str, Callable[[str], Any]] = {"bare graphs": lambda _: run_bare()}
        acts["in process"] = lambda words: agent.edit(EditTask(words, small))
        for name, data in sent.items():
            acts[f"http {name}"] = lambda words, data=data: client.edit(words, data)
        acts["http 1024x768, three variations"] = lambda words: client.variations(words, sent["1024x768"], count=3)
        taken: dict[str, list[float]] = {name: [] for name in acts}
        for number in range(-1, options.rounds):
            for name, act in acts.items():
                start = time.perf_counter()
                act(WORDS[number % len(WORDS)])
                if number >= 0:  # the first round warms up
                    taken[name].append(time.perf_counter() - start)
    figures: dict[str, Any] = {"model": folder.name, "rounds": options.rounds}
    print(f"{'':<34}{'median s':>10}{'p95 s':>10}{'x bare':>8}")
    base = statistics.median(taken["bare graphs"])
    for name, seconds in taken.items():
        median, p95 = statistics.median(seconds), float(np.quantile(seconds, 0.95))
        figures[name] = {"median": round(median, 4), "p95": round(p95, 4), "ratio": round(median / base, 2)}
        print(f"{name:<34}{median:>10.3f}{p95:>10.3f}{median / base:>8.2f}")
    print(json.dumps(figures))
    return 0
