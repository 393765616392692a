"""Teach MendReader what a photo alone needs: spoiled photos, taught through the renderer to come back to the good one.

    python -m backend.training.mend --shared DIR --run runs/NAME --pictures 30000 --minutes 12

Makes its pictures once (RUN/mend-pictures.npz), then trains member after member, and writes RUN/mend.pt. The loss is the
distance left over, as a share of the first distance: the paper's likeness, turned round. One picture in twelve is a good photo
as it is, so that good photos are left nearly alone. Goes on where it was stopped; serves a CPU and a CUDA card.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from backend.training.losses import LEAST_DISTANCE, distance
from backend.training.pack import seen
from backend.training.readers import MendReader, load_reader, save_reader
from backend.training.renderer import render_points
from backend.training.scenes import original_picture, photo_files, random_picture, spoiled_picture
from backend.training.train import prepare, rate_at, save

POINTS = 256
GOOD = 1 / 12  # share of pictures that are left unspoiled
SPARSITY = 0.01  # of the loss, for a whole slider: enough to settle between tools that do the same
NOISE = 0.02  # deviation of what is added to the statistics in training, in their own deviations
_PART = 500  # pictures made in one piece


def pictures(part: int, *, shared: Path, split: str, seed: int, count: int = _PART) -> dict[str, NDArray]:
    """`count` random pictures: what is seen of them, sampled points before and as they should be, and their places."""
    rng = np.random.default_rng([seed, part])
    root, files = shared / "data", photo_files(shared, split)
    rows: dict[str, list[NDArray]] = {name: [] for name in ("stats", "thumbs", "points", "target", "uv")}
    for _ in range(count):
        record = random_picture(rng, files, spoiled=True)
        good = original_picture(record, root)
        bad = good if rng.random() < GOOD else spoiled_picture(good, record["spoil"])
        stats, thumb = seen(bad)
        height, width = bad.shape[:2]
        where = rng.integers(0, height * width, POINTS)
        v, u = np.divmod(where, width)
        rows["stats"].append(stats)
        rows["thumbs"].append(thumb)
        rows["points"].append(bad.reshape(-1, 3)[where].T)
        rows["target"].append(good.reshape(-1, 3)[where].T)
        rows["uv"].append(np.stack([(2 * u + 1) / width - 1, (2 * v + 1) / height - 1], -1).astype(np.float16))
    return {name: np.stack(arrays) for name, arrays in rows.items()}


def make(shared: Path, split: str, seed: int, count: int, workers: int) -> dict[str, NDArray]:
    """About `count` pictures, made by several processes; the same for the same seed."""
    parts = max(1, round(count / _PART))
    job = partial(pictures, shared=shared, split=split, seed=seed, count=min(_PART, count))
    with ProcessPoolExecutor(workers, mp_context=torch.multiprocessing.get_context("fork")) as pool:
        done = list(tqdm(pool.map(job, range(parts)), total=parts, desc=split, mininterval=5))
    return {name: np.concatenate([d[name] for d in done]) for name in done[0]}


def tensors(made: dict[str, NDArray], rows: NDArray, device: torch.device) -> tuple[Tensor, ...]:
    """stats, thumbs, points, target, uv of the rows as float tensors; colours in [0, 1]."""
    scales = {"stats": 1.0, "thumbs": 255.0, "points": 255.0, "target": 255.0, "uv": 1.0}
    return tuple((torch.from_numpy(made[n][rows]).float() / s).to(device) for n, s in scales.items())


def left_over(values: Tensor, points: Tensor, target: Tensor, uv: Tensor) -> Tensor:
    """Share of the distance that an edit leaves, 0 at best: 1 minus the paper's likeness. (B,)."""
    first = distance(points, target).clamp_min(LEAST_DISTANCE)
    return distance(render_points(points, uv, values), target) / first


@torch.no_grad()
def figures(net: MendReader, made: dict[str, NDArray], device: torch.device) -> dict[str, float]:
    """Likeness on the spoiled pictures (no lower than -1, as the bench has it), share improved, and size of all values."""
    _, _, points, target, _ = (made[n] for n in ("stats", "thumbs", "points", "target", "uv"))
    spoiled = np.flatnonzero((points != target).any((1, 2)))
    stats, thumbs, x, y, uv = tensors(made, spoiled, device)
    values = net.eval()(stats, thumbs)
    likeness = (1 - left_over(values, x, y, uv)).clamp_min(-1)
    return {
        "likeness": round(float(likeness.mean()), 4), "improved": round(float((likeness > 0).float().mean()), 4),
        "sliders": round(float(values.abs().sum(1).mean()), 3), "pictures": len(spoiled),
    }


def train_member(
    net: MendReader, index: int, made: dict[str, NDArray], device: torch.device, state: dict[str, Any], *, minutes: float,
    rate: float, batch: int, seed: int, keep: Callable[[dict[str, Any]], None],
) -> None:
    """Train one member of `net` in place; its weights become their running average.

    `keep` is called about every minute with what is needed to go on from there, which is `state` then ({} at the start).
    """
    step, spent = state.get("step", 0), state.get("spent", 0.0)
    torch.manual_seed(seed + step)
    rng = np.random.default_rng(seed + step)
    member = net.members[index].train()
    optimiser = torch.optim.AdamW(member.parameters(), lr=rate, weight_decay=0.05)
    averages = [w.detach().clone() for w in member.parameters()]
    if state:
        member.load_state_dict(state["member"])
        optimiser.load_state_dict(state["optimiser"])
        averages = [w.to(device) for w in state["averages"]]
    begun = kept = time.monotonic()
    running, progress = 1.0, spent / 60 / minutes
    with tqdm(mininterval=5, desc=f"member {index + 1}", initial=step) as bar:
        while progress < 1:
            stats, thumbs, points, target, uv = tensors(made, rng.integers(0, len(made["stats"]), batch), device)
            thumbs = thumbs.flip(-1) if rng.random() < 0.5 else thumbs
            scaled = net.scaled(stats)
            values = net.values(member(scaled + NOISE * torch.randn_like(scaled), thumbs))
            left = left_over(values, points, target, uv).clamp_max(2)
            loss = left.mean() + SPARSITY * values.abs().sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(member.parameters(), 1.0)
            for group in optimiser.param_groups:
                group["lr"] = rate_at(progress, step, rate)
            optimiser.step()
            step += 1
            running = 0.98 * running + 0.02 * float(loss.detach())
            with torch.no_grad():
                for mean, weight in zip(averages, member.parameters(), strict=True):
                    mean.lerp_(weight, 1 - min(0.998, (1 + step) / (10 + step)))
            now = time.monotonic()
            progress = (spent + now - begun) / 60 / minutes
            bar.update()
            bar.set_postfix_str(f"left {running:.4f}", refresh=False)
            if now - kept > 60:
                kept = now
                keep({
                    "index": index, "step": step, "spent": spent + now - begun, "member": member.state_dict(),
                    "optimiser": optimiser.state_dict(), "averages": averages,
                })
    with torch.no_grad():
        for mean, weight in zip(averages, member.parameters(), strict=True):
            weight.copy_(mean)


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ in it")
    parser.add_argument("--run", type=Path, required=True, help="folder of this run")
    parser.add_argument("--start", type=Path, help="mend.pt of another run to go on from, of as many members")
    parser.add_argument("--pictures", type=int, default=30_000)
    parser.add_argument("--minutes", type=float, default=12, help="of training, for all members together")
    parser.add_argument("--members", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--workers", type=int, default=2, help="processes that make pictures")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device = prepare(options)
    options.run.mkdir(parents=True, exist_ok=True)
    store = options.run / "mend-pictures.npz"
    if store.exists():
        with np.load(store) as kept:
            made = {name: kept[name] for name in kept.files}
    else:
        made = make(options.shared, "train", options.seed, options.pictures, options.workers)
        np.savez(store, **made)  # type: ignore[arg-type]
    held_out = make(options.shared, "dev", 77, max(_PART, min(1500, options.pictures // 20)), options.workers)
    net = MendReader(options.members)
    if options.start:
        load_reader(options.start, net)
    else:
        net.scaled.fit(torch.from_numpy(made["stats"]).float())
    net.to(device)
    tqdm.write(json.dumps({"at the start": figures(net, held_out, device)}))
    unfinished = options.run / "mend-unfinished.pt"
    state: dict[str, Any] = torch.load(unfinished, map_location=device, weights_only=True) if unfinished.exists() else {}
    if state:
        net.load_state_dict(state["net"])

    def keep(state: dict[str, Any]) -> None:
        save(unfinished, {**state, "net": net.state_dict()})

    for index in range(state.get("index", 0), options.members):
        train_member(
            net, index, made, device, state, minutes=options.minutes / options.members, rate=options.rate, batch=options.batch,
            seed=options.seed + index, keep=keep,
        )
        state = {}
        alone = MendReader(1).to(device)
        alone.scaled, alone.members[0] = net.scaled, net.members[index]
        tqdm.write(json.dumps({"member": index + 1, **figures(alone, held_out, device)}))
    result = figures(net, held_out, device)
    print(json.dumps(result))
    save_reader(options.run / "mend.pt", net.cpu(), result)
    unfinished.unlink(missing_ok=True)
    return result


if __name__ == "__main__":
    main()
