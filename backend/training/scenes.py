"""Before-pictures: a photo cropped, flipped, scaled, spoiled as cameras and light do, perhaps edited: all from one record.

The record ("picture" of a sample) says everything, so the same picture can be made again when features are computed.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from tool_mapping import reference
from tool_mapping.spec import ORDER, ToolCall, in_canonical_order

LONG_SIDE = 192


def photo_files(shared: Path, split: str) -> list[str]:
    """Paths of the photos of a split, relative to the data folder."""
    rows = [json.loads(line) for line in (shared / "data" / "photos.jsonl").read_text().splitlines()]
    return [row["file"] for row in rows if row["split"] == split]


@lru_cache(maxsize=1024)
def _photo(path: str) -> NDArray[np.uint8]:
    with Image.open(path) as im:
        return np.asarray(im.convert("RGB"))


def _to_linear(c: NDArray) -> NDArray:
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** np.float32(2.4))


def _to_srgb(c: NDArray) -> NDArray:
    c = np.clip(c, 0, 1)
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** np.float32(1 / 2.4) - 0.055)


def faults(seed: int) -> list[tuple[str, float, float]]:
    """What `spoil` does with this seed, in order: ("exposure", EV, 0), ("cast", red, green), ("haze" or "dull", rest, 0)."""
    rng = np.random.default_rng(seed)
    out: list[tuple[str, float, float]] = []
    for fault in rng.permutation(["exposure", "cast", "haze", "dull"])[: rng.integers(1, 4)].tolist():
        if fault == "exposure":
            out.append((fault, rng.uniform(0.7, 1.6) * (1 if rng.random() < 0.3 else -1), 0.0))
        elif fault == "cast":
            out.append((fault, rng.uniform(0.15, 0.4) * rng.choice([-1, 1]), rng.uniform(-0.06, 0.06)))
        else:
            out.append((fault, rng.uniform(0.6, 0.85) if fault == "haze" else rng.uniform(0.35, 0.7), 0.0))
    return out


def spoil(rgb: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """One to three faults in linear light (wrong exposure, colour cast, haze, dull colours); rgb (H, W, 3) in [0, 1]."""
    x = _to_linear(rgb).astype(np.float32)
    for fault, much, green in faults(seed):
        if fault == "exposure":
            x = x * np.float32(2 ** much)
            x = np.where(x > 0.8, 0.8 + 0.2 * np.tanh((x - 0.8) / 0.2), x)  # film-like shoulder
        elif fault == "cast":
            x = x * np.array([1 + much, 1 + green, 1 - much], np.float32)
        elif fault == "haze":
            t = np.float32(much)
            x = x * t + np.float32(0.55) * (1 - t)
        else:
            s = np.float32(much)
            grey = (x @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
            x = grey + s * (x - grey)
        x = np.clip(x, 0, 1)
    return _to_srgb(x).astype(np.float32)


def tool_calls(calls: list[dict[str, Any]]) -> list[ToolCall]:
    return in_canonical_order([ToolCall(c["name"], c["value"]) for c in calls])


def _whole(x: NDArray) -> NDArray[np.uint8]:
    return (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)


def original_picture(picture: dict[str, Any], root: Path) -> NDArray[np.uint8]:
    """The photo cropped, flipped and scaled, unspoiled. (H, W, 3), long side LONG_SIDE. `root` is the data folder."""
    photo = _photo(str(root / picture["photo"]))
    height, width = photo.shape[:2]
    left, top, right, bottom = picture["crop"]
    box = (round(left * width), round(top * height), max(round(right * width), 1), max(round(bottom * height), 1))
    photo = photo[box[1]:box[3], box[0]:box[2]]
    if picture["flip"]:
        photo = photo[:, ::-1]
    k = LONG_SIDE / max(photo.shape[:2])
    size = (max(1, round(photo.shape[1] * k)), max(1, round(photo.shape[0] * k)))
    how = Image.Resampling.BOX if k < 1 else Image.Resampling.BICUBIC
    small = np.asarray(Image.fromarray(np.ascontiguousarray(photo)).resize(size, how))
    chroma, noise = picture.get("chroma", 1.0), picture.get("noise", 0.0)
    return _with_sensor(small, chroma, noise, picture.get("noise_seed", 0)) if chroma != 1 or noise else small


def spoiled_picture(rgb: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """`spoil` on whole numbers. (H, W, 3)."""
    return _whole(spoil(rgb.astype(np.float32) / np.float32(255), seed))


def _with_sensor(rgb: NDArray[np.uint8], chroma: float, noise: float, seed: int) -> NDArray[np.uint8]:
    """Colours scaled by `chroma` (0: greyscale) and noise of deviation `noise` of 255 added, most in the dark."""
    x = rgb.astype(np.float32) / 255
    grey = (x @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
    x = grey + np.float32(chroma) * (x - grey)
    if noise:
        rng = np.random.default_rng(seed)
        light, colour = rng.normal(size=(*x.shape[:2], 1)), rng.normal(size=x.shape) * 0.5 * chroma
        x = x + (noise / 255 * (1.25 - grey) * (light + colour)).astype(np.float32)
    return _whole(x)


def before_picture(picture: dict[str, Any], root: Path) -> NDArray[np.uint8]:
    """The picture that the person sees when they speak. (H, W, 3), long side LONG_SIDE. `root` is the data folder."""
    rgb = original_picture(picture, root)
    if picture["spoil"] is not None:
        rgb = spoiled_picture(rgb, picture["spoil"])
    return reference.render(rgb, tool_calls(picture["pre"])) if picture["pre"] else rgb


def after_picture(sample: dict[str, Any], root: Path) -> NDArray[np.uint8]:
    """What a summary sample ends with (its `after`), or what an edit sample's calls make of the before-picture."""
    after = sample.get("after")
    if after == "original":
        return original_picture(sample["picture"], root)
    calls = sample["calls"] if after is None else after
    return reference.render(before_picture(sample["picture"], root), tool_calls(calls))


def sample_points(rgb: NDArray[np.uint8], count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` pixels spread evenly, in random order: (3, count) in [0, 1] and their places (count, 2) in [-1, 1]."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[:2]
    n = height * width
    order = (np.arange(count) + rng.random(count)) * (n / count)
    # a golden-ratio stride through the pixels spreads them in both directions
    flat = (order * 0.6180339887 % 1 * n).astype(np.int64) if n < count else np.minimum(order.astype(np.int64), n - 1)
    flat = rng.permutation(flat)
    v, u = np.divmod(flat, width)
    uv = np.stack([(2 * u + 1) / width - 1, (2 * v + 1) / height - 1], -1).astype(np.float32)
    points = rgb.reshape(-1, 3)[flat].astype(np.float32) / 255
    return torch.from_numpy(points.T.copy()), torch.from_numpy(uv)


def _random_crop(rng: np.random.Generator) -> list[float]:
    """Mostly the whole photo or most of it; at times a panorama, a tall strip or a small detail. Left, top, right, bottom."""
    roll = rng.random()
    width = height = 1.0 if rng.random() < 0.35 else float(rng.uniform(0.55, 1.0))
    if roll < 0.05:
        width, height = 1.0, float(rng.uniform(0.22, 0.45))
    elif roll < 0.08:
        width, height = float(rng.uniform(0.22, 0.45)), 1.0
    elif roll < 0.13:
        width = height = float(rng.uniform(0.2, 0.45))
    left, top = float(rng.uniform(0, 1 - width)), float(rng.uniform(0, 1 - height))
    return [round(v, 4) for v in (left, top, left + width, top + height)]


def random_picture(rng: np.random.Generator, files: list[str], *, spoiled: bool) -> dict[str, Any]:
    """The record of a before-picture: exposure and cast varied if not spoiled; some noisy, some with little or no colour."""
    crop = _random_crop(rng)
    pre: list[dict[str, Any]] = []
    if not spoiled and rng.random() < 0.38:
        most_light = 100 if rng.random() < 0.25 else 70
        for name, most in (("exposure", most_light), ("temperature", 30), ("saturation", 40), ("contrast", 35)):
            if rng.random() < 0.4:
                pre.append({"name": name, "value": int(rng.integers(-most, most + 1))})
    picture = {
        "photo": files[int(rng.integers(len(files)))], "crop": crop, "flip": bool(rng.random() < 0.5),
        "spoil": int(rng.integers(1 << 31)) if spoiled else None,
        "pre": sorted((c for c in pre if c["value"]), key=lambda c: ORDER[c["name"]]),
    }
    roll = rng.random()
    if roll < 0.06:
        picture["chroma"] = 0.0 if roll < 0.03 else round(float(rng.uniform(0.05, 0.25)), 3)
    if rng.random() < 0.10:
        picture |= {"noise": round(float(rng.uniform(2.5, 14)), 2), "noise_seed": int(rng.integers(1 << 31))}
    return picture
