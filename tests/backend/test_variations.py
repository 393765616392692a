"""Answers to pick from: each with its picture, and each told from the others at a glance."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import openai
import pytest
from PIL import Image

from backend.agent.features import lab
from backend.agent.task import Answer, EditTask, Picture
from backend.variations import APART, GREY, Variations, distance, scaled
from plugin.iea_krita.client import Turn
from tests.backend.servers import SECONDS, Server, asking, picture
from tool_mapping import reference
from tool_mapping.spec import ToolCall

SHOWN = 96  # px


def pixels(encoded: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))


def test_every_choice_brings_the_picture_that_comes_of_it(stand_in: Server) -> None:
    before = picture(256, 128)
    for reply in stand_in.client().variations("x", before, preview=SHOWN):
        shown = pixels(reply.preview)
        assert shown.shape == (SHOWN // 2, SHOWN, 3)
        small = np.asarray(Image.fromarray(pixels(before)).resize((SHOWN, SHOWN // 2), Image.Resampling.BOX))
        wanted = reference.render(small, reply.calls)
        assert np.abs(shown.astype(int) - wanted).mean() < 2, "but for what JPEG loses"


def test_without_the_wish_no_picture_is_sent(stand_in: Server) -> None:
    assert [reply.preview for reply in stand_in.client().variations("x", picture())] == [b"", b"", b""]


def test_the_official_client_reads_choices_that_bring_pictures(stand_in: Server) -> None:
    official = openai.OpenAI(
        base_url=f"{stand_in.url}/v1", api_key=stand_in.told.token, max_retries=0, timeout=SECONDS
    )
    choices = official.chat.completions.create(**asking("brighter"), n=2, extra_body={"preview": SHOWN}).choices
    assert all((choice.model_extra or {})["preview"].startswith("data:image/jpeg;base64,") for choice in choices)


@pytest.mark.parametrize("request_text", ["", "warmer", "moody", "it's too dark and a bit cold", "black and white"])
def test_the_shipped_agents_variations_are_told_apart_by_looking(real: Server, request_text: str) -> None:
    replies = real.client().variations(request_text, picture(192, 128), preview=128)
    seen = [lab(pixels(reply.preview)) for reply in replies]
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert min(distance(seen[a], seen[b]) for a, b in pairs) > 0.6 * APART, "but for what JPEG evens out"
    assert len({reply.calls for reply in replies}) == 3
    assert all(reply.reason for reply in replies)


def test_variations_go_the_way_that_was_asked_and_grey_stays_grey(real: Server) -> None:
    before = lab(pixels(picture(192, 128)))
    for reply in real.client().variations("much warmer", picture(192, 128), preview=192):
        assert (lab(pixels(reply.preview)) - before)[..., 2].mean() > 2
    greys = [lab(pixels(r.preview)) for r in real.client().variations("black and white", picture(192, 128), preview=192)]
    chroma = [float(np.hypot(grey[..., 1], grey[..., 2]).mean()) for grey in greys]
    assert max(chroma) < chroma[0] + GREY + 0.5, "half a unit is what JPEG adds"


def test_variations_of_a_refining_start_from_what_is_in_force(real: Server) -> None:
    turn = Turn("brighter", "It is dark.", (ToolCall("exposure", 20),), (ToolCall("exposure", 33), ToolCall("vignette", -30)))
    for reply in real.client().variations("warmer", picture(192, 128), turns=[turn], preview=64):
        assert {"exposure", "vignette"} <= {call.name for call in reply.calls}


class Stubborn:
    """Answers the same whatever style it is told."""

    name = "stubborn"

    def edit(
        self, task: EditTask, *, on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> Answer:
        return Answer("Always this.", (ToolCall("exposure", 40),))

    def summarize(self, before: Picture, after: Picture, **_: object) -> str:
        return ""


def test_an_agent_with_one_idea_gives_it_in_three_strengths() -> None:
    answers = Variations(Stubborn(), EditTask("x", np.full((32, 32, 3), 90, np.uint8)))
    assert [answers.next(None, None).calls[0].value for _ in range(3)] == [40, 20, 60]


def test_a_strength_is_measured_from_what_is_in_force_and_stays_within_the_range() -> None:
    start, end = (ToolCall("exposure", 20), ToolCall("tint", 10)), (ToolCall("exposure", 80), ToolCall("vibrance", 30))
    assert scaled(end, start, 0.5) == (ToolCall("exposure", 50), ToolCall("vibrance", 15), ToolCall("tint", 5))
    assert scaled(end, start, 2.0) == (ToolCall("exposure", 100), ToolCall("vibrance", 60), ToolCall("tint", -10))
