"""CIELAB in torch, and what an edit did to a picture in the words of the retoucher: lightness, contrast, warmth and so on.

Source of the axes: the scorer of the project's benchmark, which measures pixels whatever tools were used. Amounts here are in
raw units (CIELAB units; natural logarithms of ratios for C and S); SEEN holds the least amount of each that a person sees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

AXES: tuple[str, ...] = ("L", "C", "S", "a", "b", "V", "SH", "HL", "WH", "BL")
AXIS: dict[str, int] = {name: i for i, name in enumerate(AXES)}
SEEN: dict[str, float] = {
    "L": 1.0, "C": math.log(1.03), "S": math.log(1.04), "a": 1.0, "b": 1.0, "V": 2.0,
    "SH": 1.5, "HL": 1.5, "WH": 1.5, "BL": 1.5,
}
CHROMA_FLOOR = 0.3

_M = torch.tensor([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_TO_XYZ = _M / torch.tensor([0.95047, 1.0, 1.08883])[:, None]  # relative to D65 white


def to_linear(c: Tensor) -> Tensor:
    """sRGB-encoded [0, 1] -> linear light. The power is written as exp(log), ten times faster on a CPU."""
    return torch.where(c <= 0.04045, c / 12.92, torch.exp(2.4 * torch.log((c.clamp_min(0.04) + 0.055) / 1.055)))


def to_lab(rgb: Tensor) -> Tensor:
    """sRGB-encoded (B, 3, N) in [0, 1] -> CIELAB (B, 3, N), D65."""
    t = torch.einsum("ij,bjn->bin", _TO_XYZ.to(rgb), to_linear(rgb))
    f = torch.where(t > (6 / 29) ** 3, torch.exp(torch.log(t.clamp_min(0.008)) / 3), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return torch.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


def mean_chroma(lab: Tensor) -> Tensor:
    """(B, 3, N) -> (B,)."""
    return torch.sqrt(lab[:, 1] ** 2 + lab[:, 2] ** 2 + 1e-6).mean(1)


def spread(lightness: Tensor) -> Tensor:
    """5th to 95th percentile of lightness, (B, N) -> (B,)."""
    q = torch.quantile(lightness, torch.tensor([0.05, 0.95], dtype=lightness.dtype, device=lightness.device), dim=1)
    return q[1] - q[0]


def _shares(mask: Tensor) -> Tensor:
    weights = mask.to(torch.float32)
    return weights / weights.sum(1, keepdim=True).clamp_min(1.0)


@dataclass
class Yardstick:
    """What is known of a batch of before-pictures, so that afters can be measured against them.

    lab: (B, 3, N); rows: (B, 8, N) weights whose products with lightness give its mean, its low and high tail, corners minus
    middle, the darkest quarter, the rest, the brightest quarter, the rest; chroma, exact_spread: (B,).
    """

    lab: Tensor
    rows: Tensor
    chroma: Tensor
    exact_spread: Tensor

    @classmethod
    def of(cls, rgb: Tensor, uv: Tensor) -> Yardstick:
        """rgb: (B, 3, N) in [0, 1], uv: (B, N, 2) in [-1, 1]."""
        lab = to_lab(rgb)
        lightness = lab[:, 0]
        rank = lightness.argsort(1).argsort(1) / (lightness.shape[1] - 1)
        q = torch.quantile(lightness, lightness.new_tensor([0.25, 0.75]), dim=1)
        dark, bright = lightness <= q[0][:, None], lightness >= q[1][:, None]
        radius = uv.norm(dim=-1) / math.sqrt(2)
        rows = torch.stack([
            torch.full_like(lightness, 1 / lightness.shape[1]),
            _shares((rank >= 0.02) & (rank <= 0.08)), _shares((rank >= 0.92) & (rank <= 0.98)),
            _shares(radius > 0.75) - _shares(radius < 0.35),
            _shares(dark), _shares(~dark), _shares(bright), _shares(~bright),
        ], 1)
        return cls(lab, rows, mean_chroma(lab), spread(lightness))

    def measure(self, after: Tensor, *, exact: bool = False) -> tuple[Tensor, Tensor]:
        """Amounts (B, len(AXES)) in raw units, and the CIELAB of `after` (B, 3, N).

        Without `exact` the tails of lightness are those of the before-picture's pixels (smooth, cheap); with it they are
        percentiles of the after-picture, as the scorer takes them.
        """
        lab = to_lab(after)
        before = torch.einsum("bkn,bn->bk", self.rows, self.lab[:, 0])
        now = torch.einsum("bkn,bn->bk", self.rows, lab[:, 0])
        d = now - before
        if exact:
            old, new = self.exact_spread, spread(lab[:, 0])
        else:
            old, new = before[:, 2] - before[:, 1], now[:, 2] - now[:, 1]
        amounts = torch.stack([
            d[:, 0],
            torch.log(new.clamp_min(1.0) / old.clamp_min(1.0)),
            torch.log(mean_chroma(lab).clamp_min(CHROMA_FLOOR) / self.chroma.clamp_min(CHROMA_FLOOR)),
            (lab[:, 1] - self.lab[:, 1]).mean(1),
            (lab[:, 2] - self.lab[:, 2]).mean(1),
            d[:, 3],
            d[:, 4] - d[:, 5],
            d[:, 6] - d[:, 7],
            d[:, 6],
            d[:, 4],
        ], 1)
        return amounts, lab

    def newly_clipped(self, lab: Tensor) -> Tensor:
        """Share of pixels that reached black or white, (B,)."""
        old, new = self.lab[:, 0], lab[:, 0]
        return (((new > 99) & (old <= 99)) | ((new < 1) & (old >= 1))).to(torch.float32).mean(1)
