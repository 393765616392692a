"""AdamW on float32 copies of bfloat16 weights, with an average of the weights that is what gets shipped."""

# pyright: reportPrivateImportUsage=false
# (torch's own optimisers are written with its _foreach functions; they have no public name.)
from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from backend.training.model import AgentNet


class Optimiser:
    """Holds for every trained weight its float32 master, two moments and the running average.

    `rates` gives each weight's share of the learning rate by the start of its name; the longest match counts, 0 freezes it.
    """

    def __init__(self, net: AgentNet, rates: dict[str, float], *, decay: float = 0.01, average: float = 0.998) -> None:
        self.names: list[str] = []
        self.weights: list[Tensor] = []
        self.shares: list[float] = []
        for name, weight in net.named_parameters():
            share = rates[max((start for start in rates if name.startswith(start)), key=len)]
            weight.requires_grad_(share > 0)
            if share > 0:
                self.names.append(name)
                self.weights.append(weight)
                self.shares.append(share)
        self.masters = [w.detach().float().clone() for w in self.weights]
        self.first = [torch.zeros_like(m) for m in self.masters]
        self.second = [torch.zeros_like(m) for m in self.masters]
        self.averages = [m.clone() for m in self.masters]
        self.decays = [decay if m.dim() > 1 else 0.0 for m in self.masters]
        self.average = average
        self._steps = torch.zeros(1, dtype=torch.int64)
        self.lock: AbstractContextManager[Any] = nullcontext()

    @property
    def step_number(self) -> int:
        return int(self._steps)

    def follow(self, net: AgentNet, device: torch.device) -> None:
        """Go on with the weights of `net` as they are now, after it was moved to `device` or to another precision."""
        named = dict(net.named_parameters())
        self.weights = [named[name] for name in self.names]
        for kept in ("masters", "first", "second", "averages"):
            setattr(self, kept, [tensor.to(device) for tensor in getattr(self, kept)])

    def share(self, lock: AbstractContextManager[Any]) -> None:
        """Let several processes update the same weights, one at a time under `lock`; call it before they are forked."""
        self.lock = lock
        for tensor in (*self.weights, *self.masters, *self.first, *self.second, *self.averages, self._steps):
            tensor.share_memory_()

    @torch.no_grad()
    def step(self, rate: float, *, longest: float = 1.0, beta1: float = 0.9, beta2: float = 0.98) -> float:
        """One update with gradients cut to norm `longest`; clears them and returns the norm before the cut."""
        pairs = zip(self.weights, self.masters, strict=True)
        grads = [torch.zeros_like(m) if w.grad is None else w.grad.float() for w, m in pairs]
        norm = math.sqrt(sum(float(g.square().sum()) for g in grads))
        for weight in self.weights:
            weight.grad = None
        if math.isfinite(norm):  # a broken batch teaches nothing
            with self.lock:
                self._update(grads, rate, norm, longest, beta1, beta2)
        return norm

    def _update(self, grads: list[Tensor], rate: float, norm: float, longest: float, beta1: float, beta2: float) -> None:
        self._steps += 1
        torch._foreach_mul_(grads, min(1.0, longest / (norm + 1e-6)))
        torch._foreach_lerp_(self.first, grads, 1 - beta1)
        torch._foreach_mul_(self.second, beta2)
        torch._foreach_addcmul_(self.second, grads, grads, 1 - beta2)
        n = self.step_number
        root = torch._foreach_sqrt(self.second)
        torch._foreach_div_(root, math.sqrt(1 - beta2**n))
        torch._foreach_add_(root, 1e-8)
        torch._foreach_mul_(self.masters, [1 - rate * s * d for s, d in zip(self.shares, self.decays, strict=True)])
        torch._foreach_addcdiv_(self.masters, self.first, root, [-rate * s / (1 - beta1**n) for s in self.shares])
        torch._foreach_lerp_(self.averages, self.masters, 1 - min(self.average, (1 + n) / (10 + n)))
        torch._foreach_copy_(self.weights, self.masters)

    def state(self) -> dict[str, Any]:
        lists = ("masters", "first", "second", "averages")
        return {"names": self.names, "step": self.step_number, **{name: getattr(self, name) for name in lists}}

    def restore(self, state: dict[str, Any]) -> None:
        """Raises ValueError where the state belongs to other weights."""
        if state["names"] != self.names:
            raise ValueError("the checkpoint belongs to another network")
        self._steps.fill_(state["step"])
        for name in ("masters", "first", "second", "averages"):
            for mine, saved in zip(getattr(self, name), state[name], strict=True):
                mine.copy_(saved)
        for weight, master in zip(self.weights, self.masters, strict=True):
            weight.data.copy_(master)
