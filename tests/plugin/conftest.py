"""One real Krita for all docker tests of a run, with a stand-in agent that does what a request says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.plugin import model_in_krita
from tests.real_krita import RealKrita

ROOT = Path(__file__).parent.parent.parent

# Runs in Krita: short names for what the tests look at.
HELPERS = """
import sys
from iea_krita.document import uid
D = docker('iea_krita_docker')
D.show(); D.raise_()
window().resizeDocks([D], [360], Qt.Horizontal)
window().resizeDocks([D], [700], Qt.Vertical)
events = []
D.turn_finished.connect(lambda turn: events.append(['finished', turn.request, turn.reason]))
D.turn_failed.connect(lambda kind, message: events.append(['failed', kind, message]))
def part(name): return D.findChild(QtWidgets.QWidget, name)
def open_photo(path):
    document = K.openDocument(path); K.activeWindow().addView(document); K.setActiveDocument(document); return True
def close_all():
    for document in K.documents():
        document.setModified(False); document.close()
def tree():
    document = K.activeDocument()
    return [[n.name(), n.type(), n.visible(), [[c.name(), c.type(), c.visible()] for c in n.childNodes()]]
            for n in document.rootNode().childNodes()] if document else []
def layers():
    return next((n[3] for n in tree() if n[0].startswith('IEA: ')), None)
def values():
    desk = D.controller.desk
    return {s.tool: s.value for s in desk.session.steps} if desk else None
def idle():
    document = K.activeDocument()
    if document is None or D.controller.editor.is_busy or D.controller.run is not None: return False
    return computed()
def computed():
    document = K.activeDocument()
    if not document.tryBarrierLock(): return False
    document.unlock(); return True
def pressed(key):
    # Ctrl+Z or Ctrl+Shift+Z, to be waited for: Krita drops the key while it computes, also for a docker of its own some moments
    # after a change (the overview's picture), so that a press in a later moment than the look at `idle` can be lost.
    if D.controller.editor.is_busy or not computed(): return False
    before = [K.action(name).text() for name in ('edit_undo', 'edit_redo')]
    K.action('edit_' + key).trigger()
    return before != [K.action(name).text() for name in ('edit_undo', 'edit_redo')]
def mean():
    document = K.activeDocument(); document.waitForDone()
    image = document.projection(0, 0, document.width(), document.height())
    pixel = image.scaled(1, 1, Qt.IgnoreAspectRatio, Qt.SmoothTransformation).pixelColor(0, 0)
    return [pixel.red(), pixel.green(), pixel.blue()]
def picture():
    document = K.activeDocument(); document.waitForDone()
    import hashlib
    return hashlib.sha256(bytes(document.pixelData(0, 0, document.width(), document.height()))).hexdigest()
seen = ['', 0.0]
def still():
    now = picture()
    if now != seen[0]: seen[:] = [now, time.monotonic()]
    return idle() and time.monotonic() - seen[1] > 0.4
def type_and_send(text):
    field = part('composer'); field.setFocus(); QTest.keyClicks(field, text)
    QTest.mouseClick(part('send'), Qt.LeftButton); return True
def uses(project):
    backend = D.controller.backend
    installed = backend._installed
    return backend.state.value == 'ready' and installed is not None and str(installed.project) == project
def use_agent(python, project):
    from iea_krita.paths import Installed
    from pathlib import Path
    backend = D.controller.backend
    backend.stop(); backend._installed = Installed(Path(python), Path(project)); backend.restart(); return True
"""

# A project folder whose `python -m backend serve` is the stand-in agent of the server's own tests.
STAND_IN = """
import sys
root, folder = {root!r}, {folder!r}
sys.path[:] = [root, *(path for path in sys.path if path != sys.argv[0].rsplit("/", 2)[0])]
for name in [name for name in sys.modules if name.split(".")[0] == "backend"]:
    del sys.modules[name]
from tests.plugin import obedient
sys.argv = ["obedient", folder, *sys.argv[2:]]
raise SystemExit(obedient.main())
"""


def settle(krita: RealKrita) -> None:
    """Wait for what Krita does some moments later, before a document is closed without being asked about.

    Krita 5.1.5 crashes in its own drawing where a document goes at once after it came or was selected in, and in its layer
    docker (KisNodeModel::processUpdateQueue) where one goes within 0.1 s of a change of a layer's name, eye or opacity.
    """
    krita.run("finished = time.monotonic()")
    krita.wait_until("time.monotonic() - finished > 0.7")


@pytest.fixture(scope="session")
def agent_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stand-in-agent")


@pytest.fixture
def asked(agent_folder: Path) -> Callable[[], list[dict[str, Any]]]:
    """What reached the agent, oldest first."""
    return lambda: [json.loads(line) for line in (agent_folder / "asked.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def stand_in_project(tmp_path_factory: pytest.TempPathFactory, agent_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("stand-in-project")
    agent = agent_folder
    (folder / "backend").mkdir()
    (folder / "backend" / "__init__.py").write_text("")
    (folder / "backend" / "__main__.py").write_text(STAND_IN.format(root=str(ROOT), folder=str(agent)))
    return folder


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dark, bluish picture of 480 x 320 with edges in it, which sharpening needs: smooth surfaces it leaves as they are."""
    x, y = np.meshgrid(np.linspace(0, 1, 480), np.linspace(0, 1, 320))
    checks = 10.0 * ((x * 30 // 1 + y * 20 // 1) % 2)
    rgb = np.stack([40 + 60 * x, 45 + 50 * y, 70 + 60 * (1 - x)], -1) + checks[..., None]
    path = tmp_path_factory.mktemp("photos") / "dark photo.png"
    Image.fromarray(rgb.astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="session")
def running_krita(photo: Path) -> Iterator[RealKrita]:
    with RealKrita(files=[photo]) as krita:
        krita.run(HELPERS)
        yield krita


@pytest.fixture
def krita(running_krita: RealKrita, stand_in_project: Path, photo: Path) -> Iterator[RealKrita]:
    """Krita with the photo open, nothing done to it yet, and the stand-in agent ready."""
    k = running_krita
    if not k.run("uses(project)", project=str(stand_in_project)):
        k.run("use_agent(python, project)", python=sys.executable, project=str(stand_in_project))
    k.run("close_all(); open_photo(photo)", photo=str(photo))
    k.wait_until("idle() and D.controller.desk is not None and not D.controller.desk.session.turns")
    k.wait_until("D.controller.backend.state.value == 'ready'", 60)
    k.run("events.clear(); part('composer').clear()")
    yield k
    k.run("D.controller.stop()")
    k.wait_until("D.controller.run is None")
    settle(k)
    k.run("close_all()")
    assert k.dialogs() == []


@pytest.fixture
def shipped(running_krita: RealKrita, dark_cold_photo: Path) -> Iterator[RealKrita]:
    """Krita with a dark, bluish photo open and the shipped agent ready."""
    k = running_krita
    if not k.run("uses(project)", project=str(ROOT)):
        k.run("use_agent(python, project)", python=sys.executable, project=str(ROOT))
    k.run("D.controller.change_style(lambda book: (book.forget(), book.enable(False)))")
    k.run("close_all(); open_photo(photo)", photo=str(dark_cold_photo))
    k.wait_until("idle() and D.controller.desk is not None and not D.controller.desk.session.turns")
    k.wait_until("D.controller.backend.state.value == 'ready'", 90)
    k.run("events.clear(); part('composer').clear()")
    yield k
    k.run("D.controller.stop()")
    k.wait_until("D.controller.run is None")
    settle(k)
    k.run("close_all()")


@pytest.fixture(scope="session")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 400 x 260 with many colours, soft and hard edges, in the full range of tones."""
    x, y = np.meshgrid(np.linspace(0, 1, 400), np.linspace(0, 1, 260))
    waves = [0.5 + 0.5 * np.sin(6 * (a * x + b * y) + c) for a, b, c in ((2, 1, 0), (1, 3, 2), (3, 2, 4))]
    rgb = np.stack(waves, -1) * (0.25 + 0.75 * x[..., None])
    rgb[60:120, 80:200] = 0.85 * rgb[60:120, 80:200][..., ::-1]
    path = tmp_path_factory.mktemp("coloured") / "coloured.png"
    Image.fromarray((255 * rgb + 0.5).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="session")
def running_table() -> Iterator[RealKrita]:
    with RealKrita(plugin=False) as krita:
        model_in_krita.load(krita)
        yield krita


@pytest.fixture
def table(running_table: RealKrita, coloured: Path) -> Iterator[RealKrita]:
    """Krita with `coloured` open, the plugin's document side and no docker: D is the open document's desk."""
    k = running_table
    k.run("close_all(); open_picture(path); tasks.clear(); troubles.clear()", path=str(coloured))
    k.wait_until("here() is not None and idle()")
    k.run("D = desk_here()")
    yield k
    k.wait_until("all(task.is_over for task in tasks)")
    settle(k)
    k.run("close_all()")
    assert k.dialogs() == []
    assert k.run("[repr(trouble) for trouble in troubles]") == []


@pytest.fixture
def desk(table: RealKrita) -> Iterator[RealKrita]:
    """The table with the docker's controller watching, as C."""
    table.run("drive()")
    yield table
    table.run("park()")
