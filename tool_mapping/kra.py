"""Writes .kra files with the standard library alone: the template that Krita clones layers from, and the frame of a document.

A .kra is a zip: `mimetype` first and uncompressed, `maindoc.xml` with the tree of layers (topmost first), a file of settings
or pixels for each layer. Krita before 5.2 takes the settings of levels and curves only from such a file (KRITA.md).
"""

from __future__ import annotations

import os
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tool_mapping import grain, masks
from tool_mapping.krita.documents import COLOR_SPACES, Unsupported
from tool_mapping.krita.layers import VIGNETTE_MASK, FilterLayerSpec, as_layers
from tool_mapping.spec import ToolCall

IMAGE = "iea"  # the folder inside the zip in which the layers' files lie
GROUP_NAME = "IEA"
TEMPLATE_SIDE = 16
SRGB_PROFILE = "sRGB-elle-V2-srgbtrc.icc"
_NO_TILES = b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE %d\nDATA 0\n"

_FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>
<DOC xmlns="http://www.calligra.org/DTD/krita" editor="Krita" kritaVersion="5.1.5" syntaxVersion="2.0">
 <IMAGE name="{image}" mime="application/x-kra" width="{width}" height="{height}" x-res="300" y-res="300" description="" \
profile={profile} colorspacename="{space}">
  <layers>
{layers}
  </layers>{after}
 </IMAGE>
</DOC>
"""
_INFO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE document-info PUBLIC '-//KDE//DTD document-info 1.1//EN' 'http://www.calligra.org/DTD/document-info-1.1.dtd'>
<document-info xmlns="http://www.calligra.org/DTD/document-info">
 <about><title>{title}</title></about><author/>
</document-info>
"""


@dataclass(frozen=True, slots=True)
class WrittenGroup:
    """What a file's group is called inside: unique ids in braces, as Krita shows them; `layers` lowest first."""

    group: str
    layers: tuple[str, ...]


def new_id() -> str:
    return f"{{{uuid.uuid4()}}}"


@contextmanager
def archive(path: Path | str) -> Iterator[zipfile.ZipFile]:
    """A .kra being written beside `path`, and put in its place only when it is whole."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kra:
            kra.writestr(zipfile.ZipInfo("mimetype"), "application/x-krita")
            yield kra
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_steps(
    kra: zipfile.ZipFile, steps: Sequence[FilterLayerSpec], *, group_name: str, width: int, height: int, model: str, depth: str,
    first: int = 1, paint: Callable[[str], None] | None = None,
) -> tuple[str, WrittenGroup]:
    """Write the layers' files, numbered from `first`; gives the group's XML element and the ids. Masks are width x height.

    `paint` writes the files of a paint layer, whose name in the archive it is given; without it the layer is empty. Steps of
    the kind "filtermask" (all or none) become the masks of the group itself, which is then no pass-through one.
    """
    ids = tuple(new_id() for _ in steps)
    elements = []
    for i, (step, layer_id) in enumerate(zip(steps, ids, strict=True), first + 1):
        elements.append(_layer_element(step, layer_id, f"layer{i}", model))
        where = f"{IMAGE}/layers/layer{i}"
        if step.kind != "paintlayer":
            _write_filter(kra, where, step, width, height)
        elif paint is not None:
            paint(where)
        else:
            kra.writestr(where, _NO_TILES % grain.pixel_size(model, depth))
            kra.writestr(f"{where}.defaultpixel", bytes(grain.pixel_size(model, depth)))
    group_id = new_id()
    inner = "\n".join(reversed(elements))
    children, through = ("masks", 0) if steps and steps[0].kind == "filtermask" else ("layers", 1)
    group = (
        f'   <layer nodetype="grouplayer" name={quoteattr(group_name)} uuid="{group_id}" filename="layer{first}" '
        f'passthrough="{through}" compositeop="normal" opacity="255" visible="1" locked="0" collapsed="0" colorlabel="0" '
        f'intimeline="0" x="0" y="0" channelflags="">\n    <{children}>\n{inner}\n    </{children}>\n   </layer>'
    )
    return group, WrittenGroup(group_id, ids)


def _write_filter(kra: zipfile.ZipFile, where: str, step: FilterLayerSpec, width: int, height: int) -> None:
    kra.writestr(f"{where}.filterconfig", step.xml())
    with kra.open(f"{where}.pixelselection", "w") as file:
        if step.mask == VIGNETTE_MASK:
            for piece in masks.tiled(masks.vignette_rows(width, height), width, height):
                file.write(piece)
        else:
            file.write(_NO_TILES % 1)
    kra.writestr(f"{where}.pixelselection.defaultpixel", b"\x00" if step.mask else b"\xff")


def _layer_element(step: FilterLayerSpec, layer_id: str, filename: str, model: str) -> str:
    # A paint layer that names no colour space is in the picture's; one that does has another profile, unless it brings its own.
    does = f'filtername="{step.filter_id}" filterversion="{step.filter_version}" ' if step.kind != "paintlayer" else ""
    tag = "mask" if step.kind == "filtermask" else "layer"
    # All channels but alpha, which is the last.
    written = "1" * grain.CHANNELS[model] + "0" if step.inherit_alpha else ""
    return (
        f'     <{tag} nodetype="{step.kind}" name={quoteattr(step.name)} uuid="{layer_id}" filename="{filename}" {does}'
        f'compositeop={quoteattr(COMPOSITE[step.blend_mode])} opacity="{step.opacity}" '
        f'visible="1" locked="0" collapsed="0" colorlabel="0" intimeline="0" x="0" y="0" channelflags="{written}"/>'
    )


# Krita's ids of blend modes in files and in Python.
COMPOSITE = {"copy": "copy", "normal": "normal", "linear light": "linear light"}


def frame(
    layers: str, *, width: int, height: int, model: str, depth: str, profile_name: str, after: str = ""
) -> str:
    """maindoc.xml around the layers' elements. `model` and `depth` are among COLOR_SPACES."""
    return _FRAME.format(
        image=IMAGE, width=width, height=height, profile=quoteattr(profile_name), space=COLOR_SPACES[model, depth],
        layers=layers, after=after,
    )


def information(title: str = "") -> str:
    """documentinfo.xml."""
    return _INFO.format(title=title.replace("&", "&amp;").replace("<", "&lt;"))


def write_template(
    path: Path | str, steps: Iterable[ToolCall | FilterLayerSpec], *, group_name: str = GROUP_NAME, model: str = "RGBA",
    depth: str = "U8", profile_name: str = SRGB_PROFILE, width: int, height: int,
) -> WrittenGroup:
    """Write a small .kra whose only content is one pass-through group with a layer for each step, the first step lowest.

    Open it in Krita, clone its group (or one layer of it) into the document, close it. `model`, `depth` and `profile_name` are
    the document's own, otherwise the layers would work in 8 bit; `width` and `height` are its size in pixels, to which masks
    and the size of a blur are made. The grain's layer is empty: it gets its pixels (tool_mapping.grain) from whoever clones it.
    The template's own picture is 16 x 16. Raises Unsupported.
    """
    layers = as_layers(steps, width=width, height=height, model=model, depth=depth)
    if (model, depth) not in COLOR_SPACES:
        raise Unsupported(f"Layers cannot be prepared for a picture in {model} {depth}.")
    with archive(path) as kra:
        group, written = write_steps(
            kra, layers, group_name=group_name, width=width, height=height, model=model, depth=depth
        )
        main = frame(
            group, width=TEMPLATE_SIDE, height=TEMPLATE_SIDE, model=model, depth=depth, profile_name=profile_name
        )
        kra.writestr("maindoc.xml", main)
        kra.writestr("documentinfo.xml", information())
    return written
