"""What can be said of an answer: every sentence of a small closed language that is true of its steps. No numbers, few words.

The teacher draws its reasons from these, so that a small decoder can learn them; at run time the decoder chooses among them,
word by word, and can write no other. So a reason never names a step that is not there, or one the wrong way round.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.agent.amounts import Facts
from backend.agent.features import lab
from backend.agent.turns import OWN
from tool_mapping.spec import BY_NAME, ToolCall

# What each tool is said to do, up and down.
ACTIONS: dict[str, tuple[str, str]] = {
    "exposure": ("raise the exposure", "lower the exposure"),
    "brightness": ("brighten it evenly", "darken it evenly"),
    "contrast": ("add contrast", "soften the contrast"),
    "fade": ("fade it to a matte look", "fade it to a matte look"),
    "natural_contrast": ("give the middle tones more punch", "ease the contrast of the middle tones"),
    "highlights": ("let the highlights glow", "recover the highlights"),
    "shadows": ("open the shadows", "deepen the shadows"),
    "whites": ("brighten the whites", "tame the whites"),
    "blacks": ("lift the blacks", "deepen the blacks"),
    "saturation": ("strengthen the colours", "calm the colours"),
    "vibrance": ("liven up the pale colours", "calm the pale colours"),
    "temperature": ("warm the light", "cool the light"),
    "tint": ("shift the colours towards green", "shift the colours towards magenta"),
    "grain": ("add film grain", "add film grain"),
    "vignette": ("lighten the corners", "darken the corners"),
    "sharpness": ("sharpen the detail", "soften the detail"),
}
# Tools that do nearly the same: moved the same way, they are one thing to say.
_ALIKE = (("exposure", "brightness"), ("contrast", "natural_contrast"), ("saturation", "vibrance"))
_LIGHT = ("exposure", "brightness", "shadows")
_UNDO = {
    "L": "brightness", "C": "contrast", "S": "colour strength", "a": "tint", "b": "colour temperature", "H": "sharpness",
    "N": "grain", "V": "vignette", "F": "fade", "SH": "shadows", "HL": "highlights", "WH": "whites", "BL": "blacks",
    "BW": "black and white", "X": "sepia", "Z": "haze removal",
}
_TOLD, _TOLD_OF_MOVES = 3, 5  # steps of an answer that its reason names at most; of a follow-up
_CAN = (
    "I can change light, contrast, colour, sharpness, grain and vignette of the whole picture.",
    "I can make the whole picture brighter, warmer, stronger in colour, sharper or softer.",
)
NOTHING_NEEDED = (
    "The photo already looks good, so I leave it as it is; tell me what you would like to be different.",
    "Light and colour are well balanced here; I would change nothing unless you tell me what you miss.",
)
NOTHING_MOVES = ("Nothing in your words changes the steps in force, so they all stay as they are.",)
NOTHING_SEEN = ("That would change nothing in this picture.",)
_ALL_BACK = (
    "All steps are taken back; this is the original picture again.",
    "I take every step back, so the picture is as it was.",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture looks like: means in CIELAB, and shares of its pixels that are nearly white and nearly black."""

    facts: Facts
    blown: float = 0.0
    crushed: float = 0.0

    @classmethod
    def of(cls, rgb: NDArray[np.uint8]) -> Seen:
        """Of a picture (H, W, 3)."""
        colours = lab(rgb)
        return cls(Facts.of(colours), float((colours[..., 0] > 98).mean()), float((colours[..., 0] < 4).mean()))


def of_edit(
    calls: Sequence[ToolCall], seen: Seen, *, meant: Collection[str] = (), keep: Collection[str] = (), kind: str = "",
    vague: bool = False,
) -> list[str]:
    """Reasons for `calls`, one at least, on a picture that nothing was done to.

    meant: axes with direction that were asked for ("X+"), which say what a step is for; keep: axes that were to stay; kind: of
    the request, "" (servable), "local", "impossible" or "noise"; vague: the photo alone decided.
    """
    if not calls:
        return list(NOTHING_NEEDED) if vague else nothing_possible(kind)
    calls = _merged(calls)
    most = 2 if kind or keep else _TOLD
    largest = sorted(calls, key=lambda call: -abs(call.value))[:most]
    do = f"I {_listed([_action(call, meant) for call in calls if call in largest])}"
    if kind == "local":
        return [f"I can only change the whole picture, not one part of it, so {do} everywhere."]
    if kind == "impossible":
        return [f"I cannot add, remove or reshape things, but {do}."]
    found = _looks(seen, calls)
    if found:
        looks = " and ".join(found)
        leads = [f"{subject} {looks}" for subject in ("The picture is", "The photo looks", "It is")]
        said = [f"{lead}{join}{do}" for lead in leads for join in ((", so ",) if vague else (", so ", "; "))]
    else:
        said = [f"As you asked, {do}", f"For that, {do}", do] if not vague else [do]
    moved = {call.name for call in calls}
    held = [_UNDO[axis] for axis in keep if axis in _UNDO and not moved & set(OWN.get(axis, ()))][:2]
    end = f", and leave the {_listed(held)} as before." if held else "."
    return [sentence + end for sentence in said]


def of_refine(old: Sequence[ToolCall], new: Sequence[ToolCall]) -> list[str]:
    """Reasons for going from `old` to `new` calls, one at least: what changes, and whether others stay."""
    if not new:
        return list(_ALL_BACK) if old else nothing_possible("")
    was, now = ({call.name: call.value for call in calls} for calls in (old, new))
    names = [name for name in BY_NAME if name in was or name in now]
    stays = any(now.get(name) == value for name, value in was.items())
    ways = {name: _way(was.get(name, 0), now.get(name, 0)) for name in names if was.get(name, 0) != now.get(name, 0)}
    if not ways:
        return list(NOTHING_MOVES)
    if len(ways) > 1 and not stays and set(ways.values()) in ({"more"}, {"less"}):
        return [f"I keep the same steps, each with {next(iter(ways.values()))} strength."]
    told = dict(ways)
    for larger, smaller in _ALIKE:
        signs = [was.get(name, 0) or now.get(name, 0) for name in (larger, smaller)]
        if ways.get(larger, "") == ways.get(smaller) and signs[0] * signs[1] > 0:
            del told[smaller]
    if len(told) > _TOLD_OF_MOVES:
        done = "change nearly every step"
    else:
        done = _listed([_moved(name, was.get(name, 0), now.get(name, 0)) for name in told])
    return [f"I {done}; the rest stays as it is."] if stays else [f"I {done}."]


def nothing_possible(kind: str) -> list[str]:
    """The honest answers to what the tools cannot do."""
    leads = {
        "impossible": ("I cannot add, remove or reshape things in the picture.",),
        "local": ("I cannot change one part of the picture alone.",),
    }.get(kind, ("That is not something I can help with.", "I did not find a wish for the picture in that."))
    return [f"{lead} {can}" for lead in leads for can in _CAN]


def _looks(seen: Seen, calls: Sequence[ToolCall]) -> list[str]:
    """Words about the picture that speak for `calls`, the most telling first."""
    by, facts = {call.name: call.value for call in calls}, seen.facts
    light = sum(by.get(name, 0) for name in _LIGHT)
    punch = by.get("contrast", 0) + by.get("natural_contrast", 0) - by.get("fade", 0) - by.get("blacks", 0)
    colour = by.get("saturation", 0) + by.get("vibrance", 0)
    warm, green = by.get("temperature", 0), by.get("tint", 0)
    words: list[tuple[float, str]] = []
    if light > 0 and facts.lightness < 44:
        words.append(((44 - facts.lightness) / 10, "very dark" if facts.lightness < 25 else "rather dark"))
    if light < 0 and facts.lightness > 62:
        words.append(((facts.lightness - 62) / 10, "very bright" if facts.lightness > 80 else "rather bright"))
    if punch > 0 and facts.spread < 56:
        words.append(((56 - facts.spread) / 10, "flat"))
    if punch < 0 and facts.spread > 80:
        words.append(((facts.spread - 80) / 8, "high in contrast"))
    if warm < 0 and facts.b > 10:
        words.append(((facts.b - 10) / 8, "on the warm side"))
    if warm > 0 and facts.b < 0:
        words.append((-facts.b / 8, "on the cool side"))
    if green * facts.a > 0 and abs(facts.a) > 4:
        words.append(((abs(facts.a) - 4) / 6, "tinted magenta" if facts.a > 0 else "tinted green"))
    if colour > 0 and facts.chroma < 12:
        words.append(((12 - facts.chroma) / 6, "almost without colour" if facts.chroma < 3 else "muted in colour"))
    if colour < 0 and facts.chroma > 32:
        words.append(((facts.chroma - 32) / 12, "strong in colour"))
    if min(by.get("highlights", 0), by.get("whites", 0), by.get("exposure", 0)) < 0 and seen.blown > 0.03:
        words.append((seen.blown * 8, "blown out in the bright parts"))
    if max(by.get("shadows", 0), by.get("blacks", 0), by.get("exposure", 0)) > 0 and seen.crushed > 0.08:
        words.append((seen.crushed * 4, "nearly black in the shadows"))
    return [word for _, word in sorted(words, key=lambda pair: -pair[0])][:2]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _merged(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """The calls with those that are alike and go the same way put into one, under the name of the larger."""
    out = list(calls)
    for pair in _ALIKE:
        both = [call for call in out if call.name in pair]
        if len(both) == 2 and both[0].value * both[1].value > 0:
            larger, smaller = sorted(both, key=lambda call: -abs(call.value))
            total = max(-100, min(100, larger.value + smaller.value))
            out[out.index(larger)] = ToolCall(larger.name, total)
            out.remove(smaller)
    return out


def _size(value: int, name: str) -> str:
    strong, slight = (75, 30) if name == "sharpness" else (50, 12)
    return " a little" if abs(value) < slight else " strongly" if abs(value) > strong else ""


def _action(call: ToolCall, meant: Collection[str] = ()) -> str:
    name, value = call.name, call.value
    size = _size(value, name)
    if name == "fade":
        return f"fade it{size} to a matte look"
    if name == "natural_contrast" and value > 0:
        return {"": ACTIONS[name][0], " a little": "give the middle tones a little more punch",
                " strongly": "give the middle tones much more punch"}[size]
    if name == "grain":
        return {"": "add film grain", " a little": "add a little film grain", " strongly": "add strong film grain"}[size]
    if name == "saturation" and value <= -95:
        return "take out all colour"
    if name == "saturation" and "X+" in meant and value < 0:
        return "reduce the colours to brown tones"
    if name == "blacks" and "Z+" in meant and value < 0:
        return "deepen the blacks to cut the haze"
    if name == "sharpness" and "N-" in meant and value < 0:
        return "smooth the noise by softening the detail"
    return ACTIONS[name][0 if value > 0 else 1] + size


def _way(was: int, now: int) -> str:
    if now == 0:
        return "off"
    if was * now <= 0:
        return "on" if was == 0 else "turned"
    return "more" if abs(now) > abs(was) else "less"


def _moved(name: str, was: int, now: int) -> str:
    how = _way(was, now)
    if how == "on":
        return _action(ToolCall(name, now))
    word = ACTIONS[name][0 if (now or was) > 0 else 1]
    return {"off": f"no longer {word}", "turned": f"now {word} instead"}.get(how, f"{word} {how}")
