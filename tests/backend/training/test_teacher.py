"""The teacher: wishes become seen effects on photos it was not tuned on, little else moves, and follow-ups stay in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from backend.training import expert, follow_ups, scenes
from backend.training.items import Item, Scene, fit_items, solve_items
from backend.training.language import Sentences, Utterance
from backend.training.renderer import INDEX
from tests.backend.training.shared_data import SHARED, bench_module, needs_shared
from tool_mapping import reference

ROOT = SHARED / "data"
SOLVED_FOR = ["L+", "L-", "C+", "C-", "S+", "S-", "a+", "a-", "b+", "b-", "SH+", "SH-", "HL-", "V-", "H+", "H-", "N+"]


def whole(photo: str, spoil: int | None = None) -> dict:
    return {"photo": photo, "crop": [0, 0, 1, 1], "flip": False, "spoil": spoil, "pre": []}


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def dev_scenes() -> list[Scene]:
    files = scenes.photo_files(SHARED, "dev")
    return [Scene.of(whole(f, k if k % 3 == 0 else None), ROOT, k) for k, f in enumerate(files[::2])]


@pytest.fixture
def made_up(tmp_path: Path) -> Scene:
    """A picture of our own with tones from dark to bright in several colours."""
    v, u = np.mgrid[0:1:120j, 0:1:180j]
    rgb = np.stack([0.15 + 0.6 * u, 0.2 + 0.5 * v, 0.25 + 0.4 * (1 - u) * v + 0.1 * np.sin(20 * u) ** 2], -1)
    Image.fromarray((rgb * 255).astype(np.uint8)).save(tmp_path / "photo.png")
    return Scene.of(whole("photo.png"), tmp_path, 0)


@needs_shared
def test_what_is_wished_for_is_seen_by_the_benchmark_and_little_else(dev_scenes: list[Scene]) -> None:
    bench = bench_module("effects")
    items = [
        Item(scene, "edit", Utterance("", [SOLVED_FOR[(3 * k + j) % len(SOLVED_FOR)] + "sml"[j]]))
        for k, scene in enumerate(dev_scenes) for j in range(3) if scene.facts.chroma > 4
    ]
    solve_items(items)
    kept = [i for i in items if not i.dropped]
    assert len(kept) > 0.85 * len(items)
    followed, opposite, side, clipped = [], [], [], []
    for item in kept:
        photo = ROOT / item.scene.picture["photo"]
        with Image.open(photo) as im:
            rgb = np.asarray(im.convert("RGB"))
        if item.scene.picture["spoil"] is not None:
            bad = scenes.spoil(rgb.astype(np.float32) / np.float32(255), item.scene.picture["spoil"])
            rgb = (bad * 255 + 0.5).astype(np.uint8)
        after = reference.render(rgb, scenes.tool_calls(item.calls))
        amounts = bench.measure(Image.fromarray(rgb), Image.fromarray(after))
        score = bench.score({"effects": [item.utterance.effects[0][:-1]]}, amounts)
        followed.append(score["followed"])
        opposite.append(score["opposite"])
        side.append(score["side_effect"])
        clipped.append(amounts["clipped"])
    assert np.mean(followed) >= 0.98
    assert np.mean(opposite) == 0
    assert np.mean(side) <= 0.02
    assert np.mean(clipped) <= 0.01


@needs_shared
def test_a_lot_moves_more_than_plain_and_plain_more_than_a_bit(dev_scenes: list[Scene]) -> None:
    moved = {}
    for size in "sml":
        items = [Item(s, "edit", Utterance("", [f"L+{size}"])) for s in dev_scenes if 20 < s.facts.lightness < 60]
        solve_items(items)
        moved[size] = np.median([i.amounts["L"] for i in items])
    assert moved["m"] > 1.5 * moved["s"]
    assert moved["l"] > 1.5 * moved["m"]


@needs_shared
def test_the_expert_fit_mends_spoiled_photos() -> None:
    files = scenes.photo_files(SHARED, "dev")[:60]
    spoiled = [Scene.of(whole(f, 100 + k), ROOT, k) for k, f in enumerate(files)]
    items = [Item(scene, "edit", Utterance("", kind="vague"), vague=True) for scene in spoiled]
    fit_items(items)
    likeness = [i.extra["likeness"] for i in items]
    assert np.mean(likeness) > 0.65
    assert np.mean(np.array(likeness) > 0) > 0.97


def test_black_and_white_leaves_no_colour(made_up: Scene) -> None:
    item = Item(made_up, "edit", Utterance("", ["BW+m"]))
    solve_items([item])
    assert item.values is not None
    assert item.values[INDEX["saturation"]] == -100


def test_what_is_to_be_kept_is_kept(made_up: Scene) -> None:
    item = Item(made_up, "edit", Utterance("", ["b+m"], keep=["L"]))
    solve_items([item])
    assert not item.dropped
    assert item.amounts["b"] > 4
    assert abs(item.amounts["L"]) < 2


def test_a_wish_that_the_photo_has_no_room_for_is_refused_rather_than_faked(tmp_path: Path) -> None:
    Image.fromarray(np.full((60, 90, 3), 254, np.uint8)).save(tmp_path / "white.png")
    item = Item(Scene.of(whole("white.png"), tmp_path, 0), "edit", Utterance("", ["L+m"]))
    solve_items([item])
    assert item.dropped


def test_a_follow_up_moves_only_what_it_speaks_of(made_up: Scene) -> None:
    start = [0] * 16
    start[INDEX["exposure"]], start[INDEX["tint"]], start[INDEX["grain"]] = 22, -13, 9
    item = Item(made_up, "refine", Utterance("", ["b-m"], kind="refine"), start=start)
    solve_items([item])
    assert item.values is not None
    assert [i for i in range(16) if item.values[i] != start[i]] == [INDEX["temperature"]]
    assert item.values[INDEX["temperature"]] < 0


def test_less_of_an_effect_in_force_takes_that_effect_back(made_up: Scene) -> None:
    start = [0] * 16
    start[INDEX["fade"]], start[INDEX["temperature"]] = 40, 30
    item = Item(made_up, "refine", Utterance("", ["F-m"], kind="refine"), start=start)
    solve_items([item])
    assert item.values is not None
    assert item.values[INDEX["fade"]] == 20
    assert item.values[INDEX["temperature"]] == 30


@needs_shared
def test_refine_items_never_change_a_step_when_nothing_but_an_axis_is_taken_back(made_up: Scene) -> None:
    rng = np.random.default_rng(5)
    firsts = [Item(made_up, "refine", Utterance("warmer and darker", ["b+m", "L-m"])) for _ in range(120)]
    solve_items(firsts)
    items = follow_ups.make(rng, firsts, Sentences(SHARED))
    back = [i for i in items if i.utterance.undo not in ("", "all", "last") and not i.utterance.effects]
    assert back
    for item in back:
        assert item.start is not None
        assert item.values is not None
        changed = [i for i in range(16) if item.values[i] != item.start[i]]
        assert changed
        assert all(item.values[i] == 0 for i in changed)


def test_the_distance_is_the_papers() -> None:
    x, y = torch.zeros(1, 3, 4), torch.full((1, 3, 4), 0.5)
    assert float(expert.distance(x, y)) == pytest.approx(0.5, abs=1e-4)
