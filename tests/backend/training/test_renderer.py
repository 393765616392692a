"""The training renderer against the reference renderer, and the gradients it gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from backend.training.renderer import COUNT, INDEX, calls_of, pixel_places, render, render_points, values_of
from tool_mapping import reference
from tool_mapping.spec import NAMES, TOOLS, ToolCall


def random_values(rng: np.random.Generator, share: float) -> list[int]:
    return [int(rng.integers(t.minimum, t.maximum + 1)) if rng.random() < share else 0 for t in TOOLS]


def as_batch(rgb: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(rgb).permute(2, 0, 1)[None]


def reference_of(rgb: np.ndarray, values: list[int]) -> np.ndarray:
    calls = [ToolCall(name, v) for name, v in zip(NAMES, values, strict=True) if v]
    return reference.render(rgb, calls, seed=3)


@pytest.mark.parametrize("name", NAMES)
def test_each_tool_alone_equals_the_reference(name: str) -> None:
    rgb = np.random.default_rng(1).random((40, 56, 3)).astype(np.float32)
    greys = torch.from_numpy(reference.grain_greys(40, 56, 3))[None, None]
    tool = TOOLS[INDEX[name]]
    for value in (v for v in (tool.minimum, -40, 40, tool.maximum) if v >= tool.minimum):
        values = [0] * COUNT
        values[INDEX[name]] = value
        got = render(as_batch(rgb), torch.tensor([values]) / 100, greys)[0].permute(1, 2, 0).numpy()
        assert np.abs(got - reference_of(rgb, values)).max() < 1e-3, value


def test_random_stacks_equal_the_reference() -> None:
    rng = np.random.default_rng(0)
    greys = torch.from_numpy(reference.grain_greys(40, 56, 3))[None, None]
    for _ in range(25):
        rgb, values = rng.random((40, 56, 3)).astype(np.float32), random_values(rng, 0.4)
        got = render(as_batch(rgb), torch.tensor([values]) / 100, greys)[0].permute(1, 2, 0).numpy()
        assert np.abs(got - reference_of(rgb, values)).mean() < 0.1 / 255, values


def test_neutral_values_change_nothing() -> None:
    x = torch.rand(2, 3, 20, 30)
    assert torch.equal(render(x, torch.zeros(2, COUNT)), x)


def test_sampled_points_are_the_pixels_of_the_whole_picture() -> None:
    rng = np.random.default_rng(2)
    x = torch.rand(1, 3, 24, 32)
    values = random_values(rng, 0.6)
    values[INDEX["grain"]] = values[INDEX["sharpness"]] = 0
    f = torch.tensor([values]) / 100
    whole = render(x, f).reshape(1, 3, -1)
    points = render_points(x.reshape(1, 3, -1), pixel_places(24, 32)[None], f)
    assert torch.allclose(points, whole, atol=1e-5)


def test_samples_of_a_batch_do_not_touch_one_another() -> None:
    rng = np.random.default_rng(4)
    x, greys = torch.rand(3, 3, 20, 30), torch.rand(3, 1, 20, 30)
    f = torch.tensor([random_values(rng, 0.5) for _ in range(3)]) / 100
    together = render(x, f, greys)
    for i in range(3):
        assert torch.allclose(together[i], render(x[i: i + 1], f[i: i + 1], greys[i: i + 1])[0], atol=1e-5)


def test_every_value_has_a_gradient_even_where_pixels_clip() -> None:
    values = torch.full((1, COUNT), 0.3, requires_grad=True)
    render(torch.rand(1, 3, 20, 30) * 0.6 + 0.2, values, torch.rand(1, 1, 20, 30)).square().sum().backward()
    assert values.grad is not None
    assert bool((values.grad != 0).all())
    bright = torch.zeros(1, COUNT, requires_grad=True)
    render(torch.full((1, 3, 4, 4), 1.0), bright + torch.eye(COUNT)[INDEX["brightness"]] * 0.5).sum().backward()
    assert bright.grad is not None
    assert float(bright.grad[0, INDEX["brightness"]]) > 0


def test_calls_and_values_are_two_forms_of_one_thing() -> None:
    values = random_values(np.random.default_rng(7), 0.5)
    assert [round(v * 100) for v in values_of(calls_of(values))] == values
