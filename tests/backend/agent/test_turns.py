"""Follow-ups that are sums: scaled, eased, taken back, and everything else exactly as it was."""

from __future__ import annotations

import numpy as np
import pytest

from backend.agent.decode import FACTORS, GATES, KEEP, REMOVE, UP
from backend.agent.turns import factor_of, scaled, settled, taken_back
from tool_mapping.spec import NAMES, ToolCall
from tool_mapping.validate import validate_calls

WARM = (ToolCall("exposure", 20), ToolCall("temperature", 40))
SIZES = {f"{axis}{sign}": 2 / 3 for axis in ("L", "C", "S", "a", "b", "V", "H", "N", "F", "SH", "HL") for sign in "+-"}


def surely(**gates: int) -> np.ndarray:
    """Gate probabilities: keep everything but what is named."""
    out = np.full((16, GATES), 0.01, np.float32)
    for i, name in enumerate(NAMES):
        out[i, gates.get(name, KEEP)] = 0.97
    return out


def test_a_factor_is_read_only_where_it_is_likely() -> None:
    chances = np.full(1 + len(FACTORS), 0.1 / len(FACTORS), np.float32)
    chances[0] = 0.9
    assert factor_of(chances) is None
    chances[0], chances[1 + FACTORS.index(1.5)] = 0.05, 0.85
    assert factor_of(chances) == 1.5


@pytest.mark.parametrize(("factor", "values"), [(0.5, [10, 20]), (1.5, [30, 60]), (-0.8, [-16, -32]), (3.0, [60, 100])])
def test_scaling_is_exact_and_ends_at_the_range(factor: float, values: list[int]) -> None:
    assert [call.value for call in scaled(WARM, factor)] == values


def test_more_means_the_last_turn_and_leaves_earlier_ones_as_they_are() -> None:
    now = (ToolCall("exposure", 20), ToolCall("saturation", 30), ToolCall("temperature", 40))
    previous = (ToolCall("exposure", 20), ToolCall("temperature", 20))
    assert scaled(now, 0.5, previous=previous) == (
        ToolCall("exposure", 20), ToolCall("saturation", 15), ToolCall("temperature", 30),
    )


def test_what_is_surely_to_be_kept_stays_out_of_more_and_less() -> None:
    assert scaled(WARM, 0.5, gates=surely(temperature=UP)) == (ToolCall("exposure", 20), ToolCall("temperature", 20))
    assert scaled(WARM, 0.5, gates=surely()) == (ToolCall("exposure", 10), ToolCall("temperature", 20))


def test_a_small_step_moves_by_one_at_least_so_that_more_is_more() -> None:
    assert scaled((ToolCall("fade", 1),), 1.25) == (ToolCall("fade", 2),)
    assert scaled((ToolCall("fade", 1),), 0.75) == ()


def test_taking_back_means_the_last_turn_unless_the_words_speak_of_all() -> None:
    assert taken_back("undo that", WARM) == WARM
    assert taken_back("take everything back", WARM) == taken_back("Back to the original!", WARM) == ()


def test_a_step_that_serves_no_wish_keeps_its_value_to_the_last_digit() -> None:
    answer = (ToolCall("exposure", 17), ToolCall("contrast", 8), ToolCall("temperature", 55))
    assert settled(WARM, answer, {"b+": 0.99}, SIZES, surely(contrast=UP, exposure=UP, temperature=UP)) == (
        ToolCall("exposure", 20), ToolCall("contrast", 8), ToolCall("temperature", 55),
    )
    assert settled(WARM, answer, {"b+": 0.99}, SIZES, surely(temperature=UP)) == (
        ToolCall("exposure", 20), ToolCall("temperature", 55),
    )


def test_less_of_what_is_in_force_takes_a_share_back() -> None:
    answer = (ToolCall("exposure", 20), ToolCall("temperature", -30))
    assert settled(WARM, answer, {"b-": 0.99}, SIZES, surely()) == (ToolCall("exposure", 20), ToolCall("temperature", 22))


def test_even_more_never_goes_back() -> None:
    for value in (10, 40, -20):
        found = settled(WARM, (ToolCall("exposure", 20), ToolCall("temperature", value)), {"b+": 0.99}, SIZES, surely())
        assert found == (ToolCall("exposure", 20), ToolCall("temperature", 60))


def test_what_is_surely_taken_away_goes() -> None:
    found = settled(WARM, (ToolCall("temperature", 60),), {"b+": 0.99}, SIZES, surely(exposure=REMOVE, temperature=UP))
    assert found == (ToolCall("temperature", 60),)


def test_any_answer_settles_to_valid_calls() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        drawn = [[ToolCall(n, int(rng.integers(-100, 101))) for n in rng.choice(NAMES, 4, replace=False)] for _ in range(2)]
        in_force, answer = (tuple(validate_calls(calls).calls) for calls in drawn)
        wishes = {axis: float(rng.random()) for axis in SIZES}
        gates = rng.dirichlet(np.ones(GATES), 16).astype(np.float32)
        found = settled(in_force, answer, wishes, SIZES, gates)
        assert tuple(validate_calls(list(found)).calls) == found
        found = scaled(in_force, float(rng.choice(FACTORS)), previous=answer, gates=gates)
        assert tuple(validate_calls(list(found)).calls) == found
