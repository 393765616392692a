"""New layers out of a tiny .kra, because Krita 5.1 takes levels and curves from nowhere else. GUI thread only."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tool_mapping import kra
from tool_mapping.krita.layers import NO_MASK_YET
from tool_mapping.spec import ToolCall

from . import host
from .document import Facts, PhotoDocument, children_of, find, uid
from .paths import run_folder
from .scope import Scope
from .specs import spec_for
from .texts import tr

__all__ = ["LayersFailed", "Template", "spec_for"]

_numbers = itertools.count()


def write_template(
    facts: Facts, calls: Sequence[ToolCall], group_name: str, scope: Scope = Scope.PICTURE, *, bare: bool = False
) -> Path:
    """The file of a Template. Asks nothing of Krita: many layers are better written in a worker thread."""
    specs = [spec_for(call, facts, scope) for call in calls]
    if bare:
        specs = [replace(spec, mask=NO_MASK_YET) if spec.mask is not None else spec for spec in specs]
    path = run_folder() / f"template-{next(_numbers)}.kra"
    kra.write_template(
        path, specs, group_name=group_name, model=facts.model, depth=facts.depth, profile_name=facts.profile,
        width=facts.width, height=facts.height,
    )
    return path


class LayersFailed(Exception):
    """Krita did not take the layers; the message is a sentence for people. Nothing of ours is left behind."""


class Template:
    """A template document, open in Krita without a window. Use as a context manager, or close it.

    Its layers are made for an edit of that scope; those for a selection act nowhere until they get their mask. A `bare` one
    has no mask in the size of the picture, because its layers get those of others.
    """

    def __init__(
        self, photo: PhotoDocument, calls: Sequence[ToolCall], group_name: str, scope: Scope = Scope.PICTURE, *,
        bare: bool = False, written: Path | None = None,
    ) -> None:
        """`written` is what write_template gave for the same, where it was written beforehand; the file goes."""
        path = written or write_template(photo.facts(), calls, group_name, scope, bare=bare)
        application = host.Krita.instance()
        try:
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

    @property
    def is_open(self) -> bool:
        return any(document == self._document for document in host.Krita.instance().documents())

    def close(self) -> None:
        if self._document is not None and self.is_open:  # a closed one crashes Krita
            self._document.setModified(False)
            self._document.close()
        self._document = None

    @property
    def group(self) -> Any:
        """The group with one layer, or one filter mask, a call, lowest first."""
        assert self._document is not None
        return next(node for node in children_of(self._document.rootNode()) if node.type() == "grouplayer")

    def layer(self, place: int) -> Any | None:
        """The layer of the call at this place; None once the template is closed."""
        return children_of(self.group)[place] if self.is_open else None

    def node(self, name: str) -> Any:
        """The template's node with this unique id."""
        return find(self._document, name)

    def new_group(self, name: str) -> Any:
        """Another, empty pass-through group in the template, to be filled with clones."""
        assert self._document is not None
        group = self._document.createGroupLayer(name)
        group.setPassThroughMode(True)
        self._document.rootNode().addChildNode(group, None)
        return next(n for n in children_of(self._document.rootNode()) if uid(n) == uid(group))
