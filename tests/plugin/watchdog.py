"""How long Krita's GUI thread is held: by whom, by which single call into Krita, and how even its event loop beats meanwhile.

Every entry from Qt into the plugin's Python (a timer, a slot, a paint event) is timed by Python's own profiler hook, and in it
every call into Krita. What an entry holds the thread for is the two together; what of it is ours is the rest, less what the
hook itself costs, which is measured first. Ours is counted in processor time of the thread, so that a busy machine does not
count as slow code; Krita's calls and the beats in wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.real_krita import RealKrita

BEAT_MS = 5

# Runs in Krita. `watch.start()`, `watch.stop()` -> {"entries", "calls", "beats"}, seconds each.
WATCH = f"""
import sys
class Watch:
    def __init__(self):
        self.timer = QtCore.QTimer(); self.timer.setTimerType(Qt.PreciseTimer); self.timer.setInterval({BEAT_MS})
        self.timer.timeout.connect(lambda: self.beats.append(time.perf_counter()))
        self.hook = 0.0  # seconds that one event costs
        self.hook = self.cost()
    def cost(self):
        def nothing(): pass
        def many():
            begun = time.thread_time()
            for _ in range(5000): nothing()
            return time.thread_time() - begun
        plain = min(many() for _ in range(3))
        self.depth, self.inner, self.entries, self.name, self.events = 1, None, [], '', 0
        sys.setprofile(self.look); hooked = min(many() for _ in range(3)); sys.setprofile(None)
        return max(0.0, hooked - plain) / 10000
    def start(self):
        self.entries, self.calls, self.beats = [], [], []
        self.events = 0
        self.depth, self.inner, self.wall, self.cpu, self.name = 0, None, 0.0, 0.0, ''
        self.timer.start()
        sys.setprofile(self.look)
    def stop(self):
        sys.setprofile(None); self.timer.stop()
        return dict(entries=self.entries, calls=self.calls, beats=[b - a for a, b in zip(self.beats, self.beats[1:])])
    def look(self, frame, event, arg):
        self.events += 1
        if event == 'call':
            self.depth += 1
            if self.depth == 1:
                code = frame.f_code
                self.name = code.co_filename.rsplit('pykrita', 1)[-1] + ':' + code.co_name
                self.wall, self.cpu, self.krita = time.perf_counter(), time.thread_time(), 0.0
                self.events = 0
        elif event == 'return':
            if self.depth == 1 and 'iea_krita/' in self.name:
                own = time.thread_time() - self.cpu - self.krita - self.events * self.hook
                self.entries.append([self.name, time.perf_counter() - self.wall, max(0.0, own)])
            self.depth = max(0, self.depth - 1)
        elif event == 'c_call':
            owner = getattr(arg, '__self__', None)
            # Krita's own actions are Krita, too: undo, for example; and its models: that of the layer docker.
            theirs = 'krita' in type(owner).__module__.lower() or isinstance(owner, QtWidgets.QAction) or (
                isinstance(owner, QtCore.QAbstractItemModel) and owner.metaObject().className().startswith('Kis'))
            if self.inner is None and self.depth and theirs:
                self.inner = (arg, time.perf_counter(), time.thread_time())
        elif self.inner is not None and arg is self.inner[0]:
            called, wall, cpu = self.inner
            self.inner = None
            self.krita += time.thread_time() - cpu
            if 'iea_krita/' in self.name:
                self.calls.append([type(called.__self__).__name__ + '.' + called.__name__, time.perf_counter() - wall])
watch = Watch()
"""


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds. `entries`: (where, wall, own processor time). `calls`: (Krita's method, wall). `beats`: between two beats."""

    entries: list[tuple[str, float, float]]
    calls: list[tuple[str, float]]
    beats: list[float]

    @property
    def worst(self) -> tuple[str, float]:
        """The entry that held the thread longest by itself, and its own time."""
        name, _, own = max(self.entries, key=lambda entry: entry[2], default=("nothing", 0.0, 0.0))
        return name, own

    def long_calls(self, seconds: float = 0.05) -> dict[str, float]:
        """Calls into Krita that took longer, each with its longest time, longest first."""
        longest: dict[str, float] = {}
        for name, wall in self.calls:
            longest[name] = max(wall, longest.get(name, 0.0))
        return dict(sorted(((n, w) for n, w in longest.items() if w > seconds), key=lambda item: -item[1]))

    def figures(self) -> dict[str, Any]:
        """For people, in milliseconds."""
        own = sorted(entry[2] for entry in self.entries) or [0.0]
        beats = sorted(self.beats) or [0.0]
        return {
            "entries": len(self.entries),
            "own_worst_ms": round(1000 * own[-1], 1), "own_worst_where": self.worst[0],
            "own_p99_ms": round(1000 * _share(own, 0.99), 1),
            "beat_worst_ms": round(1000 * beats[-1], 1), "beat_p99_ms": round(1000 * _share(beats, 0.99), 1),
            "krita_calls_ms": {name: round(1000 * wall) for name, wall in self.long_calls().items()},
        }


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def begin(krita: RealKrita) -> None:
    """Start watching. The names of HELPERS must be there."""
    krita.run(WATCH + "watch.start()")


def end(krita: RealKrita) -> Held:
    told = krita.run("watch.stop()")
    return Held([tuple(e) for e in told["entries"]], [tuple(c) for c in told["calls"]], told["beats"])
