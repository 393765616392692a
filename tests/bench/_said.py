"""Part of the agent bench: first requests as people tell a friend, by writers who saw nothing of this project.

said_dev.jsonl may be looked at while the agent is made; said_test*.jsonl are for figures only. Of said_test_2, by a third
writer, a second reader took the effects of every line for the same without seeing the labels. A line is as in the shared
bench: the words, the effects to be seen on pixels ("C+|S+": either is enough) and the size.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image

from backend.agent.task import EditTask
from tests.bench._shared import Candidate, Picture, lines
from tool_mapping import reference

HERE = Path(__file__).parent
SETS = {name: HERE / f"said_{name}.jsonl" for name in ("dev", "test", "test_2")}


def said(edit: Candidate, effects: ModuleType, path: Path, photos: list[Picture]) -> tuple[dict[str, float], list[str]]:
    """Shares over a set, each request on one of `photos` in turn, and a line for each that was not followed.

    followed, opposite, side_effect: as the shared scorer means them.
    """
    scores, missed = [], []
    for i, row in enumerate(lines(path)):
        before = photos[i % len(photos)]
        calls = edit(EditTask(row["text"], before)).calls
        m = effects.measure(Image.fromarray(before), Image.fromarray(reference.render(before, calls)))
        scores.append(score := effects.score(row, m))
        if not score["followed"] or score["opposite"]:
            missed.append(f"{row['text']!r} {row['effects']} -> [{' '.join(f'{call.name} {call.value:+d}' for call in calls)}]")
    figures = {key: round(float(np.mean([s[key] for s in scores])), 3) for key in ("followed", "opposite", "side_effect")}
    return {**figures, "requests": len(scores)}, missed
