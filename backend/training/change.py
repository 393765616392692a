"""Teach ChangeReader what was changed between two pictures: the effects that a summary of the person's taste names.

    python -m backend.training.change --data runs/data --run runs/NAME --minutes 4

Learns from the packed summary samples (backend/training/summaries.py says when an effect is named) and writes RUN/change.pt.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from backend.training.readers import ChangeReader, save_reader
from backend.training.samples import TASKS, wish_targets
from backend.training.train import rate_at

SURE = 0.5  # probability from which an effect is named
NOISE = 0.01  # deviation of what is added to the statistics in training


def load(data: Path, pattern: str) -> tuple[Tensor, Tensor, Tensor]:
    """All summary samples of the packed shards: statistics (N, 2, SIZE), effects and sizes (N, AXES)."""
    stats, effects, sizes = [], [], []
    for path in sorted(data.glob(pattern + ".npz")):
        if ".part" in path.name:
            continue
        lines = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
        with np.load(path) as packed:
            rows = packed["stats"]
        for sample, row in zip(lines, rows, strict=True):
            if TASKS[sample["task"]] == TASKS["summary"]:
                named, much = wish_targets(sample["effects"])
                stats.append(row)
                effects.append(named)
                sizes.append(much)
    if not stats:
        raise SystemExit(f"{data} holds no packed summary samples: run backend.training.dataset, then backend.training.pack.")
    whole = (torch.from_numpy(np.stack(rows)).float() for rows in (stats, effects, sizes))
    return next(whole), next(whole), next(whole)


@torch.no_grad()
def figures(net: ChangeReader, stats: Tensor, effects: Tensor, sizes: Tensor) -> dict[str, float]:
    """Shares: of the true effects named, of the named ones true, of samples with all right; sizes within a step."""
    seen, much = net.eval()(stats)
    named, true = torch.sigmoid(seen) > SURE, effects > 0.5
    both = (named & true).sum()
    return {
        "named": round(float(both / true.sum().clamp_min(1)), 4), "true": round(float(both / named.sum().clamp_min(1)), 4),
        "all_right": round(float((named == true).all(1).float().mean()), 4),
        "size_off": round(float(((much - sizes).abs() * true).sum() / true.sum().clamp_min(1)), 4), "samples": len(stats),
    }


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*", help="which shards, as a pattern")
    parser.add_argument("--run", type=Path, required=True, help="folder of this run")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stats, effects, sizes = (t.to(device) for t in load(options.data, options.shards))
    held = max(1, len(stats) // 12)
    net = ChangeReader().to(device)
    net.scaled.fit(stats[held:].flatten(0, 1))
    net.steps.fit(stats[held:, 1] - stats[held:, 0])
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.03)
    begun, step, running, progress = time.monotonic(), 0, 1.0, 0.0
    with tqdm(mininterval=5) as bar:
        while progress < 1:
            rows = torch.randint(held, len(stats), (options.batch,), device=device)
            x = stats[rows]
            seen, much = net.train()(x + NOISE * torch.randn_like(x) * net.scaled.scale)
            there = effects[rows]
            entropy = functional.binary_cross_entropy_with_logits(seen, (there > 0.5).float(), reduction="none").sum(1).mean()
            off = ((much - sizes[rows]).square() * (there > 0.5)).sum(1).mean()
            loss = entropy + 2 * off
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            progress = (time.monotonic() - begun) / 60 / options.minutes
            for group in optimiser.param_groups:
                group["lr"] = rate_at(progress, step, options.rate)
            optimiser.step()
            step, running = step + 1, 0.98 * running + 0.02 * float(loss.detach())
            bar.update()
            bar.set_postfix_str(f"loss {running:.4f}", refresh=False)
    result = figures(net, stats[:held], effects[:held], sizes[:held])
    print(json.dumps({"steps": step, **result}))
    options.run.mkdir(parents=True, exist_ok=True)
    save_reader(options.run / "change.pt", net.cpu(), result)
    return result


if __name__ == "__main__":
    main()
