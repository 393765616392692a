"""Reasons: every one that can be said is true of the steps, has no number, and is made of few words."""

from __future__ import annotations

import re

import numpy as np

from backend.agent.amounts import Facts
from backend.agent.saying import NOTHING_MOVES, Seen, of_edit, of_refine
from backend.agent.vocab import LONGEST_ANSWER, join, pieces
from tests.bench._reasons import is_true, named
from tool_mapping.spec import TOOLS, ToolCall

PLAIN = Seen(Facts(50.0, 60.0, 20.0, 0.0, 0.0))
Calls = tuple[ToolCall, ...]


def drawn(rng: np.random.Generator, share: float = 0.25) -> Calls:
    values = [int(rng.integers(tool.minimum, tool.maximum + 1)) if rng.random() < share else 0 for tool in TOOLS]
    return tuple(ToolCall(tool.name, value) for tool, value in zip(TOOLS, values, strict=True) if value)


def changed(rng: np.random.Generator, calls: Calls) -> Calls:
    """Some of the calls as they are, some weaker, stronger, turned round or gone, and now and then a new one."""
    now = {call.name: call.value for call in drawn(rng, 0.05)}
    for call in calls:
        value = round(call.value * float(rng.choice([1, 1, 0.5, 1.4, -0.6, 0])))
        tool = next(tool for tool in TOOLS if tool.name == call.name)
        now[call.name] = min(max(value, tool.minimum), tool.maximum)
    return tuple(ToolCall(tool.name, now[tool.name]) for tool in TOOLS if now.get(tool.name))


def by_tool(calls: Calls) -> dict[str, int]:
    return {call.name: call.value for call in calls}


def all_sayable() -> list[tuple[str, Calls, Calls]]:
    rng, out = np.random.default_rng(6), []
    for _ in range(3000):
        light, tones, chroma, a, b = (rng.uniform(*ends) for ends in ((5, 95), (20, 98), (1, 60), (-20, 20), (-30, 40)))
        seen = Seen(Facts(light, tones, chroma, a, b), float(rng.random() / 5), float(rng.random() / 5))
        calls = drawn(rng)
        kind = str(rng.choice(["", "", "", "local", "impossible", "noise"]))
        keep = rng.choice(["L", "S", "V", "b"], size=int(rng.integers(3)), replace=False).tolist()
        out += [(said, (), calls) for said in of_edit(calls, seen, kind=kind, keep=keep, vague=bool(rng.random() < 0.2))]
        later = changed(rng, calls)
        out += [(said, calls, later) for said in of_refine(calls, later)]
    return out


def test_a_reason_names_only_steps_that_moved_and_the_way_they_lie() -> None:
    for said, old, new in all_sayable():
        assert is_true(said, by_tool(old), by_tool(new)), (said, old, new)


def test_reasons_are_short_sentences_without_numbers_in_few_different_words() -> None:
    reasons = [said for said, _, _ in all_sayable()]
    assert all(re.fullmatch(r"[A-Z][A-Za-z ,;.'-]+\.", said) for said in reasons)
    assert max(len(pieces(said)) for said in reasons) < LONGEST_ANSWER
    assert len({word for said in reasons for word in re.findall(r"[a-z]+", said.lower())}) < 200
    assert all(join(pieces(said)) == said for said in reasons)


def test_without_steps_the_reason_says_what_can_be_done_instead() -> None:
    said = of_edit((), PLAIN, kind="impossible")
    assert all(reason.startswith("I cannot add, remove or reshape") and "I can " in reason for reason in said)
    assert all("leave it as it is" in reason or "change nothing" in reason for reason in of_edit((), PLAIN, vague=True))


def test_what_was_to_stay_is_named_where_it_stays() -> None:
    warmer = (ToolCall("temperature", 20),)
    assert all("leave the contrast as before" in said for said in of_edit(warmer, PLAIN, keep=("C",)))
    assert not any("as before" in said for said in of_edit(warmer, PLAIN, keep=("b",)))


def test_a_follow_up_says_what_became_of_each_step_and_whether_others_stay() -> None:
    warm, both = (ToolCall("temperature", 40),), (ToolCall("temperature", 40), ToolCall("grain", 20))
    assert of_refine(both, warm) == ["I no longer add film grain; the rest stays as it is."]
    assert of_refine(warm, (ToolCall("temperature", 20),)) == ["I warm the light less."]
    assert of_refine(warm, (ToolCall("temperature", -20),)) == ["I now cool the light instead."]
    assert of_refine(warm, both) == ["I add film grain; the rest stays as it is."]
    assert of_refine(both, (ToolCall("temperature", 20), ToolCall("grain", 10))) == [
        "I keep the same steps, each with less strength."
    ]
    assert of_refine(warm, warm) == list(NOTHING_MOVES)
    assert all("picture" in said for said in of_refine(warm, ()))
    assert all("I can " in said for said in of_refine((), ()))  # everything was undone before, and nothing was asked now


def test_what_a_reason_names_is_read_back_from_it() -> None:
    said = "As you asked, I raise the exposure a little and take out all colour."
    assert named(said) == {("exposure", 1), ("saturation", -1)}
    assert named("I no longer darken the corners; the rest stays as it is.") == {("vignette", -1)}
    assert not is_true("I darken the corners.", {}, {"vignette": 11})
    assert not is_true("I warm the light less.", {"temperature": 20}, {"temperature": 20})
