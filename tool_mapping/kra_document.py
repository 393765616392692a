"""Writes a whole .kra document: the photo as a paint layer, the steps' group above it, and the pictures other viewers show."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from tool_mapping import deflate, eightbit, kra, laws, pixels, reference, srgb
from tool_mapping.krita.layers import FilterLayerSpec, as_layers
from tool_mapping.spec import ToolCall


def write_document(
    path: Path | str, photo: NDArray[np.uint8], steps: Iterable[ToolCall | FilterLayerSpec], *,
    group_name: str = kra.GROUP_NAME, photo_name: str = "Photo", merged: NDArray[np.uint8] | None = None,
    annotations: Callable[[kra.WrittenGroup], Mapping[str, bytes]] | None = None,
    profile_name: str = kra.SRGB_PROFILE, profile_bytes: bytes | None = None,
    seed: int = 0,
) -> kra.WrittenGroup:
    """Write `photo` (H, W, 3 or 4) uint8 RGB or RGBA, sRGB-encoded, with a pass-through group of the steps above it.

    `merged` is the picture with the steps, of the photo's height and width; without it it is rendered here. `annotations`
    gets the ids and answers what Krita's Document.annotation gives for each type (see conversation.first_turn). `seed` picks
    the grain. Without steps no group is written and the ids are empty. Raises ValueError for another shape of photo.
    """
    if photo.ndim != 3 or photo.shape[2] not in (3, 4) or photo.dtype != np.uint8:
        raise ValueError(f"write_document takes (H, W, 3 or 4) uint8, not {photo.dtype} {photo.shape}")
    height, width = photo.shape[:2]
    steps = list(steps)
    layers = as_layers(steps, width=width, height=height, model="RGBA", depth="U8")
    if merged is None:
        merged = _merge(photo, [s for s in steps if isinstance(s, ToolCall)], seed)
    profile = profile_bytes or srgb.profile(profile_name)  # Krita goes by the name inside
    with kra.archive(path) as file:

        def paint(where: str, picture: NDArray[np.uint8]) -> None:
            deflate.write_entry(file, where, pixels.tiles(picture))
            file.writestr(f"{where}.defaultpixel", b"\0\0\0\0")
            file.writestr(f"{where}.icc", profile)

        written = kra.WrittenGroup("", ())
        elements = ""
        if layers:
            group, written = kra.write_steps(
                file, layers, group_name=group_name, width=width, height=height, model="RGBA", depth="U8", first=2,
                paint=lambda where: paint(where, _grain(height, width, seed)),
            )
            elements = group + "\n"
        paint(f"{kra.IMAGE}/layers/layer1", photo)
        file.writestr(f"{kra.IMAGE}/annotations/icc", profile)
        elements += (
            f'   <layer nodetype="paintlayer" name={quoteattr(photo_name)} uuid="{kra.new_id()}" filename="layer1" '
            'colorspacename="RGBA" compositeop="normal" opacity="255" visible="1" locked="0" collapsed="0" colorlabel="0" '
            'intimeline="1" onionskin="0" x="0" y="0" channelflags="" channellockflags=""/>'
        )
        notes = annotations(written) if annotations else {}
        after = "\n  <ProjectionBackgroundColor ColorData=\"AAAAAA==\"/>" + _annotations(notes)
        main = kra.frame(
            elements, width=width, height=height, model="RGBA", depth="U8", profile_name=profile_name, after=after
        )
        file.writestr("maindoc.xml", main)
        file.writestr("documentinfo.xml", kra.information(photo_name))
        for kind, data in notes.items():
            file.writestr(f"{kra.IMAGE}/annotations/{kind}", data)
        for name, picture in (("preview.png", pixels.thumbnail(merged)), ("mergedimage.png", merged)):
            stored = zipfile.ZipInfo(name)  # a PNG is packed already
            with file.open(stored, "w") as out:
                for piece in pixels.png(picture):
                    out.write(piece)
    return written


def _annotations(annotations: Mapping[str, bytes]) -> str:
    if not annotations:
        return ""
    lines = "".join(f'\n   <Annotation type={quoteattr(kind)} description=""/>' for kind in annotations)
    return f"\n  <Annotations>{lines}\n  </Annotations>"


def _grain(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """(height, width, 3): the pixels of the grain's layer."""
    grey = eightbit.spread(
        eightbit.grain_cells(height, width, seed), 0, height, width, laws.grain_cell(max(height, width))
    )
    return np.broadcast_to(grey[..., None], (height, width, 3))


def _merge(photo: NDArray[np.uint8], calls: list[ToolCall], seed: int) -> NDArray[np.uint8]:
    rgb = reference.render(photo[..., :3], calls, seed=seed)
    return rgb if photo.shape[2] == 3 else np.concatenate([rgb, photo[..., 3:]], axis=-1)
