"""Rewards of stage 2: pure functions, each with its formula; higher is better, all in about -1..1.

From the IEA paper: edit 0.7 L + 0.3 U, refine 0.3 L + 0.4 Diff + 0.3 IoU, summary in -1..1. Departures, each for a reason:
- L of a request in words, which has no reference photo, is 0.3 likeness to what the teacher makes of it and 0.7 `asked`: what
  the words ask for, and how much of it, measured on the pixels as the benchmark measures it. (With half and half, and any
  amount that can be seen being enough, the network learned to do less: followed and the spread of amounts fell.)
- L of a refinement is taken against the original photo (the authors' code compares with the old edit).
- The summary's score is the F1 of the effects that the sentence names, not a reward model: truth is known here exactly.
"""

from __future__ import annotations

import torch
from torch import Tensor

from backend.agent.amounts import AMOUNTS
from backend.training.colour import AXES as MEASURED
from backend.training.colour import AXIS, SEEN, Yardstick
from backend.training.losses import LEAST_DISTANCE, distance
from backend.training.model import AXES
from backend.training.renderer import render_points

LEAST = 1.8  # times SEEN: from here on an asked effect is there for everybody
SHARE = 0.85  # of the amount that fits "a little", "plainly" or "a lot": from here on it is enough
CAST, LIGHT, CLIPPED = 3.5, 7.0, 0.05  # CIELAB units and share of pixels from which an unasked change costs everything
_UNIT = torch.tensor([SEEN[axis] for axis in MEASURED])
_PLACE = {axis: i for i, axis in enumerate(AXES)}
_COLOUR, _TONE = ("a", "b", "S", "BW", "X"), ("L", "C", "SH", "HL", "V", "F", "Z", "BW", "X", "WH", "BL")


def likeness(before: Tensor, edit: Tensor, target: Tensor) -> Tensor:
    """max(-1, (d(before, target) - d(edit, target)) / d(before, target)). (B, 3, N) each -> (B,)."""
    first = distance(before, target).clamp_min(LEAST_DISTANCE)
    return ((first - distance(edit, target)) / first).clamp(-1, 1)


def usefulness(before: Tensor, uv: Tensor, values: Tensor, target: Tensor) -> Tensor:
    """Mean over the calls of +1 where leaving the call out makes d worse, else -1; 0 without calls.

    before, target: (B, 3, N); uv: (B, N, 2); values: (B, 16) -> (B,).
    """
    rows, tools = torch.nonzero(values, as_tuple=True)
    if not len(rows):
        return values.new_zeros(len(values))
    without = values[rows].clone()
    without[torch.arange(len(rows), device=rows.device), tools] = 0.0
    whole = distance(render_points(before, uv, values), target)
    left_out = distance(render_points(before[rows], uv[rows], without), target[rows])
    votes = torch.where(left_out > whole[rows], 1.0, -1.0)
    counts = torch.bincount(rows, minlength=len(values)).clamp_min(1)
    return votes.new_zeros(len(values)).index_add(0, rows, votes) / counts


def enough(axis: str, sizes: Tensor) -> Tensor:
    """How much of `axis`, in units of SEEN, is enough for the asked sizes (B,), 1/3 a little to 1 a lot."""
    small, plain, large = AMOUNTS[axis]
    position = 3 * sizes - 1
    amount = torch.where(position <= 1, small + (plain - small) * position, plain + (large - plain) * (position - 1))
    return (SHARE * amount / SEEN[axis]).clamp_min(LEAST)


def asked(yardstick: Yardstick, after: Tensor, wishes: Tensor, sizes: Tensor) -> Tensor:
    """What the words ask for, seen on the pixels: mean over the asked effects of clip(amount / enough, -1, 1), less what moved
    unasked (a cast, a jump of lightness) and what was clipped.

    wishes: (B, AXES): 1 asked, 0.6 one of several honest readings, of which the best counts; sizes: (B, AXES) -> (B,).
    """
    amounts, lab = yardstick.measure(after, exact=True)
    seen = amounts / _UNIT.to(amounts)
    score, count = amounts.new_zeros(len(after)), amounts.new_zeros(len(after))
    either = amounts.new_full((len(after),), -2.0)
    for axis, i in AXIS.items():
        for sign, mark in ((1.0, "+"), (-1.0, "-")):
            wish = wishes[:, _PLACE[axis + mark]]
            part = (sign * seen[:, i] / enough(axis, sizes[:, _PLACE[axis + mark]])).clamp(-1, 1)
            score = score + torch.where(wish > 0.9, part, 0.0)
            count = count + (wish > 0.9).float()
            either = torch.where((wish > 0.3) & (wish < 0.9), torch.maximum(either, part), either)
    score, count = score + torch.where(either > -2, either, 0.0), count + (either > -2).float()

    def named(axes: tuple[str, ...]) -> Tensor:
        return torch.stack([wishes[:, _PLACE[a + m]] for a in axes for m in "+-"]).amax(0) > 0.3

    cast = torch.maximum(amounts[:, AXIS["a"]].abs(), amounts[:, AXIS["b"]].abs()) / CAST
    light = amounts[:, AXIS["L"]].abs() / LIGHT
    unasked = torch.maximum(torch.where(named(_COLOUR), 0.0, cast), torch.where(named(_TONE), 0.0, light))
    costs = 0.5 * (2 * unasked - 1).clamp(0, 1) + 0.5 * (yardstick.newly_clipped(lab) / CLIPPED).clamp(0, 1)
    return (torch.where(count > 0, score / count.clamp_min(1), 0.0) - costs).clamp(-1, 1)


def difference(old: Tensor, new: Tensor, target: Tensor) -> Tensor:
    """Mean of clip(1 - (target - new) / (target - old), -1, 1) over the values that should change; 1 where none should."""
    should = target != old
    part = (1 - ((target - new) / torch.where(should, target - old, 1.0)).abs()).clamp(-1, 1)
    return torch.where(should.any(1), (part * should).sum(1) / should.sum(1).clamp_min(1), 1.0)


def overlap(old: Tensor, new: Tensor, target: Tensor) -> Tensor:
    """(TP - FP) / max(1, TP + FP), counting changed values that should and should not change; 1 where both change none."""
    should, does = target != old, new != old
    true, false = (should & does).sum(1), (~should & does).sum(1)
    quiet = ~should.any(1) & ~does.any(1)
    return torch.where(quiet, 1.0, (true - false) / (true + false).clamp_min(1))


def steps_reward(
    before: Tensor, uv: Tensor, values: Tensor, *, state: Tensor, teacher: Tensor, target: Tensor, original: Tensor,
    wishes: Tensor, sizes: Tensor, task: Tensor,
) -> Tensor:
    """The whole reward of steps. before, target: (B, 3, N); values, state, teacher: (B, 16) / 100; original: (B,) 1 where
    `target` is a reference photo; wishes, sizes: (B, AXES); task: (B,) 0 edit, 1 refine -> (B,)."""
    by_teacher = render_points(before, uv, teacher)
    edit = render_points(before, uv, values)
    goal = torch.where(original[:, None, None] > 0, target, by_teacher)
    like = likeness(before, edit, goal)
    quiet = (teacher == 0).all(1) & (original == 0)  # nothing to do: any change is wrong
    like = torch.where(quiet, torch.where((values == 0).all(1), 1.0, -1.0), like)
    spoken = (wishes > 0.3).any(1) & (original == 0) & ~quiet
    words = asked(Yardstick.of(render_points(before, uv, state), uv), edit, wishes, sizes)
    measurable = torch.stack([wishes[:, _PLACE[a + m]] for a in MEASURED for m in "+-"]).amax(0) > 0.3
    mixed = torch.where(spoken & measurable, 0.3 * like + 0.7 * words, like)
    useful = torch.where(quiet, mixed, usefulness(before, uv, values, goal))
    edited = 0.7 * mixed + 0.3 * useful
    refined = 0.3 * mixed + 0.4 * difference(state, values, teacher) + 0.3 * overlap(state, values, teacher)
    return torch.where(task == 1, refined, edited)


def named_reward(named: set[str], true: set[str]) -> float:
    """2 F1 - 1 of the effects that a sentence names: 1 where they are exactly the true ones, -1 where none is."""
    if not named and not true:
        return 1.0
    return 4 * len(named & true) / (len(named) + len(true)) - 1
