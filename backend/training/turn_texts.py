"""Follow-ups, each with what it means and steps that it may be said about, as many as one likes: what TurnReader learns from.

Nothing here looks at a picture: that "less warm" halves a temperature is arithmetic (backend/agent/turns.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from backend.agent.decode import FACTORS
from backend.agent.turns import ALL, LAST, OWN, REST
from backend.training import phrases_refine as said
from backend.training.compose import PHRASES, clause, comparative, compose, draw_wishes, finish, off_topic, vague
from backend.training.effects import Wish
from backend.training.in_force import situation
from backend.training.language import Sentences, Utterance, held_out
from backend.training.looks import LOOKS, Look
from backend.training.phrases_refine import SCALES, pick
from backend.training.small_talk import NOISE

WRITTEN = Path(__file__).with_name("follow_ups_said.txt")
FIRST_SAID = Path(__file__).with_name("first_requests_said.txt")
_FACTORS = {text: factor for factor, texts in SCALES.items() for text in texts}
_PARTLY = {0.75: "s", 0.55: "m", 0.5: "m", 0.3: "l", 1.3: "s", 1.6: "m", 2.0: "l"}  # sizes that factors stand for
_NAMED = [key for key in said.CALLED if key[0] not in ("BW", "X", "Z")]
_TWO_WAYS = [key for key in _NAMED if key[0] not in ("N", "F")]
_EITHER_WAY = {  # what is called the same whichever way it went: which it was, only what is in force tells
    (axis, called) for (axis, sign), names in said.CALLED.items() for called in names
    if "change" in called or called in said.CALLED.get((axis, -sign), ())
}
_SHORT = 8  # words of a follow-up that is put together with another one
_THIRD = 0.3  # share of those to which one more comes
_JOINS = (" and ", ", ", " and also ", " but ", ", then ", ". ", "; ", " plus ", ", but ")


@dataclass(frozen=True)
class Said:
    """A follow-up and its meaning.

    factor: what it multiplies what was done by (0 takes back), or None. reach: where, LAST turn, ALL of them, or the REST
    beside `held`. taken: axes of which something else is said, each with its factor. held: axes that must stay. effects:
    labels of what is asked for ("L+m|S+m"). earlier: what was asked before; look: what of it the words name; twice: what the
    last two requests both did, where the second is meant: an axis and its direction, "" for any. previous, in_force: values of
    steps before the last request and now.
    """

    text: str
    factor: float | None = None
    reach: int = LAST
    taken: Mapping[str, float] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    effects: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    look: Look | None = None
    twice: str | None = None
    style: str = ""
    previous: dict[str, int] = field(default_factory=dict)
    in_force: dict[str, int] = field(default_factory=dict)


def read_line(line: str) -> Said:
    """A line of follow_ups_said.txt or first_requests_said.txt. Raises ValueError where a label is none."""
    labels, text = f" {line}".split(" | ", 1)
    reach, taken, held, effects = LAST, dict[str, float](), set[str](), []
    look, twice = None, None
    factors: list[tuple[float, list[str]]] = []  # each with the axes that it is meant for, none where it is for all
    names = labels.split()
    several = sum(label[0] == "x" for label in names) > 1
    for label in names if several else sorted(names, key=lambda label: label[0] != "x"):
        if label[0] == "x":
            factors.append((float(label[1:]), []))
        elif label in ("all", "rest"):
            reach = ALL if label == "all" else REST
        elif label[0] == "@":
            look = next((look for look in LOOKS if look.names[0] == label[1:].replace("_", " ")), None)
            if look is None:
                raise ValueError(f"not a look: {label!r} in {line!r}")
        elif label[0] == "~":
            twice = label[1:]
        elif label[0] == "-":
            factors = factors or [(0.0, [])]
            factors[-1][1].append(label[1:])
        elif label[0] == "=":
            held.add(label[1:])
        elif all(reading[-1:] in "sml" and reading[-2:-1] in "+-" for reading in label.split("|")):
            effects.append(label)
        else:
            raise ValueError(f"not a label: {label!r} in {line!r}")
    taken = {axis: factor for factor, axes in factors for axis in axes}
    whole = [factor for factor, axes in factors if not axes]
    wished = {reading[:-2] for effect in effects for reading in effect.split("|")}
    if not {*taken, *held, *wished, *([twice[:-1]] if twice else [])} <= OWN.keys():
        raise ValueError(f"not an axis in {line!r}")
    if len(whole) > 1 or any(factor < 0 and factor not in FACTORS for factor, _ in factors):
        raise ValueError(f"not a factor in {line!r}")
    factor = whole[0] if whole else None
    return Said(text.strip(), factor, reach, taken, frozenset(held), tuple(effects), look=look, twice=twice)


def written(path: Path = WRITTEN, *, held: bool = False) -> list[Said]:
    """The sentences of a file of ours; those held out, or (normally) the others."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [read_line(line) for line in lines if line and not line.startswith("#")]
    return [turn for turn in found if held_out(turn.text) == held]


def labelled(utterance: Utterance) -> Said | None:
    """What a labelled everyday follow-up means, or None where its label leaves that open."""
    text, effects, keep = utterance.text, tuple(utterance.effects), frozenset(utterance.keep)
    if utterance.undo == "all":
        return Said(text, 0.0, ALL, effects=effects, held=keep)
    if utterance.undo:
        return Said(text, taken={utterance.undo: 0.0}, held=keep, effects=effects)
    if effects:
        return Said(text, held=keep, effects=effects)
    factor = _FACTORS.get(text, 0.0 if text in said.BACK else None)
    return None if factor is None else Said(text, factor)


def _noun(rng: np.random.Generator) -> tuple[tuple[str, int], str]:
    keys = _NAMED if rng.random() < 0.9 else [("BW", 1), ("X", 1), ("Z", 1)]
    key = keys[int(rng.integers(len(keys)))]
    return key, pick(rng, said.CALLED[key])


def _nouns(rng: np.random.Generator) -> tuple[frozenset[str], str]:
    """One thing in force, now and then two, and what they are called."""
    (axis, _), called = _noun(rng)
    if rng.random() < 0.15:
        (other, _), more = _noun(rng)
        if other != axis:
            return frozenset({axis, other}), f"{called}{pick(rng, (' and the ', ' and ', ' & '))}{more}"
    return frozenset({axis}), called


def _wish(rng: np.random.Generator, avoid: frozenset[str] = frozenset()) -> tuple[str, str]:
    """A wish in words and its label, of an axis that is not in `avoid`."""
    while True:
        key = draw_wishes(rng, 1)[0]
        if key[0] not in avoid:
            break
    size = str(rng.choice(["s", "m", "l"], p=[0.4, 0.47, 0.13]))
    p, roll = PHRASES[key], rng.random()
    if p.complaints and roll < 0.2:
        how = {"s": "a bit too", "m": "too", "l": "way too"}[size]
        text = f"{pick(rng, said.NOW)} {how} {pick(rng, p.complaints)}"
    else:
        text = comparative(rng, p, size) if p.comparatives and roll < 0.55 else clause(rng, key, size)
    return text, Wish(*key, "m" if key[0] == "BW" else size).label


def _scale(rng: np.random.Generator) -> Said:
    shares = np.array(list(said.SCALE_SHARES.values()))
    factor = list(said.SCALE_SHARES)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return Said(pick(rng, SCALES[factor]), factor)


def _back(rng: np.random.Generator) -> Said:
    return Said(pick(rng, said.BACK), 0.0)


def _reset(rng: np.random.Generator) -> Said:
    return Said(pick(rng, said.ALL), 0.0, ALL)


def _pleased(rng: np.random.Generator) -> Said:
    return Said(pick(rng, said.PLEASED if rng.random() < 0.6 else NOISE))


def _take(rng: np.random.Generator) -> Said:
    axes, called = _nouns(rng)
    turn = Said(pick(rng, said.TAKE).replace("{x}", called), taken=dict.fromkeys(axes, 0.0))
    if rng.random() < 0.3:
        other, label = _wish(rng, axes)
        join = pick(rng, _JOINS)
        text = f"{turn.text}{join}{other}" if rng.random() < 0.65 else f"{other}{join}{turn.text}"
        turn = replace(turn, text=text, effects=(label,))
    return turn


def _noun_scale(rng: np.random.Generator) -> Said:
    (axis, sign), called = _noun(rng)
    factor = list(said.NOUN_SCALES)[int(rng.integers(len(said.NOUN_SCALES)))]
    effect = Wish(axis, sign if factor > 1 else -sign, _PARTLY[factor]).label
    text = pick(rng, said.NOUN_SCALES[factor]).replace("{x}", called)
    return Said(text, taken={axis: factor}, effects=() if (axis, called) in _EITHER_WAY else (effect,))


def _reverse(rng: np.random.Generator) -> Said:
    axis, sign = _TWO_WAYS[int(rng.integers(len(_TWO_WAYS)))]
    called = pick(rng, said.CALLED[axis, sign])
    effects = () if (axis, called) in _EITHER_WAY else (Wish(axis, -sign, "m").label,)
    return Said(pick(rng, said.REVERSE).replace("{x}", called), taken={axis: -0.8}, effects=effects)


def _only(rng: np.random.Generator) -> Said:
    axes, called = _nouns(rng)
    if rng.random() < 0.4:
        factor = 0.55 if rng.random() < 0.6 else 1.5
        return Said(pick(rng, said.REST[factor]).replace("{x}", called), factor, REST, held=axes)
    return Said(pick(rng, said.ONLY).replace("{x}", called), 0.0, REST, held=axes)


def _too_far(rng: np.random.Generator) -> Said:
    keys = [key for key, p in PHRASES.items() if p.complaints]
    axis, sign = keys[int(rng.integers(len(keys)))]
    factor = float(rng.choice(list(said.TOO_FAR), p=[0.34, 0.46, 0.2]))
    text = pick(rng, said.TOO_FAR[factor]).replace("{w}", pick(rng, PHRASES[axis, sign].complaints))
    effects = (Wish(axis, sign, _PARTLY[factor]).label,)
    if rng.random() < 0.2:
        other, label = _wish(rng, frozenset({axis}))
        text, effects = f"{text} and {other}", (*effects, label)
    return Said(text, effects=effects)


def _look_scale(rng: np.random.Generator) -> Said:
    """What was asked for last, by its name: "half of that vintage thing"."""
    look = LOOKS[int(rng.integers(len(LOOKS)))]
    called = f"{pick(rng, ('', 'that ', 'whole '))}{pick(rng, look.names)} {pick(rng, said.THINGS)}"
    if rng.random() < 0.35:
        return Said(pick(rng, said.TAKE).replace("{x}", called), 0.0, look=look)
    factor = list(said.NOUN_SCALES)[int(rng.integers(len(said.NOUN_SCALES)))]
    return Said(pick(rng, said.NOUN_SCALES[factor]).replace("{x}", called), factor, look=look)


def _two(rng: np.random.Generator, one: Said, other: Said) -> Said | None:
    """Both in one sentence, "halve the vignette, no grain"; None where they speak of the same."""
    axes = [{*turn.taken, *(effect[:-2] for label in turn.effects for effect in label.split("|"))} for turn in (one, other)]
    if axes[0] & axes[1]:
        return None
    text = f"{one.text.rstrip('.!?, ')}{pick(rng, (*_JOINS, ', ', ' and ', ' '))}{other.text}"
    return replace(one, text=text, taken={**one.taken, **other.taken}, effects=(*one.effects, *other.effects))


def _even_more(rng: np.random.Generator) -> Said:
    keys = [key for key, p in PHRASES.items() if p.comparatives or p.complaints]
    key = keys[int(rng.integers(len(keys)))]
    p, opposite, roll = PHRASES[key], PHRASES.get((key[0], -key[1])), rng.random()
    if p.comparatives and (roll < 0.5 or not p.complaints):
        text = pick(rng, said.EVEN).replace("{c}", pick(rng, p.comparatives))
    elif roll < 0.8 or not opposite or not opposite.complaints:
        text = pick(rng, said.STILL).replace("{w}", pick(rng, p.complaints))
    else:
        text = pick(rng, said.ENOUGH).replace("{w}", pick(rng, opposite.complaints))
    return Said(text, effects=(Wish(*key, "s" if " bit " in text or "little" in text else "m").label,))


def _mixed(rng: np.random.Generator) -> Said:
    words, label = _wish(rng)
    roll = rng.random()
    if roll < 0.3:
        return Said(pick(rng, said.SAME_BUT).replace("{w}", words), 1.5, effects=(label,))
    if roll < 0.6:
        text = pick(rng, said.LESS_BUT)
        factor = 0.75 if "a bit" in text else 0.5 if "half" in text else 0.6
        return Said(text.replace("{w}", words), factor, effects=(label,))
    if roll < 0.72:
        turn = _reset(rng) if rng.random() < 0.5 else _back(rng)
        return replace(turn, text=f"{turn.text}{pick(rng, _JOINS)}{words}", effects=(label,))
    return Said(pick(rng, said.INSTEAD).replace("{w}", words), 0.0, effects=(label,))


def _asked(rng: np.random.Generator) -> Said:
    words, label = _wish(rng)
    effects = (label,)
    if rng.random() < 0.3:
        more, other = _wish(rng, frozenset({label.rstrip("sml")[:-1]}))
        words, effects = f"{words}{pick(rng, _JOINS)}{more}", (label, other)
    if rng.random() < 0.3:
        axes, called = _nouns(rng)
        if not axes & {effect[:-2] for effect in effects}:
            text = pick(rng, said.KEEPING).replace("{x}", called).replace("{t}", words)
            return Said(text, held=axes, effects=effects)
    return Said(words, effects=effects)


def _request(u: Utterance) -> Said:
    return Said(u.text, held=frozenset(u.keep), effects=tuple(u.effects))


_KINDS = {
    _scale: 0.15, _back: 0.05, _reset: 0.04, _pleased: 0.04, _take: 0.12, _noun_scale: 0.1, _reverse: 0.04, _only: 0.08,
    _too_far: 0.08, _even_more: 0.07, _mixed: 0.06, _asked: 0.06, _look_scale: 0.05,
}
_AS_WRITTEN, _PAIRED, _EVERYDAY, _FIRST_REQUESTS, _FIRST_SAID = 0.36, 0.08, 0.03, 0.11, 0.31  # the rest is composed
_BOTH_FIRST = 0.4  # share of the short written first requests to which another is added
_FITTING, _STYLED = 0.75, 0.1  # shares with requests that fit the steps; with a style
# Shares without steps: of all; of follow-ups that only wish, which may be said first of all; of what was written as said first.
_NOTHING_THERE, _ALONE, _FIRST_ALONE = 0.04, 0.3, 0.75


class InTurn:
    """Draws from a list so that each entry comes once before any comes again: drawn at random, many never came in a run."""

    def __init__(self, turns: list[Said]) -> None:
        self._turns = turns
        self._waiting: list[int] = []

    def draw(self, rng: np.random.Generator) -> Said:
        self._waiting = self._waiting or rng.permutation(len(self._turns)).tolist()
        return self._turns[self._waiting.pop()]


class Follows:
    """Draws follow-ups; `held`: only from the sentences that training never sees."""

    def __init__(self, sentences: Sentences, *, held: bool = False) -> None:
        self.sentences = sentences
        self.written, self.first_said = (written(path, held=held) for path in (WRITTEN, FIRST_SAID))
        self._written, self._first_said = InTurn(self.written), InTurn(self.first_said)
        self._short_first = [
            turn for turn in self.first_said if len(turn.effects) == 1 and not turn.held and len(turn.text.split()) <= _SHORT
        ]
        self.everyday = [turn for u in sentences.follow_ups if (turn := labelled(u)) is not None]
        alone = [turn for turn in self.written if not turn.held and turn.reach == LAST and turn.look is None is turn.twice]
        short = [turn for turn in alone if len(turn.text.split()) <= _SHORT]
        self._single = [turn for turn in short if turn.factor is None and (turn.taken or turn.effects)]
        self._named = [turn for turn in self._single if turn.taken]
        self._whole = [turn for turn in short if turn.factor and not turn.effects]
        self._kinds, shares = list(_KINDS), np.array(list(_KINDS.values()))
        self._shares = shares / shares.sum()

    def draw(self, rng: np.random.Generator) -> Said:
        roll, alone = rng.random(), _ALONE
        if roll < _AS_WRITTEN:
            turn = self._told(rng, self._written.draw(rng), praise=0.15)
        elif roll < _AS_WRITTEN + _PAIRED:
            turn = self._told(rng, self._pair(rng), praise=0.1)
        elif roll < _AS_WRITTEN + _PAIRED + _EVERYDAY and self.everyday:
            turn = self._told(rng, self.everyday[int(rng.integers(len(self.everyday)))], praise=0.1)
        elif roll < _AS_WRITTEN + _PAIRED + _EVERYDAY + _FIRST_REQUESTS:
            turn = _request(self._first(rng))
        elif roll < _AS_WRITTEN + _PAIRED + _EVERYDAY + _FIRST_REQUESTS + _FIRST_SAID:
            turn = self._told(rng, self._said_first(rng), praise=0.0)
            alone = _FIRST_ALONE
        else:
            kind = self._kinds[int(rng.choice(len(self._kinds), p=self._shares))]
            turn = self._told(rng, kind(rng), praise=0.0 if kind is _pleased else 0.3)
        here = situation(
            rng, factor=turn.factor, reach=turn.reach, taken=turn.taken, held=turn.held, effects=turn.effects, look=turn.look,
            twice=turn.twice,
        )
        style = self._first(rng).text if rng.random() < _STYLED else ""
        if turn.twice is None and turn.look is None and turn.factor is None and not turn.taken and rng.random() < alone:
            return replace(turn, style=style)
        if turn.twice is None and rng.random() < _NOTHING_THERE:
            return replace(turn, style=style, earlier=tuple(self._first(rng).text for _ in range(int(rng.integers(3)))))
        asked = here.requests
        if turn.look is None and turn.twice is None and rng.random() > _FITTING:
            asked = tuple(self._first(rng).text for _ in asked)
        return replace(turn, earlier=asked, style=style, previous=here.previous, in_force=here.in_force)

    def _said_first(self, rng: np.random.Generator) -> Said:
        """A written first request, now and then a short one with another wish behind it."""
        turn = self._first_said.draw(rng)
        if len(turn.text.split()) <= _SHORT and not turn.held and rng.random() < _BOTH_FIRST:
            return _two(rng, turn, self._short_first[int(rng.integers(len(self._short_first)))]) or turn
        return turn

    def _pair(self, rng: np.random.Generator) -> Said:
        """Two or three written ones in one sentence, at least one of a named step."""

        def drawn(turns: list[Said]) -> Said:
            return turns[int(rng.integers(len(turns)))]

        while True:
            one = drawn(self._named)
            other = drawn(self._whole if rng.random() < 0.2 else self._named if rng.random() < 0.6 else self._single)
            first, second = (other, one) if other.factor is not None or rng.random() < 0.5 else (one, other)
            both = _two(rng, first, second)
            if both is not None and rng.random() < _THIRD:
                both = _two(rng, both, drawn(self._named)) or both
            if both is not None:
                return both

    def _first(self, rng: np.random.Generator) -> Utterance:
        roll = rng.random()
        if roll < 0.5:
            return self.sentences.draw_real(rng)
        if roll < 0.6:
            return self.sentences.draw_everyday(rng)
        return compose(rng) if roll < 0.9 else vague(rng) if roll < 0.97 else off_topic(rng)

    def _told(self, rng: np.random.Generator, turn: Said, praise: float) -> Said:
        text = turn.text
        if rng.random() < praise:
            text = f"{pick(rng, said.PRAISE)} {text}"
        return replace(turn, text=finish(rng, text, context=0.03))
