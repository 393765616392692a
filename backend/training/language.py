"""What people say, with what they mean by it: real and everyday sentences that were labelled by reading, and composed ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HELD_OUT = 0.1  # share of the labelled sentences that training never sees


@dataclass(frozen=True)
class Utterance:
    """A request and its meaning, in the labels of the data: effects ("L+m|S+m"), axes to keep, kind, axis to undo."""

    text: str
    effects: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)
    kind: str = ""
    undo: str = ""


def held_out(text: str) -> bool:
    """Whether a labelled sentence is kept back, by a hash of its letters, the same at every run."""
    letters = "".join(c for c in text.lower() if c.isalnum())
    return int(hashlib.sha256(letters.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < HELD_OUT


def read_labelled(path: Path, *, held: bool = False) -> list[tuple[Utterance, int]]:
    """Sentences of a labelled JSONL file with how often each occurs; those held out, or (normally) the others."""
    out = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if held_out(row["text"]) == held:
            utterance = Utterance(row["text"], row["effects"], row["keep"], row["kind"], row.get("undo", ""))
            out.append((utterance, int(row.get("count", 1))))
    return out


class Sentences:
    """The labelled sentences, drawn with their counts capped; rare axes are drawn more often than they occur."""

    def __init__(self, shared: Path, *, held: bool = False) -> None:
        everyday = read_labelled(shared / "data" / "requests_everyday.jsonl", held=held)
        self.real = read_labelled(shared / "data" / "requests_labelled.jsonl", held=held)
        self.everyday = [(u, c) for u, c in everyday if u.kind != "refine"]
        self.follow_ups = [u for u, _ in everyday if u.kind == "refine"]
        self._real_p = _weights(self.real)
        self._everyday_p = _weights(self.everyday)

    def draw_real(self, rng: np.random.Generator) -> Utterance:
        return self.real[int(rng.choice(len(self.real), p=self._real_p))][0]

    def draw_everyday(self, rng: np.random.Generator) -> Utterance:
        return self.everyday[int(rng.choice(len(self.everyday), p=self._everyday_p))][0]


def _weights(rows: list[tuple[Utterance, int]]) -> np.ndarray:
    counts: dict[str, int] = {}
    for u, _ in rows:
        for effect in u.effects:
            counts[effect[:-1]] = counts.get(effect[:-1], 0) + 1
    weights = np.array([
        min(c, 4) ** 0.5 * max([(400 / counts[e[:-1]]) ** 0.35 for e in u.effects], default=1.0) for u, c in rows
    ])
    return weights / weights.sum()
