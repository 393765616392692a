"""What is found between two pictures: each tool's own effect and not its consequences, whatever the size of the pictures."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from backend.agent import compare
from backend.agent.task import Picture
from tool_mapping import reference
from tool_mapping.spec import ToolCall


@pytest.fixture(scope="module")
def cat() -> Picture:
    return np.ascontiguousarray(data.chelsea()[::2, ::2])


def _found(before: Picture, *calls: tuple[str, int]) -> set[str]:
    after = reference.render(before, [ToolCall(name, value) for name, value in calls])
    return {change.label[:-1] for change in compare.named(compare.measure(before, after))}


@pytest.mark.parametrize(
    ("tool", "value", "effects"),
    [
        ("exposure", 30, {"L+"}), ("exposure", -40, {"L-"}), ("brightness", -14, {"L-"}), ("contrast", 35, {"C+"}),
        ("contrast", -35, {"C-"}), ("fade", 25, {"F+"}), ("saturation", 40, {"S+"}), ("saturation", -40, {"S-"}),
        ("saturation", -100, {"BW+"}), ("temperature", 30, {"b+"}), ("temperature", -30, {"b-"}), ("tint", 40, {"a-"}),
        ("tint", -40, {"a+"}), ("grain", 45, {"N+"}), ("vignette", -50, {"V-"}), ("vignette", 50, {"V+"}),
        ("sharpness", 50, {"H+"}), ("sharpness", -50, {"H-"}),
    ],
)
def test_one_tool_is_named_by_its_own_effect_alone(cat: Picture, tool: str, value: int, effects: set[str]) -> None:
    assert _found(cat, (tool, value)) == effects


def test_two_tools_are_both_named(cat: Picture) -> None:
    assert _found(cat, ("temperature", 35), ("vignette", -50)) >= {"b+", "V-"}
    assert _found(cat, ("contrast", 40), ("sharpness", 55)) >= {"C+", "H+"}


def test_nothing_is_named_between_a_picture_and_itself(cat: Picture) -> None:
    amounts = compare.measure(cat, cat)
    assert compare.named(amounts) == []
    assert max(abs(s) for s in compare.strengths(amounts).values()) < compare.CLEAR


def test_more_of_a_change_is_never_called_less_of_it(cat: Picture) -> None:
    sizes = []
    for value in (8, 25, 70):
        after = reference.render(cat, [ToolCall("temperature", value)])
        sizes += [change.size for change in compare.named(compare.measure(cat, after)) if change.axis == "b"]
    assert sizes == sorted(sizes, key="sml".index)
    assert {sizes[0], sizes[-1]} == {"s", "l"}


def test_an_after_picture_of_another_size_is_compared_all_the_same(cat: Picture) -> None:
    after = reference.render(cat, [ToolCall("temperature", 40)])
    found = {c.label[:2] for c in compare.named(compare.measure(cat, np.ascontiguousarray(after[::2, ::2])))}
    assert "b+" in found
    assert not found & {"b-", "L-", "C-", "S-"}


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 3), (3, 2, 3), (11, 300, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_tiny_and_even_pictures_give_numbers(shape: tuple[int, int, int], level: int) -> None:
    before, after = np.full(shape, level, np.uint8), np.full(shape, 90, np.uint8)
    amounts = compare.measure(before, after)
    assert all(np.isfinite(v) for v in amounts.values())
    assert len(compare.named(amounts)) <= compare.MOST
