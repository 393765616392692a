"""The composed language: labels that parse, sentences with words in them, held-out sentences held out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from backend.training import summaries
from backend.training.compose import PHRASES, compose, off_topic, style_wishes, vague
from backend.training.effects import ALL_AXES, Wish, parse, parse_one
from backend.training.follow_ups import SCALES, _times
from backend.training.goals import Facts
from backend.training.language import LABELS_MORE, Sentences, held_out, join_labels, sentence_id
from backend.training.looks import LOOKS, look
from backend.training.renderer import INDEX
from backend.training.typos import untidy
from tests.backend.training.shared_data import SHARED, needs_shared
from tool_mapping.spec import TOOLS

FACTS = Facts(50.0, 60.0, 20.0, 0.0, 0.0)


def test_labels_are_read_as_axis_sign_and_size() -> None:
    assert parse_one("SH-l") == Wish("SH", -1, "l")
    assert parse_one("S+s") == Wish("S", 1, "s")
    full, extra = parse(["C+m|S+m", "b-s"])
    assert full == [Wish("C", 1, "m"), Wish("b", -1, "s")]
    assert extra == [Wish("S", 1, "s")]
    with pytest.raises(ValueError, match="not an effect"):
        parse_one("Q+m")


def test_composed_requests_have_words_and_labels_that_parse() -> None:
    rng = np.random.default_rng(1)
    for _ in range(3000):
        u = compose(rng)
        assert u.text.strip()
        assert "{" not in u.text, u.text
        assert u.effects
        assert parse(u.effects)[0]
        assert not set(u.keep) & {parse_one(e.split("|")[0]).axis for e in u.effects}, (u.text, u.effects, u.keep)


def test_composed_requests_are_rarely_the_same() -> None:
    rng = np.random.default_rng(2)
    texts = [compose(rng).text for _ in range(3000)]
    assert len(set(texts)) > 2700


def test_every_axis_can_be_asked_for() -> None:
    assert {axis for axis, _ in PHRASES} == set(ALL_AXES)


def test_looks_are_made_of_known_wishes() -> None:
    for entry in LOOKS:
        for label in entry.wishes:
            parse_one(label)
    rng = np.random.default_rng(3)
    assert all(look(rng, FACTS)[0].effects for _ in range(200))


def test_empty_and_vague_words_ask_for_nothing_in_particular() -> None:
    rng = np.random.default_rng(4)
    drawn = [vague(rng) for _ in range(300)]
    assert any(u.text == "" for u in drawn)
    assert all(not u.effects and u.kind == "vague" for u in drawn)
    assert all(not off_topic(rng).effects for _ in range(100))


def test_untidy_typing_never_empties_a_sentence() -> None:
    rng = np.random.default_rng(5)
    assert all(untidy("make it a bit brighter please", rng, share=1.0).strip() for _ in range(500))


def test_a_sentence_is_held_out_whatever_its_capitals_and_stops() -> None:
    assert held_out("Make it brighter!") == held_out("make it  brighter")


def test_labels_find_their_sentences_by_letters_and_add_up_the_counts(tmp_path: Path) -> None:
    labels, requests = tmp_path / "labels.jsonl", tmp_path / "requests.jsonl"
    rows = [("Make it crisper!", 2), ("make it  crisper", 3), ("add a purple wash", 1)]
    requests.write_text("".join(json.dumps({"text": text, "count": count}) + "\n" for text, count in rows))
    meant = {"effects": ["H+m"], "keep": ["L"], "kind": ""}
    ids = (sentence_id("MAKE IT CRISPER"), sentence_id("a sentence that is not there"))
    labels.write_text("".join(json.dumps({"id": i, **meant}) + "\n" for i in ids))
    found = join_labels(labels, requests) + join_labels(labels, requests, held=True)
    assert [(u.text, u.effects, u.keep, count) for u, count in found] == [("make it  crisper", ["H+m"], ["L"], 5)]
    assert join_labels(labels, requests, held=held_out("make it crisper")) == found


def test_every_label_read_later_parses_and_names_its_sentence_once() -> None:
    rows = [json.loads(line) for line in LABELS_MORE.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{16}", row["id"])
        assert set(row) == {"id", "effects", "keep", "kind"}, "no text: the sentences carry no licence"
        assert row["kind"] in ("", "vague", "local", "impossible", "noise")
        assert set(row["keep"]) <= set(ALL_AXES)
        parse(row["effects"])


@needs_shared
def test_labels_read_later_are_of_sentences_that_were_not_labelled_before() -> None:
    data = SHARED / "data"
    before = {sentence_id(json.loads(line)["text"]) for line in (data / "requests_labelled.jsonl").read_text().splitlines()}
    more = [join_labels(LABELS_MORE, data / "requests_train.jsonl", held=held) for held in (False, True)]
    assert not before & {sentence_id(u.text) for u, _ in more[0] + more[1]}
    assert len(more[0] + more[1]) == len(LABELS_MORE.read_text().splitlines())


@needs_shared
def test_held_out_sentences_are_never_drawn_for_training() -> None:
    training, held = Sentences(SHARED), Sentences(SHARED, held=True)
    seen = {u.text for u, _ in training.real + training.everyday} | {u.text for u in training.follow_ups}
    kept = {u.text for u, _ in held.real + held.everyday} | {u.text for u in held.follow_ups}
    assert not seen & kept
    assert 0.07 < len(kept) / (len(kept) + len(seen)) < 0.13


def test_half_of_that_halves_the_last_turn_only() -> None:
    before, now = [0] * 16, [0] * 16
    before[INDEX["exposure"]] = now[INDEX["exposure"]] = 20
    now[INDEX["temperature"]] = 30
    after = _times(now, before, 0.5)
    assert after[INDEX["exposure"]] == 20
    assert after[INDEX["temperature"]] == 15
    middle = ("half", "hal", "50", "middle", "between", "difference")
    assert all(any(word in text for word in middle) for text in SCALES[0.5])


def test_scaling_never_leaves_a_tools_range() -> None:
    now = [t.maximum for t in TOOLS]
    for factor in SCALES:
        for value, tool in zip(_times(now, [0] * 16, factor), TOOLS, strict=True):
            assert tool.minimum <= value <= tool.maximum


def test_a_summary_names_every_effect_in_a_fixed_order() -> None:
    wishes = [Wish("C", -1, "m"), Wish("L", 1, "s"), Wish("b", 1, "m")]
    expected = "They like a slightly brighter, warmer picture with less contrast."
    assert summaries.sentence(wishes) == summaries.sentence(wishes[::-1]) == expected
    assert all(summaries.sentence(style_wishes(np.random.default_rng(k))).endswith(".") for k in range(50))
