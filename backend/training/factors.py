"""Teach by which factor a follow-up scales what is in force ("a bit more", "half of that"), with all else held still.

    python -m backend.training.factors --data runs/data --shards "shard-03*" --run runs/NAME --minutes 2

A network that decides amounts cannot do sums: it names the factor, and arithmetic does the rest. Learns from the follow-ups of
the shards, those that scale and those that do not; reads and rewrites RUN/checkpoint.pt.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from backend.agent.decode import FACTORS
from backend.agent.keeping import REACHED
from backend.training.model import AXES
from backend.training.pack import PLACE
from backend.training.samples import Samples
from backend.training.sizes import encode, side_by_side
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

_PREFIX = "factor_reader."
_NEAR = 0.12  # how far the factors of single steps, which are whole numbers, may lie apart


def factor_of(old: np.ndarray, new: np.ndarray) -> float | None:
    """The one factor that took the values in force to the new ones, or None where it is not one. (16,) each, whole numbers.

    Steps of an earlier turn may stay; values at an end of their range and small ones, which round coarsely, do not count.
    """
    if (new[old == 0] != 0).any() or not old.any() or (old == new).all():
        return None
    moved = (old != new) & (np.abs(old) > 9) & (np.abs(new) < 100)
    if not moved.any():
        moved = old != new
    ratios = new[moved] / old[moved]
    return float(np.mean(ratios)) if np.ptp(ratios) < _NEAR else None


def label(row: dict[str, Any]) -> int | None:
    """Class of a packed row: 0 for none, else 1 + the place of the nearest factor; None where it teaches nothing clear.

    Only what takes back or scales everything counts as a factor: "without the grain" is not one. Where an effect is asked for
    besides ("a bit less, but sharper"), the steps that do not serve it tell.
    """
    old, new = row["state"].astype(int), row["calls"].astype(int)
    if row["wishes"].any():
        spoken = {axis[:-1] for axis, wish in zip(AXES, row["wishes"], strict=True) if wish > 0}
        serving = [PLACE[tool] for axis in spoken & REACHED.keys() for tool in REACHED[axis]]
        old, new = (np.delete(values, serving) for values in (old, new))
        if not spoken <= REACHED.keys() or not old.any():
            return None
        if (old == new).all():
            return 0
    factor = factor_of(old, new)
    if factor is None:
        return 0 if (old == new).all() or (new == 0).any() else None
    if abs(factor) < 0.05 and new.any():
        return 0
    nearest = int(np.argmin(np.abs(np.array(FACTORS) - factor)))
    return 1 + nearest if abs(FACTORS[nearest] - factor) < 0.2 else None


def main(arguments: list[str] | None = None) -> float:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shards", default="shard-*")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device = prepare(options)
    rng = np.random.default_rng(options.seed)
    net, words, saved = load_averaged(options.run / "checkpoint.pt", untrained=(_PREFIX,))
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    labels = {i: found for i, row in enumerate(samples.rows) if row["task"] == 1 and (found := label(row)) is not None}
    rows = sorted(labels)
    held, chosen = rows[: len(rows) // 10], rows[len(rows) // 10 :]
    encoded = encode(net, samples, rows, device)
    net.to(device)
    optimiser = torch.optim.AdamW(net.factor_reader.parameters(), lr=options.rate, weight_decay=0.03)

    def logits_of(indices: Iterable[int]) -> tuple[Tensor, Tensor]:
        indices = list(indices)
        words_read, mask = side_by_side([encoded[i] for i in indices], device)
        found = net.factor_reader(functional.dropout(words_read, 0.1, net.factor_reader.training), mask)
        return found, torch.tensor([labels[i] for i in indices], device=device)

    begun, step, running, progress = time.monotonic(), 0, 1.0, 0.0
    net.factor_reader.train()
    with tqdm(mininterval=5) as bar:
        while progress < 1:
            loss = functional.cross_entropy(*logits_of(rng.choice(chosen, options.batch).tolist()), label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            for group in optimiser.param_groups:
                group["lr"] = rate_at(progress, step, options.rate, warm_up=20)
            optimiser.step()
            step, running = step + 1, 0.98 * running + 0.02 * float(loss.detach())
            progress = (time.monotonic() - begun) / 60 / options.minutes
            bar.update()
            bar.set_postfix_str(f"loss {running:.4f}", refresh=False)
    net.factor_reader.eval()
    with torch.no_grad():
        found, true = logits_of(held)
    named, scales = found.argmax(-1), true > 0
    right = float((named == true)[scales].float().mean())
    figures = {"scales_right": round(right, 3), "others_right": round(float((named == true)[~scales].float().mean()), 3)}
    print(json.dumps({"steps": step, "samples": len(rows), "scaling": int(scales.sum()), "held_out": figures}))
    keep_part(saved, _PREFIX, net.factor_reader)
    saved["figures"]["factors"] = figures
    save(options.run / "checkpoint.pt", saved)
    return running


if __name__ == "__main__":
    main()
