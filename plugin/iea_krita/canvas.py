"""Keeps what a person sees of a document still while its layers pass through states that are nobody's wish. GUI thread only."""

from __future__ import annotations

import contextlib

from . import host
from .qt import QtCore, QtWidgets

_LONGEST_MS = 20_000  # whatever happens, the view moves again


class StillView:
    """The view in front shows its last picture until `release`. Krita goes on computing behind it."""

    def __init__(self) -> None:
        self._view: QtWidgets.QWidget | None = None
        self._timer = QtCore.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LONGEST_MS)
        self._timer.timeout.connect(self.release)

    def hold(self) -> None:
        """Stop painting the view in front. Held already: nothing more."""
        if self._view is not None:
            return
        window = host.Krita.instance().activeWindow()
        area = window.qwindow().findChild(QtWidgets.QMdiArea) if window is not None else None
        shown = area.activeSubWindow() if area is not None else None
        if shown is not None:
            shown.setUpdatesEnabled(False)
            shown.destroyed.connect(self._forget)
            self._view = shown
            self._timer.start()

    def release(self) -> None:
        """Paint again, once what Krita has already told the view is taken in."""
        self._timer.stop()
        view, self._view = self._view, None
        if view is not None:
            view.destroyed.disconnect(self._forget)
            QtCore.QTimer.singleShot(0, lambda: _paint(view))

    def _forget(self) -> None:
        self._view = None
        self._timer.stop()


def _paint(view: QtWidgets.QWidget) -> None:
    with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
        view.setUpdatesEnabled(True)
