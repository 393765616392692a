"""Settings, named actions and the diagnostics report in a real Krita."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

ACTIONS = (
    "iea_write", "iea_auto", "iea_variations", "iea_stop", "iea_retry", "iea_before", "iea_switch", "iea_flat_document",
    "iea_flat_layer", "iea_settings",
)


@pytest.fixture
def dialog(krita: RealKrita) -> Iterator[RealKrita]:
    """Krita with the settings open; afterwards they are as they were."""
    krita.run("QTest.mouseClick(part('settings'), Qt.LeftButton)")
    krita.wait_until("find('iea_settings') is not None and find('iea_settings').isVisible()")
    yield krita
    krita.run("""
        from iea_krita.settings import settings
        from iea_krita.scope import Scope
        settings().model_folder, settings().sent_side, settings().scope = '', 512, Scope.PICTURE
        D.controller.set_scope(Scope.PICTURE)
        if find('iea_settings') is not None: find('iea_settings').close()
    """)
    krita.wait_until("D.controller.backend.state.value == 'ready'", 60)


def test_every_action_has_a_name_and_a_place_in_kritas_shortcut_editor(dialog: RealKrita) -> None:
    assert dialog.run("[K.action(name).text() for name in names]", names=ACTIONS)[0] == "IEA: Write a request"
    assert dialog.run("K.action('iea_write').shortcut().toString()") == "Ctrl+Alt+W"
    dialog.run("QtCore.QTimer.singleShot(0, lambda: QTest.mouseClick(find('open_shortcuts'), Qt.LeftButton))")
    found = dialog.wait_until("""[
        item.text(0) for tree in QtWidgets.QApplication.activeModalWidget().findChildren(QtWidgets.QTreeWidget)
        for item in tree.findItems('IEA:', Qt.MatchStartsWith | Qt.MatchRecursive)
    ] if QtWidgets.QApplication.activeModalWidget() else []""", 30)
    assert len(found) == len(ACTIONS)
    dialog.run("QtWidgets.QApplication.activeModalWidget().reject()")


def test_the_write_key_brings_the_cursor_to_the_composer(krita: RealKrita) -> None:
    krita.run("D.hide(); window().activateWindow(); K.action('iea_write').trigger()")
    krita.wait_until("D.isVisible() and part('composer').hasFocus()")


def test_a_key_shows_the_picture_before_for_as_long_as_it_is_held(krita: RealKrita) -> None:
    plain = krita.run("mean()")
    ask(krita, "set exposure 60")
    edited = krita.run("mean()")
    krita.run("""
        K.action('iea_before').setShortcut(QtGui.QKeySequence('Ctrl+Alt+B'))
        window().activateWindow()
        K.action('iea_before').trigger()
    """)
    krita.wait_until("idle() and mean() == plain", plain=plain)
    krita.run("""
        def key(kind, repeated):
            QtWidgets.QApplication.sendEvent(window(), QtGui.QKeyEvent(kind, Qt.Key_B, Qt.NoModifier, '', repeated))
        key(QtCore.QEvent.KeyRelease, True)
    """)
    assert krita.run("D.panel.steps._held") is True, "a repeated key is still held"
    krita.run("key(QtCore.QEvent.KeyRelease, False); K.action('iea_before').setShortcut(QtGui.QKeySequence())")
    krita.wait_until("idle() and mean() == edited", edited=edited)


def _last(asked: list[dict[str, Any]]) -> dict[str, Any]:
    return [entry for entry in asked if "side" in entry][-1]


def test_the_size_of_the_sent_copy_is_a_choice(dialog: RealKrita, asked: Callable[[], list[dict[str, Any]]]) -> None:
    assert ask(dialog, "too dark")[0] == "finished"
    assert _last(asked())["side"] == 480, "a small photo is sent as it is"
    dialog.run("box = find('sent_side'); box.setCurrentIndex(0); box.activated.emit(0)")
    dialog.run("close_all(); open_photo(photo)")
    dialog.wait_until("idle() and values() == {}")
    ask(dialog, "too dark")
    assert _last(asked())["side"] == 256
    assert dialog.run("K.readSetting('iea_krita', 'sent_side', '')") == "256"


def test_the_scope_chosen_here_is_the_one_that_requests_start_with(dialog: RealKrita) -> None:
    dialog.run("box = find('scope_default'); box.setCurrentIndex(1); box.activated.emit(1)")
    assert dialog.run("D.controller.scope.value") == "layer"
    assert dialog.run("""
        from iea_krita.controller import Controller
        other = Controller(D.controller.backend); found = other.scope.value; other.watcher.stop(); other.deleteLater(); found
    """) == "layer"


def test_another_model_folder_restarts_the_agent_and_a_wrong_one_does_not(dialog: RealKrita, tmp_path: Path) -> None:
    pid = dialog.run("D.controller.backend.pid")
    dialog.run("find('model_folder').setText(path); find('model_folder').editingFinished.emit()", path=str(tmp_path / "none"))
    assert "no model folder" in dialog.run("find('model_state').text()")
    assert dialog.run("D.controller.backend.pid") == pid
    model = tmp_path / "my own model"
    model.mkdir()
    (model / "config.json").write_text("{}", encoding="utf-8")
    dialog.run("find('model_folder').setText(path); find('model_folder').editingFinished.emit()", path=str(model))
    dialog.wait_until("D.controller.backend.state.value == 'ready' and D.controller.backend.model == 'my own model'", 60)
    assert dialog.run("find('model_state').text()") == "In use: my own model"
    assert ask(dialog, "too dark")[0] == "finished"


def test_a_model_that_cannot_be_loaded_is_told_in_a_sentence_with_a_button(dialog: RealKrita, tmp_path: Path) -> None:
    """The folder goes after it was chosen, as on a stick that was pulled out."""
    model = tmp_path / "gone"
    model.mkdir()
    (model / "config.json").write_text("{}", encoding="utf-8")
    dialog.run("from iea_krita.settings import settings; settings().model_folder = path", path=str(model))
    dialog.wait_until("D.controller.backend.model == 'gone'", 60)
    (model / "config.json").unlink()
    dialog.run("D.controller.restart_backend()")
    dialog.wait_until("D.controller.backend.state.value == 'failed'", 60)
    assert "is not a model folder" in dialog.run("part('status').text()").replace("\u200b", "")
    assert dialog.run("part('status_action').text()") == "Restart"


def test_diagnostics_tell_versions_and_states_and_nothing_private(dialog: RealKrita) -> None:
    ask(dialog, "set exposure 33 for my secret holiday")
    dialog.run("find('iea_settings').tabs.setCurrentIndex(1)")
    dialog.wait_until("find('copy_diagnostics').isEnabled()", 120)
    dialog.run("QTest.mouseClick(find('copy_diagnostics'), Qt.LeftButton)")
    text = dialog.run("QtWidgets.QApplication.clipboard().text()")
    for needed in ("Krita: 5.", "480 x 320, RGBA U8", "1 turns", "Agent: ready", "The agent's own findings:"):
        assert needed in text
    home = dialog.run("str(__import__('pathlib').Path.home())")
    for private in ("secret", "holiday", "dark photo", home, str(Path.home()), f" {getpass.getuser()} "):
        assert private not in text
