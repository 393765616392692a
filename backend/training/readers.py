"""MendReader, the network that looks at a photo only and says what it needs: it answers vague requests.

It stands beside AgentNet because words teach it nothing: it learns from its own pictures (backend/training/mend.py), as many as
can be made, in minutes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from backend.agent import features
from backend.training import expert
from backend.training.layers import Eye
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


def save_reader(path: Path, net: MendReader, figures: dict[str, Any]) -> None:
    """Weights and held-out figures, replaced in one step."""
    part = path.with_suffix(".part")
    torch.save({"weights": net.state_dict(), "figures": figures}, part)
    part.replace(path)


def load_reader(path: Path, net: MendReader) -> dict[str, Any]:
    """Fill `net` from `path`; its held-out figures. Raises FileNotFoundError, or RuntimeError where the weights do not fit."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(saved["weights"])
    net.eval()
    return saved["figures"]
