"""Part of the agent bench: pictures at the edge of what there is, and whether the amount depends on the photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.agent import features
from backend.agent.task import Agent, Answer, EditTask
from tests.bench._shared import Picture
from tool_mapping import reference
from tool_mapping.spec import BY_NAME, NAMES, ToolCall

REQUESTS = (
    "make it brighter", "too bright", "make it look good", "", "warmer and more contrast please", "black and white",
    "sharpen it a lot", "more colour, but keep the highlights", "add grain and a dark vignette", "remove the man on the left",
    "less noise",
)
# Requests whose amount must depend on the photo, and the tools that serve them, all in one direction.
ASKED: dict[str, tuple[str, ...]] = {
    "make it brighter": ("exposure", "brightness", "shadows"), "make it darker": ("exposure", "brightness"),
    "add contrast": ("contrast", "natural_contrast"), "more colour please": ("saturation", "vibrance"),
    "make it warmer": ("temperature",), "make it look good": ("exposure", "brightness", "shadows"),
}
# The same photo in other conditions, each by steps that were taken before anybody asked.
CONDITIONS: dict[str, tuple[tuple[str, int], ...]] = {
    "dark": (("exposure", -75),), "as it is": (), "bright": (("exposure", 35),), "flat": (("contrast", -45),),
    "hard": (("contrast", 40),), "pale": (("saturation", -60),), "vivid": (("saturation", 45),),
    "cold": (("temperature", -40),),
}


# What is seen of such a request, from CIELAB (H, W, 3): mean lightness, and the logarithms of spread and chroma.
MEASURE: dict[str, Callable[[NDArray], float]] = {
    "make it brighter": lambda x: float(x[..., 0].mean()), "make it darker": lambda x: float(x[..., 0].mean()),
    "add contrast": lambda x: float(np.log(np.ptp(np.percentile(x[..., 0], (5, 95))) + 1)),
    "more colour please": lambda x: float(np.log(np.hypot(x[..., 1], x[..., 2]).mean() + 0.3)),
}


def pictures(photo: Picture) -> dict[str, Picture]:
    """Edge pictures by name; `photo` is an ordinary one, landscape."""
    rng = np.random.default_rng(3)

    def even(height: int, width: int, *rgb: int) -> Picture:
        return np.tile(np.array(rgb, np.uint8), (height, width, 1))

    def sized(width: int, height: int) -> Picture:
        return np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.BICUBIC))

    grey = np.repeat((photo @ np.array([0.2126, 0.7152, 0.0722])).astype(np.uint8)[..., None], 3, 2)
    ramp = np.tile(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], (40, 1, 3))
    return {
        "1x1 black": even(1, 1, 0, 0, 0), "1x1 white": even(1, 1, 255, 255, 255), "1x1 red": even(1, 1, 200, 30, 20),
        "2x3": rng.integers(0, 256, (3, 2, 3), np.uint8), "row": photo[:1], "column": photo[:, :1],
        "black": even(150, 200, 0, 0, 0), "white": even(150, 200, 255, 255, 255), "grey": even(150, 200, 128, 128, 128),
        "blue": even(150, 200, 10, 20, 250), "ramp": ramp, "noise": rng.integers(0, 256, (120, 160, 3), np.uint8),
        "greyscale photo": grey, "nearly black photo": photo // 24, "nearly white photo": 255 - (255 - photo) // 24,
        "portrait": np.ascontiguousarray(photo.transpose(1, 0, 2)), "panorama": sized(1600, 200), "thumbnail": sized(24, 16),
        "large": sized(4000, 2667),
    }


def faults_of(answer: Answer, picture: Picture) -> list[str]:
    """What is not sane about an answer: values out of range, no sentence, a picture that cannot be rendered."""
    faults = []
    names = [call.name for call in answer.calls]
    if names != sorted(set(names), key=NAMES.index):
        faults.append("steps twice or out of order")
    for call in answer.calls:
        tool = BY_NAME[call.name]
        if not tool.minimum <= call.value <= tool.maximum or call.value == tool.neutral:
            faults.append(f"{call.name} {call.value}")
    if not answer.reason.strip().endswith(".") or len(answer.reason.split()) < 4:
        faults.append(f"no sentence: {answer.reason!r}")
    after = reference.render(picture, answer.calls)
    if after.shape != picture.shape or after.dtype != np.uint8:
        faults.append("another shape")
    return faults


def edges(agent: Agent, photo: Picture) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Figures, and (picture, request, fault) of every answer that is not sane.

    size_differs: the greatest difference of a value between the photo itself and a large copy of it, over all requests.
    """
    rows: list[tuple[str, str, str]] = []
    count, differs = 0, 0
    for name, picture in pictures(photo).items():
        for request in REQUESTS:
            answer = agent.edit(EditTask(request, picture))
            rows += [(name, request, fault) for fault in faults_of(answer, picture)]
            count += 1
            if name == "large":
                here, there = ({c.name: c.value for c in a.calls} for a in (agent.edit(EditTask(request, photo)), answer))
                differs = max([differs, *(abs(here.get(tool, 0) - there.get(tool, 0)) for tool in {*here, *there})])
        said = agent.summarize(picture, picture)
        if "as it is" not in said:
            rows.append((name, "a summary of no change", said))
    return {"answers": count, "not_sane": len(rows), "size_differs": differs}, rows


def by_photo(agent: Agent, photos: list[Picture]) -> tuple[dict[str, Any], list[tuple[object, ...]]]:
    """Means over the photos of the summed values that serve each request of ASKED, for every condition.

    Figures: share of photos that become more lighter (CIELAB, on the eye) where they are dark than where they are bright, and
    so on: what is seen, because a value of one tool moves a dark and a bright photo differently.
    """
    totals: dict[str, dict[str, list[int]]] = {request: {name: [] for name in CONDITIONS} for request in ASKED}
    moved: dict[str, dict[str, list[float]]] = {request: {name: [] for name in CONDITIONS} for request in MEASURE}
    for photo in photos:
        photo = features.shrink(photo, 256)
        for condition, steps in CONDITIONS.items():
            picture = reference.render(photo, [ToolCall(tool, value) for tool, value in steps])
            for request, tools in ASKED.items():
                answer = agent.edit(EditTask(request, picture)).calls
                calls = {c.name: c.value for c in answer}
                totals[request][condition].append(sum(calls.get(tool, 0) for tool in tools))
                if request in MEASURE:
                    after = features.lab(reference.render(picture, answer))
                    moved[request][condition].append(MEASURE[request](after) - MEASURE[request](features.lab(picture)))

    def more(request: str, one: str, other: str) -> float:
        pairs = zip(moved[request][one], moved[request][other], strict=True)
        return round(float(np.mean([abs(a) > abs(b) for a, b in pairs])), 3)

    figures = {
        "brighter_more_if_dark": more("make it brighter", "dark", "bright"),
        "darker_more_if_bright": more("make it darker", "bright", "dark"),
        "contrast_more_if_flat": more("add contrast", "flat", "hard"),
        "colour_more_if_pale": more("more colour please", "pale", "vivid"), "photos": len(photos),
    }
    rows: list[tuple[object, ...]] = [
        (request, *(round(float(np.mean(values))) for values in totals[request].values())) for request in ASKED
    ]
    return figures, rows
