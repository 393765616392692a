"""The command line as a person uses it: real processes with the shipped model, and every mistake a sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomllib
from PIL import Image

import backend
from backend import cli
from backend.desk import Batch, Desk
from backend.pictures import read_file
from tests.backend.servers import ROOT, SECONDS, picture
from tests.backend.stand_in import StandIn
from tool_mapping import reference
from tool_mapping.spec import ToolCall


def run(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=SECONDS,
        check=False, env=None if cwd == ROOT else {"PYTHONPATH": str(ROOT), "PATH": ""},
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo ü.png"
    path.write_bytes(picture(160, 120))
    return path


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    path = tmp_path / "steps.json"
    path.write_text(json.dumps([{"name": "exposure", "value": 40}, {"name": "temperature", "value": 20.4}]))
    return path


# apply: no agent


def test_apply_carries_out_given_steps_as_the_reference_renderer_does(photo: Path, steps: Path, tmp_path: Path) -> None:
    assert cli.main(["apply", str(photo), str(steps), "-o", str(tmp_path / "o.png")]) == 0
    expected = reference.render(read_file(photo).rgb, [ToolCall("exposure", 40), ToolCall("temperature", 20)])
    assert np.array_equal(read_file(tmp_path / "o.png").rgb, expected)


def test_apply_takes_the_printed_answer_of_retouch_as_well(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"reason": "x", "tool_calls": [{"name": "saturation", "value": -100}]}))
    assert cli.main(["apply", str(photo), str(tmp_path / "a.json"), "-o", str(tmp_path / "o.png")]) == 0
    rgb = read_file(tmp_path / "o.png").rgb.astype(int)
    assert (rgb.max(-1) - rgb.min(-1)).max() <= 1


def test_apply_writes_a_krita_document_without_krita(photo: Path, steps: Path, tmp_path: Path) -> None:
    assert cli.main(["apply", str(photo), str(steps), "-o", str(tmp_path / "o.kra")]) == 0
    with zipfile.ZipFile(tmp_path / "o.kra") as kra:
        assert kra.read("mimetype") == b"application/x-krita"
        assert kra.read("maindoc.xml").count(b'nodetype="adjustmentlayer"') == 2
        merged = np.asarray(Image.open(io.BytesIO(kra.read("mergedimage.png"))).convert("RGB"))
    expected = reference.render(read_file(photo).rgb, [ToolCall("exposure", 40), ToolCall("temperature", 20)])
    assert np.array_equal(merged, expected)


def test_transparency_survives_into_png_and_krita_documents(steps: Path, tmp_path: Path) -> None:
    rgba = np.full((20, 30, 4), 90, np.uint8)
    rgba[:, :15, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "p.png")
    for name in ("o.png", "o.kra"):
        assert cli.main(["apply", str(tmp_path / "p.png"), str(steps), "-o", str(tmp_path / name)]) == 0
    alpha = read_file(tmp_path / "o.png").alpha
    assert alpha is not None
    assert np.array_equal(alpha, rgba[..., 3])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "not JSON"), ("3", "written as a list"), ("{}", "written as a list"), ("[3]", "A step is written"),
     ('[{"name": "crop", "value": 3}]', "no tool called"), ('[{"name": "tint"}]', "needs a value"),
     ('[{"name": "tint", "value": "green"}]', "needs a number")],
)
def test_steps_that_cannot_be_carried_out_are_told_in_one_sentence(
    photo: Path, tmp_path: Path, content: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.json").write_text(content)
    assert cli.main(["apply", str(photo), str(tmp_path / "s.json"), "-o", str(tmp_path / "o.png")]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert not (tmp_path / "o.png").exists()


@pytest.mark.parametrize(
    ("image", "output", "sentence"),
    [("none.png", "o.png", "no file"), ("", "o.png", "is a folder"), ("text.jpg", "o.png", "not a picture"),
     ("cut.jpg", "o.png", "damaged"),
     ("photo ü.png", "o.gif", "must end in"), ("photo ü.png", "none/o.png", "no folder"), ("photo ü.png", "o", "must end in")],
)
def test_wrong_files_are_told_in_one_sentence(
    photo: Path, steps: Path, tmp_path: Path, image: str, output: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "cut.jpg").write_bytes(picture(kind="JPEG")[:400])
    assert cli.main(["apply", str(tmp_path / image), str(steps), "-o", str(tmp_path / output)]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["retouch"], ["retouch", "a.jpg"], ["batch", "a.jsonl"], ["serve", "--port", "x"]]
)
def test_wrong_usage_ends_with_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.main(arguments)
    assert leaving.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_version_is_the_projects() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert backend.__version__ == told
    assert run("--version").stdout.strip() == told


def test_without_its_dependencies_every_command_says_what_to_do(photo: Path) -> None:
    def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", "-m", "backend", *arguments]  # -S: without site-packages
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)

    for arguments in (["retouch", str(photo), "brighter"], ["serve"], ["summarize", str(photo), str(photo)]):
        done = bare(*arguments)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "is missing. Run: python3 -m installer install" in done.stderr
    done = bare("doctor")
    assert done.returncode == 1
    assert "WRONG Dependencies" in done.stdout


def test_without_a_model_retouch_says_what_to_do(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["retouch", str(photo), "brighter", "--model", str(tmp_path)]) == 1
    assert "not a model folder" in capsys.readouterr().err
    (tmp_path / "config.json").write_text("{}")
    assert cli.main(["retouch", str(photo), "brighter", "--model", str(tmp_path)]) == 1
    assert "could not be loaded" in capsys.readouterr().err


def test_a_refining_line_reaches_the_agent_with_the_last_turns_calls_in_force(photo: Path, tmp_path: Path) -> None:
    history = [
        {"request": "brighter", "tool_calls": [{"name": "exposure", "value": 30}]},
        {"request": "warmer", "tool_calls": [{"name": "exposure", "value": 25}, {"name": "temperature", "value": 12}]},
    ]
    batch = Batch(Desk(StandIn(tmp_path)), base=tmp_path)
    told = batch.line(0, json.dumps({"image": photo.name, "request": "less", "history": history}))
    asked = json.loads((tmp_path / "asked.jsonl").read_text())
    assert asked["in_force"] == [["exposure", 25], ["temperature", 12]]
    assert asked["earlier"] == ["brighter", "warmer"]
    assert asked["now_mean"] > read_file(photo).rgb.mean()
    assert told["tool_calls"] == [{"name": "exposure", "value": 26}, {"name": "temperature", "value": 12}]
    told = batch.line(1, json.dumps({"image": photo.name, "request": "break"}))
    assert told["error"]["kind"] == "failed"


# With the shipped model


def test_retouch_writes_the_picture_of_the_steps_it_prints(photo: Path, tmp_path: Path) -> None:
    done = run("retouch", photo, "it's far too dark", "-o", tmp_path / "o.png", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"image", "request", "reason", "tool_calls", "seconds", "rendered"} == set(told)
    assert told["reason"].strip()
    calls = [ToolCall(call["name"], call["value"]) for call in told["tool_calls"]]
    result = read_file(tmp_path / "o.png").rgb
    assert np.array_equal(result, reference.render(read_file(photo).rgb, calls))
    assert result.mean() > read_file(photo).rgb.mean() + 2


def test_retouch_in_words_needs_no_output_and_any_folder_will_do(photo: Path, tmp_path: Path) -> None:
    done = run("retouch", photo.name, "", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 2


def test_a_request_of_10_000_characters_is_refused_with_a_sentence(photo: Path) -> None:
    done = run("retouch", photo, "brighter " * 1200)
    assert (done.returncode, done.stdout) == (1, "")
    assert "at most 2000" in done.stderr


def test_summarize_says_one_sentence(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "after.png").write_bytes(picture(160, 120, level=150))
    done = run("summarize", photo, tmp_path / "after.png", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"].strip()


def test_batch_does_every_form_of_line_and_goes_on_after_bad_ones(photo: Path, tmp_path: Path) -> None:
    history = [{"request": "brighter", "tool_calls": [{"name": "exposure", "value": 30}]}]
    lines: list[Any] = [
        {"image": photo.name, "request": "warmer", "id": 7},
        {"image": str(photo), "request": "more contrast", "history": history},
        {"image": photo.name, "after": photo.name},
        "{not json", "[]", {}, {"image": photo.name}, {"image": "none.png", "request": "x"},
        {"image": photo.name, "request": 5},
        {"image": photo.name, "request": "x", "history": [{"request": "y"}]}, {"image": photo.name, "request": "x" * 2001},
        {"image": photo.name, "request": "x", "history": "y"}, {"image": photo.name, "request": ""},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", "utf-8")
    done = run("batch", source, "-o", tmp_path / "out.jsonl", "--render", tmp_path / "made" / "pictures", "--json")
    assert done.returncode == 0, done.stderr
    out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert len(out) == len(lines)
    assert json.loads(done.stdout) == {"lines": 13, "failed": 9, "output": str(tmp_path / "out.jsonl")}
    edits, bad = [out[0], out[1], out[12]], out[3:12]
    for given, told in zip((lines[0], lines[1], lines[12]), edits, strict=True):
        assert given.items() <= told.items()
        assert set(told) - set(given) == {"reason", "tool_calls", "seconds", "rendered"}
        calls = [ToolCall(call["name"], call["value"]) for call in told["tool_calls"]]
        assert np.array_equal(read_file(told["rendered"]).rgb, reference.render(read_file(photo).rgb, calls))
    assert set(out[2]) == {"image", "after", "summary", "seconds"}
    for told in bad:
        assert set(told["error"]) == {"kind", "message"}
        assert "tool_calls" not in told


def test_batch_ends_with_1_when_no_line_worked_or_the_input_is_not_there(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("nothing\n")
    done = run("batch", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
    assert done.returncode == 1
    assert "error" in (tmp_path / "out.jsonl").read_text()
    done = run("batch", tmp_path / "none.jsonl", "-o", tmp_path / "none-out.jsonl")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "none-out.jsonl").exists()


def test_the_doctor_finds_nothing_wrong_here_and_says_what_is_wrong_elsewhere(tmp_path: Path) -> None:
    done = run("doctor", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (0, True), done.stdout
    assert [finding["what"] for finding in told["findings"]] == ["Python", "Dependencies", "Loopback", "Model", "Answer"]
    done = run("doctor", "--model", tmp_path)
    assert done.returncode == 1
    assert "WRONG Model" in done.stdout
