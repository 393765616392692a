"""Teach the writer alone to say what it is told to, no more and no less, with the reading network held still.

    python -m backend.training.writer --data runs/data --shards "shard-03*" --run runs/NAME --minutes 4

It learns from the samples' own reasons and summaries, and from summaries of plans drawn at random, of which there are as many
as one likes: the pictures do not tell what these say, so it must read the plan. Words that the shards use and the network does
not know are added. Reads and rewrites RUN/checkpoint.pt.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from backend.agent.decode import SIZE_OF
from backend.agent.vocab import PAD, START_SUMMARY, Words, pieces
from backend.training import summaries
from backend.training.effects import ALL_AXES, Wish
from backend.training.grpo import summary_rewards, write_sentences
from backend.training.model import AXES, PLAN, AgentNet, Read
from backend.training.optimise import Optimiser
from backend.training.samples import Batch, Samples
from backend.training.train import (
    HELD_OUT,
    add_new_shards,
    encoder_files,
    load_averaged,
    plain_tokenizer,
    prepare,
    rate_at,
    save,
)

RATES = {"": 0.0, "writer": 1.0, "word": 1.0, "from_plan": 1.0, "plan_slots": 1.0, "from_calls": 1.0}
_COMMON = 20  # times that a new word must occur to be learned
_TURNS = 3  # updates for each batch that is read, which costs most
_PLACES = {axis[:-1]: i for i, axis in enumerate(AXES[::2])}


def grown(net: AgentNet, words: Words, saved: dict[str, Any], data: Path, pattern: str) -> tuple[AgentNet, Words]:
    """The network with room for the words that the shards' answers use and its vocabulary lacks; `saved` is changed alike."""
    texts = [
        line["reason"] or line["summary"] for path in sorted(data.glob(pattern + ".jsonl"))
        for line in map(json.loads, path.read_text().splitlines())
    ]
    known = set(words.entries)
    found = Counter(piece for text in texts for piece in pieces(text) if piece not in known)
    new = [word for word, count in found.most_common() if count >= _COMMON]
    if not new:
        return net, words
    larger = Words((*words.entries, *new))
    whole = AgentNet(replace(net.shape, words=len(larger.entries)))
    state = net.state_dict()
    table = whole.word.weight.data
    table[: len(known)] = state.pop("word.weight")
    whole.load_state_dict({**state, "word.weight": table})
    saved["shape"]["words"], saved["words"] = len(larger.entries), list(larger.entries)
    place = saved["optimiser"]["names"].index("word.weight")
    for kept in ("masters", "averages", "first", "second"):
        saved["optimiser"][kept][place] = table.clone() if kept in ("masters", "averages") else torch.zeros_like(table)
    return whole.eval(), larger


def random_plan(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """(PLAN,) signed sizes of one to four effects that can be seen together, and a sentence that names them."""
    wishes: list[Wish] = []
    for axis in rng.permutation(ALL_AXES)[: rng.choice([1, 2, 3, 4], p=[0.25, 0.35, 0.25, 0.15])]:
        if axis in ("BW", "X"):
            wishes = [w for w in wishes if w.axis not in ("S", "a", "b", "BW", "X")]
        elif axis in ("S", "a", "b") and any(w.axis in ("BW", "X") for w in wishes):
            continue
        one_way = axis in ("BW", "X", "F")
        size = "m" if axis in ("BW", "X") else str(rng.choice(list(SIZE_OF)))
        wishes.append(Wish(str(axis), 1 if one_way or rng.random() < 0.5 else -1, size))
    plan = np.zeros(PLAN, np.float32)
    for wish in wishes:
        plan[_PLACES[wish.axis]] = wish.sign * SIZE_OF[wish.size]
    return plan, summaries.sentence(wishes, rng)


def loss_of(net: AgentNet, read: Read, calls: Tensor, plan: Tensor, words: Tensor, dtype: torch.dtype) -> Tensor:
    logits = net.teach_words(read, calls.to(dtype), plan.to(dtype), words[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), words[:, 1:].flatten(), ignore_index=PAD, label_smoothing=0.02)


def told(rng: np.random.Generator, words: Words, count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Plans (count, PLAN) drawn at random and their sentences (count, W)."""
    drawn = [random_plan(rng) for _ in range(count)]
    ids = [[START_SUMMARY, *words.ids(text)] for _, text in drawn]
    whole = np.full((count, max(map(len, ids))), PAD, np.int64)
    for row, line in zip(whole, ids, strict=True):
        row[: len(line)] = line
    return torch.from_numpy(np.stack([plan for plan, _ in drawn])).to(device), torch.from_numpy(whole).to(device)


@torch.no_grad()
def figures(
    net: AgentNet, samples: Samples, words: Words, count: int, dtype: torch.dtype, device: torch.device
) -> dict[str, float]:
    """On held-out samples: loss a word, and 2 F1 - 1 of the effects named in summaries, for their own and for random plans."""
    losses, own, random = [], [], []
    rng = np.random.default_rng(9)
    for rows in np.array_split(np.arange(count), max(1, count // 50)):
        batch: Batch = samples.batch(rows).to(device)
        read = net.read(*batch.inputs(dtype))
        shown = batch.calls * (batch.task < 2).float()[:, None]
        losses.append(float(loss_of(net, read, shown, batch.plan, batch.words, dtype)))
        some = torch.nonzero(batch.task == 2).squeeze(1)
        if not len(some):
            continue
        part = Read(*(x[some] for x in read))
        drawn = told(rng, words, len(some), device)
        for plan, sentences, found in ((batch.plan[some], batch.words[some], own), (*drawn, random)):
            texts = [words.text(row.tolist()) for row in sentences]
            found += summary_rewards(write_sentences(net, part, plan, 1, temperature=0.0), texts, words, 1)[:, 0].tolist()
    named = {"words": losses, "summary": own, "random_plan": random}
    return {name: round(float(np.mean(found)), 4) for name, found in named.items() if found}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*", help="which shards, as a pattern")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run whose writer is to learn")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device, dtype = prepare(options), torch.bfloat16
    net, words, saved = load_averaged(options.run / "checkpoint.pt")
    net, words = grown(net, words, saved, options.data, options.shards)
    whole = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    held_out = min(HELD_OUT, len(samples) // 5)
    optimiser = Optimiser(net, RATES, average=0.99)
    net.to(device).to_precision(dtype).eval()
    optimiser.follow(net, device)
    rng = np.random.default_rng(options.seed)
    seen = np.zeros(len(samples), np.float32)
    seen[:held_out] = np.inf
    before = figures(net, samples, words, held_out, dtype, device)
    begun, running, progress = time.monotonic(), 1.0, 0.0
    with tqdm(mininterval=5) as bar:
        while progress < 1:
            (rows,) = samples.order(rng, seen, options.batch, 1)
            batch = samples.batch(rows).to(device)
            with torch.no_grad():
                read = net.read(*batch.inputs(dtype))
            shown = batch.calls * (batch.task < 2).float()[:, None]
            for turn in range(_TURNS):
                plan, sentences = told(rng, words, len(rows), device)
                loss = loss_of(net, read, torch.zeros_like(shown), plan, sentences, dtype)
                if turn == 0:
                    loss = loss + loss_of(net, read, shown, batch.plan, batch.words, dtype)
                loss.backward()
                optimiser.step(rate_at(progress, optimiser.step_number, options.rate, warm_up=20))
                running = 0.98 * running + 0.02 * float(loss.detach()) / (2 if turn == 0 else 1)
            progress = (time.monotonic() - begun) / 60 / options.minutes
            bar.update()
            bar.set_postfix_str(f"words {running:.3f}", refresh=False)
    learned = dict(zip(optimiser.names, (t.cpu() for t in optimiser.averages), strict=True))
    net.load_state_dict({**whole, **learned})
    after = figures(net.to(device).to_precision(dtype), samples, words, held_out, dtype, device)
    print(json.dumps({"steps": optimiser.step_number, "before": before, "after": after}))
    names = saved["optimiser"]["names"]
    for name, tensor in learned.items():
        saved["optimiser"]["averages"][names.index(name)] = tensor
        saved["optimiser"]["masters"][names.index(name)] = tensor.clone()
    saved["figures"]["writer"] = after
    save(options.run / "checkpoint.pt", saved)
    return after


if __name__ == "__main__":
    main()
