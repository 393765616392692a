"""The docker in a real Krita with the agent that we ship: a person's words, real answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_krita import RealKrita

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.krita


@pytest.fixture
def shipped(running_krita: RealKrita, dark_cold_photo: Path) -> Iterator[RealKrita]:
    """Krita with a dark, bluish photo open and the shipped agent ready."""
    k = running_krita
    if not k.run("uses(project)", project=str(ROOT)):
        k.run("use_agent(python, project)", python=sys.executable, project=str(ROOT))
    k.run("close_all(); open_photo(photo)", photo=str(dark_cold_photo))
    k.wait_until("idle() and D.controller.desk is not None and not D.controller.desk.session.turns")
    k.wait_until("D.controller.backend.state.value == 'ready'", 90)
    k.run("events.clear(); part('composer').clear()")
    yield k
    k.run("D.controller.stop()")
    k.wait_until("D.controller.run is None")
    k.run("close_all()")


def test_words_change_the_photo_and_more_words_add_to_it(shipped: RealKrita) -> None:
    before = shipped.run("mean()")
    shipped.run("type_and_send(\"it's too dark and a bit cold\")")
    kind, _, reason = shipped.wait_until("events and events[-1]", 60)
    assert kind == "finished"
    assert reason.strip()
    shipped.wait_until("still()")
    first = shipped.run("mean()")
    assert sum(first) > sum(before) + 15, "brighter"
    assert first[0] - first[2] > before[0] - before[2], "warmer"
    assert len(shipped.run("layers()")) >= 2
    shipped.run("events.clear(); type_and_send('now make it black and white')")
    assert shipped.wait_until("events and events[-1]", 60)[0] == "finished"
    shipped.wait_until("still()")
    second = shipped.run("mean()")
    assert max(second) - min(second) < (max(first) - min(first)) / 2, "much less colour"
    assert sum(second) > sum(before), "what was asked before is still in force"
    assert shipped.run("[n[0] for n in tree()]")[1:] == ["IEA: it's too dark and a bit cold"]


def test_no_words_let_the_photo_decide(shipped: RealKrita) -> None:
    before = shipped.run("mean()")
    shipped.run("D.submit('')")
    assert shipped.wait_until("events and events[-1]", 60)[0] == "finished"
    shipped.wait_until("still()")
    assert sum(shipped.run("mean()")) > sum(before), "a dark photo is made brighter"
