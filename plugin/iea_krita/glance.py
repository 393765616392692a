"""Takes a sample of the picture in view, some rows at a time, and tells its facts: cheap enough for any size of document."""

from __future__ import annotations

from .desk import Desk
from .document import DocumentGone
from .facts import PictureFacts, facts_of
from .qt import QtCore, QtGui, Signal
from .tasks import Steps, Task, Until
from .worker import Call

_ROWS, _COLUMNS = 32, 64  # of the sample
_AT_ONCE = 4  # rows in one moment of the event loop: about 1 ms each at 24 megapixels in 8 bit


class Glance(QtCore.QObject):
    """Looks at one document at a time; a newer look replaces the one under way."""

    seen = Signal(object)  # the Desk, whose `facts` are there now

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    def look(self, desk: Desk) -> None:
        """Take a sample of this desk's document as soon as Krita is idle."""
        if self._task is not None:
            self._task.cancel()
        self._task = Task(self._steps(desk), self._broke, self)

    def _broke(self, error: BaseException) -> None:
        if not isinstance(error, (DocumentGone, TimeoutError)):
            raise error

    def _steps(self, desk: Desk) -> Steps:
        yield Until(desk.photo.is_idle)
        facts = desk.photo.facts()
        rows = [(2 * i + 1) * facts.height // (2 * _ROWS) for i in range(min(_ROWS, facts.height))]
        pixels: list[tuple[int, int, int]] = []
        for begin in range(0, len(rows), _AT_ONCE):
            yield Until(desk.photo.is_idle)
            document = desk.photo.fetch()
            for row in rows[begin : begin + _AT_ONCE]:
                pixels += _sample(document.projection(0, row, facts.width, 1))
        call = Call(lambda: facts_of(pixels))
        call.start()
        yield Until(lambda: call.over)
        found: PictureFacts | None = call.value()
        desk.facts = found
        self.seen.emit(desk)


def _sample(line: QtGui.QImage) -> list[tuple[int, int, int]]:
    """Up to _COLUMNS pixels of one row, transparent ones left out."""
    width = line.width()
    places = sorted({(2 * i + 1) * width // (2 * _COLUMNS) for i in range(_COLUMNS)}) if width else []
    colours = (line.pixelColor(x, 0) for x in places)
    return [(c.red(), c.green(), c.blue()) for c in colours if c.alpha() > 127]
