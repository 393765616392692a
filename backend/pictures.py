"""Reads any photo file into sRGB pixels as a person sees it, and writes pictures with what belongs to them."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

from tool_mapping.pixels import png

AGENT_SIDE = 512  # the long side of what the agent looks at, pixels
WIRE_PIXELS = 40_000_000  # the largest picture taken over the wire
FILE_PIXELS = 100_000_000  # the largest file; 24 megapixels with five steps took 486 MiB of memory
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
KINDS = ("missing", "unreadable", "too_large", "unsupported", "not_written")

# Our own check of the size, made before a pixel is decoded, takes the place of Pillow's, which only warns.
Image.MAX_IMAGE_PIXELS = None

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_SRGB_ICC: bytes = _SRGB.tobytes()
_SRGB_NAMES = ("sRGB IEC61966-2.1", "sRGB built-in")  # others may be linear, though they say sRGB
# The others describe how the old file lays out its pixels (TIFF keeps them among the EXIF tags), or its thumbnail.
_KEPT = (Base.ImageDescription, Base.Make, Base.Model, Base.DateTime, Base.Artist, Base.Copyright)
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}


class PictureError(Exception):
    """A picture that cannot be read or written. `kind` is one of KINDS, the message a sentence for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, upright. rgb: (H, W, 3) uint8, sRGB-encoded, not multiplied with alpha. alpha: (H, W) uint8, None if opaque.

    `exif` is the file's EXIF data without orientation and thumbnail, b"" if there is none. `notes` says in a sentence each what
    could not be taken over as the file means it.
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None = None
    exif: bytes = b""
    notes: tuple[str, ...] = ()

    def with_rgb(self, rgb: NDArray[np.uint8]) -> Photo:
        return replace(self, rgb=rgb)


def read_file(path: str | os.PathLike[str], *, max_pixels: int = FILE_PIXELS, max_side: int | None = None) -> Photo:
    """Read a JPEG, PNG, WebP, TIFF or BMP file; of an animation or a document with pages the first. See read_bytes."""
    name = Path(path).name
    try:
        with open(path, "rb") as file:
            return _read(file, name, max_pixels, max_side)
    except FileNotFoundError:
        raise PictureError("missing", f"There is no file {name}. Check the path.") from None
    except IsADirectoryError:
        raise PictureError("missing", f"{name} is a folder. Name a photo in it.") from None
    except PermissionError:
        raise PictureError("missing", f"{name} may not be read. Check its permissions.") from None


def read_bytes(data: bytes, *, max_pixels: int = WIRE_PIXELS, max_side: int | None = None, name: str = "The picture") -> Photo:
    """Read an encoded picture. Over `max_pixels` it is refused before decoding; over `max_side` (pixels, long side) reduced.

    Raises PictureError: unreadable (broken, cut off), too_large, unsupported (another kind of file).
    """
    return _read(io.BytesIO(data), name, max_pixels, max_side)


def reduced(rgb: NDArray[np.uint8], max_side: int = AGENT_SIDE) -> NDArray[np.uint8]:
    """The picture (H, W, 3) uint8 with a long side of at most `max_side`; itself if it is small enough."""
    height, width = rgb.shape[:2]
    if max(height, width) <= max_side:
        return rgb
    return np.asarray(_reduce(Image.fromarray(rgb), max_side))


def _read(file: BinaryIO, name: str, max_pixels: int, max_side: int | None) -> Photo:
    try:
        _check_size(*_webp_size(file), name, max_pixels)
        with Image.open(file, formats=FORMATS) as image:
            _check_size(*image.size, name, max_pixels)
            if max_side is not None and image.format == "JPEG" and image.mode == "RGB":
                image.draft("RGB", (max_side, max_side))  # decodes at a half, quarter or eighth: much faster
            image.load()
            orientation, exif = _exif(image)
            notes: list[str] = []
            rgb, alpha = _to_srgb(image, max_side, notes)
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(
            "unsupported", f"{name} is not a picture that can be read. Use a JPEG, PNG, WebP, TIFF or BMP file."
        ) from None
    except MemoryError:
        raise PictureError("too_large", f"{name} does not fit into memory. Use a smaller copy.") from None
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error, EOFError and more
        raise PictureError("unreadable", f"{name} is damaged and could not be read. Try to export it again.") from error
    if orientation in _TRANSPOSE:
        rgb = rgb.transpose(_TRANSPOSE[orientation])
        alpha = alpha.transpose(_TRANSPOSE[orientation]) if alpha else None
    return Photo(np.asarray(rgb), None if alpha is None else np.asarray(alpha), exif, tuple(notes))


def _check_size(width: int, height: int, name: str, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise PictureError(
            "too_large",
            f"{name} has {width * height / 1e6:.0f} megapixels; at most {max_pixels // 1_000_000} can be handled. "
            "Use a smaller copy.",
        )


def _webp_size(file: BinaryIO) -> tuple[int, int]:
    """Size of a WebP picture from its header, (0, 0) for others: Pillow sets up its decoder on opening, before we can look."""
    head = file.read(30)
    file.seek(0)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _exif(image: Image.Image) -> tuple[int, bytes]:
    """The orientation (1..8) and the rest of the EXIF data, ready to be written again."""
    try:
        exif = image.getexif()
        kept = Image.Exif()
        for tag in _KEPT:
            if tag in exif:
                kept[tag] = exif[tag]
        for ifd in (IFD.Exif, IFD.GPSInfo):
            if ifd in exif:
                kept[ifd] = exif.get_ifd(ifd)
        return exif.get(Base.Orientation, 1), kept.tobytes() if len(kept) else b""
    except Exception:  # broken EXIF data is common and no reason to refuse a photo
        return 1, b""


def _reduce(image: Image.Image, max_side: int | None) -> Image.Image:
    width, height = image.size
    if max_side is None or max(width, height) <= max_side:
        return image
    scale = max_side / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _to_srgb(image: Image.Image, max_side: int | None, notes: list[str]) -> tuple[Image.Image, Image.Image | None]:
    """Any Pillow mode -> (RGB image, L image or None), reduced, its colour profile applied."""
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    alpha = None
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        # Colour and alpha are resized apart: together, Pillow would weigh colours with alpha and lose what lies below it.
        alpha = _reduce(image.getchannel("A"), max_side)
        image = image.convert("RGB")
        if alpha.getextrema() == (255, 255):
            alpha = None
    elif image.mode == "P":
        image = image.convert("RGB")
    elif image.mode == "1":
        image = image.convert("L")
    image = _reduce(image, max_side)
    return _convert(image, profile, notes), alpha


def _eight_bit(image: Image.Image) -> Image.Image:
    """Deep greyscale modes, which Pillow would cut off at 255 instead of scaling, as L."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    values = np.asarray(image, dtype=np.float64)
    # Float pictures hold 0..1, the integer ones 0..65535.
    values = np.nan_to_num(values) * 255.0 if image.mode == "F" else values / 257.0
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def _convert(image: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    source = None
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        except (OSError, ImageCms.PyCMSError):
            notes.append("Its colour profile is damaged and was not used.")
    if source is None and image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if source is not None:
        if image.mode == "RGB" and ImageCms.getProfileDescription(source).strip() in _SRGB_NAMES:
            return image
        try:
            done = ImageCms.profileToProfile(
                image, source, _SRGB, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, ValueError):
            notes.append("Its colour profile does not fit its pixels and was not used.")
        else:
            if done is not None:
                return done
    return image if image.mode == "RGB" else image.convert("RGB")


@contextlib.contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes its place at the end, or goes away after an error.

    Raises PictureError("not_written") when the folder or the disk does not allow it.
    """
    target = Path(path)
    try:
        handle, made = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise PictureError("not_written", f"{target.name} cannot be written to {target.parent}: {error.strerror}.") from error
    temporary = Path(made)
    try:
        yield temporary
        if os.name == "posix":  # mkstemp makes private files; an output is an ordinary one
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        os.replace(temporary, target)
    except OSError as error:
        raise PictureError("not_written", f"{target.name} could not be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def write(path: str | os.PathLike[str], photo: Photo) -> None:
    """Write .png, .jpg, .webp or .tif with sRGB profile and EXIF data; alpha where the format has it, over white in JPEG.

    Raises PictureError: unsupported (another ending), not_written. The file appears complete or not at all.
    """
    ending = Path(path).suffix.lower()
    options = _OPTIONS.get(ending)
    if options is None:
        raise PictureError("unsupported", f"{Path(path).name}: pictures are written as {', '.join(_OPTIONS)}.")
    if options["format"] == "PNG":  # Pillow packs on one core, for 5 s at 24 megapixels
        pixels = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, photo.alpha])
        with atomic(path) as temporary, temporary.open("wb") as out:
            out.writelines(png(pixels, profile=_SRGB_ICC, exif=photo.exif))
        return
    image = Image.fromarray(np.ascontiguousarray(photo.rgb))
    if photo.alpha is not None:
        alpha = Image.fromarray(np.ascontiguousarray(photo.alpha))
        if options["format"] == "JPEG":
            white = Image.new("RGB", image.size, "white")
            white.paste(image, mask=alpha)
            image = white
        else:
            image.putalpha(alpha)
    with atomic(path) as temporary:
        # Pillow's TIFF writer fails on EXIF groups.
        exif: dict[str, Any] = {"exif": photo.exif} if photo.exif and options["format"] != "TIFF" else {}
        try:
            image.save(temporary, **options, icc_profile=_SRGB_ICC, **exif)
        except (ValueError, TypeError, KeyError):  # EXIF data that this format cannot carry
            image.save(temporary, **options, icc_profile=_SRGB_ICC)


_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 95, "subsampling": 0}
_OPTIONS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"}, ".jpg": _JPEG, ".jpeg": _JPEG, ".webp": {"format": "WEBP", "quality": 95},
    ".tif": {"format": "TIFF", "compression": "tiff_lzw"}, ".tiff": {"format": "TIFF", "compression": "tiff_lzw"},
}
