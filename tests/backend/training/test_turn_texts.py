"""Written follow-ups: what their labels mean, and the steps that they are said about."""

from __future__ import annotations

import numpy as np
import pytest

from backend.agent.turns import ALL, LAST, REST
from backend.training.in_force import situation
from backend.training.looks import LOOKS
from backend.training.turn_texts import FIRST_SAID, WRITTEN, InTurn, Said, read_line, written
from tool_mapping.spec import BY_NAME


def test_a_line_says_what_becomes_of_what() -> None:
    assert read_line("x0.6 | steady on") == Said("steady on", 0.6)
    assert read_line("x0 all | start over") == Said("start over", 0.0, ALL)
    assert read_line("x0 -N x0.5 -V V+m | no grain, half the vignette").taken == {"N": 0.0, "V": 0.5}
    assert read_line("=S L+m | brighter, leave the colours") == Said(
        "brighter, leave the colours", held=frozenset({"S"}), effects=("L+m",)
    )
    rest = read_line("x0 -b x1.5 rest | the warmth goes, the rest may be stronger")
    assert (rest.factor, rest.reach, rest.taken) == (1.5, REST, {"b": 0.0})
    assert read_line("| lovely") == Said("lovely")


def test_a_line_says_which_turn_it_speaks_of() -> None:
    glow = read_line("x1.5 @golden_hour | let it glow more")
    assert (glow.factor, glow.reach) == (1.5, LAST)
    assert glow.look is not None
    assert glow.look.names[0] == "golden hour"
    assert read_line("x0 ~b- | the first dose of cold was enough").twice == "b-"
    assert read_line("x0 ~ | one notch back").twice == ""
    assert read_line("x0 | undo").twice is None


@pytest.mark.parametrize("line", [
    "x0 @nothing | hm", "Q+m | hm", "x-0.5 | hm", "x0 ~Q- | hm", "x0.5 x0.6 | hm", "L+m|Q+m | hm", "L+m|S | hm",
])
def test_a_label_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="hm"):
        read_line(line)


def test_every_written_line_can_be_read_and_none_stands_there_twice() -> None:
    texts = [turn.text for path in (WRITTEN, FIRST_SAID) for held in (False, True) for turn in written(path, held=held)]
    assert len(texts) == len(set(texts)) > 10_000


def test_each_line_comes_once_before_any_comes_again() -> None:
    source, rng = InTurn([Said(word) for word in "abcdefg"]), np.random.default_rng(0)
    drawn = [source.draw(rng).text for _ in range(21)]
    assert [sorted(drawn[i : i + 7]) for i in (0, 7, 14)] == [list("abcdefg")] * 3
    assert drawn[:7] != drawn[7:14]


def test_what_is_said_first_only_wishes() -> None:
    for turn in written(FIRST_SAID):
        assert turn.effects, turn
        assert (turn.factor, turn.taken, turn.look) == (None, {}, None), turn


def test_a_wish_with_two_honest_readings_is_one_label() -> None:
    assert read_line("S+m|b+m V+m | we look like ghosts") == Said("we look like ghosts", effects=("S+m|b+m", "V+m"))


@pytest.mark.parametrize("what", ["b-", "V-", "HL-", "L+", "N+", ""])
def test_what_was_done_twice_goes_back_to_its_first_value(what: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        here = situation(rng, factor=0.0, reach=LAST, taken={}, held=(), effects=(), twice=what)
        moved = {tool for tool, value in here.in_force.items() if here.previous.get(tool, 0) != value}
        assert moved
        assert len(here.requests) == 2
        for tool in moved:
            first, second = here.previous[tool], here.in_force[tool]
            assert 0 < abs(first) < abs(second)
            assert first * second > 0
            assert BY_NAME[tool].minimum <= second <= BY_NAME[tool].maximum


def test_a_look_that_is_spoken_of_is_what_the_last_turn_did() -> None:
    rng, noir = np.random.default_rng(3), next(look for look in LOOKS if "noir" in look.names)
    for _ in range(20):
        here = situation(rng, factor=1.5, reach=LAST, taken={}, held=(), effects=(), look=noir)
        assert here.in_force["saturation"] == -100
        assert "saturation" not in here.previous or here.previous["saturation"] != -100
        assert here.requests[-1] in noir.names
