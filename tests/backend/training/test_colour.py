"""Colour measures in torch against the benchmark's own, and what they say about plain changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from PIL import Image

from backend.training.colour import AXES, SEEN, Yardstick, to_lab
from backend.training.renderer import pixel_places
from tests.backend.training.shared_data import bench_module, needs_shared


def pixels(rgb: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(rgb.reshape(-1, 3).T.astype(np.float32) / 255)[None]


def test_white_grey_and_black_have_no_colour() -> None:
    lab = to_lab(torch.tensor([[1.0, 0.5, 0.0]]).expand(3, 3)[None])
    assert lab[0, 0, 0] == pytest.approx(100, abs=0.01)
    assert lab[0, 0, 2] == pytest.approx(0, abs=0.01)
    assert lab[0, 1:].abs().max() < 0.02


@needs_shared
def test_lab_is_the_benchmarks() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    expected = bench_module("effects").lab(rgb).reshape(-1, 3).T
    assert np.abs(to_lab(pixels(rgb))[0].numpy() - expected).max() < 0.01


@needs_shared
def test_amounts_are_the_benchmarks() -> None:
    bench, rng = bench_module("effects"), np.random.default_rng(1)
    before = (np.clip(rng.random((192, 256, 3)) * np.linspace(0.2, 1, 256)[None, :, None], 0, 1) * 220).astype(np.uint8)
    after = np.clip(before.astype(float) * [1.1, 1.0, 0.9] + 9, 0, 255).astype(np.uint8)
    expected = bench.measure(Image.fromarray(before), Image.fromarray(after))
    uv = pixel_places(192, 256)[None]
    amounts, lab = Yardstick.of(pixels(before), uv).measure(pixels(after), exact=True)
    for axis in ("L", "C", "S", "a", "b", "SH", "HL"):
        assert float(amounts[0, AXES.index(axis)]) / SEEN[axis] == pytest.approx(expected[axis], abs=0.15), axis
    assert float(Yardstick.of(pixels(before), uv).newly_clipped(lab)[0]) == pytest.approx(expected["clipped"], abs=0.002)


def test_the_smooth_measure_agrees_with_the_exact_one_on_a_tone_change() -> None:
    x = torch.rand(1, 3, 4000)
    uv = torch.rand(1, 4000, 2) * 2 - 1
    stick = Yardstick.of(x, uv)
    smooth, _ = stick.measure(x * 0.8)
    exact, _ = stick.measure(x * 0.8, exact=True)
    assert float(smooth[0, AXES.index("C")]) == pytest.approx(float(exact[0, AXES.index("C")]), abs=0.02)
    assert float(exact[0, AXES.index("C")]) < -math.log(1.03)
