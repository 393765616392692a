"""What a person has chosen for all documents, kept with Krita's own settings (kritarc, group "iea_krita")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from . import host
from .qt import QtCore, Signal
from .scope import Scope, scope_of
from .worker import SENT_SIDE

GROUP = "iea_krita"
SIDES = (256, 512, 768, 1024)  # px, on the long side of a picture that goes to the agent

T = TypeVar("T")


class Setting(Generic[T]):
    """One value of Settings: read once, written at each change, told by `changed` with its name."""

    def __init__(self, default: T, read: Callable[[str], T], write: Callable[[T], str] = str) -> None:
        self._default, self._read, self._write = default, read, write
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, settings: Settings, owner: type | None = None) -> T:
        if self._name not in settings.known:
            stored = host.Krita.instance().readSetting(GROUP, self._name, "")
            try:
                settings.known[self._name] = self._read(stored) if stored else self._default
            except ValueError:  # edited by hand
                settings.known[self._name] = self._default
        return settings.known[self._name]  # type: ignore[return-value]

    def __set__(self, settings: Settings, value: T) -> None:
        if value != self.__get__(settings):
            settings.known[self._name] = value
            host.Krita.instance().writeSetting(GROUP, self._name, self._write(value))
            settings.changed.emit(self._name)


def _side(text: str) -> int:
    value = int(text)
    if value not in SIDES:
        raise ValueError(text)
    return value


class Settings(QtCore.QObject):
    """model_folder: "" for the model that came with the project. scope: of requests in a newly opened Krita. sent_side: px."""

    changed = Signal(str)

    model_folder = Setting("", str)
    scope = Setting(Scope.PICTURE, scope_of, lambda scope: scope.value)
    sent_side = Setting(SENT_SIDE, _side)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.known: dict[str, object] = {}


_settings: Settings | None = None


def settings() -> Settings:
    """The one Settings of this Krita."""
    global _settings
    if _settings is None:
        _settings = Settings(QtCore.QCoreApplication.instance())
    return _settings
