"""Follow-ups: what people say after a first edit, and the complete new list of steps that they mean.

Kinds: more or less of the last turn, or of one thing in force (a factor on its steps); taking back an axis, the last turn or
everything; keeping one thing only; thanks; something else instead; and new wishes measured from the picture as it now looks.
What is not spoken of stays exactly as it is. "Less warm" halves the warmth in force, it does not turn it into cold.
"""

from __future__ import annotations

import numpy as np
import torch

from backend.agent.turns import OWN
from backend.training import phrases_refine as said
from backend.training.colour import AXIS, SEEN, Yardstick
from backend.training.compose import PHRASES, clause, comparative, draw_wishes, finish
from backend.training.effects import Wish, parse
from backend.training.goals import SERVES
from backend.training.items import Item, Scene, solve_items
from backend.training.language import Sentences, Utterance
from backend.training.phrases_refine import SCALES, pick
from backend.training.renderer import INDEX, render_points
from backend.training.small_talk import NOISE
from tool_mapping.spec import TOOLS

_FACTORS = {text: factor for factor, texts in SCALES.items() for text in texts}
_PARTLY = {0.75: "s", 0.55: "m", 0.5: "m", 0.3: "l", 1.3: "s", 1.6: "m", 2.0: "l"}  # sizes that factors stand for
_SERVED = {("H", 1): ("sharpness", 1), ("H", -1): ("sharpness", -1), ("N", 1): ("grain", 1), ("F", 1): ("fade", 1)}


def _touched_by_person(rng: np.random.Generator, values: list[int]) -> list[int]:
    """The person's own slider changes before they speak again."""
    out = list(values)
    for i, v in enumerate(values):
        if v and rng.random() < 0.4:
            out[i] = int(np.clip(round(v * rng.uniform(0.5, 1.5)), -100, 100)) or v
    return out


def _times(now: list[int], before: list[int], factor: float, places: set[int] | None = None) -> list[int]:
    """now - before, times `factor`, on top of `before`, at `places` (all when None). What is scaled moves by one at least."""
    out = list(now)
    for i, (n, b) in enumerate(zip(now, before, strict=True)):
        if n == b or (places is not None and i not in places):
            continue
        value = round(b + factor * (n - b))
        if value == n:
            value = n + (1 if (n - b) * (factor - 1) > 0 else -1)
        out[i] = int(np.clip(value, TOOLS[i].minimum, TOOLS[i].maximum))
    return out


def in_force(values: list[int]) -> list[tuple[str, int]]:
    """Axes and directions whose own tools are in force, so that they can be spoken of."""
    out = []
    for axis in OWN:
        if axis in ("BW", "X", "Z"):
            continue
        for sign in (1, -1):
            if any(values[i] for i in _places(values, axis, sign)) and (axis, sign) in said.CALLED:
                out.append((axis, sign))
    if values[INDEX["saturation"]] <= -95:
        out = [key for key in out if key[0] != "S"] + [("BW", 1)]
    return out


def _places(values: list[int], axis: str, sign: int) -> set[int]:
    """Places of the axis' own tools that are in force in direction `sign`."""
    if axis in ("BW", "X", "Z"):
        return {INDEX[t] for t in OWN[axis] if values[INDEX[t]]}
    ways = {tool: way for tool, (_, way) in SERVES.get((axis, sign), {}).items()}
    if (axis, sign) in _SERVED:
        ways = dict([_SERVED[axis, sign]])
    return {INDEX[t] for t in OWN[axis] if values[INDEX[t]] * ways.get(t, 0) > 0}


def _without(values: list[int], axis: str) -> list[int]:
    out = list(values)
    for tool in OWN[axis]:
        out[INDEX[tool]] = 0
    return out


def _shows(scene: Scene, old: list[int], new: list[int], axis: str, sign: int) -> bool:
    """Whether going from `old` to `new` values is seen as a move of `axis` in direction `sign`."""
    if axis not in AXIS:
        return True
    points, uv = scene.points[None], scene.uv[None]
    now, then = (render_points(points, uv, torch.tensor([v], dtype=torch.float32) / 100) for v in (old, new))
    moved = Yardstick.of(now, uv).measure(then, exact=True)[0][0, AXIS[axis]]
    return float(moved) * sign > 1.35 * SEEN[axis]


def eased(scene: Scene, values: list[int], axis: str, sign: int, factor: float) -> list[int] | None:
    """Values with what serves (axis, sign) times `factor` < 1: less than that, down to nothing, where it would not be seen.

    None where even nothing of it makes no difference to the eye.
    """
    places = _places(values, axis, sign)
    for share in (factor, 0.5 * factor, 0.0):
        new = _times(values, [0] * 16, share, places)
        if places and _shows(scene, values, new, axis, -sign):
            return new
    return None


def _new_wishes(rng: np.random.Generator, count: int, avoid: set[str]) -> tuple[list[tuple[str, int]], list[str]]:
    keys = [k for k in draw_wishes(rng, count) if k[0] not in avoid]
    return keys, [str(rng.choice(["s", "m", "l"], p=[0.42, 0.46, 0.12])) for _ in keys]


def _label(key: tuple[str, int], size: str) -> str:
    return Wish(key[0], key[1], "m" if key[0] == "BW" else size).label


def _wish_text(rng: np.random.Generator, key: tuple[str, int], size: str) -> str:
    p, roll = PHRASES[key], rng.random()
    if p.complaints and roll < 0.2:
        how = {"s": "a bit too", "m": "too", "l": "way too"}[size]
        return f"{pick(rng, said.NOW)} {how} {pick(rng, p.complaints)}"
    return comparative(rng, p, size) if p.comparatives and roll < 0.55 else clause(rng, key, size)


def _told(rng: np.random.Generator, text: str, praise: float = 0.35) -> str:
    if rng.random() < praise and not text.lower().startswith(("now", "whoa", "it", "good", "nice", "no", "ok", "hm", "better")):
        text = f"{pick(rng, said.PRAISE)} {text}"
    return finish(rng, text, context=0.02)


class _Turn:
    """What is said next in one conversation, and the values it leads to.

    Each method writes the text and either `values` or `start` and `asked`: what the teacher is to solve, and from where.
    """

    def __init__(self, rng: np.random.Generator, scene: Scene, now: list[int], before: list[int]) -> None:
        self.rng, self.scene, self.now, self.before = rng, scene, now, before
        self.utterance = Utterance("", kind="refine")
        self.values: list[int] | None = None
        self.start, self.asked = now, list[str]()
        self.force = in_force(now)

    def done(
        self, text: str, values: list[int], effects: list[str] | None = None, undo: str = "", praise: float = 0.35
    ) -> bool:
        self.utterance = Utterance(_told(self.rng, text, praise), effects or [], kind="refine", undo=undo)
        self.values = values
        return True

    def solve(self, text: str, asked: list[str], *, start: list[int] | None = None, more: list[str] | None = None,
              keep: list[str] | None = None, undo: str = "") -> bool:
        self.utterance = Utterance(_told(self.rng, text), [*asked, *(more or [])], keep or [], "refine", undo)
        self.asked, self.start = asked, self.now if start is None else start
        return True

    def some(self) -> tuple[tuple[str, int], str] | None:
        """One thing in force and what it is called."""
        if not self.force:
            return None
        key = self.force[int(self.rng.integers(len(self.force)))]
        return key, pick(self.rng, said.CALLED[key])

    def rescaled(self, factor: float) -> list[int]:
        """The last turn's change times `factor`. Black and white beside other steps stays so; sepia does not turn into it."""
        values = _times(self.now, self.before, factor)
        i = INDEX["saturation"]
        grey = self.now[i] <= -95 and factor > 0 and sum(v != 0 for v in self.now) > 1
        sepia = self.now[i] <= -55 and self.now[INDEX["temperature"]] > 5 and factor > 1
        if grey or sepia:
            values[i] = self.now[i]
        return values

    def scale(self) -> bool:
        shares = np.array(list(said.SCALE_SHARES.values()))
        factor = list(said.SCALE_SHARES)[int(self.rng.choice(len(shares), p=shares / shares.sum()))]
        values = self.rescaled(factor)
        return values != self.now and self.done(pick(self.rng, SCALES[factor]), values, praise=0.2)

    def back(self) -> bool:
        return self.done(pick(self.rng, said.BACK), self.before, undo="last", praise=0.1)

    def reset(self) -> bool:
        return self.done(pick(self.rng, said.ALL), [0] * 16, undo="all", praise=0.1)

    def pleased(self) -> bool:
        words = said.PLEASED if self.rng.random() < 0.75 else NOISE
        return self.done(pick(self.rng, words), self.now, praise=0.0)

    def take(self) -> bool:
        found = self.some()
        if not found:
            return False
        (axis, _), called = found
        text = pick(self.rng, said.TAKE).replace("{x}", called)
        if self.rng.random() < 0.3:  # and something new with it
            keys, sizes = _new_wishes(self.rng, 1, {axis})
            if keys:
                other = _wish_text(self.rng, keys[0], sizes[0])
                text = f"{text} and {other}" if self.rng.random() < 0.6 else f"{other}, and {text}"
                return self.solve(text, [_label(keys[0], sizes[0])], start=_without(self.now, axis), undo=axis)
        return self.done(text, _without(self.now, axis), undo=axis)

    def noun_scale(self) -> bool:
        found = self.some()
        if not found or found[0][0] == "BW":
            return False
        (axis, sign), called = found
        factors = list(said.NOUN_SCALES)
        factor = factors[int(self.rng.integers(len(factors)))]
        text = pick(self.rng, said.NOUN_SCALES[factor]).replace("{x}", called)
        if factor < 1:
            values = eased(self.scene, self.now, axis, sign, factor)
        else:
            values = _times(self.now, [0] * 16, factor, _places(self.now, axis, sign))
            if not _shows(self.scene, self.now, values, axis, sign):  # too small a step to double: go on as for "even more"
                return axis in AXIS and self.solve(text, [_label((axis, sign), _PARTLY[factor])])
        effect = [Wish(axis, sign if factor > 1 else -sign, _PARTLY[factor]).label]
        return values is not None and values != self.now and self.done(text, values, effect)

    def only(self) -> bool:
        found = self.some()
        if not found or len(self.force) < 2:
            return False
        (axis, _), called = found
        own = {INDEX[t] for t in OWN[axis]}
        if self.rng.random() < 0.5:
            factor = 0.55 if self.rng.random() < 0.6 else 1.5
            values = _times(self.now, [0] * 16, factor, set(range(16)) - own)
            text = pick(self.rng, said.REST[factor])
        else:
            values = [v if i in own else 0 for i, v in enumerate(self.now)]
            text = pick(self.rng, said.ONLY)
        return values != self.now and self.done(text.replace("{x}", called), values)

    def too_far(self) -> bool:
        keys = [k for k in self.force if PHRASES.get((k[0], -k[1])) and PHRASES[k[0], -k[1]].complaints]
        if not keys:
            return False
        axis, sign = keys[int(self.rng.integers(len(keys)))]
        factor = float(self.rng.choice(list(said.TOO_FAR), p=[0.34, 0.46, 0.2]))
        values = eased(self.scene, self.now, axis, sign, factor)
        word = pick(self.rng, PHRASES[axis, -sign].complaints)
        text = pick(self.rng, said.TOO_FAR[factor]).replace("{w}", word)
        effect = Wish(axis, -sign, _PARTLY[factor]).label
        if values is None:
            return False
        if self.rng.random() < 0.2:
            others, sizes = _new_wishes(self.rng, 1, {axis})
            if others:
                text += f" and {_wish_text(self.rng, others[0], sizes[0])}"
                return self.solve(text, [_label(others[0], sizes[0])], start=values, more=[effect])
        return self.done(text, values, [effect])

    def even_more(self) -> bool:
        keys = [k for k in self.force if k in PHRASES and k[0] in AXIS]
        if not keys:
            return False
        key = keys[int(self.rng.integers(len(keys)))]
        p, roll = PHRASES[key], self.rng.random()
        opposite = PHRASES.get((key[0], -key[1]))
        if p.comparatives and roll < 0.5:
            text = pick(self.rng, said.EVEN).replace("{c}", pick(self.rng, p.comparatives))
        elif p.complaints and roll < 0.8:
            text = pick(self.rng, said.STILL).replace("{w}", pick(self.rng, p.complaints))
        elif opposite and opposite.complaints:
            text = pick(self.rng, said.ENOUGH).replace("{w}", pick(self.rng, opposite.complaints))
        else:
            return False
        return self.solve(text, [_label(key, "s" if " bit " in text or "little" in text else "m")])

    def mixed(self) -> bool:
        roll = self.rng.random()
        keys, sizes = _new_wishes(self.rng, 1, {k[0] for k in self.force} if roll < 0.7 else set())
        if not keys:
            return False
        words, label = _wish_text(self.rng, keys[0], sizes[0]), _label(keys[0], sizes[0])
        if roll < 0.35:
            return self.solve(pick(self.rng, said.SAME_BUT).replace("{w}", words), [label],
                              start=self.rescaled(1.5))
        if roll < 0.7:
            text = pick(self.rng, said.LESS_BUT)
            factor = 0.75 if "a bit" in text else 0.5 if "half" in text else 0.6
            return self.solve(text.replace("{w}", words), [label], start=self.rescaled(factor))
        return self.solve(pick(self.rng, said.INSTEAD).replace("{w}", words), [label], start=self.before, undo="last")

    def wish(self) -> bool:
        keys, sizes = _new_wishes(self.rng, 1 if self.rng.random() < 0.72 else 2, set())
        if not keys:
            return False
        text = (" and ", ", ", " but ")[int(self.rng.integers(3))].join(
            _wish_text(self.rng, k, s) for k, s in zip(keys, sizes, strict=True)
        )
        keep: list[str] = []
        rest = [k for k in self.force if k[0] not in {a for a, _ in keys}]
        if rest and self.rng.random() < 0.15:
            held = rest[int(self.rng.integers(len(rest)))]
            keep, called = [held[0]], pick(self.rng, said.CALLED[held])
            text = pick(self.rng, said.KEEPING).replace("{x}", called).replace("{t}", text)
        return self.solve(text, [_label(k, s) for k, s in zip(keys, sizes, strict=True)], keep=keep)

    def makes_sense(self, wish: Wish, text: str) -> bool:
        """Whether a sentence about less of something finds that in force: "the vignette is a bit heavy" needs a vignette."""
        opposite = (wish.axis, -wish.sign) in self.force
        if (wish.axis, wish.sign) in {("F", -1), ("X", -1), ("V", 1)}:
            return opposite
        return opposite or (wish.axis, wish.sign) != ("H", -1) or "soft" in text

    def everyday(self, sentences: Sentences) -> bool:
        """A labelled sentence of daily life, where it makes sense for what is in force."""
        if not sentences.follow_ups:
            return False
        u = sentences.follow_ups[int(self.rng.integers(len(sentences.follow_ups)))]
        self.utterance = u
        axes = {axis for axis, _ in self.force}
        if u.undo:
            fits = u.undo == "all" or u.undo in axes or (
                u.undo in ("X", "Z") and any(self.now[INDEX[t]] for t in OWN[u.undo])
            )
            left = [0] * 16 if u.undo == "all" else _without(self.now, u.undo)
            self.start, self.asked, self.values = left, u.effects, None if u.effects else left
            return fits
        if not u.effects:
            factor = _FACTORS.get(u.text)
            if factor is not None:
                self.values = self.rescaled(factor)
            elif u.text in said.BACK:
                self.values = self.before
            return self.values is not None
        start = self.now
        if not set(u.keep) <= axes or not all(self.makes_sense(wish, u.text) for wish in parse(u.effects)[0]):
            return False
        for wish in parse(u.effects)[0]:
            if (wish.axis, -wish.sign) in self.force and wish.size != "l":
                easier = eased(self.scene, start, wish.axis, -wish.sign, 0.75 if wish.size == "s" else 0.55)
                if easier is not None:
                    start = easier
                    continue
            self.asked.append(wish.label)
        self.start, self.values = start, None if self.asked else start
        return True


_KINDS = {
    "scale": 0.22, "back": 0.05, "reset": 0.05, "take": 0.12, "noun_scale": 0.11, "only": 0.03, "too_far": 0.10,
    "even_more": 0.08, "mixed": 0.06, "everyday": 0.08, "pleased": 0.04, "wish": 0.06,
}


def _follow(rng: np.random.Generator, turn: _Turn, sentences: Sentences) -> None:
    """One kind of follow-up after another is tried until one makes sense for what is in force."""
    kinds = rng.choice(list(_KINDS), size=len(_KINDS), replace=False, p=np.array(list(_KINDS.values())))
    for kind in kinds:
        if turn.everyday(sentences) if kind == "everyday" else getattr(turn, str(kind))():
            return
        turn.values, turn.start, turn.asked = None, turn.now, []
    raise AssertionError("a wish always makes sense")


def make(rng: np.random.Generator, firsts: list[Item], sentences: Sentences) -> list[Item]:
    """From solved first turns to refine items, solved. Some go through a second turn before the one that counts."""
    chains: list[tuple[Item, list[int], list[str]]] = []
    seconds: list[Item] = []
    for first in firsts:
        if rng.random() < 0.2:
            start = first.values or []
            turn = _Turn(rng, first.scene, start, [0] * 16)
            while not turn.wish():
                pass
            seconds.append(Item(first.scene, "refine", turn.utterance, start=start, earlier=[first.utterance.text]))
        else:
            chains.append((first, [0] * 16, [first.utterance.text]))
    solve_items(seconds)
    moved = [s for s in seconds if not s.dropped and s.values != s.start]
    chains += [(s, s.start or [0] * 16, [*s.earlier, s.utterance.text]) for s in moved]
    out, to_solve = [], []
    for previous, before, earlier in chains:
        now = list(previous.values or [])
        if rng.random() < 0.3:
            now = _touched_by_person(rng, now)
        turn = _Turn(rng, previous.scene, now, before)
        _follow(rng, turn, sentences)
        item = Item(previous.scene, "refine", turn.utterance, start=turn.start, values=turn.values, earlier=earlier)
        item.extra |= {"in_force": now, "asked": turn.asked, "before": before}
        if item.values is None:
            to_solve.append(item)
        out.append(item)
    solve_items(to_solve)
    for item in out:
        item.start = item.extra["in_force"]
        undone = [INDEX[tool] for tool in OWN.get(item.utterance.undo, ())]
        if item.values and any(item.values[i] * item.extra["in_force"][i] > 0 for i in undone):
            item.dropped = "brought back what was to go"
    return out
