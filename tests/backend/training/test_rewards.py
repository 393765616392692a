"""Rewards: what they are at their ends, and that they prefer what a person would."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training dependencies are not installed")

import torch

from backend.training.colour import Yardstick
from backend.training.naming import effects_named
from backend.training.renderer import INDEX, render_points
from backend.training.rewards import asked, difference, likeness, named_reward, overlap, steps_reward, usefulness
from backend.training.samples import wish_targets

COUNT = 400


@pytest.fixture
def photo() -> tuple[torch.Tensor, torch.Tensor]:
    """A batch of one: smooth colours from dark to light, and their places."""
    generator = torch.Generator().manual_seed(3)
    return 0.1 + 0.5 * torch.rand(1, 3, COUNT, generator=generator), 2 * torch.rand(1, COUNT, 2, generator=generator) - 1


def values(**calls: int) -> torch.Tensor:
    out = torch.zeros(1, 16)
    for name, value in calls.items():
        out[0, INDEX[name]] = value / 100
    return out


def wishes(*labels: str) -> tuple[torch.Tensor, torch.Tensor]:
    asked_for, sizes = wish_targets(list(labels))
    return torch.from_numpy(asked_for)[None], torch.from_numpy(sizes)[None]


def reward(photo: tuple[torch.Tensor, torch.Tensor], found: torch.Tensor, teacher: torch.Tensor, *labels: str,
           state: torch.Tensor | None = None) -> float:
    points, uv = photo
    asked_for, sizes = wishes(*labels)
    return float(steps_reward(
        points, uv, found, state=torch.zeros(1, 16) if state is None else state, teacher=teacher, target=points,
        original=torch.zeros(1), wishes=asked_for, sizes=sizes, task=torch.tensor([0 if state is None else 1]),
    ))


def test_likeness_is_one_at_the_target_none_without_an_edit_and_never_below_minus_one() -> None:
    before, target = torch.full((1, 3, 9), 0.2), torch.full((1, 3, 9), 0.5)
    assert float(likeness(before, target, target)) == pytest.approx(1, abs=1e-3)
    assert float(likeness(before, before, target)) == pytest.approx(0, abs=1e-3)
    assert float(likeness(before, torch.ones(1, 3, 9), target)) == pytest.approx(-2 / 3, abs=0.01)
    assert float(likeness(before, torch.zeros(1, 3, 9), torch.full((1, 3, 9), 0.21))) == -1


def test_a_call_that_brings_the_picture_nearer_is_useful_and_one_that_does_not_is_not(photo) -> None:
    points, uv = photo
    target = render_points(points, uv, values(exposure=40))
    assert float(usefulness(points, uv, values(exposure=40), target)) == 1
    assert float(usefulness(points, uv, values(exposure=40, tint=50), target)) == 0
    assert float(usefulness(points, uv, values(), target)) == 0


def test_what_is_asked_counts_when_it_is_seen_and_against_when_it_goes_the_other_way(photo) -> None:
    points, uv = photo
    stick = Yardstick.of(points, uv)
    brighter, darker = (render_points(points, uv, values(exposure=v)) for v in (25, -25))
    assert float(asked(stick, brighter, *wishes("L+m"))) > 0.9
    assert float(asked(stick, darker, *wishes("L+m"))) < -0.6
    assert float(asked(stick, brighter, *wishes("L+m|S+m"))) > 0.9


def test_an_unasked_cast_costs(photo) -> None:
    points, uv = photo
    stick = Yardstick.of(points, uv)
    clean, warm = (render_points(points, uv, values(exposure=25, temperature=t)) for t in (0, 45))
    assert float(asked(stick, warm, *wishes("L+m"))) < float(asked(stick, clean, *wishes("L+m"))) - 0.3


def test_refining_is_rewarded_for_what_should_change_and_punished_for_what_should_not(photo) -> None:
    old, target = values(exposure=40, temperature=20), values(exposure=20, temperature=20)
    assert float(difference(old, target, target)) == 1
    assert float(difference(old, old, target)) == pytest.approx(0, abs=1e-5)
    assert float(overlap(old, target, target)) == 1
    assert float(overlap(old, values(exposure=20, temperature=0), target)) == 0
    good, bad = (reward(photo, v, target, "L-m", state=old) for v in (target, values(exposure=60, temperature=20)))
    assert good > 0.9 > 0 > bad


def test_where_nothing_should_be_done_doing_nothing_is_best(photo) -> None:
    assert reward(photo, values(), values()) == 1
    assert reward(photo, values(exposure=20), values()) == -1


def test_the_teachers_answer_beats_its_parts_and_its_contrary(photo) -> None:
    teacher = values(exposure=25, temperature=30)
    whole, part, contrary = (
        reward(photo, v, teacher, "L+m", "b+m") for v in (teacher, values(exposure=25), values(exposure=-25, temperature=-30))
    )
    assert whole > part > contrary
    assert whole > 0.9


def test_a_summary_is_scored_by_the_effects_that_it_names() -> None:
    true = effects_named("They like a warmer picture with more contrast.")
    assert true == {"b+", "C+"}
    assert named_reward(true, true) == 1
    assert named_reward(set(), true) == -1
    assert -1 < named_reward({"b+"}, true) < 1
    assert named_reward(set(), set()) == 1
