"""The floor of the spoiled bench: a network that sees a photo's histogram only, taught minutes through the renderer.

About 100,000 weights, histograms in, sixteen values out. It knows nothing of words, places or things: what it reaches is what
statistics alone give, so an agent that looks at pictures has to do better.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from backend.training.losses import LEAST_DISTANCE, distance
from backend.training.renderer import LOWER, UPPER, calls_of, render_points
from backend.training.scenes import photo_files, spoil, tool_calls
from tests.bench._shared import Picture
from tool_mapping import reference

BINS = 32
SIDE = 96  # long side in pixels of the copies that it is taught on and looks at
BATCH, POINTS = 48, 256
GOOD = 1 / 12  # share of the pictures that are left unspoiled
RATE = 2e-3


def histograms(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 3) sRGB-encoded in [0, 1] -> (5 * BINS,): square roots of the shares by red, green, blue, lightness and chroma."""
    light = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    chroma = rgb.max(1) - rgb.min(1)
    places = np.minimum((np.column_stack([rgb, light, chroma]) * BINS).astype(int), BINS - 1) + BINS * np.arange(5)
    return np.sqrt(np.bincount(places.ravel(), minlength=5 * BINS) / len(rgb)).astype(np.float32)


class HistogramNet(nn.Module):
    """(B, 5 * BINS) -> values (B, 16) / 100."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(5 * BINS, 256), nn.GELU(), nn.Linear(256, 208), nn.GELU(), nn.Linear(208, 16),
        )

    def forward(self, seen: Tensor) -> Tensor:
        return torch.maximum(torch.minimum(torch.tanh(self.layers(seen * 4)), UPPER), LOWER)


def _small(path: Path) -> Picture:
    with Image.open(path) as image:
        k = SIDE / max(image.size)
        size = (max(1, round(image.width * k)), max(1, round(image.height * k)))
        return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX))


def _sample(photo: Picture, rng: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    """Histograms of a spoiled part of the photo, and POINTS of its pixels, (3, POINTS): spoiled, and as they should be."""
    side = rng.uniform(0.6, 1.0)
    height, width = (max(1, round(n * side)) for n in photo.shape[:2])
    top, left = rng.integers(photo.shape[0] - height + 1), rng.integers(photo.shape[1] - width + 1)
    good = photo[top:top + height, left:left + width].reshape(-1, 3).astype(np.float32) / np.float32(255)
    bad = good if rng.random() < GOOD else spoil(good[None], int(rng.integers(1 << 31)))[0]
    bad = np.round(bad * 255).astype(np.float32) / np.float32(255)
    where = rng.integers(0, len(good), POINTS)
    return histograms(bad), bad[where].T, good[where].T


def train(shared: Path, minutes: float, seed: int = 1) -> HistogramNet:
    """Teach a new network for `minutes` of processor time, so that a busy machine makes it no worse."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    photos = [_small(shared / "data" / file) for file in photo_files(shared, "train")]
    net, uv = HistogramNet(), torch.zeros(BATCH, POINTS, 2)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01)
    begun, progress = time.process_time(), 0.0
    while progress < 1:
        drawn = [_sample(photos[int(rng.integers(len(photos)))], rng) for _ in range(BATCH)]
        seen, bad, good = (torch.from_numpy(np.stack(rows)) for rows in zip(*drawn, strict=True))
        first = distance(bad, good).clamp_min(LEAST_DISTANCE)
        loss = (distance(render_points(bad, uv, net(seen)), good) / first).clamp_max(2).mean()
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, 20 * progress + 0.02, 1.25 * (1 - progress) + 0.01)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        progress = (time.process_time() - begun) / 60 / minutes
    return net.eval()


def mend(net: HistogramNet, rgb: Picture) -> Picture:
    """What the network makes of a picture, (H, W, 3), at its full size."""
    k = SIDE / max(rgb.shape[:2])
    size = (max(1, round(rgb.shape[1] * k)), max(1, round(rgb.shape[0] * k)))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
    seen = torch.from_numpy(histograms(small.reshape(-1, 3).astype(np.float32) / np.float32(255)))[None]
    with torch.no_grad():
        values = torch.round(net(seen)[0] * 100).int().tolist()
    return reference.render(rgb, tool_calls(calls_of(values)))


def trained(shared: Path, kept: Path, minutes: float) -> HistogramNet | None:
    """A network taught now for `minutes` and kept in the file `kept`, or with 0 the one that was kept; None if none was."""
    if minutes > 0:
        net = train(shared, minutes)
        kept.parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), kept)
        return net
    if not kept.exists():
        return None
    net = HistogramNet()
    net.load_state_dict(torch.load(kept, weights_only=True))
    return net.eval()
