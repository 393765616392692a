"""Krita is found wherever people have it, with the folders that it then uses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installer.krita import find_krita


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="programs are marked as such by file modes of POSIX")
class TestOnLinux:
    def test_the_one_on_the_path_is_taken(self, on_linux: None, tmp_path: Path):
        krita = program(tmp_path / "bin/krita")
        found = find_krita({"HOME": str(tmp_path), "PATH": str(tmp_path / "bin")})
        assert found is not None
        assert found.command == (str(krita),)
        assert found.pykrita == tmp_path / ".local/share/krita/pykrita"
        assert found.config == tmp_path / ".config/kritarc"

    def test_the_newest_appimage_of_the_usual_places_is_taken(self, on_linux: None, tmp_path: Path):
        program(tmp_path / "Downloads/krita-5.2.2-x86_64.appimage")
        newest = program(tmp_path / "Downloads/krita-5.2.9-x86_64.AppImage")
        found = find_krita({"HOME": str(tmp_path), "PATH": ""})
        assert found is not None
        assert (found.kind, found.command) == ("appimage", (str(newest),))

    def test_an_appimage_that_may_not_be_run_is_none(self, on_linux: None, tmp_path: Path):
        program(tmp_path / "Downloads/krita-5.2.9.appimage").chmod(0o644)
        assert find_krita({"HOME": str(tmp_path), "PATH": ""}) is None

    def test_a_named_program_goes_first(self, on_linux: None, tmp_path: Path):
        program(tmp_path / "bin/krita")
        found = find_krita({"HOME": str(tmp_path), "PATH": str(tmp_path / "bin"), "IEA_KRITA": "/opt/mine/krita"})
        assert found is not None
        assert found.command == ("/opt/mine/krita",)


def test_on_windows_it_is_found_below_program_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")
    krita = program(tmp_path / "Program Files/Krita (x64)/bin/krita.exe")
    env = {"USERPROFILE": str(tmp_path), "APPDATA": str(tmp_path / "R"), "LOCALAPPDATA": str(tmp_path / "L")}
    found = find_krita(env | {"ProgramFiles": str(tmp_path / "Program Files"), "PATH": ""})
    assert found is not None
    assert found.command == (str(krita),)
    assert found.pykrita == tmp_path / "R/krita/pykrita"
    assert found.config == tmp_path / "L/kritarc"


def test_on_a_mac_it_is_found_among_the_applications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    krita = program(tmp_path / "Applications/krita.app/Contents/MacOS/krita")
    found = find_krita({"HOME": str(tmp_path), "PATH": ""})
    assert found is not None
    if Path("/Applications/krita.app").exists():
        pytest.skip("this Mac has a Krita of its own")
    assert found.command == (str(krita),)
    assert found.pykrita == tmp_path / "Library/Application Support/krita/pykrita"
