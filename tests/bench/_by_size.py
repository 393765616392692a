"""Whether "a bit" and "a lot" count for every effect: each asked plainly in three sizes, and how far the picture moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from backend.agent import plain
from backend.agent.features import lab
from backend.agent.task import EditTask
from tests.bench._shared import Candidate, Picture
from tool_mapping import reference

_ALIKE = ("F-", "BW+")  # the same words as another effect's; no sizes


def by_size(candidate: Candidate, pictures: list[Picture]) -> tuple[dict[str, Any], list[tuple[str, float, float, float]]]:
    """Of all effects the least ratio of "plainly" to "a bit", and of "a lot" to "plainly"; rows: effect and the three sizes.

    Measured in the mean CIELAB distance that the answer moves the pictures (H, W, 3).
    """
    rows = []
    for axis, phrases in plain.WORDS.items():
        if axis not in _ALIKE:
            means = (float(np.mean([_moved(candidate, words, picture) for picture in pictures])) for words in phrases)
            rows.append((axis, *(round(mean, 2) for mean in means)))
    to_little = min((round(plainly / max(little, 0.01), 2), axis) for axis, little, plainly, _ in rows)
    to_plain = min((round(much / max(plainly, 0.01), 2), axis) for axis, _, plainly, much in rows)
    return {
        "least_plain_to_little": to_little[0], "there": to_little[1], "least_much_to_plain": to_plain[0], "where": to_plain[1],
        "effects": len(rows), "pictures": len(pictures),
    }, rows


def _moved(candidate: Candidate, words: str, picture: Picture) -> float:
    after = reference.render(picture, candidate(EditTask(words, picture)).calls)
    return float(np.linalg.norm(lab(after) - lab(picture), axis=-1).mean())
