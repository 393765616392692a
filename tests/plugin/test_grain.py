"""Grain in a real Krita: a layer of noise whose opacity is the value, in every depth; and other people's fill layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.plugin.test_scope import photo_of
from tests.plugin.test_undo import NAMES, drag, presses, turn
from tests.real_krita import RealKrita
from tool_mapping import reference
from tool_mapping.spec import ToolCall

pytestmark = pytest.mark.krita

LAYER = "find(here(), D.session.step('grain').layer)"
ALPHA = "bytes({}.pixelData(0, 0, 400, 260))[3::4]"


def seen(krita: RealKrita) -> np.ndarray:
    return np.frombuffer(krita.run("pixels()"), np.uint8).reshape(260, 400, 3)


def typed(krita: RealKrita, tool: str, value: int) -> None:
    krita.run(f"C.editor.set_value('{tool}', {value}, at_once=True)")
    krita.wait_until(f"values()['{tool}'] == {value} and at_rest()", 60)


def expected(coloured: Path, **steps: int) -> np.ndarray:
    return reference.render(photo_of(coloured), [ToolCall(name, value) for name, value in steps.items()])


def test_grain_is_one_undo_step_and_the_references_picture(desk: RealKrita, coloured: Path) -> None:
    plain, before = seen(desk), desk.run("undo_place()")
    turn(desk, ("exposure", 20), ("grain", 30))
    assert desk.run("undo_place()") == before + 1
    assert desk.run(f"layer = {LAYER}; layer.type(), layer.blendingMode(), layer.opacity(), layer.inheritAlpha()") == [
        "paintlayer", "linear light", 76, True,
    ]
    assert np.array_equal(seen(desk), expected(coloured, exposure=20, grain=30))
    presses(desk, "undo", "values() == {}")
    assert np.array_equal(seen(desk), plain)
    presses(desk, "redo", "values() == {'exposure': 20, 'grain': 30}")
    assert np.array_equal(seen(desk), expected(coloured, exposure=20, grain=30))


def test_a_slider_and_a_number_change_the_opacity_and_each_is_one_press_of_undo(desk: RealKrita, coloured: Path) -> None:
    turn(desk, ("exposure", 20), ("grain", 30), ("vignette", -25))
    place, before = desk.run("undo_place()"), seen(desk)
    assert desk.run("C.editor.is_ready('grain')")
    drag(desk, "grain", 60, 20, 45)
    assert desk.run("undo_place()") == place + 2
    assert desk.run(NAMES) == ["Exposure +20", "Grain +45", "Vignette -25"]
    typed(desk, "grain", 80)
    assert desk.run(f"{LAYER}.opacity()") == 204
    after = seen(desk)
    off = np.abs(after.astype(int) - expected(coloured, exposure=20, grain=80, vignette=-25))
    assert off.max() <= 1, "a vignette's rounding"
    presses(desk, "undo", "values()['grain'] == 45")
    presses(desk, "undo", "values()['grain'] == 30")
    assert desk.run(NAMES) == ["Exposure +20", "Grain +30", "Vignette -25"]
    assert np.array_equal(seen(desk), before)
    presses(desk, "redo", "values()['grain'] == 45")
    presses(desk, "redo", "values()['grain'] == 80")
    assert np.array_equal(seen(desk), after)


def test_a_slider_below_the_grain_and_a_turn_about_something_else_leave_it_as_it_is(desk: RealKrita, coloured: Path) -> None:
    turn(desk, ("exposure", 20), ("grain", 30))
    drag(desk, "exposure", 50, -10, 35)
    typed(desk, "exposure", 40)
    assert np.array_equal(seen(desk), expected(coloured, exposure=40, grain=30))
    turn(desk, ("exposure", 40), ("grain", 55))
    assert np.array_equal(seen(desk), expected(coloured, exposure=40, grain=55))
    turn(desk, ("grain", 55))
    assert np.array_equal(seen(desk), expected(coloured, grain=55))
    presses(desk, "undo", "values() == {'exposure': 40, 'grain': 55}")
    presses(desk, "undo", "values() == {'exposure': 40, 'grain': 30}")
    assert np.array_equal(seen(desk), expected(coloured, exposure=40, grain=30))


def test_what_is_erased_of_the_grain_stays_erased(desk: RealKrita, coloured: Path) -> None:
    turn(desk, ("exposure", 20), ("grain", 60))
    desk.run(f"layer = {LAYER}; old = bytes(layer.pixelData(100, 80, 50, 40))")
    desk.run("layer.setPixelData(b''.join(old[i:i + 3] + bytes([0]) for i in range(0, len(old), 4)), 100, 80, 50, 40)")
    mask = desk.run(ALPHA.format(LAYER))
    assert mask.count(0) == 50 * 40
    drag(desk, "grain", 20, 40)
    typed(desk, "grain", 70)
    turn(desk, ("exposure", 20), ("grain", 45), ("contrast", 20))
    assert desk.run(ALPHA.format(LAYER)) == mask
    turn(desk, ("grain", 45))
    shown, plain, all_over = seen(desk), photo_of(coloured), expected(coloured, grain=45)
    assert np.array_equal(shown[80:120, 100:150], plain[80:120, 100:150])
    assert np.array_equal(shown[:80], all_over[:80])


def test_grain_of_a_selection_acts_there_and_tells_new_steps_where(desk: RealKrita, coloured: Path) -> None:
    desk.run("select(100, 50, 200, 120)")
    turn(desk, ("grain", 60), scope="SELECTION")
    plain, shown, grained = photo_of(coloured), seen(desk), expected(coloured, grain=60)
    inside = np.zeros((260, 400), bool)
    inside[50:170, 100:300] = True
    assert np.array_equal(shown[inside], grained[inside])
    assert np.array_equal(shown[~inside], plain[~inside])
    turn(desk, ("grain", 60), ("temperature", 40), scope="SELECTION")
    shown = seen(desk)
    assert np.array_equal(shown[~inside], plain[~inside])
    assert np.array_equal(shown[inside], expected(coloured, temperature=40, grain=60)[inside])
    drag(desk, "grain", 20)
    assert np.array_equal(seen(desk)[~inside], plain[~inside])


def test_grain_added_to_a_selections_steps_acts_where_they_do(desk: RealKrita) -> None:
    desk.run("select(100, 50, 200, 120)")
    turn(desk, ("exposure", 40), scope="SELECTION")
    turn(desk, ("exposure", 40), ("grain", 60), scope="SELECTION")
    mask = np.frombuffer(desk.run(ALPHA.format(LAYER)), np.uint8).reshape(260, 400)
    assert (mask[50:170, 100:300] == 255).all()
    assert np.count_nonzero(mask) == 200 * 120


def test_an_opacity_set_in_the_layer_docker_arrives_in_the_slider(desk: RealKrita) -> None:
    turn(desk, ("exposure", 20), ("grain", 30))
    desk.run(f"{LAYER}.setOpacity(128)")
    desk.wait_until("values()['grain'] == 50", 20)
    assert desk.run(NAMES) == ["Exposure +20", "Grain +50"]
    typed(desk, "grain", 20)
    assert desk.run(f"{LAYER}.opacity()") == 51


def test_a_reopened_file_without_our_annotation_finds_the_grain_again(desk: RealKrita, tmp_path: Path, coloured: Path) -> None:
    turn(desk, ("exposure", 20), ("grain", 30))
    path = str(tmp_path / "grain.kra")
    desk.run("here().setBatchmode(True); here().saveAs(path); park(); close_all()", path=path)
    desk.run("open_picture(path); here().removeAnnotation('iea_krita/session'); here().waitForDone()", path=path)
    desk.run("""
        group = here().rootNode().childNodes()[-1]
        mine = here().createNode('Grain +90', 'paintlayer'); group.addChildNode(mine, None); drive()
    """)
    desk.wait_until("at_rest() and values() == {'exposure': 20, 'grain': 30}", 60)
    typed(desk, "grain", 60)
    assert np.array_equal(seen(desk), expected(coloured, exposure=20, grain=60))


@pytest.mark.parametrize(("model", "depth", "profile"), [
    ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"), ("RGBA", "F16", "sRGB-elle-V2-srgbtrc.icc"),
    ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"), ("GRAYA", "F16", "Gray-D50-elle-V2-srgbtrc.icc"),
])
def test_grain_and_its_mask_are_right_in_every_depth(
    desk: RealKrita, coloured: Path, model: str, depth: str, profile: str
) -> None:
    desk.run("here().setColorSpace(model, depth, profile); here().waitForDone()", model=model, depth=depth, profile=profile)
    plain = seen(desk)
    desk.run("""
        soft = Selection(); soft.select(100, 50, 200, 120, 255); soft.feather(9); here().setSelection(soft)
        from iea_krita.layer_masks import mask_of
    """)
    turn(desk, ("grain", 40), scope="SELECTION")
    desk.run("first = mask_of(find(here(), D.session.steps[0].layer), 400, 260)")
    drag(desk, "grain", 80, 60)
    turn(desk, ("grain", 60), ("exposure", 10), scope="SELECTION")
    same = """
        masks = [mask_of(find(here(), step.layer), 400, 260) for step in D.session.steps]
        [mask == first for mask in masks], len(set(first.data))
    """
    alike, levels = desk.run(same)
    assert alike == [True, True]
    assert levels > 40, "its edge is soft"
    turn(desk, ("grain", 60), scope="SELECTION")
    full = reference.render(plain, [ToolCall("grain", 60)])
    shown = seen(desk)
    assert np.abs(shown[90:130, 140:260].astype(int) - full[90:130, 140:260]).max() <= (2 if depth != "F16" else 60)
    assert np.array_equal(shown[:10], plain[:10])


# --- a large picture ---------------------------------------------------------------------------------------------------------


def test_noise_drawn_in_many_moments_is_the_noise_drawn_at_once(desk: RealKrita, coloured: Path) -> None:
    desk.run("""
        from iea_krita import layer_masks, preparing, template
        limits = layer_masks._STRIP, preparing._MOMENT
        layer_masks._STRIP, preparing._MOMENT = 400 * 7, 0.0
        steps, moments = refined((), calls(('grain', 30))), 0
        made = preparing.prepare(D.photo, D.session, steps, name='IEA: test')
        prepared, until = None, next(made)
        def go():
            global prepared, until, moments
            try:
                if until.ready(): until = next(made); moments += 1
            except StopIteration as end: prepared = end.value
            else: QtCore.QTimer.singleShot(1, go)
        go()
    """)
    desk.wait_until("prepared is not None")
    desk.run("""
        layer_masks._STRIP, preparing._MOMENT = limits
        session, between = at_once(layers.put_in(D.photo, D.session, steps, name='IEA: test', prepared=prepared))
        D.changed(session, between); hands_off()
    """)
    desk.wait_until("at_rest()")
    assert desk.run("moments") >= 38, "one a strip"
    assert np.array_equal(seen(desk), expected(coloured, grain=30))


# --- a fill layer of a person's ----------------------------------------------------------------------------------------------

FILL = """
settings = InfoObject(); settings.setProperty(
    'color', '<!DOCTYPE color><color><RGB r="1" g="0" b="0" space="sRGB-elle-V2-srgbtrc.icc"/></color>')
area = Selection(); area.select(200, 0, 200, 260, 255)
fill = here().createFillLayer('mine', 'color', settings, area); fill.setOpacity(128)
rested = [0.0]
def rested_for(seconds):
    '''Whether Krita has been idle so long: fill layers begin a moment after idleness.'''
    if not idle(): rested[0] = time.monotonic()
    return time.monotonic() - rested[0] > seconds
group = find(here(), D.session.group); group.addChildNode(fill, find(here(), D.session.step('exposure').layer))
fill = next(node for node in group.childNodes() if node.name() == 'mine'); fill.setOpacity(128)
"""


def with_fill(coloured: Path, exposure: int, contrast: int) -> np.ndarray:
    x = reference.render(photo_of(coloured), [ToolCall("exposure", exposure)]).astype(float)
    x[:, 200:] += (np.array([255.0, 0, 0]) - x[:, 200:]) * 128 / 255
    return reference.render((x + 0.5).astype(np.uint8), [ToolCall("contrast", contrast)])


@pytest.mark.parametrize("way", ["drag", "type", "turn", "merge"])
def test_a_fill_layer_of_a_persons_in_our_group_is_drawn_again_whatever_changes_below(
    desk: RealKrita, coloured: Path, way: str
) -> None:
    turn(desk, ("exposure", 10), ("contrast", 20), ("natural_contrast", 0))
    desk.run(FILL)
    desk.wait_until("at_rest()", 60)
    desk.run("D.look_again()")
    turn(desk, ("exposure", 20), ("contrast", 20), ("natural_contrast", 0))
    changes: dict[str, tuple[Callable[[], object], int]] = {
        "drag": (lambda: drag(desk, "exposure", 60, -20, 40), 40), "type": (lambda: typed(desk, "exposure", 40), 40),
        "turn": (lambda: turn(desk, ("exposure", 40), ("contrast", 20)), 40),
        "merge": (lambda: desk.run("C.editor.merge()"), 20),
    }
    change, exposure = changes[way]
    before = desk.run(NAMES)
    change()
    desk.wait_until("at_rest() and rested_for(0.7)", 60)
    assert desk.run(NAMES)[1] == "mine"
    assert desk.run(NAMES) != before
    assert np.abs(shown_without_asking(desk).astype(int) - with_fill(coloured, exposure, 20)).max() <= 3
    presses(desk, "undo", f"{NAMES} == {before}")
    desk.wait_until("at_rest() and rested_for(0.7)", 60)
    assert np.abs(shown_without_asking(desk).astype(int) - with_fill(coloured, 20, 20)).max() <= 3


def test_a_fill_layer_that_krita_has_not_drawn_yet_when_it_is_copied_is_drawn(desk: RealKrita, coloured: Path) -> None:
    turn(desk, ("exposure", 10), ("contrast", 20))
    desk.run(FILL + "D.look_again(); turn(D, ('exposure', 40), ('contrast', 20)); hands_off()")
    desk.wait_until("at_rest() and rested_for(0.7)", 60)
    assert np.abs(shown_without_asking(desk).astype(int) - with_fill(coloured, 40, 20)).max() <= 3


def shown_without_asking(krita: RealKrita) -> np.ndarray:
    """The picture as Krita has it, without asking for a redraw."""
    data = krita.run("here().waitForDone(); bytes(here().pixelData(0, 0, 400, 260))")
    return np.frombuffer(data, np.uint8).reshape(260, 400, 4)[..., 2::-1]
