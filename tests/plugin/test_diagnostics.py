"""The diagnostics report: what is in it, and above all what is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from plugin.iea_krita.diagnostics import doctor, end_of_log, private_words, report, without
from plugin.iea_krita.paths import Installed


def test_folders_and_names_are_replaced_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    monkeypatch.setenv("USER", "alice")
    words = private_words(Installed(Path("/opt/py/bin/python"), Path("/home/alice/IEA")), "/media/alice/models/mine")
    log = "alice: /home/alice/IEA/x.py and /opt/py/bin/python, /home/alice/photos, /media/alice/models/mine; malice stays"
    text = report({"Plugin": "1.0 of alice"}, "ok Model: fine", log, private=words)
    assert "/home/alice" not in text
    assert "/media" not in text
    assert "USER: PROJECT/x.py and PYTHON, ~/photos, MODEL FOLDER; malice stays" in text
    assert "Plugin: 1.0 of USER" in text


def test_empty_words_replace_nothing() -> None:
    assert without("as it is", {"": "X", "a": "Y"}) == "as it is"


def test_the_doctor_is_asked_and_its_silence_is_told(tmp_path: Path) -> None:
    assert doctor(None) == "The agent is not installed."
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "__init__.py").write_text("")
    finding = {"what": "Model", "ok": False, "told": "it is old.", "todo": "Get another."}
    main = tmp_path / "backend" / "__main__.py"
    main.write_text(f"print({json.dumps(json.dumps({'ok': False, 'findings': [finding]}))})")
    installed = Installed(Path(sys.executable), tmp_path)
    assert doctor(installed) == "WRONG Model: it is old. Get another."
    main.write_text("raise SystemExit('no')")
    assert "did not answer" in doctor(installed)


def test_the_end_of_the_log_is_short_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    log = tmp_path / "backend.log"
    assert end_of_log(log) == ""
    log.write_text("".join(f"line {i}\n\n" for i in range(100)))
    assert end_of_log(log).splitlines() == [f"line {i}" for i in range(85, 100)]
