"""The chat's pictures in the document: the newest ones, each once, and only for the turn that they belong to."""

from __future__ import annotations

import json

import pytest

from plugin.iea_krita.pictures import MOST_BYTES, MOST_TURNS, from_json, to_json
from plugin.iea_krita.session import Turn


def turns(count: int) -> list[Turn]:
    return [Turn(f"request {n}", seconds=0.1 + n / 7) for n in range(count)]


def test_pictures_come_back_with_their_turns() -> None:
    pairs = [(b"photo", b"one"), None, (b"photo", b"three")]
    assert from_json(to_json(turns(3), pairs), turns(3)) == pairs


def test_only_the_newest_are_kept_and_a_common_picture_once() -> None:
    pairs = [(b"photo" * 1000, b"after %d" % n) for n in range(50)]
    text = to_json(turns(50), pairs)
    assert from_json(text, turns(50)) == [None] * (50 - MOST_TURNS) + pairs[-MOST_TURNS:]
    assert len(json.loads(text)["pictures"]) == MOST_TURNS + 1


def test_a_full_conversation_stays_small() -> None:
    pairs = [(bytes([n]) * MOST_BYTES, bytes([n, 1]) * (MOST_BYTES // 2)) for n in range(MOST_TURNS)]
    assert len(to_json(turns(MOST_TURNS), pairs)) < 340_000


def test_a_turn_that_took_the_place_of_another_one_has_not_its_picture() -> None:
    text = to_json(turns(2), [(b"a", b"b"), (b"a", b"c")])
    assert from_json(text, [turns(2)[0], Turn("request 1", seconds=9.0)]) == [(b"a", b"b"), None]
    assert from_json(text, turns(1)) == [(b"a", b"b")]


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", '{"type": "iea_krita/pictures", "version": 2, "turns": [], "pictures": {}}',
    '{"type": "iea_krita/pictures", "version": 1, "turns": [{"turn": 0}], "pictures": {}}',
])
def test_what_cannot_be_read_is_no_picture(text: str) -> None:
    assert from_json(text, turns(2)) == [None, None]
