"""Before-pictures: made again the same from their record; some grey, noisy, narrow, very dark, as people's photos are."""

from __future__ import annotations

from typing import Any

import numpy as np

from backend.training.scenes import (
    LONG_SIDE,
    before_picture,
    original_picture,
    photo_files,
    random_picture,
    spoil,
    spoiled_picture,
)
from tests.backend.training.shared_data import SHARED, needs_shared

pytestmark = needs_shared
ROOT = SHARED / "data"


def _record(**changes: Any) -> dict[str, Any]:
    photo = photo_files(SHARED, "train")[5]
    return {"photo": photo, "crop": [0.0, 0.0, 1.0, 1.0], "flip": False, "spoil": None, "pre": [], **changes}


def test_a_record_gives_the_same_picture_again() -> None:
    record = _record(spoil=7, noise=8.0, noise_seed=3)
    assert np.array_equal(before_picture(record, ROOT), before_picture(record, ROOT))
    assert max(before_picture(record, ROOT).shape) == LONG_SIDE


def test_without_colour_a_picture_is_grey_and_stays_so_when_noisy() -> None:
    for record in (_record(chroma=0.0), _record(chroma=0.0, noise=10.0, noise_seed=1)):
        picture = original_picture(record, ROOT).astype(int)
        assert np.abs(picture - picture[..., :1]).max() <= 1


def test_noise_is_of_the_size_that_the_record_says() -> None:
    clean, noisy = (original_picture(r, ROOT).astype(float) for r in (_record(), _record(noise=8.0, noise_seed=1)))
    inside = (clean > 40) & (clean < 215)
    assert 4 < (noisy - clean)[inside].std() < 12


def test_records_of_before_there_was_noise_are_read_as_before() -> None:
    record = _record(spoil=11)
    good = original_picture(record, ROOT)
    assert np.array_equal(before_picture(record, ROOT), spoiled_picture(good, 11))
    assert spoil(good.astype(np.float32) / np.float32(255), 11).shape == good.shape


def test_random_pictures_are_of_every_kind() -> None:
    rng = np.random.default_rng(1)
    records = [random_picture(rng, ["x.jpg"], spoiled=k % 3 == 0) for k in range(1500)]
    shapes = [(r["crop"][2] - r["crop"][0]) / (r["crop"][3] - r["crop"][1]) for r in records]
    assert sum(s > 2 for s in shapes) > 30
    assert sum(s < 0.5 for s in shapes) > 15
    assert 40 < sum("chroma" in r for r in records) < 150
    assert 80 < sum("noise" in r for r in records) < 240
    assert any(abs(c["value"]) > 85 for r in records for c in r["pre"] if c["name"] == "exposure")
    assert all(0 <= r["crop"][0] < r["crop"][2] <= 1.0001 and 0 <= r["crop"][1] < r["crop"][3] <= 1.0001 for r in records)
