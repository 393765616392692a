"""The sixteen tools in torch, differentiable in the values: teachers are solved for, and gradients can teach.

Equal to `tool_mapping.reference` (tests hold the two together) and built on the same `tool_mapping.laws`. One departure: a
value carries its gradient through clipped pixels, damped by LEAK, so that a solver is not blind where a picture is clipped.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tool_mapping import laws
from tool_mapping.spec import NAMES, TOOLS

LEAK = 0.1  # share of the gradient that passes a clipped pixel
COUNT = len(NAMES)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
LOWER = torch.tensor([tool.minimum / 100 for tool in TOOLS])
UPPER = torch.tensor([tool.maximum / 100 for tool in TOOLS])


def values_of(calls: list[dict[str, Any]]) -> list[float]:
    """Calls as {"name", "value"} -> sixteen numbers in [-1, 1] in canonical order, 0 where a tool is not called."""
    out = [0.0] * COUNT
    for call in calls:
        out[INDEX[call["name"]]] = call["value"] / 100
    return out


def calls_of(values: list[int]) -> list[dict[str, Any]]:
    """Sixteen integers in canonical order -> the calls that are not neutral, as {"name", "value"}."""
    return [{"name": name, "value": int(v)} for name, v in zip(NAMES, values, strict=True) if v]


class _LeakyClip(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # type: ignore[override]
        clipped = x.clamp(0.0, 1.0)
        ctx.save_for_backward(x == clipped)
        return clipped

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        (inside,) = ctx.saved_tensors
        return torch.where(inside, gradient, LEAK * gradient)


def _clip(x: Tensor) -> Tensor:
    return _LeakyClip.apply(x) if x.requires_grad else x.clamp(0.0, 1.0)  # type: ignore[return-value]


def _largest(x: Tensor) -> Tensor:
    return torch.maximum(torch.maximum(x[:, 0:1], x[:, 1:2]), x[:, 2:3])


def _smallest(x: Tensor) -> Tensor:
    return torch.minimum(torch.minimum(x[:, 0:1], x[:, 1:2]), x[:, 2:3])


def _with_saturation(x: Tensor, name: str, f: Tensor) -> Tensor:
    """HSV saturation by its law, hue and HSV value kept. x: (B, 3, P)."""
    top = _largest(x)
    s = (top - _smallest(x)) / top.clamp_min(1e-6)
    ratio = _clip(laws.SATURATION[name](s, f)) / s.clamp_min(1e-6)
    return torch.where(s > 1e-6, top - (top - x) * ratio, x)


def _blurred(x: Tensor, sigma: Tensor) -> Tensor:
    """Separable Gaussian with one sigma a sample, edge pixels repeated, cut at 3 sigma. x: (B, C, H, W), sigma: (B,)."""
    batch, channels, height, width = x.shape
    halves = torch.ceil(3.0 * sigma.detach()).clamp_min(1.0)
    half = int(halves.max())
    offsets = torch.arange(-half, half + 1, dtype=x.dtype, device=x.device)
    kernel = torch.exp(-0.5 * (offsets[None] / sigma.clamp_min(1e-3)[:, None]) ** 2)
    kernel = kernel * (offsets.abs()[None] <= halves[:, None])
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)[:, None]
    x = x.reshape(1, batch * channels, height, width)
    x = functional.pad(x, (half, half, half, half), mode="replicate")
    x = functional.conv2d(x, kernel[:, :, :, None], groups=batch * channels)
    x = functional.conv2d(x, kernel[:, :, None, :], groups=batch * channels)
    return x.reshape(batch, channels, height, width)


def _steps(x: Tensor, values: Tensor, first: int, last: int) -> Tensor:
    """The tools `first`..`last` (canonical order, those without a place in the picture) on x: (B, 3, P)."""
    used = (values != 0).any(0).tolist()
    for i in range(first, last):
        if not used[i] and not values.requires_grad:
            continue
        name, f = NAMES[i], values[:, i, None, None]
        if name in laws.AFFINE:
            a, b = laws.AFFINE[name](f)
            x = _clip(x * a + b)
        elif name in laws.CURVE:
            x = _clip(laws.CURVE[name](x, f))
        elif name in laws.SATURATION:
            x = _with_saturation(x, name, f)
        elif name in laws.CHANNEL_SHIFT:
            x = _clip(x + f * x.new_tensor(laws.CHANNEL_SHIFT[name])[None, :, None])
    return x


def vignette_weights(uv: Tensor) -> Tensor:
    """Weights of the vignette (..., ) at uv (..., 2) in [-1, 1], left to right and top to bottom."""
    return laws.vignette_mask(uv[..., 0], uv[..., 1])


def pixel_places(height: int, width: int) -> Tensor:
    """(height * width, 2): u, v in [-1, 1] of the pixel centres, row by row."""
    u = (2.0 * torch.arange(width) + 1.0) / width - 1.0
    v = (2.0 * torch.arange(height) + 1.0) / height - 1.0
    vv, uu = torch.meshgrid(v, u, indexing="ij")
    return torch.stack([uu, vv], -1).reshape(-1, 2)


def _vignetted(x: Tensor, weights: Tensor, f: Tensor) -> Tensor:
    a, b = laws.vignette(f[:, None, None])
    return x + weights[:, None] * (_clip(x * a + b) - x)


def render_points(x: Tensor, uv: Tensor, values: Tensor, *, active: list[bool] | None = None) -> Tensor:
    """The tools on sampled pixels; sharpness and grain change nothing here.

    x: (B, 3, N) sRGB-encoded in [0, 1]; uv: (B, N, 2) places in [-1, 1]; values: (B, 16) in [-1, 1]. `active` names the tools
    that any sample may use, so that the rest costs nothing. Returns (B, 3, N).
    """
    if active is None:
        active = [True] * COUNT
    for i in range(INDEX["grain"]):
        if active[i]:
            x = _steps(x, values, i, i + 1)
    i = INDEX["vignette"]
    if active[i]:
        x = _vignetted(x, vignette_weights(uv), values[:, i])
    return x


def render(x: Tensor, values: Tensor, greys: Tensor | None = None) -> Tensor:
    """Whole pictures through all tools in canonical order, clipped to [0, 1] at each step.

    x: (B, 3, H, W) sRGB-encoded in [0, 1]; values: (B, 16) in [-1, 1]; greys: (B, 1, H, W) of the grain in [0, 1], see
    laws.grain, drawn anew where they are not given. Returns (B, 3, H, W).
    """
    batch, _, height, width = x.shape
    x = _steps(x.reshape(batch, 3, -1), values, 0, INDEX["grain"])
    grain = values[:, INDEX["grain"]]
    if bool((grain != 0).any()):
        if greys is None:
            noise = torch.randn(batch, 1, height, width, dtype=x.dtype, device=x.device)
            greys = (0.5 + 0.5 * laws.grain_spread(max(height, width)) * noise).clamp(0.0, 1.0)
        x = _clip(laws.grain(x, greys.reshape(batch, 1, -1), grain[:, None, None], _clip))
    vignette = values[:, INDEX["vignette"]]
    if bool((vignette != 0).any()):
        places = pixel_places(height, width).to(x)
        x = _vignetted(x, vignette_weights(places)[None].expand(batch, -1), vignette)
    x = x.reshape(batch, 3, height, width)
    return _sharpened(x, values[:, INDEX["sharpness"]])


def _sharpened(x: Tensor, f: Tensor) -> Tensor:
    long_side = max(x.shape[2:])
    if bool((f > 0).any()):
        sigma = torch.full_like(f, laws.sharpen_sigma(long_side)).detach()
        detail = x - _blurred(x, sigma)
        x = torch.where((f > 0)[:, None, None, None], _clip(x + laws.SHARPEN_AMOUNT * f[:, None, None, None] * detail), x)
    if bool((f < 0).any()):
        none, full = laws.soften_sigma(long_side, 0.0), laws.soften_sigma(long_side, -1.0)
        soft = none + (full - none) * f.clamp_max(0.0).abs()  # the law is a straight line
        x = torch.where((f < 0)[:, None, None, None], _blurred(x, soft), x)
    return x
