"""Which layers a group holds, changed in a moment: no undo step, no redraw. GUI thread only.

Krita's Node.setChildNodes does that in every version looked at (5.1.5 measured, later ones read). Whoever uses it leaves the
document, before Krita's undo can come by, as undo knows it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from .document import children_of
from .qt import QtCore
from .template import LayersFailed
from .texts import tr


@contextlib.contextmanager
def still(document: Any) -> Iterator[None]:
    """Krita computes nothing meanwhile: what it is at is waited for, so ask when it is idle."""
    document.lock()
    try:
        # The layer docker hears of what Krita's own threads add some moments later: it must know all that goes or moves.
        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.MetaCall)
        yield
    finally:
        document.unlock()


def arrange(group: Any, layers: Sequence[Any]) -> None:
    """Make these layers the group's children, lowest first; they may have been its children before. While Krita is still.

    Krita 5.1 takes out the first child at each call, whatever the list; a Krita that takes out all of them does as well.
    Raises LayersFailed.
    """
    while children := children_of(group):
        group.setChildNodes([])
        if len(children_of(group)) >= len(children):
            raise LayersFailed(tr("Krita did not take the new layers. Unlock the layers around them and try again."))
    if layers:
        group.setChildNodes(list(layers))
