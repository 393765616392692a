"""Facts about this Krita, this plugin and what is open, for the diagnostics report. GUI thread only."""

from __future__ import annotations

import platform

from . import host
from .controller import Controller
from .document import DocumentGone
from .language import krita_language
from .paths import read_installed
from .qt import QtCore, QtGui, QtWidgets
from .settings import settings


def plugin_facts(controller: Controller) -> dict[str, object]:
    """Name and value of each fact, nothing private among them: of documents their kind and size, of talk only its amount."""
    application = QtWidgets.QApplication.instance()
    installed = read_installed()
    backend, desk, chosen = controller.backend, controller.desk, settings()
    window = application.palette().color(QtGui.QPalette.Window)
    facts: dict[str, object] = {
        "Plugin": installed.version if installed else "without an installed agent",
        "Krita": host.Krita.instance().version(),
        "Qt": f"{QtCore.qVersion()}, {application.platformName()}",
        "Python in Krita": platform.python_version(),
        "System": platform.platform(),
        "Language": f"{krita_language()}, {'right to left' if application.isRightToLeft() else 'left to right'}",
        "Screen": f"scaled {application.devicePixelRatio():g}, {'dark' if window.lightness() < 128 else 'light'} theme",
        "Agent": f"{backend.state.value}, {backend.model or 'no model'}: {backend.message}",
        "Model folder": "chosen by the person" if chosen.model_folder else "the project's own",
        "Pictures sent": f"{chosen.sent_side} px",
        "Scope": controller.scope.value,
        "Style": "remembered" if controller.style.style.enabled else "off",
        "Status": controller.status.kind,
    }
    if desk is None:
        return facts | {"Document": "none"}
    try:
        kind = desk.photo.facts()
    except DocumentGone:
        return facts | {"Document": "just closed"}
    problems = sum(1 for entry in desk.log if entry.problem)
    return facts | {
        "Document": f"{kind.width} x {kind.height}, {kind.model} {kind.depth}, {kind.profile}",
        "Conversation": f"{len(desk.session.turns)} turns, {problems} problems, {len(desk.session.steps)} steps in force",
    }
