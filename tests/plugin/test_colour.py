"""Colour spaces, in a real Krita: the same arithmetic in each that the tools work in, and a copy for those they do not."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.real_krita import RealKrita
from tool_mapping import reference, srgb
from tool_mapping.spec import ToolCall

pytestmark = pytest.mark.krita

WIDTH, HEIGHT = 160, 120
# In the tools' own order, as a first answer puts them.
COLOUR = (("exposure", 25), ("shadows", 30), ("saturation", 40), ("vibrance", -20), ("temperature", -30), ("vignette", -60))
LIGHT = (("exposure", 25), ("contrast", 20), ("natural_contrast", 30), ("shadows", 30), ("vignette", -60))
# Primaries of Display P3 as ICC profiles have them (adapted to D50); its curve is that of sRGB.
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))


def display_p3(folder: Path) -> Path:
    profile = srgb.profile("Display P3 (test)")
    for old, new in zip(srgb._PRIMARIES.values(), P3, strict=True):
        profile = profile.replace(srgb._xyz(old), srgb._xyz(new))
    path = folder / "p3.icc"
    path.write_bytes(profile)
    return path


def picture() -> NDArray[np.uint8]:
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    rgb = np.stack([0.5 + 0.5 * np.sin(5 * (a * x + b * y) + c) for a, b, c in ((2, 1, 0), (1, 3, 2), (3, 2, 4))], -1)
    return (255 * rgb * (0.2 + 0.8 * x[..., None]) + 0.5).astype(np.uint8)


def packed(rgb: NDArray[np.uint8], model: str, depth: str) -> bytes:
    """(H, W, 3) as Krita keeps it: BGRA in whole numbers, RGBA in floats, grey and alpha."""
    channels = rgb[..., :1] if model == "GRAYA" else rgb if depth == "F16" else rgb[..., ::-1]
    opaque = np.concatenate([channels, np.full_like(channels[..., :1], 255)], axis=-1)
    if depth == "U16":
        return (opaque.astype(np.uint16) * 257).tobytes()
    return (opaque / 255).astype(np.float16).tobytes() if depth == "F16" else opaque.tobytes()


def unpacked(data: bytes, model: str, depth: str) -> NDArray[np.float64]:
    kind, most = {"U8": (np.uint8, 255), "U16": (np.uint16, 65535), "F16": (np.float16, 1)}[depth]
    pixels = 255 * np.frombuffer(data, kind).astype(np.float64).reshape(HEIGHT, WIDTH, -1) / most
    if model == "GRAYA":
        return np.repeat(pixels[..., :1], 3, -1)
    return pixels[..., :3] if depth == "F16" else pixels[..., 2::-1]


def open_new(krita: RealKrita, model: str, depth: str, profile: str, pixels: bytes) -> None:
    krita.run("""
        close_all()
        made = K.createDocument(w, h, "made", model, depth, profile, 300.0); K.activeWindow().addView(made)
        K.setActiveDocument(made)
    """, w=WIDTH, h=HEIGHT, model=model, depth=depth, profile=profile)
    krita.wait_until("here() is not None and idle()")
    krita.run("import base64; here().rootNode().childNodes()[0].setPixelData(base64.b64decode(data), 0, 0, w, h)",
              data=base64.b64encode(pixels).decode())
    krita.run("here().refreshProjection(); D = desk_here()")
    assert krita.run("here().colorProfile()") == profile, "Krita took the profile that was asked for"


@pytest.mark.parametrize(("model", "depth", "profile"), [
    ("RGBA", "U8", "ClayRGB-elle-V2-g22.icc"),  # Adobe RGB (1998) under another name
    ("RGBA", "U16", "ClayRGB-elle-V2-g22.icc"),
    ("RGBA", "U8", "Display P3 (test)"),
    ("RGBA", "F16", "Display P3 (test)"),
    ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"),
    ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"),
    ("GRAYA", "U16", "Gray-D50-elle-V2-g22.icc"),
])
def test_the_tools_do_the_same_in_every_space_that_they_work_in(
    table: RealKrita, tmp_path: Path, model: str, depth: str, profile: str
) -> None:
    table.run("K.addProfile(path)", path=str(display_p3(tmp_path)))
    photo = picture() if model == "RGBA" else np.repeat(picture()[..., 1:2], 3, -1)
    open_new(table, model, depth, profile, packed(photo, model, depth))
    assert table.run("D.photo.why_not()") == ""
    steps = COLOUR if model == "RGBA" else LIGHT
    table.run("turn(D, *steps)", steps=[list(step) for step in steps])
    table.wait_until("idle()")
    shown = unpacked(
        table.run("pixels(); bytes(here().pixelData(0, 0, here().width(), here().height()))"), model, depth
    )
    expected = reference.render(photo, [ToolCall(name, value) for name, value in steps])
    assert np.abs(shown - expected).mean() <= 0.5


# How far Krita's own conversion may move the picture, mean of 255: it brightens ink to white and black (by 8 here).
@pytest.mark.parametrize(("model", "depth", "profile", "word", "moved"), [
    ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc", "32-bit float", 1.0),
    ("RGBA", "U16", "sRGB-elle-V2-g10.icc", "linearly", 1.0),
    ("CMYKA", "U8", "", "CMYK", 12.0),
    ("LABA", "U16", "", "L*a*b*", 3.0),
])
def test_other_spaces_are_refused_with_the_reason_and_a_copy_in_srgb_works(
    table: RealKrita, model: str, depth: str, profile: str, word: str, moved: float
) -> None:
    table.run("from iea_krita import colour")
    table.run(
        "here().setColorSpace(model, depth, profile or K.profiles(model, depth)[0])", model=model, depth=depth, profile=profile
    )
    table.wait_until("idle()")
    assert word in table.run("D.photo.why_not()")
    before = np.frombuffer(table.run("pixels()"), np.uint8).astype(int)
    original = table.run("docs.active_key()")
    table.run("colour.make_srgb_copy(D.photo)")
    table.wait_until("docs.active_key() not in ('', key) and idle()", key=original)
    table.run("D2 = desk_here()")
    assert table.run("D2.photo.why_not()") == ""
    assert table.run("here().name()").endswith("(sRGB)")
    copied = np.frombuffer(table.run("pixels()"), np.uint8)
    assert np.abs(copied - before).mean() <= moved, "it looks the same"
    assert table.run("D.photo.facts().model, D.photo.facts().depth") == [model, depth], "the original stays as it was"
    table.run("turn(D2, ('exposure', 30))")
    table.wait_until("idle()")
    assert np.frombuffer(table.run("pixels()"), np.uint8).mean() > copied.mean() * 1.1
