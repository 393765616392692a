"""The first stage: teach the sentence encoder and its heads what words ask for, from words alone.

    python -m backend.training.words --shared DIR --data runs/data --out runs/NAME --minutes 12

Every text is drawn anew: real and everyday sentences that were labelled by reading, composed ones, tastes, vague and off-topic
ones, and follow-ups from the shards. No picture is needed, so it costs a tenth of the joint training that goes on from it.
Goes on where it was stopped; the same command serves a CPU and a CUDA card.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from tqdm import tqdm

from backend.agent.vocab import Words, request_ids
from backend.training import summaries
from backend.training.compose import compose, off_topic, style_wishes, vague
from backend.training.language import Sentences, Utterance
from backend.training.model import AgentNet, Shape
from backend.training.optimise import Optimiser
from backend.training.samples import wish_targets
from backend.training.sizes import misses
from backend.training.train import (
    WORDS_ONLY,
    answer_words,
    encoder_files,
    load_averaged,
    plain_tokenizer,
    prepare,
    rate_at,
    save,
    take_fitting,
)
from backend.training.typos import untidy

# Where texts come from, and how often.
SOURCES = {"real": 0.40, "everyday": 0.12, "composed": 0.26, "vague": 0.07, "off_topic": 0.04, "taste": 0.03, "follow_up": 0.08}
_AHEAD = 40  # batches whose texts are sorted by length together


class Said(NamedTuple):
    """A text as the network reads it, and what it asks for: wishes, sizes (AXES,), vague 0 or 1."""

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]
    wishes: NDArray[np.float32]
    sizes: NDArray[np.float32]
    vague: float


class Texts:
    """Draws texts. `follow_ups` are lines of the shards."""

    def __init__(self, shared: Path, data: Path, *, held: bool = False) -> None:
        self.sentences = Sentences(shared, held=held)
        self.follow_ups = [
            line for path in sorted(data.glob("*.jsonl")) for line in map(json.loads, path.read_text().splitlines())
            if line["task"] == "refine"
        ]
        self.tokenizer = plain_tokenizer(encoder_files() / "tokenizer.json")

    def read(self, u: Utterance, earlier: tuple[str, ...] = (), style: str = "") -> Said:
        ids, segments = request_ids(self.tokenizer, u.text, earlier, style)
        wishes, sizes = wish_targets(u.effects)
        return Said(ids, segments, wishes, sizes, float(u.kind == "vague" or (not u.kind and not u.effects)))

    def draw(self, rng: np.random.Generator) -> Said:
        source = str(rng.choice(list(SOURCES), p=np.array(list(SOURCES.values())) / sum(SOURCES.values())))
        style = summaries.sentence(style_wishes(rng), rng) if rng.random() < 0.08 else ""
        if source == "follow_up" and self.follow_ups:
            line = self.follow_ups[int(rng.integers(len(self.follow_ups)))]
            return self.read(Utterance(line["request"], line["effects"], kind="refine"), tuple(line["earlier"]))
        if source == "taste":
            wishes = style_wishes(rng)
            return self.read(Utterance(summaries.sentence(wishes, rng), [w.label for w in wishes]))
        if source in ("real", "everyday"):
            u = self.sentences.draw_real(rng) if source == "real" else self.sentences.draw_everyday(rng)
            return self.read(Utterance(untidy(u.text, rng, 0.3), u.effects, kind=u.kind), style=style)
        u = {"composed": compose, "vague": vague, "off_topic": off_topic}.get(source, compose)(rng)
        return self.read(u, style=style)

    def batches(self, rng: np.random.Generator, size: int):
        """Endless batches of Said, those of one batch of about one length."""
        while True:
            drawn = sorted((self.draw(rng) for _ in range(_AHEAD * size)), key=lambda said: len(said.ids))
            for k in rng.permutation(_AHEAD):
                yield drawn[k * size : (k + 1) * size]


def losses(net: AgentNet, said: list[Said], device: torch.device) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
    """Losses by name; and the wishes' logits, the wishes asked, and how vague (B,), for figures."""
    ids, segments = (
        pad_sequence([torch.from_numpy(row) for row in rows], batch_first=True).to(device)
        for rows in ([s.ids for s in said], [s.segments for s in said])
    )
    asked, sizes = (torch.from_numpy(np.stack(rows)).to(device) for rows in ([s.wishes for s in said], [s.sizes for s in said]))
    unclear = torch.tensor([s.vague for s in said], device=device)
    _, words, _, wishes, _, vagueness = net.understand(ids, segments, ids == 0)
    mask = ((ids == 0).to(words.dtype) * -1e4)[:, None, None, :]
    parts = {
        "wishes": functional.binary_cross_entropy_with_logits(wishes, asked, reduction="none").sum(1).mean(),
        "sizes": misses(net.size_reader(words, mask), sizes, (asked > 0).float()),
        "vague": functional.binary_cross_entropy_with_logits(vagueness, unclear),
    }
    return parts, wishes, asked, vagueness


@torch.no_grad()
def figures(net: AgentNet, texts: list[Said], device: torch.device) -> dict[str, float]:
    """On held-out sentences: shares with every asked effect named, with an unasked one, and rightly read as vague or not."""
    net.eval()
    named, extra, right = [], [], []
    for start in range(0, len(texts), 64):
        part = texts[start : start + 64]
        _, logits, asked, vagueness = losses(net, part, device)
        sure = torch.sigmoid(logits) > 0.5
        either = (asked > 0.3) & (asked < 0.9)
        some = ~either.any(1) | (sure & either).any(1)
        named += ((sure | (asked < 0.9)).all(1) & some).tolist()
        extra += (sure & (asked < 0.3)).any(1).tolist()
        right += ((vagueness > 0) == torch.tensor([s.vague > 0 for s in part], device=device)).tolist()
    net.train()
    return {name: round(float(np.mean(rows)), 4) for name, rows in (("named", named), ("extra", extra), ("vague_right", right))}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ in it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the shards: follow-ups and answers")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--start", type=Path, help="checkpoint to begin from, where its weights fit")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0 leaves it to torch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shape", default="{}", help="sizes that differ from Shape, as JSON")
    options = parser.parse_args(arguments)
    device = prepare(options)
    checkpoint = options.out / "checkpoint.pt"
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True) if checkpoint.exists() else None
    words = Words(tuple(saved["words"])) if saved else answer_words(options.data)
    net = AgentNet(Shape(words=len(words.entries), **json.loads(options.shape)))
    net.text.load_pretrained(encoder_files() / "model.safetensors")
    if saved:
        net.load_state_dict(saved["fixed"], strict=False)
    elif options.start:
        start, known, _ = load_averaged(options.start, untrained=("",))
        take_fitting(net, words, start, known)
    texts, held = Texts(options.shared, options.data), Texts(options.shared, options.data, held=True)
    probe = [held.read(u) for u, _ in (*held.sentences.real, *held.sentences.everyday) if u.kind in ("", "vague")]
    optimiser = Optimiser(net, WORDS_ONLY)
    net.to(device).to_precision(torch.bfloat16).train()
    optimiser.follow(net, device)
    if saved:
        optimiser.restore(saved["optimiser"])
    begun = time.monotonic() - (saved["elapsed"] if saved else 0.0)
    rng = np.random.default_rng(options.seed + optimiser.step_number)
    running, progress = dict[str, float](), (time.monotonic() - begun) / 60 / options.minutes
    looked = progress
    options.out.mkdir(parents=True, exist_ok=True)

    def look() -> dict[str, float]:
        whole = AgentNet(net.shape)
        whole.load_state_dict({n: t.float() for n, t in net.state_dict().items()})
        whole.load_state_dict(dict(zip(optimiser.names, optimiser.averages, strict=True)), strict=False)
        result = figures(whole.to(device), probe, device)
        tqdm.write(json.dumps({"minutes": round((time.monotonic() - begun) / 60, 1), **result}))
        fixed = {n: t.float() if t.is_floating_point() else t for n, t in net.state_dict().items() if n not in optimiser.names}
        save(checkpoint, {
            "shape": {n: getattr(net.shape, n) for n in net.shape.__slots__}, "words": list(words.entries), "fixed": fixed,
            "optimiser": optimiser.state(), "elapsed": time.monotonic() - begun, "shards": [], "figures": result,
            "options": {n: str(getattr(options, n)) for n in ("minutes", "batch", "rate", "seed")},
        })
        return result

    result = look()
    with tqdm(mininterval=5, initial=optimiser.step_number) as bar:
        for said in texts.batches(rng, options.batch):
            parts = losses(net, said, device)[0]
            (parts["wishes"] + 4 * parts["sizes"] + parts["vague"]).backward()
            optimiser.step(rate_at(progress, optimiser.step_number, options.rate))
            for name, part in parts.items():
                running[name] = 0.98 * running.get(name, float(part.detach())) + 0.02 * float(part.detach())
            bar.update()
            bar.set_postfix_str(" ".join(f"{n} {v:.3f}" for n, v in running.items()), refresh=False)
            progress = (time.monotonic() - begun) / 60 / options.minutes
            if progress - looked > 0.2 or progress >= 1:
                result, looked = look(), progress
            if progress >= 1:
                break
    return result


if __name__ == "__main__":
    main()
