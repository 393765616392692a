"""One step as one native Krita layer: the filter, its parameters, mask, blend mode and opacity, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tool_mapping import laws
from tool_mapping.krita import filters
from tool_mapping.krita.documents import Unsupported, check_tool
from tool_mapping.krita.filters import Params
from tool_mapping.spec import BY_NAME, ToolCall

VIGNETTE_MASK = "vignette"
GRAIN_BLENDING = "linear light"
SAID_BY_OPACITY = frozenset({"vignette", "grain"})  # tools whose layers' opacity belongs to the value
NO_MASK_YET = "empty"


@dataclass(frozen=True, slots=True)
class FilterLayerSpec:
    """A native layer that does one step.

    `kind` is Krita's node type in a file: "adjustmentlayer" (a filter layer), "filtermask", or "paintlayer": the grain, whose
    pixels are tool_mapping.grain's and whose mask is their alpha. `params` are the filter's parameters in the order Krita needs
    them, in Python's types. `mask` is None (the whole picture), VIGNETTE_MASK (the weights of laws.vignette_mask at the
    document's size) or NO_MASK_YET (nothing, until somebody writes the mask's pixels). `opacity` is 0..255, `blend_mode`
    Krita's id.
    """

    name: str
    tool: str
    filter_id: str
    filter_version: int
    params: Params
    mask: str | None = None
    blend_mode: str = "copy"
    opacity: int = 255
    kind: str = "adjustmentlayer"
    inherit_alpha: bool = False

    def properties(self) -> dict[str, object]:
        """The parameters for Krita's InfoObject.setProperty, in the order in which they must be set."""
        return dict(self.params)

    def xml(self) -> str:
        """The text of the layer's .filterconfig in a .kra file."""
        lines = "\n".join(f' <param name="{key}">{escape(_text(value))}</param>' for key, value in self.params)
        return f'<!DOCTYPE params>\n<params version="{self.filter_version}">\n{lines}\n</params>\n'

    @property
    def configurable(self) -> bool:
        """Whether Python can set this filter up in every version of Krita, without a template."""
        return self.filter_id in (filters.UNSHARP, filters.BLUR)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return filters.number(value) if isinstance(value, float) else str(value)


def layer_name(call: ToolCall) -> str:
    """The name of a step's layer: "Exposure +25"."""
    return f"{BY_NAME[call.name].title} {call.value:+d}"


def way_to_change(old: FilterLayerSpec, new: FilterLayerSpec) -> str:
    """The cheapest way to make an existing layer `old` into `new` of the same tool.

    "opacity": Node.setOpacity(new.opacity) is enough. "configure": Krita's Filter of id new.filter_id with new.properties()
    and FilterLayer.setFilter, in every version. "properties": set new.properties() on the layer's own configuration, which
    5.2 and later heed and 5.1 ignores (swap there). "swap": put a new clone from a template in its place.
    """
    same = (old.filter_id, old.mask, old.blend_mode, old.kind) == (new.filter_id, new.mask, new.blend_mode, new.kind)
    if same and old.params == new.params:
        return "opacity"
    if old.kind == new.kind == "adjustmentlayer" and old.configurable and new.configurable:
        return "configure"
    if same and old.opacity == new.opacity:
        return "properties"
    return "swap"


def mask_for(call: ToolCall, *, width: int, height: int, model: str = "RGBA", depth: str = "U8") -> FilterLayerSpec:
    """The filter mask that does `call` to one layer only. Arguments as layer_for.

    Krita's filter masks know neither opacity nor blend mode, so a vignette says its value by its levels, and grain, which is
    laid over the picture, cannot be one: raises Unsupported for it, and where layer_for does.
    """
    if call.name == "grain":
        raise Unsupported(
            "Grain lies over the picture as a layer of its own, so it cannot act on one layer only. "
            "Ask for it with the whole picture or a selection."
        )
    spec = layer_for(call, width=width, height=height, model=model, depth=depth)
    if call.name == "vignette":
        line = filters.levels_line(*laws.vignette(call.value / 100.0))
        spec = replace(spec, params=filters.levels({filters.ALL: line}, model), opacity=255)
    return replace(spec, kind="filtermask")


def layer_for(call: ToolCall, *, width: int, height: int, model: str = "RGBA", depth: str = "U8") -> FilterLayerSpec:
    """The one native layer that does `call` in a document of that size (pixels), colour model and depth.

    Krita reads the parameters the same way in every depth that check_document lets through. Raises Unsupported for a tool of
    colour in a greyscale document.
    """
    check_tool(call.name, model)
    f, long_side = call.value / 100.0, max(width, height)
    if call.name == "sharpness":
        return _sharpness(call, f, long_side)
    if call.name == "grain":
        return FilterLayerSpec(
            layer_name(call), "grain", filters.NO_FILTER, filters.VERSION[filters.NO_FILTER], (),
            blend_mode=GRAIN_BLENDING, opacity=round(255 * f), kind="paintlayer", inherit_alpha=True,
        )
    if call.name == "vignette":
        return _vignette(call, f, model)
    return _pointwise(call, f, model)


def _filter_layer(call: ToolCall, filter_id: str, params: Params) -> FilterLayerSpec:
    return FilterLayerSpec(layer_name(call), call.name, filter_id, filters.VERSION[filter_id], params)


def _pointwise(call: ToolCall, f: float, model: str) -> FilterLayerSpec:
    name = call.name
    if name in laws.AFFINE:
        line = filters.levels_line(*laws.AFFINE[name](f))
        return _filter_layer(call, filters.LEVELS, filters.levels({filters.ALL: line}, model))
    if name in laws.CURVE:
        points = filters.curve_points(lambda x: laws.CURVE[name](x, f))
        return _filter_layer(call, filters.CURVES, filters.curves({filters.ALL: points}, model))
    if name == "saturation":
        line = filters.levels_line(1.0 + f, 0.0) if f > -1 else "0;1;1;0;0"
        return _filter_layer(call, filters.LEVELS, filters.levels({filters.SATURATION: line}, model))
    if name in laws.SATURATION:
        points = filters.curve_points(lambda s: laws.SATURATION[name](s, f))
        return _filter_layer(call, filters.CURVES, filters.curves({filters.SATURATION: points}, model))
    shifts = zip((filters.RED, filters.GREEN, filters.BLUE), laws.CHANNEL_SHIFT[name], strict=True)
    lines = {channel: filters.levels_line(1.0, f * amount) for channel, amount in shifts if amount}
    return _filter_layer(call, filters.LEVELS, filters.levels(lines, model))


def _sharpness(call: ToolCall, f: float, long_side: int) -> FilterLayerSpec:
    if f < 0:
        return _filter_layer(call, filters.BLUR, filters.blur(laws.soften_radius(long_side, f)))
    return _filter_layer(call, filters.UNSHARP, filters.unsharp(laws.sharpen_radius(long_side), laws.SHARPEN_AMOUNT * f))


def _vignette(call: ToolCall, f: float, model: str) -> FilterLayerSpec:
    """Darker corners: the law at full strength, thinned by the layer's opacity, which is the same and can change at once."""
    full = f if f > 0 else -1.0
    params = filters.levels({filters.ALL: filters.levels_line(*laws.vignette(full))}, model)
    opacity = 255 if f > 0 else round(255 * -f)
    return FilterLayerSpec(
        layer_name(call), "vignette", filters.LEVELS, filters.VERSION[filters.LEVELS], params,
        mask=VIGNETTE_MASK, opacity=opacity,
    )


def as_layers(
    steps: Iterable[ToolCall | FilterLayerSpec], *, width: int, height: int, model: str, depth: str
) -> list[FilterLayerSpec]:
    """Calls made into layers; layers are taken as they are."""
    return [
        s if isinstance(s, FilterLayerSpec) else layer_for(s, width=width, height=height, model=model, depth=depth)
        for s in steps
    ]
