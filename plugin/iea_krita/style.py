"""What a person likes, in words that they can read, change and throw away: a small file on this machine. No Qt, no Krita.

The file is JSON: {"type": "iea_krita/style", "version": 1, "enabled": false, "text": "...", "by_hand": false}. Only its owner
may read it (mode 0600). It is off until the person switches it on, and while it is off nothing is learned and nothing is sent.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

TYPE, VERSION = "iea_krita/style", 1
LONGEST = 400  # characters; the agent reads about the first 24 words
_MOST = 2  # sentences that are kept; the agent reads no more
_OPPOSITES = (
    ("warmer", "cooler"), ("brighter", "darker"), ("more contrast", "less contrast"), ("more colourful", "less colourful"),
    ("sharper", "softer"), ("lighter shadows", "deeper shadows"), ("darker corners", "lighter corners"),
)
_NOTHING = "as it is"  # what the agent says of two pictures that are alike


def data_folder() -> Path:
    """Our own folder for what belongs to the person, on this machine."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / "iea-krita"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "iea-krita"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "iea-krita"


@dataclass(frozen=True, slots=True)
class Style:
    """`by_hand`: the person wrote or changed the text, which is then never changed by learning."""

    enabled: bool = False
    text: str = ""
    by_hand: bool = False

    @property
    def in_force(self) -> str:
        """What goes along with a request."""
        return self.text if self.enabled else ""


class StyleBook:
    """The style and its file. Reading never fails: a file that cannot be read counts as none."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_folder() / "style.json"
        self.style = self._read()

    def _read(self) -> Style:
        try:
            data = json.loads(self.path.read_text("utf-8"))
            if data["type"] != TYPE or int(data["version"]) > VERSION:
                return Style()
            return Style(data.get("enabled") is True, str(data.get("text") or "")[:LONGEST], data.get("by_hand") is True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Style()

    def _keep(self, style: Style) -> None:
        """Raises OSError when it cannot be written; the style holds for this session all the same."""
        self.style = style
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = {"type": TYPE, "version": VERSION, **asdict(style)}
        part, name = tempfile.mkstemp(dir=self.path.parent, prefix=".style-")  # mode 0600
        try:
            with os.fdopen(part, "w", encoding="utf-8") as file:
                json.dump(data, file, ensure_ascii=False)
            os.replace(name, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def enable(self, enabled: bool) -> None:
        """Switch remembering on or off; what is known stays. Raises OSError, see _keep."""
        self._keep(Style(enabled, self.style.text, self.style.by_hand))

    def write(self, text: str) -> None:
        """Take over the person's own words; none are the same as forget. Raises OSError."""
        text = " ".join(text.split())[:LONGEST]
        self._keep(Style(self.style.enabled, text, bool(text)))

    def forget(self) -> None:
        """Throw away what is known. Raises OSError."""
        self._keep(Style(self.style.enabled))

    def learn(self, sentence: str) -> bool:
        """Add a sentence about what the person likes; whether anything changed. Raises OSError."""
        sentence = " ".join(sentence.split())
        if not self.style.enabled or self.style.by_hand or not sentence or _NOTHING in sentence:
            return False
        older = [old for old in sentences(self.style.text) if old != sentence and not contradicts(sentence, old)]
        text = " ".join([sentence, *older][:_MOST])
        if text == self.style.text:
            return False
        self._keep(Style(True, text))
        return True


_shared: StyleBook | None = None


def shared_book() -> StyleBook:
    """The one book of this Krita, whichever of its windows asks."""
    global _shared
    if _shared is None:
        _shared = StyleBook()
    return _shared


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its full stop."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def contradicts(one: str, other: str) -> bool:
    """Whether two sentences wish for opposite things."""
    return any((a in one and b in other) or (b in one and a in other) for a, b in _OPPOSITES)


_ABOUT = re.compile(r"\b(?:They|This person) (like|prefer)s?\b")


def as_told_to_the_person(text: str) -> str:
    """The agent speaks of "they"; the person is "you"."""
    return _ABOUT.sub(r"You \1", text)


def as_said_by_the_person(text: str) -> str:
    """The same to be written on by the person."""
    return _ABOUT.sub(r"I \1", text)
