"""What a person likes, from the effects of their edit: "They like a warmer, slightly brighter picture with more contrast."
"""

from __future__ import annotations

import numpy as np

from backend.agent.compare import Change
from backend.training.effects import ALL_AXES, Wish

# Adjectives before "picture": (up, down).
_ADJECTIVES: dict[str, tuple[str, str]] = {
    "L": ("brighter", "darker"), "b": ("warmer", "cooler"), "S": ("more colourful", "less colourful"),
    "H": ("sharper", "softer"),
}
# What the picture comes "with": (up, down).
_NOUNS: dict[str, tuple[str, str]] = {
    "C": ("more contrast", "less contrast"), "a": ("a magenta tint", "a green tint"),
    "V": ("lighter corners", "darker corners"),
    "N": ("film grain", "less noise"), "F": ("a faded matte look", "less fade"), "X": ("a sepia tone", "no sepia"),
    "Z": ("less haze", "more haze"), "SH": ("lighter shadows", "deeper shadows"),
    "HL": ("brighter highlights", "softer highlights"),
    "WH": ("brighter whites", "duller whites"), "BL": ("lifted blacks", "deeper blacks"),
}
_HOW = {"s": "slightly ", "m": "", "l": "much "}
_HOW_NOUN = {"s": "slightly ", "m": "", "l": "a lot of "}


def sentence(wishes: list[Wish], rng: np.random.Generator | None = None) -> str:
    """One sentence in canonical order of the axes. With `rng` sometimes in other words than the usual ones."""
    ordered = sorted(wishes, key=lambda w: ALL_AXES.index(w.axis))
    bw = any(w.axis == "BW" and w.sign > 0 for w in ordered)
    adjectives = [_HOW[w.size] + _ADJECTIVES[w.axis][0 if w.sign > 0 else 1] for w in ordered if w.axis in _ADJECTIVES
                  and not (bw and w.axis == "S")]
    nouns = []
    for w in ordered:
        if w.axis in _NOUNS:
            noun = _NOUNS[w.axis][0 if w.sign > 0 else 1]
            first = noun.split()[0]
            if first in ("more", "less") or first.endswith("er") or first in ("lifted",):
                nouns.append(("slightly " if w.size == "s" else "much " if w.size == "l" else "") + noun)
            elif first == "a":
                nouns.append(("a slight " if w.size == "s" else "a strong " if w.size == "l" else "a ") + noun[2:])
            else:
                nouns.append(("a little " if w.size == "s" else "strong " if w.size == "l" else "") + noun)
    if bw:
        adjectives.append("black-and-white")
    if not adjectives and not nouns:
        return "They like the picture as it is."
    picture = ", ".join(adjectives) + " picture" if adjectives else "picture"
    article = "an" if picture[0] in "aeiou" else "a"
    text = f"{article} {picture}"
    if nouns:
        text += " with " + (nouns[0] if len(nouns) == 1 else ", ".join(nouns[:-1]) + " and " + nouns[-1])
    lead = "They like"
    if rng is not None and rng.random() < 0.2:
        lead = ("This person likes", "They prefer")[int(rng.integers(2))]
    return f"{lead} {text}."


def wishes_of(changes: list[Change]) -> list[Wish]:
    """What was measured between two pictures, as wishes: a sentence names what can be seen."""
    return [Wish(change.axis, change.sign, change.size) for change in changes]
