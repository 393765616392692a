"""A vignette's mask belongs to one frame: it is told when the frame has changed, and not told when only the mask has."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tool_mapping.masks import vignette_is_stale, vignette_rows

SIZES = [(600, 400), (400, 600), (501, 501), (2000, 300)]


def mask_of(width: int, height: int) -> np.ndarray:
    return np.array([list(row) for row in vignette_rows(width, height)], np.uint8)


def stale(mask: np.ndarray) -> bool:
    height, width = mask.shape
    return vignette_is_stale(lambda x, y: int(mask[y, x]), width, height)


@pytest.mark.parametrize("size", [*SIZES, (1, 1), (2, 1), (5, 3)])
def test_a_fresh_mask_is_not_stale(size: tuple[int, int]):
    assert not stale(mask_of(*size))


@pytest.mark.parametrize("size", SIZES)
def test_a_scaled_or_turned_picture_takes_its_mask_along(size: tuple[int, int]):
    assert not stale(mask_of(*size).T)
    mask = Image.fromarray(mask_of(*size))
    for scale in (0.4, 1.7):
        smaller = mask.resize((round(size[0] * scale), round(size[1] * scale)), Image.Resampling.BICUBIC)
        assert not stale(np.asarray(smaller))


@pytest.mark.parametrize("size", SIZES)
def test_a_crop_and_a_larger_canvas_leave_the_mask_stale(size: tuple[int, int]):
    mask = mask_of(*size)
    height, width = mask.shape
    assert stale(mask[height // 5:, width // 5:])
    assert stale(mask[height // 8:-height // 8, width // 8:-width // 8])
    assert stale(mask[:, : width * 3 // 4])
    assert stale(np.pad(mask, ((0, height // 4), (0, width // 4))))


def test_a_mask_that_a_person_has_painted_on_is_theirs():
    mask = mask_of(600, 400)
    mask[:250, :300] = 0
    assert not stale(mask)
