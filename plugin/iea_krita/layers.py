"""Making and changing our filter layers in a document, with as few undo steps and redraws as Krita allows.

Krita 5.1 keeps the settings of levels and curves only in layers that come out of a file, so each new layer is opened from a
tiny template .kra and cloned. Adding a prebuilt group is one undo step; a change of layers within the group is done while
the group is switched off, so that Krita computes the picture once at the end and not at every call. GUI thread only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .canvas import StillView
from .document import PhotoDocument, find, uid
from .history import Signature
from .layer_masks import Masks, carry_mask, read_mask, write_mask
from .live import kept_name, live_change
from .preparing import Prepared
from .scope import Scope
from .session import Session, Step
from .targets import Mask
from .template import LayersFailed, Template
from .texts import tr

__all__ = ["LayersFailed", "Template", "live_change"]

NOTHING = Prepared()

def put_in(
    photo: PhotoDocument, session: Session, steps: Sequence[Step], *, name: str, mask: Mask | None = None,
    prepared: Prepared = NOTHING,
) -> tuple[Session, list[Signature]]:
    """Make the edit in view hold just these steps; those without a layer get a new one.

    `name` is for a new group; `mask` for a new edit of a selection; `prepared` came of the same arguments. Returns the session
    with all layers' ids and the states of the document between two undo steps of this change, for Desk.changed. Raises
    LayersFailed, Unsupported, DocumentGone.
    """
    if not steps:
        return take_out(photo, session)
    calls = [step.call for step in steps if not step.layer]
    with Template(photo, calls, name, session.aim.scope, written=prepared.template) as template:
        if session.aim.scope is Scope.LAYER:
            placed, between = put_masks(photo, template, session, steps, prepared.masks)
            return replace(session, steps=placed), between
        before = photo.group_state((session.group,))
        others = photo.group_state({edit.group for edit in session.edits}, _masked(session))
        group, placed = add_group(
            photo, template, steps, name=before[0].name if before else name, old=session.group, previous=session.steps,
            mask=mask, prepared=prepared,
        )
    if not before:
        return replace(session, group=group, steps=placed), []
    after = photo.group_state((group,))[0].signature
    half = [part for state in others for part in (after + state.signature if state == before[0] else state.signature)]
    return replace(session, group=group, steps=placed), [tuple(half)]


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


def signature(photo: PhotoDocument, session: Session) -> Signature:
    """The ids of all that the session's edits are made of, as the document has it now."""
    groups = photo.group_state({edit.group for edit in session.edits if edit.group}, _masked(session))
    return tuple(part for group in groups for part in group.signature)


def add_group(
    photo: PhotoDocument, template: Template, steps: Sequence[Step], *, name: str,
    old: str = "", previous: Sequence[Step] = (), mask: Mask | None = None, prepared: Prepared = NOTHING,
) -> tuple[str, tuple[Step, ...]]:
    """Put a group with these steps into the document: in the place of the group `old` if there is one, else above all layers.

    Steps without a layer take theirs from the template (whose calls are just these, in order); those with one, and what other
    people put into the old group (children that are not layers of `previous`), are copied over. `mask` is where a new group
    acts; layers that replace others take over their masks. Two undo steps when there is an old group, else one. Returns the
    new group's id and the steps with their new layers. Raises LayersFailed.
    """
    document = photo.fetch()
    before = find(document, old)
    if before is None:
        filled, arranged = template.group, list(steps)
        if mask is not None:
            _confine(template.group.childNodes(), arranged, mask, document, prepared)
    else:
        filled, arranged = _assemble(template, steps, before, previous, document, prepared)
    group = filled.clone()
    group.setName(name)
    if before is not None:
        group.setOpacity(before.opacity())
    parent = before.parentNode() if before is not None else document.rootNode()
    group_id = uid(group)
    parent.addChildNode(group, before)
    fresh = find(document, group_id)
    if fresh is None:
        raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
    if before is not None:
        before.remove()
    made = fresh.childNodes()
    if len(made) != len(arranged):
        raise LayersFailed(tr("Krita took other layers than asked for. Press Ctrl+Z and try again."))
    ours = tuple(replace(step, layer=uid(node)) for step, node in zip(arranged, made, strict=True) if step is not None)
    document.refreshProjection()  # a prebuilt group shows nothing before this
    for node in made:
        wake(node)
    return group_id, ours


def _confine(made: Sequence[Any], steps: Sequence[Step | None], mask: Mask, document: Any, prepared: Prepared) -> None:
    """Let new layers act within a selection only."""
    for node, step in zip(made, steps, strict=True):
        own = step is not None and step.tool == "vignette"
        write_mask(node, prepared.vignette_in(mask, document.width(), document.height()) if own else mask)


def _assemble(
    template: Template, steps: Sequence[Step], old: Any, previous: Sequence[Step], document: Any, prepared: Prepared,
) -> tuple[Any, list[Step | None]]:
    """A group in the template with clones of kept, new and other people's layers; and what each is, lowest first."""
    made = iter(template.group.childNodes())
    kept = {uid(node): node for node in old.childNodes()}
    ours = {step.layer: step.tool for step in previous}
    size = document.width(), document.height()
    # Other people's layers stay on the step that they stood on, or at the bottom.
    standing: dict[str, list[Any]] = {}
    staying = {step.tool for step in steps}
    under = ""
    for node in old.childNodes():
        tool = ours.get(uid(node))
        if tool is None:
            standing.setdefault(under, []).append(node)
        elif tool in staying:
            under = tool
    # A new layer acts where the one that it replaces does; one of a new tool where the others do.
    before = {tool: kept[layer] for layer, tool in ours.items() if layer in kept}
    model = next((node for tool, node in before.items() if tool != "vignette"), None)
    group = template.new_group(old.name())
    arranged: list[Step | None] = []

    def put(node: Any, step: Step | None) -> None:
        clone = node.clone()
        clone.setName(node.name())
        if step is not None:
            clone.setVisible(step.visible)
            if step.layer not in kept:
                take_over(clone, step.tool)
        group.addChildNode(clone, None)
        arranged.append(step)

    def take_over(clone: Any, tool: str) -> None:
        if tool in before:
            clone.setName(kept_name(before[tool].name(), clone.name()))
            carry_mask(before[tool], clone, *size, prepared.masks)
        elif model is not None and tool == "vignette":
            where = read_mask(model, *size, prepared.masks)
            if where is not None:
                write_mask(clone, prepared.vignette_in(where, *size))
        elif model is not None:
            carry_mask(model, clone, *size, prepared.masks)

    for stranger in standing.get("", ()):
        put(stranger, None)
    for step in steps:
        put(kept[step.layer] if step.layer in kept else next(made), step)
        for stranger in standing.get(step.tool, ()):
            put(stranger, None)
    return group, arranged


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
    made = iter(template.group.childNodes() if any(not step.layer for step in steps) else ())
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


def wake(node: Any) -> None:
    """Let a fill layer compute its content: in Krita 5.1 a clone has none. Not an undo step."""
    if node.type() == "filllayer":
        node.setGenerator(node.generatorName(), node.filterConfig())


def _wake(document: Any, layer: str) -> None:
    node = find(document, layer)
    if node is not None:
        wake(node)


def activate(document: Any, layer: str) -> None:
    """Make a layer active again: Krita activates what is added, but people go on painting where they were."""
    node = find(document, layer)
    if node is not None:
        document.setActiveNode(node)


def redraw(photo: PhotoDocument) -> None:
    """Let Krita compute the picture again. Blocks while it does; a single Krita call that cannot be split."""
    photo.fetch().refreshProjection()


class Still:
    """Switch a group or layer off for the length of some changes, while the view keeps showing what it did.

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
        redraw(self._photo)
        self._view.release()

    def _set(self, visible: bool) -> None:
        node = find(self._photo.fetch(), self._node)
        if node is not None:
            node.setVisible(visible)


def swap_layer(photo: PhotoDocument, holder: str, step: Step, source: Any, masks: Masks) -> Step:
    """Put a clone of `source` (a layer of a template) in the place of the step's layer: two undo steps, one redraw.

    It acts where the old one did; `masks` are those read beforehand. `holder` is the group, or the layer whose mask it is.
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
    if step.tool != "vignette":  # a darker vignette says its value by the opacity
        clone.setOpacity(old.opacity())
    carry_mask(old, clone, document.width(), document.height(), masks)
    new = uid(clone)
    with Still(photo, holder):
        parent.addChildNode(clone, old)
        old.remove()
        activate(document, new if was_active else active_id)
    _wake(document, new)
    return replace(step, layer=new)


def remove_layers(photo: PhotoDocument, layers: Sequence[str]) -> None:
    """One undo step each."""
    document = photo.fetch()
    for layer in layers:
        node = find(document, layer)
        if node is not None:
            node.remove()


def move_layer(photo: PhotoDocument, holder: str, step: Step, *, above: str) -> Step:
    """Put the step's layer above the layer `above` of the same group, or masked layer: two undo steps, one redraw."""
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
    _wake(document, new)
    return replace(step, layer=new)


def show(photo: PhotoDocument, layer: str, visible: bool) -> None:
    """Switch a layer or our group on or off. Not an undo step in Krita."""
    document = photo.fetch()
    node = find(document, layer)
    if node is not None and node.visible() != visible:
        node.setVisible(visible)
        document.refreshProjection()
        document.setModified(True)


def show_masks(photo: PhotoDocument, steps: Sequence[Step], visible: bool) -> None:
    """Switch all masks of an edit of one layer off, or on again those that were. Not an undo step in Krita."""
    document = photo.fetch()
    for step in steps:
        node = find(document, step.layer)
        if node is not None:
            node.setVisible(visible and step.visible)
    document.refreshProjection()
    document.setModified(True)


def set_strength(photo: PhotoDocument, group: str, percent: int) -> None:
    """The group's opacity, 0 to 100. Not an undo step in Krita."""
    document = photo.fetch()
    node = find(document, group)
    if node is not None:
        node.setOpacity(round(255 * percent / 100))
        document.refreshProjection()
        document.setModified(True)
