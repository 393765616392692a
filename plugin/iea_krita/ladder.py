"""A layer for each value that a step can have, prepared in a document that nobody sees: a slider needs one at once.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from tool_mapping.spec import BY_NAME, ToolCall

from .document import Facts, PhotoDocument
from .scope import Scope
from .tasks import Until
from .template import Template, write_template
from .worker import Call

_SECONDS = 120.0


class Ladder:
    """The layers, or filter masks, of all values of one tool, switched off. They have no mask in the size of the picture.

    Close it when it is done with: it holds an open document.
    """

    def __init__(self, photo: PhotoDocument, tool: str, scope: Scope, written: Path) -> None:
        self.key, self.tool, self.scope, self.facts = photo.key, tool, scope, photo.facts()
        self._first = BY_NAME[tool].minimum
        self.template = Template(photo, [], "IEA", scope, written=written)
        for node in self.template.group.childNodes():
            node.setVisible(False)

    @classmethod
    def made(cls, photo: PhotoDocument, tool: str, scope: Scope) -> Generator[Until, Any, Ladder]:
        """One for this document, in moments of Krita's event loop."""
        facts = photo.facts()
        writing = Call(lambda: _write(facts, tool, scope))
        writing.start()
        yield Until(lambda: writing.over, _SECONDS)
        yield Until(photo.is_idle, _SECONDS)
        return cls(photo, tool, scope, writing.value())

    def fits(self, photo: PhotoDocument, tool: str, scope: Scope) -> bool:
        """Whether it is for this step of this document as that is now."""
        return (self.key, self.tool, self.scope, self.facts) == (photo.key, tool, scope, photo.facts())

    def place(self, value: int) -> int:
        """The index of the layer with this value."""
        return value - self._first

    def source(self, value: int) -> Any:
        """The layer with this value, to be cloned."""
        return self.template.group.childNodes()[self.place(value)]

    def close(self) -> None:
        self.template.close()


def _write(facts: Facts, tool: str, scope: Scope) -> Path:
    """Some 30 ms."""
    spec = BY_NAME[tool]
    calls = [ToolCall(tool, value) for value in range(spec.minimum, spec.maximum + 1)]
    return write_template(facts, calls, "IEA", scope, bare=True)
