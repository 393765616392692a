"""Templates: every one has a meaning, all choices are resolved, and sizes in the words are the sizes in the labels."""

from __future__ import annotations

import numpy as np
import pytest

from backend.training.effects import parse, parse_one
from backend.training.templates import TEMPLATES, from_template, read


def test_every_template_means_something_that_can_be_asked() -> None:
    for effects, keep, template in TEMPLATES:
        parse([label.replace("?", "m") for label in effects])
        assert template.count("[") == template.count("]")
        asked = {parse_one(label.split("|")[0].replace("?", "m")).axis for label in effects}
        assert not asked & set(keep), template


def test_words_have_no_choices_left_and_much_variety() -> None:
    rng = np.random.default_rng(1)
    drawn = [from_template(rng) for _ in range(3000)]
    assert not [words for words, _, _ in drawn if set(words.replace("{it}", "")) & set("[]{}|")]
    assert len({words for words, _, _ in drawn}) > 1500


def test_little_and_much_in_the_words_are_so_in_the_labels() -> None:
    rng = np.random.default_rng(2)
    for _ in range(3000):
        words, effects, _ = from_template(rng)
        if "by 50%" in words or "dramatically" in words:
            assert any(label.endswith("l") for label in effects), (words, effects)
        if "slightly" in words and "very slightly" not in words:
            assert any(label.endswith("s") for label in effects), (words, effects)


def test_a_template_without_a_meaning_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a meaning"):
        read("# a remark\nmake it brighter\n")
    assert read("= L+? / S\nbrighter\n") == [(["L+?"], ["S"], "brighter")]
