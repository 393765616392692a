"""Which language Krita speaks, so that the plugin speaks the same."""

from __future__ import annotations

from .qt import QtCore
from .texts import use_language


def krita_language() -> str:
    """A locale name such as "de_DE": what was chosen in Krita's Settings > Switch Application Language, else the system's."""
    chosen = _chosen()
    if chosen:
        return chosen
    spoken = QtCore.QLocale().uiLanguages()
    return (spoken[0] if spoken else QtCore.QLocale().name()).replace("-", "_")


def _chosen() -> str:
    """Krita keeps that choice in a file of its own: [Language] krita=de:en."""
    places = QtCore.QStandardPaths.standardLocations(QtCore.QStandardPaths.GenericConfigLocation)
    for place in places:
        stored = QtCore.QSettings(f"{place}/klanguageoverridesrc", QtCore.QSettings.IniFormat).value("Language/krita")
        # KDE stores it as a byte array; QSettings hands those out as such.
        text = bytes(stored).decode() if isinstance(stored, QtCore.QByteArray) else str(stored or "")
        if text:
            return text.split(":", 1)[0]
    return ""


def speak() -> None:
    """Make `tr` speak Krita's language."""
    use_language(krita_language())
