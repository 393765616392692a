"""What all tests share: where Krita is missing its tests are skipped and say so; pictures with known faults."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.real_krita import have_krita

NO_KRITA = pytest.mark.skip(reason="needs krita, kritarunner and Xvfb: python3 -m installer test installs them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `krita` run last, so that quick failures come first, and are skipped where no Krita can be started.

    Not in CI: there a missing Krita is a missing install step, and has to fail.
    """
    items.sort(key=lambda item: item.get_closest_marker("krita") is not None)
    if not have_krita() and not os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("krita"):
                item.add_marker(NO_KRITA)


@pytest.fixture(scope="session")
def dark_cold_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of 600x400 pixels, made much too dark and bluish, with a space and an umlaut in its name."""
    import numpy as np
    from PIL import Image
    from skimage import data

    light = data.coffee().astype(np.float32) / 255
    dark = np.clip(light**1.6 * np.array([0.42, 0.5, 0.66], np.float32), 0, 1)
    path = tmp_path_factory.mktemp("photos") / "grün und dunkel.jpg"
    Image.fromarray((dark * 255).round().astype(np.uint8)).save(path, quality=92)
    return path
