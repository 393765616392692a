"""The goal-based teacher: photo + wishes -> the few tool values whose measured effect on this photo is the one wished for.

Batches of goals are solved with Adam through the differentiable renderer on sampled pixels, thinned out to few tools, rounded
to integers and then measured again on more pixels; a result that does not show what was asked, drifts or clips is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from backend.training.colour import AXES, AXIS, SEEN, Yardstick
from backend.training.descent import descend
from backend.training.effects import Wish
from backend.training.goals import TONE, Goal, facts_of, goal_for
from backend.training.renderer import COUNT, LOWER, UPPER, render_points

SOLVE_POINTS = 384
CHECK_POINTS = 1536
_UNIT = torch.tensor([SEEN[axis] for axis in AXES])
_SPARSITY = 5.0
_SMALLEST = 0.03  # a step below three of a hundred is left out
_MOST_CALLS = 6


@dataclass(frozen=True)
class Problem:
    """points: (3, N) sRGB-encoded in [0, 1], N >= CHECK_POINTS; uv: (N, 2). start: (16,) values in force, when refining."""

    points: Tensor
    uv: Tensor
    wishes: list[Wish]
    extra: list[Wish]
    keep: set[str]
    named: set[str]
    start: np.ndarray | None = None


@dataclass(frozen=True)
class Solution:
    """values: (16,) integers; amounts: what was measured, raw units by axis; `fault` is empty if all asked effects are seen."""

    values: list[int]
    amounts: dict[str, float]
    clipped: float
    fault: str


class _Batch:
    """Goals of one batch as tensors, and the loss of values against them."""

    def __init__(self, points: Tensor, uv: Tensor, base: Tensor, goals: list[Goal], refining: Tensor) -> None:
        self.points, self.uv = points, uv
        reference = torch.where(refining[:, None, None], render_points(points, uv, base), points)
        self.yardstick = Yardstick.of(reference, uv)
        self.target = torch.from_numpy(np.stack([g.target for g in goals]))
        self.weight = torch.from_numpy(np.stack([g.weight for g in goals]))
        self.hold = torch.from_numpy(np.stack([g.hold for g in goals]))
        self.cost = torch.from_numpy(np.stack([g.cost for g in goals]))
        self.free = torch.from_numpy(np.stack([g.free for g in goals]))
        self.low = torch.from_numpy(np.stack([np.minimum(g.low, g.start) for g in goals]))
        self.high = torch.from_numpy(np.stack([np.maximum(g.high, g.start) for g in goals]))
        self.start = torch.from_numpy(np.stack([g.start for g in goals]))
        self.active = (self.free.any(0) | (self.start != 0).any(0)).tolist()

    def data_loss(self, values: Tensor) -> Tensor:
        after = render_points(self.points, self.uv, values, active=self.active)
        amounts, lab = self.yardstick.measure(after)
        miss = (amounts - self.target) / (0.12 * self.target.abs() + 0.35 * _UNIT)
        drift = torch.relu(amounts.abs() - self.hold) / (0.5 * _UNIT)
        old, new = self.yardstick.lab[:, 0], lab[:, 0]
        white = torch.relu(torch.relu(new - 98.0) - torch.relu(old - 98.0))
        over = (white + torch.relu(torch.relu(2.0 - new) - torch.relu(2.0 - old))).mean(1)
        return (self.weight * miss**2).sum(1) + (drift**2).sum(1) + 90 * torch.relu(over - 0.012)

    def loss(self, values: Tensor) -> Tensor:
        return self.data_loss(values) + _SPARSITY * (self.cost * (values - self.start).abs()).sum(1)


def _descend(batch: _Batch, values: Tensor, free: Tensor, steps: int, rate: float) -> Tensor:
    low, high = torch.maximum(batch.low, LOWER), torch.minimum(batch.high, UPPER)
    return descend(batch.loss, values, free=free, start=batch.start, low=low, high=high, steps=steps, rate=rate)


def _thin(batch: _Batch, values: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """Leave out the steps that are tiny, and in each sample the one that is missed least, where that is hardly missed."""
    with torch.no_grad():
        move = values - batch.start
        small = move.abs() < _SMALLEST
        values = torch.where(free & small, batch.start, values)
        free = free & ~small
        now = batch.data_loss(values)
        worst = torch.full((COUNT, len(values)), float("inf"))
        for i in range(COUNT):
            if not bool(free[:, i].any()):
                continue
            without = values.clone()
            without[:, i] = batch.start[:, i]
            gain = batch.data_loss(without) - now - _SPARSITY * batch.cost[:, i] * (values - batch.start)[:, i].abs()
            worst[i] = torch.where(free[:, i], gain, torch.inf)
        least, which = worst.min(0)
        drop = least < 0.8
        rows = torch.arange(len(values))[drop]
        values[rows, which[drop]] = batch.start[rows, which[drop]]
        free = free.clone()
        free[rows, which[drop]] = False
    return values, free


def _fault(amounts: dict[str, float], clipped: float, goal: Goal, keep: set[str], calls: int) -> str:
    for wish in goal.asked:
        if amounts[wish.axis] * wish.sign < 1.35 * SEEN[wish.axis]:
            return f"{wish.label} not seen"
    named = goal.named
    if not named & {"a", "b", "BW", "S", "X"} and max(abs(amounts["a"]), abs(amounts["b"])) > 3.0:
        return "cast"
    if not named & TONE and abs(amounts["L"]) > 6.0:
        return "lightness"
    if clipped > 0.05:
        return "clipped"
    for axis in keep & set(AXES):
        if not goal.weight[AXIS[axis]] and abs(amounts[axis]) > 2.2 * SEEN[axis]:
            return f"{axis} not kept"
    return "too many steps" if calls > _MOST_CALLS else ""


def solve(problems: list[Problem]) -> list[Solution]:
    """Solve all problems; the answer has the same order. Best with some hundreds at a time."""
    points = torch.stack([p.points[:, :CHECK_POINTS] for p in problems])
    uv = torch.stack([p.uv[:CHECK_POINTS] for p in problems])
    refining = torch.tensor([p.start is not None for p in problems])
    base = torch.from_numpy(np.stack([np.zeros(COUNT) if p.start is None else p.start for p in problems])).to(torch.float32)
    with torch.no_grad():
        reference = torch.where(refining[:, None, None], render_points(points, uv, base), points)
        checked = Yardstick.of(reference, uv)
        facts = facts_of(checked.lab, checked.exact_spread)
    goals = [
        goal_for(p.wishes, p.extra, p.keep, f, start=p.start, named=p.named) for p, f in zip(problems, facts, strict=True)
    ]
    batch = _Batch(points[..., :SOLVE_POINTS], uv[:, :SOLVE_POINTS], base, goals, refining)
    values, free = batch.start.clone(), batch.free
    values = _descend(batch, values, free, 24, 0.09)
    for steps in (8, 12):
        values, free = _thin(batch, values, free)
        values = _descend(batch, values, free, steps, 0.035)
    whole = torch.round(values * 100)
    with torch.no_grad():
        after = render_points(points, uv, whole / 100, active=((whole != 0).any(0)).tolist())
        measured, lab = checked.measure(after, exact=True)
        clipped = checked.newly_clipped(lab).tolist()
    out = []
    for row, amounts, share, goal, problem in zip(whole.tolist(), measured.tolist(), clipped, goals, problems, strict=True):
        by_axis = dict(zip(AXES, amounts, strict=True))
        integers = [int(v) for v in row]
        fault = _fault(by_axis, share, goal, problem.keep, sum(v != 0 for v in integers))
        out.append(Solution(integers, by_axis, share, fault))
    return out
