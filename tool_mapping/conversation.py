"""What a written document tells the docker: its first turn, as the annotation in which the plugin keeps a conversation.

The JSON is the plugin's (plugin/iea_krita/session.py documents it); this writes version 2 of it for files made without Krita.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tool_mapping.kra import WrittenGroup
from tool_mapping.spec import ToolCall

SESSION_TYPE = "iea_krita/session"
SESSION_VERSION = 2
_LONGEST_NAME = 44  # characters of a request in the group's name, as in the plugin


def group_name(request: str) -> str:
    """The name of the group for a request, as the plugin gives it: "IEA: too dark and a bit cold"."""
    words = " ".join(request.split()) or "Auto"
    if len(words) > _LONGEST_NAME:
        words = words[:_LONGEST_NAME].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return f"IEA: {words}"


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
        "steps": [{"tool": call.name, "value": call.value} for call in calls], "edit": 0,
    }
    data = {
        "type": SESSION_TYPE, "version": SESSION_VERSION, "edit": 0, "scope": "picture", "group": written.group, "steps": steps,
        "aside": [], "turns": [turn], "picture": "",
    }
    return {SESSION_TYPE: json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()}
