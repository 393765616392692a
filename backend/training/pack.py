"""From samples (JSONL shards) to arrays: computes what the network sees of every picture once, shard by shard.

    python -m backend.training.pack --shared DIR --data runs/data

Each SHARD.jsonl gets a SHARD.npz beside it; shards that have one already are left alone.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from backend.agent import features
from backend.training.scenes import after_picture, before_picture, original_picture, tool_calls
from tool_mapping import reference
from tool_mapping.spec import NAMES

POINTS = 160  # pixels a sample on which the renderer compares
PLACE = {name: i for i, name in enumerate(NAMES)}


def values(calls: Iterable[dict[str, Any]]) -> NDArray[np.int8]:
    """Calls as {"name", "value"} -> (16,) values in canonical order, 0 where a tool is not called."""
    out = np.zeros(len(NAMES), np.int8)
    for call in calls:
        out[PLACE[call["name"]]] = call["value"]
    return out


def seen(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
    """What the network sees of one picture: statistics (features.SIZE,) and thumb (3, THUMB, THUMB)."""
    return features.statistics(rgb).astype(np.float16), features.thumb(rgb).transpose(2, 0, 1)


@lru_cache(maxsize=2048)
def _before(record: str, root: Path) -> tuple[NDArray[np.uint8], NDArray[np.float16], NDArray[np.uint8]]:
    """The before-picture of a record and what is seen of it; kept, because several samples speak of one picture."""
    rgb = before_picture(json.loads(record), root)
    return rgb, *seen(rgb)


def has_original(sample: dict[str, Any]) -> bool:
    """Whether the unspoiled photo is the right answer: a vague request about a spoiled photo."""
    vague = sample["task"] == "edit" and sample["kind"] == "vague" and not sample["style"]
    return vague and sample["picture"]["spoil"] is not None


def pack(sample: dict[str, Any], root: Path, seed: int) -> dict[str, NDArray]:
    """One sample: stats (2, SIZE), thumbs (2, 3, THUMB, THUMB), points and target (3, POINTS) uint8, uv (POINTS, 2)."""
    before, stats, thumb = _before(json.dumps(sample["picture"]), root)
    stats, thumb = np.stack([stats, stats]), np.stack([thumb, thumb])
    second = None
    if sample["task"] == "summary":
        second = after_picture(sample, root)
    elif sample["in_force"]:
        second = reference.render(before, tool_calls(sample["in_force"]))
    if second is not None:
        stats[1], thumb[1] = seen(second)
    height, width = before.shape[:2]
    where = np.random.default_rng(seed).integers(0, height * width, POINTS)
    v, u = np.divmod(where, width)
    target = original_picture(sample["picture"], root) if has_original(sample) else before
    return {
        "stats": stats, "thumbs": thumb,
        "points": before.reshape(-1, 3)[where].T, "target": target.reshape(-1, 3)[where].T,
        "uv": np.stack([(2 * u + 1) / width - 1, (2 * v + 1) / height - 1], -1).astype(np.float16),
    }


def pack_shard(path: Path, root: Path, *, quiet: bool = False) -> Path:
    """Write SHARD.npz beside SHARD.jsonl, atomically; returns its path."""
    rows: dict[str, list[NDArray]] = {}
    for i, line in enumerate(tqdm(path.read_text().splitlines(), desc=path.name, disable=quiet, mininterval=5)):
        for name, array in pack(json.loads(line), root, i).items():
            rows.setdefault(name, []).append(array)
    out = path.with_suffix(".npz")
    part = out.with_suffix(".part.npz")
    np.savez(part, **{name: np.stack(arrays) for name, arrays in rows.items()})  # type: ignore[arg-type]
    os.replace(part, out)
    return out


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/ in it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the JSONL shards")
    options = parser.parse_args(arguments)
    for path in sorted(options.data.glob("*.jsonl")):
        if not path.with_suffix(".npz").exists():
            pack_shard(path, options.shared / "data")


if __name__ == "__main__":
    main()
