"""What a person likes: off until they say so, private, theirs to change, and never in the way."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from plugin.iea_krita.style import Style, StyleBook, as_said_by_the_person, as_told_to_the_person, contradicts

WARMER = "They like a warmer picture."


@pytest.fixture
def book(tmp_path: Path) -> StyleBook:
    return StyleBook(tmp_path / "data" / "style.json")


def test_it_is_off_at_first_and_then_nothing_is_learned_or_sent(book: StyleBook) -> None:
    assert not book.learn(WARMER)
    assert book.style == Style(enabled=False, text="")
    assert not book.path.exists()


def test_what_is_learned_is_kept_and_goes_along_only_while_it_is_on(book: StyleBook) -> None:
    book.enable(True)
    assert book.learn(WARMER)
    again = StyleBook(book.path)
    assert again.style.in_force == WARMER
    again.enable(False)
    assert again.style.in_force == ""
    assert StyleBook(book.path).style.text == WARMER, "switched off is not forgotten"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_may_read_the_file(book: StyleBook) -> None:
    book.enable(True)
    book.learn(WARMER)
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert [path.name for path in book.path.parent.iterdir()] == ["style.json"], "nothing is left beside it"


def test_the_newest_comes_first_and_takes_the_place_of_what_it_contradicts(book: StyleBook) -> None:
    book.enable(True)
    for sentence in (WARMER, "They like a picture with more contrast.", "They like a much cooler picture."):
        book.learn(sentence)
    assert book.style.text == "They like a much cooler picture. They like a picture with more contrast."
    assert not book.learn("They like a much cooler picture.")


def test_a_persons_own_words_are_never_changed_by_learning(book: StyleBook) -> None:
    book.enable(True)
    book.write("  I like it warm\nand soft ")
    assert book.style == Style(True, "I like it warm and soft", by_hand=True)
    assert not book.learn("They like a cooler picture.")
    book.forget()
    assert book.style == Style(True)
    assert book.learn(WARMER)


def test_two_pictures_that_are_alike_teach_nothing(book: StyleBook) -> None:
    book.enable(True)
    assert not book.learn("They like the picture as it is.")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"type": "iea_krita/style", "version": 9, "enabled": true}', "\x00"])
def test_a_file_that_cannot_be_read_counts_as_none(book: StyleBook, content: str) -> None:
    book.path.parent.mkdir()
    book.path.write_text(content)
    assert StyleBook(book.path).style == Style()


def test_the_person_is_spoken_to() -> None:
    assert as_told_to_the_person("They like a warmer picture. This person likes grain.") == (
        "You like a warmer picture. You like grain."
    )
    assert as_said_by_the_person("They prefer a sharper picture.") == "I prefer a sharper picture."


@pytest.mark.parametrize(("one", "other", "opposite"), [
    ("a warmer picture", "a much cooler picture", True), ("more contrast", "less contrast", True),
    ("a warmer picture", "more contrast", False), ("a brighter picture", "a brighter picture", False),
])
def test_opposite_wishes_are_known(one: str, other: str, opposite: bool) -> None:
    assert contradicts(one, other) == contradicts(other, one) == opposite
