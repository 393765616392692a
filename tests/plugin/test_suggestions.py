"""Suggestions fit the picture in view, and the shipped agent does what they say."""

from __future__ import annotations

import numpy as np
import pytest

from backend import agent
from backend.agent.features import lab
from backend.agent.onnx_agent import OnnxAgent
from backend.agent.task import EditTask, Picture
from plugin.iea_krita.facts import PictureFacts, facts_of
from plugin.iea_krita.suggestions import MOST_FIRST, MOST_NEXT, Suggestion, first, following
from tool_mapping import reference
from tool_mapping.spec import TOOLS, ToolCall

COLUMNS = 64


@pytest.fixture(scope="module")
def shipped() -> OnnxAgent:
    return agent.load()


def photo(*changes: ToolCall, name: str = "astronaut") -> Picture:
    from skimage import data

    return reference.render(np.ascontiguousarray(getattr(data, name)()[::3, ::3]), changes)


def facts(picture: Picture) -> PictureFacts:
    sampled = picture[:: max(1, len(picture) // 32), :: max(1, picture.shape[1] // COLUMNS)].reshape(-1, 3)
    found = facts_of([(int(r), int(g), int(b)) for r, g, b in sampled])
    assert found is not None
    return found


def chips(picture: Picture) -> dict[str, str]:
    return {suggestion.label: suggestion.request for suggestion in first(facts(picture))}


def test_the_facts_are_those_of_cielab() -> None:
    picture = photo()
    seen = lab(picture[::5, ::5])
    found = facts_of([(int(r), int(g), int(b)) for r, g, b in picture[::5, ::5].reshape(-1, 3)])
    assert found is not None
    assert found.light == pytest.approx(seen[..., 0].mean(), abs=0.1)
    assert found.chroma == pytest.approx(np.hypot(seen[..., 1], seen[..., 2]).mean(), abs=0.1)
    assert found.brightest == pytest.approx(np.percentile(seen[..., 0], 95), abs=0.5)
    assert facts_of([]) is None


@pytest.mark.parametrize(("name", "change", "label"), [
    ("astronaut", ToolCall("exposure", -80), "Brighter"), ("chelsea", ToolCall("exposure", 90), "Darker"),
    ("astronaut", ToolCall("exposure", -80), "Lift the shadows"), ("chelsea", ToolCall("contrast", -60), "More contrast"),
    ("astronaut", ToolCall("temperature", 60), "Less yellow"), ("rocket", ToolCall("temperature", -40), "Warmer"),
    ("rocket", ToolCall("tint", 50), "Less green"), ("astronaut", ToolCall("saturation", -60), "More colour"),
])
def test_a_picture_that_lacks_something_gets_the_chip_for_it_and_the_agent_does_it(
    shipped: OnnxAgent, name: str, change: ToolCall, label: str
) -> None:
    picture = photo(change, name=name)
    request = chips(picture)[label]
    after = facts(reference.render(picture, shipped.edit(EditTask(request, picture)).calls))
    before = facts(picture)
    seen, old = lab(reference.render(picture, shipped.edit(EditTask(request, picture)).calls)), lab(picture)
    did = {
        "Brighter": after.light - before.light > 3, "Darker": before.light - after.light > 3,
        "Lift the shadows": after.darkest - before.darkest > 2, "More contrast": after.spread - before.spread > 3,
        "Less yellow": (old - seen)[..., 2].mean() > 3, "Warmer": (seen - old)[..., 2].mean() > 3,
        "Less green": (seen - old)[..., 1].mean() > 2, "More colour": after.chroma - before.chroma > 2,
    }
    assert did[label]


def test_a_picture_that_lacks_nothing_gets_no_complaint() -> None:
    plain = facts_of([(v, v, v) for v in range(30, 230, 2)] + [(200, 90, 60), (60, 90, 200)] * 40)
    assert plain is not None
    assert {"Brighter", "Darker", "Warmer", "Less yellow"}.isdisjoint({s.label for s in first(plain)})


def test_black_and_white_pictures_get_nothing_about_colour() -> None:
    labels = chips(photo(ToolCall("saturation", -100)))
    assert {"More colour", "Black and white", "Warmer", "Less yellow", "Golden evening"}.isdisjoint(labels)


def test_there_are_six_and_no_label_twice_whatever_the_picture() -> None:
    for light in (0, 20, 50, 80, 100):
        for cast in (-20, 0, 20):
            labels = [s.label for s in first(PictureFacts(light, light / 2, light, 0.2, 0.1, cast, cast, 20))]
            assert len(labels) == len(set(labels)) == MOST_FIRST
    assert len(first(None)) == MOST_FIRST


def test_what_follows_speaks_of_the_strongest_steps_and_offers_variations() -> None:
    chips = following([ToolCall("exposure", 8), ToolCall("temperature", 40)], "warmer")
    assert [chip.label for chip in chips] == ["Less warm", "Less bright", "Even warmer", "Show three variations"]
    assert chips[-1] == Suggestion("Show three variations", "warmer", variations=True)
    assert following([], "hello") == []
    for tool in TOOLS:
        for value in {tool.minimum, tool.maximum} - {tool.neutral}:
            assert 1 <= len(following([ToolCall(tool.name, value)], "x")) <= MOST_NEXT


@pytest.mark.parametrize(("tool", "value"), [("temperature", 30), ("temperature", -30), ("contrast", 30), ("saturation", 30),
                                             ("exposure", 30), ("exposure", -30), ("vignette", -40)])
def test_less_of_a_step_is_less_of_it_and_not_nothing_at_all(shipped: OnnxAgent, tool: str, value: int) -> None:
    picture, in_force = photo(), (ToolCall(tool, value),)
    request = following(in_force, "x")[0].request
    task = EditTask(request, picture, reference.render(picture, in_force), in_force, ("make it nice",))
    after = {call.name: call.value for call in shipped.edit(task).calls}.get(tool, 0)
    sign = 1 if value > 0 else -1
    assert after * sign < value * sign
