"""What the docker tests do most: type a request and wait for what comes of it."""

from __future__ import annotations

from typing import Any

from tests.real_krita import RealKrita


def ask(krita: RealKrita, text: str) -> list[Any]:
    """Type a request, click Send, wait for the turn's end and the picture; the event."""
    krita.run("events.clear(); type_and_send(text)", text=text)
    event = krita.wait_until("events and events[-1]", 60)
    krita.wait_until("idle()")
    return event
