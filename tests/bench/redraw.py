"""Redraw: how soon a changed value is seen, ours beside Krita's own filter dialog changing the same layer, in one Krita.

    python -m tests.bench redraw [--sizes 1024x768 3840x2160 6000x4000] [--repeat 3]

A photo with three steps (exposure, shadows, temperature); the lowest is changed. Times are in seconds from the moment of the
change, medians: `first` until some sampled pixel has its final colour, `whole` until the last has, `blocked` the longest time
in which Krita's window did not answer. Krita: a number in its filter dialog. Ours: the slider let go where it was held (its
value is on the screen already, which is watched here instead of the picture behind it), let go at once (a flick), a typed
number, and a number that came before the pointer or the focus was on the card (`unprepared`). Then the same of grain: from
asking for a step of it, typing another amount, or typing a number of a step below it, to the picture; with Krita's processor
seconds and what the step adds to a saved file. Then what makes long traces cheap: eight steps of light as eight layers and
merged into one curve. The table goes to out/bench/redraw.md; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.bench._shared import OUT, report, table
from tests.plugin.model_in_krita import load
from tests.real_krita import RealKrita

MOST = 1.2  # of Krita's own time to the first pixels
PATIENCE = 600.0  # seconds for one change; a busy machine takes many times what a free one does

WATCH = """
class Watch(QtCore.QObject):
    '''Samples 64 pixels of the picture as often as the event loop lets it, and notes when they change.'''
    def __init__(self):
        super().__init__(); self.timer = QtCore.QTimer(self); self.timer.setInterval(1); self.timer.timeout.connect(self.look)
    def sample(self):
        root, w, h = here().rootNode(), here().width(), here().height()
        return [bytes(root.projectionPixelData(w * (2 * i + 1) // 16, h * (2 * j + 1) // 16, 1, 1))
                for i in range(8) for j in range(8)]
    def start(self):
        self.log = [(0.0, self.sample())]; self.began = self.seen = time.monotonic(); self.gap = 0.0; self.timer.start()
        return True
    def look(self):
        now = time.monotonic(); self.gap = max(self.gap, now - self.seen); self.seen = now
        sample = self.sample()
        if sample != self.log[-1][1]: self.log.append((now - self.began, sample))
    def is_over(self, changes):
        return (len(self.log) > 1 or not changes) and at_rest() and self.seen - self.began - self.log[-1][0] > 1.0
    def end(self):
        self.timer.stop(); first, last = self.log[0][1], self.log[-1][1]
        moved = [i for i in range(64) if first[i] != last[i]]
        if not moved: return [0.0, 0.0, self.gap]  # it was there already
        return [min(t for t, s in self.log if any(s[i] == last[i] for i in moved)), self.log[-1][0], self.gap]
watch = Watch()
class ScreenWatch(Watch):
    '''The same with what the screen shows in the middle of the view: a view that is held still shows no change behind it.'''
    def sample(self):
        view = window().findChild(QtWidgets.QMdiArea).activeSubWindow(); size = view.size()
        corner = view.mapToGlobal(QtCore.QPoint(size.width() // 4, size.height() // 4))
        image = QtWidgets.QApplication.primaryScreen().grabWindow(
            0, corner.x(), corner.y(), size.width() // 2, size.height() // 2).toImage()
        return [image.pixel(image.width() * (2 * i + 1) // 16, image.height() * (2 * j + 1) // 16)
                for i in range(8) for j in range(8)]
screen = ScreenWatch()
"""

MERGED = """
from tool_mapping import kra
from tool_mapping.krita.merging import merged_layer
def as_one(path):
    kra.write_template(path, [merged_layer([ToolCall(name, value) for name, value in light])], width=16, height=16)
    made = K.openDocument(path); group = made.rootNode().childNodes()[-1]
    node = group.childNodes()[0].clone(); here().rootNode().addChildNode(node, None)
    made.setModified(False); made.close(); return True
def timed():
    began = time.process_time(); here().refreshProjection(); here().waitForDone(); return time.process_time() - began
"""
GRAIN = """
import os
from iea_krita import preparing
def ask_for_grain(value):
    def steps():
        base = D.session; wanted = refined(base.steps, [*base.in_force, ToolCall('grain', value)])
        prepared = yield from preparing.prepare(D.photo, base, wanted, name='IEA: grain')
        D.changed(*(yield from layers.put_in(D.photo, base, wanted, name='IEA: grain', prepared=prepared)))
    tasks.append(Task(steps(), troubles.append)); return True
def saved(path):
    here().setBatchmode(True); here().saveAs(path); return os.path.getsize(path)
"""
LIGHT = (("exposure", 20), ("brightness", 10), ("contrast", 15), ("natural_contrast", 20), ("highlights", -30), ("shadows", 30),
         ("whites", 10), ("blacks", -10))


def photo(folder: Path, width: int, height: int) -> Path:
    from skimage import data

    path = folder / f"{width}x{height}.png"
    Image.fromarray(data.coffee()).resize((width, height)).save(path, compress_level=1)
    return path


def watched(krita: RealKrita, change: str, *, by: str = "watch", changes: bool = True) -> list[float]:
    """[first, whole, blocked] of a change, in seconds, as Krita's picture tells or, `by` "screen", the screen."""
    krita.run(f"{by}.start(); {change}", timeout=PATIENCE)
    krita.wait_until(f"{by}.is_over({changes})", PATIENCE)
    return krita.run(f"{by}.end()")


def reach(krita: RealKrita) -> None:
    """Put the pointer on the slider, as whoever drags it or types into its box has done before."""
    krita.run("C.editor.expect('exposure')")
    krita.wait_until("C.editor.is_ready('exposure') and at_rest()", PATIENCE)


def measure(krita: RealKrita, path: Path, repeat: int) -> dict[str, list[float]]:
    """Medians of [first, whole, blocked] for each way to change the value."""
    krita.run("close_all()")
    krita.run("open_picture(path); here().waitForDone(); drive()", timeout=PATIENCE, path=str(path))
    krita.run("turn(D, ('exposure', 20), ('shadows', 20), ('temperature', 30)); here().waitForDone()", timeout=PATIENCE)
    krita.wait_until("at_rest()", PATIENCE)
    found: dict[str, list[list[float]]] = {name: [] for name in ("krita", "held", "flick", "typed", "unprepared")}
    for round_ in range(repeat):
        krita.run("open_dialog(C.desk.session.steps[0].layer)")
        krita.wait_until("dialog() is not None and at_rest()", PATIENCE)
        number = "dialog().findChild(QtWidgets.QSpinBox, 'spinBoxInputWhitePoint').setValue({})"
        found["krita"].append(watched(krita, number.format(150 + round_)))
        krita.run("press('Cancel')")
        krita.wait_until("dialog() is None and at_rest()", PATIENCE)
        reach(krita)
        krita.run(f"C.editor.drag('exposure', {60 + round_})")
        krita.wait_until(f"C.editor._drag is not None and C.editor._drag.shown == {60 + round_} and idle()", PATIENCE)
        held = f"C.editor.drop('exposure', {60 + round_})"
        found["held"].append(watched(krita, held, by="screen", changes=False))
        flick = f"C.editor.drag('exposure', {-30 - round_}); C.editor.drop('exposure', {-30 - round_})"
        reach(krita)
        found["flick"].append(watched(krita, flick))
        reach(krita)
        found["typed"].append(watched(krita, f"C.editor.set_value('exposure', {20 - round_}, at_once=True)"))
        found["unprepared"].append(watched(krita, f"C.editor.set_value('exposure', {45 - round_}, at_once=True)"))
    krita.run("park()")
    return {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}


def grain(krita: RealKrita, path: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Seconds of a new step of grain and of another amount of it, and what it adds to a file in MiB."""
    krita.run(GRAIN)
    krita.run("close_all()")
    krita.run("open_picture(path); here().waitForDone(); drive()", timeout=PATIENCE, path=str(path))
    krita.run("turn(D, ('exposure', 20), ('temperature', 30)); here().waitForDone()", timeout=PATIENCE)
    krita.wait_until("at_rest()", PATIENCE)
    file = folder / "grain.kra"
    before = krita.run("saved(file)", timeout=PATIENCE, file=str(file))
    found = {}
    for name, change in (
        ("asked", "ask_for_grain(30)"), ("typed", "C.editor.set_value('grain', 60, at_once=True)"),
        ("below", "C.editor.set_value('exposure', 35, at_once=True)"),
    ):
        krita.run("began = time.process_time()")
        first, whole, blocked = watched(krita, change)
        krita.wait_until("all(task.is_over for task in tasks) and at_rest()", PATIENCE)
        processor = krita.run("time.process_time() - began")
        found[name] = {"first": first, "whole": whole, "blocked": blocked, "processor": processor}
    found["asked"]["file_mib"] = (krita.run("saved(file)", timeout=PATIENCE, file=str(file)) - before) / 2**20
    krita.run("park()")
    return found


def long_traces(krita: RealKrita, path: Path, folder: Path, repeat: int) -> dict[str, float]:
    """Processor seconds to draw eight steps of light as eight layers and as one curve, and how far the pictures are apart."""
    krita.run(MERGED)

    def fresh() -> None:
        krita.run("close_all()")
        krita.run("open_picture(path); here().waitForDone(); D = desk_here()", timeout=PATIENCE, path=str(path))

    fresh()
    krita.run("turn(D, *light)", timeout=PATIENCE, light=[list(step) for step in LIGHT])
    many = statistics.median(krita.run("timed()", timeout=PATIENCE) for _ in range(repeat))
    eight = np.frombuffer(krita.run("pixels()", timeout=PATIENCE), np.uint8)
    fresh()
    krita.run("as_one(template)", timeout=PATIENCE, template=str(folder / "one.kra"), light=[list(step) for step in LIGHT])
    one = statistics.median(krita.run("timed()", timeout=PATIENCE) for _ in range(repeat))
    merged = np.frombuffer(krita.run("pixels()", timeout=PATIENCE), np.uint8)
    return {"eight_layers": many, "one_curve": one, "mean_off": float(np.abs(eight.astype(int) - merged).mean())}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="+", default=["1024x768", "3840x2160", "6000x4000"])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rows: list[list[Any]] = []
    figures: dict[str, Any] = {"bench": "redraw", "sizes": {}}
    # A copy that Krita keeps by itself would be offered when the same picture is opened again, in a dialog that waits.
    with (tempfile.TemporaryDirectory(prefix="iea-redraw-") as temporary,
          RealKrita(plugin=False, start_timeout=300, kritarc="AutoSaveInterval=0\n") as krita):
        load(krita)
        krita.run(WATCH)
        for size in options.sizes:
            width, height = map(int, size.split("x"))
            path = photo(Path(temporary), width, height)
            times = measure(krita, path, options.repeat)
            base = times["krita"][0]
            for name, (first, whole, blocked) in times.items():
                rows.append([size, name, first, first / base, whole, whole / times["krita"][1], blocked])
            grained = grain(krita, path, Path(temporary))
            rows += [
                [size, f"grain, {name}", t["first"], "", t["whole"], "", t["blocked"]] for name, t in grained.items()
            ]
            traces = long_traces(krita, path, Path(temporary), options.repeat) if width <= 4000 else {}
            ratios = {name: round(values[0] / base, 3) for name, values in times.items()}
            figures["sizes"][size] = {
                "seconds": times, "first_to_krita": ratios, "long_traces": traces, "grain": grained,
            }
            print(size, ratios, grained, traces, flush=True)
    columns = ("picture", "way", "first pixels", "to Krita's", "whole picture", "to Krita's", "blocked")
    print(table(OUT / "redraw.md", "Time from a change to the picture, in seconds", columns, rows))
    figures["kept"] = all(
        size["first_to_krita"][way] <= MOST for size in figures["sizes"].values() for way in ("held", "flick", "typed")
    )
    report(figures)
    return 0 if figures["kept"] else 1
