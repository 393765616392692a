"""What is read from a .kra about its filter layers, and that masks for one layer are what they should be."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tool_mapping import kra
from tool_mapping.kra_reader import UnreadableKra, filtered_layers
from tool_mapping.krita import Unsupported, layer_for, mask_for, value_of
from tool_mapping.spec import BY_NAME, TOOLS, ToolCall

CALLS = [ToolCall("exposure", 30), ToolCall("shadows", -20), ToolCall("sharpness", 40)]


@pytest.mark.parametrize("masks", [False, True])
def test_layers_and_masks_are_read_back_as_they_were_written(tmp_path: Path, masks: bool) -> None:
    make = mask_for if masks else layer_for
    steps = [make(call, width=600, height=400) for call in CALLS]
    written = kra.write_template(tmp_path / "t.kra", steps, width=600, height=400)
    found = filtered_layers(tmp_path / "t.kra")
    assert [layer.layer for layer in found] == list(reversed(written.layers)), "topmost first"
    assert {layer.kind for layer in found} == {"filtermask" if masks else "adjustmentlayer"}
    told = [value_of(f.filter_id, f.params, c.name, width=600, height=400) for f, c in zip(reversed(found), CALLS, strict=True)]
    assert told == CALLS


@pytest.mark.parametrize("content", [None, b"no zip at all", {"a": b"b"}, {"maindoc.xml": b"<DOC"}, {"maindoc.xml": b"<DOC/>"}])
def test_what_krita_did_not_write_is_refused_with_a_reason(tmp_path: Path, content: bytes | dict[str, bytes] | None) -> None:
    path = tmp_path / "x.kra"
    if content is None:
        path.write_bytes(b"")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as file:
            for name, data in content.items():
                file.writestr(name, data)
    with pytest.raises(UnreadableKra):
        filtered_layers(path)


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS if tool.name != "grain"])
def test_a_mask_says_every_value_without_opacity(tool: str) -> None:
    spec = BY_NAME[tool]
    for value in {spec.minimum, spec.minimum // 2, -20, 35, spec.maximum} & set(range(spec.minimum, spec.maximum + 1)):
        if value != spec.neutral:
            mask = mask_for(ToolCall(tool, value), width=600, height=400)
            assert (mask.kind, mask.opacity) == ("filtermask", 255)
            assert value_of(mask.filter_id, mask.properties(), tool, width=600, height=400) == ToolCall(tool, value)


def test_grain_is_no_mask() -> None:
    with pytest.raises(Unsupported, match="selection"):
        mask_for(ToolCall("grain", 20), width=600, height=400)
