"""How undo and redo by Krita's own keys are told from changes that people make by hand."""

from __future__ import annotations

import pytest

from plugin.iea_krita.history import History, Presses, Verdict, Way
from plugin.iea_krita.scope import Aim, Scope
from plugin.iea_krita.session import Session, Step

FIRST = ("{g1}", "{a}")
SECOND = ("{g2}", "{b}")
HALF = SECOND + FIRST


def refined_once() -> History:
    history = History()
    history.record((), Session())
    history.changed([], FIRST, Session(group="{g1}", steps=(Step("exposure", 10, 10, "{a}"),)))
    history.changed([HALF], SECOND, Session(group="{g2}", steps=(Step("exposure", 20, 20, "{b}"),)))
    return history


def test_nothing_changed_is_nothing_to_do() -> None:
    assert refined_once().look(SECOND) is Verdict.SAME


def test_half_way_back_goes_on_undoing_and_half_way_forward_goes_on_redoing() -> None:
    history = refined_once()
    assert history.look(HALF) is Verdict.GO_ON_UNDO
    history.arrive(FIRST)
    assert history.look(HALF) is Verdict.GO_ON_REDO


def test_an_earlier_state_brings_its_values_back() -> None:
    history = refined_once()
    assert history.look(FIRST) is Verdict.KNOWN
    assert history.arrive(FIRST).steps[0].value == 10
    assert history.look(()) is Verdict.KNOWN
    assert history.arrive(()).steps == ()


def test_what_somebody_did_by_hand_is_told_apart() -> None:
    history = refined_once()
    assert history.look(("{g2}",)) is Verdict.FOREIGN
    assert history.look(("{g2}", "{b}", "{stranger}")) is Verdict.FOREIGN


def test_a_half_way_state_that_undo_and_redo_do_not_lead_to_is_not_followed() -> None:
    history = refined_once()
    history.arrive(FIRST)
    history.changed([], ("{g1}",), Session(group="{g1}"))
    assert history.look(HALF) is Verdict.FOREIGN


def test_a_half_way_state_several_changes_away_is_followed_in_the_direction_that_led_there() -> None:
    history = refined_once()
    history.arrive(())
    assert history.look(HALF) is Verdict.GO_ON_REDO
    assert history.way(HALF) == Way(undone=False, changes=2, steps=2, half=True)
    assert history.way(SECOND) == Way(undone=False, changes=2, steps=3)
    history.arrive(SECOND)
    assert history.way(()) == Way(undone=True, changes=2, steps=3)


@pytest.mark.parametrize(("pressed", "own", "owed"), [(1, 1, 0), (2, 0, 1), (2, 1, 0), (0, 0, 0)])
def test_whoever_presses_before_the_docker_goes_on_is_owed_a_change_for_each_press(pressed: int, own: int, owed: int) -> None:
    """One press and its second step by the docker; two quick presses; a press more than needed; a jump in Krita's history."""
    history, presses = refined_once(), Presses()
    for _ in range(pressed):
        presses.pressed(undo=True)
    presses.own = own
    presses.settle(history.way(FIRST))
    assert presses.owed == owed
    assert presses.take() is (True if owed else None)


def test_presses_of_both_keys_are_owed_nothing() -> None:
    history, presses = refined_once(), Presses()
    for undo in (True, True, True, False):
        presses.pressed(undo=undo)
    presses.settle(history.way(FIRST))
    assert presses.owed == 0


def test_old_states_are_forgotten_so_that_long_sessions_stay_small() -> None:
    history = History()
    history.record((), Session())
    for number in range(2000):
        history.changed([("half", str(number))], ("state", str(number)), Session(group="{g}"))
    assert len(history.states) <= 400
    assert max(len(links) for links in (history._into, history._out_of, history._tried)) <= 400


def test_what_was_tried_and_taken_back_is_undone_again_when_redo_brings_it() -> None:
    history = History()
    history.record(FIRST, Session(group="{g1}"))
    tried = (*FIRST, "{shown}")
    history.passed(tried)
    assert history.look(tried) is Verdict.GO_ON_UNDO
    assert history.look(FIRST) is Verdict.SAME


def test_edits_of_layers_are_watched_by_the_layer_that_carries_them() -> None:
    history = History()
    piece = Aim(Scope.LAYER, layer="{piece}")
    history.follow(Session(steps=(Step("fade", 10, 10, "{f}"),), aim=piece))
    assert (history.groups, history.masked) == (set(), {"{piece}"})
