"""What a person set by hand stays as they set it, unless their words speak of it."""

from __future__ import annotations

from collections.abc import Mapping

from tool_mapping.spec import ToolCall

SURE = 0.6  # probability of a wish from which the words count as asking for something definite
SPOKEN = 0.15  # and from which they may have meant that effect too
# The tools by which an effect is reached, whichever way it goes.
REACHED: dict[str, set[str]] = {
    "L": {"exposure", "brightness", "shadows", "highlights", "whites", "blacks"},
    "C": {"contrast", "natural_contrast", "fade", "whites", "blacks"}, "Z": {"contrast", "natural_contrast", "fade", "blacks"},
    "S": {"saturation", "vibrance"}, "BW": {"saturation", "vibrance"}, "a": {"tint"}, "b": {"temperature"},
    "V": {"vignette"}, "SH": {"shadows", "blacks", "exposure"}, "HL": {"highlights", "whites", "exposure"},
    "WH": {"whites", "highlights"}, "BL": {"blacks", "shadows", "fade"}, "H": {"sharpness"}, "N": {"grain", "sharpness"},
    "F": {"fade", "contrast"},
}


def keep_untouched(
    calls: tuple[ToolCall, ...], in_force: tuple[ToolCall, ...], wishes: Mapping[str, float]
) -> tuple[ToolCall, ...]:
    """The answer's calls, with the values in force put back where the words ask for something else.

    Only values are put back: a step that the answer leaves out stays out. Words that ask for nothing definite ("more", "too
    much") change nothing here. wishes: how surely each axis and sign is asked, 0..1.
    """
    if max(wishes.values(), default=0.0) < SURE:
        return calls
    spoken = [axis.rstrip("+-") for axis, p in wishes.items() if p > SPOKEN]
    if any(axis not in REACHED for axis in spoken):  # a whole look may need anything
        return calls
    reached = set().union(*(REACHED[axis] for axis in spoken))
    before = {call.name: call for call in in_force}
    return tuple(before.get(call.name, call) if call.name not in reached else call for call in calls)
