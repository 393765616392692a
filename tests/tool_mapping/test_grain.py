"""The grain's noise: the same bytes everywhere, normal, without a pattern, in every depth as Krita keeps it."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tool_mapping import grain, laws, reference

DTYPES = {"U8": np.uint8, "U16": np.uint16, "F16": np.float16}
SPACES = [(model, depth) for model in grain.CHANNELS for depth in DTYPES]


def test_the_noise_of_a_size_and_a_seed_is_the_same_in_every_python() -> None:
    made = grain.cells(1200, 800, 7)
    assert hashlib.sha256(made.greys).hexdigest() == "60476e016ba99604b2236ad07fcd6682768d2097abc7928f5dd46a506f27483b"
    assert grain.cells(1200, 800, 8).greys != made.greys


@pytest.mark.parametrize("width", [600, 1500, 2200, 6000])
def test_it_is_normal_noise_about_the_middle_of_the_strength_that_the_law_says(width: int) -> None:
    noise = reference.grain_greys(400, width) * 2 - 1
    cell = laws.grain_cell(width)
    apart = noise[::cell, ::cell]
    assert abs(apart.mean()) < 4 * apart.std() / apart.size**0.5
    spread = laws.grain_spread(width)
    assert (np.abs(apart) < spread).mean() == pytest.approx(0.683, abs=0.02)
    assert (np.abs(apart) < 2 * spread).mean() == pytest.approx(0.954, abs=0.02) or 2 * spread > 1
    assert apart.clip(-0.5, 0.5).std() == pytest.approx(laws.grain_deviation(width), rel=0.02)
    for shift in (1, 2, 7, 64, 128):  # of whatever repeats, some neighbours would be alike
        assert abs((apart[:, shift:] * apart[:, :-shift]).mean() / apart.var()) < 0.02
        assert abs((apart[shift:] * apart[:-shift]).mean() / apart.var()) < 0.02 if shift < 64 else True


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 4), st.sampled_from(SPACES), st.data())
def test_pixels_are_the_greys_opaque_in_every_depth(columns: int, height: int, cell: int, space: tuple[str, str], data) -> None:
    width = columns + 1500 * (cell - 1)
    model, depth = space
    top = data.draw(st.integers(0, height - 1))
    rows = data.draw(st.integers(1, height - top))
    made = bytes(grain.pixels(grain.cells(width, height), width, top, rows, model=model, depth=depth))
    assert len(made) == width * rows * grain.pixel_size(model, depth)
    one = 1.0 if depth == "F16" else np.iinfo(DTYPES[depth]).max
    pixels = np.frombuffer(made, DTYPES[depth]).reshape(rows, width, -1) / one
    greys = reference.grain_greys(height, width)[top:top + rows]
    assert np.abs(pixels[..., :-1] - greys[..., None]).max() < 3e-4
    assert (pixels[..., -1] == 1).all()


@pytest.mark.parametrize(("model", "depth"), SPACES)
def test_the_alpha_of_pixels_is_a_mask_to_and_fro(model: str, depth: str) -> None:
    size = grain.pixel_size(model, depth)
    data = bytearray(grain.pixels(grain.cells(256, 1), 256, 0, 1, model=model, depth=depth))
    before = bytes(data)
    mask = bytes(range(256))
    grain.set_alpha(data, mask, depth=depth, size=size)
    assert grain.alpha_of(bytes(data), depth=depth, size=size) == mask
    grain.set_alpha(data, b"\xff" * 256, depth=depth, size=size)
    assert data == before


def test_an_alpha_beyond_what_a_mask_can_say_is_read_as_its_nearest() -> None:
    halves = np.array([[0, -0.5], [0, 7.0], [0, 0.5001], [0, np.inf]], np.float16)
    assert grain.alpha_of(halves.tobytes(), depth="F16", size=4) == bytes([0, 255, 128, 255])
