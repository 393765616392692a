"""Which states of our layers were seen, so that Krita's own undo and redo bring the docker along. No Qt, no Krita in here.

Krita records no macro for a program: replacing a group or a layer is two undo steps with a half-way state between them. A
half-way state (old and new both present) never occurs otherwise; when undo or redo lands on one, the docker goes on in the
same direction, so that for the person one turn or one slider change is one press of Ctrl+Z.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum

from .scope import Scope
from .session import Session

# The ids of our groups that are in the document, each followed by its layers, lowest first.
Signature = tuple[str, ...]
_MOST_STATES = 400  # Krita keeps at most 200 undo steps by default; a change of ours takes up to two


class Verdict(Enum):
    SAME = "same"  # nothing happened
    KNOWN = "known"  # an earlier or later state of ours came back: show it
    GO_ON_UNDO = "undo"  # half-way through a change that is being undone
    GO_ON_REDO = "redo"
    FOREIGN = "foreign"  # somebody changed our layers by hand: look at what is there


@dataclass(slots=True)
class History:
    """States of one document's layers by signature, and the half-way states between them."""

    current: Signature = ()
    states: OrderedDict[Signature, Session] = field(default_factory=OrderedDict)
    between: dict[Signature, tuple[Signature, Signature]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)  # layers that carried filter masks of ours

    def record(self, signature: Signature, session: Session) -> None:
        """Say what the docker shows in the state that the document is in now."""
        self.current = signature
        self.states[signature] = session
        self.states.move_to_end(signature)
        self.follow(session)
        while len(self.states) > _MOST_STATES:
            gone, _ = self.states.popitem(last=False)
            self.between = {half: ends for half, ends in self.between.items() if gone not in ends}

    def follow(self, session: Session) -> None:
        """Watch from now on what this session's edits are made of."""
        self.groups |= {edit.group for edit in session.edits if edit.group}
        self.masked |= {edit.aim.layer for edit in session.edits if edit.aim.scope is Scope.LAYER and edit.steps}

    def changed(self, half_way: list[Signature], signature: Signature, session: Session) -> None:
        """Record a change of ours that went from the current state over `half_way` states to `signature`."""
        for half in half_way:
            if half not in self.states:
                self.between[half] = (self.current, signature)
        self.record(signature, session)

    def passed(self, half_way: Signature) -> None:
        """Record a state that was tried and taken back with undo: when redo brings it again, it is undone."""
        if half_way not in self.states:
            self.between[half_way] = (self.current, self.current)

    def look(self, signature: Signature) -> Verdict:
        """What it means that the document now has this signature. Call `arrive` when the state is taken over."""
        if signature == self.current:
            return Verdict.SAME
        if signature in self.states:
            return Verdict.KNOWN
        before, after = self.between.get(signature, ((), ()))
        if signature in self.between:
            if self.current == after:
                return Verdict.GO_ON_UNDO
            if self.current == before:
                return Verdict.GO_ON_REDO
        return Verdict.FOREIGN

    def arrive(self, signature: Signature) -> Session:
        """The session of a known state, which becomes the current one."""
        self.current = signature
        return self.states[signature]
