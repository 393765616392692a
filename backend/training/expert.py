"""The expert's fit: the few tool values that bring a spoiled picture closest to the good one it was made from."""

from __future__ import annotations

import torch
from torch import Tensor

from backend.training.descent import descend
from backend.training.renderer import COUNT, INDEX, LOWER, UPPER, render_points

FIT_POINTS = 448
# The tools that mend what a camera and the light do. Brightness, whites and vibrance would do again what exposure, blacks,
# contrast and saturation do: left out, so that one fault has one answer that can be learned.
TOOLS = (
    "exposure", "contrast", "natural_contrast", "highlights", "shadows", "blacks", "saturation", "temperature", "tint",
)
_SPARSITY = 0.008  # of distance, for a whole slider: enough to settle between tools that do the same


def distance(x: Tensor, y: Tensor) -> Tensor:
    """The IEA paper's distance, (mean |x - y| + RMSE) / 2 on [0, 1]; (B, 3, N) -> (B,)."""
    d = (x - y).flatten(1)
    return (d.abs().mean(1) + torch.sqrt((d**2).mean(1) + 1e-10)) / 2


def fit(before: Tensor, target: Tensor, uv: Tensor) -> tuple[Tensor, Tensor]:
    """before, target: (B, 3, N) in [0, 1]; uv: (B, N, 2). Returns whole values (B, 16) in [-100, 100] and likeness (B,).

    A step stays only if leaving it out takes the picture further from the target by a hundredth of the first distance.
    """
    batch = len(before)
    x, y, places = before[..., :FIT_POINTS], target[..., :FIT_POINTS], uv[:, :FIT_POINTS]
    free = torch.zeros(batch, COUNT, dtype=torch.bool)
    free[:, [INDEX[name] for name in TOOLS]] = True
    active = free.any(0).tolist()
    zero = torch.zeros(batch, COUNT)
    low, high = LOWER.expand(batch, -1) * 0.95, UPPER.expand(batch, -1) * 0.95
    with torch.no_grad():
        first = distance(x, y)

    def loss(values: Tensor) -> Tensor:
        return distance(render_points(x, places, values, active=active), y) + _SPARSITY * values.abs().sum(1)

    values = descend(loss, zero, free=free, start=zero, low=low, high=high, steps=60, rate=0.1)
    for _ in range(4):
        with torch.no_grad():
            values = torch.where(values.abs() < 0.035, 0.0, values)
            now = distance(render_points(x, places, values, active=active), y)
            loses = torch.full((batch, COUNT), torch.inf)
            for name in TOOLS:
                i = INDEX[name]
                without = values.clone()
                without[:, i] = 0.0
                loses[:, i] = distance(render_points(x, places, without, active=active), y) - now
            loses = torch.where(values == 0, torch.inf, loses)
            least, which = loses.min(1)
            drop = least < 0.015 * first + 0.0004
            rows = torch.arange(batch)[drop]
            values[rows, which[drop]] = 0.0
            free = values != 0
        values = descend(loss, values, free=free, start=zero, low=low, high=high, steps=12, rate=0.04)
    whole = torch.round(values * 100)
    with torch.no_grad():
        first = distance(before, target)
        left = distance(render_points(before, uv, whole / 100, active=active), target)
    return whole, 1 - left / first.clamp_min(1e-6)
