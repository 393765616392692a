"""Adam on the sixteen values of many pictures at once, within bounds, each picture on its own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def descend(
    loss: Callable[[Tensor], Tensor], values: Tensor, *, free: Tensor, start: Tensor, low: Tensor, high: Tensor, steps: int,
    rate: float,
) -> Tensor:
    """Values (B, 16) that lower `loss` (values -> (B,)). Where `free` (B, 16) is false the value stays at `start`."""
    v = values.clone().requires_grad_(True)
    m, s = torch.zeros_like(v), torch.zeros_like(v)
    for k in range(1, steps + 1):
        (gradient,) = torch.autograd.grad(loss(v).sum(), v)
        gradient = torch.nan_to_num(gradient) * free
        m = 0.8 * m + 0.2 * gradient
        s = 0.95 * s + 0.05 * gradient**2
        step = rate * (1 - 0.92 * k / steps) * (m / (1 - 0.8**k)) / (torch.sqrt(s / (1 - 0.95**k)) + 1e-6)
        with torch.no_grad():
            v = torch.minimum(torch.maximum(torch.where(free, v - step, start), low), high)
        v.requires_grad_(True)
    return v.detach()
