"""Which states of our layers were seen, so that Krita's own undo and redo bring the docker along. No Qt, no Krita in here.

Krita records no macro for a program: replacing a group or a layer is two undo steps with a half-way state between them. A
half-way state (old and new both present) never occurs otherwise; when undo or redo lands on one, the docker goes on in the
same direction, so that for the person one turn or one slider change is one press of Ctrl+Z. Whoever presses faster than that
is owed what their presses would have done, one change each.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum

from .scope import Scope
from .session import Session

# The ids of our groups that are in the document, each followed by its layers, lowest first.
Signature = tuple[str, ...]
_MOST_STATES = 400  # Krita keeps at most 200 undo steps by default; a change of ours takes up to two
_MOST_OWED = 2  # nobody counts the presses of an impatient finger, and no one wants them all carried out a minute later
_FARTHEST = 64  # changes between two looks: a key that is held gives some six


class Verdict(Enum):
    SAME = "same"  # nothing happened
    KNOWN = "known"  # an earlier or later state of ours came back: show it
    GO_ON_UNDO = "undo"  # half-way through a change that is being undone
    GO_ON_REDO = "redo"
    FOREIGN = "foreign"  # somebody changed our layers by hand: look at what is there


@dataclass(frozen=True, slots=True)
class Change:
    """What one press takes back: the states that Krita's undo steps go through between `before` and `after`."""

    before: Signature
    half_way: tuple[Signature, ...]
    after: Signature


@dataclass(frozen=True, slots=True)
class Way:
    """How the document came from one state to another: over so many changes, the last perhaps only begun, and Krita's steps."""

    undone: bool  # else redone
    changes: int
    steps: int
    half: bool = False


@dataclass(slots=True)
class History:
    """States of one document's layers by signature, and the changes that led from one to the next."""

    current: Signature = ()
    states: OrderedDict[Signature, Session] = field(default_factory=OrderedDict)
    groups: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)  # layers that carried filter masks of ours
    _into: dict[Signature, Change] = field(default_factory=dict)  # by `after`, the newest of each
    _out_of: dict[Signature, Change] = field(default_factory=dict)  # by `before`
    _tried: dict[Signature, Signature] = field(default_factory=dict)  # what was tried and taken back, and from where

    def record(self, signature: Signature, session: Session) -> None:
        """Say what the docker shows in the state that the document is in now."""
        self.current = signature
        self.states[signature] = session
        self.states.move_to_end(signature)
        self.follow(session)
        while len(self.states) > _MOST_STATES:
            self._forget(self.states.popitem(last=False)[0])

    def _forget(self, gone: Signature) -> None:
        into, out_of = self._into.pop(gone, None), self._out_of.pop(gone, None)
        if into is not None and self._out_of.get(into.before) is into:
            del self._out_of[into.before]
        if out_of is not None and self._into.get(out_of.after) is out_of:
            del self._into[out_of.after]
        self._tried = {half: place for half, place in self._tried.items() if place != gone}

    def follow(self, session: Session) -> None:
        """Watch from now on what this session's edits are made of."""
        self.groups |= {edit.group for edit in session.edits if edit.group}
        self.masked |= {edit.aim.layer for edit in session.edits if edit.aim.scope is Scope.LAYER and edit.steps}

    def changed(self, half_way: list[Signature], signature: Signature, session: Session) -> None:
        """Record a change that went from the current state over `half_way` states to `signature`."""
        if signature != self.current:
            change = Change(self.current, tuple(half_way), signature)
            self._into[signature] = self._out_of[self.current] = change
        self.record(signature, session)

    def passed(self, half_way: Signature) -> None:
        """Record a state that was tried and taken back with undo: when redo brings it again, it is undone."""
        self._tried[half_way] = self.current

    def look(self, signature: Signature) -> Verdict:
        """What it means that the document now has this signature. Call `arrive` when the state is taken over."""
        if signature == self.current:
            return Verdict.SAME
        if signature in self.states:
            return Verdict.KNOWN
        way = self.way(signature)
        if way is not None:
            return Verdict.GO_ON_UNDO if way.undone else Verdict.GO_ON_REDO
        return Verdict.GO_ON_UNDO if self._tried.get(signature) == self.current else Verdict.FOREIGN

    def way(self, signature: Signature) -> Way | None:
        """How undo or redo led from the current state to this one; None where neither did."""
        found = (self._walk(signature, undone=True), self._walk(signature, undone=False))
        return min((way for way in found if way is not None), key=lambda way: way.steps, default=None)

    def _walk(self, signature: Signature, *, undone: bool) -> Way | None:
        state, steps = self.current, 0
        for changes in itertools.islice(itertools.count(1), _FARTHEST):
            change = (self._into if undone else self._out_of).get(state)
            if change is None:
                return None
            passed = change.half_way[::-1] if undone else change.half_way
            if signature in passed:
                return Way(undone, changes, steps + passed.index(signature) + 1, half=True)
            state, steps = change.before if undone else change.after, steps + len(passed) + 1
            if state == signature:
                return Way(undone, changes, steps)
        return None

    def arrive(self, signature: Signature) -> Session:
        """The session of a known state, which becomes the current one."""
        self.current = signature
        return self.states[signature]


@dataclass(slots=True)
class Presses:
    """How often a person pressed Ctrl+Z or Ctrl+Shift+Z since docker and document last agreed, and what they are owed.

    A press does one of Krita's undo steps, or none while Krita computes. A change of ours takes several, so a second press that
    comes before the docker has gone on by itself is spent on what the first one should have done alone, or lost.
    """

    undo: int = 0
    redo: int = 0
    own: int = 0  # steps that the docker did by itself
    owed: int = 0  # changes still to be undone or redone
    undoing: bool = True  # what is owed

    def pressed(self, *, undo: bool) -> None:
        if undo:
            self.undo += 1
        else:
            self.redo += 1

    def dropped(self, *, undo: bool) -> None:
        """A press that Krita did nothing for, because it was at work on the one before."""
        self.owed = min(_MOST_OWED, self.owed + 1 if undo is self.undoing else 1)
        self.undoing = undo

    def settle(self, way: Way | None) -> None:
        """The document has arrived in this way: count what is owed, and begin anew."""
        if way is not None:
            presses, others = (self.undo, self.redo) if way.undone else (self.redo, self.undo)
            # Whoever jumps in Krita's history presses nothing; who presses both keys gets what comes of it.
            spent = 0 if others else max(0, min(way.steps - way.changes - self.own, presses - 1))
            if spent:
                self.owed = min(_MOST_OWED, self.owed + spent)
                self.undoing = way.undone
        self.undo = self.redo = self.own = 0

    def take(self) -> bool | None:
        """One of those owed: True to undo, False to redo; None when nothing is."""
        if not self.owed:
            return None
        self.owed -= 1
        self.pressed(undo=self.undoing)
        return self.undoing
