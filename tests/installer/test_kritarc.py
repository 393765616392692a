"""Editing kritarc: the plugin goes on and off, and no other byte moves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.kritarc import disable, enable, is_enabled

NAME = "iea_krita"
OURS = re.compile(rb"\s*enable_iea_krita\s*=")

KEYS = st.sampled_from(["enable_other", "enable_iea_krita", "Theme", "enable_iea_krita_two", "State", "x[$e]"])
VALUES = st.sampled_from(["true", "false", "", "AAAA==", "[python]", "a=b", "äöü"])
LINES = st.one_of(
    st.builds("{}={}".format, KEYS, VALUES),
    st.sampled_from(["", "[python]", "[theme]", "[python][sub]", "[]", "  [python]  ", "junk"]),
)
TEXTS = st.builds(
    lambda lines, newline, last: (newline.join(lines) + (newline if last else "")).encode("utf-8"),
    st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans(),
)


def others(text: bytes) -> list[bytes]:
    """The lines that are neither ours nor empty nor the group's own header."""
    return [line for line in text.splitlines() if not OURS.match(line) and line.strip() not in (b"", b"[python]")]


@given(TEXTS)
def test_after_enabling_the_plugin_is_on_and_the_other_lines_are_the_same(text: bytes):
    after = enable(text, NAME)
    assert is_enabled(after, NAME)
    assert others(after) == others(text)


@given(TEXTS)
def test_enabling_twice_is_enabling_once(text: bytes):
    once = enable(text, NAME)
    assert enable(once, NAME) == once


@given(TEXTS)
def test_after_disabling_krita_knows_nothing_of_the_plugin(text: bytes):
    after = disable(enable(text, NAME), NAME)
    assert not is_enabled(after, NAME)
    assert others(after) == others(text)


@given(TEXTS.map(lambda text: b"[python]\n" + text).filter(lambda text: not OURS.search(text)))
def test_on_and_off_again_is_the_same_file_byte_for_byte_where_the_group_was_there(text: bytes):
    assert disable(enable(text, NAME), NAME) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"[python]\nenable_iea_krita=true\n"),
        (b"[a]\nx=1", b"[a]\nx=1\n\n[python]\nenable_iea_krita=true\n"),
        (b"[python]\nenable_iea_krita=false\nz=1\n", b"[python]\nenable_iea_krita=true\nz=1\n"),
        (b"[python]", b"[python]\nenable_iea_krita=true\n"),
        (b"[a]\r\nx=1\r\n", b"[a]\r\nx=1\r\n\r\n[python]\r\nenable_iea_krita=true\r\n"),
        (b"[other]\nenable_iea_krita=true\n", b"[other]\nenable_iea_krita=true\n\n[python]\nenable_iea_krita=true\n"),
    ],
)
def test_the_file_becomes_exactly(before: bytes, after: bytes):
    assert enable(before, NAME) == after
