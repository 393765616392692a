"""What a written document tells the docker: its first turn, as the annotation in which the plugin keeps a conversation.

The JSON is the plugin's (plugin/iea_krita/session.py documents it); this writes version 1 of it for files made without Krita.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tool_mapping.kra import WrittenGroup
from tool_mapping.spec import ToolCall

SESSION_TYPE = "iea_krita/session"
SESSION_VERSION = 1


def first_turn(
    written: WrittenGroup, calls: Sequence[ToolCall], *, request: str = "", reason: str = "", seconds: float = 0.0,
    model: str = "",
) -> dict[str, bytes]:
    """The annotations of a document whose group `written` holds a layer for each of `calls`, in that order."""
    steps = [
        {"tool": call.name, "value": call.value, "suggested": call.value, "layer": layer, "visible": True}
        for call, layer in zip(calls, written.layers, strict=True)
    ]
    turn = {
        "request": request, "reason": reason, "seconds": round(seconds, 3), "model": model,
        "steps": [{"tool": call.name, "value": call.value} for call in calls],
    }
    data = {
        "type": SESSION_TYPE, "version": SESSION_VERSION, "group": written.group, "steps": steps, "turns": [turn],
        "picture": "",
    }
    return {SESSION_TYPE: json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()}
