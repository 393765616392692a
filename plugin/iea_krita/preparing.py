"""What a change of layers needs and takes long to make on a big picture: made beforehand, in a thread or in strips between
moments of Krita's event loop, so that the change itself is short. GUI thread only.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tool_mapping import grain

from .document import PhotoDocument, find
from .grain_layer import drawing
from .layer_masks import Masks, joined, strip_of, strips, vignette_within
from .scope import Scope
from .session import Session, Step, model_of
from .targets import Mask
from .tasks import Until
from .template import Template, write_template
from .undoing import redo_text, undo_text
from .worker import Call

_SECONDS = 120.0
_NEXT_MOMENT = Until(lambda: True)
_MOMENT = 0.012  # seconds of reading or drawing before Krita's event loop runs again


@dataclass(frozen=True, slots=True)
class Prepared:
    """`template` holds the new layers. `masks` holds for the moment in which the generator ended; what is not in there is read
    when it is needed. `vignette` is a new vignette thinned by the mask `within`; `grain` says that the template's grain has
    its noise, thinned by that mask, too."""

    template: Template | None = None
    masks: Masks = field(default_factory=dict)
    within: Mask | None = None
    vignette: Mask | None = None
    grain: bool = False

    def forget(self) -> None:
        """It is not used after all."""
        if self.template is not None:
            self.template.close()

    def has_grain_in(self, mask: Mask | None) -> bool:
        """Whether the template's grain acts just there."""
        return self.grain and mask == self.within

    def vignette_in(self, mask: Mask, width: int, height: int) -> Mask:
        """The vignette of a picture of that size in pixels, thinned by a selection's mask."""
        return self.vignette if self.vignette and mask == self.within else vignette_within(mask, width, height)


Preparing = Generator[Until, Any, Prepared]


def prepare(photo: PhotoDocument, session: Session, steps: Sequence[Step], *, name: str, mask: Mask | None = None) -> Preparing:
    """What layers.put_in needs for the same arguments. Ask when Krita is idle; use it in the moment in which it comes."""
    facts, scope = photo.facts(), session.aim.scope
    new = [step for step in steps if not step.layer]
    # A vignette that takes another's place takes over its mask, too; the grain the whole layer.
    vignette, grained = (
        any(step.tool == tool for step in new) and session.step(tool) is None for tool in ("vignette", "grain")
    )
    model = model_of(session.steps)
    old = [step.layer for step in session.steps if step.tool != "grain" or step is model]
    within = mask
    if mask is None and model is not None and (grained or (vignette and scope is Scope.SELECTION)):
        within = (yield from read_masks(photo, [model.layer])).get(model.layer)

    def make() -> tuple[Path, Mask | None, grain.Cells | None]:
        bare = session.step("vignette") is not None
        path = write_template(facts, [step.call for step in new], name, scope, bare=bare)
        return (
            path, vignette_within(within, facts.width, facts.height) if vignette and within is not None else None,
            grain.cells(facts.width, facts.height) if grained else None,
        )

    making = Call(make)
    making.start()
    yield Until(lambda: making.over, _SECONDS)
    path, thinned, cells = making.value()
    template = Template(photo, [], name, scope, written=path)
    try:
        if cells is not None:
            place = next(i for i, step in enumerate(new) if step.tool == "grain")
            yield from in_moments(drawing(lambda: template.layer(place), cells, within, facts.width, facts.height))
        yield Until(photo.is_idle, _SECONDS)
        masks = (yield from read_masks(photo, old)) if new else {}
    except BaseException:
        template.close()
        raise
    return Prepared(template, masks, within, thinned, grain=grained)


def in_moments(work: Iterator[None]) -> Generator[Until, Any, None]:
    """All steps of this work, some in each moment of Krita's event loop."""
    began = time.monotonic()
    for _ in work:
        if time.monotonic() - began > _MOMENT:
            yield _NEXT_MOMENT
            began = time.monotonic()


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
