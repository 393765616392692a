"""The agent at run time, small ONNX graphs on the CPU.

`read` understands words, pictures and the steps in force; `turn` reads what a follow-up means, and what a first request wishes
in pictures of speech; `decide` sets amounts; `mend` says what a photo alone needs, for vague requests; `open` and `write` put
the answer into words. What was changed between two pictures is measured (compare.py), so that a summary names what is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from backend.agent import compare, decode, features, plain, review, saying, turns
from backend.agent.spelling import Spelling
from backend.agent.task import Answer, EditTask, Picture, Stopped
from backend.agent.vocab import END, START_EDIT, START_SUMMARY, Words, join, pieces, request_ids
from tool_mapping import reference
from tool_mapping.schema import schema_hash
from tool_mapping.spec import ToolCall

FORMAT = 5
GRAPHS = ("read", "turn", "decide", "mend", "open", "write")
EDIT, REFINE, SUMMARY = 0, 1, 2
_LONG_SIDE = 192  # as in training
_SURE = 0.6  # a request that asks for an effect as surely as this gets at least one step
# Probability from which a follow-up asks for an effect along what is in force, against it, and for one that is new.
_ASKED, _COMPLAINED, _NEW = 0.5, 0.3, 0.68
_FURTHER = (1.6, 2.5)  # powers of a factor that are tried where a step is too small for its share of it to be seen
# Weight of the reader of follow-ups in what a first request asks for, and from where on it does; by held-out sentences.
_TURNS_SAY_FIRST, _ASKED_FIRST = 0.6, 0.45
_TURNS_SAY = 0.7  # weight of the reader of follow-ups in what they ask for, beside the reader of requests
_VAGUE = 0.5  # a request that names no effect as surely as _SURE, and is as likely vague as this, leaves all to the photo
_UNCHANGED = "They like the picture as it is."
_STYLE_SIZE = 1 / 3  # how much of what somebody likes is added where the words leave room: a little

Listener = Callable[[str], None]


class _Read(NamedTuple):
    """What the `read` graph gives; see backend/training/model.py. wishes, sizes: (1, axes), probabilities and 0..1."""

    memory: NDArray
    tools: NDArray
    gates: NDArray
    wishes: NDArray
    sizes: NDArray
    vague: NDArray
    inner: NDArray


class UnusableModel(RuntimeError):
    """A model folder that cannot be used; the message says why and what to do."""


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's config.json. Raises UnusableModel where it is missing, broken, or made for other tools."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnusableModel(f"There is no model in {folder}: config.json is missing. Install the model again.") from error
    except (OSError, ValueError) as error:
        raise UnusableModel(f"config.json in {folder} cannot be read ({error}). Install the model again.") from error
    if config.get("format") != FORMAT:
        raise UnusableModel(f"The model in {folder} has format {config.get('format')}; this version reads format {FORMAT}.")
    if config.get("tool_schema") != schema_hash():
        raise UnusableModel(
            f"The model in {folder} was trained for other tools (schema {config.get('tool_schema')}, here {schema_hash()}). "
            "Use the model that came with this version."
        )
    if config.get("statistics") != features.SIZE:
        raise UnusableModel(f"The model in {folder} reads pictures differently. Use the model that came with this version.")
    return config


class OnnxAgent:
    """An `Agent` (see task.py) from a model folder. Raises UnusableModel where the folder does not fit."""

    def __init__(self, folder: Path, *, threads: int = 2, reviews: bool = True) -> None:
        self._reviews = reviews
        self.config = read_config(folder)
        self._name = str(self.config["name"])
        self._words = Words(tuple(self.config["words"]))
        self._places = {word: place for place, word in enumerate(self._words.entries)}
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._graphs = {name: _session(folder / f"{name}.onnx", threads) for name in GRAPHS}
        except Exception as error:  # both libraries raise bare exceptions of many kinds
            raise UnusableModel(f"A file of the model in {folder} is broken ({error}). Install the model again.") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._spelling = Spelling(self.config["spelling"], self._tokenizer)

    @property
    def name(self) -> str:
        return self._name

    def edit(self, task: EditTask, *, on_text: Listener | None = None, stop: Callable[[], bool] | None = None) -> Answer:
        rng = np.random.default_rng(task.seed)
        small = features.shrink(task.before, _LONG_SIDE)
        before = _seen(small)
        now = _seen(task.now) if task.now is not None and task.in_force else before
        _check(stop)
        words, state = self._spelling.correct(task.request), decode.state_of(task.in_force)
        read = self._read_words(words, task, before, now, state, REFINE if task.refines else EDIT)
        if task.in_force or task.previous:
            calls = self._refined(task, small, before, read, rng)
            sayable, plan = saying.of_refine(task.in_force, calls), self._plan({}, {})
        else:
            read, calls, sayable, plan = self._first(task, small, before, read, rng)
        _check(stop)
        temperature = min(task.temperature, 0.7)
        return Answer(self._write(read.memory, calls, plan, START_EDIT, temperature, rng, on_text, stop, sayable), calls)

    def _first(
        self, task: EditTask, small: Picture, before: tuple[NDArray, NDArray], read: _Read, rng: np.random.Generator
    ) -> tuple[_Read, tuple[ToolCall, ...], list[str], NDArray[np.float32]]:
        """For a request with nothing in force: what was read, the steps, the reasons that fit, and the plan of the words.

        The network's own answer stands where it understands all that both readers together do: a look, too. Where they find
        something that it misses ("we look like corpses"), it answers what they take for asked, said in plain words.
        """
        nothing = decode.state_of(())
        said = self._run("turn", inner=read.inner, state=nothing, before=nothing)
        alone = self._by_axis(read.wishes)
        asked = self._by_axis((1 - _TURNS_SAY_FIRST) * read.wishes + _TURNS_SAY_FIRST * said[0])
        much = self._by_axis(read.sizes)
        if not task.refines and read.vague[0] > _VAGUE and max(asked.values()) < _SURE:
            calls = self._mended(small, before, task, rng)
            return read, calls, saying.of_edit(calls, saying.Seen.of(small), vague=True), self._plan(asked, much)
        wishes = {axis: p for axis, p in asked.items() if p > max(_ASKED_FIRST, asked[review.opposite(axis)])}
        if _understands(alone, wishes):
            calls = self._decided(read, (), task, rng, at_least_one=max(asked.values()) > _SURE)
            asked = {axis: max(p, wishes.get(axis, 0.0)) for axis, p in alone.items()}
        else:
            much = self._by_axis(np.where(read.wishes > said[0], read.sizes, said[1]))
            words = plain.restated(wishes, much) or self._spelling.correct(task.request)
            read = self._read_words(words, task, before, before, nothing, EDIT)
            calls = self._decided(read, (), task, rng, at_least_one=True)
            calls = turns.held_to((), calls, wishes, much)
            asked = {**dict.fromkeys(asked, 0.0), **dict.fromkeys(wishes, 1.0)}
        keep = [axis[:-1] for axis, p in zip(self.config["axes"][::2], said[3][0], strict=True) if p > turns.NAMED]
        stay = turns.staying(keep, wishes)
        calls = tuple(call for call in calls if call.name not in stay)
        if self._reviews:
            calls = review.review(small, calls, asked, much, held=stay)
        seen, meant = saying.Seen.of(small), {axis for axis, p in asked.items() if p > _ASKED}
        kinds = ("", "local", "impossible")
        sayable = [reason for kind in kinds for reason in saying.of_edit(calls, seen, meant=meant, keep=keep, kind=kind)]
        return read, calls, sayable if calls or not meant else list(saying.NOTHING_SEEN), self._plan(asked, much)

    def _decided(
        self, read: _Read, in_force: tuple[ToolCall, ...], task: EditTask, rng: np.random.Generator, *, at_least_one: bool
    ) -> tuple[ToolCall, ...]:
        """The network's own answer, every tool decided: the whole list in force afterwards."""
        state = decode.state_of(in_force)
        gates = decode.choose_gates(read.gates[0], state[0], temperature=task.temperature, rng=rng)
        if at_least_one:
            gates = decode.at_least_one(gates, read.gates[0])
        amounts = self._run("decide", tools=read.tools, choice=decode.one_hot(gates))[0]
        return decode.calls_of(gates, amounts[0], state[0], temperature=task.temperature, rng=rng)

    def _refined(
        self, task: EditTask, small: Picture, before: tuple[NDArray, NDArray], read: _Read, rng: np.random.Generator
    ) -> tuple[ToolCall, ...]:
        """What is in force after a follow-up.

        First the sums that the words ask for, then what goes against steps in force, which takes a share of them back; what is
        left is decided as for a new request, from the picture as it then looks.
        """
        state, previous = decode.state_of(task.in_force), decode.state_of(task.previous)
        said = self._run("turn", inner=read.inner, state=state, before=previous)
        axes = tuple(axis[:-1] for axis in self.config["axes"][::2])
        parts = (part[0] for part in said[2:])
        read_plainly = turns.reading_of(task.request, task.in_force, axes, *parts)
        reading = read_plainly.varied(task.temperature, rng)
        asked = self._by_axis((1 - _TURNS_SAY) * read.wishes + _TURNS_SAY * said[0])
        much = self._by_axis(said[1])
        wished = [axis for axis, p in asked.items() if p > _ASKED]
        if reading.factor == 0 and any(turns.along(axis, task.previous, task.in_force) for axis in wished):
            reading = replace(reading, factor=None)  # "pinker than that": nobody takes back what they ask for
        calls = turns.summed(reading, task.in_force, task.previous)
        done = {axis for axis in reading.taken if turns.own_steps(axis, task.in_force)}
        for axis in [axis for axis in done if not turns.is_exact(read_plainly.taken[axis])]:
            likelier = max((f"{axis}+", f"{axis}-"), key=asked.__getitem__)
            if asked[likelier] > _ASKED and not review.is_seen(small, task.in_force, calls, likelier):
                reading, calls, seen = self._further(small, task, reading, axis, likelier)
                if not seen and read_plainly.taken[axis] > 1:
                    done.discard(axis)  # the step cannot show it: go on as for a wish. Less of a step ends at none of it.
        wishes = {
            axis: p for axis, p in asked.items()
            if axis[:-1] not in done
            and p > (_COMPLAINED if turns.against(axis, calls) else _ASKED if turns.along(axis, (), calls) else _NEW)
        }
        for axis in tuple(wishes):
            if steps := turns.against(axis, calls):
                calls, seen = self._eased(small, calls, steps, axis, turns.LESS[turns.size_name(much[axis])])
                if seen:
                    del wishes[axis]
        if not wishes:
            return calls
        restates = not _understands(self._by_axis(read.wishes), wishes)
        if restates or calls != task.in_force:
            now = _seen(reference.render(small, calls))
            words = (restates and plain.restated(wishes, much)) or self._spelling.correct(task.request)
            read = self._read_words(words, task, before, now, decode.state_of(calls), REFINE)
        decided = self._decided(read, calls, task, rng, at_least_one=True)
        decided = turns.held_to(calls, decided, wishes, much, reading.held)
        if self._reviews:
            only = {**dict.fromkeys(asked, 0.0), **dict.fromkeys(wishes, 1.0)}
            decided = review.review(small, decided, only, much, calls, turns.staying(reading.held, wishes))
        return decided

    @staticmethod
    def _further(
        small: Picture, task: EditTask, reading: turns.Reading, axis: str, effect: str
    ) -> tuple[turns.Reading, tuple[ToolCall, ...], bool]:
        """The reading with an axis scaled further until the effect shows, its calls, and whether it does; else as it was."""
        for power in _FURTHER:
            further = replace(reading, taken={**reading.taken, axis: reading.taken[axis] ** power})
            calls = turns.summed(further, task.in_force, task.previous)
            if review.is_seen(small, task.in_force, calls, effect):
                return further, calls, True
        return reading, turns.summed(reading, task.in_force, task.previous), False

    @staticmethod
    def _eased(
        small: Picture, calls: tuple[ToolCall, ...], steps: set[str], axis: str, factor: float
    ) -> tuple[tuple[ToolCall, ...], bool]:
        """The calls with those steps times `factor`, or less, down to nothing, until it shows; and whether it does then."""
        for share in (factor, 0.5 * factor, 0.0):
            eased = turns.times(calls, steps, share)
            if review.is_seen(small, calls, eased, axis):
                return eased, True
        return eased, False

    def _mended(
        self, small: Picture, seen: tuple[NDArray, NDArray], task: EditTask, rng: np.random.Generator
    ) -> tuple[ToolCall, ...]:
        """What the photo alone needs, and a little of what this person likes; empty for a photo that needs nothing."""
        values = self._run("mend", stats=seen[0][None], thumb=seen[1][None])[0][0]
        values = decode.varied(values, task.temperature, rng)
        calls = review.worth_keeping(small, decode.calls_from(values))
        if not task.style.strip():
            return calls
        likes = self.wishes(task.style)
        return review.review(small, calls, likes, dict.fromkeys(likes, _STYLE_SIZE), in_force=calls)

    def summarize(
        self, before: Picture, after: Picture, *, temperature: float = 0.0, seed: int = 0,
        on_text: Listener | None = None, stop: Callable[[], bool] | None = None,
    ) -> str:
        changes = compare.named(compare.measure(before, after))
        if not changes:
            if on_text is not None:
                on_text(_UNCHANGED)
            return _UNCHANGED
        ids, segments = request_ids(self._tokenizer, "")
        memory = self._read(ids, segments, _seen(before), _seen(after), decode.state_of(()), SUMMARY)[0]
        _check(stop)
        plan = self._plan_of(changes)
        return self._write(memory, (), plan, START_SUMMARY, min(temperature, 0.7), np.random.default_rng(seed), on_text, stop)

    def wishes(self, request: str) -> dict[str, float]:
        """How surely the words alone ask for each effect axis, 0..1: for tests and for looking inside."""
        ids, segments = request_ids(self._tokenizer, self._spelling.correct(request))
        grey = _seen(np.full((8, 8, 3), 128, np.uint8))
        return self._by_axis(self._read(ids, segments, grey, grey, decode.state_of(()), EDIT)[3])

    def _plan(self, asked: Mapping[str, float], much: Mapping[str, float]) -> NDArray[np.float32]:
        """(1, axes / 2) signed sizes of what is asked. asked, much: how surely and how much, by axis and sign."""
        rows = (np.array([said.get(axis, 0.0) for axis in self.config["axes"]], np.float32) for said in (asked, much))
        return decode.plan_of(*rows)

    def _plan_of(self, changes: list[compare.Change]) -> NDArray[np.float32]:
        """(1, axes / 2) signed sizes of the changes that are to be spoken of."""
        axes = [axis[:-1] for axis in self.config["axes"][::2]]
        plan = np.zeros((1, len(axes)), np.float32)
        for change in changes:
            plan[0, axes.index(change.axis)] = change.sign * decode.SIZE_OF[change.size]
        return plan

    def _by_axis(self, row: NDArray) -> dict[str, float]:
        return dict(zip(self.config["axes"], (float(x) for x in row[0]), strict=True))

    def _run(self, graph: str, **inputs: NDArray) -> list[NDArray]:
        return [np.asarray(out) for out in self._graphs[graph].run(None, inputs)]

    def _read_words(
        self, words: str, task: EditTask, before: tuple[NDArray, NDArray], now: tuple[NDArray, NDArray], state: NDArray,
        kind: int,
    ) -> _Read:
        """What is read of these words in the task's context. kind: EDIT or REFINE."""
        ids, segments = request_ids(self._tokenizer, words, task.earlier, task.style)
        return _Read(*self._read(ids, segments, before, now, state, kind))

    def _read(
        self, ids: NDArray, segments: NDArray, before: tuple[NDArray, NDArray], now: tuple[NDArray, NDArray], state: NDArray,
        task: int,
    ) -> list[NDArray]:
        return self._run(
            "read", ids=ids[None], segments=segments[None], stats=np.stack([before[0], now[0]])[None],
            thumbs=np.stack([before[1], now[1]])[None], state=state, task=np.array([task], np.int64),
        )

    def _write(
        self, memory: NDArray, calls: tuple[ToolCall, ...], plan: NDArray[np.float32], start: int, temperature: float,
        rng: np.random.Generator, on_text: Listener | None, stop: Callable[[], bool] | None, sayable: Sequence[str] = (),
    ) -> str:
        """What the network writes, word by word: of `sayable` the sentence that it finds likeliest, where that holds any.

        Of those, what has words that the network was never taught is left out, while others are there.
        """
        left = [pieces(sentence) for sentence in dict.fromkeys(sayable)]
        left = [words for words in left if self._places.keys() >= set(words)] or left[:1]
        written: list[str] = []

        def say(words: Sequence[str]) -> str:
            for more in words:
                _check(stop)
                before = join(written)
                written.append(more)
                if on_text is not None:
                    on_text(join(written)[len(before) :])
            return join(written)

        if len(left) == 1:
            return say(left[0])
        read_keys, read_values = self._run("open", memory=memory, calls=decode.state_of(calls), plan=plan)
        layers, batch, heads, width = self.config["cache"]
        keys = values = np.zeros((layers, batch, heads, 0, width), np.float32)
        word = start
        while True:
            place = len(written)
            logits, keys, values = self._run(
                "write", word=np.array([[word]], np.int64), place=np.array([place], np.int64), past_keys=keys,
                past_values=values, read_keys=read_keys, read_values=read_values,
            )
            among = {self._places[words[place]] if place < len(words) else END for words in left}
            word = decode.next_word(logits[0], place, among=among, temperature=temperature, rng=rng)
            if word == END:
                return join(written)
            say((self._words.entries[word],))
            left = [words for words in left if words[place : place + 1] == written[-1:]]
            if len(left) == 1:
                return say(left[0][place + 1 :])


def _seen(rgb: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    small = features.shrink(rgb, _LONG_SIDE)
    return features.statistics(small), features.thumb(small).transpose(2, 0, 1).astype(np.float32) / np.float32(255)


def _understands(alone: Mapping[str, float], wishes: Mapping[str, float]) -> bool:
    """Whether the deciding network by itself takes all these for asked, and the opposite of none."""
    taken = {axis for axis, p in alone.items() if p > _ASKED}
    return wishes.keys() <= taken and not any(review.opposite(axis) in taken for axis in wishes)


def _check(stop: Callable[[], bool] | None) -> None:
    if stop is not None and stop():
        raise Stopped
