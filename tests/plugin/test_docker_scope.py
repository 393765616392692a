"""What a request is about, chosen beside the field: all of the picture, one layer, the selection; and the style sent along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


@pytest.fixture
def scoped(krita: RealKrita) -> Iterator[RealKrita]:
    krita.run("""
        from iea_krita.scope import Scope
        def choose(name): next(a for a in part('scope').menu().actions() if a.objectName() == 'scope_' + name).trigger()
        def select(x, y, w, h):
            s = Selection(); s.select(x, y, w, h, 255); K.activeDocument().setSelection(s)
        def pixel(x, y):
            d = K.activeDocument(); d.refreshProjection(); d.waitForDone()
            return d.projection(x, y, 1, 1).pixelColor(0, 0).green()
    """)
    yield krita
    krita.run("choose('picture'); D.controller.change_style(lambda book: (book.forget(), book.enable(False)))")


def test_without_a_selection_it_says_how_to_make_one_and_a_selection_is_enough(scoped: RealKrita) -> None:
    scoped.run("K.activeDocument().setSelection(None); choose('selection')")
    scoped.wait_until("part('composer_note').isVisible()")
    assert "selection tools" in scoped.run("part('composer_note').text()").replace("\u200b", "")
    scoped.run("events.clear(); type_and_send('set exposure 60')")
    assert scoped.run("events[-1][:2]") == ["failed", "scope"]
    assert scoped.run("part('composer').toPlainText()") == "set exposure 60", "what was written is not lost"
    scoped.run("select(40, 40, 100, 80)")
    scoped.wait_until("not part('composer_note').isVisible()")
    inside, outside = scoped.run("[pixel(80, 80), pixel(300, 200)]")
    scoped.run("events.clear(); QTest.mouseClick(part('send'), Qt.LeftButton)")
    assert scoped.wait_until("events and events[-1]", 60)[0] == "finished"
    scoped.wait_until("idle() and D.controller.desk.log[-1].after")
    after_inside, after_outside = scoped.run("[pixel(80, 80), pixel(300, 200)]")
    assert after_inside > inside + 15
    assert after_outside == outside
    told = scoped.run("[r.widget._fact.text() for r in D.panel.chat.shown() if hasattr(r.widget, '_fact')][-1]")
    assert told.startswith("Only the selection")


def test_only_this_layer_puts_masks_on_the_layer_that_is_chosen(scoped: RealKrita) -> None:
    scoped.run("""
        choose('layer'); d = K.activeDocument(); base = d.rootNode().childNodes()[0]
        top = d.createNode('sky', 'paintlayer'); d.rootNode().addChildNode(top, None)
        top.setPixelData(QtCore.QByteArray(bytes([120, 100, 90, 255]) * (200 * 100)), 0, 0, 200, 100)
        d.refreshProjection(); d.waitForDone()
    """)
    scoped.wait_until("d.activeNode().name() == 'sky'")  # Krita chooses what is added some moments later
    scoped.run("d.setActiveNode(base)")
    scoped.wait_until("d.activeNode().name() == 'Background'")
    sky, ground = scoped.run("[pixel(50, 50), pixel(300, 200)]")
    ask(scoped, "set exposure 60")
    assert scoped.run("tree()[0][3]") == [["Exposure +60", "filtermask", True]]
    after_sky, after_ground = scoped.run("[pixel(50, 50), pixel(300, 200)]")
    assert after_ground > ground + 15
    assert after_sky == sky


def test_the_way_back_to_the_whole_picture_is_one_click(scoped: RealKrita) -> None:
    scoped.run("K.activeDocument().setSelection(None); choose('selection')")
    scoped.wait_until("part('composer_note_close').isVisible()")
    scoped.run("QTest.mouseClick(part('composer_note_close'), Qt.LeftButton)")
    assert scoped.run("[D.controller.scope.value, part('composer_note').isVisible()]") == ["picture", False]
    assert scoped.run("part('scope').text()") == "Whole picture"


def test_the_style_goes_along_only_while_it_is_on(scoped: RealKrita, asked: Callable[[], list[dict[str, Any]]]) -> None:
    ask(scoped, "too dark")
    assert [entry for entry in asked() if entry.get("request") == "too dark"][-1]["style"] == ""
    scoped.run("QTest.mouseClick(part('style_switch'), Qt.LeftButton); QTest.mouseClick(part('style_edit'), Qt.LeftButton)")
    scoped.run("part('style_words').setText('I like it soft'); QTest.keyClick(part('style_words'), Qt.Key_Return)")
    assert scoped.run("part('style_text').text()") == "I like it soft"
    ask(scoped, "more of it")
    assert [entry for entry in asked() if entry.get("request") == "more of it"][-1]["style"] == "I like it soft"
    scoped.run("QTest.mouseClick(part('style_switch'), Qt.LeftButton)")
    ask(scoped, "and once more")
    assert [entry for entry in asked() if entry.get("request") == "and once more"][-1]["style"] == ""
