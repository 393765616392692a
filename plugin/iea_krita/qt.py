"""The only module that imports Qt: PyQt5, as Krita 5 brings it. A Krita with PyQt6 needs a change here alone."""

from typing import Any

import PyQt5.QtCore as QtCore
import PyQt5.QtGui as QtGui
import PyQt5.QtWidgets as QtWidgets
from PyQt5 import sip

Signal = QtCore.pyqtSignal

__all__ = ["QtCore", "QtGui", "QtWidgets", "Signal", "owned", "raw_data"]


def raw_data(index: QtCore.QModelIndex, role: int) -> Any:
    """A model's data as a QVariant, which can be given back to the model even where Python has no such type."""
    converts = sip.enableautoconversion(QtCore.QVariant, False)
    try:
        return index.data(role)
    finally:
        sip.enableautoconversion(QtCore.QVariant, converts)


def owned(wrapper: Any) -> None:
    """Let Python free the C++ object behind a wrapper together with it, as it does with what it made itself."""
    sip.transferback(wrapper)
