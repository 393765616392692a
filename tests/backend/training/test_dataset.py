"""The data set: what a line holds, that a seed gives the same lines, and that a stopped run goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.training import dataset, scenes
from backend.training.language import Sentences
from tests.backend.training.shared_data import SHARED, needs_shared
from tool_mapping.validate import validate_calls

pytestmark = needs_shared
ROOT = SHARED / "data"


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    torch.set_num_threads(1)
    return _shard(samples=150)


def _shard(samples: int) -> list[dict[str, Any]]:
    files = scenes.photo_files(SHARED, "train")[:40]
    return dataset.make_shard(SHARED, files, Sentences(SHARED), 11, samples)[0]


def test_every_line_keeps_the_contract(lines: list[dict[str, Any]]) -> None:
    assert len(lines) > 100
    assert {line["task"] for line in lines} == {"edit", "refine", "summary"}
    for line in lines:
        for calls in (line["calls"], line["in_force"], line["picture"]["pre"]):
            validated = validate_calls(calls)
            assert not validated.notes
            assert [(c.name, c.value) for c in validated.calls] == [(c["name"], c["value"]) for c in calls]
        if line["task"] == "summary":
            assert line["summary"]
            assert line["after"] or line["summary"].endswith("the picture as it is.")
        else:
            assert line["reason"]
        if line["task"] == "refine":
            assert line["earlier"]


def test_a_request_that_cannot_be_served_has_no_calls(lines: list[dict[str, Any]]) -> None:
    nothing = [line for line in lines if line["kind"] in ("noise", "impossible") and not line["effects"]]
    assert nothing
    assert all(not line["calls"] for line in nothing)


def test_the_same_seed_writes_the_same_lines() -> None:
    assert _shard(samples=40) == _shard(samples=40)


def test_before_and_after_pictures_are_made_from_the_record(lines: list[dict[str, Any]]) -> None:
    for line in lines[:30]:
        before, after = scenes.before_picture(line["picture"], ROOT), scenes.after_picture(line, ROOT)
        assert before.dtype == after.dtype == np.uint8
        assert before.shape == after.shape
        assert max(before.shape) == scenes.LONG_SIDE
        assert np.array_equal(before, scenes.before_picture(json.loads(json.dumps(line["picture"])), ROOT))


def test_a_shard_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "shard-0000.jsonl").write_text("kept\n")
    dataset.main(["--shared", str(SHARED), "--out", str(tmp_path), "--samples", "100"])
    assert (tmp_path / "shard-0000.jsonl").read_text() == "kept\n"
    assert [p.name for p in tmp_path.iterdir()] == ["shard-0000.jsonl"]
