"""What to ask for, said for someone who does not know: by what is in view, and by what the last answer did. No Qt, no Krita."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tool_mapping.spec import BY_NAME, ToolCall

from .facts import PictureFacts
from .texts import tr

MOST_FIRST = 6
MOST_NEXT = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`label` is on the chip; `request` is asked, in the words that the agent follows best ("" lets the photo decide).
    `variations`: show several answers to pick from."""

    label: str
    request: str
    variations: bool = False


# Where the picture says so: (condition, label, request), the most urgent first. The numbers are where photographers begin to
# speak of it; a test holds that the shipped agent does what each request says.
_BY_PICTURE: tuple[tuple[Callable[[PictureFacts], bool], str, str], ...] = (
    (lambda f: f.light < 36, "Brighter", "it's too dark, make it brighter"),
    (lambda f: f.light > 74, "Darker", "it's too bright, make it a bit darker"),
    (lambda f: f.darkest < 14 and f.dark > 0.12, "Lift the shadows", "lift the shadows, I can't see the dark parts"),
    (lambda f: f.bright > 0.03, "Calm the highlights", "the bright parts are too bright, calm the highlights"),
    (lambda f: f.spread < 48, "More contrast", "it looks flat, add some contrast"),
    (lambda f: f.spread > 88, "Softer contrast", "the contrast is too hard, make it softer"),
    (lambda f: f.chroma > 2 and f.cast_b > 2.5, "Less yellow", "it's too yellow, make it cooler"),
    (lambda f: f.chroma > 2 and f.cast_b < -1.5, "Warmer", "it looks cold, make it warmer"),
    (lambda f: f.chroma > 2 and f.cast_a > 2.5, "Less pink", "a bit less pink"),
    (lambda f: f.chroma > 2 and f.cast_a < -2, "Less green", "it has a green cast, take it out"),
    (lambda f: 2 < f.chroma < 13, "More colour", "the colours are dull, make them livelier"),
    (lambda f: f.chroma > 42, "Calmer colours", "the colours are too strong, calm them down"),
)
# What goes with any picture.
_LOOKS: tuple[tuple[Callable[[PictureFacts], bool], str, str], ...] = (
    (lambda f: True, "Old film", "give it a faded old film look with some grain"),
    (lambda f: f.chroma > 2, "Black and white", "make it black and white with good contrast"),
    (lambda f: f.chroma > 2, "Golden evening", "golden hour, warm evening light"),
    (lambda f: f.light < 60, "Moody", "dark and moody"),
    (lambda f: f.light >= 45, "Light and airy", "bright and airy"),
    (lambda f: True, "Crisper", "sharper and crisper"),
    (lambda f: f.chroma > 2, "More colour", "make the colours livelier"),
    (lambda f: True, "More contrast", "add some contrast"),
)
_UNSEEN = PictureFacts(50, 15, 85, 0, 0, 0, 0, 20)

# After a step in one direction: (less of it, more of it, without it), label and request each.
_Words = tuple[str, str]
_AFTER: dict[tuple[str, int], tuple[_Words, _Words, _Words]] = {
    ("temperature", 1): (("Less warm", "less warm"), ("Even warmer", "even warmer"), ("Undo the warmth", "undo the warmth")),
    ("temperature", -1): (("Less cold", "less cold"), ("Even cooler", "even cooler"), ("Undo the cooling", "undo the cooling")),
    ("exposure", 1): (("Less bright", "a bit less bright"), ("Even brighter", "even brighter"), ("", "")),
    ("exposure", -1): (("Less dark", "a bit less dark"), ("Even darker", "even darker"), ("", "")),
    ("contrast", 1): (("Less contrast", "a bit less contrast"), ("More contrast", "more contrast"), ("", "")),
    ("contrast", -1): (("A little more contrast", "a bit more contrast"), ("Even softer", "even less contrast"), ("", "")),
    ("saturation", 1): (("Less colour", "a bit less colourful"), ("More colour", "more colourful"), ("", "")),
    ("saturation", -1): (("More colour", "more colourful"), ("Less colour", "even less colourful"), ("", "")),
    ("fade", 1): (("Undo the fade", "remove the fade"), ("More faded", "more faded"), ("", "")),
    ("grain", 1): (("Without grain", "remove the grain"), ("More grain", "more grain"), ("", "")),
    ("vignette", -1): (
        ("Lighter corners", "less vignette"), ("Darker corners", "stronger vignette"),
        ("Without vignette", "remove the vignette"),
    ),
    ("sharpness", 1): (("Less sharp", "a bit less sharp"), ("Sharper", "even sharper"), ("", "")),
    ("sharpness", -1): (("Less soft", "less soft"), ("Softer", "even softer"), ("", "")),
    ("tint", 1): (("Less green", "less green"), ("", ""), ("", "")),
    ("tint", -1): (("Less pink", "less pink"), ("", ""), ("", "")),
    ("shadows", 1): (("Darker shadows", "a bit darker shadows"), ("Lift them more", "lift the shadows more"), ("", "")),
    ("highlights", -1): (
        ("Brighter highlights", "a bit brighter highlights"), ("Calm them more", "calm the highlights more"), ("", ""),
    ),
}
_LABELS = {request: label for _, label, request in (*_BY_PICTURE, *_LOOKS)} | {
    request: label for words in _AFTER.values() for label, request in words if label
}
_LIKE = {"brightness": "exposure", "natural_contrast": "contrast", "vibrance": "saturation"}


def as_clicked(request: str) -> str:
    """What a person who reads another language than English sees of a request: the words on the chip that they clicked. The
    agent is asked in English, which it follows best."""
    label = _LABELS.get(request, "")
    return request if tr(label) == label else tr(label)


def first(facts: PictureFacts | None) -> list[Suggestion]:
    """Before anything was asked: up to MOST_FIRST, what this picture needs before what goes with any."""
    seen = facts or _UNSEEN
    found = [Suggestion(tr("Make it look good"), "")]
    for fits, label, request in (*_BY_PICTURE, *_LOOKS):
        if len(found) < MOST_FIRST and fits(seen) and all(tr(label) != other.label for other in found):
            found.append(Suggestion(tr(label), request))
    return found


def following(steps: Sequence[ToolCall], request: str) -> list[Suggestion]:
    """After an answer to `request` that left `steps` in force: up to MOST_NEXT, from the strongest step down."""
    strongest = sorted(steps, key=lambda call: -abs(call.value - BY_NAME[call.name].neutral))
    less: list[Suggestion] = []
    rest: list[Suggestion] = []
    for call in strongest:
        sign = 1 if call.value > BY_NAME[call.name].neutral else -1
        words = _AFTER.get((_LIKE.get(call.name, call.name), sign))
        if words is None:
            continue
        for kind, (label, asked) in enumerate(words):
            entry = Suggestion(tr(label), asked)
            if label and all(label != other.label for other in (*less, *rest)):
                (less if kind == 0 else rest).append(entry)
    # One "less" of each of the two strongest, then what else there is of the strongest.
    chosen = [*less[:2], *rest][: MOST_NEXT - 1]
    return [*chosen, Suggestion(tr("Show three variations"), request, variations=True)] if steps else []
