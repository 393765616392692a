"""What a document keeps of a conversation: refining, names, JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.iea_krita.scope import WHOLE_PICTURE, Aim, Scope
from plugin.iea_krita.session import (
    Edit,
    Session,
    Step,
    Turn,
    UnreadableSession,
    by_hand_name,
    call_of_name,
    from_json,
    group_name,
    refined,
    to_json,
    tool_of_name,
)
from tool_mapping.krita import layer_name
from tool_mapping.spec import BY_NAME, NAMES, ORDER, ToolCall


@st.composite
def calls(draw: st.DrawFn) -> list[ToolCall]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=8))
    return [ToolCall(n, draw(st.integers(BY_NAME[n].minimum, BY_NAME[n].maximum))) for n in names]


@given(calls(), st.text(max_size=80), st.text(max_size=80))
def test_a_session_survives_json(some: list[ToolCall], request_text: str, reason: str) -> None:
    steps = tuple(Step(c.name, c.value, -c.value if BY_NAME[c.name].minimum else c.value, f"{{{c.name}}}") for c in some)
    session = Session((Turn(request_text, reason, tuple(some), 0.5, "m"),), steps, "{g}", "abc")
    assert from_json(to_json(session)) == session


def test_a_later_version_is_refused_with_a_sentence() -> None:
    text = json.dumps({"type": "iea_krita/session", "version": 99})
    with pytest.raises(UnreadableSession, match="Update the plugin"):
        from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"type": "other", "version": 1}', b"\xff\xfe"])
def test_what_is_not_ours_is_refused(text: str | bytes) -> None:
    with pytest.raises(UnreadableSession):
        from_json(text)


def test_single_bad_steps_are_left_out_and_the_rest_is_read() -> None:
    steps = [{"tool": "exposure", "value": 400}, {"tool": "nonsense", "value": 1}, {"tool": "tint", "value": "x"}, 7]
    session = from_json(json.dumps({"type": "iea_krita/session", "version": 1, "steps": steps, "turns": [{}, "x"]}))
    assert [(s.tool, s.value) for s in session.steps] == [("exposure", 100)]
    assert len(session.turns) == 1


@given(calls(), calls())
def test_refining_puts_exactly_the_answer_in_force(old: list[ToolCall], new: list[ToolCall]) -> None:
    steps = tuple(Step(c.name, c.value, c.value, f"{{{c.name}}}") for c in old)
    result = refined(steps, new)
    assert {s.tool: s.value for s in result} == {c.name: c.value for c in new}
    for step in result:
        before = next((s for s in steps if s.tool == step.tool), None)
        kept = before is not None and before.value == step.value
        assert step.layer == (before.layer if kept and before else "")


@given(calls())
def test_a_first_answer_comes_in_the_tools_own_order(some: list[ToolCall]) -> None:
    places = [ORDER[step.tool] for step in refined((), some)]
    assert places == sorted(places)


def test_refining_keeps_the_order_that_the_person_made() -> None:
    steps = (Step("tint", 5, 5, "{t}"), Step("exposure", 10, 10, "{e}"))
    result = refined(steps, [ToolCall("exposure", 10), ToolCall("tint", 5), ToolCall("sharpness", 20)])
    assert [s.tool for s in result] == ["tint", "exposure", "sharpness"]


def test_a_value_of_the_person_that_the_answer_keeps_keeps_the_earlier_suggestion() -> None:
    (step,) = refined([Step("exposure", 35, 20, "{e}")], [ToolCall("exposure", 35)])
    assert (step.value, step.suggested, step.layer) == (35, 20, "{e}")


def test_a_hidden_step_stays_hidden_until_an_answer_speaks_of_it() -> None:
    hidden = Step("fade", 30, 30, "{f}", visible=False)
    assert hidden in refined([hidden], [ToolCall("exposure", 5)])
    assert refined([hidden], [ToolCall("fade", 30)])[0].visible
    assert Session(steps=(hidden,)).in_force == ()


@given(calls())
def test_layer_names_read_back_as_the_call(some: list[ToolCall]) -> None:
    for call in some:
        assert call_of_name(layer_name(call)) == call


@pytest.mark.parametrize("name", ["My sky", "Exposure", "Exposure much", "", "Layer 3"])
def test_names_that_people_gave_are_no_calls(name: str) -> None:
    assert call_of_name(name) is None


def test_group_names_are_short_and_on_one_line() -> None:
    name = group_name("make\nit " + "very " * 40 + "warm")
    assert len(name) < 52
    assert "\n" not in name
    assert name.startswith("IEA: make it very")
    assert group_name("  ") == "IEA: Auto"


def test_moving_a_step_keeps_the_others_in_order() -> None:
    session = Session(steps=tuple(Step(n, 1, 1) for n in ("exposure", "contrast", "tint")))
    assert [s.tool for s in session.moved("tint", 0).steps] == ["tint", "exposure", "contrast"]
    assert session.moved("grain", 0) == session


SKY = Aim(Scope.SELECTION, selection="0,0,300,100,0badcafe")
PIECE = Aim(Scope.LAYER, layer="{piece}")


def test_edits_side_by_side_survive_json() -> None:
    by_hand = Step("exposure", 10, 10, "{e}", by_hand=True)
    aside = (Edit(0, WHOLE_PICTURE, "{g}", (by_hand,)), Edit(1, PIECE, "", (Step("fade", 20, 20, "{f}", visible=False),)))
    turns = (Turn("brighter"), Turn("faded", edit=1), Turn("bluer", edit=2))
    session = Session(turns, (Step("temperature", -30, -20, "{t}"),), "{h}", "abc", SKY, 2, aside)
    assert from_json(to_json(session)) == session


def test_a_session_of_version_1_is_one_edit_of_the_whole_picture() -> None:
    text = (
        '{"type":"iea_krita/session","version":1,"group":"{g}","steps":[{"tool":"exposure","value":20,"suggested":25,'
        '"layer":"{e}","visible":true}],"turns":[{"request":"too dark","reason":"r","steps":[{"tool":"exposure","value":25}],'
        '"seconds":0.4,"model":"iea-1"}],"picture":"p"}'
    )
    session = from_json(text)
    assert session.edits == (Edit(0, WHOLE_PICTURE, "{g}", (Step("exposure", 20, 25, "{e}"),)),)
    assert [turn.request for turn in session.edit_turns] == ["too dark"]
    assert session.picture == "p"


def test_turning_to_another_edit_and_back_keeps_both() -> None:
    session = Session(steps=(Step("exposure", 10, 10, "{e}"),), group="{g}", turns=(Turn("brighter"),))
    there = session.beginning(PIECE)
    assert (there.number, there.aim, there.steps, there.holder) == (1, PIECE, (), "{piece}")
    assert there.edit_turns == ()
    assert not there.has_strength
    back = there.viewing(there.edits[0])
    assert (back.steps, back.group, back.holder) == (session.steps, "{g}", "{g}")
    assert len(back.edits) == 1, "an edit that came to nothing is forgotten"


def test_an_edit_that_is_begun_first_of_all_is_the_first() -> None:
    begun = Session().beginning(SKY)
    assert (begun.number, begun.aim, begun.aside) == (0, SKY, ())


def test_what_was_made_by_hand_stays_whatever_the_answer_says() -> None:
    step = Step("exposure", 10, 10, "{e}", by_hand=True)
    assert refined([step], [ToolCall("exposure", 50)]) == (step,)
    assert refined([step], []) == (step,)


def test_a_layer_by_hand_has_a_name_that_says_so() -> None:
    assert tool_of_name(by_hand_name("exposure")) == "exposure"
    assert call_of_name(by_hand_name("exposure")) is None
    assert tool_of_name("Exposure +20") == "exposure"
    assert tool_of_name("my sky by hand") is None
