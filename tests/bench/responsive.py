"""How long Krita's window is held, by the plugin itself and by single calls into Krita, on a large photo.

    python -m tests.bench responsive [--width 6000 --height 4000]

The same actions as tests/plugin/test_docker_watchdog.py watches on a small picture: opening, a turn, a refinement, a slider;
then grain, a slider below it and its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench._shared import OUT, report, table
from tests.plugin.conftest import HELPERS
from tests.plugin.test_docker_watchdog import drag, open_document, watched
from tests.real_krita import RealKrita

_PATIENCE = 300


def _photo(path: Path, width: int, height: int) -> None:
    """Soft shapes in many colours: the calls' times depend on the number of pixels, hardly on what is in them."""
    x, y = np.meshgrid(np.linspace(0, 9, width, dtype=np.float32), np.linspace(0, 6, height, dtype=np.float32))
    rgb = np.stack([np.sin(x + y), np.sin(2 * x - y), np.cos(x * 0.5 + 2 * y)], -1)
    Image.fromarray((70 + 60 * rgb).astype(np.uint8)).save(path, quality=92)


def _ask(krita: RealKrita, words: str) -> None:
    krita.run("events.clear(); D.submit(words)", words=words)
    event = krita.wait_until("events and events[-1]", _PATIENCE)
    if event[0] != "finished":
        raise RuntimeError(event[2])
    krita.wait_until("idle() and D.controller.desk.log[-1].after is not None", _PATIENCE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench responsive")
    parser.add_argument("--width", type=int, default=6000)
    parser.add_argument("--height", type=int, default=4000)
    options = parser.parse_args()
    rows, calls, figures = [], {}, {}
    with tempfile.TemporaryDirectory(prefix="iea-responsive-") as folder:
        photo = Path(folder) / "large.jpg"
        _photo(photo, options.width, options.height)
        with RealKrita() as krita:
            krita.run(HELPERS)
            krita.wait_until("D.controller.backend.state.value == 'ready'", _PATIENCE)
            actions = {
                "open a document": lambda: open_document(krita, photo, _PATIENCE),
                "a turn": lambda: _ask(krita, "brighter and warmer"),
                "a refinement": lambda: _ask(krita, "a bit less bright"),
                "a slider": lambda: drag(krita, _PATIENCE),
                "grain": lambda: _ask(krita, "add some film grain"),
                "a slider below the grain": lambda: drag(krita, _PATIENCE, values=(20, 35)),
                "the grain's slider": lambda: drag(krita, _PATIENCE, tool="grain", values=(60, 10, 35)),
            }
            for what, do in actions.items():
                held = watched(krita, what, do)
                told = held.figures()
                figures[what] = told
                rows.append([what, told["own_worst_ms"], told["own_p99_ms"], told["beat_worst_ms"], told["beat_p99_ms"]])
                for name, seconds in held.long_calls().items():
                    calls[name] = max(seconds, calls.get(name, 0.0))
    megapixels = options.width * options.height / 1e6
    columns = ("action", "ours, worst ms", "ours, 99th percentile ms", "beat, worst ms", "beat, 99th percentile ms")
    print(table(OUT / "responsive.md", f"What holds Krita's window at {megapixels:.0f} megapixels", columns, rows))
    single = [[name, round(1000 * seconds)] for name, seconds in sorted(calls.items(), key=lambda item: -item[1])]
    print(table(OUT / "responsive-calls.md", "Single calls into Krita over 50 ms", ("call", "longest, ms"), single))
    report({
        "bench": "responsive", "megapixels": megapixels, "load": round(os.getloadavg()[0], 1),
        "own_worst_ms": max(row[1] for row in rows), "calls_ms": dict(single), "actions": figures,
    })
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
