"""Calls as they come from models and files: validation, the schema and its hash, the authors' values."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_mapping import authors, schema, spec, validate
from tool_mapping.spec import BY_NAME, NAMES, TOOLS, ToolCall


def test_there_are_sixteen_tools_with_words_for_people_and_for_models():
    assert len(NAMES) == 16
    assert all(tool.about.endswith(".") and tool.for_model.endswith(".") and tool.title for tool in TOOLS)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"name": "remove_man", "value": 5}, "unknown_tool"), ({"name": "exposure"}, "no_value"),
        ({"name": "exposure", "value": "much"}, "not_a_number"), ({"name": "exposure", "value": True}, "not_a_number"),
        ({"name": "exposure", "value": float("nan")}, "not_a_number"), ({"value": 3}, "not_a_call"),
        ("exposure 3", "not_a_call"),
        ({"name": "exposure", "value": [3]}, "not_a_number"), ({"name": "exposure", "value": 10**400}, "not_a_number"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_a_named_reason_and_a_sentence(raw: object, reason: str):
    with pytest.raises(validate.RefusedCall) as refused:
        validate.validate_calls([raw])
    assert refused.value.reason == reason
    assert reason in validate.REASONS
    assert str(refused.value).endswith(".")


def test_values_are_rounded_and_limited_and_it_is_said():
    raw = [("exposure", 250), ("grain", -3), ("tint", "12.6")]
    valid = validate.validate_calls([{"name": name, "value": value} for name, value in raw])
    assert valid.calls == [ToolCall("exposure", 100), ToolCall("tint", 13)]
    assert len(valid.notes) == 2


def test_of_two_calls_to_one_tool_the_later_counts_and_order_is_the_tools_own():
    valid = validate.validate_calls([ToolCall("sharpness", 5), ToolCall("exposure", 1), ToolCall("sharpness", 9)])
    assert valid.calls == [ToolCall("exposure", 1), ToolCall("sharpness", 9)]
    assert len(valid.notes) == 1


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.floats(allow_nan=False, allow_infinity=False))))
def test_validated_calls_are_always_in_range_once_a_tool_and_never_neutral(pairs: list):
    calls = validate.validate_calls([{"name": name, "value": value} for name, value in pairs]).calls
    assert len({call.name for call in calls}) == len(calls)
    for call in calls:
        tool = BY_NAME[call.name]
        assert tool.minimum <= call.value <= tool.maximum
        assert call.value != tool.neutral
    assert validate.validate_calls(calls).calls == calls


def test_the_schema_names_every_tool_with_its_range():
    functions = {entry["function"]["name"]: entry["function"]["parameters"] for entry in schema.tools_schema()}
    assert tuple(functions) == NAMES
    assert functions["grain"]["properties"]["value"]["minimum"] == 0
    assert functions["tint"]["properties"]["value"]["minimum"] == -100
    json.dumps(schema.tools_schema())


def test_the_schema_hash_follows_ranges_and_laws_but_not_wording(monkeypatch: pytest.MonkeyPatch):
    first = schema.schema_hash()

    def with_first(**change: object) -> str:
        monkeypatch.setattr(schema, "TOOLS", (replace(spec.TOOLS[0], **change), *spec.TOOLS[1:]))
        return schema.schema_hash()

    assert with_first(about="Other words.", for_model="Other words.", title="Light") == first
    changed = {with_first(maximum=90), with_first(minimum=-90), with_first(version=2), with_first(name="light"), first}
    assert len(changed) == 5


@pytest.mark.parametrize("name", sorted(authors.SAME_LAW))
def test_values_of_the_authors_editor_stay_where_the_law_is_theirs(name: str):
    assert authors.from_authors(name, 37) == ToolCall(name, 37)


@pytest.mark.parametrize("name", NAMES)
def test_translated_values_are_in_range_and_zero_stays_zero(name: str):
    tool = BY_NAME[name]
    assert authors.from_authors(name, 0).value == 0
    for value in (-250, -100, -50, 50, 100, 250):
        assert tool.minimum <= authors.from_authors(name, value).value <= tool.maximum


def test_the_jump_of_the_authors_contrast_is_translated_as_it_looks():
    assert authors.from_authors("contrast", 100).value == 100
    assert authors.from_authors("contrast", -100).value == -100
    assert authors.from_authors("contrast", -33).value == 0  # their slope is 1 there
    assert 40 <= authors.from_authors("contrast", 10).value <= 45  # theirs 1.325, ours 2^0.41


def test_the_authors_vignette_is_turned_round_and_their_highlights_keep_their_sign():
    assert authors.from_authors("vignette", 30) == ToolCall("vignette", -30)
    assert authors.from_authors("highlights", -40).value < 0 < authors.from_authors("shadows", 40).value
