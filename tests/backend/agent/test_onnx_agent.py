"""The shipped model: what it answers, that it always answers validly, and that a model for other tools is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from backend import agent
from backend.agent import plain
from backend.agent.onnx_agent import OnnxAgent, UnusableModel
from backend.agent.task import EditTask, Picture, Stopped
from tests.bench._reasons import is_true, named
from tool_mapping import reference
from tool_mapping.spec import ToolCall
from tool_mapping.validate import validate_calls


@pytest.fixture(scope="module")
def loaded() -> OnnxAgent:
    return agent.load()


@pytest.fixture(scope="module")
def coffee() -> Picture:
    from skimage import data

    return np.ascontiguousarray(data.coffee())


def lightness(rgb: Picture) -> float:
    from backend.agent.features import lab

    return float(lab(rgb)[..., 0].mean())


def warmth(rgb: Picture) -> float:
    from backend.agent.features import lab

    return float(lab(rgb)[..., 2].mean())


def edited(loaded: OnnxAgent, rgb: Picture, request: str) -> Picture:
    return reference.render(rgb, loaded.edit(EditTask(request, rgb)).calls)


@pytest.mark.parametrize("words", ["make it brighter", "it's too dark", "lighten the photo please"])
def test_asking_for_more_light_gives_more_light(loaded: OnnxAgent, coffee: Picture, words: str) -> None:
    assert lightness(edited(loaded, coffee, words)) > lightness(coffee) + 1.5


def test_asking_for_less_light_gives_less_light(loaded: OnnxAgent, coffee: Picture) -> None:
    assert lightness(edited(loaded, coffee, "make it darker")) < lightness(coffee) - 1.5


def test_warmer_and_cooler_go_their_ways(loaded: OnnxAgent, coffee: Picture) -> None:
    assert warmth(edited(loaded, coffee, "make it warmer")) > warmth(coffee) + 1
    assert warmth(edited(loaded, coffee, "make it cooler")) < warmth(coffee) - 1


def test_black_and_white_takes_the_colour_away(loaded: OnnxAgent, coffee: Picture) -> None:
    after = edited(loaded, coffee, "make it black and white").astype(int)
    assert np.abs(after - after.mean(-1, keepdims=True)).mean() < 3


def test_a_spoiled_picture_and_an_empty_request_give_steps_and_a_reason(loaded: OnnxAgent, coffee: Picture) -> None:
    dark = (coffee * 0.35).astype(np.uint8)
    answer = loaded.edit(EditTask("", dark))
    assert answer.calls
    assert len(answer.reason.split()) >= 4
    assert lightness(reference.render(dark, answer.calls)) > lightness(dark)


@pytest.mark.parametrize("words", ["what is the capital of France", "write me a poem about cheese"])
def test_what_is_not_a_request_gets_a_sentence_and_no_steps(loaded: OnnxAgent, coffee: Picture, words: str) -> None:
    answer = loaded.edit(EditTask(words, coffee))
    assert answer.calls == ()
    assert len(answer.reason.split()) >= 4


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (2, 3), (40, 600)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_odd_pictures_get_valid_answers(loaded: OnnxAgent, size: tuple[int, int], grey: int) -> None:
    rgb = np.full((*size, 3), grey, np.uint8)
    answer = loaded.edit(EditTask("a lot brighter and warmer", rgb))
    assert list(answer.calls) == validate_calls(answer.calls).calls
    assert answer.reason


@pytest.mark.parametrize("words", ["x" * 10_000, "brighter " * 2_000, "🙂🙂🙂", "\x00\x01", "太暗了", "   "])
def test_odd_requests_get_valid_answers(loaded: OnnxAgent, coffee: Picture, words: str) -> None:
    answer = loaded.edit(EditTask(words, coffee, earlier=(words,), style=words))
    assert list(answer.calls) == validate_calls(answer.calls).calls
    assert answer.reason


def test_the_same_question_gets_the_same_answer_and_seeds_give_variations(loaded: OnnxAgent, coffee: Picture) -> None:
    task = EditTask("make it warmer and brighter", coffee)
    assert loaded.edit(task) == loaded.edit(task)
    varied = [loaded.edit(EditTask(task.request, coffee, temperature=1.0, seed=seed)) for seed in (1, 2, 3, 1)]
    assert varied[0] == varied[3]
    assert len({v.calls for v in varied}) > 1
    for answer in varied:
        assert list(answer.calls) == validate_calls(answer.calls).calls


def test_refining_leaves_what_is_not_spoken_of_exactly_as_it_is(loaded: OnnxAgent, coffee: Picture) -> None:
    in_force = (ToolCall("exposure", 23), ToolCall("temperature", 31))
    now = reference.render(coffee, in_force)
    answer = loaded.edit(EditTask("darken the corners", coffee, now, in_force, ("brighter and warmer",)))
    values = {call.name: call.value for call in answer.calls}
    assert values["exposure"] == 23
    assert values["temperature"] == 31
    assert values.get("vignette", 0) < 0


@pytest.mark.parametrize("axis", sorted(plain.WORDS))
def test_the_plain_words_for_a_wish_are_understood(loaded: OnnxAgent, axis: str) -> None:
    meant = "C+" if axis == "F-" else axis  # where nothing was faded, contrast is what is missing
    for words in plain.WORDS[axis]:
        wishes = loaded.wishes(words)
        assert wishes[meant] > 0.8, words
        assert max(p for other, p in wishes.items() if other != meant) < 0.5, words


@pytest.mark.parametrize(("words", "tool", "way"), [
    ("we look like corpses in this one", "temperature", 1), ("who turned the lights off", "exposure", 1),
    ("the corners are as gloomy as a tunnel, get rid of that", "vignette", 1), ("it's drowning in magenta", "tint", 1),
])
def test_a_picture_of_speech_is_understood_and_explained_in_plain_words(
    loaded: OnnxAgent, coffee: Picture, words: str, tool: str, way: int
) -> None:
    answer = loaded.edit(EditTask(words, coffee))
    values = {call.name: call.value for call in answer.calls}
    assert values[tool] * way > 0
    assert (tool, way) in named(answer.reason)


@pytest.mark.parametrize("words", [
    "half of that", "lose the grain", "the warmth is perfect, the rest at half strength", "far too orange now",
    "sharper and less bright", "undo that", "go easier on what you just did and a touch more colour", "start over", "thanks!",
])
def test_the_reason_of_a_follow_up_names_only_what_moved_and_the_way_it_lies(
    loaded: OnnxAgent, coffee: Picture, words: str
) -> None:
    steps = (ToolCall("exposure", 20), ToolCall("contrast", 16), ToolCall("temperature", 30), ToolCall("grain", 24))
    told = EditTask(words, coffee, reference.render(coffee, steps), steps, ("warm old film",), previous=steps[:2])
    answer = loaded.edit(told)
    assert is_true(answer.reason, {c.name: c.value for c in steps}, {c.name: c.value for c in answer.calls}), answer


def test_a_summary_names_what_was_done(loaded: OnnxAgent, coffee: Picture) -> None:
    after = reference.render(coffee, [ToolCall("temperature", 45)])
    assert "warmer" in loaded.summarize(coffee, after)


def test_the_reason_arrives_in_pieces_that_join_to_the_whole(loaded: OnnxAgent, coffee: Picture) -> None:
    heard: list[str] = []
    answer = loaded.edit(EditTask("warmer", coffee), on_text=heard.append)
    assert "".join(heard) == answer.reason
    assert len(heard) > 3


def test_stop_ends_the_answer_at_once(loaded: OnnxAgent, coffee: Picture) -> None:
    heard: list[str] = []
    with pytest.raises(Stopped):
        loaded.edit(EditTask("warmer", coffee), on_text=heard.append, stop=lambda: len(heard) >= 2)
    assert len(heard) == 2


def with_config(folder: Path, **changes: object) -> Path:
    shutil.copytree(agent.DEFAULT_MODEL, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))
    return folder


def test_a_model_for_other_tools_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match="trained for other tools"):
        agent.load(with_config(tmp_path / "other", tool_schema="0123456789ab"))


def test_a_model_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match="format"):
        agent.load(with_config(tmp_path / "other", format=99))


def test_a_folder_without_a_model_or_with_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"config.json is missing. Install the model again."):
        agent.load(tmp_path)
    broken = with_config(tmp_path / "broken")
    (broken / "write.onnx").write_bytes(b"not a graph")
    with pytest.raises(UnusableModel, match="Install the model again"):
        agent.load(broken)
