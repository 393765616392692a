"""Hand-set values stay unless the words speak of them."""

from __future__ import annotations

from backend.agent.keeping import keep_untouched
from tool_mapping.spec import ToolCall

EXPOSURE, HAND = ToolCall("exposure", 21), ToolCall("exposure", 44)
CONTRAST = ToolCall("contrast", 45)


def test_a_value_that_nobody_spoke_of_is_put_back() -> None:
    assert keep_untouched((EXPOSURE, CONTRAST), (HAND,), {"C+": 0.95, "L+": 0.05}) == (HAND, CONTRAST)


def test_a_value_that_the_words_may_mean_is_the_agents_to_change() -> None:
    assert keep_untouched((EXPOSURE, CONTRAST), (HAND,), {"C+": 0.95, "L-": 0.2}) == (EXPOSURE, CONTRAST)


def test_vague_words_and_whole_looks_change_what_they_need() -> None:
    assert keep_untouched((EXPOSURE,), (HAND,), {"C+": 0.4}) == (EXPOSURE,)
    assert keep_untouched((EXPOSURE,), (HAND,), {"X+": 0.9, "b+": 0.9}) == (EXPOSURE,)
    assert keep_untouched((EXPOSURE,), (HAND,), {}) == (EXPOSURE,)


def test_what_is_left_out_stays_out_and_what_is_new_stays_new() -> None:
    assert keep_untouched((CONTRAST,), (HAND,), {"C+": 0.95}) == (CONTRAST,)
