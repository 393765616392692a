"""Write the training set: shards of JSON lines, each a photo record, what was said, and what a retoucher would do.

    python -m backend.training.dataset --shared DIR --out runs/data --samples 60000 --seed 1

Deterministic for a seed; a shard that is there already is not made again, so a stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from backend.agent import compare, saying
from backend.training import follow_ups, summaries
from backend.training.compose import compose, off_topic, style_wishes, vague
from backend.training.items import Item, Scene, fit_items, small_improvement, solve_items
from backend.training.language import Sentences, Utterance
from backend.training.looks import look
from backend.training.phrases_refine import pick
from backend.training.renderer import calls_of
from backend.training.scenes import (
    after_picture,
    before_picture,
    original_picture,
    photo_files,
    random_picture,
    tool_calls,
)
from tool_mapping import reference

__all__ = ["after_picture", "before_picture", "main", "make_shard"]

SHARD = 2000
PER_SCENE = 5
# Shares of the tasks, and within edits of the sources of words.
MIX = {"edit": 0.52, "refine": 0.26, "summary": 0.17, "none": 0.05}
# Where the after-picture of a summary comes from: somebody's own sliders, an edit that was wished for in words, no change.
AFTERS = {"calls": 0.5, "edit": 0.47, "nothing": 0.03}
WORDS = {"vague": 0.18, "real": 0.29, "everyday": 0.13, "look": 0.06, "composed": 0.34}


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    names = list(shares)
    p = np.array([shares[n] for n in names])
    return names[int(rng.choice(len(names), p=p / p.sum()))]


def _request(rng: np.random.Generator, sentences: Sentences, source: str) -> Utterance:
    if source == "real":
        return sentences.draw_real(rng)
    if source == "everyday":
        return sentences.draw_everyday(rng)
    return compose(rng)


def _edit(rng: np.random.Generator, scene: Scene, sentences: Sentences) -> Item:
    source = _choose(rng, WORDS)
    if source == "look":
        utterance, wishes = look(rng, scene.facts)
        return Item(scene, "edit", utterance, wishes=wishes)
    utterance = vague(rng) if source == "vague" else _request(rng, sentences, source)
    item = Item(scene, "edit", utterance)
    item.vague = utterance.kind == "vague" or (utterance.kind == "" and not utterance.effects)
    if rng.random() < 0.12:
        item.style_wishes = style_wishes(rng)
        item.style = summaries.sentence(item.style_wishes, rng)
    return item


def _random_calls(rng: np.random.Generator) -> list[int]:
    """Somebody's own edit: one to four tools, light, medium, heavy or extreme."""
    values = [0] * 16
    for i in rng.choice(16, size=int(rng.integers(1, 5)), replace=False):
        strength = rng.choice([rng.uniform(8, 25), rng.uniform(25, 50), rng.uniform(50, 80)], p=[0.5, 0.35, 0.15])
        values[i] = round(strength) * (1 if i in (3, 13) or rng.random() < 0.5 else -1)
        if i == 3:  # fade is strong early
            values[i] //= 2
    return values


def _solve_first(items: list[Item]) -> None:
    """First turns: vague ones by fit or by a small improvement, the others by the teacher, offers of nothing at once."""
    to_fit, to_solve = [], []
    for item in items:
        if item.vague and not item.scene.good:
            to_fit.append(item)
            continue
        if item.vague:
            item.wishes = small_improvement(item.scene.facts)
        if item.wishes or item.utterance.effects or (item.vague and item.style_wishes):
            to_solve.append(item)
        else:
            item.values = [0] * 16
    fit_items(to_fit)
    solve_items(to_solve)
    styled = [i for i in to_fit if i.style_wishes and not i.dropped]
    for item in styled:
        item.start = item.values
    solve_items(styled)
    for item in styled:
        item.start = None


def _line(item: Item, rng: np.random.Generator) -> dict[str, Any]:
    u, scene = item.utterance, item.scene
    sample: dict[str, Any] = {
        "task": item.task, "picture": scene.picture, "request": u.text, "earlier": item.earlier,
        "in_force": calls_of(item.start or [0] * 16), "style": item.style, "calls": item.calls, "reason": "", "summary": "",
        "previous": calls_of(item.extra.get("before", [0] * 16)),
        "effects": u.effects, "keep": u.keep, "kind": "vague" if item.vague else u.kind,
    }
    if item.task == "edit":
        sample["reason"] = pick(rng, saying.of_edit(
            tool_calls(item.calls), saying.Seen(scene.facts, scene.blown, scene.crushed),
            meant={wish.label[:-1] for wish in item.wishes}, keep=u.keep, kind=u.kind, vague=item.vague,
        ))
    elif item.task == "refine":
        sample["reason"] = pick(rng, saying.of_refine(tool_calls(sample["in_force"]), tool_calls(item.calls)))
    else:
        sample["summary"] = summaries.sentence(item.wishes, rng)
        sample["effects"] = [w.label for w in item.wishes]
        sample["after"] = item.extra["after"]
        sample["request"], sample["calls"] = "", []
    return sample


def _summaries(items: list[Item], root: Path) -> None:
    """Summary items named by what the edit was meant to do, as far as it is seen; what is not clear is dropped."""
    for item in items:
        if item.dropped:
            continue
        before = item.scene.before
        after = original_picture(item.scene.picture, root) if item.extra["source"] == "original" else reference.render(
            before, tool_calls(item.calls)
        )
        item.extra["after"] = "original" if item.extra["source"] == "original" else item.calls
        picture = item.scene.picture
        intent = summaries.meant_by_mending(picture) if item.extra["source"] == "original" else summaries.meant(item.calls)
        found = summaries.seen(intent, compare.measure(before, after))
        item.wishes = found or []
        if found is None:
            item.dropped = "summary: not clear"
        elif not item.wishes and item.extra["source"] != "nothing":
            item.dropped = "summary: nothing to name"


def make_shard(
    shared: Path, files: list[str], sentences: Sentences, seed: int, samples: int, *, mix: dict[str, float] = MIX
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """About `samples` lines (some are refused by the teacher), and how many were dropped for which fault.

    shared: the folder with data/ in it; files: photos, relative to data/; mix: shares of the tasks of MIX.
    """
    rng = np.random.default_rng(seed)
    first: list[Item] = []
    for k in range(samples // PER_SCENE):
        picture = random_picture(rng, files, spoiled=rng.random() < 0.45)
        scene = Scene.of(picture, shared / "data", seed * 100_003 + k)
        for _ in range(PER_SCENE):
            task = _choose(rng, mix)
            if task == "none":
                first.append(Item(scene, "edit", off_topic(rng), values=[0] * 16))
            elif task == "summary":
                source = "original" if not scene.good and rng.random() < 0.3 else _choose(rng, AFTERS)
                u = compose(rng) if source == "edit" else Utterance("")
                values = None if source == "edit" else _random_calls(rng) if source == "calls" else [0] * 16
                first.append(Item(scene, "summary", u, values=values, extra={"source": source}))
            else:
                item = _edit(rng, scene, sentences)
                item.task = task
                if task == "refine":
                    item.style, item.style_wishes = "", []
                first.append(item)
    _solve_first([i for i in first if i.values is None])
    done = [i for i in first if i.task != "refine" and i.values is not None]
    _summaries([i for i in done if i.task == "summary"], shared / "data")
    turned = follow_ups.make(rng, [i for i in first if i.task == "refine" and not i.dropped and any(i.values or [])], sentences)
    faults: dict[str, int] = {}
    lines = []
    for item in [*done, *turned]:
        if item.dropped:
            faults[item.dropped] = faults.get(item.dropped, 0) + 1
        else:
            lines.append(_line(item, rng))
    lines.sort(key=lambda s: json.dumps(s["picture"], sort_keys=True))
    return lines, faults


def _mix(text: str) -> dict[str, float]:
    """ "edit=0.5,refine=0.5" -> shares by task. Raises ValueError for a task that there is not."""
    shares = {name: float(share) for name, share in (part.split("=") for part in text.split(","))}
    if not shares.keys() <= MIX.keys():
        raise ValueError(f"the tasks are {', '.join(MIX)}")
    return shares


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ in it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-shard", type=int, default=0)
    parser.add_argument(
        "--split", choices=["train", "dev"], default="train", help="dev: photos and sentences that training never sees"
    )
    parser.add_argument("--mix", type=_mix, default=MIX, help="shares of the tasks, such as edit=0.7,refine=0.3")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    files = photo_files(options.shared, options.split)
    sentences = Sentences(options.shared, held=options.split == "dev")
    options.out.mkdir(parents=True, exist_ok=True)
    shards = range(options.first_shard, options.first_shard + max(1, round(options.samples / SHARD)))
    for shard in tqdm(shards, unit="shard"):
        path = options.out / f"shard-{shard:04d}.jsonl"
        if path.exists():
            continue
        seed = options.seed * 10_000 + shard
        lines, faults = make_shard(options.shared, files, sentences, seed, SHARD, mix=options.mix)
        partial = path.with_suffix(".part")
        partial.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        os.replace(partial, path)
        tqdm.write(f"{path.name}: {len(lines)} samples; refused {faults}")


if __name__ == "__main__":
    main()
