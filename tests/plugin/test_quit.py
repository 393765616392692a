"""How Krita ends while the plugin works: at once, cleanly, and leaving no process behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import HELPERS
from tests.real_krita import RealKrita


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.krita
def test_quitting_in_the_middle_of_a_turn_ends_krita_and_the_backend(photo: Path, stand_in_project: Path) -> None:
    with RealKrita(files=[photo]) as krita:
        krita.run(HELPERS)
        krita.run("use_agent(python, project)", python=sys.executable, project=str(stand_in_project))
        krita.wait_until("D.controller.backend.state.value == 'ready' and D.controller.desk is not None", 60)
        krita.run("type_and_send('slow')")
        krita.wait_until("'word' in D.panel.chat._streamed", 30)
        backend = krita.run("D.controller.backend.pid")
        assert not _is_gone(backend)
        assert krita.quit() == 0
        assert _is_gone(backend)
