"""Slips of the finger are put right; words that people mean stay as they are."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from backend import agent
from backend.agent.onnx_agent import read_config
from backend.agent.spelling import Spelling, one_slip_away, words_of


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    folder = agent.DEFAULT_MODEL
    return Spelling(read_config(folder)["spelling"], Tokenizer.from_file(str(folder / "tokenizer.json")))


@pytest.mark.parametrize(("typed", "meant"), [
    ("the orignal pls", "the original pls"), ("too mcuh contrsat", "too much contrast"), ("Brigther!", "brighter!"),
    ("yelow, not gren", "yellow, not gren"), ("wihtout the vignete", "without the vignette"),
])
def test_slips_are_put_right(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.correct(typed) == meant


@pytest.mark.parametrize("said", [
    "Brighten it, don't darken it", "cant you lighten the tint", "my nan in Aberdeen", "Ektachrome look", "x1y2 ---", "", "🙂",
])
def test_what_is_no_slip_stays(spelling: Spelling, said: str) -> None:
    assert spelling.correct(said) == said


def test_one_slip_is_a_letter_more_less_other_or_swapped() -> None:
    assert {"warm", "warmre", "wamer", "warmerr", "warper", "awrmer"} & one_slip_away("warmer") == {
        "warmre", "wamer", "warmerr", "warper", "awrmer",
    }
    assert one_slip_away("much") == {"umch", "mcuh", "muhc"}


def test_the_commonest_words_come_first() -> None:
    assert words_of(["warm light", "warm can't it"]) == ["warm", "light", "cant"]
