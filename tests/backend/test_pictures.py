"""Any photo file is read as people see it, and written with what belongs to it."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base

from backend import pictures
from backend.pictures import Photo, PictureError, read_bytes, read_file, reduced, write

RNG = np.random.default_rng(7)
PIXELS = np.clip(RNG.normal(128, 40, (24, 32, 3)), 0, 255).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


RGB = Image.fromarray(PIXELS)
GREY = PIXELS[..., 0]
GREYS = GREY[..., None].repeat(3, -1)


@pytest.mark.parametrize(
    ("data", "expected", "close"),
    [
        pytest.param(encoded(RGB, "PNG"), PIXELS, 0, id="png"),
        pytest.param(encoded(RGB, "BMP"), PIXELS, 0, id="bmp"),
        pytest.param(encoded(RGB, "TIFF", compression="tiff_lzw"), PIXELS, 0, id="tiff"),
        pytest.param(encoded(RGB, "WEBP", lossless=True), PIXELS, 0, id="webp"),
        pytest.param(
            encoded(RGB, "WEBP", lossless=True, save_all=True, append_images=[RGB.rotate(180)]), PIXELS, 0, id="animated"
        ),
        pytest.param(encoded(RGB, "TIFF", save_all=True, append_images=[RGB.rotate(180)]), PIXELS, 0, id="pages"),
        pytest.param(encoded(RGB.convert("CMYK"), "TIFF"), PIXELS, 1, id="cmyk"),
        pytest.param(encoded(RGB.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"), None, 0, id="palette"),
        pytest.param(encoded(Image.fromarray(GREY), "PNG"), GREYS, 0, id="grey"),
        pytest.param(encoded(Image.fromarray(GREY.astype(np.uint16) * 257), "PNG"), GREYS, 0, id="grey 16"),
        pytest.param(encoded(Image.fromarray(GREY / np.float32(255)), "TIFF"), GREYS, 1, id="grey float"),
    ],
)
def test_every_kind_of_pixel_becomes_srgb(data: bytes, expected: np.ndarray | None, close: int) -> None:
    photo = read_bytes(data)
    if expected is None:
        expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert (photo.rgb.dtype, photo.rgb.shape) == (np.uint8, (24, 32, 3))
    assert np.abs(photo.rgb.astype(int) - expected).max() <= close
    assert photo.alpha is None
    assert photo.notes == ()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_photo_is_upright_whatever_its_orientation_tag(orientation: int) -> None:
    stored = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3) * 40).convert("RGB")
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    photo = read_bytes(encoded(stored, "PNG", exif=exif))
    a = np.asarray(stored)[..., 0]
    upright = [a, a[:, ::-1], a[::-1, ::-1], a[::-1], a.T, np.rot90(a, -1), np.rot90(a, 2).T, np.rot90(a)][orientation - 1]
    assert np.array_equal(photo.rgb[..., 0], upright)


def test_alpha_is_kept_apart_and_hidden_colours_stay() -> None:
    rgba = np.dstack([PIXELS, np.where(np.arange(32) < 16, 0, 200).astype(np.uint8)[None].repeat(24, 0)])
    photo = read_bytes(encoded(Image.fromarray(rgba), "PNG"), max_side=16)
    assert photo.alpha is not None
    assert photo.alpha.shape == photo.rgb.shape[:2] == (12, 16)
    photo = read_bytes(encoded(Image.fromarray(rgba), "PNG"))
    assert photo.alpha is not None
    assert np.array_equal(photo.rgb, PIXELS)
    assert np.array_equal(photo.alpha, rgba[..., 3])


def test_a_colour_profile_is_applied_and_a_wrong_one_is_told() -> None:
    linear_ish = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    photo = read_bytes(encoded(RGB, "PNG", icc_profile=linear_ish))
    assert not np.array_equal(photo.rgb, PIXELS) or photo.notes
    photo = read_bytes(encoded(RGB, "PNG", icc_profile=b"nonsense" * 40))
    assert np.array_equal(photo.rgb, PIXELS)
    assert photo.notes
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(read_bytes(encoded(RGB, "PNG", icc_profile=srgb)).rgb, PIXELS)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(b"", "unsupported", id="empty"),
        pytest.param(b"not a picture at all" * 20, "unsupported", id="text"),
        pytest.param(encoded(RGB, "GIF"), "unsupported", id="gif"),
        pytest.param(encoded(RGB, "PNG")[:900], "unreadable", id="png cut off"),
        pytest.param(encoded(RGB, "JPEG")[:500], "unreadable", id="jpeg cut off"),
        pytest.param(encoded(RGB, "WEBP")[:200], "unreadable", id="webp cut off"),
        pytest.param(encoded(RGB, "BMP")[:300], "unreadable", id="bmp cut off"),
        pytest.param(encoded(RGB, "TIFF")[:300], "unreadable", id="tiff cut off"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(data: bytes, kind: str) -> None:
    with pytest.raises(PictureError) as error:
        read_bytes(data)
    assert (error.value.kind, str(error.value)[-1]) == (kind, ".")


def test_files_that_are_not_there_or_too_large_are_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(RGB, "PNG"))
    for path, options, kind in (
        (tmp_path / "none.png", {}, "missing"), (tmp_path, {}, "missing"),
        (tmp_path / "a.png", {"max_pixels": 767}, "too_large"),
    ):
        with pytest.raises(PictureError) as error:
            read_file(path, **options)
        assert error.value.kind == kind
    assert read_file(tmp_path / "a.png", max_pixels=768).rgb.shape == (24, 32, 3)


@pytest.mark.parametrize(("size", "expected"), [((10, 10), (10, 10)), ((1024, 512), (512, 256)), ((1, 5000), (1, 512))])
def test_the_agents_copy_has_a_long_side_of_at_most_512(size: tuple[int, int], expected: tuple[int, int]) -> None:
    rgb = np.full((size[1], size[0], 3), 90, np.uint8)
    assert reduced(rgb).shape == (expected[1], expected[0], 3)
    assert read_bytes(encoded(Image.fromarray(rgb), "JPEG"), max_side=512).rgb.shape == (expected[1], expected[0], 3)


def _with_exif() -> Photo:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "Maker"
    exif[IFD.Exif] = {Base.DateTimeOriginal: "2024:05:01 10:00:00"}
    return read_bytes(encoded(RGB, "JPEG", exif=exif))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tif"])
def test_a_written_picture_is_srgb_and_says_so_and_keeps_what_the_camera_wrote(tmp_path: Path, ending: str) -> None:
    photo, path = _with_exif(), tmp_path / f"o{ending}"
    write(path, photo)
    with Image.open(path) as image:
        assert image.info["icc_profile"]
        assert image.size == (24, 32)
        if ending != ".tif":  # Pillow cannot write it there
            assert image.getexif()[Base.Make] == "Maker"
            assert image.getexif().get(Base.Orientation, 1) == 1
            assert image.getexif().get_ifd(IFD.Exif)[Base.DateTimeOriginal] == "2024:05:01 10:00:00"
    again = read_file(path)
    assert np.abs(again.rgb.astype(int) - photo.rgb).mean() <= (0 if ending in (".png", ".tif") else 4)


def test_alpha_is_written_where_the_format_has_it_and_white_lies_below_it_in_jpeg(tmp_path: Path) -> None:
    photo = Photo(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8))
    write(tmp_path / "a.png", photo)
    again = read_file(tmp_path / "a.png")
    assert again.alpha is not None
    assert again.alpha.max() == 0
    write(tmp_path / "a.jpg", photo)
    assert read_file(tmp_path / "a.jpg").rgb.min() > 250


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_an_output_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    photo = Photo(PIXELS)
    target = tmp_path / "o.png"
    target.write_bytes(b"old")
    with contextlib.suppress(RuntimeError), pictures.atomic(target) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    write(target, photo)
    assert [path.name for path in tmp_path.iterdir()] == ["o.png"]
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask
    for wrong, kind in ((tmp_path / "none" / "o.png", "not_written"), (tmp_path / "o.gif", "unsupported")):
        with pytest.raises(PictureError) as error:
            write(wrong, photo)
        assert error.value.kind == kind
