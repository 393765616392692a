"""The tools as someone would write them with OpenCV: its own functions on whole 8-bit pictures, a call a tool.

Importing this raises ImportError where `cv2` is missing; it is no part of the project.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2  # type: ignore[import-not-found]
import numpy as np
from numpy.typing import NDArray

from tool_mapping import laws, transfer
from tool_mapping.spec import ToolCall

Picture = NDArray[np.uint8]


def _tone(rgb: Picture, call: ToolCall) -> Picture:
    tables = [np.frombuffer(table, np.uint8) for table in transfer.tone(call.name, call.value)]
    return cv2.LUT(rgb, np.stack(tables, axis=-1)[None])


def _saturation(rgb: Picture, call: ToolCall) -> Picture:
    hue, saturation, value = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV_FULL))
    law = laws.SATURATION[call.name](np.arange(256) / 255, call.value / 100)
    saturation = cv2.LUT(saturation, (law.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    return cv2.cvtColor(cv2.merge([hue, saturation, value]), cv2.COLOR_HSV2RGB_FULL)


def _grain(rgb: Picture, call: ToolCall) -> Picture:
    height, width = rgb.shape[:2]
    cell = laws.grain_cell(max(height, width))
    noise = np.empty((-(-height // cell), -(-width // cell)), np.int16)
    cv2.randn(noise, 0, 255 * laws.grain_spread(max(height, width)))
    noise = cv2.resize(noise, None, fx=cell, fy=cell, interpolation=cv2.INTER_NEAREST)[:height, :width]
    full = cv2.add(rgb, cv2.merge([noise] * 3), dtype=cv2.CV_8U)
    return cv2.addWeighted(full, call.value / 100, rgb, 1 - call.value / 100, 0)


def _vignette(rgb: Picture, call: ToolCall) -> Picture:
    height, width = rgb.shape[:2]
    u, v = (((2 * np.arange(n, dtype=np.float32) + 1) / n - 1) ** 2 for n in (width, height))
    t = (cv2.sqrt((u[None, :] + v[:, None]) * 0.5) - 0.25).clip(0) / np.float32(0.75)
    mask = t * t * (3 - 2 * t)
    weight = 1 + mask * np.float32(laws.vignette(call.value / 100)[0] - 1)  # clips a little later than ours, when brightening
    return cv2.multiply(rgb, cv2.merge([weight] * 3), dtype=cv2.CV_8U)


def _sharpness(rgb: Picture, call: ToolCall) -> Picture:
    f = call.value / 100
    blurred = cv2.GaussianBlur(rgb, (0, 0), laws.sharpness_sigma(max(rgb.shape[:2]), f), borderType=cv2.BORDER_REPLICATE)
    amount = laws.SHARPEN_AMOUNT * f
    return blurred if f < 0 else cv2.addWeighted(rgb, 1 + amount, blurred, -amount, 0)


_TOOLS: dict[str, Callable[[Picture, ToolCall], Picture]] = {
    "saturation": _saturation, "vibrance": _saturation, "grain": _grain, "vignette": _vignette,
    "sharpness": _sharpness,
}


def opencv(rgb: Picture, calls: list[ToolCall]) -> Picture:
    """The picture (H, W, 3) uint8 after all calls."""
    for call in calls:
        rgb = _TOOLS.get(call.name, _tone)(rgb, call)
    return rgb
