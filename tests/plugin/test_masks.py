"""Masks that people paint on our layers, in a real Krita: carried along by every change, however large the picture is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugin.test_undo import drag
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

MASK = "bytes(find(here(), C.desk.session.step('{}').layer).pixelData(0, 0, 400, 260))"


@pytest.fixture
def desk(table: RealKrita) -> Iterator[RealKrita]:
    """The table with the docker's controller, where masks are read in many moments as on a large picture."""
    table.run("""
        from iea_krita import layer_masks, preparing
        limits = layer_masks._STRIP, preparing._MOMENT
        layer_masks._STRIP, preparing._MOMENT = 400 * 20, 0.0
        drive(); turn(D, ('exposure', 30), ('contrast', 20)); hands_off()
        def layer(tool): return find(here(), D.session.step(tool).layer)
        def paint(tool, x, y, value=0): layer(tool).setPixelData(bytes([value]), x, y, 1, 1)
        def read(*tools, between=lambda: None):
            '''read_masks with something that happens in its first pause; None for a layer that acts everywhere.'''
            reading, found, pauses = preparing.read_masks(D.photo, [D.session.step(t).layer for t in tools]), None, 0
            while found is None:
                try: next(reading)
                except StopIteration as end: found = end.value
                else:
                    pauses += 1
                    if pauses == 1: between()
            return pauses, {t: m and m.data.count(255) for t in tools for m in [found.get(D.session.step(t).layer, 0)]}
    """)
    table.wait_until("at_rest() and chosen('Background')")
    yield table
    table.run("layer_masks._STRIP, preparing._MOMENT = limits; park()")


@pytest.mark.parametrize(("x", "y"), [(0, 0), (399, 259), (0, 259), (137, 140)])
def test_a_single_painted_pixel_survives_typing_dragging_and_reordering(desk: RealKrita, x: int, y: int) -> None:
    desk.run("paint('exposure', x, y)", x=x, y=y)
    painted = desk.run(MASK.format("exposure"))
    assert painted.count(255) == 400 * 260 - 1
    desk.run("C.editor.set_value('exposure', 45, at_once=True)")
    desk.wait_until("at_rest() and values()['exposure'] == 45", 60)
    assert desk.run(MASK.format("exposure")) == painted
    drag(desk, "exposure", 60, -20)
    assert desk.run(MASK.format("exposure")) == painted
    desk.run("C.editor.move('exposure', 1)")
    desk.wait_until("at_rest() and list(values()) == ['contrast', 'exposure']", 60)
    assert desk.run(MASK.format("exposure")) == painted
    assert desk.run(MASK.format("contrast")).count(255) == 400 * 260


def test_a_mask_is_read_in_many_moments_and_an_untouched_one_is_told_from_it(desk: RealKrita) -> None:
    desk.run("paint('contrast', 200, 255, 254)")
    pauses, found = desk.run("read('exposure', 'contrast')")
    assert pauses >= 20
    assert found == {"exposure": None, "contrast": 400 * 260 - 1}


@pytest.mark.parametrize("between", [
    "lambda: here().setActiveNode(layer('exposure'))",  # that is where a stroke would go
    "lambda: undo()",
    "lambda: here().crop(0, 0, 300, 200)",
])
def test_what_was_read_is_dropped_when_somebody_may_have_painted_meanwhile(desk: RealKrita, between: str) -> None:
    _, found = desk.run(f"read('exposure', 'contrast', between={between})")
    assert found == {"exposure": 0, "contrast": 0}, "0 is neither a mask nor None: it is read when it is needed"


def test_a_vignette_in_a_selection_is_made_beforehand_as_it_would_be_at_once(desk: RealKrita) -> None:
    desk.run("""
        select(40, 30, 200, 150)
        session, mask = targets.aim(D.photo, D.session, Scope.SELECTION)
        steps = refined((), calls(('exposure', 20), ('vignette', -40)))
        made = preparing.prepare(D.photo, session, steps, name='IEA: test', mask=mask)
        prepared, until = None, next(made)
        def go():
            global prepared, until
            try:
                if until.ready(): until = next(made)
            except StopIteration as end: prepared = end.value
            else: QtCore.QTimer.singleShot(5, go)
        go()
    """)
    desk.wait_until("prepared is not None")
    same = desk.run("""
        made_beforehand = prepared.vignette is not None and prepared.template is not None
        prepared.vignette_in(mask, 400, 260) == layer_masks.vignette_within(mask, 400, 260) and made_beforehand
    """)
    assert same
    desk.run("""
        from iea_krita import template
        session, between = at_once(layers.put_in(D.photo, session, steps, name='IEA: test', mask=mask, prepared=prepared))
        D.changed(session, between); hands_off()
    """)
    desk.wait_until("at_rest()")
    assert not desk.run("prepared.template.is_open"), "it is closed when its layers are in"
    weights = desk.run("bytes(find(here(), D.session.steps[1].layer).pixelData(0, 0, 400, 260))")
    assert 0 < max(weights) <= 255
    assert not any(weights[:400 * 30]), "nothing above the selection"
