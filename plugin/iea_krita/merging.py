"""Draws neighbouring steps of light and colour balance as one curve layer, and as a layer each again, when a person asks.

A merged layer is an ordinary Krita layer in our group, which our other changes leave where it is. Its name tells the steps, so
that it can be split whenever it still does what its name says, in a file opened years later, too. Neither changes the picture
by as much as one level. GUI thread only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tool_mapping import kra
from tool_mapping.krita import FilterLayerSpec
from tool_mapping.krita.merging import calls_of_merged_name, can_merge, is_merged, merged_layer
from tool_mapping.spec import ToolCall

from . import hand
from .arranging import arrange, still
from .desk import Desk
from .document import DocumentGone, Facts, LayerState, children_of, find, uid
from .grouping import Added, replace_group, wake
from .layer_masks import Masks, carry_mask, read_mask
from .layers import signature, take_out
from .paths import run_folder
from .preparing import read_masks
from .redrawing import redraw
from .scope import Scope
from .session import Session, Step
from .specs import spec_for
from .tasks import Steps, Until
from .template import LayersFailed, Template
from .texts import tr

_SECONDS = 600.0


class NothingToDo(LayersFailed):
    """There is nothing to merge or to split; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class _Swap:
    """Layers of our group, neighbours, lowest first, and what comes in their place: specs, and the steps that these are."""

    old: tuple[str, ...]
    new: tuple[FilterLayerSpec, ...]
    steps: tuple[Step, ...]


def merge(desk: Desk) -> Steps:
    """Each run of neighbouring steps that are curves becomes one layer: one Ctrl+Z. Raises NothingToDo, LayersFailed."""
    session = _in_group(desk)
    masks = yield from read_masks(desk.photo, [step.layer for step in session.steps if can_merge(step.call)])
    model = desk.photo.facts().model
    swaps = [
        _Swap(tuple(step.layer for step in run), (merged_layer([step.call for step in run], model=model),), ())
        for run in _runs(desk, session, masks) if len(run) > 1
    ]
    if not swaps:
        raise NothingToDo(
            tr("No neighbouring steps can become one curve. Those that are off or changed by hand stay as they are.")
        )
    yield from _swap(desk, session, swaps, masks)


def split(desk: Desk) -> Steps:
    """Each merged layer becomes the steps that its name tells: one Ctrl+Z. Raises NothingToDo, LayersFailed."""
    session = _in_group(desk)
    merged = {layer.layer: calls_of_merged_name(layer.name) for layer in merged_layers(desk)}
    settings = yield from hand.read_settings(desk.photo, list(merged))
    facts, taken = desk.photo.facts(), {step.tool for step in session.steps}
    swaps = []
    for layer, calls in merged.items():
        tools = {call.name for call in calls}
        if taken & tools or len(tools) < len(calls) or not _does(settings.get(layer), calls, facts):
            continue
        taken |= tools
        swaps.append(_Swap(
            (layer,), tuple(spec_for(call, facts, session.aim.scope) for call in calls),
            tuple(Step(call.name, call.value, call.value) for call in calls),
        ))
    if not swaps:
        raise NothingToDo(tr("No merged layer can be split. One that was changed by hand stays as it is."))
    masks = yield from read_masks(desk.photo, list(merged))
    yield from _swap(desk, session, swaps, masks)


def remove(desk: Desk, layer: str) -> Steps:
    """Take a merged layer out: one Ctrl+Z; with the last layer goes the group."""
    session = _in_group(desk)
    if [state.layer for state in _group_layers(desk, session)] == [layer]:
        desk.changed(*take_out(desk.photo, session))
        yield Until(desk.photo.is_idle, _SECONDS)
    else:
        yield from _swap(desk, session, [_Swap((layer,), (), ())], {})


def merged_layers(desk: Desk) -> list[LayerState]:
    """The merged layers of the edit in view, lowest first."""
    with contextlib.suppress(DocumentGone):
        if desk.session.group:
            return [layer for layer in _group_layers(desk, desk.session) if calls_of_merged_name(layer.name)]
    return []


def _in_group(desk: Desk) -> Session:
    if desk.session.aim.scope is Scope.LAYER or not desk.session.group:
        raise NothingToDo(tr("Only the steps of the whole picture or of a selection can be merged."))
    return desk.session


def _group_layers(desk: Desk, session: Session) -> Sequence[LayerState]:
    return next((group.layers for group in desk.photo.group_state({session.group})), ())


def _runs(desk: Desk, session: Session, masks: Masks) -> list[list[Step]]:
    """The steps that may be merged, in runs of neighbours that act in the same place."""
    document = desk.photo.fetch()
    size = document.width(), document.height()
    steps = {step.layer: step for step in session.steps}
    runs: list[list[Step]] = [[]]
    where = None
    for layer in _group_layers(desk, session):
        step, node = steps.get(layer.layer), find(document, layer.layer)
        plain = node is not None and layer.visible and node.opacity() == 255 and node.blendingMode() == "copy"
        if step is None or node is None or not plain or step.by_hand or not can_merge(step.call) or children_of(node):
            runs.append([])
            continue
        mask = read_mask(node, *size, masks)
        if runs[-1] and mask != where:
            runs.append([])
        where = mask
        runs[-1].append(step)
    return runs


def _does(settings: hand.Settings | None, calls: Sequence[ToolCall], facts: Facts) -> bool:
    """Whether a layer's settings are what merging these calls gives."""
    return (settings is not None and settings.opacity == 255
            and is_merged(settings.filter_id, settings.params, calls, model=facts.model))


def _swap(desk: Desk, session: Session, swaps: Sequence[_Swap], masks: Masks) -> Steps:
    """Put a copy of our group in its place in which other layers stand for some: two undo steps, as with a slider."""
    photo = desk.photo
    facts, path = photo.facts(), run_folder() / f"merging-{session.group.strip('{}')}.kra"
    kra.write_template(
        path, [spec for swap in swaps for spec in swap.new], group_name="IEA", model=facts.model, depth=facts.depth,
        profile_name=facts.profile, width=facts.width, height=facts.height,
    )
    with Template(photo, [], "IEA", session.aim.scope, written=path) as template:
        made = iter(children_of(template.group))
        clones = {swap.old: [_named_clone(next(made)) for _ in swap.new] for swap in swaps}
        document = photo.fetch()
        old = find(document, session.group)
        if old is None:
            raise LayersFailed(tr("The layers of these steps are gone. Press Ctrl+Z to bring them back."))
        active, before = photo.active_layer(), [uid(layer) for layer in children_of(old)]
        copy = old.clone()
        copy.setName(old.name())
        copy.setVisible(False)
        name = uid(copy)
        old.parentNode().addChildNode(copy, old)
        yield Until(photo.is_idle, _SECONDS)  # the layer docker hears of it now
        steps, now = _fill(photo.fetch(), name, session.group, before, session, swaps, clones, masks)
    half = signature(photo, session, also=name)
    redraw(photo, name, forget_redo=True)
    yield Until(photo.is_idle, _SECONDS)
    shown = desk.shown
    added = Added(name, steps, session.group, shown, now.get(active, ""))
    replace_group(photo, added)
    desk.changed(replace(session, group=name, steps=steps), [half])


def _fill(
    document: Any, name: str, old_name: str, before: Sequence[str], session: Session, swaps: Sequence[_Swap],
    clones: dict[tuple[str, ...], list[Any]], masks: Masks,
) -> tuple[tuple[Step, ...], dict[str, str]]:
    """Put the new layers into the copy of our group and switch it on; gives the steps with their layers, lowest first, and
    which layer of the copy stands for which of the old group."""
    group, old = find(document, name), find(document, old_name)
    if group is None or old is None or len(children_of(group)) != len(before):
        raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
    now = {was: uid(layer) for was, layer in zip(before, children_of(group), strict=True)} | {old_name: name}
    ours = {step.layer: step for step in session.steps}
    swap_of = {layer: swap for swap in swaps for layer in swap.old}
    children: list[Any] = []
    steps: list[Step] = []
    for was, layer in zip(before, children_of(group), strict=True):
        swap = swap_of.get(was)
        if swap is None:
            children.append(layer)
            if was in ours:
                steps.append(replace(ours[was], layer=uid(layer)))
        elif was == swap.old[0]:
            children += clones[swap.old]
            steps += [replace(step, layer=uid(clone)) for step, clone in zip(swap.steps, clones[swap.old], strict=False)]
            now |= {layer: uid(clones[swap.old][-1]) for layer in swap.old if clones[swap.old]}
    with still(document):
        arrange(group, children)
    wake(group)
    for swap in swaps:
        for clone in clones[swap.old]:
            carry_mask(find(document, swap.old[0]), clone, document.width(), document.height(), masks)
    shown = old.visible()
    old.setVisible(False)
    group.setVisible(shown)
    return tuple(steps), now


def _named_clone(layer: Any) -> Any:
    clone = layer.clone()
    clone.setName(layer.name())
    return clone
