"""Full size without Krita: the renderer beside a plain OpenCV pipeline, and a .kra written beside Krita opening it.

    python -m tests.bench render [--size 6000x4000] [--rounds 5] [--no-krita]

All figures of a table are taken in turn, one of each a round, so that what else the machine does falls on all of them alike.
OpenCV is no part of the project: its column is left out, and said to be, where `cv2` cannot be imported. The tables go to
out/bench/render.md; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.real_krita import run_offscreen
from tool_mapping import reference
from tool_mapping.spec import TOOLS, ToolCall

try:
    from tests.bench._opencv import opencv
except ImportError:
    opencv = None

Picture = NDArray[np.uint8]
OUT = Path("out/bench")
FOUR = [ToolCall("exposure", 30), ToolCall("contrast", 20), ToolCall("saturation", 25), ToolCall("temperature", 30)]
SIXTEEN = [ToolCall(tool.name, 20) for tool in TOOLS]
DOCUMENT = [*FOUR, ToolCall("vignette", -30)]


def photo(width: int, height: int) -> Picture:
    """A photograph of that size: a sample one, enlarged, with fine noise so that it packs like one from a camera."""
    from skimage import data

    small = Image.fromarray(data.coffee())
    picture = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    noise = np.random.default_rng(0).normal(0, 2, (height, width, 1)).astype(np.int8)
    return (picture + noise.astype(np.int16)).clip(0, 255).astype(np.uint8)


# --- measuring -------------------------------------------------------------------------------------------------------------


def medians(acts: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Seconds of each act, median of the rounds, after one that warms up."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(-1, rounds):
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            if number >= 0:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


_MEMORY = """
import re, sys, numpy
from tests.bench.render import SIXTEEN
from tool_mapping import reference
rgb = numpy.load(sys.argv[1])
def most(): return int(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
before = most()
reference.render(rgb, SIXTEEN)
print(most() - before)
"""


def memory(rgb: Picture) -> float:
    """What rendering all sixteen tools needs at most beside the picture, its result included, in MiB (on Linux)."""
    with tempfile.TemporaryDirectory(prefix="iea-render-") as folder:
        np.save(path := Path(folder) / "rgb.npy", rgb)
        done = subprocess.run([sys.executable, "-c", _MEMORY, str(path)], env=_here(), check=True, capture_output=True)
    return int(done.stdout) / 1024


def renderers(rgb: Picture, rounds: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"picture_mib": round(rgb.nbytes / 2**20), "more_memory_mib": round(memory(rgb))}
    lists = {"four tools": FOUR, "all sixteen": SIXTEEN} | {tool.name: [ToolCall(tool.name, 20)] for tool in TOOLS}
    for name, calls in lists.items():
        acts: dict[str, Callable[[], Any]] = {"ours": partial(reference.render, rgb, calls)}
        if opencv is not None:
            acts["opencv"] = partial(opencv, rgb, calls)
        entry: dict[str, float] = {name: round(seconds, 4) for name, seconds in medians(acts, rounds).items()}
        if opencv is not None:
            entry["ratio"] = round(entry["ours"] / entry["opencv"], 3)
            if "grain" not in {call.name for call in calls}:  # both noises are random
                off = np.abs(reference.render(rgb, calls).astype(np.int16) - opencv(rgb, calls))
                entry["apart"] = round(float(off.mean()), 3)
        figures[name] = entry
    return figures


_OPEN = """
import time
K.setBatchmode(True)
seconds = []
for _ in range(rounds):
    start = time.perf_counter()
    document = K.openDocument(path)
    document.waitForDone()
    seconds.append(time.perf_counter() - start)
    shown = document.projection(0, 0, document.width(), document.height())
    if not shown.save(path + ".png"): raise OSError("not saved")
    document.close()
seconds
"""


def documents(rgb: Picture, rounds: int, krita: bool) -> dict[str, Any]:
    """Seconds for `backend apply` to write each kind of file, start of Python and reading of the photo included, and for Krita
    to open the document; and how far Krita's picture is from the .png."""
    with tempfile.TemporaryDirectory(prefix="iea-render-") as temporary:
        folder = Path(temporary)
        Image.fromarray(rgb).save(folder / "photo.jpg", quality=95)
        (folder / "calls.json").write_text(json.dumps([{"name": c.name, "value": c.value} for c in DOCUMENT]))

        def apply(ending: str) -> None:
            command = [sys.executable, "-m", "backend", "apply", "photo.jpg", "calls.json", "-o", f"done.{ending}"]
            subprocess.run(command, cwd=folder, env=_here(), check=True, capture_output=True)

        figures: dict[str, Any] = {
            f"apply -o .{ending}": round(seconds, 3)
            for ending, seconds in medians({e: lambda e=e: apply(e) for e in ("kra", "png", "jpg")}, rounds).items()
        }
        figures["kra_mib"] = round((folder / "done.kra").stat().st_size / 2**20, 1)
        if krita:
            opened = run_offscreen(_OPEN, 600.0, path=str(folder / "done.kra"), rounds=rounds)
            figures["krita opens .kra"] = round(statistics.median(opened), 3)
            with Image.open(folder / "done.png") as ours, Image.open(folder / "done.kra.png") as shown:
                off = np.abs(np.asarray(ours.convert("RGB"), np.int16) - np.asarray(shown.convert("RGB")))
            figures |= {"apart_mean": round(float(off.mean()), 4), "apart_max": int(off.max())}
        return figures


def _here() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", default="6000x4000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-krita", action="store_true", help="do not start Krita")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    rgb = photo(width, height)
    rendered = renderers(rgb, options.rounds)
    lines = [f"{width} x {height}, medians of {options.rounds} rounds, seconds", ""]
    if opencv is None:
        lines += ["OpenCV is not installed here (`pip install opencv-python-headless`), so its column is missing.", ""]
    lines += ["| tools | ours | OpenCV | ratio | mean difference of the pictures, levels |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {f['ours']:.3f} | {f.get('opencv', '')} | {f.get('ratio', '')} | {f.get('apart', '')} |"
        for name, f in rendered.items() if isinstance(f, dict)
    ]
    lines += ["", f"All sixteen need {rendered['more_memory_mib']} MiB beside the picture's own {rendered['picture_mib']} MiB."]
    written = documents(rgb, max(1, options.rounds // 2), not options.no_krita)
    lines += ["", "| document of five steps | |", "|---|---|", *(f"| {name} | {value} |" for name, value in written.items())]
    table = "\n".join(lines)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "render.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    print(json.dumps({"bench": "render", "size": options.size, "render": rendered, "document": written}))
    return 0
