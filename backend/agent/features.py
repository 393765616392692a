"""What the agent sees of a picture: exact statistics and a small copy, the same code in training and at run time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 144  # long side in pixels of the copy that the statistics are taken from
THUMB = 48  # side in pixels of the square copy that the network's convolutions read
_GRID = 6  # the statistics' coarse map has _GRID x _GRID fields
_CUTS = (0.5, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99.5)  # percentiles
_ZONES = 5  # bands of lightness, each with its share and mean colour
_HUES = 12

_LINEAR = (lambda c: np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))(np.arange(256) / 255).astype(np.float32)
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]], np.float32
) / np.array([[0.95047], [1.0], [1.08883]], np.float32)


def lab(rgb: NDArray[np.uint8]) -> NDArray:
    """sRGB uint8 (..., 3) -> CIELAB under D65, float32 (..., 3): L in 0..100, a and b in about -110..110."""
    t = _LINEAR[rgb] @ _TO_XYZ.T
    f = np.where(t > 0.008856452, np.cbrt(t), t * 7.787037 + 0.137931)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def shrink(rgb: NDArray[np.uint8], long_side: int) -> NDArray[np.uint8]:
    """(H, W, 3) -> the same picture no larger than `long_side`; smaller pictures stay as they are."""
    height, width = rgb.shape[:2]
    if max(height, width) <= long_side:
        return rgb
    k = long_side / max(height, width)
    size = (max(1, round(width * k)), max(1, round(height * k)))
    image = Image.fromarray(np.ascontiguousarray(rgb))
    if min(height, width) > 4 * long_side:
        image = image.reduce(max(1, max(height, width) // (4 * long_side)))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def thumb(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) -> (THUMB, THUMB, 3), stretched to a square."""
    if rgb.shape[:2] == (THUMB, THUMB):
        return rgb
    return np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).resize((THUMB, THUMB), Image.Resampling.BOX))


def _means(values: NDArray, where: NDArray[np.bool_]) -> NDArray:
    """Column means of the chosen rows, 0 where none is chosen."""
    return values[where].mean(0) if where.any() else np.zeros(values.shape[1], np.float32)


def _grid(field: NDArray) -> NDArray:
    """(H, W, 3) -> (_GRID * _GRID * 3,) field means; a picture smaller than the grid repeats its pixels."""
    rows = np.linspace(0, field.shape[0], _GRID + 1)
    columns = np.linspace(0, field.shape[1], _GRID + 1)
    top = np.minimum(rows[:-1].astype(int), field.shape[0] - 1)
    left = np.minimum(columns[:-1].astype(int), field.shape[1] - 1)
    sums = np.add.reduceat(np.add.reduceat(field, top, axis=0), left, axis=1)
    tall = np.maximum(np.diff(np.append(top, field.shape[0])), 1)
    wide = np.maximum(np.diff(np.append(left, field.shape[1])), 1)
    return (sums / (tall[:, None, None] * wide[None, :, None])).reshape(-1)


def _detail(light: NDArray[np.float32]) -> tuple[float, float]:
    """Mean |Laplacian| over the spread of lightness, and the deviation within the flattest tenth of 4 x 4 tiles."""
    if min(light.shape) < 8:
        return 0.0, 0.0
    lap = np.abs(4 * light[1:-1, 1:-1] - light[:-2, 1:-1] - light[2:, 1:-1] - light[1:-1, :-2] - light[1:-1, 2:])
    height, width = light.shape[0] // 4 * 4, light.shape[1] // 4 * 4
    tiles = light[:height, :width].reshape(height // 4, 4, width // 4, 4).swapaxes(1, 2).reshape(-1, 16)
    flat = np.sort(tiles.std(1))
    spread = max(float(np.percentile(light, 95) - np.percentile(light, 5)), 1.0)
    return float(lap.mean()) / spread, float(flat[: max(1, len(flat) // 10)].mean())


def statistics(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) uint8, any size from 1 x 1 -> (SIZE,) float32, each entry scaled to about -1..1."""
    small = shrink(rgb, SIDE)
    light = lab(small)
    flat_rgb = small.reshape(-1, 3).astype(np.float32) / 255
    flat = light.reshape(-1, 3)
    chroma = np.hypot(flat[:, 1], flat[:, 2])
    top = flat_rgb.max(1)
    saturation = np.divide(top - flat_rgb.min(1), top, out=np.zeros_like(top), where=top > 0)

    columns = np.column_stack([flat_rgb, flat / 100, chroma / 60, saturation])
    ordered = np.sort(columns, axis=0)
    cuts = ordered[np.round(np.asarray(_CUTS) / 100 * (len(ordered) - 1)).astype(int)].T.reshape(-1)

    zone = np.minimum((flat[:, 0] / (100 / _ZONES)).astype(int), _ZONES - 1)
    colour = np.column_stack([flat[:, 1:] / 30, chroma / 30])
    zones = [np.append(_means(colour, zone == z), (zone == z).mean()) for z in range(_ZONES)]
    greyish = np.append(_means(colour, chroma < 12), (chroma < 12).mean())
    bright = _means(colour, flat[:, 0] >= np.quantile(flat[:, 0], 0.95))
    hue = ((np.arctan2(flat[:, 2], flat[:, 1]) / (2 * np.pi) + 1) * _HUES).astype(int) % _HUES
    hues = np.bincount(hue, weights=chroma, minlength=_HUES)[:_HUES] / max(float(chroma.sum()), 1.0)

    clipped = np.concatenate([(flat_rgb >= 254 / 255).mean(0), (flat_rgb <= 1 / 255).mean(0)])
    ends = [(flat[:, 0] > 99).mean(), (flat[:, 0] < 1).mean(), (flat[:, 0] > 92).mean(), (flat[:, 0] < 12).mean()]
    fine, noise = _detail(light[..., 0])
    height, width = light.shape[:2]
    u = np.abs((2 * np.arange(width) + 1) / width - 1)[None, :]
    v = np.abs((2 * np.arange(height) + 1) / height - 1)[:, None]
    r = np.hypot(u, v) / np.sqrt(2)
    corner, middle = light[r > 0.75, 0], light[r < 0.35, 0]
    falloff = float(corner.mean() - middle.mean()) / 50 if len(corner) and len(middle) else 0.0
    moments = np.concatenate([columns.mean(0), columns.std(0)])
    shape = [fine, noise / 5, falloff, np.log(max(height, 1) / max(width, 1))]
    return np.concatenate([
        cuts, np.concatenate(zones), greyish, bright, hues, clipped, ends, moments, shape, _grid(light / 100),
    ]).astype(np.float32)


SIZE = int(statistics(np.zeros((8, 8, 3), np.uint8)).size)
