"""Our steps in a document that has lost its conversation, found by its layers' names and settings. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tool_mapping.krita import value_of
from tool_mapping.krita.layers import GRAIN_BLENDING
from tool_mapping.spec import BY_NAME, ToolCall

from .document import Facts, LayerState, PhotoDocument, find, walk
from .hand import Settings
from .layer_masks import mask_of
from .scope import WHOLE_PICTURE, Aim, Scope
from .session import GROUP_PREFIX, Edit, Step, call_of_name, model_of, tool_of_name

_KINDS = ("filterlayer", "filtermask")


def by_names(photo: PhotoDocument) -> tuple[list[Edit], list[str]]:
    """What layers' names tell, topmost edit first; and the layers in our groups that do not bear a step's name,
    or one that another layer has.

    A pass-through group is ours when it is called so or has a layer that is; a layer carries an edit when one of its filter
    masks is called as a step.
    """
    document = photo.fetch()
    through = {
        node.uniqueId().toString() for node in walk(document.rootNode())
        if node.type() == "grouplayer" and node.passThroughMode()
    }
    edits: list[Edit] = []
    nameless: list[str] = []
    for group in photo.group_state(through):
        steps = _steps(document, group.layers)
        if steps or group.name.startswith(GROUP_PREFIX):
            named = {step.layer for step in steps}
            nameless += [layer.layer for layer in group.layers if layer.kind in _KINDS and layer.layer not in named]
            edits.append(Edit(len(edits), _aim_of(document, steps), group.group, steps))
    for carrier in photo.masked_layers():
        steps = _steps(document, carrier.layers)
        if steps and carrier.group not in through:
            edits.append(Edit(len(edits), Aim(Scope.LAYER, layer=carrier.group), "", steps))
    return edits, nameless


def _steps(document: Any, layers: Sequence[LayerState]) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for layer in layers:
        tool = tool_of_name(layer.name)
        if tool is not None and tool not in steps and _can_be(document, layer, tool):
            call = call_of_name(layer.name) or ToolCall(tool, BY_NAME[tool].neutral)
            steps[tool] = Step(tool, call.value, call.value, layer.layer, layer.visible, call_of_name(layer.name) is None)
    return tuple(steps.values())


def _can_be(document: Any, layer: LayerState, tool: str) -> bool:
    """Whether a layer is of the kind that does this tool's steps."""
    if tool != "grain":
        return layer.kind in _KINDS
    node = find(document, layer.layer) if layer.kind == "paintlayer" else None
    return node is not None and node.blendingMode() == GRAIN_BLENDING


def _aim_of(document: Any, steps: Sequence[Step]) -> Aim:
    """The whole picture, or a selection that only the masks still tell."""
    told = model_of(steps)
    node = find(document, told.layer) if told is not None else None
    if node is None:
        return WHOLE_PICTURE
    mask = mask_of(node, document.width(), document.height())
    return WHOLE_PICTURE if mask is None else Aim(Scope.SELECTION, selection=mask.mark)


def by_settings(
    photo: PhotoDocument, edits: Sequence[Edit], nameless: Sequence[str], settings: dict[str, Settings], facts: Facts
) -> tuple[Edit, ...]:
    """The edits with those nameless layers put in that do, by their settings, what a step does."""
    more: list[Edit] = []
    here = {group.group: group for group in photo.group_state({edit.group for edit in edits})}
    for edit in edits:
        known = {step.layer: step for step in edit.steps}
        tools = {step.tool for step in edit.steps}
        for layer in here[edit.group].layers if edit.group in here else ():
            found = settings.get(layer.layer)
            if layer.layer not in nameless or found is None:
                continue
            call = value_of(found.filter_id, found.params, opacity=found.opacity, width=facts.width, height=facts.height)
            if call is not None and call.name not in tools:
                tools.add(call.name)
                known[layer.layer] = Step(call.name, call.value, call.value, layer.layer, layer.visible)
        order = [layer.layer for layer in here[edit.group].layers] if edit.group in here else list(known)
        more.append(replace(edit, steps=tuple(known[layer] for layer in order if layer in known)))
    return tuple(more)
