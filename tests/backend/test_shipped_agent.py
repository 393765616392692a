"""The shipped model behind the real server, asked by the official client and by ours."""

from __future__ import annotations

import json

import openai
import pytest

from plugin.iea_krita.client import BackendError, Turn
from tests.backend.servers import SECONDS, Server, asking, picture, uri, user
from tool_mapping.schema import tools_schema
from tool_mapping.spec import BY_NAME, ToolCall


@pytest.fixture
def official(real: Server) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{real.url}/v1", api_key=real.told.token, max_retries=0, timeout=SECONDS)


def test_a_request_gets_a_reason_and_steps_that_do_it(real: Server) -> None:
    pieces: list[str] = []
    reply = real.client().edit("way too dark, much brighter please", picture(640, 480), on_text=pieces.append)
    assert reply.reason == "".join(pieces).strip()
    assert reply.reason
    assert reply.calls
    lightening = {"exposure", "brightness", "shadows", "whites", "blacks", "highlights"}
    assert any(call.name in lightening and call.value > 0 for call in reply.calls)
    assert reply.notes == ()


def test_the_same_request_gets_the_same_answer(real: Server) -> None:
    replies = [real.client().edit("warmer and softer", picture(640, 480)) for _ in range(2)]
    assert replies[0] == replies[1]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("with_tools", [False, True])
def test_the_official_client_gets_valid_calls(official: openai.OpenAI, streamed: bool, with_tools: bool) -> None:
    body = asking("a bit warmer", **({"tools": tools_schema()} if with_tools else {}))
    if streamed:
        with official.chat.completions.stream(**body) as stream:
            choice = stream.get_final_completion().choices[0]
    else:
        choice = official.chat.completions.create(**body).choices[0]
    assert choice.message.content
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls
    for call in choice.message.tool_calls:
        value = json.loads(call.function.arguments)["value"]  # type: ignore[union-attr]
        tool = BY_NAME[call.function.name]  # type: ignore[union-attr]
        assert tool.minimum <= value <= tool.maximum


def test_the_official_client_gets_three_variations(official: openai.OpenAI) -> None:
    choices = official.chat.completions.create(**asking("make it look good"), n=3).choices
    assert [choice.index for choice in choices] == [0, 1, 2]
    assert all(choice.message.content for choice in choices)


def test_the_official_client_gets_a_summary(official: openai.OpenAI) -> None:
    message = official.chat.completions.create(
        model="iea", messages=[user("", uri(picture()), uri(picture(level=150)))],  # type: ignore[list-item]
        tool_choice={"type": "function", "function": {"name": "summarize_intent"}},
    ).choices[0].message
    assert message.tool_calls
    assert json.loads(message.tool_calls[0].function.arguments) == {"summary": message.content}  # type: ignore[union-attr]


def test_a_refining_answers_with_the_whole_list_in_force(real: Server) -> None:
    turn = Turn("brighter", "It is dark.", (ToolCall("exposure", 20),), (ToolCall("exposure", 33),))
    reply = real.client().edit("also take the colour out completely", picture(640, 480), turns=[turn])
    assert "exposure" in {call.name for call in reply.calls}
    assert len(reply.calls) > 1


FIRST = (ToolCall("exposure", 20), ToolCall("contrast", 16))
SECOND = (ToolCall("exposure", 20), ToolCall("contrast", 16), ToolCall("temperature", 30), ToolCall("grain", 24))


def after_two_turns(real: Server, said: str) -> tuple[ToolCall, ...]:
    turns = [Turn("brighter and punchier", "It is flat.", FIRST, FIRST), Turn("warm old film", "As wished.", SECOND, SECOND)]
    return real.client().edit(said, picture(640, 480), turns=turns).calls


@pytest.mark.parametrize(("said", "values"), [
    ("half of that", (20, 16, 15, 12)), ("please take only 20% of it", (20, 16, 6, 5)), ("twice as much", (20, 16, 60, 48)),
    ("undo that", (20, 16, 0, 0)), ("start over", (0, 0, 0, 0)), ("no grain please", (20, 16, 30, 0)),
    ("keep only the warmth", (0, 0, 30, 0)), ("lovely, thank you!", (20, 16, 30, 24)), ("halve the grian", (20, 16, 30, 12)),
])
def test_follow_ups_that_are_sums_are_exact(real: Server, said: str, values: tuple[int, ...]) -> None:
    found = {call.name: call.value for call in after_two_turns(real, said)}
    assert tuple(found.get(call.name, 0) for call in SECOND) == values
    assert set(found) <= {call.name for call in SECOND}


def test_a_follow_up_against_a_step_takes_a_share_of_it_back_and_leaves_the_others(real: Server) -> None:
    found = {call.name: call.value for call in after_two_turns(real, "now everyone looks far too orange")}
    assert 0 <= found.pop("temperature", 0) < 30
    assert found == {"exposure": 20, "contrast": 16, "grain": 24}


@pytest.mark.parametrize(("said", "tool", "value"), [
    ("lift the shadows a bit less", "shadows", 25), ("a little less vibrance", "vibrance", 12),
    ("not so much highlight recovery", "highlights", -30),
])
def test_less_of_a_named_step_never_turns_it_round_however_little_of_it_shows(
    real: Server, said: str, tool: str, value: int
) -> None:
    steps = (ToolCall(tool, value), ToolCall("grain", 24))
    found = {call.name: call.value for call in real.client().edit(
        said, picture(640, 480), turns=[Turn("make something of it", "As wished.", steps, steps)]
    ).calls}
    assert 0 < found.pop(tool) / value < 1
    assert found == {"grain": 24}


def test_a_second_undo_goes_one_turn_further_back(real: Server) -> None:
    turns = [
        Turn("brighter and punchier", "It is flat.", FIRST, FIRST), Turn("warm old film", "As wished.", SECOND, SECOND),
        Turn("undo that", "Taken back.", FIRST, FIRST),
    ]
    assert real.client().edit("undo that too", picture(640, 480), turns=turns).calls == ()


@pytest.mark.parametrize("request_text", ["", "?", "🙂🙂", "ein bisschen wärmer", "\x00\x01", "a" * 2000, "brighter\n" * 200])
def test_whatever_is_written_is_answered(real: Server, request_text: str) -> None:
    assert real.client().edit(request_text, picture()).reason


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2000), (2000, 1), (3, 500)])
def test_pictures_of_any_shape_are_answered(real: Server, width: int, height: int) -> None:
    real.client().edit("brighter and sharper", picture(width, height))


def test_stop_ends_the_turn_and_the_next_is_answered(real: Server) -> None:
    with pytest.raises(BackendError) as error:
        real.client().edit("brighter", picture(640, 480), stop=lambda: True)
    assert error.value.kind == "stopped"
    assert real.client().edit("brighter", picture(640, 480)).calls
