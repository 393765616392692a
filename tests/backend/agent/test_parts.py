"""Features, vocabulary and decoding: the parts of the agent that need no model."""

from __future__ import annotations

import numpy as np
import pytest

from backend.agent import decode, features
from backend.agent.vocab import CONTROL, END, LONGEST_ANSWER, Words, join, pieces
from tool_mapping.spec import NAMES, ToolCall
from tool_mapping.validate import validate_calls

ODD_SIZES = [(1, 1), (1, 400), (400, 1), (2, 3), (5, 900), (37, 41)]


@pytest.mark.parametrize("size", ODD_SIZES)
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_every_picture_has_finite_statistics(size: tuple[int, int], grey: int) -> None:
    rgb = np.full((*size, 3), grey, np.uint8)
    found = features.statistics(rgb)
    assert found.shape == (features.SIZE,)
    assert np.isfinite(found).all()
    assert features.thumb(rgb).shape == (features.THUMB, features.THUMB, 3)


def test_statistics_tell_a_dark_picture_from_a_bright_one_and_hardly_care_for_its_size() -> None:
    rng = np.random.default_rng(1)
    coarse = rng.integers(40, 200, (12, 16, 3)).astype(np.uint8)
    small, large = coarse.repeat(10, 0).repeat(10, 1), coarse.repeat(60, 0).repeat(60, 1)
    near = np.abs(features.statistics(small) - features.statistics(large)).mean()
    far = np.abs(features.statistics(small) - features.statistics(small // 3)).mean()
    assert near < 0.1 * far


def test_lab_of_known_colours() -> None:
    found = features.lab(np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0]]], np.uint8))[0]
    assert found == pytest.approx(np.array([[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]]), abs=0.1)


def test_shrinking_keeps_the_shape_and_never_enlarges() -> None:
    assert features.shrink(np.zeros((3000, 1500, 3), np.uint8), 192).shape == (192, 96, 3)
    assert features.shrink(np.zeros((1, 5000, 3), np.uint8), 192).shape == (1, 192, 3)
    assert features.shrink(np.zeros((10, 20, 3), np.uint8), 192).shape == (10, 20, 3)


@pytest.mark.parametrize("text", ["It is dark, so I raise the exposure.", "A black-and-white picture; I don't add grain."])
def test_words_come_back_from_their_ids_as_they_were_written(text: str) -> None:
    words = Words.of([text])
    assert words.text(words.ids(text)) == text
    assert join(pieces(text)) == text


def test_words_that_are_not_known_are_left_out_and_long_texts_are_cut() -> None:
    words = Words.of(["a warm picture"])
    assert words.text(words.ids("a cold picture")) == "a picture"
    assert len(words.ids("warm " * 500)) == LONGEST_ANSWER
    assert words.ids("warm " * 500)[-1] == END


def test_any_numbers_at_all_give_valid_calls_in_canonical_order() -> None:
    rng = np.random.default_rng(3)
    for temperature in (0.0, 1.0):
        for _ in range(200):
            state = np.where(rng.random(16) < 0.3, rng.integers(1, 101, 16), 0).astype(np.float32) / np.float32(100)
            logits = rng.normal(0, 4, (16, decode.GATES)).astype(np.float32)
            gates = decode.choose_gates(logits, state, temperature=temperature, rng=rng)
            values = rng.normal(0, 1.5, 16).astype(np.float32)
            calls = decode.calls_of(gates, values, state, temperature=temperature, rng=rng)
            assert list(calls) == validate_calls(calls).calls


def test_keeping_keeps_the_exact_value_and_removing_takes_the_step_away() -> None:
    state = decode.state_of((ToolCall("exposure", 37), ToolCall("tint", -9)))
    gates = np.full(16, decode.KEEP)
    gates[NAMES.index("tint")] = decode.REMOVE
    assert decode.calls_of(gates, np.ones(16, np.float32), state[0]) == (ToolCall("exposure", 37),)


def test_what_is_not_in_force_cannot_be_removed() -> None:
    logits = np.zeros((16, decode.GATES), np.float32)
    logits[:, decode.REMOVE] = 9
    assert not (decode.choose_gates(logits, np.zeros(16, np.float32)) == decode.REMOVE).any()


def test_a_request_that_surely_asks_for_something_gets_the_likeliest_step() -> None:
    logits = np.tile(np.array([5.0, 0.0, 0.0, 0.0], np.float32), (16, 1))
    logits[7, decode.DOWN] = 4
    gates = decode.at_least_one(decode.choose_gates(logits, np.zeros(16, np.float32)), logits)
    assert [i for i in range(16) if gates[i] == decode.DOWN] == [7]


def test_writing_never_starts_with_the_end_never_writes_control_words_and_always_ends() -> None:
    wants_to_stop = np.full(20, -5.0, np.float32)
    wants_to_stop[: len(CONTROL)] = 9
    assert decode.next_word(wants_to_stop, 0) >= len(CONTROL)
    assert decode.next_word(wants_to_stop, 1) == END
    never_stops = np.zeros(20, np.float32)
    never_stops[END] = -9
    assert decode.next_word(never_stops, LONGEST_ANSWER - 1) == END


def test_a_plan_speaks_of_the_likelier_direction_of_what_is_likely() -> None:
    chances = np.array([0.9, 0.1, 0.2, 0.8, 0.4, 0.3], np.float32)
    sizes = np.array([1.0, 0.3, 0.3, 0.6, 0.9, 0.9], np.float32)
    assert decode.plan_of(chances, sizes) == pytest.approx(np.array([[1.0, -0.6, 0.0]]))


def test_values_become_whole_calls_within_range_and_small_ones_are_left_out() -> None:
    found = np.zeros(len(NAMES), np.float32)
    found[[NAMES.index("exposure"), NAMES.index("tint"), NAMES.index("fade")]] = (0.254, -0.02, -0.5)
    assert decode.calls_from(found) == (ToolCall("exposure", 25),)


def test_values_vary_with_temperature_only_and_the_same_for_the_same_seed() -> None:
    found = np.linspace(-0.5, 0.5, len(NAMES)).astype(np.float32)
    assert decode.varied(found, 0.0, np.random.default_rng(1)) is found
    first, again, other = (decode.varied(found, 0.8, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert (np.sign(first) == np.sign(found)).all()
