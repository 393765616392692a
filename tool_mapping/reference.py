"""The reference renderer: what the tools do to a picture, in numpy. Krita's layers and the training renderer are held to it.

Integer pictures are rounded to whole levels after each step, as Krita's integer layers are, so that ten steps agree as one
does; float pictures are not. Work is done in strips of rows: a 24-megapixel photo needs little more than its own memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tool_mapping import laws
from tool_mapping.blur import gaussian_blur, reach
from tool_mapping.spec import ToolCall

Array = NDArray[np.float32]
_STRIP = 128  # rows of a strip
_BAND = 512  # rows blurred at a time, without what the blur needs above and below

__all__ = ["apply_call", "gaussian_blur", "grain_noise", "render", "vignette_mask"]


@dataclass(frozen=True, slots=True)
class Place:
    """Which rows of which picture a strip is: rows `top` and on of a height x width picture."""

    top: int
    height: int
    width: int


def _clip(x: NDArray) -> Array:
    return np.clip(x, 0.0, 1.0).astype(np.float32, copy=False)


# --- one step on a strip of floats ---------------------------------------------------------------------------------------


def _scale_saturation(x: Array, law: Callable[[Array], Array]) -> Array:
    """Change HSV saturation and keep hue and value: every channel moves along the line to max(R, G, B)."""
    top = np.maximum(np.maximum(x[..., :1], x[..., 1:2]), x[..., 2:])
    spread = top - np.minimum(np.minimum(x[..., :1], x[..., 1:2]), x[..., 2:])
    s = np.divide(spread, top, out=np.zeros_like(top), where=top > 0)
    ratio = np.divide(_clip(law(s)), s, out=np.ones_like(s), where=s > 0)
    return _clip(top - (top - x) * ratio)


def _mask_rows(place: Place, rows: int) -> Array:
    u = (2.0 * np.arange(place.width, dtype=np.float32) + 1.0) / place.width - 1.0
    v = (2.0 * np.arange(place.top, place.top + rows, dtype=np.float32) + 1.0) / place.height - 1.0
    return laws.vignette_mask(u[None, :], v[:, None]).astype(np.float32, copy=False)


def vignette_mask(height: int, width: int) -> Array:
    """(height, width) weights in [0, 1]: 0 in the middle, 1 in the corners, taken at pixel centres."""
    return _mask_rows(Place(0, height, width), height)


def _cells(height: int, width: int, seed: int) -> Array:
    cell = laws.grain_cell(max(height, width))
    return np.random.default_rng(seed).standard_normal((-(-height // cell), -(-width // cell)), dtype=np.float32)


def _spread(cells: Array, place: Place, rows: int) -> Array:
    cell = laws.grain_cell(max(place.height, place.width))
    y, x = np.arange(place.top, place.top + rows) // cell, np.arange(place.width) // cell
    return cells[y][:, x]


def grain_noise(height: int, width: int, seed: int = 0) -> Array:
    """(height, width) standard normal noise, the same for the same size and seed, in square cells of laws.grain_cell."""
    return _spread(_cells(height, width, seed), Place(0, height, width), height)


Step = Callable[[Array, Place], Array]


def _step(call: ToolCall, place: Place, seed: int) -> Step:
    """The call on strips of (rows, W, 3) float32 in [0, 1] of that picture; every tool but sharpness, which needs the whole."""
    name, f = call.name, call.value / 100.0
    if name in laws.AFFINE:
        a, b = map(np.float32, laws.AFFINE[name](f))
        return lambda x, _: _clip(x * a + b)
    if name in laws.CURVE:
        return lambda x, _: _clip(laws.CURVE[name](x, f))
    if name in laws.SATURATION:
        return lambda x, _: _scale_saturation(x, lambda s: laws.SATURATION[name](s, f))
    if name in laws.CHANNEL_SHIFT:
        shift = np.float32(f) * np.asarray(laws.CHANNEL_SHIFT[name], np.float32)
        return lambda x, _: _clip(x + shift)
    if name == "vignette":
        a, b = map(np.float32, laws.vignette(f))
        return lambda x, at: _clip(x + _mask_rows(at, len(x))[..., None] * (_clip(x * a + b) - x))
    if name == "grain":
        cells = _cells(place.height, place.width, seed)
        deviation = np.float32(laws.grain_deviation(max(place.height, place.width), f))
        return lambda x, at: _clip(x + deviation * _spread(cells, at, len(x))[..., None])
    raise KeyError(name)


def _is_tone(call: ToolCall) -> bool:
    """Whether the call does the same to every pixel, channel by channel."""
    return call.name in laws.AFFINE or call.name in laws.CURVE or call.name in laws.CHANNEL_SHIFT


def _sharpness_sigma(long_side: int, f: float) -> float:
    return laws.soften_sigma(long_side, f) if f < 0 else laws.sharpen_sigma(long_side)


def _blur_or_sharpen(x: Array, f: float, sigma: float, levels: int) -> Array:
    """Sharpness on a whole picture; `levels` is the highest level of an integer picture, 0 for floats."""
    blurred = gaussian_blur(x, sigma)
    if f < 0:
        return blurred
    if levels:
        blurred = np.rint(blurred * np.float32(levels)) / np.float32(levels)
    return _clip(x + np.float32(laws.SHARPEN_AMOUNT * f) * (x - blurred))


def apply_call(x: Array, call: ToolCall, *, seed: int = 0) -> Array:
    """One step. x: (H, W, 3) float32, sRGB-encoded, [0, 1]; a new array of the same kind, x itself at the neutral value."""
    if call.value == 0:
        return x
    if call.name == "sharpness":
        f = call.value / 100.0
        return _blur_or_sharpen(x, f, _sharpness_sigma(max(x.shape[:2]), f), 0)
    place = Place(0, x.shape[0], x.shape[1])
    return _step(call, place, seed)(x, place)


# --- integer pictures ----------------------------------------------------------------------------------------------------


def _rounded(x: Array, dtype: np.dtype) -> NDArray:
    top = np.float32(np.iinfo(dtype).max)
    return (x * top + np.float32(0.5)).astype(dtype)


def _table(calls: Sequence[ToolCall], dtype: np.dtype) -> list[NDArray]:
    """What tone calls one after the other make of each level, a table for each of R, G, B."""
    top = np.iinfo(dtype).max
    levels = np.arange(top + 1).astype(np.float32) / np.float32(top)
    tables = [np.arange(top + 1).astype(dtype)] * 3
    for call in calls:
        step = _step(call, Place(0, 1, 1), 0)
        after = _rounded(step(np.repeat(levels[None, :, None], 3, -1), Place(0, 1, 1))[0], dtype)
        tables = [after[table, channel] for channel, table in enumerate(tables)]
    return tables


def _by_table(tables: list[NDArray]) -> Callable[[NDArray, Place], NDArray]:
    def look_up(strip: NDArray, _: Place) -> NDArray:
        return np.stack([np.take(table, strip[..., c]) for c, table in enumerate(tables)], axis=-1)

    return look_up


def _by_floats(step: Step, dtype: np.dtype) -> Callable[[NDArray, Place], NDArray]:
    top = np.float32(np.iinfo(dtype).max)
    return lambda strip, at: _rounded(step(strip.astype(np.float32) / top, at), dtype)


def _local_steps(picture: NDArray, calls: Sequence[ToolCall], seed: int) -> NDArray:
    """Calls that need no neighbours, in strips of rows."""
    height, width, dtype = *picture.shape[:2], picture.dtype
    place = Place(0, height, width)
    steps: list[Callable[[NDArray, Place], NDArray]] = []
    for tone, run in groupby(calls, _is_tone):
        if tone:
            steps.append(_by_table(_table(list(run), dtype)))
        else:
            steps += [_by_floats(_step(call, place, seed), dtype) for call in run]
    out = np.empty_like(picture)
    for top in range(0, height, _STRIP):
        strip = picture[top:top + _STRIP]
        for step in steps:
            strip = step(strip, Place(top, height, width))
        out[top:top + _STRIP] = strip
    return out


def _sharpness_levels(picture: NDArray, f: float) -> NDArray:
    """Sharpness in bands of rows, each with the rows above and below that its blur needs."""
    levels, height = int(np.iinfo(picture.dtype).max), picture.shape[0]
    sigma = _sharpness_sigma(max(picture.shape[:2]), f)
    # Krita's unsharp mask cuts off what is below a whole level; the little extra keeps whole levels whole.
    extra = np.float32(1e-3 if f > 0 else 0.5)
    out = np.empty_like(picture)
    for first in range(0, height, _BAND):
        low, high = max(0, first - reach(sigma)), min(height, first + _BAND + reach(sigma))
        x = _blur_or_sharpen(picture[low:high].astype(np.float32) / np.float32(levels), f, sigma, levels)
        x = x[first - low:first - low + _BAND]
        out[first:first + _BAND] = (x * np.float32(levels) + extra).astype(picture.dtype)
    return out


def render(rgb: NDArray, calls: Iterable[ToolCall], *, seed: int = 0) -> NDArray:
    """The picture after all calls, in the order given.

    rgb: (H, W, 3), sRGB-encoded: uint8 or uint16 over their full range, or floats in [0, 1]. The answer has the same shape
    and dtype. `seed` picks the grain. Each step clips to [0, 1], as Krita's levels and curves do in every depth.
    """
    if rgb.ndim != 3 or rgb.shape[-1] != 3:
        raise ValueError(f"render takes (H, W, 3), not {rgb.shape}")
    calls = [call for call in calls if call.value != 0]
    if not np.issubdtype(rgb.dtype, np.integer):
        x = _clip(rgb)
        for call in calls:
            x = apply_call(x, call, seed=seed)
        return x.astype(rgb.dtype)
    picture = rgb
    for sharp, run in groupby(calls, lambda call: call.name == "sharpness"):
        if sharp:
            for call in run:
                picture = _sharpness_levels(picture, call.value / 100.0)
        else:
            picture = _local_steps(picture, list(run), seed)
    return picture.copy() if picture is rgb else picture
