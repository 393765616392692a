"""What can go wrong around the docker in a real Krita: each time a clear sentence, nothing lost, Krita alive."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita


def test_a_plugin_that_finds_no_agent_says_how_to_install_one(krita: RealKrita) -> None:
    krita.run("""
        import iea_krita.paths
        backend = D.controller.backend; backend.stop(); backend._installed = None
        place = iea_krita.paths.HERE / 'installed.json'; kept = place.read_text(); place.unlink()
        backend.start(); place.write_text(kept)
    """)
    assert "python3 -m installer install" in krita.run("part('status').text()")
    assert krita.run("part('status_action').isVisible()")
    assert krita.run("backend.state.value") == "failed"
    krita.run("QTest.mouseClick(part('status_action'), Qt.LeftButton)")
    assert krita.run("backend.state.value") == "starting", "once it is installed, Restart is enough"


def test_stop_ends_a_turn_and_changes_nothing(krita: RealKrita) -> None:
    before = krita.run("tree()")
    krita.run("type_and_send('slow')")
    krita.wait_until("D.controller.run is not None and part('stop').isVisible() and 'word' in D.panel.chat._streamed", 30)
    krita.run("QTest.mouseClick(part('stop'), Qt.LeftButton)")
    assert krita.wait_until("events and events[-1]")[:2] == ["failed", "stopped"]
    assert krita.run("tree()") == before
    assert ask(krita, "too dark")[0] == "finished"


def test_krita_goes_on_while_the_agent_thinks(krita: RealKrita) -> None:
    krita.run("""
        beats = []
        pulse = QtCore.QTimer(); pulse.setInterval(10); pulse.timeout.connect(lambda: beats.append(time.monotonic()))
        type_and_send('slow')
    """)
    krita.wait_until("D.panel.chat._streamed.count('word') > 5", 30)
    krita.run("pulse.start()")
    krita.wait_until("D.panel.chat._streamed.count('word') > 60", 30)
    gaps = krita.run("pulse.stop(); [b - a for a, b in zip(beats, beats[1:])]")
    krita.run("D.controller.stop()")
    assert max(gaps) < 0.5, "one gap as long as the turn would mean that the window waits for the agent"
    assert sorted(gaps)[len(gaps) // 2] < 0.05


def test_a_backend_killed_in_the_middle_of_a_turn_is_told_and_started_again(krita: RealKrita) -> None:
    krita.run("type_and_send('slow')")
    krita.wait_until("'word' in D.panel.chat._streamed", 30)
    krita.run("import signal; os.kill(D.controller.backend.pid, signal.SIGKILL)")
    kind, reason, message = krita.wait_until("events and events[-1]", 30)
    assert kind == "failed"
    assert reason in ("failed", "not_running")
    assert message.endswith((".", "again."))
    assert krita.run("part('status').text()")
    krita.wait_until("D.controller.backend.state.value == 'ready'", 60)
    assert ask(krita, "too dark")[0] == "finished"


def test_a_document_closed_in_the_middle_of_a_turn_drops_the_turn(krita: RealKrita, photo: Path) -> None:
    krita.run("type_and_send('slow')")
    krita.wait_until("'word' in D.panel.chat._streamed", 30)
    krita.run("close_all()")
    event = krita.wait_until("events and events[-1]", 30)
    assert event[:2] == ["failed", "document_closed"]
    assert "closed" in event[2]
    krita.run("open_photo(photo)", photo=str(photo))
    krita.wait_until("idle() and D.controller.desk is not None")
    assert ask(krita, "too dark")[0] == "finished"


def test_without_a_document_there_is_a_sentence(krita: RealKrita) -> None:
    krita.run("close_all()")
    krita.wait_until("D.controller.desk is None")
    krita.run("D.submit('too dark')")
    assert krita.run("events[-1][:2]") == ["failed", "no_document"]
    assert "Open a photo" in krita.run("part('status').text()")


def test_a_very_long_request_is_refused_with_a_sentence(krita: RealKrita) -> None:
    krita.run("part('composer').setPlainText('brighter ' * 1200); QTest.mouseClick(part('send'), Qt.LeftButton)")
    kind, reason, message = krita.run("events[-1]")
    assert (kind, reason) == ("failed", "too_long")
    assert "2000" in message
    assert krita.run("len(part('composer').toPlainText())") > 2000, "what was written is not lost"


@pytest.mark.parametrize(("model", "depth", "profile", "word"), [
    ("CMYKA", "U8", "", "CMYK"), ("RGBA", "F32", "", "32-bit"), ("LABA", "U16", "", "L*a*b*"),
    ("RGBA", "U16", "sRGB-elle-V2-g10.icc", "linear"),
])
def test_documents_that_would_come_out_wrong_are_refused_with_the_reason(
    krita: RealKrita, model: str, depth: str, profile: str, word: str
) -> None:
    krita.run("""
        close_all()
        document = K.createDocument(64, 64, 'x', model, depth, profile, 300.0)
        K.activeWindow().addView(document)
    """, model=model, depth=depth, profile=profile)
    krita.wait_until("D.controller.desk is not None and idle()")
    before = krita.run("tree()")
    krita.run("D.submit('too dark')")
    kind, reason, message = krita.run("events[-1]")
    assert (kind, reason) == ("failed", "unsupported")
    assert word in message
    assert krita.run("tree()") == before


def test_an_answer_without_steps_is_shown_and_makes_no_group(krita: RealKrita) -> None:
    ask(krita, "refuse")
    assert krita.run("layers()") is None
    assert krita.run("[e.turn.reason for e in D.controller.desk.log]") == ["That is not something I can do."]


def test_an_agent_that_breaks_is_told_in_a_sentence_and_can_be_asked_again(krita: RealKrita) -> None:
    kind, _, message = ask(krita, "break")
    assert kind == "failed"
    assert "Traceback" not in message
    assert krita.run("part('status_action').isVisible()")
    assert ask(krita, "too dark")[0] == "finished"
