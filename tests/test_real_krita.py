"""The harness itself: errors come back as errors, waits are bounded, a dead or stuck Krita is told as what it is."""

from __future__ import annotations

import pytest

from tests.real_krita import KritaDied, KritaError, KritaTimeout, RealKrita, have_krita, run_offscreen

pytestmark = [pytest.mark.krita, pytest.mark.skipif(not have_krita(), reason="needs krita, kritarunner and Xvfb")]


@pytest.fixture(scope="module")
def bare():
    """A Krita without our plugin."""
    with RealKrita(plugin=False) as krita:
        yield krita


def test_values_names_and_bytes_come_back(bare: RealKrita):
    assert bare.run("x = y + 1\nx", y=4) == 5
    assert bare.run("[x, b'ab', None]") == [5, b"ab", None]


def test_an_exception_inside_krita_is_an_exception_here(bare: RealKrita):
    with pytest.raises(KritaError, match="division by zero") as caught:
        bare.run("1 / 0")
    assert caught.value.kind == "ZeroDivisionError"


def test_a_wait_ends_in_time_and_names_the_open_dialog(bare: RealKrita):
    bare.run("QtCore.QTimer.singleShot(0, lambda: QtWidgets.QMessageBox.information(None, 'Title', 'hello'))")
    bare.wait_until("bridge.dialogs()", 5)
    with pytest.raises(KritaTimeout, match="hello"):
        bare.wait_until("False", 0.1)
    bare.run("QtWidgets.QApplication.activeModalWidget().accept()")
    assert bare.dialogs() == []


def test_a_wait_that_ends_without_success_says_what_each_part_was(bare: RealKrita):
    bare.run("a = {'exposure': 60}")
    with pytest.raises(KritaTimeout, match=r"\na: \{'exposure': 60\}\nlen\(a\): 1\nunknown: raises NameError"):
        bare.wait_until("a == {} and len(a) == 3 and unknown", 0.1)


def test_an_uncaught_error_in_a_slot_is_kept_and_shows_no_dialog(bare: RealKrita):
    bare.run("QtCore.QTimer.singleShot(0, lambda: {}['gone'])")
    bare.wait_until("bridge.script_errors", 5)
    assert "KeyError" in bare.script_errors()[0]
    assert bare.script_errors() == []


def test_a_busy_gui_thread_is_a_timeout_with_its_stack_and_krita_lives_on(bare: RealKrita):
    with pytest.raises(KritaTimeout, match="<test>"):
        bare.run("end = time.monotonic() + 2.0\nwhile time.monotonic() < end: pass", timeout=0.3)
    assert bare.run("1 + 1") == 2


def test_the_screenshot_shows_the_display(bare: RealKrita, tmp_path):
    shot = bare.screenshot(tmp_path / "shot.png")
    assert shot.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert shot.stat().st_size > 10_000


def test_quit_is_clean_and_the_same_home_starts_again(bare: RealKrita):
    bare.run("K.createDocument(8, 8, 'x', 'RGBA', 'U8', '', 300.0)")
    assert bare.quit() == 0
    bare.start()
    assert bare.run("len(K.documents())") == 0


def test_a_dead_krita_is_told_as_dead():
    with RealKrita(plugin=False) as krita:
        with pytest.raises(KritaDied, match="exit code 3"):
            krita.run("os._exit(3)")
        assert not krita.alive


def test_offscreen_code_runs_without_a_display_and_its_errors_come_back():
    assert run_offscreen("d = K.createDocument(9, 8, 'x', 'RGBA', 'U8', '', 300.0)\n[d.width(), b'ab']") == [9, b"ab"]
    with pytest.raises(KritaError, match="no such"):
        run_offscreen("raise RuntimeError('no such thing')")
