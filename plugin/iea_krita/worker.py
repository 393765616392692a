"""Runs one function beside Krita's GUI thread, and shrinks and encodes pictures there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .qt import QtCore, QtGui

SENT_SIDE = 512  # px on the long side of a picture that goes to the agent, which looks at no more


# Threads that nobody waits for any more: Qt ends the program when one is destroyed while it runs.
_kept: list[QtCore.QThread] = []


def keep_until_over(thread: QtCore.QThread) -> None:
    """Hold on to a thread until it has ended, whoever else forgets it."""
    _kept[:] = [other for other in _kept if not other.isFinished() and other is not thread]
    _kept.append(thread)


def wait_for_all(milliseconds: int = 3000) -> None:
    """When the program ends: give the threads that still run this long each."""
    for thread in list(_kept):
        thread.wait(milliseconds)


class Call(QtCore.QThread):
    """A function in a thread of its own. `result` or `error` is there once `isFinished()`."""

    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__()
        self._function = function
        self.result: Any = None
        self.error: Exception | None = None
        self.over = False
        keep_until_over(self)

    def run(self) -> None:
        try:
            self.result = self._function()
        except Exception as error:
            self.error = error
        self.over = True

    def value(self) -> Any:
        """The result; raises what the function raised."""
        if self.error is not None:
            raise self.error
        return self.result


def shrink(image: QtGui.QImage, side: int = SENT_SIDE) -> QtGui.QImage:
    """The picture with its long side at most `side` px, smoothly."""
    if max(image.width(), image.height()) <= side:
        return image
    return image.scaled(side, side, QtCore.Qt.KeepAspectRatio, QtCore.Qt.SmoothTransformation)


def as_jpeg(image: QtGui.QImage, side: int = SENT_SIDE, quality: int = 92) -> bytes:
    """A JPEG of the picture shrunk to `side` px, transparent parts on white."""
    small = shrink(image, side)
    flat = QtGui.QImage(small.size(), QtGui.QImage.Format_RGB32)
    flat.fill(QtCore.Qt.white)
    painter = QtGui.QPainter(flat)
    painter.drawImage(0, 0, small)
    painter.end()
    buffer = QtCore.QBuffer()
    buffer.open(QtCore.QIODevice.WriteOnly)
    flat.save(buffer, "JPEG", quality)
    return bytes(buffer.data())


def as_small_jpeg(image: QtGui.QImage, most: int) -> bytes:
    """A JPEG of at most `most` bytes, for the conversation that a document keeps; b"" for a null image."""
    if image.isNull():
        return b""
    made = b""
    for side, quality in ((240, 80), (200, 70), (160, 60), (120, 50), (80, 30)):
        made = as_jpeg(image, side, quality)
        if len(made) <= most:
            break
    return made


def from_jpeg(data: bytes) -> QtGui.QImage:
    """The picture of as_jpeg; a null image when `data` is none."""
    return QtGui.QImage.fromData(data, "JPEG")
