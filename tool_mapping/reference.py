"""The reference renderer: what the tools do to a picture, in numpy. Krita's layers and the training renderer are held to it.

Integer pictures are rounded to whole levels after each step, as Krita's integer layers are, so that ten steps agree as one
does; 16-bit floats are cut. Pictures of 8 bits go through `eightbit`, which is made for speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tool_mapping import blur, eightbit, laws, strips
from tool_mapping.blur import gaussian_blur
from tool_mapping.eightbit import grain_cells, is_tone, mask_rows, spread
from tool_mapping.spec import ToolCall

Array = NDArray[np.float32]

__all__ = ["apply_call", "gaussian_blur", "grain_greys", "render", "vignette_mask"]


def _clip(x: NDArray) -> Array:
    return np.clip(x, 0.0, 1.0).astype(np.float32, copy=False)


# --- one step on a strip of floats ---------------------------------------------------------------------------------------


def _tone(x: NDArray, call: ToolCall) -> NDArray:
    """A tone call on (..., 3) values in [0, 1], not clipped."""
    f = call.value / 100.0
    if call.name in laws.AFFINE:
        a, b = map(np.float32, laws.AFFINE[call.name](f))
        return x * a + b
    if call.name in laws.CURVE:
        return laws.CURVE[call.name](x, f)
    return x + np.float32(f) * np.asarray(laws.CHANNEL_SHIFT[call.name], np.float32)


def _scale_saturation(x: Array, law: Callable[[Array], Array]) -> Array:
    """Change HSV saturation and keep hue and value: every channel moves along the line to max(R, G, B)."""
    top = np.maximum(np.maximum(x[..., :1], x[..., 1:2]), x[..., 2:])
    spread = top - np.minimum(np.minimum(x[..., :1], x[..., 1:2]), x[..., 2:])
    s = np.divide(spread, top, out=np.zeros_like(top), where=top > 0)
    ratio = np.divide(_clip(law(s)), s, out=np.ones_like(s), where=s > 0)
    return _clip(top - (top - x) * ratio)


def vignette_mask(height: int, width: int) -> Array:
    """(height, width) weights in [0, 1]: 0 in the middle, 1 in the corners, taken at pixel centres."""
    return mask_rows(0, height, height, width)


def grain_greys(height: int, width: int, seed: int = 0) -> Array:
    """(height, width) greys of the grain in [0, 1], the same for the same size and seed, in squares of laws.grain_cell."""
    cell = laws.grain_cell(max(height, width))
    return spread(grain_cells(height, width, seed), 0, height, width, cell).astype(np.float32) / np.float32(255)


Step = Callable[[Array, int], Array]  # a strip (rows, W, 3) in [0, 1] and its first row in the picture -> the strip after it


def _step(call: ToolCall, height: int, width: int, seed: int, *, clips: bool = True) -> Step:
    """The call on strips of a height x width picture; every tool but sharpness, which needs neighbours.

    `clips`: whether Krita's blending modes and unsharp mask clip in this depth. Where they do not, values beyond [0, 1] come in
    and go out, until a filter that works by curves cuts them.
    """
    name, f = call.name, call.value / 100.0
    inside = (lambda x: x) if clips else _clip
    beyond = _clip if clips else (lambda x: x)
    if is_tone(call):
        return lambda x, _: _clip(_tone(inside(x), call))
    if name in laws.SATURATION:
        return lambda x, _: _scale_saturation(inside(x), lambda s: laws.SATURATION[name](s, f))
    if name == "vignette":
        # Krita's layer is the law at full strength, thinned: the same within [0, 1], where the law is a line through 0.
        full, share = (f, 1.0) if clips or f > 0 else (-1.0, -f)
        a, b = map(np.float32, laws.vignette(full))

        def vignette(x: Array, top: int) -> Array:
            weights = np.float32(share) * mask_rows(top, len(x), height, width)[..., None]
            return beyond(x + weights * (_clip(inside(x) * a + b) - x))

        return vignette
    if name == "grain":
        cells, cell = grain_cells(height, width, seed).astype(np.float32) / np.float32(255), laws.grain_cell(max(height, width))

        def grain(x: Array, top: int) -> Array:
            return beyond(laws.grain(x, spread(cells, top, len(x), width, cell)[..., None], np.float32(f), beyond))

        return grain
    raise KeyError(name)


def _sharpened(x: Array, blurred: Array, f: float) -> Array:
    """The unsharp mask for f > 0, not clipped; what is blurred for f < 0."""
    return blurred if f < 0 else (x + np.float32(laws.SHARPEN_AMOUNT * f) * (x - blurred)).astype(np.float32, copy=False)


def apply_call(x: Array, call: ToolCall, *, seed: int = 0, clips: bool = True) -> Array:
    """One step. x: (H, W, 3) float32, sRGB-encoded, [0, 1]; a new array of the same kind, x itself at the neutral value.

    `clips`: as Krita's whole numbers do, and its 16-bit floats do not in blending modes and the unsharp mask.
    """
    if call.value == 0:
        return x
    if call.name == "sharpness":
        f = call.value / 100.0
        after = _sharpened(x, gaussian_blur(x, laws.sharpness_sigma(max(x.shape[:2]), f)), f)
        return _clip(after) if clips else after
    return _step(call, x.shape[0], x.shape[1], seed, clips=clips)(x, 0)


# --- deep integer pictures -----------------------------------------------------------------------------------------------


def _tables(calls: list[ToolCall], dtype: np.dtype) -> list[NDArray]:
    """What tone calls one after the other make of each level: a table for each of R, G, B."""
    top = np.iinfo(dtype).max
    levels = np.repeat(np.arange(top + 1, dtype=np.float32)[:, None] / np.float32(top), 3, -1)
    made = [np.arange(top + 1).astype(dtype)] * 3
    for call in calls:
        after = (np.clip(_tone(levels, call), 0.0, 1.0) * np.float32(top) + np.float32(0.5)).astype(dtype)
        made = [after[table, channel] for channel, table in enumerate(made)]
    return made


def _by_table(calls: list[ToolCall], dtype: np.dtype) -> Callable[[NDArray, int], NDArray]:
    for_channel = _tables(calls, dtype)
    return lambda strip, _: np.stack([np.take(table, strip[..., c]) for c, table in enumerate(for_channel)], axis=-1)


def _by_floats(step: Step, dtype: np.dtype) -> Callable[[NDArray, int], NDArray]:
    levels = np.float32(np.iinfo(dtype).max)
    return lambda strip, top: (step(strip.astype(np.float32) / levels, top) * levels + np.float32(0.5)).astype(dtype)


def _local_steps(picture: NDArray, calls: list[ToolCall], seed: int) -> NDArray:
    """Calls that need no neighbours, in strips of rows."""
    height, width, dtype = *picture.shape[:2], picture.dtype
    steps: list[Callable[[NDArray, int], NDArray]] = []
    for tone, run in groupby(calls, is_tone):
        if tone:
            steps.append(_by_table(list(run), dtype))
        else:
            steps += [_by_floats(_step(call, height, width, seed), dtype) for call in run]
    out = np.empty_like(picture)

    def work(top: int, bottom: int) -> None:
        strip = picture[top:bottom]
        for step in steps:
            strip = step(strip, top)
        out[top:bottom] = strip

    strips.each(height, strips.rows_of(width), work)
    return out


def _sharpness(picture: NDArray, f: float) -> NDArray:
    levels = np.float32(np.iinfo(picture.dtype).max)
    blurred = blur.Blurred([picture[..., channel] for channel in range(3)], laws.sharpness_sigma(max(picture.shape[:2]), f))
    # Krita's unsharp mask cuts off what is below a whole level; the little extra keeps whole levels whole.
    extra = np.float32(1e-3 if f > 0 else 0.5)
    out = np.empty_like(picture)

    def work(top: int, bottom: int) -> None:
        for channel in range(3):
            band = blurred.band(channel, top)
            band = (band if f < 0 else np.rint(band)) / levels
            after = _clip(_sharpened(picture[top:bottom, :, channel].astype(np.float32) / levels, band, f))
            out[top:bottom, :, channel] = after * levels + extra

    strips.each(picture.shape[0], blurred.rows, work)
    return out


def _cut_to_half(x: Array) -> Array:
    """Numbers of half precision (16-bit float): Krita cuts the rest off and does not round it."""
    return (np.ascontiguousarray(x).view(np.uint32) & np.uint32(0xFFFFE000)).view(np.float32)


def render(rgb: NDArray, calls: Iterable[ToolCall], *, seed: int = 0) -> NDArray:
    """The picture after all calls, in the order given.

    rgb: (H, W, 3), sRGB-encoded: uint8 or uint16 over their full range, or floats in [0, 1]. The answer has the same shape
    and dtype. `seed` picks the grain. Each step clips to [0, 1], as Krita's levels and curves do in every depth, and leaves
    numbers of the picture's own depth. With 16-bit floats what sharpness, grain and vignette leave beyond [0, 1] is cut by the
    next other step, or at the end.
    """
    if rgb.ndim != 3 or rgb.shape[-1] != 3:
        raise ValueError(f"render takes (H, W, 3), not {rgb.shape}")
    calls = [call for call in calls if call.value != 0]
    if rgb.dtype == np.uint8:
        return eightbit.render(rgb, calls, seed=seed)
    if not np.issubdtype(rgb.dtype, np.integer):
        x = _clip(rgb)
        for call in calls:
            x = apply_call(x, call, seed=seed, clips=rgb.dtype != np.float16)
            if rgb.dtype == np.float16:
                x = _cut_to_half(x)
        return _clip(x).astype(rgb.dtype)
    picture = rgb
    for sharp, run in groupby(calls, lambda call: call.name == "sharpness"):
        if sharp:
            for call in run:
                picture = _sharpness(picture, call.value / 100.0)
        else:
            picture = _local_steps(picture, list(run), seed)
    return picture.copy() if picture is rgb else picture
