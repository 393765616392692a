"""Several neighbouring steps as one curve layer: their laws one after another, each channel by itself, drawn once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tool_mapping import laws
from tool_mapping.krita import curves, filters
from tool_mapping.krita.documents import check_tool
from tool_mapping.krita.layers import FilterLayerSpec, layer_name
from tool_mapping.krita.readback import TOLERANCE
from tool_mapping.spec import BY_NAME, ToolCall
from tool_mapping.validate import RefusedCall, validate_value

# With 23 points, as for one step, stacks of two to eight were up to 7 of 255 off; with 129 up to 0.6, and 0.008 in the mean.
_POINTS = 128
_BETWEEN = ", "


def can_merge(call: ToolCall) -> bool:
    """Whether a step is a curve of each channel by itself, wherever in the picture."""
    return call.name in laws.AFFINE or call.name in laws.CURVE or call.name in laws.CHANNEL_SHIFT


def merged_name(calls: Sequence[ToolCall]) -> str:
    """The name of a merged layer, lowest step first: "Exposure +14, Contrast +10"."""
    return _BETWEEN.join(map(layer_name, calls))


def calls_of_merged_name(name: str) -> tuple[ToolCall, ...]:
    """The inverse of merged_name; none for the name of anything but two or more steps."""
    calls = []
    for part in name.split(_BETWEEN):
        title, _, number = part.rpartition(" ")
        tool = next((spec for spec in BY_NAME.values() if spec.title == title), None)
        try:
            if tool is None:
                return ()
            calls.append(ToolCall(tool.name, validate_value(tool.name, int(number))[0]))
        except (ValueError, RefusedCall):
            return ()
    return tuple(calls) if len(calls) > 1 and all(map(can_merge, calls)) else ()


def merged_layer(calls: Sequence[ToolCall], *, model: str = "RGBA") -> FilterLayerSpec:
    """The one curve layer that does all of these steps, lowest first. ValueError for a step that is no curve; Unsupported as
    layer_for."""
    for call in calls:
        check_tool(call.name, model)
        if not can_merge(call):
            raise ValueError(f"{call.name} is no curve")
    if any(call.name in laws.CHANNEL_SHIFT for call in calls):
        lines = {filters.RED + i: _points(_law(calls, i)) for i in range(3)}
    else:
        lines = {filters.ALL: _points(_law(calls, 0))}
    return FilterLayerSpec(
        merged_name(calls), calls[0].name, filters.CURVES, filters.VERSION[filters.CURVES], filters.curves(lines, model)
    )


def is_merged(filter_id: str, params: Mapping[str, object], calls: Sequence[ToolCall], *, model: str = "RGBA") -> bool:
    """Whether a layer with this filter and these parameters (as readback.value_of takes them) does just these steps."""
    meant = merged_layer(calls, model=model)
    if filter_id != meant.filter_id:
        return False
    for key, value in meant.params:
        if key == "nTransfers":
            continue
        try:
            both = params.get(key, filters.IDENTITY_CURVE), value
            is_so, should = (curves.spline(curves.points(str(text))) for text in both)
        except ValueError:
            return False
        if any(abs(is_so(i / 255) - should(i / 255)) > TOLERANCE for i in range(256)):
            return False
    return True


def _law(calls: Sequence[ToolCall], channel: int) -> Callable[[float], float]:
    """What the steps make of a value of [0, 1] of the channel (0 red, 1 green, 2 blue), clipped after each as Krita does."""

    def law(x: float) -> float:
        for call in calls:
            f = call.value / 100.0
            if call.name in laws.AFFINE:
                a, b = laws.AFFINE[call.name](f)
                x = a * x + b
            elif call.name in laws.CURVE:
                x = laws.CURVE[call.name](x, f)
            else:
                x += f * laws.CHANNEL_SHIFT[call.name][channel]
            x = min(1.0, max(0.0, x))
        return x

    return law


def _points(law: Callable[[float], float]) -> str:
    return "".join(f"{filters.number(i / _POINTS)},{filters.number(law(i / _POINTS))};" for i in range(_POINTS + 1))
