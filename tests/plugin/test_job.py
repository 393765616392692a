"""The autopilot's job file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plugin.iea_krita.job import BadJob, read_job, status_path, write_json


def test_a_job_is_read_with_sensible_defaults(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"photo": "a b.jpg", "request": "wärmer", "out_dir": str(tmp_path)}), "utf-8")
    job = read_job(file)
    assert (job.photo, job.request, job.name, job.screenshot, job.quit) == ("a b.jpg", "wärmer", "photo", True, True)
    assert job.path("-screen.png") == tmp_path / "photo-screen.png"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"out_dir": "x", "name": "../y"}', '{"out_dir": "x", "timeout": "soon"}'])
def test_a_bad_job_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "job.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BadJob, match="job"):
        read_job(file)


def test_a_missing_job_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob):
        read_job(tmp_path / "none.json")


def test_status_files_are_whole_and_leave_nothing_beside_them(tmp_path: Path) -> None:
    path = status_path(tmp_path / "job.json")
    write_json(path, {"state": "running"})
    write_json(path, {"state": "done", "message": "Saved."})
    assert json.loads(path.read_text("utf-8")) == {"state": "done", "message": "Saved."}
    assert [p.name for p in tmp_path.iterdir()] == ["job.json.status"]
