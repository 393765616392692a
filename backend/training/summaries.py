"""What a person likes, from what their edit was meant to do and does: "They like a warmer, slightly brighter picture." """

from __future__ import annotations

from typing import Any

import numpy as np

from backend.agent import compare
from backend.training.effects import ALL_AXES, Wish
from backend.training.scenes import faults

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


# What a tool is taken for: axes, and how much of each one hundredth of the slider is.
_MEANT: dict[str, dict[str, float]] = {
    "exposure": {"L": 1.0}, "brightness": {"L": 1.2}, "whites": {"L": 0.9}, "shadows": {"L": 0.35}, "highlights": {"L": 0.5},
    "blacks": {"L": 0.5, "C": -0.6}, "contrast": {"C": 1.0}, "natural_contrast": {"C": 0.6}, "fade": {"F": 1.0},
    "saturation": {"S": 1.0}, "vibrance": {"S": 0.6}, "temperature": {"b": 1.0}, "tint": {"a": -1.0}, "grain": {"N": 1.0},
    "vignette": {"V": 1.0}, "sharpness": {"H": 1.0},
}
_LEAST_MEANT = 6.0
UNMISTAKABLE = 2.0  # times the least that is named: from here on an effect counts though it was not meant


def meant(calls: list[dict[str, Any]]) -> dict[str, float]:
    """What somebody's steps are for: signed amounts by axis, in hundredths of a slider."""
    by = {c["name"]: c["value"] for c in calls}
    out: dict[str, float] = {}
    for name, value in by.items():
        for axis, share in _MEANT[name].items():
            out[axis] = out.get(axis, 0.0) + share * value
    saturation = by.get("saturation", 0)
    if saturation <= -95:
        out = {axis: v for axis, v in out.items() if axis not in ("S", "a", "b")} | {"BW": 100.0}
    elif saturation <= -55 and by.get("temperature", 0) > 5:
        out = {axis: v for axis, v in out.items() if axis not in ("S", "a", "b")} | {"X": 100.0}
    if by.get("blacks", 0) > 0:  # lifting black is what fading is
        out = {axis: v for axis, v in out.items() if axis not in ("C", "L")} | {"F": out.get("F", 0) + by["blacks"]}
    return {axis: v for axis, v in out.items() if abs(v) >= _LEAST_MEANT}


def meant_by_mending(picture: dict[str, Any]) -> dict[str, float]:
    """What going from a before-picture of this record back to the photo is for: its faults and edits turned round."""
    out = {axis: -v for axis, v in meant(picture["pre"]).items()}
    for fault, much, _ in faults(picture["spoil"]) if picture["spoil"] is not None else ():
        axis = {"exposure": "L", "cast": "b", "haze": "C", "dull": "S"}[fault]
        out[axis] = -100 * much if fault in ("exposure", "cast") else 100 * (1 - much)
    return out


def seen(intent: dict[str, float], amounts: dict[str, float]) -> list[Wish] | None:
    """Of what was meant, what can be seen in the amounts of `compare.measure`, the strongest first, at most compare.MOST.

    What nobody meant but nobody could overlook is named too: haze that is taken out of a bright picture darkens it. None where
    something is neither plainly there nor plainly not, or there without being meant: such pairs teach and measure nothing.
    """
    found: list[tuple[float, Wish]] = []
    for axis, way in intent.items():
        sign = 1 if way > 0 else -1
        if axis not in compare.STEPS:
            strength = 9.0 * amounts[axis]
        elif axis == "F":
            strength = max(amounts["F"], 0.0) / compare.STEPS["F"][0]
        else:
            strength = sign * amounts[axis] / compare.STEPS[axis][0]
        if compare.CLEAR < strength < 1:
            return None
        if strength >= 1:
            found.append((strength, Wish(axis, sign, compare.size_of(axis, amounts))))
    plain = {wish.axis for _, wish in found}
    for axis, much in compare.strengths(amounts).items():
        if axis not in plain and abs(much) > compare.CLEAR:
            if abs(much) < UNMISTAKABLE:
                return None
            found.append((abs(much), Wish(axis, 1 if much > 0 else -1, compare.size_of(axis, amounts))))
    found.sort(key=lambda pair: -pair[0])
    return None if len(found) > compare.MOST else [wish for _, wish in found]
