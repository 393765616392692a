"""Training items on their way: what is asked on which scene, through the solvers, to lines of the data set."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from backend.training import expert, teacher
from backend.training.colour import Yardstick
from backend.training.effects import Wish, axes_named, parse
from backend.training.goals import Facts, facts_of
from backend.training.language import Utterance
from backend.training.renderer import calls_of
from backend.training.scenes import before_picture, original_picture, sample_points


@dataclass
class Scene:
    """A before-picture with what the solvers need of it. blown, crushed: shares of pixels near white and black.

    before: the picture itself, (H, W, 3).
    """

    picture: dict[str, Any]
    points: torch.Tensor
    target: torch.Tensor  # the same pixels of the unspoiled picture
    uv: torch.Tensor
    facts: Facts
    blown: float
    crushed: float
    before: NDArray[np.uint8]

    @property
    def good(self) -> bool:
        return self.picture["spoil"] is None and not self.picture["pre"]

    @classmethod
    def of(cls, picture: dict[str, Any], root: Path, seed: int) -> Scene:
        before = before_picture(picture, root)
        points, uv = sample_points(before, teacher.CHECK_POINTS, seed)
        target = points
        if picture["spoil"] is not None or picture["pre"]:
            target, _ = sample_points(original_picture(picture, root), teacher.CHECK_POINTS, seed)
        stick = Yardstick.of(points[None], uv[None])
        lightness = stick.lab[0, 0]
        return cls(
            picture, points, target, uv, facts_of(stick.lab, stick.exact_spread)[0],
            float((lightness > 98).float().mean()), float((lightness < 4).float().mean()), before,
        )


@dataclass
class Item:
    """One sample in the making. `values`: integers once solved; None while unsolved; `dropped` says why it is given up."""

    scene: Scene
    task: str
    utterance: Utterance
    style: str = ""
    style_wishes: list[Wish] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    start: list[int] | None = None
    values: list[int] | None = None
    wishes: list[Wish] = field(default_factory=list)
    amounts: dict[str, float] = field(default_factory=dict)
    vague: bool = False
    dropped: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return calls_of(self.values or [0] * 16)


def problem_of(item: Item) -> teacher.Problem:
    """The item's wishes as a problem for the teacher; a remembered style adds its own wishes where the words leave room."""
    u = item.utterance
    wishes, extra = parse(item.extra.get("asked", u.effects))  # of a follow-up, a part may be done already
    named = axes_named(u.effects)
    item.wishes = [*item.wishes, *wishes]
    wishes = list(item.wishes)
    for w in item.style_wishes:
        if w.axis not in named and w.axis not in u.keep:
            wishes.append(Wish(w.axis, w.sign, "s", 0.9))
            named.add(w.axis)
    start = None if item.start is None else np.array(item.start, np.float32) / 100
    extra = [e for e in extra if e.axis not in {w.axis for w in wishes}]
    return teacher.Problem(item.scene.points, item.scene.uv, wishes, extra, set(u.keep), named, start)


def solve_items(items: list[Item], batch: int = 256) -> None:
    """Fill `values` of all items by the teacher, or `dropped`. Like problems go into one batch: tools unused there are free."""
    pairs = [(item, problem_of(item)) for item in items]
    pairs.sort(key=lambda p: "".join(sorted(w.axis for w in p[1].wishes)))
    for at in range(0, len(pairs), batch):
        part = pairs[at: at + batch]
        for (item, _), solution in zip(part, teacher.solve([p for _, p in part]), strict=True):
            item.values, item.amounts, item.dropped = solution.values, solution.amounts, solution.fault


def fit_items(items: list[Item], batch: int = 256) -> None:
    """Fill `values` of vague requests on spoiled pictures by the expert's fit."""
    for at in range(0, len(items), batch):
        part = items[at: at + batch]
        stacks = [torch.stack([getattr(i.scene, name) for i in part]) for name in ("points", "target", "uv")]
        values, likeness = expert.fit(*stacks)
        for item, row, like in zip(part, values.tolist(), likeness.tolist(), strict=True):
            item.values = [int(v) for v in row]
            item.extra["likeness"] = round(like, 3)
            if like < 0.1:
                item.dropped = "no fit"


def small_improvement(facts: Facts) -> list[Wish]:
    """What a good photo still gains from when someone says no more than "make it look good"."""
    wishes: list[Wish] = []
    if facts.lightness < 38:
        wishes.append(Wish("L", 1, "s"))
    elif facts.lightness > 74:
        wishes.append(Wish("L", -1, "s", 0.7))
    if facts.spread < 88:
        wishes.append(Wish("C", 1, "s", 1.0 if facts.spread < 62 else 0.6))
    if 3 < facts.chroma < 26:
        wishes.append(Wish("S", 1, "s", 1.0 if facts.chroma < 14 else 0.6))
    return wishes
