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


@pytest.mark.parametrize(("name", "value"), VALUES)
@pytest.mark.parametrize("photo", [NOISE, SMOOTH], ids=["noise", "smooth"])
def test_eight_bits_are_the_law_rounded_to_whole_levels(photo: np.ndarray, name: str, value: int):
    call = ToolCall(name, value)
    law = reference.apply_call(np.divide(photo, 255, dtype=np.float32), call) * 255.0
    off = np.abs(reference.render(photo, [call]) - law)
    # As Krita does, a vignette is laid over in two steps, what sharpening subtracts is rounded, and curves are cut to 16 bits.
    assert off.max() <= {"vignette": 1.6, "sharpness": 2.0}.get(name, 0.7)


@pytest.mark.parametrize(
    ("call", "tones"),
    [  # read from Krita 5.1.5: what its layer makes of these levels, each the half of two
        (ToolCall("exposure", -100), {1: 0, 9: 5, 11: 6, 35: 17, 43: 22}),
        (ToolCall("contrast", 100), {64: 1, 74: 20, 77: 27, 90: 52, 97: 67}),
        (ToolCall("brightness", 100), {127: 254}), (ToolCall("natural_contrast", 55), {137: 142}),
    ],
)
def test_half_levels_are_rounded_as_krita_rounds_them(call: ToolCall, tones: dict[int, int]):
    levels = np.repeat(np.array(list(tones), np.uint8)[None, :, None], 3, -1)
    assert reference.render(levels, [call])[0, :, 1].tolist() == list(tones.values())


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


def test_a_vignette_in_half_floats_darkens_what_sharpening_left_beyond_white():
    half = (NOISE / np.float32(255)).astype(np.float16)
    steps = [ToolCall("sharpness", 100), ToolCall("vignette", -60)]
    once, one_by_one = reference.render(half, steps), half
    for step in steps:
        one_by_one = reference.render(one_by_one, [step])
    assert float(once.max()) <= 1
    off = once.astype(float) - one_by_one
    assert off.max() > 0.02, "Krita's unsharp mask does not clip half floats: overshoots are still there to be darkened"
