"""Where the plugin looks for the agent, and what its child processes inherit."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from plugin.iea_krita.paths import clean_environment, read_installed
from plugin.iea_krita.texts import tr


def test_what_the_installer_wrote_is_read(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    data = {"python": sys.executable, "project": str(tmp_path), "version": "1"}
    (tmp_path / "installed.json").write_text(json.dumps(data))
    installed = read_installed(tmp_path)
    assert installed is not None
    assert installed.project == tmp_path


@pytest.mark.parametrize("text", ["", "{}", '{"python": "/nowhere/python", "project": "/nowhere"}', "[1]"])
def test_a_missing_or_broken_installation_is_none(tmp_path: Path, text: str) -> None:
    assert read_installed(tmp_path) is None
    (tmp_path / "installed.json").write_text(text)
    assert read_installed(tmp_path) is None


def test_krita_own_paths_do_not_reach_the_backend() -> None:
    kritas = {"PYTHONPATH": "x", "PYTHONHOME": "x", "LD_LIBRARY_PATH": "x", "QT_PLUGIN_PATH": "x", "HOME": "h", "PATH": "p"}
    assert clean_environment(kritas) == {"HOME": "h", "PATH": "p"}


def test_texts_without_a_translation_stay_english_and_take_their_fields() -> None:
    assert tr("You said: {text}", text="{x}") == "You said: {x}"
