"""Wishes in plain words. That the shipped network understands them is held in test_onnx_agent.py."""

from __future__ import annotations

from backend.agent.plain import WORDS, restated


def test_wishes_are_said_with_their_sizes_in_one_sentence() -> None:
    sizes = {"b+": 1 / 3, "C-": 2 / 3, "L+": 1.0, "BW+": 2 / 3}
    assert restated({"b+": 1.0}, sizes) == "a bit warmer"
    assert restated({"b+": 1.0, "C-": 1.0}, sizes) == "a bit warmer and less contrast"
    assert restated({"L+": 1.0, "b+": 1.0, "BW+": 1.0}, sizes) == "much brighter, a bit warmer and black and white"


def test_what_has_no_plain_words_is_left_out() -> None:
    assert restated({"X-": 1.0}, {"X-": 1.0}) == ""
    assert restated({"X-": 1.0, "L+": 1.0}, {"X-": 1.0, "L+": 1.0}) == "much brighter"
    assert restated({}, {}) == ""


def test_no_two_wishes_are_said_in_the_same_words_but_for_fade_taken_out() -> None:
    said = [words for axis, sizes in WORDS.items() if axis != "F-" for words in dict.fromkeys(sizes)]
    assert len(said) == len(set(said))
