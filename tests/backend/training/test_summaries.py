"""What a summary names: the intent of the steps as far as pixels show it, in sentences that can be read back."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from backend.agent import compare
from backend.training.effects import Wish
from backend.training.naming import effects_named
from backend.training.scenes import faults, tool_calls
from backend.training.summaries import meant, meant_by_mending, seen, sentence
from tool_mapping import reference


def _calls(**values: int) -> list[dict[str, int | str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _measured(*calls: dict[str, int | str]) -> dict[str, float]:
    cat = np.ascontiguousarray(data.chelsea()[::2, ::2])
    return compare.measure(cat, reference.render(cat, tool_calls(list(calls))))


def test_steps_that_do_the_same_are_one_intent_and_opposite_ones_cancel() -> None:
    assert set(meant(_calls(exposure=20, brightness=10))) == {"L"}
    assert meant(_calls(exposure=20, brightness=-17)) == {}
    assert meant(_calls(tint=30))["a"] < 0
    assert set(meant(_calls(saturation=-100, temperature=20, contrast=30))) == {"BW", "C"}
    assert set(meant(_calls(saturation=-70, temperature=30))) == {"X"}
    assert set(meant(_calls(blacks=25))) == {"F"}


def test_mending_a_photo_is_meant_to_turn_its_faults_round() -> None:
    picture = {"spoil": 5, "pre": _calls(contrast=30)}
    intent = meant_by_mending({"spoil": None, "pre": _calls(contrast=30)})
    assert intent == {"C": -30.0}
    named = {{"exposure": "L", "cast": "b", "haze": "C", "dull": "S"}[fault] for fault, _, _ in faults(5)}
    assert named <= set(meant_by_mending(picture))


def test_what_is_meant_is_named_only_where_it_is_seen() -> None:
    steps = _calls(temperature=40)
    assert [w.label[:-1] for w in seen(meant(steps), _measured(*steps)) or []] == ["b+"]
    assert seen(meant(steps), _measured()) == []


def test_pairs_that_are_neither_one_thing_nor_the_other_are_left_out() -> None:
    steps = _calls(temperature=5)
    assert compare.CLEAR < _measured(*steps)["b"] / compare.STEPS["b"][0] < 1
    assert seen({"b": 100.0}, _measured(*steps)) is None
    assert seen({}, _measured(*_calls(temperature=9))) is None  # there, but nobody meant it


def test_what_nobody_could_overlook_is_named_though_nobody_meant_it() -> None:
    found = seen({}, _measured(*_calls(temperature=60)))
    assert found is not None
    assert [w.label[:-1] for w in found] == ["b+"]


@pytest.mark.parametrize("seed", range(40))
def test_a_sentence_names_exactly_its_effects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axes = rng.choice([a for a in compare.STEPS if a not in ("SH", "HL")], size=3, replace=False)
    signs = [1 if axis in ("F", "N") or rng.random() < 0.5 else -1 for axis in axes]
    wishes = [Wish(str(axis), sign, str(rng.choice(list("sml")))) for axis, sign in zip(axes, signs, strict=True)]
    assert effects_named(sentence(wishes, rng)) == {w.label[:-1] for w in wishes}
