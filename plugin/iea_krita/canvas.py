"""Keeps what a person sees of a document still while its layers pass through states that are nobody's wish. GUI thread only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from . import host
from .document import DocumentGone
from .qt import QtCore, QtWidgets

_LONGEST_MS = 20_000  # whatever happens, the view moves again
_ASK_MS = 15
_HOLDS = "iea_holds"  # how many hold a view still, as a property of its own


class StillView:
    """The view in front shows its last picture until `release`. Krita goes on computing behind it."""

    def __init__(self) -> None:
        self._view: QtWidgets.QWidget | None = None
        self._timer = QtCore.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LONGEST_MS)
        self._timer.timeout.connect(self.release)
        self._asking: QtCore.QTimer | None = None

    def hold(self) -> None:
        """Stop painting the view in front. Held already: nothing more."""
        if self._view is not None:
            return
        window = host.Krita.instance().activeWindow()
        area = window.qwindow().findChild(QtWidgets.QMdiArea) if window is not None else None
        shown = area.activeSubWindow() if area is not None else None
        if shown is not None:
            shown.setProperty(_HOLDS, (shown.property(_HOLDS) or 0) + 1)
            shown.setUpdatesEnabled(False)
            shown.destroyed.connect(self._forget)
            self._view = shown
            self._timer.start()

    def release(self) -> None:
        """Paint again, once what Krita has already told the view is taken in and nobody else holds it."""
        self._stop()
        view, self._view = self._view, None
        if view is not None:
            view.destroyed.disconnect(self._forget)
            QtCore.QTimer.singleShot(0, lambda: _paint(view))

    def release_when(self, ready: Callable[[], bool]) -> None:
        """Paint again as soon as that is so; it is asked a few times a second."""

        def look() -> None:
            with contextlib.suppress(DocumentGone):
                if not ready():
                    return
            self.release()

        if self._view is not None and self._asking is None:
            asking = self._asking = QtCore.QTimer()
            asking.timeout.connect(look)
            asking.start(_ASK_MS)

    def _stop(self) -> None:
        self._timer.stop()
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.stop()
            asking.timeout.disconnect()

    def _forget(self) -> None:
        self._view = None
        self._stop()


def _paint(view: QtWidgets.QWidget) -> None:
    with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
        held = (view.property(_HOLDS) or 1) - 1
        view.setProperty(_HOLDS, held)
        if not held:
            view.setUpdatesEnabled(True)
