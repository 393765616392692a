"""What can be done by a key: named actions that Krita's own shortcut editor lists, in Tools > Scripts too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import host
from .docker import IeaDocker, find_docker
from .qt import QtCore, QtGui, QtWidgets
from .texts import tr


@dataclass(frozen=True, slots=True)
class Named:
    """`name` is what iea_krita.action and a person's shortcuts know it by. `on_release`: it lasts while the key is held."""

    name: str
    text: str
    do: Callable[[IeaDocker], None]
    on_release: Callable[[IeaDocker], None] | None = None


def _write(docker: IeaDocker) -> None:
    docker.show()
    docker.raise_()
    docker.panel.composer.field.setFocus(QtCore.Qt.ShortcutFocusReason)


def named_actions() -> list[Named]:
    return [
        Named("iea_write", tr("IEA: Write a request"), _write),
        Named("iea_auto", tr("IEA: Let the picture decide"), lambda docker: docker.submit("")),
        Named("iea_variations", tr("IEA: Pictures to pick from"), lambda docker: docker.panel.ask_variations()),
        Named("iea_stop", tr("IEA: Stop the agent"), lambda docker: docker.controller.stop()),
        Named("iea_retry", tr("IEA: Ask the last request again"), lambda docker: docker.controller.retry()),
        Named(
            "iea_before", tr("IEA: Show the picture before, while held"), lambda docker: docker.panel.steps.hold_before(),
            lambda docker: docker.panel.steps.let_go(),
        ),
        Named("iea_switch", tr("IEA: Switch all steps off or on"), lambda docker: docker.panel.steps.switch_all()),
        Named("iea_flat_document", tr("IEA: Flatten to a new document"), lambda d: d.controller.editor.flatten_to_document()),
        Named("iea_flat_layer", tr("IEA: Flatten to a new layer"), lambda d: d.controller.editor.flatten_to_layer()),
        Named("iea_settings", tr("IEA: Settings"), lambda docker: docker.panel.show_settings()),
    ]


def create_actions(window: object) -> None:
    """Add them to a libkis Window. Their default keys stand in iea_krita.action."""
    for named in named_actions():
        action = window.createAction(named.name, named.text, "tools/scripts")  # type: ignore[attr-defined]
        action.setText(named.text)
        action.triggered.connect(_for(named))


def _for(named: Named) -> Callable[[], None]:
    # A closure must not hold the action or the window: Python would collect it together with their wrappers.
    def triggered() -> None:
        # The window in front: the one that Krita hands to createActions has lost its Qt window by now.
        docker = find_docker(host.Krita.instance().activeWindow())
        if docker is None:
            return
        named.do(docker)
        if named.on_release is not None:
            _Release(docker, host.Krita.instance().action(named.name).shortcut(), named.on_release)

    return triggered


class _Release(QtCore.QObject):
    """Calls once, when the last key of a shortcut is let go; at once when the action came from a menu."""

    def __init__(self, docker: IeaDocker, keys: QtGui.QKeySequence, call: Callable[[IeaDocker], None]) -> None:
        super().__init__(docker)
        self._docker, self._call = docker, call
        pressed = QtWidgets.QApplication.mouseButtons() != QtCore.Qt.NoButton or keys.isEmpty()
        self._key = int(keys[keys.count() - 1]) & ~int(QtCore.Qt.KeyboardModifierMask) if not keys.isEmpty() else 0
        if pressed:  # a menu has no key to be let go: show it for a moment that is long enough to compare
            QtCore.QTimer.singleShot(1500, self._end)
        else:
            QtWidgets.QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        released = event.type() == QtCore.QEvent.KeyRelease and not event.isAutoRepeat() and event.key() == self._key
        if released or event.type() == QtCore.QEvent.ApplicationDeactivate:
            QtWidgets.QApplication.instance().removeEventFilter(self)
            self._end()
        return False

    def _end(self) -> None:
        self._call(self._docker)
        self.deleteLater()
