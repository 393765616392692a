"""Follow-ups: what people say after a first edit, and the complete new list of steps that they mean.

Kinds: more or less of what was done (a factor on the last turn's change), taking back an axis, the last turn or everything, and
new wishes measured from the picture as it now looks. What is not spoken of stays exactly as it is.
"""

from __future__ import annotations

import numpy as np

from backend.training.compose import PHRASES, clause, comparative, draw_wishes, finish
from backend.training.effects import Wish, parse
from backend.training.goals import PRIMARY
from backend.training.items import Item, solve_items
from backend.training.language import Sentences, Utterance
from backend.training.phrases import split
from backend.training.renderer import INDEX

# Words that scale the last turn's change, by factor.
SCALES: dict[float, tuple[str, ...]] = {
    0.6: split(
        "less|a bit less|subtler|tone it down|meh, tone it down|dial it back a notch|dial it back|not that strong|"
        "softer approach please|a little less of it|ease off a bit|go easier|a smaller amount|not so strong|weaker|"
        "take it back a little|slightly less|pull back a bit|calm it down a bit|too much|it's a bit much|"
        "that's a bit too strong|gentler|more subtle please|not that much!!|reduce the effect|lower the intensity"
    ),
    0.5: split(
        "half of that|half of it|half as much|cut it in half|halve it|too strong, tone everything down by half|50% less|"
        "only half the effect|halfway between this and the original|somewhere in the middle|halfway back|"
        "could it be halfway between this and the first one"
    ),
    0.4: split(
        "that's way over the top|way too much|far too strong|you overdid it|much less|a lot less|waaay too much|"
        "you went overboard|good lord, that's too heavy|tone it down a lot|it's completely overdone"
    ),
    0.25: split("a quarter of that amount|a quarter of that|only a quarter|25% of that would do|75% less"),
    0.67: split("about a third less|a third less|two thirds of that|30% less|reduce it by a third"),
    0.1: split("10% of what you just did would be plenty|a tenth of that|hardly anything please, 10%|90% less"),
    1.25: split(
        "nearly. push it slightly further|a bit more like that|yes!! a bit more like that|just a little more of that|"
        "slightly stronger|a notch more|a touch more of the same|almost, a bit more|20% more|one more notch"
    ),
    1.5: split(
        "more|keep going|even more of it please|more of that|stronger|further|go on|push it more|increase the effect|"
        "I like it, more|more please|turn it up|a stronger effect|bit stronger than a bit, just more|do more of it|50% more|"
        "intensify it"
    ),
    1.75: split(
        "still not enough|did you do anything? I see no difference, go stronger|I can hardly see the change|go stronger|"
        "much stronger|a lot more|that's too weak|way more please|barely visible, push it"
    ),
    2.0: split(
        "twice that|double it|twice as much|same again|more more more|do the same again|once more|again|double the effect|"
        "2x|100% more"
    ),
    -0.8: split(
        "nope, other direction|the other way round|wrong direction|opposite please|I meant the opposite|"
        "exactly the wrong way"
    ),
}
_BACK = split(
    "undo|undo that|one step back|forget the last one|take that back|go back|revert the last change|back to before|no, undo|"
    "remove the last change|cancel that|previous version please|that last change was bad, undo it|step back|"
    "not that, go back|undo please|I liked it better before"
)
_ALL = split(
    "start over|take everything off again|nah I liked the original better|oh no. revert all of it|back to square one|reset|"
    "reset everything|original please|give me the untouched picture|undo everything|remove all edits|back to the original|"
    "clear all steps|scrap all that|everything back to zero|as it was at the beginning|I want the original photo|"
    "throw it all away|delete all changes|none of it, start again"
)
# What an axis is called when it is to be taken back.
_CALLED: dict[str, tuple[str, ...]] = {
    "L": split("brightness|exposure|brightening|brightness change|light change"), "C": split(
        "contrast|contrast thing|contrast boost|punch"
    ),
    "S": split("saturation|colours|colour boost|saturation change|colors"), "b": split(
        "temperature|warmth|colour temperature|white balance|warm tone|cool tone"
    ),
    "a": split("tint|tint change|magenta|green tint"), "H": split("sharpening|sharpness|blur|softening|softness"), "N": split(
        "grain|film grain|noise"
    ),
    "V": split("vignette|dark corners|dark edges|corner shading"), "F": split(
        "fade|matte look|faded look|matte thing"
    ),
    "SH": split("shadows|shadow change|shadow lift"), "HL": split("highlights|highlight change|highlights tweak"), "WH": split(
        "whites|change to the whites"
    ),
    "BL": split("blacks|change to the blacks"), "BW": split("black and white|b&w|bw conversion|monochrome"), "X": split(
        "sepia|sepia tone|brown tone"
    ),
    "Z": split("dehaze|haze removal|dehazing"),
}
_TAKE = split(
    "undo the {x}|remove the {x}|drop the {x}|without the {x}|no {x}|take the {x} out|lose the {x}|cancel the {x}|"
    "get rid of the {x}|the {x} can go|revert the {x}|reset the {x}|{x} back to how it was|I don't like the {x}|no more {x}|"
    "undo the {x} but keep the rest|kill the {x}|leave out the {x}|{x} off|put the {x} back to normal|"
    "please take back the {x}|the {x} was a mistake|{x} as in the original"
)
_PRAISE = split(
    "nice, but|good, but|better, but|great,|perfect, just|almost,|love it, but|ok but|okay, now|now|and|and now|also|"
    "cool, and|hmm,|yes, and|thanks, now|ok,|closer, but|then|fine,|super,|well done, but|not bad, but|getting there,"
)
_NOW = split(
    "now it's|now it is|it's now|it got|it became|now the picture is|this is now|you made it|it turned out|whoa,"
)
_WORDS_FROM_EVERYDAY = {text: factor for factor, texts in SCALES.items() for text in texts}


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _touched_by_person(rng: np.random.Generator, values: list[int]) -> list[int]:
    """The person's own slider changes before they speak again."""
    out = list(values)
    for i, v in enumerate(values):
        if v and rng.random() < 0.4:
            out[i] = int(np.clip(round(v * rng.uniform(0.5, 1.5)), -100, 100)) or v
    return out


def _scaled(now: list[int], before: list[int], factor: float) -> list[int]:
    """The last turn's change times `factor`, on top of what was in force before it."""
    out = []
    for i, (n, b) in enumerate(zip(now, before, strict=True)):
        low = 0 if i in (INDEX["fade"], INDEX["grain"]) else -100
        out.append(int(np.clip(round(b + factor * (n - b)), low, 100)))
    return out


def _axes_in_force(values: list[int]) -> list[str]:
    """Axes whose own tool is in force, so that they can be taken back."""
    axes = [axis for axis, tools in PRIMARY.items() if axis not in ("BW", "X", "Z") and any(values[INDEX[t]] for t in tools)]
    if values[INDEX["saturation"]] <= -95:
        axes = [a for a in axes if a != "S"] + ["BW"]
    return axes


def _without(values: list[int], axis: str) -> list[int]:
    out = list(values)
    for tool in PRIMARY[axis]:
        out[INDEX[tool]] = 0
    return out


def _wish_follow_up(rng: np.random.Generator, values: list[int]) -> Utterance:
    """A wish about the picture as it is now, often about what was just done."""
    keys = draw_wishes(rng, 1 if rng.random() < 0.8 else 2)
    if rng.random() < 0.5:
        touched = [a for a in _axes_in_force(values) if (a, 1) in PHRASES and (a, -1) in PHRASES]
        if touched:
            keys = [(touched[int(rng.integers(len(touched)))], 1 if rng.random() < 0.5 else -1)]
    sizes = [str(rng.choice(["s", "m", "l"], p=[0.45, 0.42, 0.13])) for _ in keys]
    said = []
    for key, size in zip(keys, sizes, strict=True):
        p = PHRASES[key]
        roll = rng.random()
        if p.complaints and roll < 0.3:
            how = {"s": "a bit too", "m": "too", "l": "way too"}[size]
            said.append(f"{_pick(rng, _NOW)} {how} {_pick(rng, p.complaints)}")
        elif p.comparatives and roll < 0.6:
            said.append(comparative(rng, p, size))
        elif p.complaints and size == "m" and roll < 0.68:
            said.append(f"not so {_pick(rng, p.complaints)}")
        else:
            said.append(clause(rng, key, size))
    text = " and ".join(said)
    if rng.random() < 0.5 and not text.startswith(("now", "whoa", "it")):
        text = f"{_pick(rng, _PRAISE)} {text}"
    keep: list[str] = []
    if rng.random() < 0.12:
        rest = [a for a in _axes_in_force(values) if a not in {k[0] for k in keys}]
        if rest:
            keep = [rest[int(rng.integers(len(rest)))]]
            held = _pick(rng, _CALLED[keep[0]])
            text = f"keep the {held}, {text}" if rng.random() < 0.5 else f"{text}, the {held} is good"
    labels = [Wish(k[0], k[1], "m" if k[0] == "BW" else s).label for k, s in zip(keys, sizes, strict=True)]
    return Utterance(finish(rng, text), labels, keep, "refine")


def _follow(
    rng: np.random.Generator, item: Item, before: list[int], sentences: Sentences
) -> tuple[Utterance, list[int] | None]:
    """What is said next, and the values it leads to at once, or None where the teacher must solve from `item.start`."""
    now = item.start or []
    roll = rng.random()
    if roll < 0.22:
        factor = list(SCALES)[int(rng.choice(len(SCALES), p=np.array([5, 3, 2.5, 0.8, 1, 0.5, 3, 4, 2, 3, 0.8]) / 25.6))]
        return Utterance(finish(rng, _pick(rng, SCALES[factor])), kind="refine"), _scaled(now, before, factor)
    if roll < 0.28:
        return Utterance(finish(rng, _pick(rng, _BACK)), kind="refine", undo="last"), before
    if roll < 0.33:
        return Utterance(finish(rng, _pick(rng, _ALL)), kind="refine", undo="all"), [0] * 16
    if roll < 0.45:
        axes = _axes_in_force(now)
        if axes:
            axis = axes[int(rng.integers(len(axes)))]
            text = _pick(rng, _TAKE).replace("{x}", _pick(rng, _CALLED[axis]))
            return Utterance(finish(rng, text), kind="refine", undo=axis), _without(now, axis)
    if roll < 0.68 and sentences.follow_ups:
        u = sentences.follow_ups[int(rng.integers(len(sentences.follow_ups)))]
        done = _everyday(u, now, before)
        if done is not None:
            return u, done[0]
    return _wish_follow_up(rng, now), None


def _everyday(u: Utterance, now: list[int], before: list[int]) -> tuple[list[int] | None] | None:
    """An everyday follow-up: (values,) if it is arithmetic, (None,) if the teacher must solve, None if it makes no sense."""
    if u.undo == "all" and not u.effects:
        return ([0] * 16,)
    if u.undo:
        axes = _axes_in_force(now)
        fits = u.undo in axes or (u.undo in ("X", "Z") and any(now[INDEX[t]] for t in PRIMARY[u.undo])) or u.undo == "all"
        if not fits:
            return None
        return (None,) if u.effects else (_without(now, u.undo),)
    if u.effects:
        relative = [w for w in parse(u.effects)[0] if w.sign < 0 and w.axis in ("F", "X", "N")]
        if any(not any(now[INDEX[t]] for t in PRIMARY[w.axis]) and w.axis != "N" for w in relative):
            return None
        return (None,)
    factor = _WORDS_FROM_EVERYDAY.get(u.text)
    if factor is not None:
        return (_scaled(now, before, factor),)
    return (before,) if u.text in _BACK else None


def make(rng: np.random.Generator, firsts: list[Item], sentences: Sentences) -> list[Item]:
    """From solved first turns to refine items, solved. Some go through a second turn before the one that counts."""
    chains: list[tuple[Item, list[int], list[str]]] = []
    seconds: list[Item] = []
    for first in firsts:
        if rng.random() < 0.2:
            start = first.values or []
            second = Item(first.scene, "refine", _wish_follow_up(rng, start), start=start, earlier=[first.utterance.text])
            seconds.append(second)
        else:
            chains.append((first, [0] * 16, [first.utterance.text]))
    solve_items(seconds)
    moved = [s for s in seconds if not s.dropped and s.values != s.start]
    chains += [(s, s.start or [0] * 16, [*s.earlier, s.utterance.text]) for s in moved]
    out, to_solve = [], []
    for previous, before, said in chains:
        now = list(previous.values or [])
        if rng.random() < 0.3:
            now = _touched_by_person(rng, now)
        item = Item(previous.scene, "refine", Utterance(""), start=now, earlier=said)
        item.utterance, item.values = _follow(rng, item, before, sentences)
        if item.values is None:
            u = item.utterance
            if u.undo:
                item.start, kept = ([0] * 16 if u.undo == "all" else _without(now, u.undo)), now
                item.extra["in_force"] = kept
            to_solve.append(item)
        out.append(item)
    solve_items(to_solve)
    for item in out:
        item.start = item.extra.get("in_force", item.start)
    return out
