"""Pictures as real Krita shows them in any colour space: a document made there, our layers cloned in from a template."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.real_krita import run_offscreen
from tool_mapping import grain, kra
from tool_mapping.spec import ToolCall

_SRGB, _GREY = "sRGB-elle-V2-srgbtrc.icc", "Gray-D50-elle-V2-srgbtrc.icc"


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space of Krita's with an sRGB-like curve, and how its pixels lie in memory."""

    model: str
    depth: str
    profile: str

    @property
    def name(self) -> str:
        return f"{self.model}/{self.depth}"

    @property
    def dtype(self) -> np.dtype:
        return np.dtype({"U8": np.uint8, "U16": np.uint16, "F16": np.float16}[self.depth])

    @property
    def one(self) -> float:
        return 1.0 if self.depth == "F16" else float(np.iinfo(self.dtype).max)

    def quantised(self, picture: NDArray) -> NDArray:
        """(H, W, 3) in [0, 1] as a picture of this depth; grey is the green channel three times."""
        if self.model == "GRAYA":
            picture = np.repeat(picture[..., 1:2], 3, -1)
        return picture.astype(self.dtype) if self.depth == "F16" else (picture * self.one + 0.5).astype(self.dtype)

    def levels(self, picture: NDArray) -> NDArray[np.float64]:
        """Such a picture on the scale of 0..255, as it is shown: sharpening alone leaves floats below 0 and above 1."""
        return (picture.astype(np.float64) * (255.0 / self.one)).clip(0, 255)

    def to_krita(self, photo: NDArray) -> bytes:
        """The pixels as Krita keeps them: BGRA in whole numbers, RGBA in floats, grey and alpha."""
        channels = photo[..., :1] if self.model == "GRAYA" else photo if self.depth == "F16" else photo[..., ::-1]
        return np.concatenate([channels, np.full_like(channels[..., :1], self.one)], axis=-1).tobytes()

    def from_krita(self, data: bytes, height: int, width: int) -> NDArray:
        pixels = np.frombuffer(data, self.dtype).reshape(height, width, -1)
        if self.model == "GRAYA":
            return np.repeat(pixels[..., :1], 3, -1)
        return pixels[..., :3] if self.depth == "F16" else pixels[..., 2::-1]


SPACES = tuple(
    Space(model, depth, profile) for model, profile in (("RGBA", _SRGB), ("GRAYA", _GREY)) for depth in ("U8", "U16", "F16")
)

_SHOW = """
K.setBatchmode(True)
document = K.createDocument(width, height, "d", model, depth, profile, 300.0)
with open(pixels, "rb") as file: document.topLevelNodes()[0].setPixelData(file.read(), 0, 0, width, height)
for template in templates:
    opened = K.openDocument(template)
    document.rootNode().addChildNode(opened.topLevelNodes()[0].clone(), None)
    opened.close()
groups = document.topLevelNodes()[1:]
with open(noise, "rb") as file: grain = file.read()
for group in groups:
    for layer in group.childNodes():
        if layer.type() == "paintlayer": layer.setPixelData(grain, 0, 0, width, height)
for group in groups: group.setVisible(False)
number = 0
for group in groups:
    layers = group.childNodes()
    together = group.name() == "together"
    group.setVisible(True)
    for layer in layers: layer.setVisible(together)
    for shown in [None] if together else layers:
        if shown is not None: shown.setVisible(True)
        document.refreshProjection()
        document.waitForDone()
        with open(f"{out}/{number}", "wb") as file: file.write(bytes(document.pixelData(0, 0, width, height)))
        if shown is not None: shown.setVisible(False)
        number += 1
    group.setVisible(False)
document.setModified(False)
document.close()
number
"""


def shown_by_krita(
    space: Space, photo: NDArray, lists: Sequence[Sequence[ToolCall]], *, batch: int = 100
) -> Iterator[NDArray[np.float64]]:
    """What Krita makes of the photo with each list of calls: (H, W, 3) on the scale of 0..255 each, in the order given.

    Lists of one call share a group, of which one layer at a time is shown; longer ones have a group each.
    """
    height, width = photo.shape[:2]
    for first in range(0, len(lists), batch):
        part = lists[first:first + batch]
        with tempfile.TemporaryDirectory(prefix="iea-parity-") as temporary:
            folder = Path(temporary)
            (folder / "pixels").write_bytes(space.to_krita(photo))
            cells = grain.cells(width, height)
            (folder / "noise").write_bytes(grain.pixels(cells, width, 0, height, model=space.model, depth=space.depth))
            templates = []
            for group_name, calls in _groups(part):
                templates.append(str(folder / f"{len(templates)}.kra"))
                kra.write_template(
                    templates[-1], calls, group_name=group_name, model=space.model, depth=space.depth,
                    profile_name=space.profile, width=width, height=height,
                )
            run_offscreen(
                _SHOW, 900.0, width=width, height=height, model=space.model, depth=space.depth, profile=space.profile,
                pixels=str(folder / "pixels"), noise=str(folder / "noise"), templates=templates, out=temporary,
            )
            for number in range(len(part)):
                yield space.levels(space.from_krita((folder / str(number)).read_bytes(), height, width))


def _groups(lists: Sequence[Sequence[ToolCall]]) -> Iterator[tuple[str, list[ToolCall]]]:
    """Groups in the order of the lists: "apart" for neighbouring single calls, "together" for a list of several."""
    single: list[ToolCall] = []
    for calls in lists:
        if len(calls) == 1:
            single.append(calls[0])
            continue
        if single:
            yield "apart", single
            single = []
        yield "together", list(calls)
    if single:
        yield "apart", single
