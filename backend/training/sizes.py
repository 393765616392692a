"""Teach how much the words ask for ("a bit", "way more"), with everything else of a trained network held still.

    python -m backend.training.sizes --data runs/data --shards "shard-02*" --run runs/NAME --minutes 4

The joint training learns amounts last and badly, since most requests name none; here a named
amount counts more. Reads and rewrites RUN/checkpoint.pt; takes minutes on a CPU, because the encoder is only run, not trained.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from backend.training.model import AgentNet
from backend.training.samples import Samples
from backend.training.train import (
    add_new_shards,
    encoder_files,
    keep_part,
    load_averaged,
    plain_tokenizer,
    prepare,
    rate_at,
    save,
)

HELD_OUT = 400
PLAIN = 2 / 3
_PREFIX = "size_reader."


def misses(sizes: Tensor, target: Tensor, asked: Tensor) -> Tensor:
    """Mean squared error over the asked axes, a named amount counting three times a plain one. All (B, AXES)."""
    weight = asked * torch.where((target - PLAIN).abs() > 0.1, 3.0, 1.0)
    return ((sizes - target) ** 2 * weight).sum() / weight.sum().clamp_min(1)


def distinct(samples: Samples, indices: Iterable[int]) -> list[int]:
    """The rows that ask for something, one for every text."""
    seen: dict[bytes, int] = {}
    for i in indices:
        if samples.rows[i]["sizes"].any():
            seen.setdefault(np.asarray(samples.rows[i]["ids"]).tobytes(), int(i))
    return list(seen.values())


@torch.no_grad()
def encode(net: AgentNet, samples: Samples, indices: list[int], device: torch.device) -> dict[int, Tensor]:
    """The encoder's tokens (T, BERT_WIDTH) of each row, in half precision, read once in batches of like length."""
    text = copy.deepcopy(net.text).to(device, torch.bfloat16)
    indices = sorted(indices, key=lambda i: len(samples.rows[i]["ids"]))
    out: dict[int, Tensor] = {}
    for start in tqdm(range(0, len(indices), 96), mininterval=5, desc="reading"):
        part = indices[start : start + 96]
        ids, segments = (
            pad_sequence([torch.from_numpy(np.asarray(samples.rows[i][name], np.int64)) for i in part], batch_first=True)
            for name in ("ids", "segments")
        )
        mask = ((ids == 0).to(torch.bfloat16) * -1e4)[:, None, None, :]
        read = text(ids.to(device), segments.to(device), mask.to(device)).half().cpu()
        out |= {i: read[k, : len(samples.rows[i]["ids"])].clone() for k, i in enumerate(part)}
    return out


def side_by_side(read: list[Tensor], device: torch.device) -> tuple[Tensor, Tensor]:
    """Encoded texts (T, BERT_WIDTH) -> (B, longest T, BERT_WIDTH), and the mask (B, 1, 1, T) that is added to scores."""
    padding = pad_sequence([torch.zeros(len(r)) for r in read], batch_first=True, padding_value=-1e4)
    return pad_sequence(read, batch_first=True).float().to(device), padding[:, None, None, :].to(device)


def main(arguments: list[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shards", default="shard-*")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--texts", type=int, default=9000, help="how many different requests to learn from")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device = prepare(options)
    rng = np.random.default_rng(options.seed)
    net, words, saved = load_averaged(options.run / "checkpoint.pt", untrained=(_PREFIX,))
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    held_out = distinct(samples, range(HELD_OUT))
    training = distinct(samples, rng.permutation(np.arange(HELD_OUT, len(samples)))[: 4 * options.texts])
    named = [i for i in training if (np.abs(samples.rows[i]["sizes"] - PLAIN)[samples.rows[i]["sizes"] > 0] > 0.1).any()]
    chosen = [*named, *sorted(set(training) - set(named))][: options.texts]
    encoded = encode(net, samples, [*held_out, *chosen], device)
    net.to(device)
    optimiser = torch.optim.AdamW(net.size_reader.parameters(), lr=options.rate, weight_decay=0.02)

    def sizes_of(indices: Iterable[int]) -> tuple[Tensor, Tensor, Tensor]:
        target = torch.from_numpy(np.stack([samples.rows[i]["sizes"] for i in indices])).to(device)
        asked = torch.from_numpy(np.stack([samples.rows[i]["wishes"] for i in indices])).to(device) > 0
        return net.size_reader(*side_by_side([encoded[i] for i in indices], device)), target.float(), asked.float()

    begun = time.monotonic()
    running, step, progress = 0.1, 0, 0.0
    with tqdm(mininterval=5) as bar:
        while progress < 1:
            loss = misses(*sizes_of(rng.choice(chosen, options.batch, replace=False).tolist()))
            optimiser.zero_grad()
            loss.backward()
            for group in optimiser.param_groups:
                group["lr"] = rate_at(progress, step, options.rate, warm_up=20)
            optimiser.step()
            running, step = 0.98 * running + 0.02 * float(loss.detach()), step + 1
            progress = (time.monotonic() - begun) / 60 / options.minutes
            bar.update()
            bar.set_postfix_str(f"miss {running:.4f}", refresh=False)
    with torch.no_grad():
        found, target, asked = sizes_of(held_out)
        nearest = (found * 3).round().clamp(1, 3) == (target * 3).round()
        right = {name: float(nearest[(asked > 0) & ((target * 3).round() == k)].float().mean())
                 for k, name in ((1, "a bit"), (2, "plain"), (3, "a lot"))}
    print(json.dumps({"steps": step, "held_out_right": {name: round(share, 3) for name, share in right.items()}}))
    keep_part(saved, _PREFIX, net.size_reader)
    saved["figures"]["sizes_right"] = right
    save(options.run / "checkpoint.pt", saved)
    return running


if __name__ == "__main__":
    main()
