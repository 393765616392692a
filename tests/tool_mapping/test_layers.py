"""Calls as native layers and back: well-formed settings, exact read-back, honest refusals."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tool_mapping import laws
from tool_mapping.krita import Unsupported, check_document, layer_for, layer_name, parse_config, value_of, way_to_change
from tool_mapping.krita.curves import points, spline
from tool_mapping.krita.filters import IDENTITY_CURVE, number
from tool_mapping.spec import BY_NAME, NAMES, TOOLS, ToolCall

SIZE: dict[str, Any] = {"width": 4000, "height": 3000}
calls = st.sampled_from(TOOLS).flatmap(
    lambda tool: st.builds(ToolCall, st.just(tool.name), st.integers(tool.minimum, tool.maximum))
)
sizes = st.fixed_dictionaries({"width": st.integers(1, 12000), "height": st.integers(1, 12000)})


def edges() -> list[ToolCall]:
    return [ToolCall(tool.name, value) for tool in TOOLS for value in (tool.minimum, tool.neutral, tool.maximum, 1)]


@given(calls, sizes, st.sampled_from(["RGBA", "GRAYA"]))
def test_settings_are_well_formed_xml_that_says_what_the_properties_say(call: ToolCall, size: dict, model: str):
    try:
        layer = layer_for(call, **size, model=model)
    except Unsupported:
        assert model == "GRAYA"
        return
    root = ElementTree.fromstring(layer.xml())
    assert root.attrib["version"] == str(layer.filter_version)
    assert [p.attrib["name"] for p in root] == list(layer.properties())
    assert parse_config(layer.xml()) == {p.attrib["name"]: p.text or "" for p in root}
    assert not any("e-" in (p.text or "") for p in root if p.attrib["name"].startswith(("curve", "channel")))


@settings(max_examples=400)
@given(calls, sizes, st.booleans())
def test_every_value_of_every_tool_is_read_back_exactly(call: ToolCall, size: dict, from_file: bool):
    layer = layer_for(call, **size)
    params = parse_config(layer.xml()) if from_file else layer.properties()
    assert value_of(layer.filter_id, params, call.name, opacity=layer.opacity, **size) == call


@pytest.mark.parametrize("call", [c for c in edges() if c.name not in ("vignette", "sharpness", "grain") and c.value])
def test_without_a_name_a_layer_is_read_as_a_tool_that_looks_the_same(call: ToolCall):
    layer = layer_for(call, **SIZE)
    found = value_of(layer.filter_id, layer.properties())
    assert found is not None
    assert value_of(layer.filter_id, layer_for(found, **SIZE).properties(), call.name) == call


def test_sharpening_leaves_every_level_of_a_flat_surface_where_it_is():
    for value in range(1, 101):
        amount = float(str(layer_for(ToolCall("sharpness", value), **SIZE).properties()["amount"]))
        # Krita's own sum: the pixel and its blurred neighbourhood, each times a weight, cut off to a whole level
        assert all(int((128 * (1 + amount) * level - 128 * amount * level) / 128) == level for level in range(256))


CURVED = {**laws.CURVE, **laws.SATURATION}


@pytest.mark.parametrize("name", ["natural_contrast", "highlights", "shadows", "vibrance"])
def test_curves_go_through_the_laws_and_those_of_old_files_are_read_as_what_they_were(name: str):
    law = CURVED[name]
    for value in range(-100, 101, 4):
        layer = layer_for(ToolCall(name, value), **SIZE)
        (key, text), = ((k, t) for k, t in layer.params if k.startswith("curve") and t != IDENTITY_CURVE)
        drawn = spline(points(str(text)))
        for i in range(256):
            assert drawn(i / 255) == pytest.approx(law(i / 255, value / 100), abs=0.2 / 255)
        even = "".join(f"{i / 16},{number(law(i / 16, value / 100))};" for i in range(17))  # as written before
        assert value_of(layer.filter_id, layer.properties() | {key: even}, name) == ToolCall(name, value)


def test_a_curve_bent_by_hand_between_our_points_is_not_one_of_our_values():
    layer = layer_for(ToolCall("shadows", 30), **SIZE)
    bent = str(dict(layer.params)["curve0"]).replace("1,1;", "0.99,0.9;1,1;")
    assert value_of("perchannel", layer.properties() | {"curve0": bent}, "shadows") is None
    assert value_of("perchannel", layer.properties() | {"curve0": "0,0,1;1,1;"}, "shadows") is None


def test_numbers_that_a_dialog_rounded_are_still_read_as_the_value():
    layer = layer_for(ToolCall("exposure", 37), **SIZE)
    params = layer.properties() | {"channel_0": "0;0.774;1;0;1"}  # exactly 0.77378...
    assert value_of("levels", params, "exposure") == ToolCall("exposure", 37)
    assert value_of("unsharp", {"amount": 0.6001, "halfSize": 9}, "sharpness") == ToolCall("sharpness", 40)


def test_a_value_dragged_in_kritas_dialog_reaches_the_slider():
    layer = layer_for(ToolCall("brightness", 0), **SIZE)
    params = layer.properties() | {"channel_0": "0;0.8;1;0.2;1"}
    assert value_of("levels", params, "brightness") == ToolCall("brightness", 40)


@pytest.mark.parametrize(
    ("filter_id", "params", "tool"),
    [
        ("levels", {"mode": "channels", "channel_0": "0;1;2.2;0;1"}, "exposure"),
        ("levels", {"mode": "lightness", "lightness": "0;0.5;1;0;1"}, "exposure"),
        ("levels", {"channel_0": "nonsense"}, "exposure"),
        ("levels", {"channel_0": "0.5;0.5;1;0;1"}, "exposure"),
        ("levels", layer_for(ToolCall("temperature", 40), **SIZE).properties(), "exposure"),
        ("perchannel", {"nTransfers": 8, "curve0": "0,0;0.5,0.9;1,1;"}, "shadows"),
        ("unsharp", {"amount": 9.0}, "sharpness"), ("unsharp", {}, "sharpness"),
        ("levels", {}, "grain"), ("", {}, "exposure"), ("", {}, None),
        ("gaussian blur", {"horizRadius": 4000}, "sharpness"), ("hsvadjustment", {"h": 3}, None),
        ("levels", {"channel_0": "0;0.8;1;0;1"}, "no_such_tool"),
    ],
)
def test_what_is_not_one_of_our_values_is_read_as_none(filter_id: str, params: dict, tool: str | None):
    assert value_of(filter_id, params, tool, **SIZE) is None


@given(st.text(max_size=60), st.sampled_from([*NAMES, None]), st.sampled_from(["levels", "perchannel", "unsharp", ""]))
def test_no_text_in_a_parameter_makes_reading_fail(text: str, tool: str | None, filter_id: str):
    params = {"channel_0": text, "curve0": text, "amount": text}
    found = value_of(filter_id, params, tool, **SIZE)
    assert found is None or found.name in NAMES
    parse_config(text)


@pytest.mark.parametrize("name", ["saturation", "vibrance", "temperature", "tint"])
def test_tools_of_colour_say_why_they_do_not_serve_a_greyscale_picture(name: str):
    with pytest.raises(Unsupported, match="greyscale"):
        layer_for(ToolCall(name, 20), **SIZE, model="GRAYA")


def test_tools_of_light_serve_a_greyscale_picture():
    for name in set(NAMES) - {"saturation", "vibrance", "temperature", "tint"}:
        assert layer_for(ToolCall(name, 20), **SIZE, model="GRAYA").tool == name


@pytest.mark.parametrize(
    ("model", "depth", "profile", "word"),
    [
        ("CMYKA", "U8", "Chemical proof", "CMYK"), ("LABA", "U16", "Lab identity built-in", "L*a*b*"),
        ("XYZA", "F32", "", "XYZ"),
        ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc", "32-bit"), ("RGBA", "U16", "sRGB-elle-V2-g10.icc", "linear"),
        ("RGBA", "U16", "Rec. 2020 - SMPTE ST 2084 PQ EOTF", "HDR"),
        ("RGBA", "F16", "scRGB (linear)", "linear"), ("", "", "", "unknown"), ("RGBA", "U32", "sRGB", "U32"),
    ],
)
def test_documents_that_would_come_out_wrong_are_named_with_a_way_out(model: str, depth: str, profile: str, word: str):
    sentence = check_document(model, depth, profile)
    assert sentence is not None
    assert word in sentence
    assert "Convert Image Color Space" in sentence


@pytest.mark.parametrize("depth", ["U8", "U16", "F16"])
@pytest.mark.parametrize("model", ["RGBA", "GRAYA"])
def test_documents_with_an_srgb_like_curve_are_served(model: str, depth: str):
    assert check_document(model, depth, "sRGB-elle-V2-srgbtrc.icc") is None
    assert check_document(model, depth, "Gray-D50-elle-V2-srgbtrc.icc") is None


def test_layer_names_carry_title_and_sign():
    assert layer_name(ToolCall("natural_contrast", 25)) == "Natural contrast +25"
    assert layer_name(ToolCall("exposure", -5)) == "Exposure -5"


@pytest.mark.parametrize(
    ("name", "old", "new", "way"),
    [
        ("vignette", -20, -60, "opacity"), ("vignette", -20, 20, "swap"), ("vignette", 20, 40, "properties"),
        ("sharpness", 20, 40, "configure"), ("sharpness", 20, -40, "configure"), ("exposure", 20, 40, "properties"),
        ("shadows", 20, 40, "properties"), ("grain", 20, 40, "opacity"), ("exposure", 20, 20, "opacity"),
    ],
)
def test_the_cheapest_way_to_change_a_layer_is_known(name: str, old: int, new: int, way: str):
    assert way_to_change(layer_for(ToolCall(name, old), **SIZE), layer_for(ToolCall(name, new), **SIZE)) == way


def test_saturation_at_its_least_takes_all_colour_away():
    assert layer_for(ToolCall("saturation", -100), **SIZE).properties()["channel_6"] == "0;1;1;0;0"
    assert BY_NAME["saturation"].minimum == -100
