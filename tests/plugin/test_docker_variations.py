"""Three pictures to pick from: by key, by click, or none of them."""

from __future__ import annotations

import pytest

from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


def offer(krita: RealKrita, text: str) -> None:
    """Ask for variations of a request by Ctrl+Enter and wait until they are there."""
    krita.run("""
        events.clear(); field = part('composer'); field.setPlainText(text)
        QTest.keyClick(field, Qt.Key_Return, Qt.ControlModifier)
    """, text=text)
    krita.wait_until("D.controller.run is not None and D.controller.run.is_offering and part('variation_3').isVisible()", 60)


def test_three_pictures_are_shown_and_a_key_picks_one_of_them(krita: RealKrita) -> None:
    before = krita.run("tree()")
    offer(krita, "set exposure 60")
    assert krita.run("tree()") == before, "nothing is changed before something is picked"
    seen = krita.run("""
        [[part(f'variation_{n}').image.width(), part(f'variation_{n}').accessibleName(),
          part(f'variation_{n}').image.scaled(1, 1).pixelColor(0, 0).green()] for n in (1, 2, 3)]
    """)
    assert [entry[1] for entry in seen] == [
        "Variation 1: Exposure +60", "Variation 2: Exposure +30", "Variation 3: Exposure +90"
    ]
    assert all(entry[0] == 320 for entry in seen)
    assert seen[1][2] < seen[0][2] < seen[2][2], "the pictures show what comes of them"
    krita.run("QTest.keyClick(part('variation_1'), Qt.Key_3)")
    assert krita.wait_until("events and events[-1]", 60)[:2] == ["finished", "set exposure 60"]
    krita.wait_until("idle() and values() == {'exposure': 90}")
    assert krita.run("layers()") == [["Exposure +90", "filterlayer", True]]
    assert not krita.run("part('variations').isVisible()")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and layers() is None and values() == {}")


def test_a_number_typed_into_the_empty_field_picks_too(krita: RealKrita) -> None:
    offer(krita, "set exposure 60")
    krita.run("QTest.keyClick(part('composer'), Qt.Key_2)")
    krita.wait_until("idle() and values() == {'exposure': 30}")
    krita.run("QTest.keyClick(part('composer'), Qt.Key_2)")
    assert krita.run("part('composer').toPlainText()") == "2", "afterwards it is a number again"
    krita.run("part('composer').clear()")


def test_a_click_picks_and_arrow_keys_and_enter_do(krita: RealKrita) -> None:
    offer(krita, "set exposure 60")
    krita.run("QTest.mouseClick(part('variation_2'), Qt.LeftButton)")
    krita.wait_until("idle() and values() == {'exposure': 30}")


@pytest.mark.parametrize("how", [
    "QTest.keyClick(part('variation_2'), Qt.Key_Escape)", "QTest.keyClick(part('composer'), Qt.Key_Escape)",
    "QTest.mouseClick(part('variations_none'), Qt.LeftButton)", "QTest.mouseClick(part('stop'), Qt.LeftButton)",
])
def test_leaving_changes_nothing(krita: RealKrita, how: str) -> None:
    before, picture = krita.run("tree()"), krita.run("picture()")
    offer(krita, "set exposure 60")
    krita.run(how)
    assert krita.wait_until("events and events[-1]", 60)[:2] == ["failed", "stopped"]
    krita.wait_until("idle()")
    assert krita.run("[tree(), picture(), len(D.turns)]") == [before, picture, 0]
    assert not krita.run("part('variations').isVisible()")


def test_variations_of_the_last_request_take_the_place_of_its_answer(krita: RealKrita) -> None:
    krita.run("events.clear(); type_and_send('set exposure 60')")
    krita.wait_until("events and idle() and part('next_2').isVisible()", 60)
    krita.run("events.clear(); chip = next(c for c in D.panel.chat.next._chips if 'variations' in c.text())")
    krita.run("QTest.mouseClick(chip, Qt.LeftButton)")
    krita.wait_until("D.controller.run is not None and D.controller.run.is_offering", 60)
    krita.run("QTest.keyClick(part('variation_1'), Qt.Key_2)")
    krita.wait_until("idle() and values() == {'exposure': 30}")
    assert krita.run("[t.request for t in D.turns]") == ["set exposure 60"]
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 60}")


def test_an_answer_without_steps_is_told_and_nothing_is_offered(krita: RealKrita) -> None:
    krita.run("events.clear(); part('composer').setPlainText('refuse')")
    krita.run("QTest.mouseClick(part('variations_ask'), Qt.LeftButton)")
    assert krita.wait_until("events and events[-1]", 60) == ["finished", "refuse", "That is not something I can do."]
    assert not krita.run("part('variations').isVisible()")


def test_undo_by_krita_works_while_pictures_are_offered(krita: RealKrita) -> None:
    krita.run("events.clear(); type_and_send('set vignette -40')")
    krita.wait_until("events and idle()", 60)
    offer(krita, "set vignette -40, exposure 60")
    krita.wait_until("pressed('undo')")
    krita.wait_until("values() == {}")
    krita.run("QTest.keyClick(part('variation_1'), Qt.Key_1)")
    assert krita.wait_until("events and events[-1]", 60)[0] == "finished"
    krita.wait_until("idle() and values() == {'vignette': -40, 'exposure': 60}")
