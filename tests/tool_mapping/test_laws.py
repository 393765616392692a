"""The laws of the tools: exact identity at 0, tonal order kept, grey kept grey, one look at every size."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tool_mapping import laws, reference
from tool_mapping.spec import NAMES, TOOLS, ToolCall

TONE_TOOLS = [*laws.AFFINE, *laws.CURVE]
RAMP = np.repeat(np.linspace(0, 1, 1025, dtype=np.float32)[None, :, None], 3, axis=2)
PHOTO = np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8)
VALUES = [(tool.name, value) for tool in TOOLS for value in sorted({tool.minimum, tool.minimum // 2, 1, 50, 100}) if value]


def values(name: str) -> range:
    tool = next(tool for tool in TOOLS if tool.name == name)
    return range(tool.minimum, tool.maximum + 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_tool_at_zero_changes_nothing_at_all(dtype: type):
    photo = PHOTO.astype(dtype) if np.issubdtype(dtype, np.integer) else PHOTO.astype(dtype) / dtype(255)
    after = reference.render(photo, [ToolCall(name, 0) for name in NAMES])
    assert after.dtype == photo.dtype
    assert np.array_equal(after, photo)


@pytest.mark.parametrize("name", [*laws.AFFINE, *laws.CURVE, *laws.SATURATION])
def test_the_law_itself_is_the_identity_at_zero(name: str):
    for x in (0.0, 0.1, 0.5, 0.77, 1.0):
        if name in laws.AFFINE:
            assert laws.AFFINE[name](0.0) == (1.0, 0.0)
        else:
            assert {**laws.CURVE, **laws.SATURATION}[name](x, 0.0) == pytest.approx(x, abs=1e-15)


@pytest.mark.parametrize("name", TONE_TOOLS)
def test_tones_keep_their_order_at_every_value(name: str):
    for value in values(name):
        after = reference.apply_call(RAMP, ToolCall(name, value))[0, :, 0]
        assert (np.diff(after) >= -1e-6).all(), f"{name} {value} turns tones round"


@pytest.mark.parametrize("name", TONE_TOOLS)
def test_a_larger_value_never_does_less(name: str):
    """Each value against the next: the mean moves one way. Contrasts turn about the middle, so there the bright half counts."""
    half = RAMP[:, 513:] if "contrast" in name else RAMP
    means = [float(reference.apply_call(half, ToolCall(name, value)).mean()) for value in values(name)]
    assert all(b > a for a, b in pairwise(means))


@pytest.mark.parametrize("name", list(laws.CURVE))
def test_curves_leave_black_and_white_where_they_are(name: str):
    for value in values(name):
        after = reference.apply_call(RAMP, ToolCall(name, value))[0, :, 0]
        assert after[0] == pytest.approx(0, abs=1e-6)
        assert after[-1] == pytest.approx(1, abs=1e-6)


def test_shadows_change_dark_tones_most_and_highlights_bright_ones():
    dark, bright = RAMP[:, 100:300], RAMP[:, 725:925]
    for value in (-60, 60):
        def moved(x: reference.Array, name: str, value: int = value) -> float:
            return float(np.abs(reference.apply_call(x, ToolCall(name, value)) - x).mean())

        assert moved(dark, "shadows") > 2 * moved(bright, "shadows")
        assert moved(bright, "highlights") > 2 * moved(dark, "highlights")


@pytest.mark.parametrize("name", ["saturation", "vibrance"])
def test_grey_stays_grey(name: str):
    for value in (-100, -50, 50, 100):
        assert np.array_equal(reference.apply_call(RAMP, ToolCall(name, value)), RAMP)


def test_saturation_at_its_least_is_black_and_white_and_vibrance_spares_strong_colours():
    x = (PHOTO / 255).astype(np.float32)
    grey = reference.apply_call(x, ToolCall("saturation", -100))
    assert np.ptp(grey, axis=-1).max() < 1e-6
    pure = np.array([[[1, 0, 0], [0, 0.5, 0], [1, 1, 0]]], np.float32)
    assert np.allclose(reference.apply_call(pure, ToolCall("vibrance", 100)), pure, atol=1e-6)


@given(st.integers(-100, 100), st.floats(0, 1))
def test_natural_contrast_is_undone_by_its_negative(value: int, x: float):
    there = laws.natural_contrast(x, value / 100)
    assert laws.natural_contrast(there, -value / 100) == pytest.approx(x, abs=1e-9)


def test_signs_mean_what_they_are_said_to_mean():
    def mean(name: str, value: int, photo: np.ndarray = PHOTO) -> np.ndarray:
        return reference.render(photo, [ToolCall(name, value)]).astype(float).mean((0, 1)) - photo.mean((0, 1))

    warmer, greener = mean("temperature", 40), mean("tint", 40)
    assert warmer[0] > 0 > warmer[2]
    assert greener[1] > 0 == greener[0]
    flat = np.full((60, 90, 3), 120, np.uint8)
    darker = reference.render(flat, [ToolCall("vignette", -60)])
    assert darker[0, 0, 0] < 70
    assert darker[30, 45, 0] == 120


@pytest.mark.parametrize(("name", "value"), [pair for pair in VALUES if pair[0] in ("sharpness", "vignette", "grain")])
def test_a_preview_and_the_original_look_alike(name: str, value: int):
    """A picture of 3000 pixels, edited and then reduced to 750, against the reduced picture edited: within a few levels."""
    rng = np.random.default_rng(1)
    coarse = rng.random((8, 40, 3))
    big = np.kron(coarse, np.ones((75, 75, 1))).astype(np.float32)
    big = reference.gaussian_blur(big, 4.0)

    def reduced(x: np.ndarray) -> np.ndarray:
        return x.reshape(x.shape[0] // 4, 4, x.shape[1] // 4, 4, 3).mean((1, 3))

    call = ToolCall(name, value)
    original = reduced(reference.apply_call(big, call))
    preview = reference.apply_call(np.ascontiguousarray(reduced(big), np.float32), call)
    if name == "grain":
        flat = np.full((600, 3000, 3), 0.5, np.float32)
        strong = min(value, 50)  # beyond that noise is cut off at black and white
        original = reduced(reference.apply_call(flat, ToolCall(name, strong)))
        preview = reference.apply_call(np.full((150, 750, 3), 0.5, np.float32), ToolCall(name, strong))
        assert original.std() == pytest.approx(preview.std(), rel=0.05)
    else:
        changed = np.abs(preview - reduced(big)).mean()
        assert np.abs(original - preview).mean() < max(0.25 * changed, 0.002)


def test_grain_is_the_same_for_the_same_seed_and_another_for_another():
    calls = [ToolCall("grain", 30)]
    first, again = (reference.render(PHOTO, calls, seed=1) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, reference.render(PHOTO, calls, seed=2))


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_eight_and_sixteen_bits_and_floats_agree(name: str, value: int):
    calls = [ToolCall(name, value)]
    floats = reference.render(PHOTO.astype(np.float32) / 255, calls)
    assert np.abs(reference.render(PHOTO, calls) / 255 - floats).max() < 3 / 255
    deep = reference.render(PHOTO.astype(np.uint16) * 257, calls)
    assert np.abs(deep / 65535 - floats).max() < 5e-4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(VALUES), max_size=6), st.integers(1, 300), st.integers(1, 40))
def test_strips_and_tables_give_the_same_as_one_step_after_the_other(picks: list, height: int, width: int):
    photo = np.random.default_rng(height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    calls = [ToolCall(*pick) for pick in picks]
    step_by_step = photo
    for call in calls:
        step_by_step = reference.render(step_by_step, [call])
    after = reference.render(photo, calls)
    assert np.array_equal(after, step_by_step)
    assert after.shape == photo.shape


def test_a_picture_of_one_pixel_goes_through_every_tool():
    pixel = np.array([[[200, 100, 50]]], np.uint8)
    for name, value in VALUES:
        assert reference.render(pixel, [ToolCall(name, value)]).shape == (1, 1, 3)


def test_a_picture_with_another_number_of_channels_is_refused():
    with pytest.raises(ValueError, match="takes"):
        reference.render(np.zeros((4, 4), np.uint8), [])
