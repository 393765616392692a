"""The training set in memory: packed shards beside their JSON lines, and batches of tensors made from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from backend.agent.decode import DOWN, KEEP, REMOVE, SIZE_OF, UP, plan_of
from backend.agent.vocab import PAD, START_EDIT, START_SUMMARY, Words, request_ids
from backend.training.model import AXES
from backend.training.pack import has_original, values

TASKS = {"edit": 0, "refine": 1, "summary": 2}
_AXIS = {axis: i for i, axis in enumerate(AXES)}
_PICTURES = ("stats", "thumbs", "points", "target", "uv")


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of B samples; the inputs are those of AgentNet.read.

    calls: (B, 16) the teacher's values / 100; gates: (B, 16) int64; decides: (B,) 1 where the calls are known; original: (B,) 1
    where `target` is the right answer rather than what the calls make of `points`; points, target: (B, 3, N) in [0, 1];
    words: (B, W) int64 with the start word first; wishes, sizes: (B, AXES) targets; vague: (B,) 1 where the words leave all to
    the photo; plan: (B, PLAN) signed sizes of what is asked, or in a summary seen.
    """

    ids: Tensor
    segments: Tensor
    padding: Tensor
    stats: Tensor
    thumbs: Tensor
    state: Tensor
    task: Tensor
    calls: Tensor
    gates: Tensor
    decides: Tensor
    original: Tensor
    points: Tensor
    target: Tensor
    uv: Tensor
    words: Tensor
    wishes: Tensor
    sizes: Tensor
    vague: Tensor
    plan: Tensor

    def inputs(self, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """The arguments of AgentNet.read for a network in `dtype`."""
        pictures = (self.stats, self.thumbs.to(dtype), self.state.to(dtype))
        return (self.ids, self.segments, self.padding, *pictures, self.task)

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


def wish_targets(effects: list[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Labels ("L+m|S+m") -> how much each axis is asked (1, or shared among honest readings) and the sizes, both (AXES,)."""
    asked, sizes = np.zeros(len(AXES), np.float32), np.zeros(len(AXES), np.float32)
    for label in effects:
        readings = [reading for reading in label.split("|") if reading[:-1] in _AXIS]
        for reading in readings:
            i = _AXIS[reading[:-1]]
            asked[i] = max(asked[i], 1.0 if len(readings) == 1 else 0.6)
            sizes[i] = max(sizes[i], SIZE_OF[reading[-1]])
    return asked, sizes


@dataclass
class Samples:
    """Everything that was packed, sample by sample. Text is turned into ids once, when a shard is added."""

    tokenizer: Tokenizer
    words: Words
    boosts: dict[str, float] = field(default_factory=dict)  # by task, and "spoiled" for vague requests on spoiled photos
    pictures: dict[str, list[NDArray]] = field(default_factory=lambda: {name: [] for name in _PICTURES})
    rows: list[dict[str, Any]] = field(default_factory=list)
    shards: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, shard: Path) -> None:
        """Read SHARD.jsonl and SHARD.npz. Raises OSError or ValueError where they are missing or do not fit together."""
        lines = shard.with_suffix(".jsonl").read_text().splitlines()
        with np.load(shard.with_suffix(".npz")) as packed:
            arrays = {name: packed[name] for name in _PICTURES}
        if any(len(array) != len(lines) for array in arrays.values()):
            raise ValueError(f"{shard.name}: packed and written lines differ in number; pack it again")
        for name, array in arrays.items():
            self.pictures[name].extend(array)
        self.rows.extend(self._row(json.loads(line)) for line in lines)
        self.shards.append(shard.stem)

    def _row(self, sample: dict[str, Any]) -> dict[str, Any]:
        task = sample["task"]
        ids, segments = request_ids(self.tokenizer, sample["request"], sample["earlier"], sample["style"])
        state, calls, decides = values(sample["in_force"]), values(sample["calls"]), True
        if task == "summary":
            decides = isinstance(sample["after"], list)
            calls = values(sample["after"]) if decides else calls
        moved = np.where(calls == 0, REMOVE, np.where(calls > 0, UP, DOWN))
        gates = np.where(calls == state, KEEP, moved).astype(np.int8)
        text = sample["summary"] if task == "summary" else sample["reason"]
        start = START_SUMMARY if task == "summary" else START_EDIT
        asked, sizes = wish_targets(sample["effects"])
        return {
            "ids": ids.astype(np.int32), "segments": segments.astype(np.int8), "state": state, "calls": calls, "gates": gates,
            "decides": decides, "original": has_original(sample), "task": TASKS[task],
            "boost": self.boosts.get("spoiled" if has_original(sample) else task, 1.0),
            "words": np.asarray([start, *self.words.ids(text)], np.int16), "wishes": asked, "sizes": sizes,
            "vague": sample["kind"] == "vague", "plan": plan_of(asked, sizes)[0],
        }

    def batch(self, indices: NDArray[np.int64]) -> Batch:
        rows = [self.rows[i] for i in indices]

        def stacked(name: str) -> Tensor:
            return torch.from_numpy(np.stack([self.pictures[name][i] for i in indices]))

        def column(name: str, dtype: torch.dtype) -> Tensor:
            return torch.from_numpy(np.stack([row[name] for row in rows])).to(dtype)

        def padded(name: str, fill: int) -> Tensor:
            out = np.full((len(rows), max(len(row[name]) for row in rows)), fill, np.int64)
            for line, row in zip(out, rows, strict=True):
                line[: len(row[name])] = row[name]
            return torch.from_numpy(out)

        ids = padded("ids", 0)
        return Batch(
            ids=ids, segments=padded("segments", 0), padding=ids == 0,
            stats=stacked("stats").float(), thumbs=stacked("thumbs").float() / 255, state=column("state", torch.float32) / 100,
            task=column("task", torch.int64), calls=column("calls", torch.float32) / 100, gates=column("gates", torch.int64),
            decides=column("decides", torch.float32), original=column("original", torch.float32),
            points=stacked("points").float() / 255, target=stacked("target").float() / 255, uv=stacked("uv").float(),
            words=padded("words", PAD), wishes=column("wishes", torch.float32), sizes=column("sizes", torch.float32),
            vague=column("vague", torch.float32), plan=column("plan", torch.float32),
        )

    def order(
        self, rng: np.random.Generator, seen: NDArray[np.float32], size: int, batches: int
    ) -> Iterator[NDArray[np.int64]]:
        """Batches of samples seen least so far, those of one batch of about one request length.

        Counts up `seen`, more slowly where a sample's boost is larger, so that it comes again sooner.
        """
        chosen = np.argsort(seen + rng.random(len(seen), np.float32), kind="stable")[: size * batches]
        seen[chosen] += 1 / np.asarray([self.rows[i]["boost"] for i in chosen], np.float32)
        length = np.asarray([len(self.rows[i]["ids"]) for i in chosen]) + 3 * rng.random(len(chosen))
        groups = [chosen[np.argsort(length)][k : k + size] for k in range(0, len(chosen), size)]
        for k in rng.permutation(len(groups)):
            yield groups[k]
