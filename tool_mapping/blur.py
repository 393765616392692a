"""A Gaussian blur of large pictures as small matrix products: its cost hardly grows with the radius.

A Gaussian is the convolution of two narrower ones, and what the first has smoothed needs to be known at every s-th pixel only:
blur(x) = U D x, where D smooths and keeps every s-th pixel both ways, and U spreads these out with the other Gaussian. Each is
a band matrix, the same for every block of pixels. With the deviations chosen here the weights of U D differ from those of the
one Gaussian, cut where Krita cuts it, by at most 0.3 % in sum. numpy hands the products to BLAS; they are kept below the size
from which OpenBLAS would start threads of its own, because ours share the cores already and its threads wait by spinning.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from tool_mapping import strips

Array = NDArray[np.float32]
_DIRECT = 4.0  # pixels; a narrower Gaussian is taken as it is
_SPREAD = 0.7  # deviation of U in steps of the coarse grid
_PRODUCT = 1 << 18  # multiplications from which OpenBLAS starts threads
_EDGE = 3  # points of the coarse grid that U needs beyond either side of a block


def reach(sigma: float) -> int:
    """How many pixels away a pixel still counts: Krita cuts its kernels there."""
    return 3 * max(1, int(np.ceil(sigma)))


def gaussian_kernel(sigma: float, half: int) -> Array:
    """Weights of a Gaussian of `sigma` pixels, cut `half` pixels away; their sum is 1."""
    offsets = np.arange(-half, half + 1)
    kernel = np.exp(-0.5 * (offsets / max(sigma, 1e-6)) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)


def _smoothing(kernel: Array, points: int, step: int) -> Array:
    """(points, inputs): row i has the kernel at i * step."""
    matrix = np.zeros((points, (points - 1) * step + len(kernel)), np.float32)
    for i in range(points):
        matrix[i, i * step:i * step + len(kernel)] = kernel
    return matrix


def _spreading(sigma: float, points: int, step: int) -> Array:
    """(points + 2 _EDGE + 1, points * step): what each point of the coarse grid, from -_EDGE on, gives to each pixel."""
    at = np.arange(points * step)[None, :] - step * np.arange(-_EDGE, points + _EDGE + 1)[:, None]
    matrix = np.exp(-0.5 * (at / sigma) ** 2)
    matrix[np.abs(at) > _EDGE * step] = 0.0
    return (matrix / matrix.sum(0)).astype(np.float32)


class Blurred:
    """The Gaussian blur of a picture, computed in bands of rows when asked for. Edge pixels are repeated.

    planes: a picture's channels, (H, W) of any kind of number each; `sigma` in pixels. `rows` is the height of the bands.
    """

    def __init__(self, planes: Sequence[NDArray], sigma: float) -> None:
        self._planes = planes
        self._height, self._width = planes[0].shape
        self._step = 1 if sigma < _DIRECT else int(sigma / 2)
        if self._step == 1:
            self._points = 32 if reach(sigma) < 16 else 64
            self._smooth, self._before = _smoothing(gaussian_kernel(sigma, reach(sigma)), self._points, 1), reach(sigma)
            self.rows = self._points
        else:
            self._points = 16
            spread = _SPREAD * self._step
            narrow = (sigma * sigma - spread * spread) ** 0.5
            kernel = gaussian_kernel(narrow, int(np.ceil(3 * narrow)))
            self._smooth = _smoothing(kernel, self._points, self._step)
            self._before = len(kernel) // 2 + _EDGE * self._step
            self._up = _spreading(spread, self._points, self._step)
            self.rows = self._points * self._step
            self._coarse = self._made_coarse()

    def band(self, channel: int, top: int) -> Array:
        """Rows `top` and on, a multiple of `rows`, of the blurred channel: (rows or fewer at the bottom, W) float32."""
        rows = min(self.rows, self._height - top)
        if self._step == 1:
            return self._smoothed(channel, top)[:rows]
        first = top // self._step
        near = self._coarse[channel, first:first + len(self._up)]
        coarse = self._up.T[:rows] @ near if rows * near.size <= _PRODUCT else _by_columns(self._up.T[:rows], near)
        return _by_windows(coarse, self._up, self._points, self._width)

    def _made_coarse(self) -> Array:
        """(C, rows, columns): the picture smoothed by D, from _EDGE points before its first pixel on."""
        down, across = (-(-size // self.rows) + 1 for size in (self._height, self._width))
        coarse = np.empty((len(self._planes), down * self._points, across * self._points), np.float32)

        def work(top: int, bottom: int) -> None:
            for channel in range(len(coarse)):
                coarse[channel, top:bottom] = self._smoothed(channel, top * self._step)

        strips.each(coarse.shape[1], self._points, work)
        return coarse

    def _smoothed(self, channel: int, top: int) -> Array:
        """D for a block of `_points` rows of the coarse grid, the first standing for the pixels from `top` on."""
        count = self._smooth.shape[1]
        rows = np.arange(top - self._before, top - self._before + count).clip(0, self._height - 1)
        down = _by_columns(self._smooth, self._planes[channel][rows].astype(np.float32, copy=False))
        stride = self._points * self._step
        blocks = -(-self._width // stride) + (self._step > 1)
        padded = np.empty((len(down), (blocks - 1) * stride + count), np.float32)
        end = min(self._before + self._width, padded.shape[1])
        padded[:, :self._before] = down[:, :1]
        padded[:, self._before:end] = down[:, :end - self._before]
        padded[:, end:] = down[:, -1:]
        return _by_windows(padded, np.ascontiguousarray(self._smooth.T), stride, None if self._step > 1 else self._width)


def _by_columns(matrix: Array, x: Array) -> Array:
    """matrix @ x, some columns of x at a time."""
    out = np.empty((len(matrix), x.shape[1]), np.float32)
    tile = max(16, _PRODUCT // matrix.size // 16 * 16)
    whole = x.shape[1] // tile * tile
    if whole:
        tiles = x[:, :whole].reshape(len(x), -1, tile).transpose(1, 0, 2)
        np.matmul(matrix, tiles, out=out[:, :whole].reshape(len(out), -1, tile).transpose(1, 0, 2))
    if whole < x.shape[1]:
        np.matmul(matrix, x[:, whole:], out=out[:, whole:])
    return out


def _by_windows(x: Array, matrix: Array, stride: int, width: int | None) -> Array:
    """Each window of x's columns, len(matrix) wide and one every `stride`, times the matrix; side by side, cut to `width`."""
    x = np.ascontiguousarray(x)
    windows, outputs = (x.shape[1] - len(matrix)) // stride + 1, matrix.shape[1]
    row, item = x.strides
    view = as_strided(x, (windows, len(x), len(matrix)), (stride * item, row, item), writeable=False)
    out = np.empty((len(x), windows * outputs), np.float32)
    tile = max(1, _PRODUCT // matrix.size)
    for top in range(0, len(x), tile):
        part = out[top:top + tile]
        np.matmul(view[:, top:top + tile], matrix, out=part.reshape(len(part), windows, outputs).transpose(1, 0, 2))
    return out if width is None else out[:, :width]


def gaussian_blur(x: Array, sigma: float) -> Array:
    """Separable Gaussian, (H, W, C) float32 -> the same, edge pixels repeated."""
    blurred = Blurred([x[..., channel] for channel in range(x.shape[2])], sigma)
    out = np.empty(x.shape, np.float32)

    def work(top: int, bottom: int) -> None:
        for channel in range(x.shape[2]):
            out[top:bottom, :, channel] = blurred.band(channel, top)

    strips.each(x.shape[0], blurred.rows, work)
    return out
