"""Stage 2: group relative policy optimisation (GRPO) of a supervised network, with the rewards of backend/training/rewards.py.

    python -m backend.training.grpo --data runs/data --start runs/NAME/checkpoint.pt --out runs/NAME-grpo --minutes 12

For each sample a group of answers is drawn: a gate for every tool, an amount around the decided one, or the words of a summary.
Each answer's advantage is its reward against its group, (r - mean) / deviation; each decision (tool or word) is made likelier
or less likely by it, with the clipped objective and a KL penalty to the network that the stage started from. Departure from the
paper: steps are decided at once, so a "token" is one tool's decision. Writes OUT/checkpoint.pt, as `train` does,
and OUT/rewards.jsonl, the reward curves; goes on where it was stopped. The same command serves a CPU and a CUDA card.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from backend.agent.decode import DOWN, GATES, REMOVE, UP
from backend.agent.vocab import END, LONGEST_ANSWER, PAD, START_SUMMARY, Words
from backend.training.losses import chosen_values, within_range
from backend.training.model import AgentNet, Read
from backend.training.naming import effects_named
from backend.training.optimise import Optimiser
from backend.training.renderer import LOWER
from backend.training.rewards import named_reward, steps_reward
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

CLIP = 0.2  # how far one update may move a decision's probability
SPREAD = 0.22  # deviation of the logarithm of a drawn amount
SMALLEST = 0.03  # an amount below this is no step
# What understands words stays as it is: rewards of steps say nothing about it.
FROZEN = {"": 1.0, "text.": 0.0, "wish": 0.0, "vague_out": 0.0, "size_reader": 0.0}


def allowed(logits: Tensor, state: Tensor) -> Tensor:
    """Logits with what a tool cannot do shut out: nothing to remove, or no values below 0. (B, 16, GATES)."""
    closed = torch.zeros_like(logits, dtype=torch.bool)
    closed[..., REMOVE] = state == 0
    closed[..., DOWN] = LOWER.to(logits)[None] >= 0
    return logits.masked_fill(closed, -1e4)


def repeated(x: Tensor, group: int) -> Tensor:
    """(B, ...) -> (B * group, ...), each row `group` times."""
    return x.repeat_interleave(group, 0)


def amount_log(drawn: Tensor, decided: Tensor) -> Tensor:
    """Log probability, up to a constant, of drawn amounts under a log-normal around the decided ones; both (B, 16)."""
    off = torch.log(drawn.clamp_min(1e-3)) - torch.log(decided.clamp_min(1e-3))
    return -0.5 * (off / SPREAD) ** 2


def clipped_objective(now: Tensor, then: Tensor, advantage: Tensor, count: Tensor) -> Tensor:
    """Mean over the counted decisions of min(r A, clip(r, 1 - CLIP, 1 + CLIP) A), r the probabilities' ratio. (B, T); (B,)."""
    ratio = torch.exp((now - then).clamp(-4, 4))
    gain = torch.minimum(ratio * advantage[:, None], ratio.clamp(1 - CLIP, 1 + CLIP) * advantage[:, None])
    return (gain * count).sum() / count.sum().clamp_min(1)


def advantages(rewards: Tensor) -> Tensor:
    """(B, group) -> the same, each against its group: (r - mean) / deviation; 0 where all are alike."""
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std(1, keepdim=True) + 0.05)


def steps_of(net: AgentNet, read: Read, gates: Tensor, group: int) -> Tensor:
    """Decided amounts (B * group, 16) for drawn gates (B * group, 16)."""
    return net.decide(repeated(read.tools, group), functional.one_hot(gates, GATES).float())


def values_for(gates: Tensor, amounts: Tensor, state: Tensor) -> Tensor:
    """Values (B, 16) / 100 of an answer, small ones left out."""
    values = within_range(chosen_values(functional.one_hot(gates, GATES).float(), amounts, state))
    values = torch.round(values * 100) / 100
    return torch.where((values.abs() < SMALLEST) & (values != state), 0.0, values)


def reward_of(batch: Batch, values: Tensor, group: int = 1) -> Tensor:
    """Rewards (B, group) of values (B * group, 16)."""
    names = ("points", "uv", "state", "calls", "target", "original", "wishes", "sizes", "task")
    points, uv, state, calls, target, original, wishes, sizes, task = (repeated(getattr(batch, n), group) for n in names)
    reward = steps_reward(
        points, uv, values, state=state, teacher=calls, target=target, original=original, wishes=wishes, sizes=sizes, task=task
    )
    return reward.unflatten(0, (-1, group))


@torch.no_grad()
def write_sentences(
    net: AgentNet, read: Read, plan: Tensor, group: int, *, temperature: float = 1.0, longest: int = LONGEST_ANSWER
) -> Tensor:
    """Summaries, drawn (or, at temperature 0, the likeliest). (B * group, W) ids, the start word first, PAD after END."""
    memory = repeated(read.memory, group)
    prepared = net.prepare(memory, memory.new_zeros(len(memory), 16), repeated(plan, group).to(memory.dtype))
    mask = repeated(torch.cat([read.mask, read.mask.new_zeros(len(plan), 1, 1, 16 + plan.shape[1])], -1), group)
    width = net.shape.width // net.shape.heads
    empty = memory.new_zeros(len(memory), net.shape.heads, 0, width)
    past = [(empty, empty)] * net.shape.writer_layers
    words = torch.full((len(memory), 1), START_SUMMARY, device=memory.device)
    done = torch.zeros(len(memory), dtype=torch.bool, device=memory.device)
    for place in range(longest - 1):
        logits, past = net.write(words[:, -1:], place, past, prepared, mask, None)
        logits = logits[:, 0]
        logits[:, :END] = -torch.inf
        drawn = logits.argmax(-1) if not temperature else torch.distributions.Categorical(logits=logits / temperature).sample()
        drawn = torch.where(done, PAD, drawn)
        words = torch.cat([words, drawn[:, None]], 1)
        done |= drawn == END
        if bool(done.all()):
            break
    return words


def word_logs(net: AgentNet, read: Read, plan: Tensor, words: Tensor, group: int) -> tuple[Tensor, Tensor]:
    """Log probabilities (B * group, W - 1) of the words that follow, and 1 where there is a word."""
    whole = Read(*(repeated(part, group) for part in read))
    calls = whole.memory.new_zeros(len(words), 16)
    logits = net.teach_words(whole, calls, repeated(plan, group).to(whole.memory.dtype), words[:, :-1])
    following = words[:, 1:]
    logs = logits.log_softmax(-1).gather(-1, following[..., None]).squeeze(-1)
    return logs, (following != PAD).float()


def summary_rewards(words: Tensor, truth: list[str], vocabulary: Words, group: int) -> Tensor:
    """(B, group): what each sentence names, against the true sentence of its sample."""
    texts = [vocabulary.text(row.tolist()) for row in words]
    true = [effects_named(text) for text in truth]
    scores = [named_reward(effects_named(text), true[i // group]) for i, text in enumerate(texts)]
    return torch.tensor(scores, device=words.device).unflatten(0, (-1, group))


class Stage:
    """One network in training, the network that it started from, and how answers are drawn and learned from."""

    def __init__(
        self, net: AgentNet, first: AgentNet, words: Words, *, group: int, kl: float, dtype: torch.dtype
    ) -> None:
        self.net, self.words, self.group, self.kl, self.dtype = net, words, group, kl, dtype
        self.first = first.eval().requires_grad_(False)
        self.reward = 0.0  # mean of the answers drawn last

    def steps_loss(self, batch: Batch, rng: torch.Generator, inner: int):
        """Yields the loss of each inner update on answers drawn once; gives their mean reward last through `self.reward`."""
        group = self.group
        state = repeated(batch.state, group)
        with torch.no_grad():
            inputs = batch.inputs(self.dtype)
            read, first = self.net.read(*inputs), self.first.read(*inputs)
            logits = allowed(read.gates, batch.state)
            noise = torch.rand(group, *logits.shape, generator=rng).clamp(1e-9, 1 - 1e-7).to(logits)
            gates = (logits - torch.log(-torch.log(noise))).argmax(-1).transpose(0, 1).flatten(0, 1)
            decided = steps_of(self.net, read, gates, group)
            amounts = (decided * torch.exp(SPREAD * torch.randn(decided.shape, generator=rng).to(decided))).clamp(0, 1)
            reward = reward_of(batch, values_for(gates, amounts, state), group)
            advantage = advantages(reward).flatten()
            told = ((gates == UP) | (gates == DOWN)).float()
            then_gate = repeated(logits.log_softmax(-1), group).gather(-1, gates[..., None]).squeeze(-1)
            then_amount = amount_log(amounts, decided)
            first_logs = allowed(first.gates, batch.state).log_softmax(-1)
            first_amounts = steps_of(self.first, first, gates, group)
        self.reward = float(reward.mean())
        for _ in range(inner):
            read = self.net.read(*batch.inputs(self.dtype))
            logs = allowed(read.gates, batch.state).log_softmax(-1)
            now_gate = repeated(logs, group).gather(-1, gates[..., None]).squeeze(-1)
            decided = steps_of(self.net, read, gates, group)
            gain = clipped_objective(now_gate, then_gate, advantage, torch.ones_like(now_gate))
            gain = gain + clipped_objective(amount_log(amounts, decided), then_amount, advantage, told)
            moved = (logs.exp() * (logs - first_logs)).sum(-1).mean()
            further = (torch.log(decided.clamp_min(1e-3)) - torch.log(first_amounts.clamp_min(1e-3))) / SPREAD
            moved = moved + (0.5 * further**2 * told).sum() / told.sum().clamp_min(1)
            yield -gain + self.kl * moved

    def words_loss(self, batch: Batch, inner: int):
        """The same for summaries."""
        group = self.group
        truth = [self.words.text(row.tolist()) for row in batch.words]
        with torch.no_grad():
            read, first = self.net.read(*batch.inputs(self.dtype)), self.first.read(*batch.inputs(self.dtype))
            drawn = write_sentences(self.net, read, batch.plan, group)
            reward = summary_rewards(drawn, truth, self.words, group)
            advantage = advantages(reward).flatten()
            then, count = word_logs(self.net, read, batch.plan, drawn, group)
            original, _ = word_logs(self.first, first, batch.plan, drawn, group)
        self.reward = float(reward.mean())
        for _ in range(inner):
            now, _ = word_logs(self.net, self.net.read(*batch.inputs(self.dtype)), batch.plan, drawn, group)
            away = original - now
            moved = ((torch.exp(away.clamp(-4, 4)) - away - 1) * count).sum() / count.sum().clamp_min(1)
            yield -clipped_objective(now, then, advantage, count) + self.kl * moved


@torch.no_grad()
def held_out_rewards(net: AgentNet, samples: Samples, words: Words, dtype: torch.dtype, count: int) -> dict[str, float]:
    """Mean reward of the likeliest answers to the held-out samples, by task."""
    scores: dict[str, list[float]] = {"edit": [], "vague": [], "refine": [], "summary": []}
    for rows in np.array_split(np.arange(count), max(1, count // 50)):
        batch = samples.batch(rows).to(next(net.parameters()).device)
        read = net.read(*batch.inputs(dtype))
        gates = allowed(read.gates, batch.state).argmax(-1)
        values = values_for(gates, steps_of(net, read, gates, 1), batch.state)
        rewards = reward_of(batch, values)[:, 0]
        sentences = write_sentences(net, read, batch.plan, 1, temperature=0.0)
        said = summary_rewards(sentences, [words.text(row.tolist()) for row in batch.words], words, 1)[:, 0]
        for i in range(len(rows)):
            task = ("edit", "refine", "summary")[int(batch.task[i])]
            if task == "summary":
                scores[task].append(float(said[i]))
            else:
                scores["vague" if batch.original[i] > 0 else task].append(float(rewards[i]))
    return {name: round(float(np.mean(rows)), 4) for name, rows in scores.items() if rows}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of packed shards")
    parser.add_argument("--shards", default="shard-*", help="which shards, as a pattern")
    parser.add_argument("--start", type=Path, required=True, help="checkpoint of the supervised network")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--batch", type=int, default=24, help="samples a step")
    parser.add_argument("--group", type=int, default=5, help="answers a sample")
    parser.add_argument("--inner", type=int, default=2, help="updates on each group of answers")
    parser.add_argument("--kl", type=float, default=0.01)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--every", type=float, default=2, help="minutes between two looks at the held-out samples")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device = prepare(options)
    checkpoint = options.out / "checkpoint.pt"
    first, words, saved = load_averaged(options.start)
    net, resumed = copy.deepcopy(first), None
    if checkpoint.exists():
        resumed = torch.load(checkpoint, map_location="cpu", weights_only=True)
    samples = Samples(plain_tokenizer(encoder_files() / "tokenizer.json"), words)
    add_new_shards(samples, options.data, options.shards)
    held_out = min(HELD_OUT, len(samples) // 5)
    dtype = torch.bfloat16
    optimiser = Optimiser(net, FROZEN, average=0.99)
    frozen = {name: tensor.clone() for name, tensor in net.state_dict().items() if name not in optimiser.names}
    net.to(device).to_precision(dtype).eval()
    optimiser.follow(net, device)
    curve: list[dict[str, Any]] = []
    step, earlier = 0, 0.0
    if resumed:
        optimiser.restore(resumed["optimiser"])
        curve, earlier = resumed["figures"]["reward_curve"], resumed["elapsed"] - saved["elapsed"]
        step = curve[-1]["step"]
    stage = Stage(net, first.to(device).to_precision(dtype), words, group=options.group, kl=options.kl, dtype=dtype)
    rng, drawn = np.random.default_rng(options.seed + step), torch.Generator().manual_seed(options.seed + step)
    options.out.mkdir(parents=True, exist_ok=True)
    averaged = copy.deepcopy(net)
    begun = time.monotonic() - earlier

    def look() -> dict[str, float]:
        averaged.load_state_dict(dict(zip(optimiser.names, optimiser.averages, strict=True)), strict=False)
        rewards = held_out_rewards(averaged, samples, words, dtype, held_out)
        minutes = (time.monotonic() - begun) / 60
        curve.append({
            "step": step, "minutes": round(minutes, 1), "drawn": {n: round(v, 4) for n, v in running.items()},
            "held_out": rewards,
        })
        tqdm.write(json.dumps(curve[-1]))
        (options.out / "rewards.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in curve))
        save(checkpoint, {
            **saved, "fixed": frozen, "optimiser": optimiser.state(), "elapsed": saved["elapsed"] + 60 * minutes,
            "figures": {**saved["figures"], "reward_curve": curve},
        })
        return rewards

    running: dict[str, float] = {}
    rewards = curve[-1]["held_out"] if curve else look()
    progress, looked = (time.monotonic() - begun) / 60 / options.minutes, time.monotonic()
    seen = np.zeros(len(samples), np.float32)
    seen[:held_out] = np.inf
    tasks = np.array([row["task"] for row in samples.rows])
    with tqdm(mininterval=5, initial=step) as bar:
        while progress < 1:
            summary = step % 6 == 5
            seen_now = np.where((tasks == 2) == summary, seen, np.inf).astype(np.float32)
            (rows,) = samples.order(rng, seen_now, options.batch, 1)
            seen[rows] += 1
            batch = samples.batch(rows).to(device)
            losses = stage.words_loss(batch, options.inner) if summary else stage.steps_loss(batch, drawn, options.inner)
            for loss in losses:
                loss.backward()
                optimiser.step(rate_at(progress, step, options.rate, warm_up=20))
            kind = "summary" if summary else "steps"
            running[kind] = 0.95 * running.get(kind, stage.reward) + 0.05 * stage.reward
            step += 1
            progress = (time.monotonic() - begun) / 60 / options.minutes
            bar.update()
            bar.set_postfix_str(" ".join(f"{n} {v:.3f}" for n, v in running.items()), refresh=False)
            if time.monotonic() - looked > 60 * options.every:
                rewards, looked = look(), time.monotonic()
    return look() if step > curve[-1]["step"] else rewards


if __name__ == "__main__":
    main()
