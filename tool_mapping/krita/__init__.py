"""What each tool is in Krita's own filters, as data only: calls to layers, layers to calls, and in which documents."""

from __future__ import annotations

from tool_mapping.krita.documents import Unsupported, check_document
from tool_mapping.krita.layers import FilterLayerSpec, layer_for, layer_name, mask_for, way_to_change
from tool_mapping.krita.readback import parse_config, value_of

__all__ = [
    "FilterLayerSpec", "Unsupported", "check_document", "layer_for", "layer_name", "mask_for", "parse_config", "value_of",
    "way_to_change",
]
