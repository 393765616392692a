"""The words on both sides of the agent: how a request becomes token ids, and the agent's own small vocabulary of answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

PAD, START_EDIT, START_SUMMARY, END = 0, 1, 2, 3
CONTROL = ("<pad>", "<edit>", "<summary>", "<end>")
LONGEST_ANSWER = 56  # words and marks of one reason or summary

REQUEST_TOKENS = 48  # of the request itself
CONTEXT_TOKENS = 24  # of the earlier requests, and as many of the remembered style

_PIECE = re.compile(r"[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*|[^\sA-Za-z0-9]")
_CLOSING = frozenset(".,;:!?)%…")


def pieces(text: str) -> list[str]:
    """Words and punctuation marks, in order: "Too dark, so" -> ["Too", "dark", ",", "so"]."""
    return _PIECE.findall(text)


def join(words: Iterable[str]) -> str:
    """The inverse of `pieces` for ordinary sentences: no space before a closing mark or after an opening bracket."""
    text = ""
    for word in words:
        text += word if not text or word in _CLOSING or text.endswith("(") else " " + word
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """The answer vocabulary. `entries` starts with CONTROL; an entry's place is its id."""

    entries: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], *, most: int = 2000) -> Words:
        """The commonest pieces of `texts`, at most `most` with the control entries."""
        counts = Counter(piece for text in texts for piece in pieces(text))
        return cls((*CONTROL, *(word for word, _ in counts.most_common(most - len(CONTROL)))))

    def ids(self, text: str) -> list[int]:
        """Ids of the text's pieces with END after them; pieces that are not in the vocabulary are left out."""
        places = {word: i for i, word in enumerate(self.entries)}
        return [*[places[p] for p in pieces(text) if p in places][: LONGEST_ANSWER - 1], END]

    def text(self, ids: Iterable[int]) -> str:
        return join(self.entries[i] for i in ids if i >= len(CONTROL))


def request_ids(
    tokenizer: Tokenizer, request: str, earlier: Iterable[str] = (), style: str = ""
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and segments (0 request, 1 context) of what was said: [CLS] request [SEP] earlier [SEP] style [SEP].

    The request keeps its first REQUEST_TOKENS; of the earlier requests the latest ones are kept. Context that is empty takes no
    room. `tokenizer` must neither truncate nor pad by itself.
    """

    def tokens(text: str, most: int) -> list[int]:
        return tokenizer.encode(text[: 40 * most], add_special_tokens=False).ids[:most]

    begin, separator = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    ids = [begin, *tokens(request, REQUEST_TOKENS), separator]
    segments = [0] * len(ids)
    last = [text for text in earlier if text.strip()][-2:]
    for label, text in (("before:", ". ".join(last)), ("style:", style)):
        if text.strip():
            extra = [*tokens(f"{label} {text}", CONTEXT_TOKENS), separator]
            ids += extra
            segments += [1] * len(extra)
    return np.asarray(ids, np.int64), np.asarray(segments, np.int64)
