"""Benchmarks are started by name, and a wrong name is answered with the right ones."""

from __future__ import annotations

import pytest

from tests.bench import parity
from tests.bench.__main__ import names, run
from tool_mapping.krita.documents import COLOUR_TOOLS
from tool_mapping.spec import NAMES


def test_benchmarks_are_found_by_their_files():
    assert "parity" in names()
    assert not any(name.startswith(("_", "test_")) for name in names())


@pytest.mark.parametrize("argv", [[], ["no_such_bench"], ["../parity"]])
def test_a_wrong_name_is_answered_with_the_right_ones(argv: list[str], capsys: pytest.CaptureFixture[str]):
    assert run(argv) == 2
    assert "parity" in capsys.readouterr().err


def test_parity_is_judged_by_mean_and_maximum():
    assert parity.kept("exposure", parity.Errors(mean=0.25, max=2))
    assert not parity.kept("exposure", parity.Errors(mean=0.26, max=2))
    assert not parity.kept("exposure", parity.Errors(mean=0.1, max=2.1))
    assert parity.kept("stack of 5", parity.Errors(mean=0.5, max=9))
    assert not parity.kept("stack of 5", parity.Errors(mean=0.51, max=1))


def test_every_tool_is_measured_over_its_whole_range_and_only_light_in_grey_pictures():
    rgb, grey = parity.tool_calls("RGBA", 10), parity.tool_calls("GRAYA", 10)
    assert [call.value for call in rgb if call.name == "exposure"] == [v for v in range(-100, 101, 10) if v]
    assert {call.name for call in rgb} == set(NAMES)
    assert {call.name for call in rgb} - {call.name for call in grey} == COLOUR_TOOLS
    assert [len(calls) for calls in parity.stacks("RGBA", 2)] == [size for size in range(2, 11) for _ in range(2)]

