"""The plugin's document side inside a real Krita, without docker and backend: what tests and benchmarks run there.

`LOAD` makes the modules importable as `iea_krita.NAME` straight from the checkout; names that tests use often come with it.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

from tests.real_krita import RealKrita

ROOT = Path(__file__).resolve().parent.parent.parent

LOAD = """
import sys, types, hashlib
for name in [name for name in sys.modules if name.split(".")[0] in ("iea_krita", "tool_mapping")]: del sys.modules[name]
if root not in sys.path: sys.path.insert(0, root); sys.path.append(packages)
sys.modules["iea_krita"] = types.ModuleType("iea_krita")
sys.modules["iea_krita"].__path__ = [root + "/plugin/iea_krita"]
from dataclasses import replace
from iea_krita import desk as desks, document as docs, layers, targets
from iea_krita.document import find, uid
from iea_krita.history import Verdict
from iea_krita.scope import Aim, Scope
from iea_krita.session import Session, Step, Turn, refined
from iea_krita.tasks import Task
from tool_mapping.spec import ToolCall

def open_picture(path):
    document = K.openDocument(path); K.activeWindow().addView(document); K.setActiveDocument(document); return True
def close_all():
    for document in K.documents():
        document.setModified(False); document.close()
def here(): return K.activeDocument()
def desk_here():
    made = desks.Desk(docs.PhotoDocument(docs.active_key())); made.open(); return made
def at_once(steps):
    '''What a generator of Until ends with, waiting for Krita in between.'''
    try:
        until = next(steps)
        while True:
            value = until.ready()
            if value: until = steps.send(value)
            else: here().waitForDone()
    except StopIteration as end: return end.value
def calls(*pairs): return [ToolCall(name, value) for name, value in pairs]
def turn(desk, *pairs, scope=Scope.PICTURE, feather=0.0, request="test"):
    '''A turn without an agent: the answer is these calls. The controller does not look meanwhile, as in a turn of its own.'''
    if "C" in globals(): C.watcher.stop()
    desk.catch_up()
    desk.session, mask = targets.aim(desk.photo, desk.session, scope, feather=feather)
    steps = refined(desk.session.steps, calls(*pairs))
    session, between = at_once(layers.put_in(desk.photo, desk.session, steps, name="IEA: " + request, mask=mask))
    desk.changed(session, between)
    answer = Turn(request, "", desk.session.in_force, 0.0, "", desk.session.number)
    desk.revalued(replace(desk.session, turns=(*desk.session.turns, answer)))
    if "C" in globals() and C.parent() is not None: C.watcher.start()
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
tasks, troubles = [], []
def listen(desk):
    '''Read what was done by hand, as the docker does when the watch noticed something.'''
    tasks.append(Task(desk.heard(), troubles.append)); return True
def quiet(): return all(task.is_over for task in tasks) and not troubles
def idle():
    document = here()
    if not document.tryBarrierLock(): return False
    document.unlock(); return True
def drive():
    '''The docker's controller on the open document, with a backend that is never started, as C; its desk is D.'''
    global C, D
    from iea_krita.backend_process import BackendProcess
    from iea_krita.controller import Controller
    C = Controller(BackendProcess(parent=window()), window())
    C.look(); D = C.desk; C.editor.failed = troubles.append
    return D is not None
def park(): C.watcher.stop(); C.setParent(None); return True
def values(): return {step.tool: step.value for step in C.desk.session.steps}
def at_rest(): return idle() and not C.editor.is_busy
def stroke():
    '''A brush stroke by the mouse across the middle of the canvas.'''
    K.action("KritaShape/KisToolBrush").trigger()
    view = window().findChild(QtWidgets.QMdiArea).activeSubWindow()
    canvas = next(w for w in view.findChildren(QtWidgets.QWidget) if "Canvas" in w.metaObject().className() and w.isVisible()
                  and "Controller" not in w.metaObject().className())
    middle = canvas.rect().center()
    QTest.mouseMove(canvas, middle - QtCore.QPoint(40, 0))
    QTest.mousePress(canvas, Qt.LeftButton, Qt.NoModifier, middle - QtCore.QPoint(40, 0))
    for x in range(-40, 41, 8):
        event = QtGui.QMouseEvent(QtCore.QEvent.MouseMove, QtCore.QPointF(middle + QtCore.QPoint(x, 0)), Qt.NoButton,
                                  Qt.LeftButton, Qt.NoModifier)
        QtWidgets.QApplication.sendEvent(canvas, event)
    QTest.mouseRelease(canvas, Qt.LeftButton, Qt.NoModifier, middle + QtCore.QPoint(40, 0))
    return canvas.metaObject().className()
def undo_names():
    model = docker("History").findChild(QtWidgets.QAbstractItemView).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]
def undo_place(): return docker("History").findChild(QtWidgets.QAbstractItemView).currentIndex().row()
def hands_off(): D.hand.noticed(); return True
def undo(): K.action("edit_undo").trigger(); return True
def redo(): K.action("edit_redo").trigger(); return True
steady = {"looks": 0}
def chosen(name):
    '''Choose the layer with this name, again and again: Krita activates what was added some moments later.'''
    active = here().activeNode()
    if active is None or active.name() != name:
        here().setActiveNode(next(node for node in docs.walk(here().rootNode()) if node.name() == name))
        steady["looks"] = 0
    else: steady["looks"] += 1
    return steady["looks"] >= 10
def dialog(): return QtWidgets.QApplication.activeModalWidget()
def open_dialog(layer):
    '''Krita's own dialog on a layer, opened as a person does: by its Properties.'''
    def look(steady=0, left=200):
        active = here().activeNode()
        if active is None or uid(active) != layer:
            node = find(here(), layer)
            if node is None: return  # setActiveNode(None) ends Krita
            here().setActiveNode(node); steady = 0
        if steady == 10: K.action("layer_properties").trigger()  # Krita activates what was added some moments later
        elif left: QtCore.QTimer.singleShot(30, lambda: look(steady + 1, left - 1))
    look(); return True
def press(text):
    button = next(b for b in dialog().findChildren(QtWidgets.QPushButton) if b.text().replace("&", "") == text)
    QtCore.QTimer.singleShot(0, lambda: QTest.mouseClick(button, Qt.LeftButton)); return True
def undo_text(): return K.action("edit_undo").text()
"""


def load(krita: RealKrita) -> None:
    """Make `LOAD` known in this Krita."""
    krita.run(LOAD, root=str(ROOT), packages=sysconfig.get_path("purelib"))
