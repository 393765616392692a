"""The .kra files that we write, as files: whole, readable, the layers in order, the masks and pictures right."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tool_mapping import conversation, deflate, kra, masks, pixels, reference, srgb
from tool_mapping.kra_document import write_document
from tool_mapping.krita import Unsupported, layer_for, parse_config
from tool_mapping.spec import ToolCall

CALLS = [ToolCall("exposure", 20), ToolCall("grain", 10), ToolCall("vignette", -40)]
NAMESPACE = {"k": "http://www.calligra.org/DTD/krita"}


def photo(height: int = 50, width: int = 70, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, channels), dtype=np.uint8)


def tree(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(zipfile.ZipFile(path).read("maindoc.xml"))


def test_a_template_holds_one_pass_through_group_with_the_first_step_lowest(tmp_path: Path):
    path = tmp_path / "t.kra"
    written = kra.write_template(path, CALLS, group_name='Warm & "dark" <photo>', width=4000, height=3000)
    (group,) = tree(path).findall(".//k:IMAGE/k:layers/k:layer", NAMESPACE)
    layers = group.findall("k:layers/k:layer", NAMESPACE)
    assert (group.get("name"), group.get("passthrough"), group.get("uuid")) == ('Warm & "dark" <photo>', "1", written.group)
    assert [layer.get("name") for layer in layers] == ["Vignette -40", "Grain +10", "Exposure +20"]  # topmost first
    assert [layer.get("uuid") for layer in reversed(layers)] == list(written.layers)
    assert [layer.get("opacity") for layer in layers] == ["102", "26", "255"]
    assert [layer.get("channelflags") for layer in layers] == ["", "1110", ""], "the grain leaves transparent parts as they are"


def test_a_kra_begins_with_its_type_uncompressed_and_every_layer_has_its_settings(tmp_path: Path):
    path = tmp_path / "t.kra"
    kra.write_template(path, CALLS, width=100, height=80)
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/x-krita"
        assert archive.testzip() is None
        for layer in tree(path).iter(f"{{{NAMESPACE['k']}}}layer"):
            name = f"iea/layers/{layer.get('filename')}"
            if layer.get("nodetype") == "paintlayer":
                assert archive.read(name).endswith(b"PIXELSIZE 4\nDATA 0\n")
                assert archive.read(f"{name}.defaultpixel") == bytes(4)
            elif layer.get("nodetype") != "grouplayer":
                assert parse_config(archive.read(f"{name}.filterconfig").decode())
                assert archive.read(f"{name}.pixelselection.defaultpixel") in (b"\0", b"\xff")


@pytest.mark.parametrize(
    ("model", "depth", "space"),
    [("RGBA", "U8", "RGBA"), ("RGBA", "U16", "RGBA16"), ("RGBA", "F16", "RGBAF16"), ("GRAYA", "U16", "GRAYAU16")],
)
def test_a_template_has_the_documents_colour_space_and_profile(tmp_path: Path, model: str, depth: str, space: str):
    path = tmp_path / "t.kra"
    calls = [ToolCall("exposure", 20)]
    kra.write_template(path, calls, model=model, depth=depth, profile_name="My & profile", width=9, height=9)
    image = tree(path).find("k:IMAGE", NAMESPACE)
    assert image is not None
    assert (image.get("colorspacename"), image.get("profile")) == (space, "My & profile")


def test_a_colour_space_without_a_name_is_refused_and_leaves_no_file(tmp_path: Path):
    with pytest.raises(Unsupported, match="CMYKA"):
        kra.write_template(tmp_path / "t.kra", [], model="CMYKA", width=9, height=9)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_writing_fails(tmp_path: Path):
    path = tmp_path / "t.kra"
    path.write_bytes(b"precious")
    with pytest.raises(Unsupported):
        kra.write_template(path, [ToolCall("tint", 5)], model="GRAYA", width=9, height=9)
    assert path.read_bytes() == b"precious"


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 200), st.integers(1, 200))
def test_masks_are_the_reference_renderers_within_one_level(width: int, height: int):
    rows = list(masks.vignette_rows(width, height))
    mask = np.frombuffer(b"".join(rows), np.uint8).reshape(height, width)
    assert np.abs(mask / 255 - reference.vignette_mask(height, width)).max() < 1 / 255


def untiled(data: bytes, width: int, height: int, size: int) -> np.ndarray:
    """What Krita reads from tiles that are not compressed."""
    stream = io.BytesIO(data)
    head = dict(stream.readline().split() for _ in range(5))
    assert int(head[b"PIXELSIZE"]) == size
    out = np.zeros((-(-height // 64) * 64, -(-width // 64) * 64, size), np.uint8)
    for _ in range(int(head[b"DATA"])):
        x, y, _, length = stream.readline().decode().strip().split(",")
        tile = stream.read(int(length))
        assert tile[0] == 0
        out[int(y):int(y) + 64, int(x):int(x) + 64] = np.frombuffer(tile[1:], np.uint8).reshape(64, 64, size)
    assert stream.read() == b""
    return out[:height, :width]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (64, 64), (65, 130), (200, 63)])
def test_tiles_hold_every_pixel_and_every_weight(width: int, height: int):
    picture = photo(height, width, 4)
    made = untiled(b"".join(piece() for piece in pixels.tiles(picture)), width, height, 4)
    assert np.array_equal(made, picture[..., [2, 1, 0, 3]])
    rows = list(masks.vignette_rows(width, height))
    mask = untiled(b"".join(masks.tiled(iter(rows), width, height)), width, height, 1)
    assert mask.tobytes() == b"".join(rows)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [(1, 1), (300, 7), (600, 500)])
def test_pictures_for_other_viewers_are_valid_and_exact(size: tuple[int, int], channels: int):
    picture = photo(*size, channels)
    with Image.open(io.BytesIO(b"".join(pixels.png(picture)))) as image:
        image.load()
        assert np.array_equal(np.asarray(image), picture)
    small = pixels.thumbnail(picture)
    assert max(small.shape[:2]) <= 256
    assert small.shape[2] == channels


def test_a_document_shows_the_edited_picture_and_remembers_its_first_turn(tmp_path: Path):
    path, picture = tmp_path / "d.kra", photo()
    written = write_document(
        path, picture, CALLS[:1], group_name="IEA: too dark",
        annotations=lambda ids: conversation.first_turn(ids, CALLS[:1], request="too dark", reason="Lifted the light."),
    )
    with zipfile.ZipFile(path) as archive:
        with Image.open(archive.open("mergedimage.png")) as merged:
            assert np.array_equal(np.asarray(merged), reference.render(picture, CALLS[:1]))
        session = json.loads(archive.read("iea/annotations/iea_krita/session"))
    assert session["group"] == written.group
    assert session["steps"] == [
        {"tool": "exposure", "value": 20, "suggested": 20, "layer": written.layers[0], "visible": True}
    ]
    assert session["turns"][0]["reason"] == "Lifted the light."
    kinds = [layer.get("nodetype") for layer in tree(path).findall(".//k:IMAGE/k:layers/k:layer", NAMESPACE)]
    assert kinds == ["grouplayer", "paintlayer"]


def test_a_document_without_steps_is_the_photo_alone(tmp_path: Path):
    written = write_document(tmp_path / "d.kra", photo(channels=4), [])
    assert written == kra.WrittenGroup("", ())
    assert len(tree(tmp_path / "d.kra").findall(".//k:layer", NAMESPACE)) == 1


def test_the_grain_of_a_document_is_a_layer_of_noise_in_linear_light(tmp_path: Path):
    path, picture = tmp_path / "d.kra", photo(100, 1700)
    write_document(path, picture, [ToolCall("grain", 40)], seed=3)
    layer = next(layer for layer in tree(path).iter(f"{{{NAMESPACE['k']}}}layer") if layer.get("name") == "Grain +40")
    told = {key: layer.get(key) for key in ("nodetype", "compositeop", "opacity", "channelflags")}
    assert told == {
        "nodetype": "paintlayer", "compositeop": "linear light", "opacity": "102", "channelflags": "1110",
    }
    with zipfile.ZipFile(path) as archive:
        name = f"iea/layers/{layer.get('filename')}"
        made = untiled(archive.read(name), 1700, 100, 4)
        assert archive.read(f"{name}.icc") == archive.read("iea/layers/layer1.icc")
    grey = (reference.grain_greys(100, 1700, 3) * 255).round()
    assert np.array_equal(made[..., :3], grey[..., None].repeat(3, -1))
    assert (made[..., 3] == 255).all()


def test_layers_given_ready_are_shown_in_the_merged_picture_of_the_caller(tmp_path: Path):
    picture = photo()
    layer = layer_for(ToolCall("exposure", 30), width=70, height=50)
    write_document(tmp_path / "d.kra", picture, [layer], merged=picture)
    with zipfile.ZipFile(tmp_path / "d.kra") as archive, Image.open(archive.open("mergedimage.png")) as merged:
        assert np.array_equal(np.asarray(merged), picture)


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 2), np.uint8)])
def test_pictures_of_another_kind_are_refused(tmp_path: Path, bad: np.ndarray):
    with pytest.raises(ValueError, match="takes"):
        write_document(tmp_path / "d.kra", bad, [])
    assert list(tmp_path.iterdir()) == []


def test_our_colour_profile_is_srgb():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb.profile("IEA sRGB")))
    assert ImageCms.getProfileDescription(profile).strip() == "IEA sRGB"
    # Little CMS at its usual precision; a pure sRGB picture must come out as it went in.
    picture = Image.fromarray(photo(64, 64))
    through = ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"))
    assert through is not None
    assert np.abs(np.asarray(through).astype(int) - np.asarray(picture)).max() <= 1


def test_the_plugin_reads_the_first_turn_that_a_written_document_carries():
    from plugin.iea_krita import session

    written = kra.WrittenGroup("{group}", ("{low}", "{high}"))
    calls = [ToolCall("exposure", 20), ToolCall("tint", -5)]
    (note,) = conversation.first_turn(written, calls, request="grün", reason="Because.", seconds=0.4, model="m").values()
    read = session.from_json(note)
    assert read.group == "{group}"
    assert read.in_force == tuple(calls)
    assert [step.layer for step in read.steps] == ["{low}", "{high}"]
    assert read.turns == (session.Turn("grün", "Because.", tuple(calls), 0.4, "m"),)
    assert json.loads(session.to_json(read)) == json.loads(note)


@given(st.text(max_size=80))
def test_groups_are_named_as_the_plugin_names_them(request_text: str):
    from plugin.iea_krita import session

    assert conversation.group_name(request_text) == session.group_name(request_text)


def test_pieces_packed_on_every_core_are_one_entry_that_anyone_can_read(tmp_path: Path):
    pieces = [bytes([i]) * 5000 + np.random.default_rng(i).bytes(3000) for i in range(40)] + [b""]
    with kra.archive(tmp_path / "a.kra") as archive:
        deflate.write_entry(archive, "large", (lambda piece=piece: piece for piece in pieces))
        deflate.write_entry(archive, "none", iter(()))
        archive.writestr("after", b"small")
    with zipfile.ZipFile(tmp_path / "a.kra") as archive:
        assert archive.testzip() is None
        assert archive.read("large") == b"".join(pieces)
        assert archive.getinfo("large").compress_size < 40 * 3200
        assert (archive.read("none"), archive.read("after")) == (b"", b"small")


def test_a_piece_that_cannot_be_made_fails_the_file_and_leaves_none(tmp_path: Path):
    def broken() -> bytes:
        raise MemoryError

    with pytest.raises(MemoryError), kra.archive(tmp_path / "a.kra") as archive:
        deflate.write_entry(archive, "large", [lambda: b"good", broken])
    assert list(tmp_path.iterdir()) == []


def test_a_png_carries_profile_and_exif(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "A maker"
    data = b"".join(pixels.png(photo(600, 20), profile=srgb.profile("IEA sRGB"), exif=exif.tobytes()))
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert np.array_equal(np.asarray(image), photo(600, 20))
        assert image.getexif()[0x010F] == "A maker"
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert ImageCms.getProfileDescription(profile).strip() == "IEA sRGB"
