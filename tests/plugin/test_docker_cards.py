"""The step cards in a real Krita: what they say, every way to move a slider or a card, all steps at once, flat copies."""

from __future__ import annotations

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


def test_a_card_says_in_a_sentence_what_it_does_and_why(krita: RealKrita) -> None:
    ask(krita, "set temperature 30, exposure -20")
    said = "because you said “set temperature 30, exposure -20”."
    assert krita.run("part('why_temperature').text()") == f"Makes the light warmer, {said}"
    assert krita.run("part('why_exposure').text()") == f"Darkens the picture, bright parts most, {said}"
    krita.run("part('value_temperature').setValue(-10)")
    krita.wait_until("idle() and values()['temperature'] == -10")
    assert krita.run("part('why_temperature').text()") == "Makes the light cooler; -10 is your own value."
    assert krita.run("part('slider_temperature').accessibleDescription()") == krita.run("part('why_temperature').text()")


def test_keys_move_a_focused_slider_and_the_wheel_only_a_focused_one(krita: RealKrita) -> None:
    ask(krita, "set exposure 10")
    krita.run("""
        window().activateWindow()
        slider = part('slider_exposure')
        part('composer').setFocus()
        def turn_wheel():
            middle = QtCore.QPointF(slider.rect().center())
            QtWidgets.QApplication.sendEvent(slider, QtGui.QWheelEvent(
                middle, QtCore.QPointF(slider.mapToGlobal(slider.rect().center())), QtCore.QPoint(), QtCore.QPoint(0, 120),
                Qt.NoButton, Qt.NoModifier, Qt.NoScrollPhase, False))
        turn_wheel()
    """)
    assert krita.run("slider.value()") == 10, "scrolling through the cards changes nothing"
    krita.run("slider.setFocus(); QTest.keyClick(slider, Qt.Key_Right); QTest.keyClick(slider, Qt.Key_PageUp)")
    krita.wait_until("idle() and values() == {'exposure': 21}")
    krita.run("turn_wheel()")
    assert krita.wait_until("idle() and values()['exposure'] > 21 and values()['exposure']") == krita.run("slider.value()")
    krita.run("QTest.keyClick(slider, Qt.Key_Home)")
    krita.wait_until("idle() and values() == {'exposure': -100}")


def test_a_double_click_goes_back_to_the_suggestion(krita: RealKrita) -> None:
    ask(krita, "set exposure 30")
    krita.run("part('value_exposure').setValue(-20)")
    krita.wait_until("idle() and values() == {'exposure': -20}")
    krita.run("""
        slider = part('slider_exposure')
        at = QtCore.QPoint(round(slider._x(-20)), slider.height() // 2)
        QTest.mouseClick(slider, Qt.LeftButton, Qt.NoModifier, at)
        QTest.mouseDClick(slider, Qt.LeftButton, Qt.NoModifier, at)
    """)
    krita.wait_until("idle() and values() == {'exposure': 30} and layers()[0][0] == 'Exposure +30'")


def test_a_card_dragged_past_others_moves_its_layer_and_one_undo_brings_it_back(krita: RealKrita) -> None:
    ask(krita, "set exposure 30, contrast 60, saturation 40, temperature 20")
    krita.wait_until("still()")
    before = krita.run("picture()")
    krita.run("""
        def drag(tool, over, edge):
            card, other = part('step_' + tool), part('step_' + over)
            start = card.name.geometry().center()
            def mouse(kind, point, button, buttons):
                QtWidgets.QApplication.sendEvent(card, QtGui.QMouseEvent(
                    kind, QtCore.QPointF(card.mapFromGlobal(point)), QtCore.QPointF(point), button, buttons, Qt.NoModifier))
            there = other.mapToGlobal(QtCore.QPoint(start.x(), 2 if edge == 'above' else other.height() - 2))
            mouse(QtCore.QEvent.MouseButtonPress, card.mapToGlobal(start), Qt.LeftButton, Qt.LeftButton)
            mouse(QtCore.QEvent.MouseMove, there, Qt.NoButton, Qt.LeftButton)
            mouse(QtCore.QEvent.MouseButtonRelease, there, Qt.LeftButton, Qt.NoButton)
        drag('temperature', 'exposure', 'below')
    """)
    krita.wait_until("idle() and list(values()) == ['temperature', 'exposure', 'contrast', 'saturation']")
    names = ["Temperature +20", "Exposure +30", "Contrast +60", "Saturation +40"]
    assert [layer[0] for layer in krita.run("layers()")] == names
    krita.run("drag('exposure', 'saturation', 'above')")
    krita.wait_until("idle() and list(values()) == ['temperature', 'contrast', 'saturation', 'exposure']")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and list(values()) == ['temperature', 'exposure', 'contrast', 'saturation']")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and list(values()) == ['exposure', 'contrast', 'saturation', 'temperature']")
    krita.wait_until("still() and picture() == before", before=before)


def test_tab_goes_from_card_to_card_in_the_order_seen(krita: RealKrita) -> None:
    ask(krita, "set exposure 30, contrast 60")
    krita.run("window().activateWindow(); part('visible_all').setFocus()")
    krita.wait_until("part('visible_all').hasFocus()", 5)
    order = krita.run("""
        order = []
        for _ in range(14):
            QTest.keyClick(QtWidgets.QApplication.focusWidget(), Qt.Key_Tab)
            order.append(QtWidgets.QApplication.focusWidget().objectName())
        order
    """)
    wanted = ["strength", "strength_value", "hold_before", "steps_menu"]
    wanted += [f"{part}_{tool}" for tool in ("contrast", "exposure") for part in ("visible", "value", "remove", "slider")]
    assert [name for name in order if name in wanted] == wanted


def test_a_vignette_that_a_crop_left_behind_says_so_and_is_renewed_by_a_click(krita: RealKrita) -> None:
    ask(krita, "set vignette -80, exposure 10")
    krita.wait_until("still()")
    assert krita.run("not part('renew_vignette').isVisible()")
    krita.run("""
        def corner():
            document = K.activeDocument(); document.waitForDone()
            pixel = document.projection(document.width() - 1, document.height() - 1, 1, 1).pixelColor(0, 0)
            return pixel.red() + pixel.green() + pixel.blue()
        K.activeDocument().crop(0, 0, 260, 170)
    """)
    krita.wait_until("idle() and part('renew_vignette').isVisible() and not part('renew_exposure').isVisible()")
    assert "old size" in krita.run("part('step_vignette').frame.text()")
    before = krita.run("corner()")
    krita.run("QTest.mouseClick(part('renew_vignette'), Qt.LeftButton)")
    krita.wait_until("idle() and not part('renew_vignette').isVisible() and corner() < before - 60", before=before)
    krita.wait_until("pressed('undo')")
    krita.wait_until("K.activeDocument().width() == 480 and idle() and part('renew_vignette').isVisible()")


def test_grain_that_does_not_reach_a_larger_canvas_says_so_and_is_renewed_by_a_click(krita: RealKrita) -> None:
    ask(krita, "set grain 40, exposure 10")
    krita.wait_until("still()")
    assert krita.run("not part('renew_grain').isVisible()")
    krita.run("""
        def bare():
            layer = next(n for n in K.activeDocument().rootNode().childNodes()[-1].childNodes() if n.type() == 'paintlayer')
            return bytes(layer.pixelData(0, 0, 520, 340))[3::4].count(0)
        K.activeDocument().resizeImage(0, 0, 520, 340)
    """)
    krita.wait_until("idle() and part('renew_grain').isVisible() and not part('renew_exposure').isVisible()")
    assert krita.run("bare()") == 520 * 340 - 480 * 320
    krita.run("QTest.mouseClick(part('renew_grain'), Qt.LeftButton)")
    krita.wait_until("idle() and not part('renew_grain').isVisible() and bare() == 0")


def test_the_strength_has_a_number_box_and_a_double_click_makes_it_full(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "set exposure 60")
    edited = krita.run("mean()")
    krita.run("part('strength_value').setValue(50)")
    krita.wait_until("idle() and K.activeDocument().rootNode().childNodes()[-1].opacity() == 128")
    assert plain[1] < krita.run("mean()")[1] < edited[1]
    krita.run("QTest.mouseDClick(part('strength'), Qt.LeftButton)")
    krita.wait_until("idle() and mean() == edited and part('strength_value').value() == 100", edited=edited)


def test_the_space_bar_holds_the_picture_before_and_losing_the_focus_lets_go(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "set exposure 60")
    edited = krita.run("mean()")
    krita.run("window().activateWindow(); part('hold_before').setFocus(); QTest.keyPress(part('hold_before'), Qt.Key_Space)")
    krita.wait_until("idle() and mean() == plain", plain=plain)
    krita.run("part('composer').setFocus()")
    krita.wait_until("idle() and mean() == edited", edited=edited)
    krita.run("QTest.keyRelease(part('hold_before'), Qt.Key_Space)")


def test_all_steps_go_at_once_and_leave_what_a_person_put_between_them(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "set exposure 60, contrast 20")
    krita.run("D.controller.editor.remove_all()")
    krita.wait_until("idle() and layers() is None and values() == {} and mean() == plain", plain=plain)
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 60, 'contrast': 20}")
    krita.run("""
        document = K.activeDocument()
        mine = document.createNode('my own', 'paintlayer')
        document.rootNode().childNodes()[-1].addChildNode(mine, None)
    """)
    krita.wait_until("idle()")
    krita.run("D.controller.editor.remove_all()")
    krita.wait_until("idle() and values() == {} and layers() == [['my own', 'paintlayer', True]]")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 60, 'contrast': 20} and len(layers()) == 3")
    krita.wait_until("pressed('redo')")
    krita.wait_until("idle() and values() == {} and layers() == [['my own', 'paintlayer', True]]")


def test_a_flat_document_has_the_same_pixels_and_the_original_stays(krita: RealKrita) -> None:
    ask(krita, "set exposure 60, temperature 30")
    krita.wait_until("still()")
    edited, tree = krita.run("picture()"), krita.run("tree()")
    krita.run("first = D.controller.desk.photo.key; D.controller.editor.flatten_to_document()")
    krita.wait_until("len(K.documents()) == 2 and D.controller.desk is not None and D.controller.desk.photo.key != first")
    krita.wait_until("still()")
    assert krita.run("[n[1] for n in tree()]") == ["paintlayer"]
    assert krita.run("picture()") == edited
    assert krita.run("[values(), len(D.turns), K.activeDocument().name()]") == [{}, 0, "dark photo (flat)"]
    krita.run("area = window().findChild(QtWidgets.QMdiArea); area.setActiveSubWindow(area.subWindowList()[0])")
    krita.wait_until("D.controller.desk.photo.key == first and idle()")
    assert krita.run("tree()") == tree


def test_a_flat_layer_is_one_undo_step_above_the_steps(krita: RealKrita) -> None:
    ask(krita, "set exposure 60, temperature 30")
    krita.wait_until("still()")
    edited = krita.run("picture()")
    krita.run("D.controller.editor.flatten_to_layer()")
    krita.wait_until("idle() and [n[0] for n in tree()][-1] == 'Flat copy'")
    krita.wait_until("still()")
    assert krita.run("picture()") == edited
    assert krita.run("values()") == {"exposure": 60, "temperature": 30}
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and [n[0] for n in tree()][-1].startswith('IEA: ')")
    assert krita.run("values()") == {"exposure": 60, "temperature": 30}
