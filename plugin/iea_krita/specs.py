"""Which layer or filter mask a call becomes in a document and a scope. No Qt, no Krita in here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tool_mapping.krita import FilterLayerSpec, layer_for, mask_for
from tool_mapping.krita.layers import NO_MASK_YET
from tool_mapping.spec import ToolCall

from .scope import Scope

if TYPE_CHECKING:
    from .document import Facts


def spec_for(call: ToolCall, facts: Facts, scope: Scope) -> FilterLayerSpec:
    """The layer or filter mask that does `call` in such a document and scope. Raises tool_mapping.krita.Unsupported."""
    make = mask_for if scope is Scope.LAYER else layer_for
    spec = make(call, width=facts.width, height=facts.height, model=facts.model, depth=facts.depth)
    return replace(spec, mask=NO_MASK_YET) if scope is Scope.SELECTION and spec.mask is None else spec
