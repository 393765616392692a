"""Krita's own undo and redo, in a real Krita: layers and docker agree, and nobody's stroke is taken back by surprise."""

from __future__ import annotations

import pytest

from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

NAMES = "[child[0] for child in next((node[2] for node in tree() if node[0].startswith('IEA: ')), [])]"
MASKS = "[child[0] for child in tree()[0][2]]"


def turn(krita: RealKrita, *steps: tuple[str, int], scope: str = "PICTURE") -> None:
    krita.run(f"turn(D, *steps, scope=Scope.{scope}); hands_off()", steps=[list(step) for step in steps])
    krita.wait_until("at_rest() and chosen('Background')", 60)


def drag(krita: RealKrita, tool: str, *values: int) -> None:
    """Hold the slider at each value until it is shown, and let go at the last."""
    for value in values:
        krita.run(f"C.editor.drag('{tool}', {value})")
        krita.wait_until(f"C.editor._drag is not None and C.editor._drag.shown == {value} and idle()", 60)
    krita.run(f"C.editor.drop('{tool}', {values[-1]})")
    krita.wait_until("at_rest()", 60)


def presses(krita: RealKrita, action: str, expected: str, **names: object) -> None:
    """One press of Ctrl+Z or Ctrl+Shift+Z brings this about."""
    krita.run(f"{action}()")
    krita.wait_until(f"at_rest() and ({expected})", 60, **names)


def test_a_stroke_is_taken_back_only_after_all_of_ours(desk: RealKrita) -> None:
    plain = desk.run("pixels()")
    desk.run("stroke()")
    desk.wait_until("idle() and 'Brush' in undo_text()")
    painted = desk.run("pixels()")
    assert painted != plain
    turn(desk, ("exposure", 30), ("temperature", 20))
    turn(desk, ("exposure", 45), ("contrast", 10))
    drag(desk, "exposure", 60, -20)
    desk.run("C.editor.set_value('contrast', 35, at_once=True)")
    desk.wait_until("values() == {'exposure': -20, 'contrast': 35} and at_rest()", 60)
    shown = desk.run("pixels()")
    presses(desk, "undo", "values() == {'exposure': -20, 'contrast': 10}")
    presses(desk, "undo", "values() == {'exposure': 45, 'contrast': 10}")
    presses(desk, "undo", "values() == {'exposure': 30, 'temperature': 20}")
    assert desk.run(NAMES) == ["Exposure +30", "Temperature +20"]
    presses(desk, "undo", "values() == {}")
    assert desk.run("pixels()") == painted, "the stroke is still there"
    presses(desk, "undo", "'Brush' not in undo_text()")
    assert desk.run("pixels()") == plain
    presses(desk, "redo", "'Brush' in undo_text() and values() == {}")
    presses(desk, "redo", "values() == {'exposure': 30, 'temperature': 20}")
    presses(desk, "redo", "values() == {'exposure': 45, 'contrast': 10}")
    presses(desk, "redo", "values() == {'exposure': -20, 'contrast': 10}")
    presses(desk, "redo", "values() == {'exposure': -20, 'contrast': 35}")
    assert desk.run(NAMES) == ["Exposure -20", "Contrast +35"]
    assert desk.run("pixels()") == shown


def quickly(krita: RealKrita, action: str, times: int, expected: str) -> None:
    """Keys pressed faster than anybody looks bring this about, and nothing more comes after."""
    krita.run("; ".join([f"{action}()"] * times))
    krita.wait_until(f"at_rest() and ({expected})", 60)
    krita.run("rested = time.monotonic()")
    krita.wait_until("time.monotonic() - rested > 1.5")
    assert krita.run(expected), krita.run("values()")


def test_two_quick_presses_take_two_changes_back_whatever_steps_each_took(desk: RealKrita) -> None:
    turn(desk, ("exposure", 30), ("temperature", 20), ("contrast", 10))
    desk.run("C.editor.set_value('contrast', 35, at_once=True)")
    desk.wait_until("values()['contrast'] == 35 and at_rest()", 60)
    desk.run("C.editor.move_to('temperature', 0)")
    desk.wait_until("list(values()) == ['temperature', 'exposure', 'contrast'] and at_rest()", 60)
    assert desk.run("undo_place()") >= 1 + 2 + 2, "each took several of Krita's steps"
    shown = desk.run("pixels()")
    quickly(desk, "undo", 2, "values() == {'exposure': 30, 'temperature': 20, 'contrast': 10}")
    assert desk.run(NAMES) == ["Exposure +30", "Contrast +10", "Temperature +20"]
    quickly(desk, "redo", 2, "list(values().items()) == [('temperature', 20), ('exposure', 30), ('contrast', 35)]")
    assert desk.run("pixels()") == shown
    quickly(desk, "undo", 3, "values() == {}")
    quickly(desk, "redo", 1, "values() == {'exposure': 30, 'temperature': 20, 'contrast': 10}")


def test_quick_presses_over_a_stroke_and_a_change_take_one_of_each_back(desk: RealKrita) -> None:
    turn(desk, ("exposure", 30))
    turn(desk, ("exposure", 45))
    plain = desk.run("bytes(here().rootNode().childNodes()[0].pixelData(0, 0, 400, 260))")
    desk.run("stroke()")
    desk.wait_until("idle() and 'Brush' in undo_text()", 60)
    quickly(desk, "undo", 2, "values() == {'exposure': 30}")
    assert desk.run("bytes(here().rootNode().childNodes()[0].pixelData(0, 0, 400, 260))") == plain
    quickly(desk, "redo", 2, "values() == {'exposure': 45} and 'Brush' in undo_text()")


def test_a_turn_of_many_masks_is_one_press_too(desk: RealKrita) -> None:
    plain = desk.run("pixels()")
    turn(desk, ("exposure", 30), ("contrast", 20), ("temperature", 20), scope="LAYER")
    first = desk.run("pixels()")
    turn(desk, ("exposure", 30), ("contrast", -20), ("saturation", 30), scope="LAYER")
    second = desk.run("pixels()")
    presses(desk, "undo", "values() == {'exposure': 30, 'contrast': 20, 'temperature': 20}")
    assert desk.run("pixels()") == first
    presses(desk, "undo", f"values() == {{}} and {MASKS} == []")
    assert desk.run("pixels()") == plain
    presses(desk, "redo", "len(values()) == 3 and 'temperature' in values()")
    presses(desk, "redo", "values() == {'exposure': 30, 'contrast': -20, 'saturation': 30}")
    assert desk.run(MASKS) == ["Exposure +30", "Contrast -20", "Saturation +30"]
    assert desk.run("pixels()") == second


def test_a_turn_is_one_undo_step_and_a_dragged_slider_two_however_long_it_was_held(desk: RealKrita) -> None:
    before = desk.run("undo_place()")
    turn(desk, ("exposure", 30), ("temperature", 20), ("vignette", -40))
    assert desk.run("undo_place()") == before + 1
    drag(desk, "exposure", 40, 50, 60, 70)
    assert desk.run("undo_place()") == before + 3
    drag(desk, "vignette", -60)
    assert desk.run("undo_place()") == before + 3, "a darker vignette is another opacity"
    drag(desk, "vignette", -20, 50)
    assert desk.run("undo_place()") == before + 5
    assert desk.run(NAMES) == ["Exposure +70", "Temperature +20", "Vignette +50"]


def test_a_slider_brought_back_to_where_it_was_leaves_no_trace(desk: RealKrita) -> None:
    turn(desk, ("exposure", 30))
    rows, picture = desk.run("undo_place(), pixels()")
    drag(desk, "exposure", 70, 30)
    assert desk.run("undo_place()") == rows
    assert desk.run("pixels()") == picture
    assert desk.run("values()") == {"exposure": 30}
    desk.run("redo()")
    desk.wait_until(f"at_rest() and {NAMES} == ['Exposure +30'] and undo_place() == {rows}", 60)
    assert desk.run("pixels()") == picture


def test_a_stroke_while_a_slider_is_held_is_not_taken_back(desk: RealKrita) -> None:
    turn(desk, ("exposure", 30))
    plain = desk.run("bytes(here().rootNode().childNodes()[0].pixelData(0, 0, 400, 260))")
    desk.run("C.editor.drag('exposure', 60)")
    desk.wait_until("C.editor._drag.shown == 60 and idle()", 60)
    desk.wait_until("chosen('Background')", 60)
    desk.run("stroke()")
    desk.wait_until("idle() and 'Brush' in undo_text()", 60)
    painted = desk.run("bytes(here().rootNode().childNodes()[0].pixelData(0, 0, 400, 260))")
    assert painted != plain
    drag(desk, "exposure", -40, 10)
    assert desk.run("values()") == {"exposure": 10}
    assert desk.run("bytes(here().rootNode().childNodes()[0].pixelData(0, 0, 400, 260))") == painted


def test_people_go_on_painting_where_they_were(desk: RealKrita) -> None:
    turn(desk, ("exposure", 30))
    drag(desk, "exposure", 60, -10)
    desk.run("C.editor.set_value('exposure', 35, at_once=True)")
    desk.wait_until("values() == {'exposure': 35} and at_rest()", 60)
    desk.wait_until("here().activeNode().name() == 'Background'", 20)
