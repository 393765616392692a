"""The sentence on a card: what the step does and which request it comes from."""

from __future__ import annotations

import pytest

from plugin.iea_krita.explain import explain, origin, quoted
from plugin.iea_krita.session import Session, Step, Turn
from plugin.iea_krita.suggestions import as_clicked
from plugin.iea_krita.texts import use_language
from tool_mapping.spec import TOOLS, ToolCall


def test_a_step_names_the_request_that_set_it_not_the_last_one() -> None:
    turns = (
        Turn("too dark", steps=(ToolCall("exposure", 20),)),
        Turn("warmer", steps=(ToolCall("exposure", 20), ToolCall("temperature", 10))),
        Turn("less bright", steps=(ToolCall("exposure", 12), ToolCall("temperature", 10))),
    )
    session = Session(turns)
    assert explain(session, Step("temperature", 10, 10)) == "Makes the light warmer, because you said “warmer”."
    assert origin(session, Step("exposure", 12, 12)) is turns[2]
    assert origin(session, Step("exposure", 20, 20)) is turns[0]


def test_without_words_the_picture_asked_and_without_a_turn_nobody_is_named() -> None:
    session = Session((Turn("  ", steps=(ToolCall("contrast", 20),)),))
    assert explain(session, Step("contrast", 20, 20)) == "Pulls light and dark apart, because the picture asks for it."
    assert explain(session, Step("fade", 20, 20)) == "Lifts the blacks for a soft, matte look."


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
def test_every_side_of_every_tool_has_its_own_words(tool: str) -> None:
    spec = next(t for t in TOOLS if t.name == tool)
    up, down = (explain(Session(), Step(tool, value, value)) for value in (40, -40))
    assert up.endswith(".")
    assert len(up) > 15
    if spec.minimum < 0:
        assert up != down
        assert len(down) > 15
    assert explain(Session(), Step(tool, 0, 20)) == "Changes nothing at this value."


@pytest.mark.parametrize(("language", "said"), [
    ("de", "„Schatten aufhellen“"), ("en", "“lift the shadows, I can't see the dark parts”"),
])
def test_a_chip_that_was_clicked_is_quoted_in_the_language_that_it_was_written_in(language: str, said: str) -> None:
    session = Session((Turn("lift the shadows, I can't see the dark parts", steps=(ToolCall("shadows", 20),)),))
    use_language(language)
    try:
        assert said in explain(session, Step("shadows", 20, 20))
        assert as_clicked("make it sing") == "make it sing", "a person's own words stay"
    finally:
        use_language("en")


def test_a_long_request_is_cut_at_a_word() -> None:
    assert quoted("make it warmer!\n  and brighter. ") == "make it warmer! and brighter"
    long = quoted("please " * 30)
    assert long.endswith("please…")
    assert len(long) <= 61
    assert len(quoted("x" * 300)) <= 61
