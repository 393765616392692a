"""Our group as a whole: made beside the document, put in above the one that it replaces, which goes when the new one is drawn.

Whoever adds or removes a layer waits until Krita has computed all that it changes. A new group costs next to nothing: Krita
adds it undrawn, and what it hides or uncovers is computed already. So other steps, or another order, are a new group, too, with
copies of the layers that stay: two undo steps, a redraw that nobody waits for, and no moment in which the picture is nobody's
wish. (One step's other value is shown sooner: see trial.py.) GUI thread only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tool_mapping.krita.layers import SAID_BY_OPACITY
from tool_mapping.krita.merging import calls_of_merged_name

from .document import PhotoDocument, children_of, find, uid, walk
from .grain_layer import draw
from .layer_masks import carry_mask, read_mask, write_mask
from .live import kept_name
from .preparing import Prepared
from .redrawing import redraw
from .session import Step, model_of
from .targets import Mask
from .template import LayersFailed, Template
from .texts import tr

NOTHING = Prepared()


@dataclass(frozen=True, slots=True)
class Added:
    """A group that stands above the one that it is to replace, `old`, which is switched off ("" where it replaces none).

    `active` is the layer of the new group that stands for the active one of the old group, "" for none. `lowest` is the lowest
    layer to compute, or the group: copies of layers below have what those had computed.
    """

    group: str
    steps: tuple[Step, ...]
    old: str
    old_shown: bool
    active: str
    lowest: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A layer to come: the step it does, None for somebody else's; the old layer that it stands for; that one's opacity,
    where it is to be taken over (a layer that is in no document yet takes none); and whether it is to be switched on. Until it
    is in the document it is off, so that the template's picture, sixteen pixels wide, is not computed into its corner."""

    step: Step | None
    stands_for: str = ""
    opacity: int | None = None
    visible: bool | None = None


def add_group(
    photo: PhotoDocument, template: Template, steps: Sequence[Step], *, name: str,
    old: str = "", previous: Sequence[Step] = (), mask: Mask | None = None, prepared: Prepared = NOTHING,
) -> Added:
    """Put a group with these steps above the group `old` if there is one, else above all layers: one undo step.

    Steps without a layer take theirs, in order, from the template's group; those with one, and what other people put into the
    old group (children that are not layers of `previous`), are copied over. `mask` is where a new group acts; layers that
    replace others take over their masks. Redraw from Added.lowest, and call replace_group when it is drawn. Raises
    LayersFailed.
    """
    document = photo.fetch()
    before = find(document, old)
    if before is None:
        filled, places = template.group, [_Place(step) for step in steps]
        _confine(children_of(template.group), steps, mask, document, prepared)
    else:
        filled, places = _assemble(template, steps, before, previous, document, prepared)
    group = filled.clone()
    group.setName(name)
    group.setVisible(before is None)
    group.setCollapsed(before is not None and before.collapsed())
    parent = before.parentNode() if before is not None else document.rootNode()
    group_id, active = uid(group), document.activeNode()
    parent.addChildNode(group, before)
    fresh = find(document, group_id)
    if fresh is None:
        raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
    made = children_of(fresh)
    if len(made) != len(places):
        raise LayersFailed(tr("Krita took other layers than asked for. Press Ctrl+Z and try again."))
    now = {place.stands_for: uid(node) for place, node in zip(places, made, strict=True) if place.stands_for}
    shown = before is None or before.visible()
    lowest = None
    if before is not None:
        now[old] = group_id
        fresh.setOpacity(before.opacity())
        for place, node in zip(places, made, strict=True):
            if place.opacity is not None:
                node.setOpacity(place.opacity)
            if place.visible is not None:
                node.setVisible(place.visible)
        if shown:
            lowest = _lowest_new(places, made, children_of(before))
        before.setVisible(False)
        fresh.setVisible(True)
    wake(fresh)
    ours = tuple(
        replace(place.step, layer=uid(node)) for place, node in zip(places, made, strict=True) if place.step is not None
    )
    return Added(
        group_id, ours, old if before is not None else "", shown, now.get(uid(active), "") if active is not None else "",
        uid(lowest) if lowest is not None else group_id,
    )


def _lowest_new(places: Sequence[_Place], made: Sequence[Any], old: Sequence[Any]) -> Any | None:
    """The lowest layer that is no copy of the one in its place, the topmost where all are: the others need no computing."""
    for place, node, was in zip(places, made, old, strict=False):
        same = place.stands_for == uid(was) and (place.step is None or place.step.layer == uid(was))
        if not same or node.visible() != was.visible():
            return node
    return made[min(len(old), len(made) - 1)] if made else None


def replace_group(photo: PhotoDocument, added: Added) -> None:
    """Take out the group that a new one replaces, once it is drawn: one undo step. Raises LayersFailed where it was undone."""
    document = photo.fetch()
    group, old = find(document, added.group), find(document, added.old)
    if old is not None:
        old.setVisible(added.old_shown)  # as undo shall bring it back
    if group is None:
        if old is not None:
            redraw(photo, added.old)
        raise LayersFailed(tr("The change was undone while Krita was still drawing it."))
    if old is not None:
        old.remove()
    node = find(document, added.active)
    if node is not None:
        document.setActiveNode(node)


def wake(node: Any) -> None:
    """Let fill layers of other people's, this one or below it, compute their content some moments later: in Krita 5.1 a clone
    has none. Not an undo step.

    Moving one to where it is does that. FillLayer.setGenerator does, too, but waits for it: for ever where Krita is locked.
    """
    for fill in (node, *walk(node)):
        if fill.type() == "filllayer":
            at = fill.position()
            fill.move(at.x(), at.y())


def _confine(made: Sequence[Any], steps: Sequence[Step], mask: Mask | None, document: Any, prepared: Prepared) -> None:
    """Let new layers act within a selection only, everywhere without one."""
    size = document.width(), document.height()
    for node, step in zip(made, steps, strict=True):
        if step.tool == "grain":
            if not prepared.has_grain_in(mask):
                draw(node, mask, *size)
        elif mask is not None:
            write_mask(node, prepared.vignette_in(mask, *size) if step.tool == "vignette" else mask)


def _assemble(
    template: Template, steps: Sequence[Step], old: Any, previous: Sequence[Step], document: Any, prepared: Prepared,
) -> tuple[Any, list[_Place]]:
    """A group in the template with clones of kept, new and other people's layers; and what each is, lowest first."""
    made = iter(children_of(template.group))
    kept = {uid(node): node for node in children_of(old)}
    ours = {step.layer: step.tool for step in previous}
    size = document.width(), document.height()
    # Other people's layers stay on the step that they stood on, or at the bottom.
    standing: dict[str, list[Any]] = {}
    staying = {step.tool for step in steps}
    under = ""
    for node in children_of(old):
        tool = ours.get(uid(node))
        if tool is None and not steps and calls_of_merged_name(node.name()):
            continue  # a layer of several steps: it goes with the others
        if tool is None:
            standing.setdefault(under, []).append(node)
        elif tool in staying:
            under = tool
    # A new layer acts where the one that it replaces does; one of a new tool where the others do.
    before = {tool: kept[layer] for layer, tool in ours.items() if layer in kept}
    told = model_of(step for step in previous if step.layer in kept)
    model = kept[told.layer] if told is not None else None
    group = template.new_group(old.name())
    places: list[_Place] = []

    def put(node: Any, step: Step | None) -> None:
        replaced = before.get(step.tool, node) if step is not None else node
        # Other grain is the same layer in another opacity.
        clone = (replaced if step is not None and step.tool == "grain" else node).clone()
        clone.setName(node.name())
        clone.setVisible(False)
        if step is not None and step.layer not in kept:
            take_over(clone, step.tool)
        group.addChildNode(clone, None)
        opacity = None
        if step is not None and step.tool in before:
            opacity = (node if step.tool in SAID_BY_OPACITY else replaced).opacity()
        places.append(_Place(step, uid(replaced), opacity, step.visible if step is not None else node.visible()))

    def take_over(clone: Any, tool: str) -> None:
        if tool in before:
            clone.setName(kept_name(before[tool].name(), clone.name()))
            if tool != "grain":
                carry_mask(before[tool], clone, *size, prepared.masks)
        elif tool == "grain":
            where = read_mask(model, *size, prepared.masks) if model is not None else None
            if not prepared.has_grain_in(where):
                draw(clone, where, *size)
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
    return group, places
