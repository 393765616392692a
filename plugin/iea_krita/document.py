"""One open document as the plugin sees it: its facts, our group's layers, its pictures and its annotation.

libkis wrappers of layers go stale when documents close or layers leave, and a stale one crashes Krita. So nothing in here
keeps one: a PhotoDocument holds a key only and fetches everything again at each call. GUI thread only.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Any

from tool_mapping.krita import check_document

from . import host
from .qt import QtCore, owned
from .texts import tr

SESSION = "iea_krita/session"
BEFORE = "iea_krita/before"
PICTURES = "iea_krita/pictures"
_SAMPLED_ROWS = 64


class DocumentGone(Exception):
    """The document was closed meanwhile."""


@dataclass(frozen=True, slots=True)
class Facts:
    model: str
    depth: str
    profile: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer of our group, or a filter mask of a layer that carries ours, as it is now."""

    layer: str
    name: str
    visible: bool
    kind: str


@dataclass(frozen=True, slots=True)
class GroupState:
    """Our group, or a layer that carries masks of ours, as it is now. `layers` lowest first; opacity 0..255."""

    group: str
    name: str
    visible: bool
    opacity: int
    layers: tuple[LayerState, ...]

    @property
    def signature(self) -> tuple[str, ...]:
        return (self.group, *(layer.layer for layer in self.layers))


def uid(node: Any) -> str:
    return node.uniqueId().toString()


def children_of(node: Any) -> list[Any]:
    """The node's children, lowest first. Ask for them here only.

    Krita's Python never frees what childNodes() hands out, and each of those keeps its layer, with all that Krita computed of
    it (96 MB at 24 megapixels), for as long as Krita runs: so Python is told that they are its own.
    """
    found = node.childNodes()
    for child in found:
        owned(child)
    return found


def walk(node: Any) -> Iterator[Any]:
    """All nodes below `node`, masks included, depth first, topmost first."""
    for child in reversed(children_of(node)):
        yield child
        yield from walk(child)


def find(document: Any, layer: str) -> Any | None:
    """The node with a unique id, freshly fetched. (`nodeByUniqueID` came only with Krita 5.2.)"""
    if not layer:
        return None
    return next((node for node in walk(document.rootNode()) if uid(node) == layer), None)


# Open documents by the key that we gave them. These wrappers are kept only to be compared: a copy made in Krita has the same
# ids as its original. They hold a guarded pointer, so a closed document equals none.
_keys: list[tuple[str, Any]] = []
_numbers = itertools.count(1)


def key_of(document: Any) -> str:
    """Our key of an open document: another for each, and the same as long as it is open."""
    for key, known in _keys:
        if known == document:
            return key
    key = f"document-{next(_numbers)}"
    _keys.append((key, document))
    return key


def open_keys() -> set[str]:
    """The keys of all open documents; forgets those of closed ones."""
    keys = {key_of(document) for document in host.Krita.instance().documents()}
    _keys[:] = [entry for entry in _keys if entry[0] in keys]
    return keys


def active_key() -> str:
    """The key of the document in front, "" when none is open."""
    document = host.Krita.instance().activeDocument()
    if document is None:
        return ""
    # While a document closes it is still the active one for a moment.
    key = key_of(document)
    return key if key in open_keys() else ""


def front_key(window: object = None) -> str:
    """The key of the document in front of one of Krita's windows (a QMainWindow), else of the active one; "" for none."""
    windows = host.Krita.instance().windows()
    mine = next((w for w in windows if window is not None and w.qwindow() == window), None) if len(windows) > 1 else None
    if mine is None:
        return active_key()
    view = mine.activeView()
    document = view.document() if view is not None else None
    key = key_of(document) if document is not None else ""
    return key if key in open_keys() else ""


def _last(document: Any) -> Any:
    return children_of(document.rootNode())[-1]


def _remove_twins(node: Any, twin: Any, gone: Container[str]) -> None:
    """Remove from `twin`, a copy of `node`, what has these ids in `node`: Krita gives a copy's nodes ids of their own."""
    for child, its_twin in list(zip(children_of(node), children_of(twin), strict=True)):
        if uid(child) in gone:
            its_twin.remove()
        else:
            _remove_twins(child, its_twin, gone)


class PictureCopy:
    """A document without a window, which only we know of: the one wrapper that may be kept, until `close`."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def picture(self) -> Any:
        """As PhotoDocument.picture."""
        d = self._document
        d.waitForDone()
        return d.projection(0, 0, d.width(), d.height())

    def close(self) -> None:
        self._document.setModified(False)
        self._document.close()


class PhotoDocument:
    """The open document with this key (see key_of). Methods raise DocumentGone once it is closed."""

    def __init__(self, key: str) -> None:
        self.key = key

    @property
    def is_open(self) -> bool:
        return self._find() is not None

    @property
    def is_active(self) -> bool:
        return bool(self.key) and active_key() == self.key

    def _find(self) -> Any | None:
        return next((d for d in host.Krita.instance().documents() if key_of(d) == self.key), None)

    def fetch(self) -> Any:
        """The libkis Document, for use within one call only."""
        document = self._find()
        if document is None:
            raise DocumentGone(tr("The document was closed, so the answer was dropped. Nothing else changed."))
        return document

    def node(self, layer: str) -> Any | None:
        """The libkis Node with this unique id, for use within one call only; None where it is gone."""
        return find(self.fetch(), layer)

    # Facts

    def facts(self) -> Facts:
        d = self.fetch()
        return Facts(d.colorModel(), d.colorDepth(), d.colorProfile(), d.width(), d.height())

    def why_not(self) -> str:
        """A sentence saying why this document cannot be edited, "" when it can."""
        facts = self.facts()
        return check_document(facts.model, facts.depth, facts.profile) or ""

    def is_idle(self) -> bool:
        """Whether Krita has finished computing the picture. Does not wait."""
        d = self.fetch()
        if not d.tryBarrierLock():
            return False
        d.unlock()
        return True

    def idle_for(self, seconds: float) -> Callable[[], bool]:
        """To be asked again and again: whether Krita has been idle for that long. Fill layers begin a moment after idleness."""
        since: list[float] = []

        def look() -> bool:
            if not self.is_idle():
                since.clear()
            elif not since:
                since.append(time.monotonic())
            return bool(since) and time.monotonic() - since[0] >= seconds

        return look

    # Pictures

    def picture(self) -> Any:
        """The picture as it looks now: QImage, sRGB, 8 bit, full size. One Krita call; ask when idle."""
        d = self.fetch()
        return d.projection(0, 0, d.width(), d.height())

    def fingerprint(self, group: str) -> str:
        """Changes when what lies outside our group changes. Looks at 64 rows of each top layer, not at every pixel."""
        d = self.fetch()
        width, height = d.width(), d.height()
        rows = sorted({(2 * i + 1) * height // (2 * _SAMPLED_ROWS) for i in range(_SAMPLED_ROWS)})
        digest = hashlib.sha256(f"{width}x{height} {d.colorModel()} {d.colorDepth()} {d.colorProfile()}".encode())
        for node in children_of(d.rootNode()):
            if uid(node) == group or node.type() == "selectionmask":
                continue
            digest.update(f"{uid(node)} {node.visible()} {node.opacity()} {node.blendingMode()}".encode())
            if node.visible() and node.type() in ("paintlayer", "grouplayer"):
                for row in rows:
                    digest.update(bytes(node.projectionPixelData(0, row, width, 1)))
        return digest.hexdigest()[:24]

    def copy_without(self, group: str) -> PictureCopy:
        """A copy of everything but our group, wherever it stands; whoever asked closes it."""
        copy = self._empty_copy()
        for node in children_of(self.fetch().rootNode()):
            if uid(node) != group and node.type() != "selectionmask":  # Krita shows the selection as a child of the root
                clone = node.clone()
                copy.rootNode().addChildNode(clone, None)
                _remove_twins(node, _last(copy), {group})
        copy.refreshProjection()
        return PictureCopy(copy)

    def _empty_copy(self) -> Any:
        d = self.fetch()
        copy = host.Krita.instance().createDocument(
            d.width(), d.height(), "IEA", d.colorModel(), d.colorDepth(), d.colorProfile(), 300.0
        )
        for node in children_of(copy.rootNode()):
            node.remove()
        return copy

    # The active layer

    def active_layer(self) -> str:
        """The unique id of the layer that people paint on, "" for none."""
        node = self.fetch().activeNode()
        return uid(node) if node is not None else ""

    def activate(self, layer: str) -> None:
        """Make a layer the active one, if it is still there."""
        document = self.fetch()
        node = find(document, layer)
        active = document.activeNode()
        if node is not None and (active is None or uid(active) != layer):
            document.setActiveNode(node)

    # Our group

    def group_state(self, groups: Container[str], masked: Container[str] = ()) -> list[GroupState]:
        """Those of the groups with these unique ids that are in the document, topmost first.

        Of a node in `masked` only the filter masks count, and it is left out while it has none.
        """
        found = []
        for node in walk(self.fetch().rootNode()):
            if uid(node) in masked:
                children = [child for child in children_of(node) if child.type() == "filtermask"]
            elif uid(node) in groups and node.type() == "grouplayer":
                children = children_of(node)
            else:
                continue
            layers = tuple(LayerState(uid(c), c.name(), c.visible(), c.type()) for c in children)
            if layers or uid(node) not in masked:
                found.append(GroupState(uid(node), node.name(), node.visible(), node.opacity(), layers))
        return found

    def masked_layers(self) -> list[GroupState]:
        """Layers with filter masks on them, topmost first: to find our steps where the annotation is lost."""
        carriers = [uid(n) for n in walk(self.fetch().rootNode()) if any(c.type() == "filtermask" for c in children_of(n))]
        return self.group_state((), carriers)

    def settings(self, layer: str) -> tuple[str, dict[str, Any], int] | None:
        """(filter id, its parameters, opacity) of a filter layer or filter mask, ("", {}, opacity) of a paint layer. None where
        this Krita does not let Python see them (5.1: the parameters of levels and curves) or the layer is gone."""
        node = find(self.fetch(), layer)
        if node is not None and node.type() == "paintlayer":
            return "", {}, node.opacity()
        if node is None or node.type() not in ("filterlayer", "filtermask"):
            return None
        used = node.filter()
        if used is None or not used.configuration().properties():
            return None
        return used.name(), dict(used.configuration().properties()), node.opacity()

    # The annotation

    def read(self, kind: str) -> bytes:
        """The annotation of that type, b"" when there is none."""
        d = self.fetch()
        return bytes(d.annotation(kind)) if kind in d.annotationTypes() else b""

    def write(self, kind: str, data: bytes) -> None:
        d = self.fetch()
        if kind in d.annotationTypes() and bytes(d.annotation(kind)) == data:
            return
        d.setAnnotation(kind, tr("IEA: the conversation about this picture"), QtCore.QByteArray(data))
        d.setModified(True)
