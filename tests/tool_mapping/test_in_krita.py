"""Real Krita: our documents show what the reference renders, and layers cloned from a template do the same in every depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.real_krita import run_offscreen
from tests.tool_mapping.in_krita import rendered
from tool_mapping import conversation, kra, reference
from tool_mapping.kra_document import write_document
from tool_mapping.spec import TOOLS, ToolCall

pytestmark = pytest.mark.krita

STACK = [
    ToolCall("exposure", 30), ToolCall("natural_contrast", -30), ToolCall("highlights", -50), ToolCall("temperature", 30),
    ToolCall("vignette", -30),
]
GREY_STACK = [ToolCall("exposure", 30), ToolCall("shadows", 40), ToolCall("vignette", -30)]


@pytest.fixture(scope="module")
def coffee() -> np.ndarray:
    from skimage import data

    return np.ascontiguousarray(data.coffee()[::2, ::2])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("krita-home")


def off(shown: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.abs(shown[..., :3].astype(int) - expected)


def test_every_tool_and_a_stack_of_five_look_as_the_reference_says(tmp_path: Path, home: Path, coffee: np.ndarray):
    lists = [[ToolCall(tool.name, value)] for tool in TOOLS for value in (-55, 65) if value >= tool.minimum]
    lists.append(STACK)
    paths = [tmp_path / f"{i}.kra" for i in range(len(lists))]
    for path, calls in zip(paths, lists, strict=True):
        write_document(path, coffee, calls)
    for calls, shown in zip(lists, rendered(paths, home=home), strict=True):
        error = off(shown, reference.render(coffee, calls))
        assert error.mean() <= 0.25, calls
        assert error.max() <= 2, calls


def test_wide_blurs_of_large_pictures_look_as_the_reference_says(tmp_path: Path, home: Path, coffee: np.ndarray):
    large = np.ascontiguousarray(np.tile(coffee, (1, 14, 1))[:, :4000])  # wide enough for the blur on a coarse grid
    lists = [[ToolCall("sharpness", value)] for value in (70, -30, -100)]
    paths = [tmp_path / f"{i}.kra" for i in range(len(lists))]
    for path, calls in zip(paths, lists, strict=True):
        write_document(path, large, calls, merged=large[:1, :1])
    for calls, shown in zip(lists, rendered(paths, home=home), strict=True):
        error = off(shown, reference.render(large, calls))
        assert error.mean() <= 0.25, calls
        assert error.max() <= 2, calls


def test_grain_is_the_references_to_the_last_level_and_keeps_transparent_parts_transparent(
    tmp_path: Path, home: Path, coffee: np.ndarray
):
    wide = np.tile(coffee, (1, 11, 1))[:130, :3100]  # where a grain is two pixels wide, and cut off at the edge
    photo = np.concatenate([wide, np.full((*wide.shape[:2], 1), 255, np.uint8)], -1)
    photo[:, :100, 3] = 0
    lists = [[ToolCall("grain", value)] for value in (1, 20, 60, 100)]
    paths = [tmp_path / f"{i}.kra" for i in range(len(lists))]
    for path, calls in zip(paths, lists, strict=True):
        write_document(path, photo, calls)
    for calls, shown in zip(lists, rendered(paths, home=home), strict=True):
        assert (shown[:, :100, 3] == 0).all()
        assert (shown[:, 100:, 3] == 255).all()
        assert np.array_equal(shown[:, 100:, :3], reference.render(wide, calls)[:, 100:])


_LOOK = """
K.setBatchmode(True)
document = K.openDocument(path)
group = document.topLevelNodes()[1]
[
    document.colorModel(), document.colorDepth(), document.colorProfile(), group.uniqueId().toString(), group.passThroughMode(),
    [(layer.uniqueId().toString(), layer.name(), layer.filter().name()) for layer in group.childNodes()],
    bytes(document.annotation("iea_krita/session")),
]
"""


def test_krita_finds_ids_names_and_the_conversation_in_a_written_document(tmp_path: Path, home: Path, coffee: np.ndarray):
    calls = [ToolCall("exposure", 30), ToolCall("shadows", -20)]
    written = write_document(
        tmp_path / "d.kra", coffee, calls, annotations=lambda ids: conversation.first_turn(ids, calls, request="grün, bitte")
    )
    model, depth, profile, group, through, layers, session = run_offscreen(_LOOK, home=home, path=str(tmp_path / "d.kra"))
    assert (model, depth, profile) == ("RGBA", "U8", kra.SRGB_PROFILE)
    assert (group, through) == (written.group, True)
    assert layers == [
        [written.layers[0], "Exposure +30", "levels"], [written.layers[1], "Shadows -20", "perchannel"],
    ]
    assert session == conversation.first_turn(written, calls, request="grün, bitte")["iea_krita/session"]


_CLONE = """
K.setBatchmode(True)
answers = []
for job in jobs:
    document = K.createDocument(job["width"], job["height"], "d", job["model"], job["depth"], job["profile"], 300.0)
    photo = document.topLevelNodes()[0]
    with open(job["pixels"], "rb") as file: photo.setPixelData(file.read(), 0, 0, job["width"], job["height"])
    template = K.openDocument(job["template"])
    group = template.topLevelNodes()[0].clone()
    document.rootNode().addChildNode(group, None)
    template.close()
    nodes = document.topLevelNodes()
    document.refreshProjection()
    document.waitForDone()
    document.projection(0, 0, job["width"], job["height"]).save(job["out"])
    answers.append([[n.type() for n in nodes], nodes[1].passThroughMode(), [n.name() for n in nodes[1].childNodes()]])
    document.setModified(False)
    document.close()
answers
"""

_SRGB, _GREY = "sRGB-elle-V2-srgbtrc.icc", "Gray-D50-elle-V2-srgbtrc.icc"
SPACES = [
    ("RGBA", "U8", _SRGB, 0.5), ("RGBA", "U16", _SRGB, 0.5), ("RGBA", "F16", _SRGB, 0.5),
    ("GRAYA", "U8", _GREY, 0.5), ("GRAYA", "U16", _GREY, 0.5),
]


def krita_pixels(picture: np.ndarray, model: str, depth: str) -> bytes:
    """(H, W, 3) uint8 as Krita keeps it: BGRA in whole numbers, RGBA in floats, grey and alpha."""
    channels = picture[..., :1] if model == "GRAYA" else picture if depth == "F16" else picture[..., ::-1]
    opaque = np.concatenate([channels, np.full_like(channels[..., :1], 255)], axis=-1)
    if depth == "U16":
        return (opaque.astype(np.uint16) * 257).tobytes()
    return (opaque.astype(np.float32) / 255).astype(np.float16).tobytes() if depth == "F16" else opaque.tobytes()


def test_a_group_cloned_from_a_template_does_its_work_in_every_colour_space(tmp_path: Path, home: Path, coffee: np.ndarray):
    height, width = coffee.shape[:2]
    jobs = []
    for model, depth, profile, _ in SPACES:
        picture = coffee if model == "RGBA" else np.repeat(coffee[..., 1:2], 3, -1)
        stem = tmp_path / f"{model}{depth}"
        stem.with_suffix(".raw").write_bytes(krita_pixels(picture, model, depth))
        calls = STACK if model == "RGBA" else GREY_STACK
        kra.write_template(
            stem.with_suffix(".kra"), calls, group_name="IEA: lighter", model=model, depth=depth, profile_name=profile,
            width=width, height=height,
        )
        jobs.append({
            "model": model, "depth": depth, "profile": profile, "width": width, "height": height, "calls": calls,
            "pixels": str(stem.with_suffix(".raw")), "template": str(stem.with_suffix(".kra")),
            "out": str(stem.with_suffix(".png")), "picture": picture,
        })
    sent = [{key: job[key] for key in job if key not in ("calls", "picture")} for job in jobs]
    answers = run_offscreen(_CLONE, home=home, jobs=sent)
    for job, (kinds, through, names), (*space, bound) in zip(jobs, answers, SPACES, strict=True):
        assert kinds == ["paintlayer", "grouplayer"], space
        assert through
        assert len(names) == len(job["calls"])
        with Image.open(job["out"]) as image:
            error = off(np.asarray(image.convert("RGB")), reference.render(job["picture"], job["calls"]))
        assert error.mean() <= bound, (space, error.mean(), error.max())


_CROP = """
import sys
sys.path.insert(0, root)
from tool_mapping.masks import vignette_is_stale, vignette_rows
K.setBatchmode(True)
document = K.openDocument(path)
layer = document.topLevelNodes()[1].childNodes()[0]
def stale():
    return vignette_is_stale(lambda x, y: bytes(layer.pixelData(x, y, 1, 1))[0], document.width(), document.height())
seen = [stale()]
document.scaleImage(450, 300, 300, 300, "Bicubic")
document.waitForDone()
seen.append(stale())
document.crop(100, 50, 300, 200)
document.waitForDone()
seen.append(stale())
layer.setPixelData(b"".join(vignette_rows(300, 200)), 0, 0, 300, 200)
document.refreshProjection()
document.waitForDone()
seen.append(stale())
document.projection(0, 0, 300, 200).save(path + ".png")
layer.setVisible(False)
document.refreshProjection()
document.waitForDone()
document.projection(0, 0, 300, 200).save(path + ".before.png")
seen
"""


def test_a_vignette_is_known_to_be_left_behind_by_a_crop_and_right_again_when_renewed(
    tmp_path: Path, home: Path, coffee: np.ndarray
):
    path, calls = tmp_path / "v.kra", [ToolCall("vignette", -70)]
    write_document(path, coffee, calls)
    root = str(Path(kra.__file__).parents[1])
    assert run_offscreen(_CROP, 300.0, home=home, path=str(path), root=root) == [False, False, True, False]
    with Image.open(f"{path}.png") as shown, Image.open(f"{path}.before.png") as before:
        cropped = np.ascontiguousarray(np.asarray(before.convert("RGB")))
        error = off(np.asarray(shown.convert("RGB")), reference.render(cropped, calls))
    assert error.mean() <= 0.25

