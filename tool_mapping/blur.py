"""A Gaussian blur of large pictures as matrix products, which numpy hands to BLAS: the cost hardly grows with the radius."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def reach(sigma: float) -> int:
    """How many pixels away a pixel still counts: Krita cuts its kernels there."""
    return 3 * max(1, int(np.ceil(sigma)))


def gaussian_kernel(sigma: float) -> Array:
    """Weights of a Gaussian of `sigma` pixels, cut at its reach; their sum is 1."""
    half = reach(sigma)
    offsets = np.arange(-half, half + 1)
    kernel = np.exp(-0.5 * (offsets / max(sigma, 1e-6)) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)


def _bands(kernel: Array, block: int) -> Array:
    """(block + 2 half, block): a column for each output of a block, the kernel standing at its place."""
    bands = np.zeros((block + len(kernel) - 1, block), np.float32)
    for i in range(block):
        bands[i:i + len(kernel), i] = kernel
    return bands


def gaussian_blur(x: Array, sigma: float) -> Array:
    """Separable Gaussian, (H, W, C) float32 -> the same, edge pixels repeated."""
    kernel = gaussian_kernel(sigma)
    half = len(kernel) // 2
    height, width, channels = x.shape
    block = max(32, min(256, 2 * half))
    bands = _bands(kernel, block)
    across = np.empty((height, channels, width), np.float32)
    for top in range(0, height, 64):
        rows = x[top:top + 64].transpose(0, 2, 1)
        padded = np.pad(rows, ((0, 0), (0, 0), (half, half + block)), mode="edge")
        for left in range(0, width, block):
            n = min(block, width - left)
            across[top:top + 64, :, left:left + n] = (padded[..., left:left + block + 2 * half] @ bands)[..., :n]
    flat = across.reshape(height, channels * width)
    out = np.empty((height, width, channels), np.float32)
    for top in range(0, height, block):
        n = min(block, height - top)
        rows = flat[np.clip(np.arange(top - half, top + block + half), 0, height - 1)]
        out[top:top + n] = (bands.T @ rows)[:n].reshape(n, channels, width).transpose(0, 2, 1)
    return out
