"""What a person likes, from the effects of their edit: "They like a warmer, slightly brighter picture with more contrast."
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from backend.agent.amounts import AMOUNTS
from backend.training.colour import AXES
from backend.training.effects import ALL_AXES, SIZES, Wish
from tool_mapping.spec import NAMES

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


def measured(amounts: dict[str, float], most: int = 3) -> list[Wish]:
    """The effects that stand out among measured amounts (raw units of `colour.AXES`), strongest first, at most `most`."""
    found = []
    for axis in AXES:
        if axis in ("WH", "BL"):
            continue
        steps = AMOUNTS[axis]
        strength = abs(amounts[axis]) / steps[0]
        if strength < (1.4 if axis in ("SH", "HL", "V") else 0.8):
            continue
        size = SIZES[sum(abs(amounts[axis]) > (a * b) ** 0.5 for a, b in pairwise(steps))]
        found.append((strength / (1.6 if axis in ("SH", "HL", "V") else 1.0), Wish(axis, 1 if amounts[axis] > 0 else -1, size)))
    return [w for _, w in sorted(found, key=lambda pair: -pair[0])][:most]


def with_laws(wishes: list[Wish], values: list[int]) -> list[Wish]:
    """Add what pixels in CIELAB do not tell and the sixteen `values` do: sharpness, grain, fade, black and white."""
    by_name = dict(zip(NAMES, values, strict=True))
    out = list(wishes)
    for axis, name, floor, large in (("H", "sharpness", 14, 48), ("N", "grain", 14, 55), ("F", "fade", 10, 42)):
        value = by_name[name]
        if abs(value) >= floor:
            size = "l" if abs(value) >= large else "s" if abs(value) < 1.6 * floor else "m"
            out.append(Wish(axis, 1 if value > 0 else -1, size))
    if any(w.axis == "F" for w in out):
        out = [w for w in out if w.axis not in ("C", "SH", "HL")]
    if by_name["saturation"] <= -92:
        out = [w for w in out if w.axis not in ("S", "a", "b")] + [Wish("BW", 1)]
    return out[:4]
