"""From a layer's filter and parameters back to a step, so that a change in Krita's own filter dialog reaches the slider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape

from tool_mapping import laws
from tool_mapping.krita import curves, filters
from tool_mapping.krita.layers import SAID_BY_OPACITY, mask_for
from tool_mapping.spec import BY_NAME, TOOLS, ToolCall

# Krita's dialogs round what they show; a layer still speaks of one of our values when no tone is off by more than this.
TOLERANCE = 1.0 / 255.0

_PARAM = re.compile(r'<param\s+([^>]*?)(?:/>|>(.*?)</param>)', re.DOTALL)
_NAME = re.compile(r'name="([^"]*)"')


def parse_config(text: str) -> dict[str, str]:
    """The parameters in the text of a .filterconfig, as Krita or we write it."""
    found = {}
    for attributes, body in _PARAM.findall(text):
        name = _NAME.search(attributes)
        if name:
            cdata = re.fullmatch(r"\s*<!\[CDATA\[(.*?)\]\]>\s*", body, re.DOTALL)
            found[unescape(name.group(1))] = cdata.group(1) if cdata else unescape(body)
    return found


def value_of(
    filter_id: str, params: Mapping[str, object], tool: str | None = None, *,
    opacity: int = 255, width: int = 0, height: int = 0,
) -> ToolCall | None:
    """The step that a layer with this filter and these parameters does, None when it is not one of ours.

    `params` come from parse_config or from Krita's InfoObject.properties(). Several tools share a filter: `tool` names the
    one that the layer was made for (its name tells); without it the first in canonical order whose picture is the same.
    `opacity` (0..255) is the layer's and counts for grain, which has no filter (""), and for darker vignettes only; `width` and
    `height` are the document's size in pixels, needed for softening only.
    """
    names = [tool] if tool is not None else [t.name for t in TOOLS if t.name not in SAID_BY_OPACITY]
    best: tuple[float, ToolCall] | None = None
    for name in names:
        if name not in BY_NAME:
            return None
        found = _nearest(name, filter_id, params, opacity, max(width, height))
        if found is not None and (best is None or found[0] < best[0] - 1e-9):
            best = found
    return best[1] if best else None


def _nearest(
    name: str, filter_id: str, params: Mapping[str, object], opacity: int, long_side: int
) -> tuple[float, ToolCall] | None:
    try:
        if name == "sharpness":
            value = _sharpness_value(filter_id, params, long_side)
            return None if value is None else (0.0, ToolCall(name, value))
        if name == "grain":
            return (0.0, ToolCall(name, round(100 * opacity / 255))) if filter_id == filters.NO_FILTER else None
        shape = _shape(filter_id, params)
        if shape is None:
            return None
        if name == "vignette" and _off(shape, dict(_shapes("vignette"))[-100]) <= TOLERANCE:
            return 0.0, ToolCall(name, -round(100 * opacity / 255))
    except (ValueError, TypeError, ZeroDivisionError, IndexError):  # half a number, or not a number at all
        return None
    if name == "vignette" and opacity != 255:
        return None
    off, value = min((_off(shape, other), value) for value, other in _shapes(name))
    return (off, ToolCall(name, value)) if off <= TOLERANCE else None


Shape = tuple[str, dict[int, list[float]]]  # the filter, and what it makes of _TONES in each channel that it changes


@lru_cache(maxsize=32)
def _shapes(name: str) -> tuple[tuple[int, Shape], ...]:
    """Every value of a tool with the shape of its layer."""
    tool, found = BY_NAME[name], []
    for value in range(tool.minimum, tool.maximum + 1):
        layer = mask_for(ToolCall(name, value), width=0, height=0)  # a vignette's own levels, not one opacity of the darkest
        shape = _shape(layer.filter_id, layer.properties())
        assert shape is not None
        found.append((value, shape))
    return tuple(found)


# Even ones first: our curves had points there alone before, and a curve of that kind is compared there alone.
_EVEN = [i / 16 for i in range(17)]
_TONES = [*_EVEN, *sorted(({i / 32 for i in range(33)} | set(curves.XS)) - set(_EVEN))]


def _off(one: Shape, other: Shape) -> float:
    """The largest difference of two shapes, infinite between shapes of different kinds."""
    if one[0] != other[0]:
        return float("inf")
    return max(
        (
            abs(a - b) for channel in one[1].keys() | other[1].keys()
            for a, b in zip(one[1].get(channel, _TONES), other[1].get(channel, _TONES), strict=False)
        ),
        default=0.0,
    )


def _shape(filter_id: str, params: Mapping[str, object]) -> Shape | None:
    """What levels or curves do to tones in each channel that they change, a greyscale channel counting as all channels.

    Raises ValueError and its kin for parameters that are no numbers.
    """
    if filter_id == filters.LEVELS:
        if str(params.get("mode", "channels")) != "channels":
            return None
        prefix, line, same = "channel_", _levels_tones, filters.IDENTITY_LEVELS
    elif filter_id == filters.CURVES:
        prefix, line, same = "curve", _curve_tones, filters.IDENTITY_CURVE
    else:
        return None
    tones: dict[int, list[float]] = {}
    for channel in range(8):
        text = str(params.get(f"{prefix}{channel}", same))
        if text != same:
            values = line(text)
            if max(abs(a - b) for a, b in zip(values, _TONES, strict=False)) > 1e-12:
                tones[channel] = values
    if filter_id == filters.CURVES and len(tones) > 1:
        return None
    return filter_id, tones


def _levels_tones(text: str) -> list[float]:
    in_black, in_white, gamma, out_black, out_white = (float(v) for v in text.split(";"))
    span = in_white - in_black
    return [
        out_black + (out_white - out_black) * min(1.0, max(0.0, (x - in_black) / span)) ** (1.0 / gamma) for x in _TONES
    ]


def _curve_tones(text: str) -> list[float]:
    points = curves.points(text)
    even = len(points) == len(_EVEN) and all(abs(p[0] - x) <= 1e-3 for p, x in zip(points, _EVEN, strict=True))
    return [y for _, y in points] if even else list(map(curves.spline(points), _TONES))


def _sharpness_value(filter_id: str, params: Mapping[str, object], long_side: int) -> int | None:
    if filter_id == filters.UNSHARP:
        exact = 100.0 * float(str(params.get("amount"))) / laws.SHARPEN_AMOUNT
    elif filter_id == filters.BLUR and long_side > 0:
        exact = -100.0 * float(str(params.get("horizRadius"))) / laws.soften_radius(long_side, -1.0)
    else:
        return None
    value = round(exact)
    return value if BY_NAME["sharpness"].minimum <= value <= BY_NAME["sharpness"].maximum else None

