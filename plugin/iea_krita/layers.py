"""Making and changing our filter layers in a document, with as few undo steps and redraws as Krita allows. GUI thread only.

Krita 5.1 keeps the settings of levels and curves only in layers that come out of a file, so each new layer is opened from a
tiny template .kra and cloned. Groups are put in as a whole (grouping.py). Masks of a layer change while the layer is switched
off, so that Krita computes the picture once at the end and not at every call.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from tool_mapping.krita.merging import calls_of_merged_name

from . import live
from .canvas import StillView
from .document import SESSION, PhotoDocument, children_of, find, uid
from .grouping import NOTHING, add_group, replace_group
from .history import Signature
from .layer_masks import Masks, carry_mask
from .live import changes_live, kept_name
from .preparing import Prepared
from .redrawing import redraw
from .scope import Scope
from .session import Session, Step, to_json
from .targets import Mask
from .tasks import Until
from .template import LayersFailed, Template
from .texts import tr

__all__ = ["LayersFailed", "Template", "changes_live", "live_change", "redraw"]

_DRAWING_SECONDS = 600.0
PutIn = Generator[Until, Any, tuple[Session, list[Signature]]]


def put_in(
    photo: PhotoDocument, session: Session, steps: Sequence[Step], *, name: str, mask: Mask | None = None,
    prepared: Prepared = NOTHING,
) -> PutIn:
    """Make the edit in view hold just these steps; those without a layer get a new one.

    For a Task: the picture is there when it ends, and Krita's window never waits for it. `name` is for a new group; `mask` for
    a new edit of a selection; `prepared` came of the same arguments. Gives the session with all layers' ids and the states of
    the document between two undo steps of this change, for Desk.changed. Raises LayersFailed, Unsupported, DocumentGone; the
    layers are then as before.
    """
    if not steps and not _strangers(photo, session):
        prepared.forget()
        return take_out(photo, session)
    calls = [step.call for step in steps if not step.layer]
    with prepared.template or Template(photo, calls, name, session.aim.scope) as source:
        if session.aim.scope is Scope.LAYER:
            placed, between = put_masks(photo, source, session, steps, prepared.masks)
            yield Until(photo.is_idle, _DRAWING_SECONDS)
            return replace(session, steps=placed), between
        before = photo.group_state((session.group,))
        added = add_group(
            photo, source, steps, name=before[0].name if before else name, old=session.group, previous=session.steps,
            mask=mask, prepared=prepared,
        )
        placed = replace(session, group=added.group, steps=added.steps)
        half = signature(photo, session, also=added.group)
        photo.write(SESSION, to_json(placed).encode("utf-8"))  # whoever saves now saves what goes with the picture
        redraw(photo, added.lowest)
        yield Until(photo.is_idle, _DRAWING_SECONDS)
        replace_group(photo, added)
    return placed, [half] if before else []


def _strangers(photo: PhotoDocument, session: Session) -> bool:
    """Whether somebody has put something into our group."""
    ours = {step.layer for step in session.steps}
    return any(
        layer.layer not in ours and not calls_of_merged_name(layer.name)
        for group in photo.group_state({session.group}) for layer in group.layers
    )


def _masked(session: Session) -> set[str]:
    return {edit.aim.layer for edit in session.edits if edit.aim.scope is Scope.LAYER}


def take_out(photo: PhotoDocument, session: Session) -> tuple[Session, list[Signature]]:
    """All layers of the edit in view out of the document: the group as a whole, masks one by one."""
    if session.aim.scope is not Scope.LAYER:
        remove_layers(photo, [session.group])
        return replace(session, steps=(), group=""), []
    between = []
    with Still(photo, session.holder):
        for step in reversed(session.steps):
            remove_layers(photo, [step.layer])
            between.append(signature(photo, session))
    return replace(session, steps=()), between[:-1]


def signature(photo: PhotoDocument, session: Session, *, also: str = "") -> Signature:
    """The ids of all that the session's edits, and the group `also`, are made of, as the document has it now."""
    groups = photo.group_state({edit.group for edit in session.edits if edit.group} | {also}, _masked(session))
    return tuple(part for group in groups for part in group.signature)


def put_masks(
    photo: PhotoDocument, template: Template, session: Session, steps: Sequence[Step], masks: Masks
) -> tuple[tuple[Step, ...], list[Signature]]:
    """Make the filter masks of the edit's layer just these steps. Returns them with their layers, and the states between.

    Masks that stay in their places stay; above the first that does not, each is put anew in order. An undo step for each
    mask that goes and each that comes, because Krita cannot group masks. Raises LayersFailed.
    """
    document = photo.fetch()
    if find(document, session.aim.layer) is None:
        raise LayersFailed(tr("The layer of these steps is gone. Press Ctrl+Z to bring it back."))
    made = iter(children_of(template.group) if any(not step.layer for step in steps) else ())
    size = document.width(), document.height()
    staying = list(session.steps)
    placed: list[Step] = []
    between: list[Signature] = []

    def put(step: Step, source: Any) -> None:
        """Put a mask on those placed so far, or on top of all while there is none."""
        clone = source.clone()
        old = next((s for s in session.steps if s.tool == step.tool), None)
        before = find(document, old.layer) if old is not None else None
        clone.setName(source.name() if before is None else kept_name(before.name(), source.name()))
        clone.setVisible(step.visible)
        if before is not None:
            carry_mask(before, clone, *size, masks)
        new = uid(clone)
        carrier = find(document, session.aim.layer)
        assert carrier is not None
        carrier.addChildNode(clone, find(document, placed[-1].layer) if placed else None)
        between.append(signature(photo, session))
        placed.append(replace(step, layer=new))

    def drop(step: Step) -> None:
        staying.remove(step)
        remove_layers(photo, [step.layer])
        between.append(signature(photo, session))

    anew = False  # whether the masks that are left stand below those placed so far
    with Still(photo, session.aim.layer):
        for step in steps:
            old = next((s for s in staying if s.tool == step.tool), None)
            if step.layer and staying and step.layer == staying[0].layer and not anew:
                placed.append(staying.pop(0))
                continue
            anew = anew or not placed
            put(step, find(document, step.layer) if step.layer else next(made))
            if old is not None:
                drop(old)
        for step in tuple(staying):
            drop(step)
    if find(document, placed[-1].layer) is None:
        raise LayersFailed(tr("Krita did not take the new masks. Unlock the layer and try again."))
    return tuple(placed), between[:-1]


def activate(document: Any, layer: str) -> None:
    """Make a layer active again: Krita activates what is added, but people go on painting where they were."""
    node = find(document, layer)
    if node is not None:
        document.setActiveNode(node)


class Still:
    """Switch a group or layer off for the length of some changes, while the view keeps showing what it did until Krita has
    computed what it is to show.

    Krita's API does this without an undo step and a redraw.
    """

    def __init__(self, photo: PhotoDocument, node: str) -> None:
        self._photo, self._node, self._view = photo, node, StillView()
        found = find(photo.fetch(), node)
        self._visible = found is not None and found.visible()

    def __enter__(self) -> None:
        self._view.hold()
        self._set(False)

    def __exit__(self, *_: object) -> None:
        self._set(self._visible)
        redraw(self._photo, self._node)
        self._view.release_when(self._photo.is_idle)

    def _set(self, visible: bool) -> None:
        node = find(self._photo.fetch(), self._node)
        if node is not None:
            node.setVisible(visible)


def swap_mask(photo: PhotoDocument, holder: str, step: Step, source: Any, masks: Masks) -> Step:
    """Put a clone of `source` (a filter mask of a template) in the place of the step's: two undo steps, one redraw.

    It acts where the old one did; `masks` are those read beforehand. `holder` is the layer whose mask it is.
    """
    document = photo.fetch()
    parent, old = find(document, holder), find(document, step.layer)
    if parent is None or old is None:
        raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
    active = document.activeNode()
    active_id = uid(active) if active is not None else ""
    was_active = active_id == step.layer
    clone = source.clone()
    clone.setName(kept_name(old.name(), source.name()))
    clone.setVisible(step.visible)
    carry_mask(old, clone, document.width(), document.height(), masks)
    new = uid(clone)
    with Still(photo, holder):
        parent.addChildNode(clone, old)
        old.remove()
        activate(document, new if was_active else active_id)
    return replace(step, layer=new)


def remove_layers(photo: PhotoDocument, layers: Sequence[str]) -> None:
    """One undo step each."""
    document = photo.fetch()
    for layer in layers:
        node = find(document, layer)
        if node is not None:
            node.remove()


def move_mask(photo: PhotoDocument, holder: str, step: Step, *, above: str) -> Step:
    """Put the step's filter mask above the mask `above` of the same layer: two undo steps, one redraw."""
    document = photo.fetch()
    parent, old = find(document, holder), find(document, step.layer)
    if parent is None or old is None:
        raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
    clone = old.clone()
    clone.setName(old.name())
    new = uid(clone)
    with Still(photo, holder):
        parent.addChildNode(clone, find(document, above))
        old.remove()
    return replace(step, layer=new)


def live_change(photo: PhotoDocument, step: Step) -> bool:
    """Change the step's layer to its value in place and redraw: no undo step. False where this Krita cannot."""
    if not live.change(photo, step):
        return False
    redraw(photo, step.layer)
    return True


def show(photo: PhotoDocument, layer: str, visible: bool) -> None:
    """Switch a layer or our group on or off. Not an undo step in Krita."""
    document = photo.fetch()
    node = find(document, layer)
    if node is not None and node.visible() != visible:
        node.setVisible(visible)
        redraw(photo, layer)
        document.setModified(True)


def show_masks(photo: PhotoDocument, carrier: str, steps: Sequence[Step], visible: bool) -> None:
    """Switch all masks of an edit of the layer `carrier` off, or on again those that were. Not an undo step in Krita."""
    document = photo.fetch()
    for step in steps:
        node = find(document, step.layer)
        if node is not None:
            node.setVisible(visible and step.visible)
    redraw(photo, carrier)
    document.setModified(True)


def set_strength(photo: PhotoDocument, group: str, percent: int) -> None:
    """The group's opacity, 0 to 100. Not an undo step in Krita."""
    document = photo.fetch()
    node = find(document, group)
    if node is not None:
        node.setOpacity(round(255 * percent / 100))
        redraw(photo, group)
        document.setModified(True)
