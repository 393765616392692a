"""Where an edit acts, in a real Krita: one layer, a selection, the whole picture; and the sentences when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.real_krita import RealKrita
from tool_mapping import reference
from tool_mapping.spec import ToolCall

pytestmark = pytest.mark.krita

STACK = (("exposure", 25), ("shadows", 30), ("saturation", 40), ("temperature", -30), ("vignette", -60))


def seen(krita: RealKrita, shape: tuple[int, ...] = (260, 400, 3)) -> NDArray[np.uint8]:
    """The picture as Krita shows it, (H, W, 3)."""
    return np.frombuffer(krita.run("pixels()"), np.uint8).reshape(shape)


def photo_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def rendered(photo: NDArray[np.uint8], steps: Any, mask: NDArray[np.uint8] | None = None) -> NDArray[np.float64]:
    """The reference, step by step through the mask as Krita's layers do it."""
    result = photo
    for name, value in steps:
        changed = reference.render(result, [ToolCall(name, value)])
        if mask is not None:
            weight = mask[..., None] / 255.0
            changed = (result * (1 - weight) + changed * weight + 0.5).astype(np.uint8)
        result = changed
    return result.astype(np.float64)


def off(one: Any, other: Any) -> float:
    return float(np.abs(np.asarray(one, np.float64) - np.asarray(other, np.float64)).mean())


def turn(krita: RealKrita, *steps: tuple[str, int], scope: str = "PICTURE", feather: float = 0.0) -> None:
    krita.run(f"turn(D, *steps, scope=Scope.{scope}, feather=feather)", steps=[list(step) for step in steps], feather=feather)
    krita.wait_until("idle()")


def why_not(krita: RealKrita, scope: str) -> str:
    return krita.run(f"targets.why_not(D.photo, D.session, Scope.{scope})")


# One layer


def test_an_edit_of_one_layer_leaves_the_layers_above_and_below_alone(table: RealKrita, coloured: Path) -> None:
    table.run("""
        document = here()
        above = document.createNode("patch", "paintlayer"); document.rootNode().addChildNode(above, None)
        above.setPixelData(bytes([10, 200, 90, 255]) * (100 * 50), 150, 100, 100, 50)
    """)
    table.wait_until("chosen('Background')")
    turn(table, *STACK, scope="LAYER")
    expected = rendered(photo_of(coloured), STACK)
    expected[100:150, 150:250] = (90, 200, 10)
    assert off(seen(table), expected) <= 0.5
    assert [name for name, _, _ in table.run("tree()")] == ["Background", "patch"]
    masks = table.run("tree()")[0][2]
    assert [(name, kind) for name, kind, _ in masks] == [
        ("Exposure +25", "filtermask"), ("Shadows +30", "filtermask"), ("Saturation +40", "filtermask"),
        ("Temperature -30", "filtermask"), ("Vignette -60", "filtermask"),
    ]


def test_a_follow_up_on_a_layer_changes_only_what_it_speaks_of(table: RealKrita, coloured: Path) -> None:
    turn(table, ("exposure", 25), ("temperature", -30), ("sharpness", 40), scope="LAYER")
    before = table.run("{step.tool: step.layer for step in D.session.steps}")
    steps = (("exposure", 25), ("contrast", 20), ("temperature", 10))
    turn(table, *steps, scope="LAYER")
    after = table.run("{step.tool: step.layer for step in D.session.steps}")
    assert list(after) == ["exposure", "contrast", "temperature"]
    assert after["exposure"] == before["exposure"], "what stays is not touched"
    assert [name for name, _, _ in table.run("tree()")[0][2]] == ["Exposure +25", "Contrast +20", "Temperature +10"]
    assert off(seen(table), rendered(photo_of(coloured), steps)) <= 0.5


def test_a_step_below_all_others_comes_below_them(table: RealKrita, coloured: Path) -> None:
    turn(table, ("contrast", 40), ("temperature", 30), scope="LAYER")
    steps = (("exposure", 30), ("contrast", 40), ("temperature", 30))
    turn(table, *steps, scope="LAYER")
    assert [name for name, _, _ in table.run("tree()")[0][2]] == ["Exposure +30", "Contrast +40", "Temperature +30"]
    assert off(seen(table), rendered(photo_of(coloured), steps)) <= 0.5


def test_a_persons_own_masks_stay_below_ours(table: RealKrita) -> None:
    table.run("""
        layer = here().rootNode().childNodes()[0]
        layer.addChildNode(here().createFilterMask("mine", K.filter("invert"), layer), None)
    """)
    turn(table, ("exposure", 30), ("contrast", 40), scope="LAYER")
    turn(table, ("contrast", 10), scope="LAYER")
    assert [name for name, _, _ in table.run("tree()")[0][2]] == ["mine", "Contrast +10"]
    turn(table, scope="LAYER")
    assert [name for name, _, _ in table.run("tree()")[0][2]] == ["mine"]


def test_grain_says_why_it_cannot_act_on_one_layer(table: RealKrita) -> None:
    sentence = table.run("""
        from iea_krita.template import spec_for
        from tool_mapping.krita import Unsupported
        try: spec_for(ToolCall("grain", 20), D.photo.facts(), Scope.LAYER); said = ""
        except Unsupported as error: said = str(error)
        said
    """)
    assert "selection" in sentence


@pytest.mark.parametrize(("change", "word"), [
    ("node.setLocked(True)", "padlock"), ("node.setVisible(False)", "eye"),
])
def test_a_locked_or_hidden_layer_says_so_and_what_to_do(table: RealKrita, change: str, word: str) -> None:
    assert why_not(table, "LAYER") == ""
    table.run(f"node = here().activeNode(); {change}")
    assert word in why_not(table, "LAYER")
    assert why_not(table, "PICTURE") == "", "the whole picture has no need of that layer"


def test_a_layer_that_takes_no_masks_or_is_ours_says_so(table: RealKrita) -> None:
    turn(table, ("exposure", 20))
    table.wait_until("chosen('Exposure +20')")
    assert "belongs to the steps" in why_not(table, "LAYER")
    table.run("""
        through = here().createGroupLayer("mine"); through.setPassThroughMode(True)
        here().rootNode().addChildNode(through, None)
    """)
    table.wait_until("chosen('mine')")
    assert "pass-through" in why_not(table, "LAYER")
    table.run("""
        whole = Selection(); whole.select(0, 0, 400, 260, 255)
        plain = here().createFilterLayer("plain", K.filter("invert"), whole)
        here().rootNode().addChildNode(plain, None)
    """)
    table.wait_until("chosen('plain')")
    assert "no pixels" in why_not(table, "LAYER")


def test_a_layer_in_a_group_with_transparent_parts_and_an_offset_takes_its_masks(table: RealKrita) -> None:
    table.run("""
        document = here(); inner = document.createNode("piece", "paintlayer")
        group = document.createGroupLayer("box"); document.rootNode().addChildNode(group, None)
        group = document.rootNode().childNodes()[-1]; group.addChildNode(inner, None)
        inner = group.childNodes()[0]
        inner.setPixelData(bytes([40, 80, 120, 255]) * (60 * 40), 0, 0, 60, 40); inner.move(200, 100)
    """)
    table.wait_until("chosen('piece')")
    before = seen(table)
    assert tuple(before[110, 210]) == (120, 80, 40)
    turn(table, ("exposure", 40), ("vignette", -50), scope="LAYER")
    after = seen(table)
    moved = np.abs(after.astype(int) - before).sum(-1) > 0
    assert moved[100:140, 200:260].all()
    moved[100:140, 200:260] = False
    assert not moved.any(), "nothing beside the piece"
    assert [child[0] for child in table.run("tree()")[-1][2][0][2]] == ["Exposure +40", "Vignette -50"]


def test_an_animated_layer_is_changed_in_all_its_frames(table: RealKrita) -> None:
    table.run("""
        document = here(); layer = document.rootNode().childNodes()[0]; layer.enableAnimation()
        document.setCurrentTime(5); document.setActiveNode(layer); K.action("add_blank_frame").trigger()
    """)
    table.wait_until("idle() and here().rootNode().childNodes()[0].hasKeyframeAtTime(5)")
    table.run("layer.setPixelData(bytes([50, 60, 70, 255]) * (400 * 260), 0, 0, 400, 260)")
    turn(table, ("exposure", 50), scope="LAYER")
    fifth = seen(table)
    assert abs(int(fifth[5, 5, 0]) - 99) <= 1, "70 * 2^0.5"
    table.run("here().setCurrentTime(0)")
    table.wait_until("idle()")
    first = seen(table)
    assert first.std() > 20, "the first frame is another picture"
    turn(table, scope="LAYER")
    plain = seen(table)
    assert first.mean() > plain.mean() * 1.2


# A selection


def test_an_edit_of_a_selection_acts_in_it_and_nowhere_else(table: RealKrita, coloured: Path) -> None:
    table.run("select(50, 30, 200, 150)")
    turn(table, *STACK, scope="SELECTION")
    photo = photo_of(coloured)
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[30:180, 50:250] = 255
    after = seen(table)
    assert off(after, rendered(photo, STACK, mask)) <= 0.5
    assert (after[mask == 0] == photo[mask == 0]).all()


def test_a_feathered_edge_is_soft_over_the_part_of_the_picture_that_was_asked_for(table: RealKrita, coloured: Path) -> None:
    table.run("select(100, 60, 200, 140)")
    turn(table, *STACK, scope="SELECTION", feather=0.05)
    mask = np.frombuffer(
        table.run("bytes(find(here(), D.session.steps[0].layer).pixelData(0, 0, 400, 260))"), np.uint8
    ).reshape(260, 400)
    edge = mask[130, 60:140].astype(int)
    assert edge[0] == 0
    assert edge[-1] == 255
    assert (np.diff(edge) >= 0).all()
    assert 15 <= np.count_nonzero((edge > 0) & (edge < 255)) <= 45, "about 20 pixels to either side at most"
    assert off(seen(table), rendered(photo_of(coloured), STACK, mask)) <= 0.5


def test_what_a_person_paints_on_a_mask_stays_through_follow_ups(table: RealKrita) -> None:
    table.run("select(0, 0, 200, 260)")
    turn(table, ("exposure", 30), ("contrast", 20), scope="SELECTION")
    table.run("find(here(), D.session.steps[0].layer).setPixelData(bytes(100 * 260), 0, 0, 100, 260)")
    turn(table, ("exposure", 60), ("contrast", 20), ("vignette", -40), scope="SELECTION")
    rows = table.run("[list(bytes(find(here(), s.layer).pixelData(98, 130, 4, 1))) for s in D.session.steps]")
    assert rows[0] == [0, 0, 255, 255], "painted away by the person"
    assert rows[1] == [255, 255, 255, 255]
    edge = table.run("list(bytes(find(here(), D.session.steps[2].layer).pixelData(198, 0, 4, 1)))")
    assert edge[2:] == [0, 0], "a new vignette stays within the selection"


def test_another_selection_begins_another_edit_and_none_goes_on_with_the_last(table: RealKrita) -> None:
    table.run("select(0, 0, 100, 100)")
    turn(table, ("exposure", 30), scope="SELECTION")
    table.run("select(200, 100, 100, 100)")
    turn(table, ("exposure", -30), scope="SELECTION")
    assert table.run("[(edit.number, [s.value for s in edit.steps]) for edit in D.session.edits]") == [[0, [30]], [1, [-30]]]
    table.run("K.action('deselect').trigger()")
    table.wait_until("here().selection() is None")
    turn(table, ("exposure", -50), scope="SELECTION")
    assert table.run("[(edit.number, [s.value for s in edit.steps]) for edit in D.session.edits]") == [[0, [30]], [1, [-50]]]
    assert [name for name, _, _ in table.run("tree()")] == ["Background", "IEA: test", "IEA: test"]


def test_without_a_selection_a_sentence_says_how_to_make_one(table: RealKrita) -> None:
    assert "selection tools" in why_not(table, "SELECTION")
    table.run("select(10, 10, 50, 50)")
    assert why_not(table, "SELECTION") == ""


# Side by side


def test_edits_of_the_picture_a_layer_and_a_selection_live_side_by_side_and_in_the_file(
    table: RealKrita, tmp_path: Path
) -> None:
    turn(table, ("exposure", 20))
    table.wait_until("chosen('Background')")
    turn(table, ("saturation", -100), scope="LAYER")
    table.run("select(0, 0, 200, 130)")
    turn(table, ("temperature", 60), scope="SELECTION")
    turn(table, ("exposure", 25))
    told = table.run("[(e.aim.scope.value, [(s.tool, s.value) for s in e.steps]) for e in D.session.edits]")
    assert told == [
        ["picture", [["exposure", 25]]], ["layer", [["saturation", -100]]], ["selection", [["temperature", 60]]],
    ]
    assert table.run("[t.edit for t in D.session.turns]") == [0, 1, 2, 0]
    picture = seen(table)
    path = tmp_path / "kept.kra"
    table.run("here().setBatchmode(True); here().saveAs(path); close_all(); open_picture(path)", path=str(path))
    table.wait_until("here() is not None and idle()")
    table.run("D = desk_here()")
    assert table.run("[(e.aim.scope.value, [(s.tool, s.value) for s in e.steps]) for e in D.session.edits]") == told
    assert off(seen(table), picture) <= 0.01
    table.wait_until("chosen('Background')")
    turn(table, ("saturation", -50), scope="LAYER")
    assert table.run("tree()")[0][2][0][0] == "Saturation -50"


def test_two_documents_keep_their_scopes_apart(table: RealKrita, coloured: Path) -> None:
    table.run("select(0, 0, 100, 100)")
    turn(table, ("exposure", 30), scope="SELECTION")
    table.run("first = D; open_picture(path)", path=str(coloured))
    table.wait_until("idle() and docs.active_key() != first.photo.key")
    table.run("D = desk_here()")
    assert "selection tools" in why_not(table, "SELECTION")
    turn(table, ("contrast", 30), scope="LAYER")
    assert table.run("[s.tool for s in first.session.steps], [s.tool for s in D.session.steps]") == [["exposure"], ["contrast"]]
