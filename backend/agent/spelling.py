"""Slips of the finger put right, before a request is read: "orignal" is not a word, "original" is one that people say to us.

Only words that neither the trade nor the sentence encoder knows as a whole are touched, and only where one slip (a letter left
out, added, swapped with its neighbour or mistaken; of short words only swapped) leads to a word of the trade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer

_WORD = re.compile(r"[A-Za-z]{4,20}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def one_slip_away(word: str) -> set[str]:
    """All strings that one slip makes of a lower-case word (Damerau-Levenshtein distance 1)."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    out = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    if len(word) > 4:
        out |= {a + b[1:] for a, b in splits if b} | {a + letter + b[1:] for a, b in splits if b for letter in _LETTERS}
        out |= {a + letter + b for a, b in splits for letter in _LETTERS}
    return out - {word}


def words_of(texts: Iterable[str], *, least: int = 1) -> list[str]:
    """Words of four letters or more that `texts` have `least` times or more, the commonest first; "can't" is also "cant"."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in _WORD.findall(text.lower()) + _WORD.findall(text.lower().replace("'", "")):
            counts[word] = counts.get(word, 0) + 1
    return sorted((word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word))


class Spelling:
    """Corrects by a list of words, the commonest first. Letters' case is not kept: the encoder reads lower case."""

    def __init__(self, words: Sequence[str], tokenizer: Tokenizer) -> None:
        self._places = {word: i for i, word in enumerate(words)}
        self._tokenizer = tokenizer

    def correct(self, text: str) -> str:
        return _WORD.sub(lambda found: self._word(found[0]), text)

    def _word(self, word: str) -> str:
        low = word.lower()
        if low in self._places or self._tokenizer.token_to_id(low) is not None:
            return word
        near = [w for w in one_slip_away(low) if w in self._places and w[0] == low[0]]
        return min(near, key=self._places.__getitem__) if near else word
