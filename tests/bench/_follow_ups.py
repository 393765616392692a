"""Part of the agent bench: follow-ups written for this project by writers who knew neither the training texts nor the code.

The files follow_ups_dev*.jsonl may be looked at while the agent is made; follow_ups_test*.jsonl are for figures only. Those
with a number are by other writers, later. No follow-up is among the training texts word for word, but for the shortest in the
first two ("undo"). A line says what was asked before, the steps before the last request and now, the follow-up, what becomes of
which step, and what is to be seen.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from backend.agent.review import SERVES
from backend.agent.task import EditTask
from backend.agent.turns import REACHED
from tests.bench._reasons import is_true
from tests.bench._shared import Candidate, Picture, lines
from tool_mapping import reference
from tool_mapping.spec import ToolCall, in_canonical_order

HERE = Path(__file__).parent
NAMES = ("dev", "dev_2", "dev_3", "dev_4", "dev_5", "dev_6", "test", "test_2")
SETS = {name: HERE / f"follow_ups_{name}.jsonl" for name in NAMES}
MEASURED = ("L", "C", "S", "a", "b", "H", "N", "V", "SH", "HL", "BW")


def calls_of(values: dict[str, int]) -> tuple[ToolCall, ...]:
    return tuple(in_canonical_order(tuple(ToolCall(name, value) for name, value in values.items())))


def became(old: int, new: int) -> str:
    """What became of a step: same, gone, weaker, stronger or reversed."""
    if old == new:
        return "same"
    if new == 0:
        return "gone"
    return "reversed" if old * new < 0 else "weaker" if abs(new) < abs(old) else "stronger"


def serves(tool: str, value: int, row: dict[str, Any]) -> bool:
    """Whether a step with that value does what is newly asked: "all off, then make it brighter" may use exposure again."""
    return any(name == tool and plain * value > 0 for effect in row["effects"] for name, plain in SERVES.get(effect[:-1], ()))


def faults_of(row: dict[str, Any], answer: tuple[ToolCall, ...], before: Picture, effects: ModuleType) -> list[str]:
    """What is wrong with an answer to a follow-up; empty where it was done and nothing else moved."""
    old, new, expect = row["in_force"], {call.name: call.value for call in answer}, row["expect"]
    axes = [effect[:-1].rstrip("+-") for effect in row["effects"]]
    serving = set[str]().union(*(REACHED.get(axis, set()) for axis in axes))
    seen_on_pixels = bool(axes) and set(axes) <= set(MEASURED)
    faults = []
    for name in sorted({*old, *new}):
        was, want = became(old.get(name, 0), new.get(name, 0)), expect.get(name, "same")
        if name not in old:
            if name not in serving:
                faults.append(f"{name} is new")
        elif was != want:
            by_effect = seen_on_pixels and name in serving and (want != "gone" or serves(name, new.get(name, 0), row))
            faults += [f"{name} {was}, not {want}"] * (not by_effect)
    if seen_on_pixels:
        now, after = (reference.render(before, calls) for calls in (calls_of(old), answer))
        m = effects.measure(Image.fromarray(now), Image.fromarray(after))
        if "BW" not in axes and effects.measure(Image.fromarray(now), Image.fromarray(now))["BW"]:
            m["BW"] = 0.0  # what was grey before is no side effect
        score = effects.score({"effects": [effect[:-1].replace("BW+", "BW") for effect in row["effects"]]}, m)
        faults += ["effect not seen"] * (not score["followed"])
        if expect.keys() <= serving and "gone" not in expect.values():  # what is taken back may well change light and colour
            faults += ["side effect"] * score["side_effect"]
    return faults


def follow_ups(edit: Candidate, effects: ModuleType, path: Path, photos: list[Picture]) -> tuple[dict[str, float], list[str]]:
    """Figures over a set, each follow-up about one of `photos` in turn, and a line for each that was not done.

    done: share of follow-ups done with nothing else moved. kept: share of the steps nobody spoke of that kept their value.
    reason_true: share of the reasons that name no step that did not move, nor one the wrong way round.
    """
    done, kept, true, missed = [], [], [], []
    for i, row in enumerate(lines(path)):
        before = photos[i % len(photos)]
        in_force = calls_of(row["in_force"])
        told = EditTask(
            row["follow_up"], before, reference.render(before, in_force), in_force, tuple(row["first"]),
            previous=calls_of(row["previous"]),
        )
        said = edit(told)
        answer = said.calls
        true.append(is_true(said.reason, row["in_force"], {call.name: call.value for call in answer}))
        faults = faults_of(row, answer, before, effects)
        new = {call.name: call.value for call in answer}
        spoken = set[str]().union(*(REACHED.get(e[:-1].rstrip("+-"), set()) for e in row["effects"])) | row["expect"].keys()
        kept += [new.get(name, 0) == value for name, value in row["in_force"].items() if name not in spoken]
        done.append(not faults)
        if faults:
            steps = " ".join(f"{name} {value:+d}" for name, value in row["in_force"].items())
            ours = " ".join(f"{call.name} {call.value:+d}" for call in answer)
            missed.append(f"{row['follow_up']!r} [{steps}] -> [{ours}]: {'; '.join(faults)}")
    shares = {"done": done, "kept": kept, "reason_true": true}
    return {**{name: round(float(np.mean(rows)), 3) for name, rows in shares.items()}, "follow_ups": len(done)}, missed
