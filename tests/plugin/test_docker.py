"""The docker in a real Krita: from typed words to native filter layers, and back by hand and by undo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


def test_typing_and_clicking_send_puts_named_filter_layers_above_the_photo(krita: RealKrita) -> None:
    before = krita.run("mean()")
    assert ask(krita, "too dark")[0] == "finished"
    names = krita.run("tree()")
    assert [name[:2] for name in names][1:] == [["IEA: too dark", "grouplayer"]]
    assert krita.run("layers()") == [["Exposure +10", "filterlayer", True]]
    assert krita.run("K.activeDocument().rootNode().childNodes()[-1].passThroughMode()")
    after = krita.run("mean()")
    assert all(a > b + 2 for a, b in zip(after, before, strict=True))
    krita.wait_until("still() and K.activeDocument().activeNode().type() == 'paintlayer'", 5)
    assert krita.run("find('listLayers', QtWidgets.QTreeView).currentIndex().data()") == "Background"
    assert krita.run("part('composer').toPlainText()") == ""


def test_a_follow_up_refines_the_one_group_there_is(krita: RealKrita) -> None:
    ask(krita, "too dark")
    ask(krita, "more")
    assert krita.run("[n[0] for n in tree()]")[1:] == ["IEA: too dark"]
    assert krita.run("layers()") == [["Exposure +11", "filterlayer", True]]
    assert krita.run("len(D.turns)") == 2


def test_what_a_person_put_into_the_group_survives_a_follow_up(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.run("""
        document = K.activeDocument()
        mine = document.createNode('my own', 'paintlayer')
        document.rootNode().childNodes()[-1].addChildNode(mine, None)
    """)
    ask(krita, "more")
    assert [layer[0] for layer in krita.run("layers()")] == ["Exposure +11", "my own"]


def test_one_undo_takes_back_one_turn_and_the_docker_agrees(krita: RealKrita) -> None:
    ask(krita, "too dark")
    ask(krita, "more")
    brighter = krita.run("mean()")
    krita.wait_until("pressed('undo')")
    krita.wait_until("values() == {'exposure': 10} and layers() == [['Exposure +10', 'filterlayer', True]] and idle()")
    assert krita.run("len(D.turns)") == 1
    krita.wait_until("pressed('undo')")
    krita.wait_until("values() == {} and layers() is None and idle()")
    krita.wait_until("pressed('redo')")
    krita.wait_until("values() == {'exposure': 10} and len(D.turns) == 1 and idle()")
    krita.wait_until("pressed('redo')")
    krita.wait_until("values() == {'exposure': 11} and len(D.turns) == 2 and idle()")
    assert krita.run("mean()") == brighter


def test_dragging_a_slider_changes_the_pixels_while_it_is_held(krita: RealKrita) -> None:
    ask(krita, "too dark")
    before = krita.run("mean()")
    krita.run("""
        slider = part('slider_exposure')
        def at(value): return QtCore.QPoint(round(slider._x(value)), slider.height() // 2)
        QTest.mousePress(slider, Qt.LeftButton, Qt.NoModifier, at(10))
        def move_to(value):
            event = QtGui.QMouseEvent(QtCore.QEvent.MouseMove, at(value), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
            QtWidgets.QApplication.sendEvent(slider, event)
        move_to(60)
    """)
    krita.wait_until("mean()[0] > before[0] + 15", 20, before=before)
    krita.run("move_to(-50)")
    krita.wait_until("mean()[0] < before[0] - 10", 20, before=before)
    krita.run("move_to(33); QTest.mouseRelease(slider, Qt.LeftButton, Qt.NoModifier, at(33))")
    value = krita.wait_until("idle() and values()['exposure']")
    assert abs(value - 33) <= 2
    assert krita.run("layers()") == [[f"Exposure +{value}", "filterlayer", True]]
    assert krita.run("mean()")[0] > before[0] + 5


def test_a_slider_drag_is_one_undo_and_leaves_no_trace_of_its_way(krita: RealKrita) -> None:
    ask(krita, "too dark")
    before = krita.run("mean()")
    krita.run("""
        slider = part('slider_exposure')
        QTest.mousePress(slider, Qt.LeftButton, Qt.NoModifier, QtCore.QPoint(round(slider._x(-40)), 10))
    """)
    krita.wait_until("mean()[0] < before[0] - 5", 20, before=before)
    krita.run("QTest.mouseRelease(slider, Qt.LeftButton, Qt.NoModifier, QtCore.QPoint(round(slider._x(-40)), 10))")
    krita.wait_until("idle() and values()['exposure'] < -35")
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 10} and mean() == before", before=before)
    assert krita.run("part('value_exposure').value()") == 10
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and layers() is None")


def test_typing_a_number_changes_the_layer_and_reset_brings_the_suggestion_back(krita: RealKrita) -> None:
    ask(krita, "too dark")
    suggested = krita.run("mean()")
    krita.run("part('value_exposure').setValue(80)")
    krita.wait_until("idle() and values() == {'exposure': 80} and layers()[0][0] == 'Exposure +80'")
    assert krita.run("mean()")[0] > suggested[0] + 20
    krita.run("QTest.mouseClick(part('reset_exposure'), Qt.LeftButton)")
    krita.wait_until("idle() and values() == {'exposure': 10}")
    assert krita.run("mean()") == suggested


def test_what_a_person_set_by_hand_is_in_force_for_the_next_request(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.run("part('value_exposure').setValue(40)")
    krita.wait_until("idle() and values() == {'exposure': 40}")
    ask(krita, "more")
    assert krita.run("values()") == {"exposure": 41}


def test_the_eye_the_strength_and_remove_act_on_the_layers(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "too dark")
    edited = krita.run("mean()")
    krita.run("QTest.mouseClick(part('visible_exposure'), Qt.LeftButton)")
    krita.wait_until("idle() and mean() == plain and not layers()[0][2]", plain=plain)
    krita.run("QTest.mouseClick(part('visible_exposure'), Qt.LeftButton)")
    krita.wait_until("idle() and mean() == edited", edited=edited)
    krita.run("part('strength').setValue(0)")
    krita.wait_until("idle() and mean() == plain", plain=plain)
    krita.run("part('strength').setValue(100)")
    krita.wait_until("idle() and mean() == edited", edited=edited)
    krita.run("QTest.mouseClick(part('remove_exposure'), Qt.LeftButton)")
    krita.wait_until("idle() and layers() is None and values() == {} and mean() == plain", plain=plain)
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 10} and mean() == edited", edited=edited)


def test_a_layer_removed_in_krita_leaves_the_docker(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.run("K.activeDocument().rootNode().childNodes()[-1].childNodes()[0].remove()")
    krita.wait_until("values() == {} and part('step_exposure') is None")


def test_a_value_set_in_krita_itself_reaches_the_slider(krita: RealKrita) -> None:
    """Krita 5.1 shows Python the settings of sharpening and blur only; later ones all of them."""
    ask(krita, "set sharpness 30")
    krita.run("""
        layer = K.activeDocument().rootNode().childNodes()[-1].childNodes()[0]
        used = layer.filter(); settings = used.configuration(); settings.setProperty('amount', 0.9)
        used.setConfiguration(settings); layer.setFilter(used)
    """)
    krita.wait_until("values() == {'sharpness': 60} and part('slider_sharpness').value() == 60")


def test_a_greyscale_document_takes_the_steps_of_light_and_says_why_not_the_others(krita: RealKrita) -> None:
    krita.run("K.activeDocument().setColorSpace('GRAYA', 'U8', '')")
    krita.wait_until("idle()")
    ask(krita, "set exposure 40, saturation 30")
    assert [layer[0] for layer in krita.run("layers()")] == ["Exposure +40"]
    assert "greyscale" in krita.run("events[-1][2]")


def test_a_16_bit_document_is_edited_like_any_other(krita: RealKrita) -> None:
    krita.run("K.activeDocument().setColorSpace('RGBA', 'U16', 'sRGB-elle-V2-srgbtrc.icc')")
    before = krita.run("mean()")
    assert ask(krita, "too dark")[0] == "finished"
    assert krita.run("mean()")[1] > before[1] + 2


def test_a_saved_document_brings_its_conversation_and_steps_back(krita: RealKrita, tmp_path: Path) -> None:
    ask(krita, "too dark")
    krita.run("part('value_exposure').setValue(25)")
    krita.wait_until("idle() and values() == {'exposure': 25}")
    path = tmp_path / "kept.kra"
    krita.run("""
        document = K.activeDocument(); document.setBatchmode(True); document.saveAs(path); close_all()
    """, path=str(path))
    krita.wait_until("D.controller.desk is None")
    krita.run("open_photo(path)", path=str(path))
    krita.wait_until("idle() and values() == {'exposure': 25}")
    assert krita.run("[t.request for t in D.turns]") == ["too dark"]
    assert krita.run("D.controller.desk.session.steps[0].suggested") == 10
    ask(krita, "more")
    assert krita.run("layers()") == [["Exposure +26", "filterlayer", True]]


def test_a_kra_written_by_the_command_line_opens_with_its_steps_in_the_docker(
    krita: RealKrita, photo: Path, tmp_path: Path
) -> None:
    calls, path = tmp_path / "calls.json", tmp_path / "applied.kra"
    calls.write_text('[{"name": "exposure", "value": 30}, {"name": "vignette", "value": -20}]')
    command = [sys.executable, "-m", "backend", "apply", str(photo), str(calls), "-o", str(path)]
    subprocess.run(command, cwd=Path(__file__).parent.parent.parent, check=True, capture_output=True, timeout=120)
    krita.run("open_photo(path)", path=str(path))
    krita.wait_until("idle() and values() == {'exposure': 30, 'vignette': -20}")
    krita.run("part('value_exposure').setValue(45)")
    krita.wait_until("idle() and [layer[0] for layer in layers()] == ['Exposure +45', 'Vignette -20']")


def test_two_documents_keep_their_conversations_apart(krita: RealKrita, photo: Path) -> None:
    ask(krita, "too dark")
    krita.run("first = D.controller.desk.photo.key; open_photo(photo)", photo=str(photo))
    krita.wait_until("D.controller.desk is not None and D.controller.desk.photo.key != first and idle()")
    assert krita.run("values()") == {}
    krita.run("area = window().findChild(QtWidgets.QMdiArea); area.setActiveSubWindow(area.subWindowList()[0])")
    krita.wait_until("D.controller.desk.photo.key == first and values() == {'exposure': 10}")


def test_a_copy_of_a_document_has_the_steps_and_goes_its_own_way(krita: RealKrita) -> None:
    ask(krita, "too dark")
    krita.run("first = D.controller.desk.photo.key; K.action('create_copy').trigger()")
    krita.wait_until("D.controller.desk is not None and D.controller.desk.photo.key != first and idle()")
    assert krita.run("[values(), [t.request for t in D.turns]]") == [{"exposure": 10}, ["too dark"]]
    krita.run("part('value_exposure').setValue(70)")
    krita.wait_until("idle() and values() == {'exposure': 70} and layers()[0][0] == 'Exposure +70'")
    krita.run("area = window().findChild(QtWidgets.QMdiArea); area.setActiveSubWindow(area.subWindowList()[0])")
    krita.wait_until("D.controller.desk.photo.key == first and values() == {'exposure': 10} and idle()")
    assert krita.run("layers()[0][0]") == "Exposure +10"


def test_many_steps_stand_in_order_and_a_follow_up_changes_only_what_it_speaks_of(krita: RealKrita) -> None:
    ask(krita, "set sharpness 30, exposure 20, grain 15, vignette -40, temperature 25, vibrance 10")
    names = ["Exposure +20", "Vibrance +10", "Temperature +25", "Grain +15", "Vignette -40", "Sharpness +30"]
    assert [layer[0] for layer in krita.run("layers()")] == names
    krita.run("group = K.activeDocument().rootNode().childNodes()[-1]; group.childNodes()[0].setName('my exposure')")
    ask(krita, "set exposure 20, temperature 25, vignette -60, sharpness 30")
    assert [layer[0] for layer in krita.run("layers()")] == ["my exposure", "Temperature +25", "Vignette -60", "Sharpness +30"]
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and len(values()) == 6 and values()['vignette'] == -40")


@pytest.mark.parametrize(("tool", "first", "second"), [
    ("sharpness", 60, 90), ("sharpness", 60, -60), ("vignette", -60, -20), ("vignette", -30, 40), ("grain", 20, 60),
    ("vibrance", 20, -80), ("fade", 10, 70),
])
def test_every_kind_of_layer_follows_its_number_box(krita: RealKrita, tool: str, first: int, second: int) -> None:
    ask(krita, f"set {tool} {first}")
    title = krita.run("layers()[0][0]").rsplit(" ", 1)[0]
    before = krita.run("picture()")
    krita.run(f"part('value_{tool}').setValue({second})")
    krita.wait_until("idle() and values() == wanted and picture() != before and still()", wanted={tool: second}, before=before)
    changed = krita.run("picture()")
    assert [layer[0] for layer in krita.run("layers()")] == [f"{title} {second:+d}"]
    krita.run("close_all(); open_photo(photo)")
    krita.wait_until("idle() and values() == {}")
    ask(krita, f"set {tool} {second}")
    krita.wait_until("still()")
    assert krita.run("picture()") == changed, "the same picture as if the agent had said so"


def test_steps_move_up_and_down_by_keys_and_one_undo_brings_them_back(krita: RealKrita) -> None:
    ask(krita, "set exposure 30, contrast 60")
    before = krita.run("picture()")
    krita.run("QTest.keyClick(part('slider_exposure'), Qt.Key_Up, Qt.AltModifier)")
    krita.wait_until("idle() and list(values()) == ['contrast', 'exposure'] and picture() != before", before=before)
    assert [layer[0] for layer in krita.run("layers()")] == ["Contrast +60", "Exposure +30"]
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and list(values()) == ['exposure', 'contrast'] and picture() == before", before=before)


def test_holding_the_before_button_shows_the_photo_and_letting_go_the_edit(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "set exposure 60")
    edited = krita.run("mean()")
    krita.run("QTest.mousePress(part('hold_before'), Qt.LeftButton)")
    krita.wait_until("mean() == plain", plain=plain)
    krita.run("QTest.mouseRelease(part('hold_before'), Qt.LeftButton)")
    krita.wait_until("idle() and mean() == edited", edited=edited)


def test_the_photo_is_sent_without_our_steps_even_when_the_picture_below_changed(
    krita: RealKrita, asked: Any
) -> None:
    ask(krita, "set exposure 60")
    krita.run("""
        document = K.activeDocument(); photo_node = document.rootNode().childNodes()[0]
        photo_node.setPixelData(bytes([255, 255, 255, 255]) * (480 * 160), 0, 0, 480, 160)
        document.refreshProjection()
    """)
    assert ask(krita, "more")[0] == "finished"
    last = [entry for entry in asked() if "before_mean" in entry][-1]
    assert last["in_force"] == [["exposure", 60]]
    assert last["earlier"] == ["set exposure 60"]
    assert 150 < last["before_mean"] < 180, "half of it is white, the other half as dark as it was"


def test_the_keyboard_sends_breaks_lines_and_recalls(krita: RealKrita) -> None:
    krita.run("""
        field = part('composer'); field.setFocus()
        QTest.keyClicks(field, 'too'); QTest.keyClick(field, Qt.Key_Return, Qt.ShiftModifier); QTest.keyClicks(field, 'dark')
        QTest.keyClick(field, Qt.Key_Return)
    """)
    assert krita.wait_until("events and events[-1]", 60)[:2] == ["finished", "too\ndark"]
    krita.wait_until("idle()")
    krita.run("QTest.keyClick(part('composer'), Qt.Key_Up)")
    assert krita.run("part('composer').toPlainText()") == "too\ndark"
    krita.run("part('composer').clear()")


def test_everything_has_a_name_for_screen_readers(krita: RealKrita) -> None:
    ask(krita, "too dark")
    nameless = krita.run("""
        [type(w).__name__ + ' ' + w.objectName() for w in D.panel.findChildren(QtWidgets.QAbstractButton)
         + D.panel.findChildren(QtWidgets.QAbstractSlider) + D.panel.findChildren(QtWidgets.QSpinBox)
         if w.isVisible() and not w.accessibleName() and not getattr(w, 'text', str)()
         and type(w).__name__ not in ('QScrollBar',)]
    """)
    assert nameless == []
