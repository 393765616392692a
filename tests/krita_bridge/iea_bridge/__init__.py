"""Runs inside Krita in tests: takes Python from a Unix socket, runs it in the GUI thread, answers with JSON.

One connection is one request, a JSON object, ended by shutting down the writing side; the answer is a JSON object, then the
connection closes. Requests: {"run": code, "names": {...}} and {"until": expression, "timeout": seconds, "names": {...}}.
Requests are also served while a modal dialog is open, because its own event loop serves the socket.
"""

import ast
import base64
import faulthandler
import json
import os
import signal
import socket
import sys
import time
import traceback

from krita import Extension, Krita
from PyQt5.QtCore import QSocketNotifier, QTimer
from PyQt5.QtWidgets import QApplication, QDialog, QMessageBox

ADDRESS = os.environ.get("IEA_BRIDGE_SOCKET", "")
POLL_MS = 15


def plain(value):
    """JSON has no bytes: they travel as base64. Everything else that JSON does not know becomes its repr."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"__bytes__": base64.b64encode(bytes(value)).decode("ascii")}
    if type(value).__name__ == "QByteArray":
        return plain(bytes(value))
    return repr(value)


def thrown():
    kind, error, _ = sys.exc_info()
    return {"type": kind.__name__ if kind else "", "message": str(error), "traceback": traceback.format_exc()}


class Bridge(Extension):
    def __init__(self, parent):
        super().__init__(parent)
        self.names = {"__name__": "iea_bridge_session", "Krita": Krita, "K": Krita.instance(), "bridge": self}
        self.script_errors = []
        self.ready = False
        self.waiting = set()
        self.server = None

    def setup(self):
        if not ADDRESS:
            return
        faulthandler.register(signal.SIGUSR1, file=2, all_threads=True)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(ADDRESS + ".new")
        self.server.listen(8)
        os.rename(ADDRESS + ".new", ADDRESS)  # who sees the socket can connect to it
        self.notifier = QSocketNotifier(self.server.fileno(), QSocketNotifier.Type.Read, self)
        self.notifier.activated.connect(self.accept)

    def createActions(self, window):
        self.ready = True
        # Krita shows uncaught errors of slots in a modal dialog, which would stop a test for ever: keep them for the harness.
        sys.excepthook = self.keep_error

    def keep_error(self, kind, error, trace):
        text = "".join(traceback.format_exception(kind, error, trace))
        self.script_errors.append(text)
        os.write(2, text.encode("utf-8", "replace"))

    def accept(self, *_):
        assert self.server is not None
        connection, _ = self.server.accept()
        connection.settimeout(10)
        try:
            pieces = []
            while True:
                piece = connection.recv(1 << 16)
                if not piece:
                    break
                pieces.append(piece)
            request = json.loads(b"".join(pieces).decode("utf-8"))
        except (OSError, ValueError):
            connection.close()
            return
        self.names.update(request.get("names") or {})
        try:
            if "until" in request:
                Wait(self, connection, request["until"], float(request["timeout"]))
                return
            answer = {"value": self.run(request["run"])}
        except BaseException:
            answer = {"error": thrown()}
        self.answer(connection, answer)

    def answer(self, connection, message):
        try:
            text = json.dumps(message, default=plain)
        except (TypeError, ValueError):
            text = json.dumps({"value": repr(message.get("value"))})
        try:
            # The test may have given up waiting and closed: without this flag the signal of a broken pipe would end Krita.
            connection.sendall(text.encode("utf-8"), socket.MSG_NOSIGNAL)
        except OSError:
            pass
        finally:
            connection.close()

    def run(self, code):
        """Execute `code`; the value is that of its last line when that is an expression, as in a notebook."""
        tree = ast.parse(code, "<test>")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<test>", "exec"), self.names)
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), "<test>", "eval"), self.names)

    def dialogs(self):
        """The modal windows that are open: title and text."""
        found = []
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and isinstance(widget, QDialog) and widget.isModal():
                text = widget.text() if isinstance(widget, QMessageBox) else type(widget).__name__
                found.append({"title": widget.windowTitle(), "text": text})
        return found


class Wait:
    """Answers when an expression becomes true or the time is over; the event loop runs between two looks."""

    def __init__(self, bridge, connection, expression, timeout):
        self.bridge, self.connection = bridge, connection
        self.expression = expression.strip()
        self.code = compile(self.expression, "<until>", "eval")
        self.end = time.monotonic() + timeout
        self.looking = False
        self.timer = QTimer(bridge)
        self.timer.setInterval(POLL_MS)
        self.timer.timeout.connect(self.look)
        bridge.waiting.add(self)
        self.timer.start()

    def look(self):
        if self.looking:  # the expression itself runs an event loop
            return
        self.looking = True
        try:
            value = eval(self.code, self.bridge.names)
        except BaseException:
            self.finish({"error": thrown()})
            return
        finally:
            self.looking = False
        if value:
            self.finish({"value": value})
        elif time.monotonic() > self.end:
            self.finish({"timeout": {"value": value, "dialogs": self.bridge.dialogs(), "parts": self.parts()}})

    def parts(self):
        """What each part of an `a and b == c` is now, to see which of them did not come true: source and value."""
        whole = ast.parse(self.expression, mode="eval").body
        sides = whole.values if isinstance(whole, ast.BoolOp) else [whole]
        found = []
        for side in sides:
            side = side.left if isinstance(side, ast.Compare) else side
            try:
                value = repr(eval(compile(ast.Expression(side), "<until>", "eval"), self.bridge.names))
            except Exception:  # a part behind one that is not true yet
                value = "raises " + repr(sys.exc_info()[1])
            found.append([ast.unparse(side), value[:600]])
        return found

    def finish(self, message):
        self.timer.stop()
        self.timer.deleteLater()
        self.bridge.waiting.discard(self)
        self.bridge.answer(self.connection, message)


Krita.instance().addExtension(Bridge(Krita.instance()))
