"""The quick renderer for 8-bit pictures and the quick blur do what the plain formulas say, at every size and on every core."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tool_mapping import blur, reference, strips
from tool_mapping.spec import TOOLS, ToolCall

VALUES = [(t.name, v) for t in TOOLS for v in (-100, -70, -35, -1, 1, 35, 70, 100) if t.minimum <= v]
NOISE = np.random.default_rng(3).integers(0, 256, (97, 131, 3), dtype=np.uint8)
SMOOTH = (reference.gaussian_blur(NOISE.astype(np.float32), 6.0) * 4 - 380).clip(0, 255).astype(np.uint8)


def plainly(photo: np.ndarray, call: ToolCall) -> np.ndarray:
    """The law on floats, rounded to whole levels."""
    return (reference.apply_call(np.divide(photo, 255, dtype=np.float32), call) * 255 + 0.5).astype(np.uint8)


@pytest.mark.parametrize(("name", "value"), VALUES)
@pytest.mark.parametrize("photo", [NOISE, SMOOTH], ids=["noise", "smooth"])
def test_eight_bits_are_the_law_rounded_to_whole_levels(photo: np.ndarray, name: str, value: int):
    call = ToolCall(name, value)
    off = np.abs(reference.render(photo, [call]).astype(int) - plainly(photo, call))
    if name == "sharpness" and value > 0:  # Krita rounds what is blurred, too, and cuts the result off: up to 2 levels
        assert off.max() <= 2
    else:
        assert off.max() <= 1
        assert (off > 0).mean() < 0.04  # where a half level meets the rounding of floats


def blurred_plainly(x: np.ndarray, sigma: float) -> np.ndarray:
    half = blur.reach(sigma)
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(x.astype(np.float64), ((half, half), (half, half), (0, 0)), mode="edge")
    for axis in (0, 1):
        padded = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis) @ kernel
    return padded


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 150), st.integers(1, 150), st.floats(0.3, 40), st.booleans())
def test_the_blur_is_a_gaussian_cut_where_krita_cuts_it(height: int, width: int, sigma: float, hard: bool):
    x = np.random.default_rng(height * 151 + width).random((height, width, 3), dtype=np.float32)
    x = (x > 0.5).astype(np.float32) if hard else x
    off = np.abs(reference.gaussian_blur(x, sigma) - blurred_plainly(x, sigma))
    assert off.max() < (2e-6 if sigma < 4 else 3e-3)  # of 1: below 0.8 of 255 levels at the worst pixel
    assert off.mean() < 5e-4


@pytest.mark.parametrize("sigma", [0.6, 5.0, 12.0])
def test_the_blur_keeps_a_flat_picture_flat(sigma: float):
    flat = np.full((70, 90, 3), 0.7, np.float32)
    assert np.allclose(reference.gaussian_blur(flat, sigma), flat, atol=1e-6)


def test_one_core_and_many_give_the_same_picture(monkeypatch: pytest.MonkeyPatch):
    photo = np.tile(NOISE, (9, 9, 1))  # several strips
    calls = [ToolCall("saturation", 40), ToolCall("grain", 30), ToolCall("vignette", -40), ToolCall("sharpness", 60)]
    made = []
    for cores in (1, 2, 7):
        monkeypatch.setattr(strips, "cores", lambda cores=cores: cores)
        made.append(reference.render(photo, calls))
    assert np.array_equal(made[0], made[1])
    assert np.array_equal(made[0], made[2])


def test_a_failure_in_a_strip_is_raised_and_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        strips.each(100, 10, lambda top, _: 1 // (top - 50))


def test_the_photo_that_is_rendered_is_never_written_to():
    photo = np.tile(NOISE, (2, 2, 1))
    photo.setflags(write=False)
    sharp = ToolCall("sharpness", -20)
    for calls in ([], [sharp], [ToolCall("exposure", 20)], [sharp, ToolCall("tint", 9), sharp], [ToolCall("fade", 9), sharp]):
        after = reference.render(photo, calls)
        assert after.flags.writeable
        assert after.flags.c_contiguous
        assert not np.shares_memory(after, photo)


def test_rows_and_channels_may_lie_anywhere_in_memory():
    photo = np.tile(NOISE, (2, 2, 1))
    calls = [ToolCall("temperature", 30), ToolCall("sharpness", 40), ToolCall("vibrance", 50)]
    expected = reference.render(photo, calls)
    assert np.array_equal(reference.render(np.ascontiguousarray(photo[..., ::-1])[..., ::-1], calls), expected)
    assert np.array_equal(reference.render(np.asfortranarray(photo), calls), expected)
