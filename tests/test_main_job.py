"""The main job as a person does it: one command on a dark, cold photo, and real Krita's layers make it brighter and warmer."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from installer.display import VirtualDisplay
from installer.environment import Environment
from installer.krita import find_krita, running
from installer.project import ROOT
from tests.real_krita import run_offscreen

pytestmark = pytest.mark.krita

REQUEST = "it's too dark and a bit cold"

LOOK = """
def tree(node):
    children = [tree(child) for child in node.childNodes()]
    told = {"name": node.name(), "type": node.type(), "visible": node.visible(), "children": children}
    if node.type() == "grouplayer": told["passthrough"] = node.passThroughMode()
    if node.type() == "filterlayer" and node.filter(): told["filter"] = node.filter().name()
    return told
document = K.openDocument(path)
document.refreshProjection()
document.waitForDone()
width, height = document.width(), document.height()
{
    "layers": [tree(node) for node in document.topLevelNodes()], "width": width, "height": height,
    "annotations": list(document.annotationTypes()),
    "pixels": document.pixelData(0, 0, width, height),
}
"""


def lab(rgb: np.ndarray) -> np.ndarray:
    """Mean L, a, b of an 8-bit sRGB picture (H, W, 3)."""
    return rgb2lab(rgb.astype(np.float64) / 255).reshape(-1, 3).mean(0)


def png(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def done(dark_cold_photo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The command in a fresh home without a display, and what it left."""
    if not Environment().python.exists():
        pytest.skip("needs the project's .venv: python3 -m installer test")
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("out of it")
    before = hashlib.sha256(dark_cold_photo.read_bytes()).hexdigest()
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {"HOME": str(home)}
    finished = subprocess.run(
        [sys.executable, "-m", "installer", "run", str(dark_cold_photo), REQUEST, "--out", str(out)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=400,
    )
    log = finished.stdout + finished.stderr
    assert finished.returncode == 0, log
    name = dark_cold_photo.stem
    document = run_offscreen(LOOK, path=str(out / f"{name}.kra"))
    shape = (document["height"], document["width"], 4)
    return {
        "log": log, "document": document, "before": png(dark_cold_photo), "png": png(out / f"{name}.png"),
        "krita": np.frombuffer(document["pixels"], np.uint8).reshape(shape)[..., [2, 1, 0]],
        "screen": out / f"{name}-screen.png", "trace": json.loads((out / f"{name}.json").read_text(encoding="utf-8")),
        "untouched": hashlib.sha256(dark_cold_photo.read_bytes()).hexdigest() == before,
        "beside": sorted(path.name for path in dark_cold_photo.parent.iterdir()), "photo": dark_cold_photo,
    }


def test_the_picture_is_brighter_and_warmer_in_krita_itself(done: dict[str, Any]):
    (light, _, yellow), (light_after, _, yellow_after) = lab(done["before"]), lab(done["krita"])
    assert light_after > light + 3
    assert yellow_after > yellow + 1


def test_above_the_photo_stands_a_pass_through_group_of_named_filter_layers(done: dict[str, Any]):
    groups = [layer for layer in done["document"]["layers"] if layer["type"] == "grouplayer"]
    assert len(groups) == 1
    assert done["document"]["layers"][-1] == groups[0]
    assert groups[0]["passthrough"]
    steps = groups[0]["children"]
    assert len(steps) >= 2
    assert all(step["visible"] and step["name"] for step in steps)
    assert any(step["type"] == "filterlayer" for step in steps)


def test_the_png_is_what_krita_shows_when_the_document_is_opened_again(done: dict[str, Any]):
    difference = np.abs(done["png"].astype(int) - done["krita"].astype(int))
    assert difference.mean() < 0.1
    assert difference.max() <= 2


def test_the_photo_itself_is_untouched_and_nothing_lies_beside_it(done: dict[str, Any]):
    assert done["untouched"]
    assert done["beside"] == [done["photo"].name]


def test_the_trace_tells_the_request_the_reason_and_each_step(done: dict[str, Any]):
    trace = done["trace"]
    assert trace["request"] == REQUEST
    assert len(trace["reason"]) > 10
    layers = next(layer for layer in done["document"]["layers"] if layer["type"] == "grouplayer")["children"]
    assert len(trace["steps"]) == len(layers)
    assert trace["reason"] in done["log"]


def test_the_screenshot_shows_a_whole_screen(done: dict[str, Any]):
    shot = png(done["screen"])
    assert shot.shape[:2] == (1000, 1600)
    assert len(np.unique(shot.reshape(-1, 3), axis=0)) > 1000


def test_the_conversation_is_kept_in_the_document(done: dict[str, Any]):
    assert "iea_krita/session" in done["document"]["annotations"]


def test_with_a_display_krita_stays_open_on_the_photo_with_the_docker(dark_cold_photo: Path, tmp_path: Path):
    """The display is a virtual one of the test, so that the installer finds one as on a desktop.

    The photo is a WebP: Krita 5.1.5 asks in a dialog before it opens one, and nobody is there to answer.
    """
    photo = tmp_path / "a photo.webp"
    with Image.open(dark_cold_photo) as image:
        image.save(photo)
    with VirtualDisplay() as display:
        env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        env |= {"HOME": str(tmp_path), "DISPLAY": display.name}
        finished = subprocess.run(
            [sys.executable, "-m", "installer", "run", str(photo)], cwd=ROOT, env=env,
            capture_output=True, text=True, timeout=400,
        )
        krita = find_krita(env)
        assert krita is not None
        left_open = running(krita)
        for process in left_open:
            os.kill(process, signal.SIGTERM)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Krita is open, with the docker" in finished.stdout
    assert len(left_open) == 1
