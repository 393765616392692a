"""Neighbouring steps as one layer and as steps again, in a real Krita: the same picture, one Ctrl+Z, found by its name."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plugin.test_undo import NAMES, presses, turn
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

STEPS = (("exposure", 14), ("contrast", 10), ("whites", 10), ("saturation", 30), ("temperature", -20), ("tint", 10))
MERGED = ["Exposure +14, Contrast +10, Whites +10", "Saturation +30", "Temperature -20, Tint +10"]


def ask(krita: RealKrita, what: str) -> None:
    krita.run(f"C.editor.{what}()")
    krita.wait_until("at_rest()", 60)


def picture(krita: RealKrita) -> np.ndarray:
    return np.frombuffer(krita.run("pixels()"), np.uint8).astype(int)


def test_merging_keeps_the_picture_and_one_undo_brings_the_steps_back(desk: RealKrita) -> None:
    turn(desk, *STEPS)
    separate, before = picture(desk), desk.run(NAMES)
    ask(desk, "merge")
    assert desk.run(NAMES) == MERGED
    assert desk.run("values()") == {"saturation": 30}
    assert np.abs(picture(desk) - separate).max() <= 3, "each of the six layers rounds by itself"
    assert np.abs(picture(desk) - separate).mean() <= 0.5
    presses(desk, "undo", "len(values()) == 6")
    assert desk.run(NAMES) == before
    assert np.array_equal(picture(desk), separate)
    presses(desk, "redo", "len(values()) == 1")
    assert desk.run(NAMES) == MERGED


def test_a_merged_layer_is_left_alone_by_other_changes_and_splits_into_its_steps(desk: RealKrita) -> None:
    turn(desk, *STEPS)
    separate, before = picture(desk), desk.run(NAMES)
    ask(desk, "merge")
    desk.run("C.editor.set_value('saturation', 50, at_once=True)")
    desk.wait_until("values() == {'saturation': 50} and at_rest()", 60)
    assert desk.run(NAMES) == [MERGED[0], "Saturation +50", MERGED[2]]
    desk.run("C.editor.set_value('saturation', 30, at_once=True)")
    desk.wait_until("values() == {'saturation': 30} and at_rest()", 60)
    ask(desk, "split")
    assert desk.run(NAMES) == before
    assert desk.run("values()") == dict(STEPS)
    assert np.array_equal(picture(desk), separate)
    desk.run("C.editor.set_value('exposure', 40, at_once=True)")
    desk.wait_until("values()['exposure'] == 40 and at_rest()", 60)


def test_a_file_that_was_reopened_without_our_annotation_can_be_split(desk: RealKrita, tmp_path) -> None:
    turn(desk, *STEPS)
    before = desk.run(NAMES)
    ask(desk, "merge")
    path = str(tmp_path / "merged.kra")
    desk.run("here().setBatchmode(True); here().saveAs(path); park(); close_all()", path=path)
    desk.run("open_picture(path); here().removeAnnotation('iea_krita/session'); here().waitForDone(); drive()", path=path)
    desk.wait_until("at_rest() and values() == {'saturation': 30}", 60)
    ask(desk, "split")
    assert desk.run("values()") == dict(STEPS)
    assert desk.run(NAMES) == before


@pytest.mark.parametrize("spoil", ["setVisible(False)", "setOpacity(120)", "setBlendingMode('multiply')"])
def test_steps_that_are_off_or_thinned_or_blended_stay_layers_of_their_own(desk: RealKrita, spoil: str) -> None:
    turn(desk, ("exposure", 14), ("contrast", 10), ("whites", 20))
    desk.run(f"find(here(), D.session.step('contrast').layer).{spoil}; D.catch_up()")
    before = desk.run(NAMES)
    ask(desk, "merge")
    assert desk.run(NAMES) == before
    assert "can become one curve" in desk.run("str(troubles.pop())")


def test_steps_of_a_selection_merge_where_they_act(desk: RealKrita) -> None:
    plain = picture(desk)
    desk.run("select(100, 50, 200, 120)")
    turn(desk, ("exposure", 40), ("contrast", 20), scope="SELECTION")
    separate = picture(desk)
    assert not np.array_equal(separate, plain)
    ask(desk, "merge")
    assert desk.run(NAMES) == ["Exposure +40, Contrast +20"]
    assert np.abs(picture(desk) - separate).max() <= 2
    outside = np.ones((260, 400), bool)
    outside[50:170, 100:300] = False
    assert np.array_equal(picture(desk).reshape(260, 400, 3)[outside], plain.reshape(260, 400, 3)[outside])


def test_a_merged_layer_can_be_taken_out_and_goes_with_all_steps(desk: RealKrita) -> None:
    plain = picture(desk)
    desk.run("from iea_krita.merging import merged_layers")
    turn(desk, *STEPS)
    ask(desk, "merge")
    assert desk.run("[layer.name for layer in merged_layers(D)]") == [MERGED[0], MERGED[2]]
    desk.run("C.editor.remove_merged(merged_layers(D)[0].layer)")
    desk.wait_until("at_rest() and len(merged_layers(D)) == 1", 60)
    assert desk.run(NAMES) == MERGED[1:]
    presses(desk, "undo", "len(merged_layers(D)) == 2")
    ask(desk, "remove_all")
    assert desk.run(NAMES) == []
    assert np.array_equal(picture(desk), plain)
    presses(desk, "undo", "len(merged_layers(D)) == 2 and values() == {'saturation': 30}")
