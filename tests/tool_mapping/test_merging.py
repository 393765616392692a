"""Several steps as one curve: the same picture, and a name that tells them."""

from __future__ import annotations

from itertools import combinations

import pytest

from tool_mapping import reference
from tool_mapping.krita import Unsupported, curves, parse_config
from tool_mapping.krita.filters import ALL, BLUE, RED
from tool_mapping.krita.merging import calls_of_merged_name, can_merge, is_merged, merged_layer, merged_name
from tool_mapping.spec import TOOLS, ToolCall

np = pytest.importorskip("numpy")

CURVES = [tool.name for tool in TOOLS if can_merge(ToolCall(tool.name, 10))]
STACKS = [
    [ToolCall("exposure", 14), ToolCall("contrast", 10)],
    [ToolCall("exposure", 20), ToolCall("brightness", 10), ToolCall("contrast", 15), ToolCall("natural_contrast", 20),
     ToolCall("highlights", -30), ToolCall("shadows", 30), ToolCall("whites", 10), ToolCall("blacks", -10)],
    [ToolCall("temperature", 60), ToolCall("contrast", -40), ToolCall("tint", -30)],
    [ToolCall("exposure", 100), ToolCall("exposure", -100), ToolCall("fade", 50)],
]


def test_curves_of_a_channel_by_itself_can_be_merged_and_nothing_else() -> None:
    assert set(CURVES) == {tool.name for tool in TOOLS} - {"saturation", "vibrance", "sharpness", "grain", "vignette"}


@pytest.mark.parametrize("calls", STACKS)
def test_a_merged_layer_gives_each_level_what_the_steps_give_it(calls: list[ToolCall]) -> None:
    levels = np.repeat(np.arange(256, dtype=np.float32)[None, :, None] / 255, 3, axis=2)
    steps = reference.render(levels, calls)[0]
    params = dict(merged_layer(calls).params)
    for channel in range(3):
        own = f"curve{RED + channel}"
        key = own if any(call.name in ("temperature", "tint") for call in calls) else f"curve{ALL}"
        curve = curves.spline(curves.points(str(params[key])))
        merged = np.array([curve(level / 255) for level in range(256)])
        assert np.abs(merged - steps[:, channel]).max() < 0.8 / 255
        assert np.abs(merged - steps[:, channel]).mean() < 0.05 / 255


@pytest.mark.parametrize("calls", STACKS[:3])
def test_its_name_tells_the_steps(calls: list[ToolCall]) -> None:
    assert calls_of_merged_name(merged_name(calls)) == tuple(calls)
    assert merged_layer(calls).name == merged_name(calls)


@pytest.mark.parametrize("name", ["Exposure +14", "", "the sky, the sea", "Exposure +14, Sharpness +20", "Exposure +14, x"])
def test_other_names_tell_none(name: str) -> None:
    assert calls_of_merged_name(name) == ()


def test_a_layer_that_was_changed_is_no_longer_what_its_name_says() -> None:
    for calls, other in combinations(map(tuple, STACKS[:3]), 2):
        spec = merged_layer(calls)
        read = parse_config(spec.xml())
        assert is_merged(spec.filter_id, read, calls)
        assert not is_merged(spec.filter_id, read, other)
        assert not is_merged("levels", read, calls)
        assert not is_merged(spec.filter_id, read | {f"curve{BLUE}": "0,0.2;1,1;"}, calls)


def test_colour_balance_says_why_it_cannot_be_in_a_grey_document_and_light_has_one_curve_there() -> None:
    assert [key for key, _ in merged_layer(STACKS[0], model="GRAYA").params] == ["nTransfers", "curve0"]
    with pytest.raises(Unsupported):
        merged_layer(STACKS[2], model="GRAYA")
    with pytest.raises(ValueError, match="no curve"):
        merged_layer([ToolCall("exposure", 10), ToolCall("vibrance", 10)])
