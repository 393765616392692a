"""Follow-ups that are sums: scaled, eased, taken back, and everything else exactly as it was."""

from __future__ import annotations

import numpy as np
import pytest

from backend.agent.decode import FACTORS
from backend.agent.turns import (
    ALL,
    LAST,
    OWN,
    REST,
    Reading,
    against,
    held_to,
    in_numbers,
    own_steps,
    reading_of,
    summed,
    times,
)
from tool_mapping.spec import NAMES, ToolCall
from tool_mapping.validate import validate_calls

WARM = (ToolCall("exposure", 20), ToolCall("temperature", 40))
OLD_FILM = (ToolCall("fade", 30), ToolCall("temperature", 12), ToolCall("grain", 35), ToolCall("vignette", -20))
SIZES = {f"{axis}{sign}": 2 / 3 for axis in OWN for sign in "+-"}
AXES = tuple(OWN)


def read(request: str, *, factor: float | None = None, reach: int = LAST, **axes: tuple[float, float]) -> Reading:
    """A reading of WARM's follow-up; axes: probabilities that one is taken and held."""
    chances = np.zeros(1 + len(FACTORS), np.float32)
    chances[0 if factor is None else 1 + FACTORS.index(factor)] = 1
    taken, held = (np.array([axes.get(axis, (0, 0))[k] for axis in AXES], np.float32) for k in (0, 1))
    return reading_of(request, WARM, AXES, taken, held, chances, np.eye(3, dtype=np.float32)[reach])


def test_an_axis_with_steps_in_force_is_named_sooner_than_another() -> None:
    assert read("that off", factor=0.0, b=(0.4, 0), S=(0.4, 0)) == Reading(0.0, LAST, frozenset({"b"}))
    assert read("", b=(0, 0.9), S=(0, 0.2)) == Reading(held=frozenset({"b"}))


def test_where_what_seems_named_is_not_there_the_likeliest_that_is_there_is_meant() -> None:
    assert read("no orange", factor=0.0, S=(0.8, 0), b=(0.1, 0)).taken == {"b"}
    assert read("no grain", factor=0.0, N=(0.9, 0), b=(0.02, 0)).taken == {"N"}


@pytest.mark.parametrize(("words", "near", "factor"), [
    ("only 20% of that", 0.25, 0.2), ("maybe 60 percent of what you did", 0.6, 0.6), ("30% less", 0.67, 0.7),
    ("another 50 per cent", 1.5, 1.5), ("100% more", 2.0, 2.0), ("half of that", 0.5, 0.5), ("100% back to before", 0.0, 0.0),
    ("add another 50% of it", 0.5, 1.5), ("an extra 20 percent", 1.25, 1.2),
])
def test_shares_in_figures_are_exact(words: str, near: float, factor: float) -> None:
    assert in_numbers(words, near) == pytest.approx(factor)


@pytest.mark.parametrize(("factor", "values"), [(0.5, [10, 20]), (1.5, [30, 60]), (-0.8, [-16, -32]), (3.0, [60, 100])])
def test_scaling_is_exact_and_ends_at_the_range(factor: float, values: list[int]) -> None:
    assert [call.value for call in summed(Reading(factor), WARM, ())] == values


def test_more_means_the_last_turn_and_leaves_earlier_ones_as_they_are() -> None:
    now = (ToolCall("exposure", 20), ToolCall("saturation", 30), ToolCall("temperature", 40))
    previous = (ToolCall("exposure", 20), ToolCall("temperature", 20))
    assert summed(Reading(0.5), now, previous) == (
        ToolCall("exposure", 20), ToolCall("saturation", 15), ToolCall("temperature", 30),
    )
    assert summed(Reading(0.0), now, previous) == previous
    assert summed(Reading(0.0, ALL), now, previous) == ()


def test_after_a_turn_that_changed_nothing_more_means_all_that_is_in_force() -> None:
    assert summed(Reading(0.5), WARM, WARM) == times(WARM, {"exposure", "temperature"}, 0.5)


def test_taking_back_a_removal_brings_the_steps_back() -> None:
    assert summed(Reading(0.0), (), WARM) == WARM


def test_one_thing_is_taken_and_everything_else_stays_to_the_last_digit() -> None:
    assert summed(Reading(0.0, taken=frozenset({"N"})), OLD_FILM, ()) == tuple(c for c in OLD_FILM if c.name != "grain")
    halved = summed(Reading(0.5, taken=frozenset({"V"})), OLD_FILM, ())
    assert halved == (*OLD_FILM[:3], ToolCall("vignette", -10))


def test_one_thing_is_kept_and_the_rest_goes_or_is_scaled() -> None:
    assert summed(Reading(0.0, REST, held=frozenset({"b"})), OLD_FILM, ()) == (ToolCall("temperature", 12),)
    weaker = summed(Reading(0.5, REST, held=frozenset({"V"})), OLD_FILM, ())
    assert weaker == (ToolCall("fade", 15), ToolCall("temperature", 6), ToolCall("grain", 18), ToolCall("vignette", -20))


def test_nothing_asked_changes_nothing() -> None:
    assert summed(Reading(), OLD_FILM, ()) == OLD_FILM


def test_a_small_step_moves_by_one_at_least_so_that_more_is_more() -> None:
    assert times((ToolCall("fade", 1),), {"fade"}, 1.25) == (ToolCall("fade", 2),)
    assert times((ToolCall("fade", 1),), {"fade"}, 0.75) == ()


def test_an_axis_means_its_own_tools_and_where_there_are_none_those_that_reach_it() -> None:
    assert own_steps("L", WARM) == {"exposure"}
    assert own_steps("L", (ToolCall("shadows", 30), ToolCall("grain", 10))) == {"shadows"}
    assert own_steps("N", WARM) == set()


def test_what_a_wish_goes_against() -> None:
    assert against("b-", WARM) == {"temperature"}
    assert against("b+", WARM) == set()
    assert against("N-", OLD_FILM) == {"grain"}
    assert against("V+", OLD_FILM) == {"vignette"}


def test_a_step_that_serves_no_wish_keeps_its_value() -> None:
    answer = (ToolCall("exposure", 17), ToolCall("contrast", 8), ToolCall("temperature", 55))
    assert held_to(WARM, answer, {"b+": 0.99}, SIZES) == (ToolCall("exposure", 20), ToolCall("temperature", 55))


def test_a_step_that_serves_the_opposite_of_a_wish_is_not_made() -> None:
    speckled = (*WARM, ToolCall("sharpness", -30), ToolCall("grain", 38))
    assert held_to(WARM, speckled, {"N+": 0.9}, SIZES) == (*WARM, ToolCall("grain", 38))
    darker = (ToolCall("exposure", 20), ToolCall("brightness", -15), ToolCall("shadows", 30), ToolCall("temperature", 40))
    assert held_to(WARM, darker, {"L+": 0.9}, SIZES) == (*WARM[:1], *darker[2:])


def test_half_twice_and_figures_are_exact_and_less_is_not() -> None:
    assert [Reading(factor).is_exact for factor in (None, 0.0, 0.5, 2.0, 0.3, 0.6, 1.5)] == [
        False, True, True, True, True, False, False,
    ]


def test_even_more_never_goes_back() -> None:
    for value in (10, 40, -20):
        found = held_to(WARM, (ToolCall("exposure", 20), ToolCall("temperature", value)), {"b+": 0.99}, SIZES)
        assert found == (ToolCall("exposure", 20), ToolCall("temperature", 60))


def test_what_must_stay_stays_though_it_serves_the_wish() -> None:
    answer = (ToolCall("exposure", 45), ToolCall("shadows", 30), ToolCall("temperature", 40))
    found = held_to(WARM, answer, {"L+": 0.9}, SIZES, frozenset({"L"}))
    assert found == (ToolCall("exposure", 20), ToolCall("shadows", 30), ToolCall("temperature", 40))


def test_variations_scale_by_other_factors_the_same_way() -> None:
    rng = np.random.default_rng(2)
    assert Reading(0.5).varied(0.0, rng) == Reading(0.5)
    factors = {Reading(0.5).varied(0.8, rng).factor for _ in range(5)} | {Reading(0.0).varied(0.8, rng).factor}
    assert len(factors) == 6
    assert all(factor is not None and 0 <= factor < 1 for factor in factors)


def test_any_reading_gives_valid_calls() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        drawn = [[ToolCall(n, int(rng.integers(-100, 101))) for n in rng.choice(NAMES, 4, replace=False)] for _ in range(2)]
        in_force, answer = (tuple(validate_calls(calls).calls) for calls in drawn)
        some = [frozenset(rng.choice(AXES, int(rng.integers(0, 3)), replace=False).tolist()) for _ in range(2)]
        reading = Reading(float(rng.choice(FACTORS)), int(rng.integers(3)), some[0], some[1])
        for found in (
            summed(reading, in_force, answer),
            held_to(in_force, answer, {str(a): 1.0 for a in rng.choice(list(SIZES), 2)}, SIZES, some[1]),
        ):
            assert tuple(validate_calls(list(found)).calls) == found
