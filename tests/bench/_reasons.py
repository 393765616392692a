"""Part of the agent bench: is what a reason names what the steps do?"""

from __future__ import annotations

from collections.abc import Mapping

from backend.agent.saying import ACTIONS

_PHRASES = sorted(
    ((words, tool, way) for tool, both in ACTIONS.items() for words, way in zip(both, (1, -1), strict=True)),
    key=lambda entry: -len(entry[0]),
)
_OTHERWISE = {
    "tones a little more": "tones more", "tones much more": "tones more", "a little film": "film", "strong film": "film",
    "fade it a little": "fade it", "fade it strongly": "fade it", "take out all colour": "calm the colours",
    "reduce the colours to brown tones": "calm the colours", "smooth the noise by softening the detail": "soften the detail",
}


def named(reason: str) -> set[tuple[str, int]]:
    """Tools that a reason says something of, each with its direction (1 or -1)."""
    text = reason.lower()
    for said, plainly in _OTHERWISE.items():
        text = text.replace(said, plainly)
    found = set()
    for words, tool, way in _PHRASES:
        if words in text:
            found.add((tool, 1 if tool in ("fade", "grain") else way))
            text = text.replace(words, "")
    return found


def is_true(reason: str, old: Mapping[str, int], new: Mapping[str, int]) -> bool:
    """Whether every step that a reason names moved from `old` to `new`, and lies (or lay) the way that it says."""
    for tool, way in named(reason):
        was, now = old.get(tool, 0), new.get(tool, 0)
        if was == now or (now or was) * way < 0:
            return False
    return True
