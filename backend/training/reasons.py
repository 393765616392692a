"""The reason in words: what was seen in the photo, what is done about it, and what cannot be done. No numbers, few words.

The words come from a small closed vocabulary, so that a small decoder can learn to write them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backend.agent.turns import OWN
from backend.training.effects import Wish
from backend.training.goals import Facts

# What each tool is said to do, up and down.
_ACTIONS: dict[str, tuple[str, str]] = {
    "exposure": ("raise the exposure", "lower the exposure"),
    "brightness": ("brighten it evenly", "darken it evenly"),
    "contrast": ("add contrast", "soften the contrast"),
    "fade": ("fade it to a matte look", "fade it to a matte look"),
    "natural_contrast": ("give the middle tones more punch", "ease the contrast of the middle tones"),
    "highlights": ("let the highlights glow", "recover the highlights"),
    "shadows": ("open the shadows", "deepen the shadows"),
    "whites": ("brighten the whites", "tame the whites"),
    "blacks": ("lift the blacks", "deepen the blacks"),
    "saturation": ("strengthen the colours", "calm the colours"),
    "vibrance": ("liven up the pale colours", "calm the pale colours"),
    "temperature": ("warm the light", "cool the light"),
    "tint": ("shift the colours towards green", "shift the colours towards magenta"),
    "grain": ("add film grain", "add film grain"),
    "vignette": ("lighten the corners", "darken the corners"),
    "sharpness": ("sharpen the detail", "soften the detail"),
}
# Tools that do nearly the same: moved the same way, they are one thing to say.
_ALIKE = (("exposure", "brightness"), ("contrast", "natural_contrast"), ("saturation", "vibrance"))
_LIGHT = ("exposure", "brightness", "shadows")
_UNDO = {
    "L": "brightness", "C": "contrast", "S": "colour strength", "a": "tint", "b": "colour temperature", "H": "sharpness",
    "N": "grain", "V": "vignette", "F": "fade", "SH": "shadows", "HL": "highlights", "WH": "whites", "BL": "blacks",
    "BW": "black and white", "X": "sepia", "Z": "haze removal",
}


def _size(value: int, name: str) -> str:
    strong, slight = (75, 30) if name == "sharpness" else (50, 12)
    return " a little" if abs(value) < slight else " strongly" if abs(value) > strong else ""


def seen(facts: Facts, calls: list[dict[str, Any]], blown: float, crushed: float) -> list[str]:
    """Words about the picture that speak for `calls`, the most telling first; blown, crushed: shares of pixels at the ends."""
    by = {c["name"]: c["value"] for c in calls}
    light = sum(by.get(n, 0) for n in _LIGHT)
    punch = by.get("contrast", 0) + by.get("natural_contrast", 0) - by.get("fade", 0) - by.get("blacks", 0)
    colour = by.get("saturation", 0) + by.get("vibrance", 0)
    warm, green = by.get("temperature", 0), by.get("tint", 0)
    words: list[tuple[float, str]] = []
    if light > 0 and facts.lightness < 44:
        words.append(((44 - facts.lightness) / 10, "very dark" if facts.lightness < 25 else "rather dark"))
    if light < 0 and facts.lightness > 62:
        words.append(((facts.lightness - 62) / 10, "very bright" if facts.lightness > 80 else "rather bright"))
    if punch > 0 and facts.spread < 56:
        words.append(((56 - facts.spread) / 10, "flat"))
    if punch < 0 and facts.spread > 80:
        words.append(((facts.spread - 80) / 8, "high in contrast"))
    if warm < 0 and facts.b > 10:
        words.append(((facts.b - 10) / 8, "on the warm side"))
    if warm > 0 and facts.b < 0:
        words.append((-facts.b / 8, "on the cool side"))
    if green * facts.a > 0 and abs(facts.a) > 4:
        words.append(((abs(facts.a) - 4) / 6, "tinted magenta" if facts.a > 0 else "tinted green"))
    if colour > 0 and facts.chroma < 12:
        words.append(((12 - facts.chroma) / 6, "almost without colour" if facts.chroma < 3 else "muted in colour"))
    if colour < 0 and facts.chroma > 32:
        words.append(((facts.chroma - 32) / 12, "strong in colour"))
    if min(by.get("highlights", 0), by.get("whites", 0), by.get("exposure", 0)) < 0 and blown > 0.03:
        words.append((blown * 8, "blown out in the bright parts"))
    if max(by.get("shadows", 0), by.get("blacks", 0), by.get("exposure", 0)) > 0 and crushed > 0.08:
        words.append((crushed * 4, "nearly black in the shadows"))
    return [w for _, w in sorted(words, key=lambda pair: -pair[0])][:2]


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _merged(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The calls with those that are alike and go the same way put into one, under the name of the larger."""
    out = list(calls)
    for pair in _ALIKE:
        both = [c for c in out if c["name"] in pair]
        if len(both) == 2 and both[0]["value"] * both[1]["value"] > 0:
            larger, smaller = sorted(both, key=lambda c: -abs(c["value"]))
            total = max(-100, min(100, larger["value"] + smaller["value"]))
            out[out.index(larger)] = {"name": larger["name"], "value": total}
            out.remove(smaller)
    return out


def _action(call: dict[str, Any], wishes: list[Wish]) -> str:
    name, value = call["name"], call["value"]
    size = _size(value, name)
    if name == "fade":
        return f"fade it{size} to a matte look"
    if name == "natural_contrast" and value > 0:
        return {"": _ACTIONS[name][0], " a little": "give the middle tones a little more punch",
                " strongly": "give the middle tones much more punch"}[size]
    if name == "grain":
        return {"": "add film grain", " a little": "add a little film grain", " strongly": "add strong film grain"}[size]
    axes = {w.axis for w in wishes if w.sign > 0}
    if name == "saturation" and value <= -95:
        return "take out all colour"
    if name == "saturation" and "X" in axes:
        return "reduce the colours to brown tones"
    if name == "blacks" and "Z" in axes and value < 0:
        return "deepen the blacks to cut the haze"
    if name == "sharpness" and value < 0 and any(w.axis == "N" for w in wishes):
        return "smooth the noise by softening the detail"
    return _ACTIONS[name][0 if value > 0 else 1] + _size(value, name)


def of_edit(
    calls: list[dict[str, Any]], facts: Facts, *, blown: float, crushed: float, wishes: list[Wish], keep: list[str],
    kind: str, vague: bool, rng: np.random.Generator,
) -> str:
    """The reason for `calls` on a picture with `facts`. kind: the label of the request ("", local, impossible)."""
    if not calls:
        return nothing_needed(rng) if vague else nothing_possible(kind, rng)
    calls = _merged(calls)
    most = 2 if kind or keep else 3
    order = sorted(calls, key=lambda c: -abs(c["value"]))[:most]
    do = f"I {_listed([_action(c, wishes) for c in calls if c in order])}"
    words = seen(facts, calls, blown, crushed)
    if kind == "local":
        return f"I can only change the whole picture, not one part of it, so {do} everywhere."
    if kind == "impossible":
        return f"I cannot add, remove or reshape things, but {do}."
    if words:
        lead = ("The picture is ", "The photo looks ", "It is ")[int(rng.integers(3))] + " and ".join(words)
        tail = f", so {do}." if vague or rng.random() < 0.5 else f"; {do}."
    else:
        lead, tail = ("As you asked, ", "For that, ", "")[int(rng.integers(3))], f"{do}."
    sentence = lead + tail
    if keep:
        moved = {c["name"] for c in calls}
        held = [_UNDO[k] for k in keep if k in _UNDO and not moved & set(OWN.get(k, ()))][:2]
        sentence = sentence[:-1] + f", and leave the {_listed(held)} as before." if held else sentence
    return sentence


def of_refine(old: list[dict[str, Any]], new: list[dict[str, Any]], rng: np.random.Generator) -> str:
    """The reason for going from `old` to `new` calls: what changes, and that the rest stays."""
    if not new:
        return ("All steps are taken back; this is the original picture again.",
                "I take every step back, so the picture is as it was.")[int(rng.integers(2))]
    a, b = ({c["name"]: c["value"] for c in calls} for calls in (old, new))
    stays = any(b.get(n) == v for n, v in a.items())
    moves = {n: (a.get(n, 0), b.get(n, 0)) for n in {**a, **b} if a.get(n, 0) != b.get(n, 0)}
    if not moves:
        return "Nothing in your words changes the steps in force, so they all stay as they are."
    ways = {name: _way(*move) for name, move in moves.items()}
    if len(moves) > 1 and not stays and len(set(ways.values())) == 1 and (way := ways[next(iter(ways))]) in ("more", "less"):
        return f"I keep the same steps, each with {way} strength."
    for larger, smaller in _ALIKE:
        if ways.get(larger, "") == ways.get(smaller) and sum(moves[larger]) * sum(moves[smaller]) > 0:
            del moves[smaller]
    done = _listed([p for _, p in sorted((_moved(n, *move) for n, move in moves.items()), key=lambda pair: -pair[0])][:3])
    return f"I {done}; the rest stays as it is." if stays else f"I {done}."


def _way(was: int, now: int) -> str:
    if now == 0:
        return "off"
    if was * now <= 0:
        return "on" if was == 0 else "turned"
    return "more" if abs(now) > abs(was) else "less"


def _moved(name: str, was: int, now: int) -> tuple[int, str]:
    """How far a tool moved, and words for it."""
    word = _ACTIONS[name][0 if (now or was) > 0 else 1]
    how = _way(was, now)
    if how == "on":
        return abs(now), _action({"name": name, "value": now}, [])
    text = {"off": f"no longer {word}", "turned": f"now {word} instead"}.get(how, f"{word} {how}")
    return abs(now - was), text


def nothing_needed(rng: np.random.Generator) -> str:
    said = ("The photo already looks good, so I leave it as it is; tell me what you would like to be different.",
            "Light and colour are well balanced here; I would change nothing unless you tell me what you miss.")
    return said[int(rng.integers(2))]


def nothing_possible(kind: str, rng: np.random.Generator) -> str:
    """The honest answer to what the tools cannot do."""
    can = ("I can change light, contrast, colour, sharpness, grain and vignette of the whole picture.",
           "I can make the whole picture brighter, warmer, stronger in colour, sharper or softer.")[int(rng.integers(2))]
    if kind == "impossible":
        return "I cannot add, remove or reshape things in the picture. " + can
    if kind == "local":
        return "I cannot change one part of the picture alone. " + can
    lead = ("That is not something I can help with. ", "I did not find a wish for the picture in that. ")
    return lead[int(rng.integers(2))] + can
