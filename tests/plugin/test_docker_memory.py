"""The document remembers: Save As, copies, a crash, changes by hand meanwhile; seen in a real Krita each time."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.plugin.asking import ask
from tests.plugin.conftest import HELPERS
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

FRONT = "area = window().findChild(QtWidgets.QMdiArea); area.setActiveSubWindow(area.subWindowList()[{place}])"


def test_after_save_as_the_conversation_goes_on_and_the_first_file_stays_as_it_was(krita: RealKrita, tmp_path: Path) -> None:
    first, second = tmp_path / "first.kra", tmp_path / "second.kra"
    save = "document = K.activeDocument(); document.setBatchmode(True); document.saveAs(path)"
    ask(krita, "too dark")
    krita.run(save, path=str(first))
    krita.run(save, path=str(second))
    ask(krita, "more")
    krita.run("document = K.activeDocument(); document.save(); close_all()")
    krita.wait_until("D.controller.desk is None")
    for path, turns, value in ((first, ["too dark"], 10), (second, ["too dark", "more"], 11)):
        krita.run("open_photo(path)", path=str(path))
        krita.wait_until("idle() and values() == wanted", wanted={"exposure": value})
        assert krita.run("[t.request for t in D.turns]") == turns
        assert krita.run("D.controller.status.kind") == "ready"
        krita.run("close_all()")
        krita.wait_until("D.controller.desk is None")


def test_the_pictures_of_the_last_turns_come_back_with_the_document(krita: RealKrita, tmp_path: Path) -> None:
    ask(krita, "set exposure 30")
    krita.wait_until("D.controller.desk.log[-1].kept is not None", 60)
    ask(krita, "set exposure 60")
    krita.wait_until("D.controller.desk.log[-1].kept is not None and idle()", 60)
    kept = krita.run("[list(map(len, entry.kept)) for entry in D.controller.desk.log]")
    assert all(500 < size <= 6144 for pair in kept for size in pair)
    path = str(tmp_path / "pictures.kra")
    krita.run("document = K.activeDocument(); document.setBatchmode(True); document.saveAs(path); close_all()", path=path)
    krita.wait_until("D.controller.desk is None")
    krita.run("open_photo(path)", path=path)
    krita.wait_until("idle() and values() == {'exposure': 60}")
    krita.wait_until("getattr(D.panel.chat._turns[-1].widget, '_pair', None) is not None")  # rows out of sight have no widget
    shown = krita.run("""
        pairs = [row.widget._pair for row in D.panel.chat._turns if row.widget is not None]
        [[image.width(), image.pixelColor(100, 100).lightness()] for pair in pairs for image in pair._images]
    """)
    assert [width for width, _ in shown] in ([240] * 2, [240] * 4)
    lightness = [light for _, light in shown]
    assert lightness[-2] < lightness[-1]
    if len(shown) == 4:
        assert lightness[0] == lightness[2] < lightness[1] < lightness[3]


def test_undo_after_save_as_and_reopening_leave_docker_and_layers_agreeing(krita: RealKrita, tmp_path: Path) -> None:
    ask(krita, "too dark")
    ask(krita, "more")
    krita.run("document = K.activeDocument(); document.setBatchmode(True); document.saveAs(path)", path=str(tmp_path / "a.kra"))
    krita.wait_until("pressed('undo')")
    krita.wait_until("idle() and values() == {'exposure': 10} and len(D.turns) == 1")
    krita.run("K.activeDocument().save(); close_all()")
    krita.wait_until("D.controller.desk is None")
    krita.run("open_photo(path)", path=str(tmp_path / "a.kra"))
    krita.wait_until("idle() and values() == {'exposure': 10} and layers()[0][0] == 'Exposure +10'")
    assert krita.run("[t.request for t in D.turns]") == ["too dark"]


def test_a_file_opened_twice_is_two_conversations(krita: RealKrita, tmp_path: Path) -> None:
    ask(krita, "too dark")
    path = tmp_path / "twice.kra"
    krita.run("document = K.activeDocument(); document.setBatchmode(True); document.saveAs(path); close_all()", path=str(path))
    copy = tmp_path / "copied in the file manager.kra"
    shutil.copy(path, copy)
    krita.run("open_photo(path); open_photo(copy)", path=str(path), copy=str(copy))
    krita.wait_until("idle() and values() == {'exposure': 10}")
    ask(krita, "set exposure 60")
    krita.run(FRONT.format(place=0))
    krita.wait_until("idle() and values() == {'exposure': 10} and layers()[0][0] == 'Exposure +10'")
    assert krita.run("[t.request for t in D.turns]") == ["too dark"]
    krita.run(FRONT.format(place=1))
    krita.wait_until("idle() and values() == {'exposure': 60}")
    assert krita.run("[t.request for t in D.turns]") == ["too dark", "set exposure 60"]


def test_what_was_removed_hidden_or_renamed_without_us_is_noticed(krita: RealKrita, tmp_path: Path) -> None:
    """As in a Krita without the plugin: the layers are changed while the stored conversation stays as it was."""
    ask(krita, "set exposure 30, contrast 20, temperature 40")
    krita.run("""
        document = K.activeDocument()
        kept = bytes(document.annotation('iea_krita/session'))
        group = document.rootNode().childNodes()[-1]
        exposure, contrast, temperature = group.childNodes()
        contrast.setVisible(False); temperature.setName('my own warmth'); exposure.remove()
    """)
    krita.wait_until("idle() and list(values()) == ['contrast', 'temperature']")
    path = tmp_path / "by hand.kra"
    krita.run("""
        document.setAnnotation('iea_krita/session', 'conversation', QtCore.QByteArray(kept))
        document.setBatchmode(True); document.saveAs(path); close_all()
    """, path=str(path))
    krita.wait_until("D.controller.desk is None")
    krita.run("open_photo(path)", path=str(path))
    krita.wait_until("idle() and values() == {'contrast': 20, 'temperature': 40}")
    assert krita.run("D.controller.status.kind") == "noticed"
    assert krita.run("part('status').text()") == "Removed in Krita since the last time: Exposure."
    assert krita.run("[s.visible for s in D.controller.desk.session.steps]") == [False, True]
    ask(krita, "set contrast 20, temperature 10")
    assert [layer[0] for layer in krita.run("layers()")] == ["Contrast +20", "my own warmth"]


def test_after_a_crash_the_recovered_document_has_its_conversation_and_steps(
    stand_in_project: Path, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "unsaved photo.png"
    shutil.copy(photo, path)
    use = "use_agent(python, project)"
    with RealKrita(files=[path], kritarc="AutoSaveInterval=2\n", home=tmp_path / "home") as krita:
        krita.run(HELPERS)
        krita.run(use, python=sys.executable, project=str(stand_in_project))
        krita.wait_until("D.controller.backend.state.value == 'ready' and D.controller.desk is not None", 60)
        ask(krita, "too dark")
        krita.run("part('value_exposure').setValue(35)")
        # The pictures are kept last: a change after that would have Krita write the file again while it is killed.
        krita.wait_until("idle() and values() == {'exposure': 35} and D.controller.desk.log[-1].kept is not None", 60)
        # Krita writes it beside the photo, some seconds after a change; perhaps once between the value and the layer's name.
        krita.run("""
            import zipfile
            def autosaved():
                found = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith('-autosave.kra')]
                try:
                    files = zipfile.ZipFile(found[0])
                    told = b''.join(files.read(name) for name in files.namelist() if 'annotation' in name)
                    return b'"value":35' in told and b'Exposure +35' in files.read('maindoc.xml')
                except (IndexError, KeyError, OSError, zipfile.BadZipFile):
                    return False
        """, folder=str(tmp_path))
        krita.wait_until("autosaved()", 90)
        krita.kill()
        krita.close()
    with RealKrita(home=tmp_path / "home") as krita:
        krita.run(HELPERS)
        krita.run(use, python=sys.executable, project=str(stand_in_project))
        krita.run("QtCore.QTimer.singleShot(0, lambda: open_photo(path))", path=str(path))
        krita.wait_until("QtWidgets.QApplication.activeModalWidget() is not None", 60)
        krita.run("""
            dialog = QtWidgets.QApplication.activeModalWidget()
            dialog.findChild(QtWidgets.QRadioButton, 'rbOpenAutosave').setChecked(True)
            QTest.mouseClick(dialog.findChild(QtWidgets.QPushButton, 'btOk'), Qt.LeftButton)
        """)
        krita.wait_until("idle() and values() == {'exposure': 35} and layers() == [['Exposure +35', 'filterlayer', True]]", 30)
        assert krita.run("[t.request for t in D.turns]") == ["too dark"]
        assert krita.run("D.controller.desk.session.steps[0].suggested") == 10
        krita.wait_until("D.controller.backend.state.value == 'ready'", 60)
        ask(krita, "more")
        assert krita.run("values()") == {"exposure": 36}
        krita.wait_until("idle() and D.controller.desk.log[-1].kept is not None", 60)  # closing before that has hung once
