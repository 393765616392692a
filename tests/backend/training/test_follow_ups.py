"""Follow-ups: what they do to the steps in force, told by their words; steps that are not spoken of stay exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from backend.training import follow_ups, items
from backend.training.compose import PHRASES
from backend.training.effects import Wish
from backend.training.follow_ups import _Turn, eased, in_force
from backend.training.items import Item, Scene
from backend.training.language import Utterance
from backend.training.phrases_refine import CALLED, NOUN_SCALES, SCALES, TOO_FAR
from backend.training.renderer import INDEX
from backend.training.scenes import before_picture, photo_files
from tests.backend.training.shared_data import SHARED, needs_shared
from tool_mapping.spec import TOOLS


def _values(**tools: int) -> list[int]:
    out = [0] * 16
    for name, value in tools.items():
        out[INDEX[name]] = value
    return out


@pytest.fixture(scope="module")
def scene() -> Scene:
    torch.set_num_threads(1)
    picture = {"photo": photo_files(SHARED, "train")[3], "crop": [0.0, 0.0, 1.0, 1.0], "flip": False, "spoil": None, "pre": []}
    assert before_picture(picture, SHARED / "data").shape[2] == 3
    return Scene.of(picture, SHARED / "data", 1)


def _turn(scene: Scene, now: list[int], before: list[int] | None = None, seed: int = 1) -> _Turn:
    return _Turn(np.random.default_rng(seed), scene, now, before or [0] * 16)


def test_words_of_more_grow_the_change_and_words_of_less_shrink_it() -> None:
    for factor, texts in SCALES.items():
        for text in texts:
            words = set(text.lower().replace(",", "").split())
            if words & {"less", "weaker", "subtler", "gentler", "milder"}:
                assert factor < 1, text
            if words & {"stronger", "double", "twice", "bolder"}:
                assert factor > 1, text
    assert all(("more" in text) <= (factor > 1) for factor, texts in NOUN_SCALES.items() for text in texts)
    assert all(factor < 1 for factor in TOO_FAR)


def test_what_is_in_force_has_a_name_and_words() -> None:
    now = _values(exposure=20, temperature=-12, vignette=-30, fade=10, saturation=-100)
    assert set(in_force(now)) == {("L", 1), ("b", -1), ("V", -1), ("F", 1), ("BW", 1)}
    assert all(key in CALLED for key in in_force(now))


@needs_shared
def test_too_warm_takes_back_a_part_of_the_warmth_and_nothing_else(scene: Scene) -> None:
    now = _values(temperature=40, contrast=20)
    new = eased(scene, now, "b", 1, 0.55)
    assert new is not None
    assert 0 <= new[INDEX["temperature"]] <= 22
    assert new[INDEX["contrast"]] == 20


@needs_shared
def test_less_of_hardly_anything_takes_it_off_rather_than_crossing_over(scene: Scene) -> None:
    new = eased(scene, _values(temperature=9), "b", 1, 0.75)
    assert new is None or 0 <= new[INDEX["temperature"]] < 7


@needs_shared
def test_bare_more_moves_every_step_of_the_last_turn_only(scene: Scene) -> None:
    before, now = _values(exposure=20), _values(exposure=20, contrast=10, grain=1)
    after = _turn(scene, now, before).rescaled(1.25)
    assert after[INDEX["exposure"]] == 20
    assert after[INDEX["contrast"]] == 12
    assert after[INDEX["grain"]] == 2


@needs_shared
def test_black_and_white_stays_so_when_the_rest_is_asked_to_be_weaker(scene: Scene) -> None:
    after = _turn(scene, _values(saturation=-100, contrast=40)).rescaled(0.5)
    assert (after[INDEX["saturation"]], after[INDEX["contrast"]]) == (-100, 20)
    assert _turn(scene, _values(saturation=-100)).rescaled(0.5)[INDEX["saturation"]] == -50


@needs_shared
@pytest.mark.parametrize("seed", range(6))
def test_even_more_goes_on_from_what_is_in_force_and_never_back(scene: Scene, seed: int) -> None:
    turn = _turn(scene, _values(exposure=14, temperature=20, saturation=15), seed=seed)
    assert turn.even_more()
    item = Item(scene, "refine", turn.utterance, start=turn.start, extra={"asked": turn.asked})
    items.solve_items([item])
    assert item.values is not None
    axis, tool = turn.asked[0][0], {"L": "exposure", "b": "temperature", "S": "saturation"}[turn.asked[0][0]]
    others = [t for t in ("exposure", "temperature", "saturation") if t != tool]
    assert item.values[INDEX[tool]] >= turn.now[INDEX[tool]]
    assert all(item.values[INDEX[t]] == turn.now[INDEX[t]] for t in others), (axis, turn.utterance)


@needs_shared
def test_a_sentence_about_less_of_something_needs_that_in_force(scene: Scene) -> None:
    heavy = Wish("V", 1, "s")
    assert not _turn(scene, _values(exposure=20)).makes_sense(heavy, "the vignette is a bit heavy")
    assert _turn(scene, _values(vignette=-30)).makes_sense(heavy, "the vignette is a bit heavy")
    assert not _turn(scene, _values(exposure=20)).makes_sense(Wish("H", -1, "m"), "you overdid the sharpening")


@needs_shared
def test_each_kind_of_follow_up_says_something_and_stays_within_range(scene: Scene) -> None:
    now = _values(exposure=24, contrast=30, temperature=-20, vignette=-35)
    for kind in follow_ups._KINDS:
        if kind == "everyday":
            continue
        done = [turn for seed in range(12) if getattr(turn := _turn(scene, now, seed=seed), kind)()]
        assert done, kind
        for turn in done:
            assert turn.utterance != Utterance("")
            assert turn.utterance.text.strip()
            assert turn.values is not None or turn.asked
            for value, tool in zip(turn.values or turn.start, TOOLS, strict=True):
                assert tool.minimum <= value <= tool.maximum


def test_what_can_go_too_far_has_a_word_for_it() -> None:
    assert all(PHRASES[axis, -sign].complaints for axis, sign in CALLED if axis in "LCSab")
