"""Teach TurnReader what follow-ups and first requests mean, from words and steps in force: drawn anew by
backend/training/turn_texts.py, as many as wanted.

    python -m backend.training.follow --shared DIR --run runs/NAME --texts 60000 --minutes 8

The encoder's lower layers in RUN/checkpoint.pt are read, not changed. Writes RUN/turn.pt, now and then and at the end; goes on
from it where it exists.
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
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from backend.agent.decode import FACTORS, state_of
from backend.agent.vocab import request_ids
from backend.training.language import Sentences
from backend.training.layers import BERT_LAYERS, BERT_LOWER, SentenceEncoder
from backend.training.model import AXES
from backend.training.readers import Turn, TurnReader, load_reader, save_reader
from backend.training.samples import wish_targets
from backend.training.train import encoder_files, load_averaged, plain_tokenizer, prepare, rate_at
from backend.training.turn_texts import Follows, Said
from tool_mapping.spec import ToolCall

HELD_OUT = 1500
_PLACE = {axis[:-1]: i // 2 for i, axis in enumerate(AXES)}
_EITHER = 2  # wishes of one sentence that can be honestly read in two ways
_BLUR = 0.12  # how far two factors may lie apart, as a logarithm, and still be nearly the same answer


def factor_target(factor: float | None) -> np.ndarray:
    """(1 + FACTORS,) shares that sum to 1: "none" alone, or the nearest factors by their distance."""
    target = np.zeros(1 + len(FACTORS), np.float32)
    if factor is None:
        target[0] = 1
    elif factor <= 0:
        target[1 + FACTORS.index(factor)] = 1
    else:
        apart = [abs(np.log(f / factor)) if f > 0 else np.inf for f in FACTORS]
        target[1:] = np.exp(-np.array(apart) / _BLUR)
        target[1:][(np.array(FACTORS) - 1) * (factor - 1) < 0] = 0
        target /= target.sum()
    return target


class Texts:
    """Follow-ups, what the lower layers make of each, and what each means as arrays."""

    def __init__(
        self, turns: list[Said], tokenizer: Tokenizer, encoder: SentenceEncoder, lower: int, device: torch.device
    ) -> None:
        self.read = _encode(turns, tokenizer, encoder, lower, device)
        self.factor = np.stack([factor_target(turn.factor) for turn in turns])
        self.reach = np.array([turn.reach for turn in turns])
        self.held = np.zeros((len(turns), len(AXES) // 2), np.float32)
        self.taken = np.zeros((len(turns), len(AXES) // 2, 1 + len(FACTORS)), np.float32)
        self.taken[..., 0] = 1
        self.wishes, self.sizes = (np.zeros((len(turns), len(AXES)), np.float32) for _ in range(2))
        self.either = np.zeros((len(turns), _EITHER, len(AXES)), np.float32)
        self.state, self.before = (
            np.concatenate([state_of(tuple(ToolCall(*step) for step in steps.items())) for steps in turns_steps])
            for turns_steps in ([turn.in_force for turn in turns], [turn.previous for turn in turns])
        )
        for i, turn in enumerate(turns):
            for axis, factor in turn.taken.items():
                self.taken[i, _PLACE[axis]] = factor_target(factor)
            self.held[i, [_PLACE[axis] for axis in turn.held if axis in _PLACE]] = 1
            self.wishes[i], self.sizes[i] = wish_targets(list(turn.effects))
            open_ones = [label.split("|") for label in turn.effects if "|" in label]
            for k, readings in enumerate(open_ones[:_EITHER]):
                self.either[i, k, [AXES.index(reading[:-1]) for reading in readings if reading[:-1] in AXES]] = 1

    def batch(self, indices: Iterable[int], device: torch.device) -> tuple[tuple[Tensor, ...], dict[str, Tensor]]:
        """What TurnReader takes: inner (B, T, BERT_WIDTH), its mask, state and before (B, 16); and the targets by name."""
        rows = np.fromiter(indices, int)
        read = [self.read[i] for i in rows]
        mask = pad_sequence([torch.zeros(len(r)) for r in read], batch_first=True, padding_value=-1e4)[:, None, None, :]
        names = ("factor", "reach", "taken", "held", "wishes", "either", "sizes")
        targets = {name: torch.from_numpy(getattr(self, name)[rows]).to(device) for name in names}
        steps = (torch.from_numpy(values[rows]).to(device) for values in (self.state, self.before))
        return (pad_sequence(read, batch_first=True).float().to(device), mask.to(device), *steps), targets


@torch.no_grad()
def _encode(
    turns: list[Said], tokenizer: Tokenizer, encoder: SentenceEncoder, lower: int, device: torch.device
) -> list[Tensor]:
    encoder = copy.deepcopy(encoder).to(device, torch.bfloat16).eval()
    pairs = [request_ids(tokenizer, turn.text, turn.earlier, turn.style) for turn in turns]
    order = sorted(range(len(turns)), key=lambda i: len(pairs[i][0]))
    out: list[Tensor] = [torch.empty(0)] * len(turns)
    for start in tqdm(range(0, len(order), 96), mininterval=5, desc="reading"):
        part = order[start : start + 96]
        ids, segments = (pad_sequence([torch.from_numpy(pairs[i][k]) for i in part], batch_first=True) for k in (0, 1))
        mask = ((ids == 0).to(torch.bfloat16) * -1e4)[:, None, None, :].to(device)
        read = encoder.inner(ids.to(device), segments.to(device), mask, lower).half().cpu()
        for k, i in enumerate(part):
            out[i] = read[k, : len(pairs[i][0])].clone()
    return out


def loss_of(turn: Turn, targets: dict[str, Tensor]) -> Tensor:
    """Everything that a follow-up means, in one sum. Of a wish with two honest readings (0.6) one at least is to be found."""
    wishes, either = targets["wishes"].float(), targets["either"].float()
    clear = ((wishes == 0) | (wishes == 1)).float()
    none_of_them = (either * functional.logsigmoid(-turn.wishes).unsqueeze(1)).sum(-1)  # the logarithm of its chance
    missed = -torch.log1p(-none_of_them.exp().clamp_max(1 - 1e-4)) * (either.sum(-1) > 0)
    asked = functional.binary_cross_entropy_with_logits(turn.wishes, (wishes > 0).float(), reduction="none")
    held = functional.binary_cross_entropy_with_logits(turn.held, targets["held"].float(), reduction="none").sum(1).mean()
    taken = functional.cross_entropy(turn.taken.flatten(0, 1), targets["taken"].float().flatten(0, 1)) * turn.taken.shape[1]
    factor = functional.cross_entropy(turn.factor, targets["factor"].float())
    scales = 1 - targets["factor"][:, 0]
    reached = functional.cross_entropy(turn.reach, targets["reach"], reduction="none")
    reach = (reached * scales).sum() / scales.sum().clamp_min(1)
    size = ((turn.sizes - targets["sizes"]) ** 2 * (wishes > 0)).sum() / (wishes > 0).sum().clamp_min(1)
    return (asked * clear).sum(1).mean() + missed.sum(1).mean() + held + taken + factor + reach + 4 * size


@torch.no_grad()
def figures(net: TurnReader, texts: Texts, device: torch.device) -> dict[str, float]:
    """Shares of held-out follow-ups read rightly: each part, and all of it."""
    net.eval()
    right: dict[str, list[Tensor]] = {}
    for part in np.array_split(np.arange(len(texts.read)), max(1, len(texts.read) // 200)):
        inputs, targets = texts.batch(part.tolist(), device)
        turn = net(*inputs)
        wishes, either, none = targets["wishes"], targets["either"], targets["factor"][:, 0] == 1
        found = ((either * (turn.wishes > 0).unsqueeze(1)).sum(-1) > 0) | (either.sum(-1) == 0)
        near, taken = (
            targets[name].gather(-1, getattr(turn, name).argmax(-1, keepdim=True)).squeeze(-1) > 0.15
            for name in ("factor", "taken")
        )
        here = {
            "wishes": (((turn.wishes > 0) == (wishes > 0)) | ((wishes > 0) & (wishes < 1))).all(1) & found.all(1),
            "factor": near,
            "reach": none | (turn.reach.argmax(1) == targets["reach"]),
            "taken": taken.all(1),
            "held": ((turn.held > 0) == (targets["held"] > 0)).all(1),
        }
        here["all"] = torch.stack(list(here.values())).all(0)
        for name, ok in here.items():
            right.setdefault(name, []).append(ok.float())
    net.train()
    return {name: round(float(torch.cat(parts).mean()), 3) for name, parts in right.items()}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with the labelled sentences")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=60000, help="how many follow-ups to draw")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--upper", type=int, default=BERT_LAYERS - BERT_LOWER, help="layers of its own, above the shared ones")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    device = prepare(options)
    rng = np.random.default_rng(options.seed)
    agent = load_averaged(options.run / "checkpoint.pt")[0]
    tokenizer = plain_tokenizer(encoder_files() / "tokenizer.json")
    net, path = TurnReader(options.upper), options.run / "turn.pt"
    if path.exists():
        load_reader(path, net)
    else:
        net.start_from(agent.text)
    lower = BERT_LAYERS - options.upper
    held = Follows(Sentences(options.shared, held=True), held=True)
    follows = Follows(Sentences(options.shared))
    test = Texts([held.draw(rng) for _ in range(min(HELD_OUT, options.texts))], tokenizer, agent.text, lower, device)
    texts = Texts([follows.draw(rng) for _ in range(options.texts)], tokenizer, agent.text, lower, device)
    net.to(device).train()
    own = [p for name, p in net.named_parameters() if not name.startswith("layers.")]
    optimiser = torch.optim.AdamW(
        [{"params": own, "share": 4.0}, {"params": list(net.layers.parameters()), "share": 0.5}], lr=options.rate,
        weight_decay=0.02,
    )
    lengths = np.array([len(read) for read in texts.read])
    begun, step, running, progress = time.monotonic(), 0, 3.0, 0.0
    waiting: list[np.ndarray] = []
    with tqdm(mininterval=10) as bar:
        while progress < 1:
            if not waiting:  # of like length side by side
                drawn = rng.integers(len(lengths), size=8 * options.batch)
                waiting = [*rng.permutation(drawn[lengths[drawn].argsort()].reshape(8, -1))]
            inputs, targets = texts.batch(waiting.pop().tolist(), device)
            with torch.autocast(device.type, torch.bfloat16):
                turn = net(*inputs)
            loss = loss_of(Turn(*(part.float() for part in turn)), targets)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            for group in optimiser.param_groups:
                group["lr"] = group["share"] * rate_at(progress, step, options.rate, warm_up=50)
            optimiser.step()
            step, running = step + 1, 0.98 * running + 0.02 * float(loss.detach())
            progress = (time.monotonic() - begun) / 60 / options.minutes
            bar.update()
            bar.set_postfix_str(f"loss {running:.4f}", refresh=False)
            if step % 500 == 0:
                found = figures(net, test, device)
                tqdm.write(json.dumps({"step": step, "loss": round(running, 3), **found}))
                save_reader(path, net, found)
    found = figures(net.eval(), test, device)
    print(json.dumps({"steps": step, "held_out": found}))
    save_reader(path, net.cpu().eval(), found)
    return found


if __name__ == "__main__":
    main()
