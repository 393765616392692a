"""`python3 -m installer run`: the photo is looked at first, the display is found or made, and every end is a sentence.

Krita's side is stood in for by a small program here, to have each way it can end; tests/test_main_job.py has the real one.
"""

from __future__ import annotations

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from installer.display import VirtualDisplay, has_display, png_of
from installer.krita import Krita
from installer.launch import krita_environment
from installer.photo import check_file, check_picture
from installer.project import SAMPLE
from installer.run import Job, start
from installer.say import Problem

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the virtual display is X11's")
PYTHON = Path(sys.executable)


# The photo


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("gone.jpg", None, "There is no photo"),
        ("empty.png", b"", "is empty"),
        ("notes.txt", b"hello", "not a kind of photo"),
        ("broken.kra", b"PK\x03\x04 no", "is broken, or is no Krita document"),
    ],
)
def test_a_photo_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, name: str, data: bytes | None, sentence: str):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(Problem, match=sentence) as caught:
        check_file(path)
    assert caught.value.code == 2


def test_a_folder_is_no_photo(tmp_path: Path):
    with pytest.raises(Problem, match="not a file"):
        check_file(tmp_path)


def test_a_cut_off_jpeg_is_found_before_krita_starts(tmp_path: Path):
    path = tmp_path / "cut off.jpg"
    path.write_bytes(SAMPLE.read_bytes()[:9000])
    with pytest.raises(Problem) as caught:
        check_picture(check_file(path), PYTHON)
    assert caught.value.code == 2
    assert "cut off.jpg" in str(caught.value)


def test_good_photos_pass_whatever_their_name(dark_cold_photo: Path, tmp_path: Path):
    check_picture(check_file(dark_cold_photo), PYTHON)
    document = tmp_path / "a.kra"
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("maindoc.xml", "<DOC/>")
    check_picture(check_file(document), PYTHON)


# The display


def test_a_display_is_one_of_x11_or_wayland(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert has_display({"DISPLAY": ":0"})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not has_display({"DISPLAY": ""})
    monkeypatch.setattr(sys, "platform", "win32")
    assert has_display({})


@LINUX
@pytest.mark.krita
def test_two_virtual_displays_get_two_numbers_and_leave_nothing():
    with VirtualDisplay(64, 48) as one, VirtualDisplay(64, 48) as two:
        assert one.name != two.name
        sockets = [Path("/tmp/.X11-unix/X" + display.name[1:]) for display in (one, two)]
        assert all(socket.exists() for socket in sockets)
    assert not any(socket.exists() for socket in sockets)


def test_a_screen_is_read_as_it_is_painted():
    """One row of a window dump by hand: a red and a blue pixel, four bytes each, low byte first, then padding."""
    import io
    import struct

    from PIL import Image

    fields = [0] * 25
    fields[0], fields[4], fields[5], fields[11], fields[12] = 100, 2, 1, 32, 12
    dump = struct.pack(">25I", *fields) + bytes([0, 0, 255, 0, 255, 0, 0, 0]) + bytes(4)
    with Image.open(io.BytesIO(png_of(dump))) as image:
        assert [image.getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]
    with pytest.raises(ValueError, match="another kind"):
        png_of(dump[:-9])


@LINUX
def test_krita_gets_a_private_runtime_folder_where_there_is_none():
    env = krita_environment({"HOME": "/nowhere", "PYTHONPATH": "x", "WAYLAND_DISPLAY": "w"}, "krita", display=":7")
    folder = Path(env["XDG_RUNTIME_DIR"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert env["DISPLAY"] == ":7"
    assert "PYTHONPATH" not in env
    assert "WAYLAND_DISPLAY" not in env
    assert krita_environment({"XDG_RUNTIME_DIR": str(folder)}, "krita")["XDG_RUNTIME_DIR"] == str(folder)


@LINUX
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, ("LC_CTYPE", "C.UTF-8")), ({"LANG": "C"}, ("LC_CTYPE", "C.UTF-8")), ({"LC_ALL": "POSIX"}, ("LC_ALL", "C.UTF-8")),
        ({"LANG": "de_DE.UTF-8"}, ("LC_CTYPE", "de_DE.UTF-8")), ({"LANG": "de_DE"}, ("LC_CTYPE", "C.UTF-8")),
    ],
)
def test_photos_may_have_any_name_whatever_the_language(before: dict[str, str], after: tuple[str, str]):
    name, value = after
    assert krita_environment(before, "krita")[name] == value


@LINUX
def test_a_virtual_environment_in_front_does_not_take_kritas_python_away():
    env = krita_environment({"PATH": "/somebody/.venv/bin:/usr/bin", "VIRTUAL_ENV": "/somebody/.venv"}, "/usr/bin/krita")
    assert env["PATH"].split(":")[0] == "/usr/bin"
    assert "VIRTUAL_ENV" not in env


# How it ends

STAND_IN = """
import json, os, pathlib, sys
job = json.loads(pathlib.Path(os.environ["IEA_KRITA_JOB"]).read_text("utf-8"))
status = pathlib.Path(os.environ["IEA_KRITA_JOB"] + ".status")
out = pathlib.Path(job["out_dir"])
def tell(**fields): status.write_text(json.dumps(fields), "utf-8")
def results():
    for end in (".kra", ".png", "-screen.png"): (out / (job["name"] + end)).write_bytes(b"x")
    (out / (job["name"] + ".json")).write_text('{"reason": "Warmer now."}')
"""


def job(tmp_path: Path, timeout: float = 20.0) -> Job:
    return Job(SAMPLE, "warmer", tmp_path / "out", False, timeout)


def stand_in(tmp_path: Path, ending: str) -> Krita:
    program = tmp_path / "program.py"
    program.write_text(STAND_IN + ending, encoding="utf-8")
    return Krita((sys.executable, str(program)), "program", tmp_path, tmp_path / "kritarc")


def test_the_results_are_named_and_the_reason_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    start(stand_in(tmp_path, "results(); tell(state='done', message='')"), job(tmp_path))
    told = capfd.readouterr().out
    assert "Warmer now." in told
    for end in (".kra", ".png", "-screen.png", ".json"):
        assert f"coffee-too-dark{end}" in told


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ("tell(state='failed', message='The photo is in CMYK.')", "The photo is in CMYK."),
        ("sys.exit(3)", r"Krita ended \(exit code 3\) before the work was done"),
        ("tell(state='done')", "is not in"),
        (
            "print('krita.scripting: \"ModuleNotFoundError: No module named x\"'); print('\"Could not import krita\"')",
            "own Python does not start: ModuleNotFoundError: No module named x",
        ),
    ],
)
def test_a_failure_is_one_sentence(tmp_path: Path, ending: str, sentence: str):
    with pytest.raises(Problem, match=sentence):
        start(stand_in(tmp_path, ending), job(tmp_path))


def test_a_krita_that_never_answers_is_given_up_in_time(tmp_path: Path):
    """The stand-in waits for a file that its test makes afterwards, so that it ends by itself."""
    go = tmp_path / "go"
    os.mkfifo(go)
    with pytest.raises(Problem, match="did not finish within 1 seconds"):
        start(stand_in(tmp_path, f"open({str(go)!r}).read()"), job(tmp_path, timeout=0.6))
    go.write_text("on")


def test_without_a_request_krita_is_only_opened(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    ending = "assert job['request'] is None; tell(state='done', message='')"
    start(stand_in(tmp_path, ending), replace(job(tmp_path), request=None))
    assert not (tmp_path / "out").exists()
    assert "Opening coffee-too-dark.jpg" in capfd.readouterr().out


def test_an_old_result_is_not_taken_for_the_new_one(tmp_path: Path):
    start(stand_in(tmp_path, "results(); tell(state='done')"), job(tmp_path))
    with pytest.raises(Problem, match="is not in"):
        start(stand_in(tmp_path, "tell(state='done')"), job(tmp_path))


def test_the_photo_names_the_results_also_with_signs_that_files_cannot_have():
    assert Job(Path("a:b?.jpg"), None, Path("out"), True, 1.0).name == "a_b_"
