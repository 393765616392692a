"""The conversation in the docker: a thousand turns, the keyboard, what can be done with a turn, errors, suggestions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

# Runs in Krita: a log as long as wanted in the place of the real one, and how long the GUI thread works for something.
LONG = """
from dataclasses import replace
from iea_krita.desk import Entry
from iea_krita.session import Turn
from iea_krita.ui.bubbles import Bubble
chat, desk = D.panel.chat, D.controller.desk
def entry(number):
    told = 'The picture is rather dark, so it gets more light. ' * (1 + number % 3)
    last = desk.log[0]
    return Entry(Turn(f'request {number}', told, last.turn.steps, 0.4), last.before, last.after)
def fill(count):
    desk.log[1:] = [entry(number) for number in range(1, count)]
    desk.session = replace(desk.session, turns=tuple(e.turn for e in desk.log))
    chat.show_desk(desk)
def worked(action, times=5):
    '''Milliseconds of the GUI thread's own work, the median of some times.'''
    took = []
    for _ in range(times):
        begun = time.thread_time(); action(); QtWidgets.QApplication.processEvents()
        took.append(1000 * (time.thread_time() - begun))
    return sorted(took)[times // 2]
def bubbles(): return [row.widget for row in chat.shown() if isinstance(row.widget, Bubble)]
def in_view():
    view = chat.viewport()
    return [b.request for b in bubbles() if b.isVisible()
            and not b.visibleRegion().isEmpty() and view.rect().intersects(b.rect().translated(b.mapTo(view, QtCore.QPoint())))]
def add():
    new = entry(len(desk.log)); chat.begin(new.turn.request); chat.stream('more light')
    desk.log.append(new); desk.session = replace(desk.session, turns=(*desk.session.turns, new.turn))
    chat.refresh(); chat.end()
"""


@pytest.fixture
def long_chat(krita: RealKrita) -> RealKrita:
    ask(krita, "too dark")
    krita.wait_until("D.controller.desk.log[-1].after and len(D.panel.chat.shown()) > 0")
    krita.run(LONG)
    return krita


def test_a_thousand_turns_open_scroll_and_grow_as_quickly_as_ten(long_chat: RealKrita, capsys: pytest.CaptureFixture) -> None:
    k, took = long_chat, {}
    for count in (10, 1000):
        k.run("fill(count)", count=count)
        took[count] = k.run("""
            bar = chat.verticalScrollBar()
            [worked(lambda: chat.show_desk(desk)), worked(lambda: bar.setValue(max(0, bar.value() - 120)), 9),
             worked(lambda: bar.setValue(bar.maximum() // 2 if bar.value() else bar.maximum())), worked(add)]
        """)
    with capsys.disabled():
        print(f"\nms of the GUI thread to open, scroll 120 px, jump, add: 10 turns {took[10]}, 1,000 turns {took[1000]}")
    assert k.run("len(bubbles())") < 25, "only those near the view exist"
    for few, many in zip(took[10], took[1000], strict=True):
        assert many < 3 * few + 40


def test_all_of_a_thousand_turns_can_be_reached_and_the_newest_is_in_view(long_chat: RealKrita) -> None:
    long_chat.run("fill(1000)")
    long_chat.wait_until("'request 999' in in_view()")
    long_chat.run("chat.verticalScrollBar().setValue(0)")
    long_chat.wait_until("'too dark' in in_view() and 'request 999' not in in_view()")
    long_chat.run("chat.verticalScrollBar().setValue(chat.verticalScrollBar().maximum() // 2); before = in_view()")
    long_chat.run("add()")
    assert long_chat.run("in_view()") != [], "something is in view wherever one scrolls"
    long_chat.wait_until("f'request {len(desk.log) - 1}' in in_view()", 10)


def test_reading_earlier_turns_is_not_disturbed_by_what_changes_below(long_chat: RealKrita) -> None:
    long_chat.run("fill(200)")
    long_chat.wait_until("'request 199' in in_view()")
    long_chat.run("chat.verticalScrollBar().setValue(chat.verticalScrollBar().maximum() // 2)")
    long_chat.wait_until("in_view() and 'request 199' not in in_view()")
    before = long_chat.run("chat.arrange(); in_view()")
    long_chat.run("desk.log.append(entry(200)); chat.refresh(); QtWidgets.QApplication.processEvents(); chat.arrange()")
    assert long_chat.run("in_view()") == before


def test_the_keyboard_goes_from_turn_to_turn_and_copies(krita: RealKrita) -> None:
    ask(krita, "too dark")
    ask(krita, "more")
    krita.run("""
        chat = D.panel.chat
        def current(): return [r.widget.request for r in chat.shown() if getattr(r.widget, 'current', False)]
        def key(k, m=Qt.NoModifier): QTest.keyClick(chat, k, m)
        key(Qt.Key_End)
    """)
    assert krita.run("current()") == ["more"]
    krita.run("key(Qt.Key_Up)")
    assert krita.run("current()") == ["too dark"]
    krita.run("QtWidgets.QApplication.clipboard().clear(); key(Qt.Key_C, Qt.ControlModifier)")
    copied = krita.run("QtWidgets.QApplication.clipboard().text()")
    assert copied.splitlines() == ["too dark", "The photo is dark, so it gets more light.", "Exposure +10"]
    krita.run("key(Qt.Key_Return)")
    krita.wait_until("QtWidgets.QApplication.activePopupWidget() is not None")
    titles = krita.run("[a.text() for a in QtWidgets.QApplication.activePopupWidget().actions() if a.text()]")
    krita.run("QtWidgets.QApplication.activePopupWidget().close()")
    assert len(titles) == 4, "copy the answer, copy both, ask again, change the words"


def test_the_buttons_of_a_turn_are_in_view_under_the_mouse_only(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.wait_until("part('bubble_copy') is not None and not part('bubble_copy').isVisible()")
    krita.run("""
        bubble = part('bubble_copy').parent().parent().parent()
        bubble.setAttribute(Qt.WA_UnderMouse, True)
        place = QtCore.QPointF(9, 9)
        QtWidgets.QApplication.sendEvent(bubble, QtGui.QEnterEvent(place, place, place))
    """)
    assert krita.run("[part(n).isVisible() for n in ('bubble_copy', 'bubble_retry', 'bubble_edit')]") == [True] * 3
    krita.run("QtWidgets.QApplication.clipboard().clear(); QTest.mouseClick(part('bubble_copy'), Qt.LeftButton)")
    assert "too dark" in krita.run("QtWidgets.QApplication.clipboard().text()")


def test_the_last_request_in_other_words_takes_the_place_of_its_answer(
    krita: RealKrita, asked: Callable[[], list[dict[str, Any]]]
) -> None:
    ask(krita, "set vignette -30")
    ask(krita, "set vignette -30, exposure 20")
    krita.run("D.panel.chat.edit_asked.emit('set vignette -30, exposure 20', True)")
    assert krita.run("part('composer').toPlainText()") == "set vignette -30, exposure 20"
    assert krita.run("part('composer_note').isVisible()")
    krita.run("events.clear(); part('composer').setPlainText('set exposure 55')")
    krita.run("QTest.keyClick(part('composer'), Qt.Key_Return)")
    assert krita.wait_until("events and events[-1]", 60)[0] == "finished"
    krita.wait_until("idle()")
    last = [entry for entry in asked() if entry.get("request") == "set exposure 55"][-1]
    assert last["in_force"] == [["vignette", -30]], "as if the turn that is replaced had not been"
    assert last["earlier"] == ["set vignette -30"]
    assert krita.run("[[t.request for t in D.turns], values()]") == [["set vignette -30", "set exposure 55"], {"exposure": 55}]
    assert not krita.run("part('composer_note').isVisible()")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'vignette': -30, 'exposure': 20}")
    assert krita.run("[t.request for t in D.turns]") == ["set vignette -30", "set vignette -30, exposure 20"]


def test_esc_gives_up_changing_the_words(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.run("D.panel.chat.edit_asked.emit('too dark', True); QTest.keyClick(part('composer'), Qt.Key_Escape)")
    assert krita.run("[part('composer').toPlainText(), part('composer_note').isVisible()]") == ["", False]
    ask(krita, "more")
    assert krita.run("[t.request for t in D.turns]") == ["too dark", "more"], "the next request replaces nothing"


def test_what_went_wrong_has_a_button_that_helps_and_can_be_copied(krita: RealKrita) -> None:
    assert ask(krita, "break")[0] == "failed"
    krita.wait_until("part('problem_action') is not None and part('problem_action').isVisible()")
    message = krita.run("D.controller.desk.log[-1].problem")
    krita.run("QTest.keyClick(D.panel.chat, Qt.Key_End); QTest.keyClick(D.panel.chat, Qt.Key_C, Qt.ControlModifier)")
    assert krita.run("QtWidgets.QApplication.clipboard().text()").splitlines() == ["break", message]
    krita.run("events.clear(); QTest.mouseClick(part('problem_action'), Qt.LeftButton)")
    assert krita.wait_until("events and events[-1]", 60)[0] == "failed", "it was asked again"
    assert krita.run("[e.turn.request for e in D.controller.desk.log]") == ["break", "break"]


def test_a_dark_picture_offers_light_and_a_click_asks_for_it(krita: RealKrita) -> None:
    krita.wait_until("D.controller.desk.facts is not None", 30)
    labels = krita.run("[c.text() for c in D.panel.chat.welcome.chips._chips if c.isVisible()]")
    assert "Brighter" in labels
    krita.run("events.clear(); chip = next(c for c in D.panel.chat.welcome.chips._chips if c.text() == 'Brighter')")
    krita.run("QTest.mouseClick(chip, Qt.LeftButton)")
    assert krita.wait_until("events and events[-1]", 60)[:2] == ["finished", "it's too dark, make it brighter"]
    krita.wait_until("idle() and part('next_0') is not None and part('next_0').isVisible()")
    assert krita.run("[part(f'next_{n}').text() for n in range(3)]") == [
        "Less bright", "Even brighter", "Show three variations"
    ]
    assert not krita.run("D.panel.chat.welcome.isVisible()")


def test_ctrl_z_in_an_empty_field_means_the_picture(krita: RealKrita) -> None:
    krita.run("""
        def takes(key, modifiers=Qt.ControlModifier):
            event = QtGui.QKeyEvent(QtCore.QEvent.ShortcutOverride, key, modifiers); event.ignore()
            QtWidgets.QApplication.sendEvent(part('composer'), event); return event.isAccepted()
    """)
    assert not krita.run("takes(Qt.Key_Z)")
    krita.run("QTest.keyClicks(part('composer'), 'b')")
    assert krita.run("takes(Qt.Key_Z) and takes(Qt.Key_B, Qt.NoModifier)"), "while one writes it is the text's own undo"
    krita.run("part('composer').clear()")
