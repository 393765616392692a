"""The reference renderer for 8-bit pictures: the same laws in whole levels, quick enough for 24 megapixels.

A photo is worked on in strips, channel by channel. Between two steps there are only 256 levels, so tools that treat every pixel
alike, one after the other, are one table of 256 bytes for each channel; grain adds whole levels; the others are a few products.
Where a result falls between two levels it is rounded to the one that Krita takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tool_mapping import blur, grain, laws, strips, transfer
from tool_mapping.krita.filters import unsharp_amount
from tool_mapping.krita.layers import layer_for
from tool_mapping.spec import ToolCall

Plane = NDArray[np.uint8]  # (rows, W): one channel of a strip
Planes = list[Plane]
Step = Callable[[Planes, int], Planes]  # the strip's R, G, B and its first row in the picture -> its new R, G, B
_HALF = np.float32(0.5)


# --- tones: tables ---------------------------------------------------------------------------------------------------------


def is_tone(call: ToolCall) -> bool:
    """Whether the call does the same to every pixel, channel by channel."""
    return call.name in laws.AFFINE or call.name in laws.CURVE or call.name in laws.CHANNEL_SHIFT


def _looked_up(plane: Plane, table: bytes) -> Plane:
    """Each byte's entry in a table of 256: bytearray.translate takes a third of the time of numpy's take."""
    return np.frombuffer(bytearray(plane).translate(table), np.uint8).reshape(plane.shape)


def _by_tables(tables: Sequence[bytes], width: int) -> Step:
    ways = [_added(table, width) or partial(_looked_up, table=table) for table in tables]
    return lambda planes, _: [way(plane) for plane, way in zip(planes, ways, strict=True)]


def _added(table: bytes, width: int) -> Callable[[Plane], Plane] | None:
    """What a table does that adds one number and stops at black and white, in a fifth of the time; None for any other."""
    by = table[128] - 128
    if table != bytes(np.clip(np.arange(256) + by, 0, 255).astype(np.uint8)):
        return None
    if by < 0:
        least = np.full(width, -by, np.uint8)
        return lambda plane: np.maximum(plane, least) - least
    most, more = np.full(width, 255 - by, np.uint8), np.uint8(by)
    return lambda plane: np.minimum(plane, most) + more


# --- saturation ------------------------------------------------------------------------------------------------------------


def _less_saturation(f: float) -> Step:
    """Below 0 every channel's distance to the largest shrinks by one factor: a table of 256 distances."""
    kept = np.floor(np.arange(256) * (1.0 + f) + 0.5 + 1e-9)  # half a level is left further away, as Krita does
    table = kept.astype(np.uint8).tobytes()

    def step(planes: Planes, _: int) -> Planes:
        top = np.maximum(np.maximum(planes[0], planes[1]), planes[2])
        return [top - _looked_up(top - plane, table) for plane in planes]

    return step


def _saturation(name: str, f: float, width: int) -> Step:
    """HSV saturation changed, hue and value kept: every channel moves along the line to the largest."""
    most = np.full(width, 1.0 + f, np.float32)  # a row: numpy takes a maximum or minimum with one number four times as long
    above_zero = np.float32(1e-30)  # too little to change any quotient but those by 0

    def step(planes: Planes, _: int) -> Planes:
        top = np.maximum(np.maximum(planes[0], planes[1]), planes[2])
        spread = (top - np.minimum(np.minimum(planes[0], planes[1]), planes[2])).astype(np.float32)
        largest = top.astype(np.float32)
        if name == "saturation":  # at most as far as the smallest channel becomes 0
            spread += above_zero
            ratio = np.divide(largest, spread, out=spread)
            np.minimum(ratio, most, out=ratio)
            largest += _HALF
        else:  # laws.vibrance(s, f) / s for s = spread / top
            largest += above_zero
            ratio = np.divide(spread, largest, out=spread)
            ratio *= np.float32(-f)
            ratio += most[0]
            largest += _HALF
        out = []
        for plane in planes:
            moved = (top - plane).astype(np.float32)
            moved *= ratio
            np.subtract(largest, moved, out=moved)
            out.append(moved.astype(np.uint8))
        return out

    return step


# --- grain and vignette ----------------------------------------------------------------------------------------------------


def grain_cells(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """The grey of each grain: (rows, columns) of squares of laws.grain_cell pixels."""
    made = grain.cells(width, height, seed)
    return np.frombuffer(made.greys, np.uint8).reshape(made.rows, made.columns)


def spread(cells: NDArray, top: int, rows: int, width: int, cell: int) -> NDArray:
    """Rows of a picture `width` pixels wide, of squares of `cell` pixels."""
    first = top // cell
    whole = np.repeat(cells[first:(top + rows - 1) // cell + 1], cell, 1)[:, :width]
    return whole[np.arange(top, top + rows) // cell - first] if cell > 1 else whole


def _grain(call: ToolCall, height: int, width: int, seed: int) -> Step:
    """As Krita does it: the picture and twice the grey added up, cut at black and white, then thinned by the layer's opacity.

    Where a grain brightens, the picture is turned to its negative and back, so that every grain darkens: by its own strength,
    but never below black, thinned by a table. (At 50 Krita rounds what darkens otherwise: there it may be one level off.)
    """
    cell = laws.grain_cell(max(height, width))
    opacity = layer_for(call, width=width, height=height).opacity
    product = np.arange(256) * opacity + 128
    thinned = (((product >> 8) + product) >> 8).astype(np.uint8).tobytes()  # Krita's x * opacity / 255
    noise = 2 * grain_cells(height, width, seed).astype(np.int16) - 255
    strength, brightens = np.abs(noise).astype(np.uint8), np.where(noise > 0, 255, 0).astype(np.uint8)

    def step(planes: Planes, top: int) -> Planes:
        most, turn = (spread(cells, top, len(planes[0]), width, cell) for cells in (strength, brightens))
        out = []
        for plane in planes:
            after = plane ^ turn
            darker = np.minimum(after, most)
            after -= darker if opacity == 255 else _looked_up(darker, thinned)
            after ^= turn
            out.append(after)
        return out

    return step


def mask_rows(top: int, rows: int, height: int, width: int) -> NDArray[np.float32]:
    """(rows, width) weights of the vignette at the centres of pixels; the left half is computed and mirrored."""
    half = (width + 1) // 2
    u = (2.0 * np.arange(half, dtype=np.float32) + 1.0) / width - 1.0
    v = (2.0 * np.arange(top, top + rows, dtype=np.float32) + 1.0) / height - 1.0
    mask = np.empty((rows, width), np.float32)
    mask[:, :half] = laws.vignette_mask(u[None, :], v[:, None])
    mask[:, half:] = mask[:, :width - half][:, ::-1]
    return mask


def _blended(plane: Plane, distance: Plane, weight: Plane | np.uint16, *, up: bool) -> Plane:
    """plane + or - distance * weight / 255, rounded with Krita's arithmetic; none of it may leave 0..255."""
    moved = np.multiply(distance, weight, dtype=np.uint16)
    if up:
        moved += 128
        moved += moved >> 8
    else:
        moved += (moved + 127) >> 8
        moved += 127
    moved >>= 8
    return plane + moved.astype(np.uint8) if up else plane - moved.astype(np.uint8)


def _vignette(f: float, height: int, width: int) -> Step:
    """As Krita does it: levels at full strength, laid over through a mask of 256 weights, then through the layer's opacity."""
    layer = layer_for(ToolCall("vignette", round(100 * f)), width=width, height=height)
    table = np.frombuffer(transfer.levels(str(layer.properties()["channel_0"])), np.uint8).astype(np.int16)
    distances = np.abs(table - np.arange(256)).astype(np.uint8).tobytes()

    def step(planes: Planes, top: int) -> Planes:
        mask = mask_rows(top, len(planes[0]), height, width)
        mask *= np.float32(255.0)
        mask += _HALF
        weights = mask.astype(np.uint8)
        out = []
        for plane in planes:
            after = _blended(plane, _looked_up(plane, distances), weights, up=f > 0)
            if layer.opacity < 255:
                after = _blended(plane, plane - after, np.uint16(layer.opacity), up=False)
            out.append(after)
        return out

    return step


# --- a whole picture -------------------------------------------------------------------------------------------------------


def _steps(calls: Sequence[ToolCall], height: int, width: int, seed: int) -> list[Step]:
    made: list[Step] = []
    for tone_calls, run in groupby(calls, is_tone):
        if tone_calls:
            made.append(_by_tables(transfer.tones(list(run)), width))
            continue
        for call in run:
            f = call.value / 100.0
            if call.name == "saturation" and f < 0:
                made.append(_less_saturation(f))
            elif call.name in laws.SATURATION:
                made.append(_saturation(call.name, f, width))
            elif call.name == "vignette":
                made.append(_vignette(f, height, width))
            elif call.name == "grain":
                made.append(_grain(call, height, width, seed))
            else:
                raise KeyError(call.name)
    return made


def _planes(picture: NDArray[np.uint8]) -> Planes:
    """(H, W, 3) -> views of its three channels."""
    return [picture[..., channel] for channel in range(3)]


def _pointwise(planes: Planes, out: Planes, steps: Sequence[Step]) -> None:
    """Steps that need no neighbours, strip by strip; `out` may be `planes`."""

    def work(top: int, bottom: int) -> None:
        strip = [np.ascontiguousarray(plane[top:bottom]) for plane in planes]
        for step in steps:
            strip = step(strip, top)
        for plane, made in zip(out, strip, strict=True):
            plane[top:bottom] = made

    height, width = planes[0].shape
    strips.each(height, strips.rows_of(width), work)


def _sharpness(planes: Planes, out: Planes, f: float) -> None:
    """Blur or sharpen; `out` must be other memory."""
    blurred = blur.Blurred(planes, laws.sharpness_sigma(max(planes[0].shape), f))
    amount = np.float32(unsharp_amount(laws.SHARPEN_AMOUNT * f))

    def work(top: int, bottom: int) -> None:
        for channel, plane in enumerate(planes):
            band = blurred.band(channel, top)
            if f < 0:
                band += _HALF
            else:
                before = plane[top:bottom].astype(np.float32)
                np.subtract(before, np.rint(band, out=band), out=band)
                band *= amount
                band += before
                band = band.astype(np.int16).clip(0, 255)  # Krita's unsharp mask cuts off what is below a whole level, too
            np.copyto(out[channel][top:bottom], band, casting="unsafe")

    strips.each(planes[0].shape[0], blurred.rows, work)


def _one_table(rgb: NDArray[np.uint8], table: bytes) -> NDArray[np.uint8]:
    """The same table for every byte: no need to take the channels apart."""
    out = np.empty_like(rgb)

    def work(top: int, bottom: int) -> None:
        out[top:bottom] = _looked_up(rgb[top:bottom], table)

    strips.each(rgb.shape[0], strips.rows_of(rgb.shape[1]), work)
    return out


def render(rgb: NDArray[np.uint8], calls: Sequence[ToolCall], *, seed: int = 0) -> NDArray[np.uint8]:
    """The picture (H, W, 3) uint8 after all calls, none of them neutral, in the order given."""
    if not calls:
        return rgb.copy()
    height, width = rgb.shape[:2]
    if all(map(is_tone, calls)) and len({*(tables := transfer.tones(list(calls)))}) == 1:
        return _one_table(np.ascontiguousarray(rgb), tables[0])
    runs = [(sharp, list(run)) for sharp, run in groupby(calls, lambda call: call.name == "sharpness")]
    runs = [(sharp, part) for sharp, run in runs for part in ([[call] for call in run] if sharp else [run])]
    out, planes = np.empty_like(rgb, order="C"), _planes(rgb)
    for number, (sharp, run) in enumerate(runs, 1):
        ours = number > 1
        if number == len(runs):
            into = _planes(out)
        elif ours and not sharp:
            into = planes
        else:
            into = list(np.empty((3, height, width), np.uint8))
        if sharp:
            _sharpness(planes, into, run[0].value / 100.0)
        else:
            _pointwise(planes, into, _steps(run, height, width, seed))
        planes = into
    return out
