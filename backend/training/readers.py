"""Readers that stand beside AgentNet, because each learns best from its own data, as much as can be made, in minutes.

MendReader looks at a photo only and says what it needs: it answers vague requests (backend/training/mend.py). TurnReader reads
the words of a follow-up and the steps in force, and says which sum they ask for and which effects (backend/training/follow.py).
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from backend.agent import features
from backend.agent.decode import FACTORS
from backend.training import expert
from backend.training.layers import BERT_LAYERS, BERT_LOWER, BERT_WIDTH, BertLayer, Eye, SentenceEncoder
from backend.training.model import AXES
from backend.training.renderer import COUNT, INDEX, LOWER, UPPER

MENDS = expert.TOOLS


class _Statistics(nn.Module):
    """Scales statistics by what was seen in training. (..., features.SIZE) -> the same, about -3..3."""

    mean: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features.SIZE))
        self.register_buffer("scale", torch.ones(features.SIZE))

    def fit(self, stats: Tensor) -> None:
        """Take mean and deviation of (N, features.SIZE)."""
        self.mean.copy_(stats.mean(0))
        self.scale.copy_(stats.std(0).clamp_min(0.02))

    def forward(self, stats: Tensor) -> Tensor:
        return ((stats - self.mean) / self.scale).clamp(-6, 6)


def _mixer(inputs: int, width: int, outputs: int, dropout: float) -> nn.Sequential:
    last = nn.Linear(width, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        nn.LayerNorm(inputs), nn.Linear(inputs, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width), nn.GELU(),
        nn.Dropout(dropout), last,
    )


class MendReader(nn.Module):
    """What the photo alone needs: stats (B, features.SIZE), thumb (B, 3, THUMB, THUMB) in [0, 1] -> values (B, 16) / 100.

    Several members read each picture as it is and mirrored; their mean is the answer.
    """

    def __init__(self, members: int = 2, width: int = 256, dropout: float = 0.2) -> None:
        super().__init__()
        self.scaled = _Statistics()
        self.members = nn.ModuleList(_Mender(width, dropout) for _ in range(members))
        self.register_buffer("places", torch.tensor([INDEX[name] for name in MENDS]), persistent=False)

    def values(self, raw: Tensor) -> Tensor:
        """(B, len(MENDS)) in -1..1 -> (B, 16) within each tool's range."""
        whole = torch.zeros(raw.shape[0], COUNT, dtype=raw.dtype, device=raw.device)
        whole = whole.index_copy(1, self.places, raw)  # type: ignore[arg-type]
        return torch.minimum(torch.maximum(whole, LOWER.to(whole)), UPPER.to(whole))

    def forward(self, stats: Tensor, thumb: Tensor) -> Tensor:
        scaled = self.scaled(stats)
        looks = [member(scaled, picture) for member in self.members for picture in (thumb, thumb.flip(-1))]
        return self.values(torch.stack(looks).mean(0))


class _Mender(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.eye = Eye(96)
        self.from_eye = nn.Sequential(nn.Dropout(dropout), nn.Linear(9 * 96, width), nn.GELU())
        self.from_stats = nn.Sequential(nn.Linear(features.SIZE, width), nn.GELU(), nn.Dropout(dropout))
        self.out = _mixer(2 * width, width, len(MENDS), dropout)

    def forward(self, scaled: Tensor, thumb: Tensor) -> Tensor:
        looked = self.from_eye(self.eye(thumb).flatten(1))
        return torch.tanh(self.out(torch.cat([self.from_stats(scaled), looked], 1)))


class Turn(NamedTuple):
    """What a follow-up says, as logits. wishes: (B, AXES); taken: (B, AXES / 2, 1 + FACTORS), a factor for each axis, the first
    for none; held: (B, AXES / 2), the axes that stay; factor: (B, 1 + FACTORS), of all else; reach: (B, 3), LAST, ALL, REST.
    sizes: (B, AXES) in 0..1."""

    wishes: Tensor
    sizes: Tensor
    taken: Tensor
    held: Tensor
    factor: Tensor
    reach: Tensor


class TurnReader(nn.Module):
    """Reads on from the encoder's lower layers with `upper` layers of its own, the steps in force beside the words; each axis
    looks for its own words."""

    def __init__(self, upper: int = BERT_LAYERS - BERT_LOWER, width: int = 128, dropout: float = 0.1) -> None:
        super().__init__()
        self.layers = nn.ModuleList(BertLayer(dropout) for _ in range(upper))
        self.steps = nn.Parameter(torch.randn(3, COUNT, BERT_WIDTH) * 0.2)  # there, its value, its last change
        self.keys, self.values = nn.Linear(BERT_WIDTH, width), nn.Linear(BERT_WIDTH, width)
        axes = len(AXES) // 2
        self.axes, self.whole = nn.Parameter(torch.randn(axes, width) * 0.1), nn.Parameter(torch.randn(4, width) * 0.1)
        self.each = nn.Sequential(
            nn.Linear(6 * width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, 5 + 1 + len(FACTORS))
        )
        self.sum = nn.Sequential(
            nn.Linear(4 * width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, 1 + len(FACTORS) + 3)
        )

    def start_from(self, encoder: SentenceEncoder) -> None:
        """Begin with the encoder's own upper layers."""
        for own, theirs in zip(self.layers, encoder.layers[BERT_LAYERS - len(self.layers) :], strict=True):
            own.load_state_dict(copy.deepcopy(theirs.state_dict()))

    def forward(self, inner: Tensor, mask: Tensor, state: Tensor, before: Tensor) -> Turn:
        """inner: (B, T, BERT_WIDTH) of SentenceEncoder.inner, context and all; mask: (B, 1, 1, T), added to scores; state,
        before: (B, 16) values / 100 in force now and before the last request."""
        there, value, change = self.steps
        steps = there + 2 * (state.unsqueeze(-1) * value + (state - before).unsqueeze(-1) * change)
        absent = ((state == 0) & (before == 0)).to(mask.dtype) * -1e4
        if self.training:  # most tools are in force nowhere: a fifth of the time, spent on what is masked
            most = max(int((absent == 0).sum(1).max()), 1)
            absent, order = (kept[:, :most] for kept in absent.sort(1, descending=True))
            steps = steps.gather(1, order.unsqueeze(-1).expand(-1, -1, BERT_WIDTH))
        inner, mask = torch.cat([inner, steps.to(inner.dtype)], 1), torch.cat([mask, absent[:, None, None, :]], -1)
        for layer in self.layers:
            inner = layer(inner, mask)
        queries = torch.cat([self.axes, self.whole])
        scores = queries @ self.keys(inner).transpose(1, 2) / queries.shape[1] ** 0.5 + mask[:, 0]
        found = torch.softmax(scores, -1) @ self.values(inner)
        axes, whole = found[:, :-4], found[:, -4:].flatten(1)
        own = self.axes.expand(inner.shape[0], -1, -1)
        told = self.each(torch.cat([axes, own, whole.unsqueeze(1).expand(-1, axes.shape[1], -1)], -1)).float()
        factor, reach = self.sum(whole).float().split((1 + len(FACTORS), 3), -1)
        wishes, sizes, held, taken = told.split((2, 2, 1, 1 + len(FACTORS)), -1)
        return Turn(wishes.flatten(1), torch.sigmoid(sizes).flatten(1), taken, held.squeeze(-1), factor, reach)


def save_reader(path: Path, net: nn.Module, figures: dict[str, Any]) -> None:
    """Weights and held-out figures, replaced in one step."""
    part = path.with_suffix(".part")
    torch.save({"weights": net.state_dict(), "figures": figures}, part)
    part.replace(path)


def load_reader(path: Path, net: nn.Module) -> dict[str, Any]:
    """Fill `net` from `path`; its held-out figures. Raises FileNotFoundError, or RuntimeError where the weights do not fit."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(saved["weights"])
    net.eval()
    return saved["figures"]
