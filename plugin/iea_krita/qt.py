"""The only module that imports Qt: PyQt5 as Krita 5 brings it, PyQt6 for Krita 6."""

try:
    from PyQt5 import QtCore, QtGui, QtWidgets
    from PyQt5.QtCore import pyqtSignal as Signal
    from PyQt5.QtCore import pyqtSlot as Slot
except ImportError:
    from PyQt6 import QtCore, QtGui, QtWidgets
    from PyQt6.QtCore import pyqtSignal as Signal
    from PyQt6.QtCore import pyqtSlot as Slot

__all__ = ["QtCore", "QtGui", "QtWidgets", "Signal", "Slot"]
