"""Requests composed from phrases, with their meaning known: one to five wishes, sizes, what to keep, politeness, context."""

from __future__ import annotations

import numpy as np

from backend.training.effects import Wish, parse_one
from backend.training.language import Utterance
from backend.training.phrases import TONE, Phrases, split
from backend.training.phrases_colour import COLOUR
from backend.training.small_talk import (
    AMBIGUOUS,
    CONTEXT,
    IMPOSSIBLE,
    KEEPS,
    LOCAL,
    NOISE,
    POLITE_AFTER,
    POLITE_BEFORE,
    SUBJECTS,
    VAGUE,
)
from backend.training.templates import from_template
from backend.training.typos import untidy

PHRASES: dict[tuple[str, int], Phrases] = {**TONE, **COLOUR}
# How often an axis is asked for; the axes that people ask for most are in the real sentences already.
_OFTEN: dict[tuple[str, int], float] = {
    ("L", 1): 9, ("L", -1): 6, ("C", 1): 6, ("C", -1): 4, ("S", 1): 7, ("S", -1): 5, ("b", 1): 7, ("b", -1): 7, ("a", 1): 4,
    ("a", -1): 5, ("H", 1): 5, ("H", -1): 3.5, ("SH", 1): 4, ("SH", -1): 3, ("HL", -1): 4, ("HL", 1): 2.5, ("WH", 1): 2,
    ("WH", -1): 1.5, ("BL", 1): 1.5, ("BL", -1): 2, ("N", 1): 2.5, ("N", -1): 2.5, ("V", -1): 3, ("V", 1): 1.8, ("F", 1): 2.5,
    ("X", 1): 1.6, ("BW", 1): 2.5, ("Z", 1): 2.5,
}
_KEYS = list(_OFTEN)
_P = np.array([_OFTEN[k] for k in _KEYS]) / sum(_OFTEN.values())
# Wishes that cannot be had together.
_CLASH: dict[str, set[str]] = {
    "BW": {"S", "X", "b", "a"}, "X": {"BW", "S", "b", "a"}, "F": {"C", "BL", "Z"}, "Z": {"F", "C", "BL"}, "N": {"H"},
    "H": {"N"},
    "C": {"F", "Z"}, "BL": {"F", "Z", "SH"}, "SH": {"BL"}, "WH": {"HL"}, "HL": {"WH"}, "S": {"BW", "X"}, "b": {"BW", "X"},
    "a": {"BW", "X"},
}

_BITS_BEFORE = split(
    "a bit|a little|slightly|a touch|a tad|just a hair|a smidge|a tiny bit|ever so slightly|just slightly|a shade|somewhat|"
    "a little bit|very slightly|only slightly|a wee bit|just a little|marginally"
)
_BITS_AFTER = split(
    "a bit|a little|slightly|a touch|a tad|just a hair|a smidge|a tiny bit|ever so slightly|by 10%|by ten percent|"
    "just a bit|a little bit|gently|a notch|subtly|by a small amount|but not too much|but only a little|by 5%|a teeny bit|"
    "but keep it subtle|nothing drastic|just enough to notice"
)
_LOTS_BEFORE = split(
    "a lot|much|way|far|a whole lot|significantly|considerably|loads|so much|noticeably a lot|really a lot|dramatically|"
    "massively|tons|very much"
)
_LOTS_AFTER = split(
    "a lot|by a lot|significantly|as much as you can|by 50%|heavily|dramatically|a great deal|big time|strongly|like crazy|"
    "by half|by 60 percent|to the max|really hard|drastically|a whole lot|considerably|quite a lot|don't be shy"
)
_MIDDLE_AFTER = split("by 20%|by 25 percent|by 30%|moderately|to a medium degree|noticeably")
_LOTS_TOO = split(
    "way too|far too|much too|insanely|extremely|horribly|super|terribly|ridiculously|waaay too|so damn"
)
_BITS_TOO = split(
    "a bit|a little|slightly|a tad|a touch|somewhat|a bit too|a little too|slightly too|a tiny bit too|just a touch too"
)
_MIDDLE_TOO = split("too|too|too|so|rather|pretty|quite|just too|really|very|clearly too")
_MAKE = split(
    "make {it}|make {it}|make {it}|get {it}|I want {it}|I'd like {it}|can {it} be|could {it} be|{it} should be|"
    "{it} needs to be|let {it} be|have {it}|can you make {it}|could you make {it}|I would love {it}|want {it}|turn {it}"
)
_BE = split(
    "{it} is|{it} looks|{it}'s|{it} came out|{it} turned out|{it} seems|{it} feels|looks|{it} appears|way it looks now is|"
    "I think {it} is|for me {it} is"
)
_ADD = split("add|give me|I want|put in|bring in|needs|could use|I'd like|let's have|get me|can we have|how about")
JOINS = (
    ", ", " and ", " and ", ", and ", "; ", ". ", ", then ", " & ", " plus ", " + ", ", also ", ". Also ", ", and also ",
    " but also ", " / ", " and then ", ", ", ". Then ",
)
_GENTLY = ("slightly", "gently", "just slightly", "subtly", "very slightly")
_NOT_SO = ("make {it} not so", "not so", "{it} should not be so", "why is {it} so")
# What can be turned up or down by its name alone.
_NOUNS: dict[str, tuple[str, ...]] = {
    "L": ("brightness", "exposure", "the brightness", "light", "the exposure"), "C": ("contrast", "the contrast"),
    "S": ("saturation", "colour intensity", "the saturation", "vibrance", "color", "vividness"),
    "b": ("warmth", "temperature", "the warmth", "color temperature"),
    "H": ("sharpness", "detail", "the sharpness", "definition"),
    "HL": ("highlights", "the highlights"), "SH": ("shadows brightness", "the lightness of the shadows"),
    "WH": ("whites", "the whites"), "BL": ("blacks slider", "the black level"), "N": ("grain", "the grain", "noise"),
}
_UP = ("increase", "raise", "boost", "turn up", "bump up", "up", "enhance", "add more", "pump up", "more", "push", "lift")
_DOWN = ("decrease", "reduce", "lower", "turn down", "bring down", "tone down", "less", "cut", "dial down", "pull back", "drop")
SIZE_P = {"s": 0.27, "m": 0.53, "l": 0.20}


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _sized(
    rng: np.random.Generator, size: str, before: tuple[str, ...], lots: tuple[str, ...], middle: tuple[str, ...] = ()
) -> str:
    if size == "s":
        return _pick(rng, before)
    if size == "l":
        return _pick(rng, lots)
    return _pick(rng, middle) if middle and rng.random() < 0.15 else ""


def comparative(rng: np.random.Generator, p: Phrases, size: str) -> str:
    """ "a bit brighter" """
    how = _sized(rng, size, _BITS_BEFORE, _LOTS_BEFORE)
    word = _pick(rng, p.comparatives)
    if how == "very much" and word.startswith(("more", "less")):
        how = "much"
    return f"{how} {word}".strip()


def clause(rng: np.random.Generator, key: tuple[str, int], size: str) -> str:
    """One wish in words, "{it}" left open."""
    p, roll = PHRASES[key], rng.random()
    if key[0] in ("BW", "X"):
        return _pick(rng, p.imperatives) if roll < 0.55 or size == "l" else _pick(rng, p.sayings)
    if p.comparatives and roll < 0.28:
        return f"{_pick(rng, _MAKE)} {comparative(rng, p, size)}"
    if roll < 0.58:
        how = _sized(rng, size, _BITS_AFTER, _LOTS_AFTER, _MIDDLE_AFTER)
        if how and rng.random() < 0.25 and size == "s":
            return f"{_pick(rng, _GENTLY)} {_pick(rng, p.imperatives)}"
        return f"{_pick(rng, p.imperatives)} {how}".strip()
    if p.more and roll < 0.68:
        amount = {"s": "a bit more|a little more|slightly more|a touch more|a hint of|just a little more|a tad more",
                  "m": "more|more|some more|some", "l": "a lot more|much more|way more|loads of|tons of|so much more"}[size]
        return f"{_pick(rng, _ADD)} {_pick(rng, split(amount))} {_pick(rng, p.more)}" if rng.random() < 0.6 else \
            f"{_pick(rng, split(amount))} {_pick(rng, p.more)}"
    if p.less and roll < 0.76:
        amount = {"s": "a bit less|a little less|slightly less|a touch less",
                  "m": "less|less|reduce the|not so much|take out some",
                  "l": "a lot less|much less|way less|get rid of all the|far less"}[size]
        return f"{_pick(rng, split(amount))} {_pick(rng, p.less)}"
    if p.complaints and roll < 0.88:
        how = {"s": _BITS_TOO, "m": _MIDDLE_TOO, "l": _LOTS_TOO}[size]
        subject = _pick(rng, _BE) if rng.random() < 0.75 else ""
        return f"{subject} {_pick(rng, how)} {_pick(rng, p.complaints)}".strip()
    if size == "m" and p.complaints and roll < 0.91:
        return f"{_pick(rng, _NOT_SO)} {_pick(rng, p.complaints)}"
    said = {"s": p.bits, "m": p.sayings, "l": p.lots}[size] or p.sayings
    return _pick(rng, said)


def draw_wishes(rng: np.random.Generator, count: int) -> list[tuple[str, int]]:
    """Axes and signs that can be wished for together."""
    keys: list[tuple[str, int]] = []
    for _ in range(12):
        key = _KEYS[int(rng.choice(len(_KEYS), p=_P))]
        axes = {k[0] for k in keys}
        if key[0] not in axes and not _CLASH.get(key[0], set()) & axes:
            keys.append(key)
        if len(keys) == count:
            break
    return keys


def _shared_size(rng: np.random.Generator, keys: list[tuple[str, int]], size: str) -> str:
    """ "make it a bit brighter and warmer": one size for all."""
    words = [_pick(rng, PHRASES[k].comparatives) for k in keys]
    how = _sized(rng, size, _BITS_BEFORE, _LOTS_BEFORE).replace("very much", "much")
    return f"{_pick(rng, _MAKE)} {how} {', '.join(words[:-1])}{' and ' if len(words) > 1 else ''}{words[-1]}".replace("  ", " ")


def _listed_nouns(rng: np.random.Generator, keys: list[tuple[str, int]], size: str) -> str:
    """ "increase brightness and contrast a little": one direction and one size for all."""
    verb = _pick(rng, _UP if keys[0][1] > 0 else _DOWN)
    nouns = [_pick(rng, _NOUNS[k[0]]) for k in keys]
    how = _sized(rng, size, _BITS_AFTER, _LOTS_AFTER, _MIDDLE_AFTER)
    return f"{verb} {', '.join(nouns[:-1])} and {nouns[-1]} {how}".strip()


def finish(rng: np.random.Generator, text: str, context: float = 0.14) -> str:
    """The text with its subject, at times politeness or (`context`: how often) what the photo shows, untidily typed."""
    subject = _pick(rng, SUBJECTS) if rng.random() < 0.6 else "it"
    first = text.replace("{it}", subject, 1)
    text = first.replace("{it}", "it")
    text = text.replace("this's", "this is").replace("everything's", "everything is")
    if rng.random() < 0.16:
        text = _pick(rng, POLITE_BEFORE) + " " + text
    if rng.random() < 0.14:
        text = text.rstrip(".") + _pick(rng, POLITE_AFTER)
    if rng.random() < context:
        text = _pick(rng, CONTEXT) + " " + text
    if rng.random() < 0.6:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.3 and text[-1] not in ".!?)":
        text += "."
    return untidy(text, rng)


def _with_one_more(rng: np.random.Generator, text: str, effects: list[str]) -> tuple[str, list[str]]:
    """A request and another wish that it does not speak of yet, before or behind it."""
    asked = {parse_one(reading).axis for label in effects for reading in label.split("|")}
    key = draw_wishes(rng, 1)[0]
    if key[0] in asked or any(_CLASH.get(key[0], set()) & {a} or key[0] in _CLASH.get(a, set()) for a in asked):
        return text, effects
    size = str(rng.choice(list(SIZE_P), p=list(SIZE_P.values())))
    more, label = clause(rng, key, size), Wish(key[0], key[1], "m" if key[0] == "BW" else size).label
    join = _pick(rng, JOINS)
    return (f"{text.rstrip('!.')}{join}{more}", [*effects, label]) if rng.random() < 0.6 else \
        (f"{more}{join}{text}", [label, *effects])


def compose(rng: np.random.Generator) -> Utterance:
    """A servable request in composed words; now and then one that also asks for what cannot be done."""
    roll = rng.random()
    if roll < 0.36:
        text, effects, keep = from_template(rng)
        if rng.random() < 0.18 and not keep:
            text, effects = _with_one_more(rng, text, effects)
        return Utterance(finish(rng, text), effects, keep)
    if roll < 0.43:
        text, effects = AMBIGUOUS[int(rng.integers(len(AMBIGUOUS)))]
        return Utterance(finish(rng, text), effects.split())
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.44, 0.33, 0.15, 0.06, 0.02]))
    keys = draw_wishes(rng, count)
    sizes = [str(rng.choice(list(SIZE_P), p=list(SIZE_P.values()))) for _ in keys]
    comparable = all(PHRASES[k].comparatives for k in keys)
    one_way = len({k[1] for k in keys}) == 1 and all(k[0] in _NOUNS for k in keys)
    if len(keys) > 1 and one_way and rng.random() < 0.35:
        sizes = [sizes[0]] * len(keys)
        text = _listed_nouns(rng, keys, sizes[0])
    elif len(keys) > 1 and comparable and rng.random() < 0.25:
        sizes = [sizes[0]] * len(keys)
        text = _shared_size(rng, keys, sizes[0])
    else:
        clauses = [clause(rng, k, s) for k, s in zip(keys, sizes, strict=True)]
        text = clauses[0]
        join = _pick(rng, JOINS)
        for c in clauses[1:]:
            text += (join if rng.random() < 0.6 else _pick(rng, JOINS)) + c
    effects = [Wish(k[0], k[1], "m" if k[0] == "BW" else s).label for k, s in zip(keys, sizes, strict=True)]
    keep: list[str] = []
    kind = ""
    if rng.random() < 0.10:
        axes = {k[0] for k in keys}
        moved = axes | ({"C", "L"} if axes & {"Z", "F"} else set())
        options = [(said, held) for said, held in KEEPS if not set(held.split()) & moved]
        if options:
            said, held = options[int(rng.integers(len(options)))]
            keep = held.split()
            but = _pick(rng, (", but ", " but ", ", ", ". ", " - "))
            text = f"{text}{but}{said}" if rng.random() < 0.85 else f"{said}, {text}"
    elif rng.random() < 0.04:
        kind = "impossible"
        done = _pick(rng, IMPOSSIBLE)
        text = f"{done}{_pick(rng, (' and ', ', also ', '. And ', ' then '))}{text}" if rng.random() < 0.5 else \
            f"{text}{_pick(rng, (' and ', ', also ', '. And ', ' then '))}{done}"
    return Utterance(finish(rng, text), effects, keep, kind)


def vague(rng: np.random.Generator) -> Utterance:
    """No wish in particular, or no words at all."""
    if rng.random() < 0.08:
        return Utterance("", kind="vague")
    return Utterance(finish(rng, _pick(rng, VAGUE)), kind="vague")


def off_topic(rng: np.random.Generator) -> Utterance:
    """What has no answer in tools: off-topic, impossible, or a local change that makes no sense for the whole picture."""
    roll = rng.random()
    if roll < 0.45:
        return Utterance(finish(rng, _pick(rng, NOISE)), kind="noise")
    if roll < 0.85:
        return Utterance(finish(rng, _pick(rng, IMPOSSIBLE)), kind="impossible")
    return Utterance(finish(rng, _pick(rng, LOCAL)), kind="local")


def style_wishes(rng: np.random.Generator) -> list[Wish]:
    """One or two things that a person likes, as they would be remembered."""
    keys = [k for k in draw_wishes(rng, int(rng.integers(1, 3))) if k[0] in ("L", "C", "S", "a", "b", "V", "SH", "HL")]
    return [Wish(a, s, "s" if rng.random() < 0.5 else "m") for a, s in keys] or [Wish("b", 1, "s")]
