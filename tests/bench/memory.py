"""Memory: what a person's changes leave in Krita's undo history, ours beside Krita's own filter dialog, in one Krita.

    python -m tests.bench memory [--size 6000x4000] [--changes 10]

A photo with three steps (exposure, shadows, temperature). Resident memory in MB before and after as many changes of the lowest
step, each left for good: in Krita's dialog, then as typed numbers in the docker, then of the topmost step, then held sliders
that show eight values each. Ours keep the layers that were replaced, with what Krita had computed of them, so that undo shows
them at once. The table goes to out/bench/memory.md; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from tests.bench._shared import OUT, report, table
from tests.bench.redraw import PATIENCE, photo, reach
from tests.plugin.model_in_krita import load
from tests.real_krita import RealKrita

MOST = 100.0  # MB a change beyond what Krita's own leaves


def resident(krita: RealKrita) -> float:
    """Krita's resident memory in MB. Its own kernel tells, so this is for Linux."""
    pages = int(krita.run("open('/proc/self/statm').read().split()[1]"))
    return pages * int(krita.run("os.sysconf('SC_PAGE_SIZE')")) / 2**20


def by_dialog(krita: RealKrita, number: int) -> None:
    krita.run("open_dialog(C.desk.session.steps[0].layer)")
    krita.wait_until("dialog() is not None and at_rest()", PATIENCE)
    krita.run(f"dialog().findChild(QtWidgets.QSpinBox, 'spinBoxInputWhitePoint').setValue({150 + number})")
    krita.wait_until("dialog() is not None and at_rest()", PATIENCE)
    krita.run("press('OK')")
    krita.wait_until("dialog() is None and at_rest()", PATIENCE)


def typed(krita: RealKrita, tool: str, value: int) -> None:
    krita.run(f"C.editor.set_value('{tool}', {value}, at_once=True)")
    krita.wait_until(f"values()['{tool}'] == {value} and at_rest()", PATIENCE)


def held(krita: RealKrita, number: int) -> None:
    reach(krita)
    for value in range(number, number + 8):
        krita.run(f"C.editor.drag('exposure', {value})")
        krita.wait_until(f"C.editor._drag is not None and C.editor._drag.shown == {value} and idle()", PATIENCE)
    krita.run(f"C.editor.drop('exposure', {number + 7})")
    krita.wait_until(f"values()['exposure'] == {number + 7} and at_rest()", PATIENCE)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", default="6000x4000")
    parser.add_argument("--changes", type=int, default=10)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    rows: list[list[Any]] = []
    with (tempfile.TemporaryDirectory(prefix="iea-memory-") as temporary,
          RealKrita(plugin=False, start_timeout=300, kritarc="AutoSaveInterval=0\n") as krita):
        load(krita)
        path = photo(Path(temporary), width, height)
        krita.run("open_picture(path); here().waitForDone(); drive()", timeout=PATIENCE, path=str(path))
        krita.run("turn(D, ('exposure', 20), ('shadows', 20), ('temperature', 30)); here().waitForDone()", timeout=PATIENCE)
        krita.wait_until("at_rest()", PATIENCE)
        ways = {
            "Krita's dialog, lowest step": lambda i: by_dialog(krita, i),
            "typed, lowest step": lambda i: typed(krita, "exposure", -20 - i),
            "typed, topmost step": lambda i: typed(krita, "temperature", -20 - i),
            "held slider, lowest step": lambda i: held(krita, 10 + 9 * (i % 2)),
        }
        for name, change in ways.items():
            change(0)  # what Krita makes once is no change's
            before = resident(krita)
            for i in range(1, options.changes + 1):
                change(i)
            after = resident(krita)
            rows.append([name, before, after, (after - before) / options.changes])
            print(rows[-1], flush=True)
        krita.run("park()")
    columns = ("way", "before", f"after {options.changes}", "a change")
    print(table(OUT / "memory.md", f"Resident memory in MB, {options.size}", columns, rows))
    growth = {row[0]: round(row[3], 1) for row in rows}
    own = rows[0][3]
    kept = all(row[3] - own <= MOST for row in rows[1:])
    report({"bench": "memory", "mb_a_change": growth, "kept": kept})
    return 0 if kept else 1
