"""What people say, with what they mean by it: real and everyday sentences that were labelled by reading, and composed ones."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HELD_OUT = 0.1  # share of the labelled sentences that training never sees
# Meanings of further sentences, read one by one. Those carry no licence: ids are published, the texts stay in the data folder.
LABELS_MORE = Path(__file__).with_name("labels_more.jsonl")


@dataclass(frozen=True)
class Utterance:
    """A request and its meaning, in the labels of the data: effects ("L+m|S+m"), axes to keep, kind, axis to undo."""

    text: str
    effects: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)
    kind: str = ""
    undo: str = ""


def sentence_id(text: str) -> str:
    """16 hex digits that name a sentence by its letters and digits, whatever its capitals, spaces and stops."""
    letters = "".join(c for c in text.lower() if c.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def held_out(text: str) -> bool:
    """Whether a labelled sentence is kept back, by a hash of its letters, the same at every run."""
    return int(sentence_id(text)[:8], 16) / 0xFFFFFFFF < HELD_OUT


def read_labelled(path: Path, *, held: bool = False) -> list[tuple[Utterance, int]]:
    """Sentences of a labelled JSONL file with how often each occurs; those held out, or (normally) the others."""
    out = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if held_out(row["text"]) == held:
            utterance = Utterance(row["text"], row["effects"], row["keep"], row["kind"], row.get("undo", ""))
            out.append((utterance, int(row.get("count", 1))))
    return out


def join_labels(labels: Path, requests: Path, *, held: bool = False) -> list[tuple[Utterance, int]]:
    """The labels of a JSONL file put to the sentences of `requests` that their ids name, with how often each occurs there.

    The texts are as their writers typed them; of spellings with one id the commonest stands for all, the counts added up.
    A label whose sentence is not in `requests` is passed over. Held-out sentences only, or (normally) the others.
    """
    spellings: dict[str, Counter[str]] = {}
    for line in requests.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spellings.setdefault(sentence_id(row["text"]), Counter())[row["text"]] += int(row.get("count", 1))
    out = []
    for line in labels.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if (found := spellings.get(row["id"])) and held_out(text := found.most_common(1)[0][0]) == held:
            out.append((Utterance(text, row["effects"], row["keep"], row["kind"]), found.total()))
    return out


class Sentences:
    """The labelled sentences, drawn with their counts capped; rare axes are drawn more often than they occur."""

    def __init__(self, shared: Path, *, held: bool = False) -> None:
        everyday = read_labelled(shared / "data" / "requests_everyday.jsonl", held=held)
        self.real = read_labelled(shared / "data" / "requests_labelled.jsonl", held=held)
        self.real += join_labels(LABELS_MORE, shared / "data" / "requests_train.jsonl", held=held)
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
