"""The chat's small pictures as a .kra keeps them: of the last turns, before and after. No Qt, no Krita in here.

The JSON, version 1, stored as the document annotation "iea_krita/pictures" (UTF-8):

    {"type": "iea_krita/pictures", "version": 1,
     "turns": [{"turn": 4, "seconds": 0.412, "before": "NAME", "after": "NAME"}, ...],   places in the conversation, from 0
     "pictures": {"NAME": "BASE64 of a JPEG of at most 6 KB", ...}}    the photo before is often the same for many turns
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence

from .session import Turn

TYPE, VERSION = "iea_krita/pictures", 1
MOST_TURNS = 20
MOST_BYTES = 6144  # of one picture

Pair = tuple[bytes, bytes]  # JPEG before and after


def to_json(turns: Sequence[Turn], pairs: Sequence[Pair | None]) -> str:
    """The newest of the pictures; `pairs` belong to the `turns` of the same place, None where there is none."""
    listed, pictures = [], {}
    known = [(place, turn, pair) for place, (turn, pair) in enumerate(zip(turns, pairs, strict=True)) if pair]
    for place, turn, pair in known[-MOST_TURNS:]:
        names = [f"{zlib.crc32(picture):08x}" for picture in pair]
        pictures |= {name: base64.b64encode(picture).decode("ascii") for name, picture in zip(names, pair, strict=True)}
        listed.append({"turn": place, "seconds": round(turn.seconds, 3), "before": names[0], "after": names[1]})
    data = {"type": TYPE, "version": VERSION, "turns": listed, "pictures": pictures}
    return json.dumps(data, separators=(",", ":"))


def from_json(text: str | bytes, turns: Sequence[Turn]) -> list[Pair | None]:
    """For each turn its pictures. None for those that the JSON does not have, all of them where it cannot be read."""
    found: list[Pair | None] = [None] * len(turns)
    try:
        data = json.loads(text)
        if data["type"] != TYPE or int(data["version"]) > VERSION:
            return found
        for entry in data["turns"]:
            place = int(entry["turn"])
            # A turn that was undone and followed by another one has the same place, but took another time.
            if 0 <= place < len(turns) and round(turns[place].seconds, 3) == entry["seconds"]:
                before, after = (base64.b64decode(data["pictures"][entry[name]]) for name in ("before", "after"))
                found[place] = (before, after)
    except (ValueError, TypeError, KeyError):
        pass
    return found
