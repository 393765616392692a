"""The docker in a real Krita with the agent that we ship: a person's words, real answers."""

from __future__ import annotations

import pytest

from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


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


def say(krita: RealKrita, text: str) -> None:
    """Ask for something and wait until it is done."""
    krita.run("events.clear(); type_and_send(text)", text=text)
    assert krita.wait_until("events and events[-1]", 60)[0] == "finished"
    krita.wait_until("idle() and D.controller.desk.log[-1].after")


def test_a_slider_value_is_in_force_and_a_removed_step_stays_away_until_it_is_asked_for(shipped: RealKrita) -> None:
    say(shipped, "it's too dark and a bit cold")
    assert {"temperature"} < set(shipped.run("values()"))
    shipped.run("QTest.mouseClick(part('remove_temperature'), Qt.LeftButton)")
    shipped.wait_until("idle() and 'temperature' not in values()")
    tool = shipped.run("next(iter(values()))")
    shipped.run(f"part('value_{tool}').setValue(44)")
    shipped.wait_until(f"idle() and values()['{tool}'] == 44")
    say(shipped, "add some contrast")
    after = shipped.run("values()")
    assert after[tool] == 44, "what the person set stays as they set it"
    assert "temperature" not in after, "what the person removed stays away"
    assert {"contrast", "natural_contrast"} & set(after)
    say(shipped, "make it warmer")
    assert shipped.run("values()")["temperature"] > 0, "until they ask for it"


def test_the_style_is_off_then_learned_from_tweaks_and_changes_what_is_answered(shipped: RealKrita) -> None:
    k = shipped
    say(k, "make it look good")
    without = k.run("values()")
    k.run("part('value_' + next(iter(values()))).setValue(10)")
    k.wait_until("idle()")
    assert k.run("[D.controller.style.style.enabled, D.controller.style.style.text, part('style').isVisible()]") == [
        False, "", False
    ]
    k.run("QTest.mouseClick(part('style_switch'), Qt.LeftButton)")
    k.wait_until("part('style').isVisible()")
    say(k, "make it warmer")
    k.run("part('value_temperature').setValue(90)")
    k.wait_until("D.controller.style.style.text", 60)
    assert "warm" in k.run("D.controller.style.style.text")
    assert k.run("part('style_text').text()").startswith("You ")
    k.run("close_all(); open_photo(photo)")
    k.wait_until("idle() and D.controller.desk is not None and not D.controller.desk.session.turns")
    say(k, "make it look good")
    learned = k.run("values()")
    assert learned != without
    assert learned.get("temperature", 0) > without.get("temperature", 0), "what they like is in the answer"
    k.run("QTest.mouseClick(part('style_forget'), Qt.LeftButton)")
    assert k.run("D.controller.style.style.text") == ""
    k.run("QTest.mouseClick(part('style_switch'), Qt.LeftButton)")
    assert not k.run("part('style').isVisible()")


def test_three_variations_of_a_vague_wish_are_three_pictures(shipped: RealKrita) -> None:
    shipped.run("events.clear(); part('composer').setPlainText('')")
    shipped.run("QTest.mouseClick(part('variations_ask'), Qt.LeftButton)")
    shipped.wait_until("D.controller.run is not None and D.controller.run.is_offering", 60)
    seen = shipped.run("""
        [[c.red(), c.green(), c.blue()] for c in (part(f'variation_{n}').image.scaled(
            1, 1, Qt.IgnoreAspectRatio, Qt.SmoothTransformation).pixelColor(0, 0) for n in (1, 2, 3))]
    """)
    apart = [sum(abs(a - b) for a, b in zip(seen[i], seen[j], strict=True)) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert shipped.run("len({part(f'variation_{n}').words for n in (1, 2, 3)})") == 3
    assert sorted(apart)[1] >= 4, "their mean colours differ, of 3 x 255"
    shipped.run("QTest.keyClick(part('variation_1'), Qt.Key_2)")
    assert shipped.wait_until("events and events[-1]", 60)[0] == "finished"
