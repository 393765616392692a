"""Redrawing without waiting for it, in a real Krita: the right picture, no step in its undo history, nothing lost from redo."""

from __future__ import annotations

import pytest

from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

HELP = """
from iea_krita import redrawing, undoing
def shown():
    '''The picture as Krita has it, without asking for a redraw.'''
    d = here(); d.waitForDone(); return bytes(d.pixelData(0, 0, d.width(), d.height()))
def node(layer): return find(here(), layer)
"""


@pytest.fixture
def group(table: RealKrita) -> RealKrita:
    """The table with three steps in a group, drawn."""
    table.run(HELP)
    table.run("turn(D, ('exposure', 30), ('contrast', 20), ('temperature', 20)); GROUP = D.session.group")
    table.wait_until("idle()", 60)
    table.run("redrawing._works = True; steps = undo_names()")
    return table


@pytest.mark.parametrize(("change", "layer"), [
    ("node(D.session.steps[1].layer).setOpacity(90)", "D.session.steps[0].layer"),
    ("node(D.session.steps[0].layer).setVisible(False)", "D.session.steps[0].layer"),
    ("node(GROUP).setOpacity(100)", "GROUP"),
    ("node(GROUP).setVisible(False)", "GROUP"),
])
def test_a_change_shows_without_a_step_in_the_undo_history(group: RealKrita, change: str, layer: str) -> None:
    before = group.run("shown()")
    group.run(change)
    eye = group.run(f"node({layer}).visible()")
    assert group.run(f"redrawing._set_off(here(), node({layer}))"), "the layer docker shows this document"
    group.wait_until("idle()", 60)
    now = group.run("shown()")
    assert now != before
    assert now == group.run("here().refreshProjection(); shown()")
    assert group.run("undo_names()") == group.run("steps")
    assert group.run(f"node({layer}).visible()") == eye
    assert group.run("redrawing._works")


def test_masks_of_a_layer_are_redrawn_with_it(table: RealKrita) -> None:
    table.run(HELP)
    table.run("turn(D, ('exposure', 30), scope=Scope.LAYER)")
    table.wait_until("idle()", 60)
    before = table.run("steps = undo_names(); shown()")
    table.run("node(D.session.steps[0].layer).setVisible(False); redrawing.redraw(D.photo, D.session.holder)")
    table.wait_until("idle()", 60)
    assert table.run("shown()") != before
    assert table.run("undo_names()") == table.run("steps")


def test_what_can_be_redone_stays(group: RealKrita) -> None:
    group.run("turn(D, ('exposure', 60), ('contrast', 20), ('temperature', 20))")
    group.wait_until("idle() and 'Remove' in undo_text()", 60)
    group.run("undo()")
    group.wait_until("idle() and 'Remove' not in undo_text()", 60)
    assert group.run("undoing.can_redo()")
    group.run("steps = undo_names(); redrawing.redraw(D.photo, uid(here().rootNode().childNodes()[1]))")
    assert group.run("undoing.can_redo() and undo_names() == steps")


def test_a_document_that_no_layer_docker_shows_is_redrawn_too(group: RealKrita, coloured) -> None:
    plain = group.run("hidden = K.openDocument(path); hidden.waitForDone(); bytes(hidden.pixelData(0, 0, 9, 9))",
                      path=str(coloured))
    group.run("""
        layer = hidden.rootNode().childNodes()[0]; layer.setOpacity(128)
        found = redrawing._set_off(hidden, layer)
        photo = docs.PhotoDocument(docs.key_of(hidden)); redrawing.redraw(photo, uid(layer)); hidden.waitForDone()
    """)
    assert not group.run("found")
    assert group.run("bytes(hidden.pixelData(0, 0, 9, 9))") != plain
    group.run("hidden.setModified(False); hidden.close()")


def test_undo_and_redo_show_the_right_picture_by_themselves(table: RealKrita) -> None:
    table.run(HELP)
    table.run("drive(); turn(D, ('exposure', 30), ('shadows', 30), ('temperature', 20)); hands_off()")
    table.wait_until("at_rest() and chosen('Background')", 60)
    for value in (60, -20):
        table.run(f"C.editor.set_value('exposure', {value}, at_once=True)")
        table.wait_until(f"values()['exposure'] == {value} and at_rest()", 60)
    table.run("C.editor.move_to('shadows', 0)")
    table.wait_until("list(values())[0] == 'shadows' and at_rest()", 60)
    for action, expected in (
        ("undo", "list(values().items()) == [('exposure', -20), ('shadows', 30), ('temperature', 20)]"),
        ("undo", "values()['exposure'] == 60"), ("redo", "values()['exposure'] == -20"),
        ("redo", "list(values())[0] == 'shadows'"), ("undo", "list(values())[0] == 'exposure'"),
    ):
        table.run(f"{action}()")
        table.wait_until(f"{expected} and at_rest()", 60)
        table.wait_until("D.presses.own == 0 and idle()", 60)
        assert table.run("shown()") == table.run("here().refreshProjection(); shown()"), (action, expected)
    table.run("park()")


def test_what_krita_hands_out_of_a_groups_layers_is_freed(group: RealKrita) -> None:
    # Krita's own list is never freed, and keeps each layer with all that was computed of it.
    owners = "from PyQt5 import sip; [sip.ispyowned(layer) for layer in {}]"
    assert group.run(owners.format("node(GROUP).childNodes()")) == [False] * 3, "then children_of is needed no more"
    assert group.run(owners.format("docs.children_of(node(GROUP))")) == [True] * 3
    assert all(group.run(owners.format("docs.walk(here().rootNode())")))


@pytest.mark.parametrize("steps", [
    (("exposure", 30), ("contrast", 20), ("temperature", 20), ("fade", 25)),  # one more on top
    (("exposure", 30), ("contrast", 20)),  # the topmost gone
    (("exposure", 30), ("temperature", 20)),  # one from between
    (("exposure", 30), ("contrast", -30), ("temperature", 20), ("grain", 30)),  # another and one more
    (("exposure", 10), ("contrast", 20), ("temperature", 20)),  # the lowest another
])
def test_a_turn_draws_all_that_it_changes_and_what_stands_above(group: RealKrita, steps: tuple[tuple[str, int], ...]) -> None:
    group.run("turn(D, *steps)", steps=[list(step) for step in steps])
    group.wait_until("idle()", 60)
    shown = group.run("shown()")
    assert group.run("here().refreshProjection(); shown()") == shown, "as Krita draws it from the ground up"


def test_what_was_switched_off_or_put_between_the_steps_is_drawn_as_before_in_the_next_turn(group: RealKrita) -> None:
    group.run("""
        turn(D, ('exposure', 30), ('contrast', 20), ('temperature', 20), ('tint', -20))
        layers.show(D.photo, D.session.steps[1].layer, False)
        D.revalued(D.session.with_step(replace(D.session.steps[1], visible=False)))
        stranger = here().createNode("somebody's", 'paintlayer')
        stranger.setPixelData(bytes([0, 0, 255, 255] * 900), 0, 0, 30, 30)
        node(D.session.group).addChildNode(stranger, node(D.session.steps[0].layer))
        here().refreshProjection()
    """)
    before = group.run("shown()")
    group.run("turn(D, ('exposure', 30), ('temperature', 20), ('tint', -20), ('vignette', -40))")
    group.wait_until("idle()", 60)
    shown = group.run("shown()")
    assert shown != before
    assert group.run("here().refreshProjection(); shown()") == shown
    assert group.run("[n.visible() for n in node(D.session.group).childNodes()]") == [True, True, False, True, True, True]


def test_a_turn_inside_a_group_that_was_hidden_while_its_photo_changed_shows_the_new_photo(group: RealKrita) -> None:
    group.run("""
        layer_box = window().findChild(QtWidgets.QDockWidget, 'KisLayerBox')
        layer_box.findChild(QtWidgets.QTreeView).selectAll()
        QtWidgets.QApplication.processEvents()
        K.action('create_quick_group').trigger()
        QtWidgets.QApplication.processEvents(); here().waitForDone()
        around = here().rootNode().childNodes()[0]; photo_layer = around.childNodes()[0]
        def press_eye():
            place = redrawing._place_of(around); role = next(r for r in redrawing._ROLES if redrawing._is_eye(place, r))
            around.setVisible(not around.visible()); other = redrawing.raw_data(place, role)
            around.setVisible(not around.visible())
            place.model().setData(place, other, role); here().waitForDone()
    """)
    assert group.run("[n.name() for n in around.childNodes()]") == ["Background", "IEA: test"]
    before = group.run("shown()")
    group.run("press_eye(); photo_layer.setPixelData(bytes([30, 60, 200, 255] * 900), 0, 0, 30, 30)")
    assert group.run("redrawing._set_off(here(), photo_layer)")
    group.run("turn(D, ('exposure', 30), ('contrast', 20), ('temperature', 20), ('fade', 25))")
    group.wait_until("idle()", 60)
    group.run("press_eye()")
    shown = group.run("shown()")
    assert shown != before
    assert group.run("here().refreshProjection(); shown()") == shown
