"""Decoding: are steps better decided all at once, or one after another, each knowing the ones before?

    python -m tests.bench decoding --run runs/NAME --data runs/data [--shards "shard-03*"] [--minutes 3]

On one trained network, held still, two heads of equal depth learn from the same samples for the same time: one decides all
sixteen tools at once, one writes them one after another in canonical order, as a language model would. Held-out figures:
loss of the whole answer (nats), share of answers with every gate right, reward (backend/training/rewards.py), and the time of
one answer.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.agent.decode import GATES, KEEP
from backend.training.grpo import allowed, reward_of, steps_of, values_for
from backend.training.layers import WriterBlock
from backend.training.model import TOOLS, AgentNet, EachTool, Read
from backend.training.samples import Batch, Samples
from backend.training.train import HELD_OUT, add_new_shards, encoder_files, load_averaged, plain_tokenizer, rate_at
from tests.bench import _shared as shared

DEPTH = 2


class Head(nn.Module):
    """Logits (B, 16, GATES) from what was read. `after` are the gates (B, 16) that an autoregressive head looks back at."""

    def __init__(self, width: int, heads: int, *, in_turn: bool) -> None:
        super().__init__()
        self.in_turn = in_turn
        self.places = nn.Parameter(torch.randn(TOOLS, width) * 0.02)
        self.last = nn.Embedding(GATES + 1, width)  # the gate of the tool before; GATES at the start
        self.blocks = nn.ModuleList(WriterBlock(width, heads, 0.0) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(width)
        self.out = EachTool(width, GATES)
        self.heads = heads

    def forward(self, read: Read, gates: Tensor) -> Tensor:
        x = read.tools + self.places
        mask = None
        if self.in_turn:
            start = torch.full_like(gates[:, :1], GATES)
            x = x + self.last(torch.cat([start, gates[:, :-1]], 1))
            mask = torch.full((TOOLS, TOOLS), -1e4).triu(1)[None, None]
        nothing = x.new_zeros(x.shape[0], self.heads, 0, x.shape[-1] // self.heads)
        for block in self.blocks:
            assert isinstance(block, WriterBlock)
            x, _ = block.step(x, (nothing, nothing), block.across.keys_values(read.memory), read.mask, mask)
        return self.out(self.norm(x))

    def decide(self, read: Read, state: Tensor) -> Tensor:
        """The likeliest gates, (B, 16): at once, or tool after tool."""
        gates = torch.full(state.shape, KEEP)
        for i in range(TOOLS if self.in_turn else 1):
            chosen = allowed(self(read, gates), state).argmax(-1)
            gates = torch.cat([gates[:, :i], chosen[:, i : i + 1], gates[:, i + 1 :]], 1) if self.in_turn else chosen
        return gates


def loss_of(head: Head, read: Read, batch: Batch) -> Tensor:
    """Cross-entropy of the whole answer, (B,)."""
    logits = allowed(head(read, batch.gates), batch.state)
    return functional.cross_entropy(logits.transpose(1, 2), batch.gates, reduction="none").sum(1)


@torch.no_grad()
def figures(net: AgentNet, head: Head, samples: Samples, rows: np.ndarray) -> dict[str, float]:
    losses, right, rewards, seconds = [], [], [], []
    for part in np.array_split(rows, max(1, len(rows) // 40)):
        batch = samples.batch(part)
        read = net.read(*batch.inputs(torch.float32))
        losses += loss_of(head, read, batch).tolist()
        gates = head.decide(read, batch.state)
        right += (gates == batch.gates).all(1).tolist()
        rewards += reward_of(batch, values_for(gates, steps_of(net, read, gates, 1), batch.state))[:, 0].tolist()
        one = Read(*(x[:1] for x in read))
        started = time.perf_counter()
        head.decide(one, batch.state[:1])
        seconds.append(time.perf_counter() - started)
    return {
        "nats": round(float(np.mean(losses)), 3), "all_right": round(float(np.mean(right)), 4),
        "reward": round(float(np.mean(rewards)), 4), "milliseconds": round(1000 * float(np.median(seconds)), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder of a training run")
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*")
    parser.add_argument("--minutes", type=float, default=3, help="of training, for each head")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(2)
    net, words, _ = load_averaged(options.run / "checkpoint.pt")
    net.requires_grad_(False)
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    usable = np.array([i for i, row in enumerate(samples.rows) if row["task"] < 2 and row["decides"]])
    held, training = usable[usable < HELD_OUT], usable[usable >= HELD_OUT]
    result: dict[str, dict[str, float]] = {}
    for name, in_turn in (("at_once", False), ("in_turn", True)):
        head = Head(net.shape.width, net.shape.heads, in_turn=in_turn)
        optimiser = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.01)
        rng = np.random.default_rng(1)
        begun, step, progress = time.monotonic(), 0, 0.0
        while progress < 1:
            batch = samples.batch(rng.choice(training, 48, replace=False))
            with torch.no_grad():
                read = net.read(*batch.inputs(torch.float32))
            loss = loss_of(head, read, batch).mean()
            optimiser.zero_grad()
            loss.backward()
            for group in optimiser.param_groups:
                group["lr"] = rate_at(progress, step, 1e-3, warm_up=20)
            optimiser.step()
            step, progress = step + 1, (time.monotonic() - begun) / 60 / options.minutes
        result[name] = {"steps": step, **figures(net, head.eval(), samples, held)}
    columns = ("head", *next(iter(result.values())))
    print(shared.table(
        shared.OUT / "decoding.md", f"Deciding steps at once or in turn, {len(held)} held-out samples", columns,
        [(name, *f.values()) for name, f in result.items()],
    ))
    shared.report({"bench": "decoding", **result})
    return 0
