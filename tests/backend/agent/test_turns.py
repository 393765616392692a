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
    along,
    held_to,
    in_numbers,
    is_exact,
    own_steps,
    reading_of,
    staying,
    summed,
    times,
)
from tool_mapping.spec import NAMES, ToolCall
from tool_mapping.validate import validate_calls

WARM = (ToolCall("exposure", 20), ToolCall("temperature", 40))
OLD_FILM = (ToolCall("fade", 30), ToolCall("temperature", 12), ToolCall("grain", 35), ToolCall("vignette", -20))
SIZES = {f"{axis}{sign}": 2 / 3 for axis in OWN for sign in "+-"}
AXES = tuple(OWN)


def chances(factor: float | None, p: float = 1.0) -> np.ndarray:
    """(1 + FACTORS,) with `p` for the factor and the rest for none."""
    found = np.zeros(1 + len(FACTORS), np.float32)
    found[0] = 1 if factor is None else 1 - p
    if factor is not None:
        found[1 + FACTORS.index(factor)] = p
    return found


def read(
    request: str, *, factor: float | None = None, reach: int = LAST, held: str = "", **taken: tuple[float, float]
) -> Reading:
    """A reading of WARM's follow-up; taken: by axis the factor that may be meant for it and how likely that is."""
    rows = np.stack([chances(*taken[axis]) if axis in taken else chances(None) for axis in AXES])
    stays = np.array([0.9 * (axis == held) for axis in AXES], np.float32)
    return reading_of(request, WARM, AXES, rows, stays, chances(factor), np.eye(3, dtype=np.float32)[reach])


def test_an_axis_with_steps_in_force_is_named_sooner_than_another() -> None:
    assert read("that off", b=(0.0, 0.4), S=(0.0, 0.4)) == Reading(taken={"b": 0.0})
    assert read("", held="b") == Reading(held=frozenset({"b"}))


def test_where_what_seems_named_is_not_there_the_likeliest_that_is_there_is_meant() -> None:
    assert read("half the orange", S=(0.5, 0.8), b=(0.75, 0.1)).taken == {"b": 0.5}
    assert read("no grain", N=(0.0, 0.9), b=(0.0, 0.02)).taken == {"N": 0.0}


def test_figures_are_kept_to_where_one_share_is_named() -> None:
    assert read("30% less warmth", b=(0.67, 0.9)).taken == {"b": pytest.approx(0.7)}
    assert read("30% less", factor=0.67).factor == pytest.approx(0.7)
    assert read("30% less, but no warmth", factor=0.67, b=(0.0, 0.9)) == Reading(0.67, taken={"b": 0.0})


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


def test_what_has_a_name_is_not_said_of_all_the_rest_too() -> None:
    assert read("too heavy on the warmth", factor=0.6, b=(0.6, 0.9)) == Reading(taken={"b": 0.6})
    assert read("all that back, the warmth too", factor=0.0, b=(0.0, 0.9)) == Reading(0.0, taken={"b": 0.0})
    assert read("less of all, half the warmth", factor=0.6, b=(0.5, 0.9)) == Reading(0.6, taken={"b": 0.5})


def test_what_must_stay_and_is_taken_back_is_what_it_was_before() -> None:
    brighter = (ToolCall("exposure", 30), WARM[1])
    assert summed(Reading(0.0, held=frozenset({"L"})), brighter, WARM) == WARM
    assert summed(Reading(0.0, held=frozenset({"L"})), brighter, ()) == brighter[:1]
    assert summed(Reading(0.0, held=frozenset({"L"})), WARM[:1], ()) == WARM[:1], "there was no first brightness"
    assert summed(Reading(0.5, held=frozenset({"L"})), brighter, WARM) == brighter, "less, but keep the brightness"


def test_a_wish_along_what_was_done_last() -> None:
    assert along("b+", (), WARM)
    assert not along("b-", (), WARM)
    assert not along("b+", WARM, WARM)
    assert not along("C+", (), WARM)


def test_taking_back_a_removal_brings_the_steps_back() -> None:
    assert summed(Reading(0.0), (), WARM) == WARM


def test_one_thing_is_taken_and_everything_else_stays_to_the_last_digit() -> None:
    assert summed(Reading(taken={"N": 0.0}), OLD_FILM, ()) == tuple(c for c in OLD_FILM if c.name != "grain")
    halved = summed(Reading(taken={"V": 0.5}), OLD_FILM, ())
    assert halved == (*OLD_FILM[:3], ToolCall("vignette", -10))


def test_each_thing_gets_what_is_said_of_it_and_the_rest_what_is_said_of_all() -> None:
    assert summed(Reading(taken={"V": 0.5, "N": 0.0}), OLD_FILM, ()) == (*OLD_FILM[:2], ToolCall("vignette", -10))
    assert summed(Reading(2.0, taken={"N": 0.0}), OLD_FILM, ()) == (
        ToolCall("fade", 60), ToolCall("temperature", 24), ToolCall("vignette", -40),
    )


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


def test_wrinkles_are_blamed_on_local_contrast_only_where_nothing_was_sharpened() -> None:
    clear = (ToolCall("natural_contrast", 40),)
    assert against("H-", clear) == {"natural_contrast"}
    assert against("H-", (*clear, ToolCall("sharpness", 20))) == {"sharpness"}
    assert against("H+", clear) == set()


def test_black_and_white_leaves_nothing_that_tones_the_grey() -> None:
    grey = (ToolCall("exposure", 20), ToolCall("saturation", -100))
    answer = (*grey, ToolCall("temperature", 30))
    assert held_to(WARM, answer, {"BW+": 0.99}, SIZES) == grey
    assert held_to(WARM, answer, {"BW+": 0.99, "b+": 0.9}, SIZES)[2].name == "temperature"
    assert held_to(WARM, answer, {"BW+": 0.99}, SIZES, frozenset({"b"}))[2].name == "temperature"


def test_a_step_that_serves_no_wish_keeps_its_value() -> None:
    answer = (ToolCall("exposure", 17), ToolCall("contrast", 8), ToolCall("temperature", 55))
    assert held_to(WARM, answer, {"b+": 0.99}, SIZES) == (ToolCall("exposure", 20), ToolCall("temperature", 55))


def test_a_step_that_serves_the_opposite_of_a_wish_is_not_made() -> None:
    speckled = (*WARM, ToolCall("sharpness", -30), ToolCall("grain", 38))
    assert held_to(WARM, speckled, {"N+": 0.9}, SIZES) == (*WARM, ToolCall("grain", 38))
    darker = (ToolCall("brightness", -15), ToolCall("shadows", 30))
    assert held_to((), darker, {"L+": 0.9}, SIZES) == darker[1:]


def test_more_of_what_is_there_moves_its_step_and_adds_no_other() -> None:
    answer = (ToolCall("exposure", 20), ToolCall("brightness", 12), ToolCall("contrast", 9), ToolCall("temperature", 40))
    assert held_to(WARM, answer, {"L+": 0.9}, SIZES) == (ToolCall("exposure", 30), ToolCall("temperature", 40))
    assert held_to(WARM, answer, {"L+": 0.9, "C+": 0.9}, SIZES) == (
        ToolCall("exposure", 30), ToolCall("contrast", 9), ToolCall("temperature", 40),
    )


def test_half_twice_and_figures_are_exact_and_less_is_not() -> None:
    assert [is_exact(factor) for factor in (0.0, 0.5, 2.0, 0.3, 0.6, 1.5)] == [True, True, True, True, False, False]


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
    varied = Reading(taken={"b": 0.5}).varied(0.8, rng).taken["b"]
    assert varied != 0.5
    assert 0 < varied < 1
    assert all(factor is not None and 0 <= factor < 1 for factor in factors)


def test_any_reading_gives_valid_calls() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        drawn = [[ToolCall(n, int(rng.integers(-100, 101))) for n in rng.choice(NAMES, 4, replace=False)] for _ in range(2)]
        in_force, answer = (tuple(validate_calls(calls).calls) for calls in drawn)
        some = [frozenset(rng.choice(AXES, int(rng.integers(0, 3)), replace=False).tolist()) for _ in range(2)]
        taken = {axis: float(rng.choice(FACTORS)) for axis in some[0]}
        reading = Reading(float(rng.choice(FACTORS)), int(rng.integers(3)), taken, some[1])
        for found in (
            summed(reading, in_force, answer),
            held_to(in_force, answer, {str(a): 1.0 for a in rng.choice(list(SIZES), 2)}, SIZES, some[1]),
        ):
            assert tuple(validate_calls(list(found)).calls) == found


def test_what_must_stay_are_the_tools_of_its_axis_unless_they_are_wished_for() -> None:
    assert staying(["L"], ["b+"]) == {"exposure", "brightness"}
    assert staying(["L", "C"], ["b+", "L+"]) == {"contrast", "natural_contrast"}
    assert staying([], ["b+"]) == set()
