"""The way people type: slips of the finger, lower case, shouting, missing stops, dropped little words."""

from __future__ import annotations

import re

import numpy as np

_NEAR = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl",
    "l": "k",
    "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe",
    "x": "zc",
    "y": "tu", "z": "x",
}
_SHORT = {
    "please": ("pls", "plz"), "you": ("u",), "are": ("r",), "because": ("cuz",), "and": ("n", "&"), "picture": ("pic",),
    "photo": ("foto", "pic"),
    "a lot": ("alot",), "a bit": ("abit",), "colour": ("color", "colr"), "colours": ("colors",), "thanks": ("thx",),
    "too": ("to",),
    "more": ("moar",), "brighter": ("briter", "brightr"), "with": ("w/",), "little": ("lil",), "really": ("rly",),
    "to": ("2",),
}
_LITTLE = {"the", "a", "it", "is", "please", "this", "of"}


def _slip(word: str, rng: np.random.Generator) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    i = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind == 1:
        return word[:i] + word[i + 1:]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    near = _NEAR.get(word[i].lower(), word[i])
    return word[:i] + near[int(rng.integers(len(near)))] + word[i + 1:]


def untidy(text: str, rng: np.random.Generator, share: float = 0.45) -> str:
    """The text as somebody in a hurry would type it, in `share` of cases; otherwise as it is."""
    if rng.random() > share:
        return text
    how = rng.random(6)
    if how[0] < 0.25:
        for long, short in _SHORT.items():
            if rng.random() < 0.35:
                text = re.sub(rf"\b{long}\b", short[int(rng.integers(len(short)))], text, count=1)
    words = text.split(" ")
    if how[1] < 0.40:
        for _ in range(1 if rng.random() < 0.7 else 2):
            i = int(rng.integers(len(words)))
            words[i] = _slip(words[i], rng)
    if how[2] < 0.15 and len(words) > 3:
        words = [w for w in words if w.lower() not in _LITTLE or rng.random() < 0.4] or words
    text = " ".join(words)
    if how[3] < 0.45:
        text = text.lower()
    elif how[3] < 0.50:
        text = text.upper()
    if how[4] < 0.25:
        text = text.rstrip(".!") + ("!!", "...", "", " :)", "!", "", "??")[int(rng.integers(7))]
    if how[5] < 0.25:
        text = text.replace(",", "").replace("'", "")
    return text
