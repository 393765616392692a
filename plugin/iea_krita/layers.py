"""Making and changing our filter layers in a document, with as few undo steps and redraws as Krita allows.

Krita 5.1 keeps the settings of levels and curves only in layers that come out of a file, so each new layer is opened from a
tiny template .kra and cloned. Adding a prebuilt group is one undo step; a change of layers within the group is done while
the group is switched off, so that Krita computes the picture once at the end and not at every call. GUI thread only.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tool_mapping import kra
from tool_mapping.krita import FilterLayerSpec, layer_for, layer_name
from tool_mapping.spec import ToolCall

from . import host
from .document import PhotoDocument, find, uid
from .paths import run_folder
from .session import Step, call_of_name
from .texts import tr

_numbers = itertools.count()


class LayersFailed(Exception):
    """Krita did not take the layers; the message is a sentence for people. Nothing of ours is left behind."""


class Template:
    """A template document, open in Krita without a window. Use as a context manager, or close it."""

    def __init__(self, photo: PhotoDocument, calls: Sequence[ToolCall], group_name: str) -> None:
        facts = photo.facts()
        path = run_folder() / f"template-{next(_numbers)}.kra"
        application = host.Krita.instance()
        try:
            kra.write_template(
                path, list(calls), group_name=group_name, model=facts.model, depth=facts.depth,
                profile_name=facts.profile, width=facts.width, height=facts.height,
            )
            # Batch mode, so that an odd file can never stop Krita with a message box.
            batch = application.batchmode()
            application.setBatchmode(True)
            self._document = application.openDocument(str(path))
            application.setBatchmode(batch)
        finally:
            path.unlink(missing_ok=True)
        if self._document is None:
            raise LayersFailed(tr("Krita could not open the prepared layers. Try again."))

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._document is not None:
            self._document.setModified(False)
            self._document.close()
            self._document = None

    @property
    def group(self) -> Any:
        """The pass-through group with one layer a call, lowest first."""
        assert self._document is not None
        return next(node for node in self._document.rootNode().childNodes() if node.type() == "grouplayer")

    def new_group(self, name: str) -> Any:
        """Another, empty pass-through group in the template, to be filled with clones."""
        assert self._document is not None
        group = self._document.createGroupLayer(name)
        group.setPassThroughMode(True)
        self._document.rootNode().addChildNode(group, None)
        return next(n for n in self._document.rootNode().childNodes() if uid(n) == uid(group))


def _place(document: Any, old: Any | None) -> Any | None:
    """The top-level node above which a new group goes: the old group, or what the active layer stands in."""
    node = old if old is not None else document.activeNode()
    root = uid(document.rootNode())
    while node is not None:
        parent = node.parentNode()
        if parent is None:
            return None
        if uid(parent) == root:
            return node
        node = parent
    return None


def add_group(
    photo: PhotoDocument, template: Template, steps: Sequence[Step], *, name: str,
    old: str = "", previous: Sequence[Step] = (),
) -> tuple[str, tuple[Step, ...]]:
    """Put a group with these steps into the document, in the place of the group `old` if there is one.

    Steps without a layer take theirs from the template (whose calls are just these, in order); those with one, and what other
    people put into the old group (children that are not layers of `previous`), are copied over. Two undo steps when there is
    an old group, else one. Returns the new group's id and the steps with their new layers. Raises LayersFailed.
    """
    document = photo.fetch()
    before = find(document, old)
    if before is None:
        prepared, arranged = template.group, list(steps)
    else:
        prepared, arranged = _assemble(template, steps, before, {step.layer: step.tool for step in previous})
    group = prepared.clone()
    group.setName(name)
    if before is not None:
        group.setOpacity(before.opacity())
    place = _place(document, before)
    parent = place.parentNode() if place is not None else document.rootNode()
    group_id = uid(group)
    parent.addChildNode(group, place)
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


def _assemble(template: Template, steps: Sequence[Step], old: Any, ours: dict[str, str]) -> tuple[Any, list[Step | None]]:
    """A group in the template with clones of kept, new and other people's layers; and what each is, lowest first.

    `ours` gives the tool of each layer of ours in the old group.
    """
    made = iter(template.group.childNodes())
    kept = {uid(node): node for node in old.childNodes()}
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
    group = template.new_group(old.name())
    arranged: list[Step | None] = []

    def put(node: Any, step: Step | None) -> None:
        clone = node.clone()
        clone.setName(node.name())
        if step is not None:
            clone.setVisible(step.visible)
        group.addChildNode(clone, None)
        arranged.append(step)

    for stranger in standing.get("", ()):
        put(stranger, None)
    for step in steps:
        put(kept[step.layer] if step.layer in kept else next(made), step)
        for stranger in standing.get(step.tool, ()):
            put(stranger, None)
    return group, arranged


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


class _Hidden:
    """Switch the group off for the length of some changes. Krita's API does this without an undo step and a redraw."""

    def __init__(self, document: Any, group: Any) -> None:
        self._document, self._group, self._visible = document, uid(group), group.visible()

    def __enter__(self) -> None:
        self._set(False)

    def __exit__(self, *_: object) -> None:
        self._set(self._visible)
        self._document.refreshProjection()

    def _set(self, visible: bool) -> None:
        group = find(self._document, self._group)
        if group is not None:
            group.setVisible(visible)


def swap_layer(photo: PhotoDocument, group: str, step: Step, source: Any) -> Step:
    """Put a clone of `source` (a layer of a template) in the place of the step's layer: two undo steps, one redraw."""
    document = photo.fetch()
    parent, old = find(document, group), find(document, step.layer)
    if parent is None or old is None:
        raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
    active = document.activeNode()
    active_id = uid(active) if active is not None else ""
    was_active = active_id == step.layer
    clone = source.clone()
    clone.setName(_kept_name(old.name(), source.name()))
    clone.setVisible(step.visible)
    if step.tool != "vignette":  # a darker vignette says its value by the opacity
        clone.setOpacity(old.opacity())
    new = uid(clone)
    with _Hidden(document, parent):
        parent.addChildNode(clone, old)
        old.remove()
        activate(document, new if was_active else active_id)
    _wake(document, new)
    return replace(step, layer=new)


def _kept_name(old: str, new: str) -> str:
    """The new automatic name, unless the person gave the layer a name of their own."""
    return new if call_of_name(old) is not None else old


def live_change(photo: PhotoDocument, group: str, step: Step) -> bool:
    """Change the step's layer to its value in place: no undo step, and False where this Krita cannot (then swap_layer).

    Krita 5.2 and later hand out the layer's own configuration. Krita 5.1 hands out a copy that setFilter takes back, for the
    filters whose settings Python can see at all (unsharp and blur, but not levels and curves).
    """
    document = photo.fetch()
    layer = find(document, step.layer)
    if layer is None or layer.type() != "filterlayer":
        return False
    facts = photo.facts()
    wanted = layer_for(step.call, width=facts.width, height=facts.height, model=facts.model, depth=facts.depth)
    if wanted.mask is not None:
        return _change_opacity(document, layer, step, wanted)
    used = layer.filter()
    if used is None or used.name() != wanted.filter_id:
        return False
    configuration = used.configuration()
    properties = wanted.properties()
    present = configuration.properties()
    if not present or not properties or not set(properties) <= set(present):
        return False
    for key, value in properties.items():
        configuration.setProperty(key, value)
    again = layer.filter()
    seen = again.configuration().properties()
    if any(str(seen.get(key)) != str(value) for key, value in properties.items()):
        used.setConfiguration(configuration)
        layer.setFilter(used)
    layer.setName(_kept_name(layer.name(), layer_name(step.call)))
    document.refreshProjection()
    document.setModified(True)
    return True


def _change_opacity(document: Any, layer: Any, step: Step, wanted: FilterLayerSpec) -> bool:
    """Vignettes below 0 differ in opacity only; others say so by their layers' names."""
    old = call_of_name(layer.name())
    if old is None or old.value >= 0 or step.value >= 0:
        return False
    layer.setOpacity(wanted.opacity)
    layer.setName(layer_name(step.call))
    document.refreshProjection()
    document.setModified(True)
    return True


def remove_layers(photo: PhotoDocument, layers: Sequence[str]) -> None:
    """One undo step each."""
    document = photo.fetch()
    for layer in layers:
        node = find(document, layer)
        if node is not None:
            node.remove()


def move_layer(photo: PhotoDocument, group: str, step: Step, *, above: str) -> Step:
    """Put the step's layer above the layer `above` of the same group: two undo steps, one redraw."""
    document = photo.fetch()
    parent, old = find(document, group), find(document, step.layer)
    if parent is None or old is None:
        raise LayersFailed(tr("The layer of this step is gone. Press Ctrl+Z to bring it back."))
    clone = old.clone()
    clone.setName(old.name())
    new = uid(clone)
    with _Hidden(document, parent):
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


def set_strength(photo: PhotoDocument, group: str, percent: int) -> None:
    """The group's opacity, 0 to 100. Not an undo step in Krita."""
    document = photo.fetch()
    node = find(document, group)
    if node is not None:
        node.setOpacity(round(255 * percent / 100))
        document.refreshProjection()
        document.setModified(True)
