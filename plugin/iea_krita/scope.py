"""Where an edit acts: the whole picture, one layer or a selection. No Qt, no Krita."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """What a request is about. The values are what sessions and settings store."""

    PICTURE = "picture"  # a pass-through group on top of everything
    LAYER = "layer"  # filter masks on one layer
    SELECTION = "selection"  # a pass-through group whose layers have the selection as their mask


@dataclass(frozen=True, slots=True)
class Aim:
    """What an edit acts on.

    `layer` is the unique id of the layer whose masks the steps are (LAYER only). `selection` tells the selection of a
    SELECTION edit from another one (see targets.selection_mark).
    """

    scope: Scope = Scope.PICTURE
    layer: str = ""
    selection: str = ""


WHOLE_PICTURE = Aim()

def scope_of(value: object) -> Scope:
    """The scope with this stored value, the whole picture for anything else."""
    return next((scope for scope in Scope if scope.value == value), Scope.PICTURE)
