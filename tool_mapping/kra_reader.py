"""Reads from a .kra what its filter layers and filter masks do: ids, names, filters and parameters. Standard library only."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tool_mapping.krita.readback import parse_config

_FILTERED = ("adjustmentlayer", "filtermask")
_MOST_XML = 64 << 20  # bytes; Krita's own are some kilobytes


class UnreadableKra(ValueError):
    """The file is not a .kra that Krita wrote; the message says why."""


@dataclass(frozen=True, slots=True)
class FilteredLayer:
    """A filter layer or filter mask in a file. `layer` is its unique id in braces, `opacity` 0..255."""

    layer: str
    name: str
    kind: str
    filter_id: str
    params: dict[str, str]
    opacity: int


def filtered_layers(path: Path | str) -> list[FilteredLayer]:
    """All of them, topmost first. Raises UnreadableKra, and OSError for a file that cannot be opened."""
    try:
        with zipfile.ZipFile(path) as file:
            root = ET.fromstring(_text(file, "maindoc.xml"))
            image = next((element for element in root.iter() if _tag(element) == "IMAGE"), None)
            if image is None:
                raise UnreadableKra("There is no image in this file.")
            return [
                _layer(file, image.get("name", ""), element)
                for element in image.iter()
                if _tag(element) in ("layer", "mask") and element.get("nodetype") in _FILTERED
            ]
    except (zipfile.BadZipFile, ET.ParseError, KeyError, ValueError) as error:
        raise UnreadableKra(f"This is not a file that Krita wrote: {error}") from error


def _layer(file: zipfile.ZipFile, image: str, element: ET.Element) -> FilteredLayer:
    kind = element.get("nodetype", "")
    where = f"{image}/layers/{element.get('filename')}.filterconfig"
    params = parse_config(_text(file, where)) if where in file.namelist() else {}
    return FilteredLayer(
        element.get("uuid", ""), element.get("name", ""), kind, element.get("filtername", ""), params,
        int(element.get("opacity", "255")),
    )


def _text(file: zipfile.ZipFile, name: str) -> str:
    if file.getinfo(name).file_size > _MOST_XML:
        raise UnreadableKra(f"{name} is too large.")
    return file.read(name).decode("utf-8")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
