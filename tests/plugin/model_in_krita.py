"""The plugin's document side inside a real Krita, without docker and backend: what tests and benchmarks run there.

`LOAD` makes the modules importable as `iea_krita.NAME` straight from the checkout; names that tests use often come with it.
"""

from __future__ import annotations

from pathlib import Path

from tests.real_krita import RealKrita

ROOT = Path(__file__).resolve().parent.parent.parent

LOAD = """
import sys, types, hashlib
for name in [name for name in sys.modules if name.split(".")[0] in ("iea_krita", "tool_mapping")]: del sys.modules[name]
if root not in sys.path: sys.path.insert(0, root)
sys.modules["iea_krita"] = types.ModuleType("iea_krita")
sys.modules["iea_krita"].__path__ = [root + "/plugin/iea_krita"]
from dataclasses import replace
from iea_krita import desk as desks, document as docs, layers, targets
from iea_krita.document import find, uid
from iea_krita.history import Verdict
from iea_krita.scope import Aim, Scope
from iea_krita.session import Session, Step, Turn, refined
from tool_mapping.spec import ToolCall

def open_picture(path):
    document = K.openDocument(path); K.activeWindow().addView(document); K.setActiveDocument(document); return True
def close_all():
    for document in K.documents():
        document.setModified(False); document.close()
def here(): return K.activeDocument()
def desk_here():
    made = desks.Desk(docs.PhotoDocument(docs.active_key())); made.open(); return made
def calls(*pairs): return [ToolCall(name, value) for name, value in pairs]
def turn(desk, *pairs, scope=Scope.PICTURE, feather=0.0, request="test"):
    '''A turn without an agent: the answer is these calls.'''
    desk.catch_up()
    desk.session, mask = targets.aim(desk.photo, desk.session, scope, feather=feather)
    steps = refined(desk.session.steps, calls(*pairs))
    session, between = layers.put_in(desk.photo, desk.session, steps, name="IEA: " + request, mask=mask)
    desk.changed(session, between)
    answer = Turn(request, "", desk.session.in_force, 0.0, "", desk.session.number)
    desk.revalued(replace(desk.session, turns=(*desk.session.turns, answer)))
    return [step.tool for step in desk.session.steps]
def tree(node=None):
    node = node or here().rootNode()
    return [[child.name(), child.type(), tree(child)] for child in node.childNodes()]
def select(x, y, width, height):
    selection = Selection(); selection.select(x, y, width, height, 255); here().setSelection(selection)
def pixels():
    '''The picture as it looks: RGB bytes, sRGB, 8 bit.'''
    document = here(); document.refreshProjection(); document.waitForDone()
    image = document.projection(0, 0, document.width(), document.height()).convertToFormat(QtGui.QImage.Format_RGB888)
    bits = image.constBits(); bits.setsize(image.sizeInBytes())
    stride, width = image.bytesPerLine(), 3 * image.width()
    return b"".join(bytes(bits)[y * stride:y * stride + width] for y in range(image.height()))
def undo_text(): return K.action("edit_undo").text()
"""


def load(krita: RealKrita) -> None:
    """Make `LOAD` known in this Krita."""
    krita.run(LOAD, root=str(ROOT))
