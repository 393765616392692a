"""Both ways, in a real Krita: what somebody sets in Krita's own dialogs arrives, and steps are found without their story."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


def turn(krita: RealKrita, *steps: tuple[str, int], scope: str = "PICTURE") -> None:
    krita.run(f"turn(D, *steps, scope=Scope.{scope}); D.hand.noticed()", steps=[list(step) for step in steps])
    krita.wait_until("idle()")


def in_dialog(krita: RealKrita, layer: int, change: str) -> None:
    """Open Krita's dialog on a step's layer, make a change in it, press OK."""
    krita.run(f"open_dialog(D.session.steps[{layer}].layer)")
    krita.wait_until("dialog() is not None", 30)
    assert krita.run("D.hand.noticed()") is False, "not while it is open"
    krita.run(change)
    krita.run("press('OK')")
    krita.wait_until("dialog() is None and idle()", 30)


def heard(krita: RealKrita) -> list[list[object]]:
    """The steps after what the watch notices was read."""
    assert krita.run("D.hand.noticed()") is True
    krita.run("listen(D)")
    krita.wait_until("quiet()", 60)
    return krita.run("[[s.tool, s.value, s.by_hand] for s in D.session.steps]")


WHITE_POINT = "dialog().findChild(QtWidgets.QSpinBox, 'spinBoxInputWhitePoint').setValue({})"


def test_a_value_set_in_the_levels_dialog_arrives_and_follows_undo_and_redo(table: RealKrita) -> None:
    turn(table, ("exposure", 40), ("shadows", 20), ("vignette", -50))
    in_dialog(table, 0, WHITE_POINT.format(150))
    assert heard(table) == [["exposure", 77, False], ["shadows", 20, False], ["vignette", -50, False]]
    assert table.run("tree()")[1][2][0][0] == "Exposure +77", "the layer's name says the new value"
    table.wait_until("idle() and undo()")
    table.wait_until("idle()")
    assert heard(table)[0] == ["exposure", 40, False]
    table.wait_until("idle() and redo()")
    table.wait_until("idle()")
    assert heard(table)[0] == ["exposure", 77, False]


def test_what_no_value_says_is_by_hand_and_stays_through_follow_ups(table: RealKrita) -> None:
    turn(table, ("exposure", 40), ("contrast", 20))
    in_dialog(table, 0, "dialog().findChild(QtWidgets.QDoubleSpinBox, 'spinBoxInputGamma').setValue(1.6)")
    assert heard(table) == [["exposure", 40, True], ["contrast", 20, False]]
    assert table.run("tree()")[1][2][0][0] == "Exposure by hand"
    turn(table, ("exposure", 10), ("contrast", 35))
    assert table.run("[[s.tool, s.value, s.by_hand] for s in D.session.steps]") == [
        ["exposure", 40, True], ["contrast", 35, False],
    ]
    assert table.run("tree()")[1][2][0][0] == "Exposure by hand"


def test_the_dialogs_of_a_filter_mask_and_of_sharpening_are_heard_too(table: RealKrita) -> None:
    turn(table, ("exposure", 40), ("sharpness", 20), scope="LAYER")
    in_dialog(table, 0, WHITE_POINT.format(200))
    assert heard(table)[0] == ["exposure", 35, False]
    in_dialog(table, 1, "dialog().findChild(QtWidgets.QDoubleSpinBox, 'doubleAmount').setValue(0.9)")
    assert heard(table)[1] == ["sharpness", 60, False]


def test_a_dialog_that_was_cancelled_changes_nothing(table: RealKrita) -> None:
    turn(table, ("exposure", 40))
    table.run("open_dialog(D.session.steps[0].layer)")
    table.wait_until("dialog() is not None", 30)
    table.run("D.hand.noticed()")
    table.run(WHITE_POINT.format(150))
    table.run("press('Cancel')")
    table.wait_until("dialog() is None and idle()", 30)
    assert heard(table) == [["exposure", 40, False]]


def test_painting_does_not_make_anything_be_read(table: RealKrita) -> None:
    turn(table, ("exposure", 40))
    table.run("""
        layer = here().createNode("painted", "paintlayer"); here().rootNode().addChildNode(layer, None)
    """)
    table.wait_until("idle()")
    assert table.run("D.hand.noticed()") is False


def test_steps_are_found_without_their_story_by_names_and_by_settings(table: RealKrita, tmp_path: Path) -> None:
    turn(table, ("exposure", 40), ("shadows", -30), ("temperature", 20), ("saturation", 30))
    table.wait_until("chosen('Background')")
    turn(table, ("fade", 30), scope="LAYER")
    path = tmp_path / "no story.kra"
    table.run("""
        document = here()
        layers_of_group = document.rootNode().childNodes()[-1].childNodes()
        layers_of_group[1].setName("the dark parts"); layers_of_group[2].setName("Saturation +99")
        layers_of_group[3].setName("Exposure +5")
        for kind in document.annotationTypes(): document.removeAnnotation(kind)
        document.setBatchmode(True); document.saveAs(path); close_all(); open_picture(path)
    """, path=str(path))
    table.wait_until("here() is not None and idle()")
    table.run("D = desk_here()")
    heard(table)
    told = table.run("[(e.aim.scope.value, [(s.tool, s.value) for s in e.steps]) for e in D.session.edits]")
    assert told == [
        ["picture", [["exposure", 40], ["shadows", -30], ["saturation", 30], ["temperature", 20]]], ["layer", [["fade", 30]]],
    ]
