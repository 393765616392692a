"""How soon after Krita's start the first answer is there, and what takes the time: Krita itself, or the agent beside it.

    python -m tests.bench start [PHOTO] [--runs 3]

Each run starts a real Krita on a photo in a home that was used before (a warm disk), and asks as soon as the docker is there.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from installer.project import ROOT
from tests.bench._shared import OUT, report, table
from tests.real_krita import RealKrita

# Seconds since the process began, on the clock that /proc/PID/stat uses; noted by the plugin's own signals.
_WATCH = """
D = docker('iea_krita_docker')
ticks = float(open('/proc/self/stat').read().rsplit(')', 1)[1].split()[19]) / os.sysconf('SC_CLK_TCK')
def since(): return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks
seen = {}
def note(name): seen.setdefault(name, since())
def agent(): D.controller.backend.client is not None and note('agent')
D.controller.backend.changed.connect(agent); agent()
D.turn_finished.connect(lambda turn: note('answer'))
D.turn_failed.connect(lambda kind, message: note('failed'))
note('asked')
D.submit('brighter and a bit warmer')
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench start")
    parser.add_argument("photo", nargs="?", type=Path, default=ROOT / "installer" / "sample" / "coffee-too-dark.jpg")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="iea-start-") as folder:
        photo = Path(folder) / options.photo.name
        photo.write_bytes(options.photo.read_bytes())
        home = Path(folder) / "home"
        with RealKrita(files=[photo], home=home):
            pass  # makes the home and warms the disk
        for _ in range(options.runs):
            begun, load = time.monotonic(), os.getloadavg()[0]
            with RealKrita(files=[photo], home=home) as krita:
                up = time.monotonic() - begun
                krita.run(_WATCH)
                krita.wait_until("'answer' in seen or 'failed' in seen", 120)
                seen = krita.run("seen")
            if "answer" not in seen:
                print("The turn failed; start the bench again.")
                return 1
            rows.append([round(up, 2), *(round(seen[name], 2) for name in ("asked", "agent", "answer")), round(load, 1)])
    columns = ("Krita up, s", "asked, s", "agent known ready, s", "first answer, s", "load before")
    print(table(OUT / "start.md", "From Krita's start to the first answer", columns, rows))
    middle = [statistics.median(column) for column in zip(*rows, strict=True)]
    report({
        "bench": "start", "runs": options.runs, "cores": os.cpu_count(), "load": middle[4],
        "krita_up_s": middle[0], "asked_s": middle[1], "agent_s": middle[2], "answer_s": middle[3],
        "after_asking_s": round(middle[3] - middle[1], 2),
    })
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
