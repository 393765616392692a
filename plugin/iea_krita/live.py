"""Changing a step's layer in place, where this Krita can: no undo step, nothing swapped. GUI thread only.

What a Krita can do is found out by trying, never by its version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tool_mapping.krita import FilterLayerSpec, layer_name

from .scope import Scope
from .session import Step, call_of_name, is_automatic_name
from .specs import spec_for

if TYPE_CHECKING:
    from .document import PhotoDocument


def kept_name(old: str, new: str) -> str:
    """The new automatic name, unless the person gave the layer a name of their own."""
    return new if is_automatic_name(old) else old


def change(photo: PhotoDocument, step: Step) -> bool:
    """Change the step's layer to its value in place: no undo step, and False where this Krita cannot (then it is swapped).
    Redraw from it afterwards.

    Krita 5.2 and later hand out the layer's own configuration. Krita 5.1 hands out a copy that setFilter takes back, for the
    filters whose settings Python can see at all (unsharp and blur, but not levels and curves).
    """
    document = photo.fetch()
    layer = photo.node(step.layer)
    if layer is None or layer.type() not in ("filterlayer", "filtermask"):
        return False
    scope = Scope.LAYER if layer.type() == "filtermask" else Scope.PICTURE
    wanted = spec_for(step.call, photo.facts(), scope)
    if not _thinned(layer, step, wanted) and not _configure(layer, wanted):
        return False
    if step.tool == "vignette" and scope is not Scope.LAYER:
        layer.setOpacity(wanted.opacity)
    layer.setName(kept_name(layer.name(), layer_name(step.call)))
    document.setModified(True)
    return True


def changes_live(photo: PhotoDocument, step: Step) -> bool:
    """Whether this Krita shows Python the settings of the step's layer, and so lets it change them in place."""
    layer = photo.node(step.layer)
    if layer is None or layer.type() not in ("filterlayer", "filtermask"):
        return False
    used = layer.filter()
    return used is not None and bool(used.configuration().properties())


def _thinned(layer: Any, step: Step, wanted: FilterLayerSpec) -> bool:
    """Whether opacity alone tells this value from the one in the layer's name, as with a filter layer's dark vignettes."""
    old = call_of_name(layer.name())
    return wanted.kind != "filtermask" and wanted.mask is not None and old is not None and old.value < 0 and step.value < 0


def _configure(layer: Any, wanted: FilterLayerSpec) -> bool:
    """Give the layer's filter the parameters; whether the layer then has them."""
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
    if _has(layer, properties):
        return True
    used.setConfiguration(configuration)
    layer.setFilter(used)
    return _has(layer, properties)


def _has(layer: Any, properties: dict[str, object]) -> bool:
    again = layer.filter()  # kept by name: its configuration dies with it
    seen = again.configuration().properties()
    return all(str(seen.get(key)) == str(value) for key, value in properties.items())
