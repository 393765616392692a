"""The translations: complete, with the same fields, and found by the names that Krita gives its languages."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest

from plugin.iea_krita import texts
from plugin.iea_krita.foreign import SENTENCES, told
from plugin.iea_krita.texts import catalogue, languages, tr, use_language
from tests.plugin.sentences import spoken
from tool_mapping.krita import Unsupported, check_document, layer_for
from tool_mapping.spec import ToolCall


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    use_language("en")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_german_and_chinese() -> None:
    assert {"de", "zh"} <= set(languages())


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_sentence_is_translated_and_none_is_left_over(code: str) -> None:
    said, known = spoken(), catalogue(code)
    assert {text: said[text] for text in said.keys() - known.keys()} == {}
    assert known.keys() - said.keys() == set()


@pytest.mark.parametrize("code", ["de", "zh"])
def test_translations_have_the_fields_of_their_sentence_and_end_alike(code: str) -> None:
    for text, translation in catalogue(code).items():
        assert fields(translation) == fields(text), text
        assert translation.strip()
        ends = {".": ".。", "…": "…", "?": "?？", ":": ":：", ")": ")）"}.get(text[-1])
        assert ends is None or translation[-1] in ends, text


@pytest.mark.parametrize(("code", "said"), [
    ("de", "Belichtung"), ("de_DE", "Belichtung"), ("de_AT", "Belichtung"), ("zh_CN", "曝光"), ("zh_Hans_CN", "曝光"),
    ("zh_TW", "Exposure"), ("zh_Hant_TW", "Exposure"), ("en_GB", "Exposure"), ("fr_FR", "Exposure"), ("C", "Exposure"),
])
@pytest.mark.usefixtures("english_again")
def test_the_language_is_found_by_its_locale(code: str, said: str) -> None:
    use_language(code)
    assert tr("Exposure") == said


@pytest.mark.usefixtures("english_again")
def test_fields_are_filled_in_after_the_look_up_and_an_unknown_sentence_stays() -> None:
    use_language("de")
    assert tr("Remove {title}", title="Körnung") == "Körnung entfernen"
    assert tr("A sentence of tomorrow.") == "A sentence of tomorrow."


@pytest.mark.usefixtures("english_again")
def test_a_broken_catalogue_leaves_english(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "de.json").write_text("{", "utf-8")
    monkeypatch.setattr(texts, "_FOLDER", tmp_path)
    use_language("de")
    assert tr("Exposure") == "Exposure"


@pytest.mark.parametrize("document", [
    ("CMYKA", "U8", ""), ("LABA", "U16", ""), ("RGBA", "F32", "sRGB"), ("RGBA", "X9", "sRGB"), ("RGBA", "U16", "x-g10.icc"),
    ("RGBA", "U16", "Rec 2100 PQ"),
])
@pytest.mark.usefixtures("english_again")
def test_what_the_tools_say_of_a_document_is_translated_too(document: tuple[str, str, str]) -> None:
    message = check_document(*document)
    assert message
    assert told(message) == message, "in English as it is"
    use_language("de")
    assert "Kopie an und arbeite daran" in told(message)


@pytest.mark.usefixtures("english_again")
def test_what_is_filled_in_is_translated_too_and_other_sentences_stay() -> None:
    with pytest.raises(Unsupported) as refused:
        layer_for(ToolCall("temperature", 20), width=10, height=10, model="GRAYA", depth="U8")
    use_language("de")
    assert told(str(refused.value)).startswith("Farbtemperatur braucht Farben")
    assert told("Something else happened.") == "Something else happened."
    assert all(told(sentence) != sentence for sentence in SENTENCES if "{" not in sentence)
