"""What the plugin knows of each open document, and how that is kept in agreement with the document's own layers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tool_mapping.krita import value_of

from . import document as documents
from .document import GroupState, PhotoDocument
from .facts import PictureFacts
from .history import History, Signature
from .scope import Scope
from .session import GROUP_PREFIX, Edit, Session, Step, Turn, UnreadableSession, call_of_name, from_json, to_json


@dataclass(slots=True)
class Entry:
    """One turn as the chat shows it: `before` and `after` are small QImages or None, `problem` is what went wrong."""

    turn: Turn
    before: object = None
    after: object = None
    problem: str = ""
    action: str = ""  # what the button beside it does: see ui.bubbles


@dataclass(slots=True)
class Desk:
    """One document's conversation while it is open. `log` also holds turns that were undone or failed."""

    photo: PhotoDocument
    session: Session = field(default_factory=Session)
    history: History = field(default_factory=History)
    log: list[Entry] = field(default_factory=list)
    before: bytes = b""  # JPEG of the picture without our group
    strength: int = 100
    shown: bool = True  # whether the group is switched on
    notice: str = ""
    facts: PictureFacts | None = None  # of the picture as it was opened; None until it was looked at

    def in_force(self, turn: Turn) -> bool:
        """Whether a turn of the log has not been undone."""
        return any(turn is other for other in self.session.turns)

    # Reading the document

    def observe(self) -> tuple[Signature, list[GroupState]]:
        groups = self.photo.group_state(self.history.groups, self.history.masked)
        return tuple(part for group in groups for part in group.signature), groups

    def open(self) -> None:
        """Take over what the document has stored; where that is lost, what its layers' names tell."""
        try:
            stored = self.photo.read(documents.SESSION)
            self.session = from_json(stored) if stored else Session()
        except UnreadableSession as error:
            self.notice = str(error)
        self.before = self.photo.read(documents.BEFORE)
        if not any(edit.steps for edit in self.session.edits):
            self._find_group()
        self.log = [Entry(turn) for turn in self.session.turns]
        self.history.follow(self.session)
        self.look_again()

    def _find_group(self) -> None:
        for group in self.photo.groups_named(GROUP_PREFIX):
            steps = []
            for layer in group.layers:
                call = call_of_name(layer.name)
                if call is not None and all(step.tool != call.name for step in steps):
                    steps.append(Step(call.name, call.value, call.value, layer.layer, layer.visible))
            if steps:
                self.session = replace(self.session, group=group.group, steps=tuple(steps))
                return

    def look_again(self) -> None:
        """Make the session say what is in the document now, whoever changed it, and remember this state."""
        signature, groups = self.observe()
        known: dict[str, Step] = {}
        for state in (self.session, *self.history.states.values()):
            for edit in state.edits:
                for step in edit.steps:
                    known.setdefault(step.layer, step)
        here = {group.group: group for group in groups}
        edits = [_as_found(edit, here.get(edit.holder), known) for edit in self.session.edits]
        view = next(edit for edit in edits if edit.number == self.session.number)
        if not view.group and view.aim.scope is not Scope.LAYER:  # an undo may have brought back what this edit was before
            taken = {edit.group for edit in edits}
            before = next((group for group in groups if group.group not in taken | self.history.masked), None)
            view = _as_found(replace(view, group=before.group), before, known) if before else view
        aside = tuple(edit for edit in edits if edit.number != view.number)
        self.session = replace(self.session, group=view.group, steps=view.steps, aside=aside)
        self.history.record(signature, self.session)
        self.note(groups)

    def note(self, groups: list[GroupState]) -> bool:
        """Take over what is switched on and how strong the group is; whether anything of it is new."""
        group = next((g for g in groups if g.group == self.session.holder), None)
        if group is None:
            return False
        visible = {layer.layer: layer.visible for layer in group.layers}
        steps = tuple(replace(step, visible=visible.get(step.layer, step.visible)) for step in self.session.steps)
        strength, shown = round(100 * group.opacity / 255), group.visible
        if self.session.aim.scope is Scope.LAYER:  # the layer's own eye and opacity are the person's
            strength, shown = 100, self.shown or any(step.visible for step in steps)
            steps = steps if shown else self.session.steps
        if (steps, strength, shown) == (self.session.steps, self.strength, self.shown):
            return False
        self.strength, self.shown = strength, shown
        self.session = replace(self.session, steps=steps)
        self.history.record(self.history.current, self.session)
        return True

    def catch_up(self) -> None:
        """Before a change of ours: see what undo, redo or a person's hand did to our layers meanwhile."""
        signature, groups = self.observe()
        if signature == self.history.current:
            self.note(groups)
        elif signature in self.history.states:
            self.session = self.history.arrive(signature)
            self.note(groups)
        else:
            self.look_again()

    def read_back(self) -> bool:
        """Take over values that somebody set in Krita's own filter dialog, where this Krita lets us see them."""
        facts = self.photo.facts()
        changed = False
        for step in self.session.steps:
            filter_id, parameters, opacity = self.photo.settings(step.layer)
            call = value_of(
                filter_id, parameters, step.tool, opacity=opacity, width=facts.width, height=facts.height
            ) if parameters else None
            if call is not None and call.value != step.value:
                self.session = self.session.with_step(replace(step, value=call.value))
                changed = True
        if changed:
            self.revalued(self.session)
        return changed

    # Writing the document

    def changed(self, session: Session, half_way: list[Signature] | None = None) -> None:
        """Record a change that we made to the layers, over these half-way states, and store it in the document."""
        self.history.follow(session)
        self.session = session
        signature, _ = self.observe()
        self.history.changed(half_way or [], signature, session)
        self.store()

    def revalued(self, session: Session) -> None:
        """Record a change that left all layers in their places."""
        self.session = session
        self.history.record(self.history.current, session)
        self.store()

    def store(self) -> None:
        self.photo.write(documents.SESSION, to_json(self.session).encode("utf-8"))
        if self.before:
            self.photo.write(documents.BEFORE, self.before)


def _as_found(edit: Edit, found: GroupState | None, known: dict[str, Step]) -> Edit:
    """An edit as its layers say: those that are there, in their order, as visible as they are."""
    layers = found.layers if found is not None else ()
    steps = tuple(replace(known[layer.layer], visible=layer.visible) for layer in layers if layer.layer in known)
    return replace(edit, group="" if found is None or edit.aim.scope is Scope.LAYER else found.group, steps=steps)
