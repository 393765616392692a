"""What training minimises: pure functions of the network's answers and the teacher's, each with its formula."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from backend.agent.decode import DOWN, GATES, KEEP, UP
from backend.agent.vocab import PAD
from backend.training.model import AgentNet, Read
from backend.training.renderer import LOWER, UPPER, render_points
from backend.training.samples import Batch

LEAST_DISTANCE = 0.02  # likeness is not asked more finely than this share of the full range
WEIGHTS = {"gate": 0.4, "value": 0.6, "likeness": 1.0, "words": 0.5, "wishes": 0.4, "sizes": 0.3, "vague": 0.3}


def distance(x: Tensor, y: Tensor) -> Tensor:
    """The paper's d = (mean |x - y| + RMSE) / 2. x, y: (B, 3, N) in [0, 1] -> (B,)."""
    difference = (x - y).flatten(1)
    return 0.5 * (difference.abs().mean(1) + (difference.square().mean(1) + 1e-8).sqrt())


def chosen_values(gates: Tensor, amounts: Tensor, state: Tensor) -> Tensor:
    """keep: the value in force; up: the amount; down: its negative; remove: 0. gates: (B, 16, GATES), the others (B, 16)."""
    return gates[..., KEEP] * state + (gates[..., UP] - gates[..., DOWN]) * amounts


def hard(logits: Tensor) -> Tensor:
    """One-hot of the likeliest gate, with the gradient of the probabilities (straight through). (B, 16, GATES)."""
    soft = logits.softmax(-1)
    return functional.one_hot(logits.argmax(-1), GATES).to(soft.dtype) + soft - soft.detach()


def within_range(values: Tensor) -> Tensor:
    """Values clamped to each tool's range; (B, 16) / 100."""
    return torch.minimum(torch.maximum(values, LOWER.to(values)), UPPER.to(values))


def losses(net: AgentNet, batch: Batch, dtype: torch.dtype) -> tuple[dict[str, Tensor], Read]:
    """Every part's mean over the samples that it concerns, unweighted.

    gate: cross-entropy over the gates, summed over the tools. value: |amount - teacher's| over the tools to set, summed.
    likeness: d(edit, target) / d(before, target) with the network's own gates, 1 minus the paper's likeness. words:
    cross-entropy a word. wishes: binary cross-entropy summed over the axes. sizes: |size - label| over the asked axes. vague:
    binary cross-entropy.
    """
    read = net.read(*batch.inputs(dtype))
    known, edits = batch.decides, (batch.task < 2).float()
    gate = functional.cross_entropy(read.gates.transpose(1, 2), batch.gates, reduction="none", label_smoothing=0.02).sum(1)

    teacher = functional.one_hot(batch.gates, GATES).float()
    told = teacher[..., UP] + teacher[..., DOWN]
    value = ((net.decide(read.tools, teacher) - batch.calls.abs()).abs() * told).sum(1)

    own = hard(read.gates)
    values = within_range(chosen_values(own, net.decide(read.tools, own.detach()), batch.state))
    rendered = render_points(batch.points, batch.uv, values)
    with torch.no_grad():
        by_calls = render_points(batch.points, batch.uv, batch.calls)
        target = torch.where(batch.original[:, None, None] > 0, batch.target, by_calls)
        before = distance(batch.points, target).clamp_min(LEAST_DISTANCE)
    likeness = (distance(rendered, target) / before).clamp_max(4.0)

    # The answers' words are few and regular: every second sample teaches them well enough.
    some = Read(*(part[::2] for part in read))
    shown = (batch.calls * edits[:, None])[::2]
    logits = net.teach_words(some, shown.to(dtype), batch.plan[::2].to(dtype), batch.words[::2, :-1])
    words = functional.cross_entropy(
        logits.flatten(0, 1), batch.words[::2, 1:].flatten(), ignore_index=PAD, label_smoothing=0.05
    )
    spoken = edits.sum().clamp_min(1)
    return {
        "gate": (gate * known).sum() / known.sum().clamp_min(1),
        "value": (value * known).sum() / known.sum().clamp_min(1),
        "likeness": (likeness * edits).sum() / spoken,
        "words": words,
        **_wish_losses(read.wishes, read.sizes, read.vague, batch, edits),
    }, read


def _wish_losses(wishes: Tensor, sizes: Tensor, vague: Tensor, batch: Batch, spoken: Tensor) -> dict[str, Tensor]:
    entropy = functional.binary_cross_entropy_with_logits(wishes, batch.wishes, reduction="none").sum(1)
    off = ((sizes - batch.sizes).abs() * (batch.wishes > 0)).sum(1)
    unclear = functional.binary_cross_entropy_with_logits(vague, batch.vague, reduction="none")
    count = spoken.sum().clamp_min(1)
    parts = {"wishes": entropy, "sizes": off, "vague": unclear}
    return {name: (part * spoken).sum() / count for name, part in parts.items()}


def total(parts: dict[str, Tensor]) -> Tensor:
    return torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()
