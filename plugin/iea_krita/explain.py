"""What a step does and why, in one plain sentence for its card. No Qt, no Krita in here."""

from __future__ import annotations

from tool_mapping.spec import BY_NAME

from .session import Session, Step, Turn
from .suggestions import as_clicked
from .texts import tr

_LONGEST_QUOTE = 60  # characters of a request


def explain(session: Session, step: Step) -> str:
    """"Makes the light warmer, because you said “a bit cold”."""
    spec = BY_NAME[step.tool]
    if step.value == spec.neutral:
        return tr("Changes nothing at this value.")
    does = tr(spec.above if step.value > spec.neutral else spec.below)
    if step.value != step.suggested:
        return tr("{does}; {value} is your own value.", does=does, value=f"{step.value:+d}")
    turn = origin(session, step)
    if turn is None:
        return tr("{does}.", does=does)
    if not turn.request.strip():
        return tr("{does}, because the picture asks for it.", does=does)
    return tr("{does}, because you said “{request}”.", does=does, request=quoted(as_clicked(turn.request)))


def origin(session: Session, step: Step) -> Turn | None:
    """The turn that suggested this step's value: the last one in whose steps it is new. None where that is not known."""
    found, before = None, ()
    for turn in session.turns:
        suggested = next((call for call in turn.steps if call.name == step.tool), None)
        if suggested is not None and suggested.value == step.suggested and suggested not in before:
            found = turn
        before = turn.steps
    return found


def quoted(request: str) -> str:
    """The request on one line, cut at a word where it is long."""
    words = " ".join(request.split()).rstrip(" .!?;,:")
    if len(words) <= _LONGEST_QUOTE:
        return words
    cut = words[:_LONGEST_QUOTE]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:") + "…"
