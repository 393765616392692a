"""What the plugin knows of each open document, and how that is kept in agreement with the document's own layers."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import document as documents
from . import finding, hand, pictures
from .document import DocumentGone, GroupState, PhotoDocument
from .facts import PictureFacts
from .hand import HandWatch
from .history import History, Presses, Signature
from .layer_masks import grain_left_behind, vignette_left_behind
from .scope import Scope
from .session import Edit, Session, Step, Turn, UnreadableSession, from_json, to_json
from .tasks import Until
from .texts import tr


@dataclass(slots=True)
class Entry:
    """One turn as the chat shows it: `before` and `after` are small QImages or None, `problem` is what went wrong."""

    turn: Turn
    before: object = None
    after: object = None
    kept: tuple[bytes, bytes] | None = None  # the same, smaller, as the document keeps them
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
    hand: HandWatch = field(default_factory=HandWatch)
    _nameless: list[str] = field(default_factory=list)
    facts: PictureFacts | None = None  # of the picture as it was opened; None until it was looked at
    presses: Presses = field(default_factory=Presses)
    outgrown: frozenset[str] = frozenset()  # the tools whose layers a crop or another canvas size has left behind
    run: Any = None  # the TurnRun that works on this document

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
            self._find()
        pairs = pictures.from_json(self.photo.read(documents.PICTURES), self.session.turns)
        self.log = [
            Entry(turn, *(pair or (None, None)), kept=pair) for turn, pair in zip(self.session.turns, pairs, strict=True)
        ]
        self.history.follow(self.session)
        before = self.session
        self.look_again()
        self._tell_gone(before)
        if self._nameless or hand.layers_of(self.session):
            self.hand.ask()  # somebody may have changed them while no IEA was there

    def _tell_gone(self, before: Session) -> None:
        """Notice the steps that were removed while no IEA was there to see it."""
        here = {step.layer for edit in self.session.edits for step in edit.steps}
        gone = [step for edit in before.edits for step in edit.steps if step.layer not in here]
        if gone:
            names = ", ".join(tr(step.title) for step in gone)
            self.notice = tr("Removed in Krita since the last time: {steps}.", steps=names)

    def _find(self) -> None:
        """Take over what layers' names tell. What has no name of ours is read later, by the layers' settings (see `heard`)."""
        edits, self._nameless = finding.by_names(self.photo)
        if edits:
            self.session = self._with_edits(edits)

    def _with_edits(self, edits: Sequence[Edit]) -> Session:
        view = next((edit for edit in edits if edit.number == self.session.number), edits[0])
        aside = tuple(edit for edit in edits if edit is not view)
        return replace(
            self.session, steps=view.steps, group=view.group, aim=view.aim, number=view.number, aside=aside
        )

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
        self.history.changed([], signature, self.session)
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

    def heard(self) -> Generator[Until, Any, bool]:
        """Take over what somebody set in Krita's own dialogs; whether anything of it is new. For a Task."""
        nameless, self._nameless = self._nameless, []
        settings = yield from hand.read_settings(self.photo, [*hand.layers_of(self.session), *nameless])
        yield Until(self.photo.is_idle, 120.0)
        found = False
        if nameless:
            edits = finding.by_settings(self.photo, self.session.edits, nameless, settings, self.photo.facts())
            found = edits != self.session.edits
            self.revalued(self._with_edits(edits))
        return self._hear(settings) or found

    def look_at_frame(self) -> bool:
        """Notice a vignette or grain that has the frame of another picture size; whether that is news. Few pixels are read."""
        facts, outgrown = self.photo.facts(), frozenset[str]()
        # A selection's are thinned by the selection, so their border tells nothing.
        if self.session.aim.scope is not Scope.SELECTION:
            for tool, left_behind in (("vignette", vignette_left_behind), ("grain", grain_left_behind)):
                step = self.session.step(tool)
                node = self.photo.node(step.layer) if step is not None else None
                if node is not None and left_behind(node, facts.width, facts.height):
                    outgrown |= {tool}
        if outgrown == self.outgrown:
            return False
        self.outgrown = outgrown
        return True

    def read_back(self) -> bool:
        """The same at once, of those layers whose settings this Krita lets Python see."""
        return self._hear(hand.visible_settings(self.photo, hand.layers_of(self.session)))

    def _hear(self, settings: dict[str, hand.Settings]) -> bool:
        session = hand.take_over(self.photo, self.session, settings)
        if session is not None:
            self.revalued(session)
        return session is not None

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

    def store_pictures(self) -> None:
        """Keep the chat's pictures in the document; those of turns that were undone go."""
        kept = {id(entry.turn): entry.kept for entry in self.log}
        turns = self.session.turns
        self.photo.write(
            documents.PICTURES, pictures.to_json(turns, [kept.get(id(turn)) for turn in turns]).encode("utf-8")
        )


_desks: dict[str, Desk] = {}


def desk_of(key: str) -> Desk | None:
    """The one Desk of the open document with this key, whichever windows show it; None for no document."""
    still_open = documents.open_keys()
    for gone in _desks.keys() - still_open:
        del _desks[gone]
    if key in still_open and key not in _desks:
        desk = Desk(PhotoDocument(key))
        with contextlib.suppress(DocumentGone):
            desk.open()
            _desks[key] = desk
    return _desks.get(key)


def _as_found(edit: Edit, found: GroupState | None, known: dict[str, Step]) -> Edit:
    """An edit as its layers say: those that are there, in their order, as visible as they are."""
    layers = found.layers if found is not None else ()
    steps = tuple(replace(known[layer.layer], visible=layer.visible) for layer in layers if layer.layer in known)
    return replace(edit, group="" if found is None or edit.aim.scope is Scope.LAYER else found.group, steps=steps)
