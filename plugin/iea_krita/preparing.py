"""What a change of layers needs and takes long to make on a big picture: made beforehand, in a thread or in strips between
moments of Krita's event loop, so that the change itself is short. GUI thread only.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .document import PhotoDocument, find
from .layer_masks import Masks, joined, strip_of, strips, vignette_within
from .scope import Scope
from .session import Session, Step
from .targets import Mask
from .tasks import Until
from .template import write_template
from .undoing import redo_text, undo_text
from .worker import Call

_SECONDS = 120.0
_MOMENT = 0.012  # seconds of reading before Krita's event loop runs again


@dataclass(frozen=True, slots=True)
class Prepared:
    """`template` is the file of the new layers. `masks` holds for the moment in which the generator ended; what is not in
    there is read when it is needed. `vignette` is a new vignette thinned by the mask `within`."""

    template: Path | None = None
    masks: Masks = field(default_factory=dict)
    within: Mask | None = None
    vignette: Mask | None = None

    def forget(self) -> None:
        """It is not used after all."""
        if self.template is not None:
            self.template.unlink(missing_ok=True)

    def vignette_in(self, mask: Mask, width: int, height: int) -> Mask:
        """The vignette of a picture of that size in pixels, thinned by a selection's mask."""
        return self.vignette if self.vignette and mask == self.within else vignette_within(mask, width, height)


Preparing = Generator[Until, Any, Prepared]


def prepare(photo: PhotoDocument, session: Session, steps: Sequence[Step], *, name: str, mask: Mask | None = None) -> Preparing:
    """What layers.put_in needs for the same arguments. Ask when Krita is idle; use it in the moment in which it comes."""
    facts, scope = photo.facts(), session.aim.scope
    old = [step.layer for step in session.steps]
    new = [step for step in steps if not step.layer]
    # A vignette that takes another's place takes over its mask, too.
    follows = session.step("vignette") is not None
    vignette, model = not follows and any(step.tool == "vignette" for step in new), mask
    if vignette and mask is None and scope is Scope.SELECTION:
        others = [step.layer for step in session.steps if step.tool != "vignette"]
        model = (yield from read_masks(photo, others[:1])).get(others[0]) if others else None

    def make() -> tuple[Path, Mask | None]:
        within = vignette_within(model, facts.width, facts.height) if vignette and model is not None else None
        return write_template(facts, [step.call for step in new], name, scope, bare=follows), within

    making = Call(make)
    making.start()
    yield Until(lambda: making.over, _SECONDS)
    path, within = making.value()
    try:
        yield Until(photo.is_idle, _SECONDS)
        masks = (yield from read_masks(photo, old)) if new else {}
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Prepared(path, masks, model if within is not None else None, within)


def read_masks(photo: PhotoDocument, layers: Sequence[str]) -> Generator[Until, Any, Masks]:
    """The masks of those of these layers that are there, as they are in the moment in which this ends.

    Empty when somebody may have painted on them, or undone that, while they were read: then they are read at once where they
    are needed. One can paint on the active layer alone, and undo tells itself by what it would undo next.
    """
    masks: dict[str, Mask | None] = {}
    facts, undo = photo.facts(), (undo_text(), redo_text())
    began = time.monotonic()
    for layer in layers:
        found: list[bytes | None] = []
        node = find(photo.fetch(), layer)
        if node is None:
            continue
        for top, rows in strips(facts.width, facts.height):
            if time.monotonic() - began > _MOMENT:
                if photo.active_layer() in layers:
                    return {}
                yield Until(photo.is_idle, _SECONDS)
                if photo.active_layer() in layers or (undo_text(), redo_text()) != undo or photo.facts() != facts:
                    return {}
                node, began = find(photo.fetch(), layer), time.monotonic()
                if node is None:
                    return {}
            found.append(strip_of(node, top, facts.width, rows))
        masks[layer] = joined(found, facts.width, facts.height)
    return masks
