"""The reference renderer: what the tools do to a picture, in numpy. Krita's layers and the training renderer are held to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from tool_mapping import laws
from tool_mapping.spec import ToolCall

Array = NDArray[np.float32]

_TABLE = np.linspace(0.0, 1.0, 4097, dtype=np.float64)


def _clip(x: NDArray) -> Array:
    return np.clip(x, 0.0, 1.0).astype(np.float32, copy=False)


def _curve(x: Array, law: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Array:
    """Apply a one-dimensional law through a fine table: the curve tools cost the same whatever their formula."""
    table = np.clip(law(_TABLE), 0.0, 1.0)
    return np.interp(x, _TABLE, table).astype(np.float32)


def _affine(x: Array, a: float, b: float) -> Array:
    return _clip(x * np.float32(a) + np.float32(b))


def _scale_saturation(x: Array, law: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Array:
    """Change HSV saturation and keep hue and value: every channel moves along the line to max(R, G, B)."""
    top = x.max(-1, keepdims=True)
    spread = top - x.min(-1, keepdims=True)
    s = np.divide(spread, top, out=np.zeros_like(top), where=top > 0)
    ratio = np.divide(_curve(s, law), s, out=np.ones_like(s), where=s > 0)
    return _clip(top - (top - x) * ratio)


def gaussian_blur(x: Array, sigma: float) -> Array:
    """Separable Gaussian, (H, W, 3) -> (H, W, 3), edge pixels repeated, kernel cut at 3 sigma."""
    half = max(1, int(np.ceil(3.0 * sigma)))
    offsets = np.arange(-half, half + 1)
    kernel = np.exp(-0.5 * (offsets / max(sigma, 1e-6)) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        pad = [(half, half) if a == axis else (0, 0) for a in range(x.ndim)]
        padded = np.pad(x, pad, mode="edge")
        n = x.shape[axis]
        out = np.zeros_like(x)
        for k, weight in enumerate(kernel):
            out += weight * np.take(padded, range(k, k + n), axis=axis)
        x = out
    return x


def _sharpness(x: Array, f: float) -> Array:
    long_side = max(x.shape[:2])
    if f < 0:
        return gaussian_blur(x, laws.soften_sigma(long_side, f))
    blurred = gaussian_blur(x, laws.sharpen_sigma(long_side))
    return _clip(x + np.float32(laws.SHARPEN_AMOUNT * f) * (x - blurred))


def vignette_mask(height: int, width: int) -> Array:
    """(height, width) weights in [0, 1]: 0 in the middle, 1 in the corners, taken at pixel centres."""
    u = (2.0 * np.arange(width) + 1.0) / width - 1.0
    v = (2.0 * np.arange(height) + 1.0) / height - 1.0
    return laws.vignette_mask(u[None, :], v[:, None]).astype(np.float32)


def _vignette(x: Array, f: float) -> Array:
    a, b = laws.vignette(f)
    height, width = x.shape[:2]
    return _clip(x + vignette_mask(height, width)[..., None] * (_affine(x, a, b) - x))


def grain_noise(height: int, width: int, seed: int = 0) -> Array:
    """(height, width) standard normal noise, the same for the same size and seed, in square cells of laws.grain_cell."""
    cell = laws.grain_cell(max(height, width))
    rows, columns = -(-height // cell), -(-width // cell)
    noise = np.random.default_rng(seed).standard_normal((rows, columns), dtype=np.float32)
    return noise.repeat(cell, 0).repeat(cell, 1)[:height, :width]


def _grain(x: Array, f: float, seed: int) -> Array:
    height, width = x.shape[:2]
    noise = grain_noise(height, width, seed)[..., None]
    return _clip(x + np.float32(laws.grain_deviation(max(height, width), f)) * noise)


def apply_call(x: Array, call: ToolCall, *, seed: int = 0) -> Array:
    """One step. x: (H, W, 3) float32, sRGB-encoded, [0, 1]; a new array of the same kind, x itself at the neutral value."""
    name, f = call.name, call.value / 100.0
    if f == 0:
        return x
    if name in laws.AFFINE:
        return _affine(x, *laws.AFFINE[name](f))
    if name in laws.CURVE:
        return _curve(x, lambda t: laws.CURVE[name](t, f))
    if name in laws.SATURATION:
        return _scale_saturation(x, lambda t: laws.SATURATION[name](t, f))
    if name in laws.CHANNEL_SHIFT:
        return _clip(x + np.float32(f) * np.asarray(laws.CHANNEL_SHIFT[name], np.float32))
    if name == "sharpness":
        return _sharpness(x, f)
    if name == "vignette":
        return _vignette(x, f)
    if name == "grain":
        return _grain(x, f, seed)
    raise KeyError(name)


def render(rgb: NDArray, calls: Iterable[ToolCall], *, seed: int = 0) -> NDArray:
    """The picture after all calls, in the order given.

    rgb: (H, W, 3), sRGB-encoded: uint8 or uint16 over their full range, or floats in [0, 1]. The answer has the same shape
    and dtype. `seed` picks the grain. Each step clips to [0, 1], as Krita's levels and curves do in every depth.
    """
    if rgb.ndim != 3 or rgb.shape[-1] != 3:
        raise ValueError(f"render takes (H, W, 3), not {rgb.shape}")
    dtype = rgb.dtype
    scale = float(np.iinfo(dtype).max) if np.issubdtype(dtype, np.integer) else 1.0
    x = np.clip(rgb.astype(np.float32) / np.float32(scale), 0.0, 1.0)
    for call in calls:
        x = apply_call(x, call, seed=seed)
    if np.issubdtype(dtype, np.integer):
        return (x * np.float32(scale) + np.float32(0.5)).astype(dtype)
    return x.astype(dtype)
