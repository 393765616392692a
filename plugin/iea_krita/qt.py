"""The only module that imports Qt: PyQt5, as Krita 5 brings it. A Krita with PyQt6 needs a change here alone."""

import PyQt5.QtCore as QtCore
import PyQt5.QtGui as QtGui
import PyQt5.QtWidgets as QtWidgets

Signal = QtCore.pyqtSignal

__all__ = ["QtCore", "QtGui", "QtWidgets", "Signal"]
