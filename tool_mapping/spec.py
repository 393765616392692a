"""What the sixteen tools are: one home for each tool's range, neutral value, unit, wording and version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool of the agent.

    `minimum`, `maximum` and `neutral` are integers on the tool's own scale; at `neutral` the picture does not change.
    `about` is for people (what moving the slider does), `for_model` is what a language model reads in the JSON Schema.
    `above` and `below` say in a few plain words what a value on that side of neutral does, without a full stop; `below` is ""
    where there is no such side.
    `version` rises when the law behind a value changes, so that stored values can be read as what they meant.
    """

    name: str
    title: str
    minimum: int
    maximum: int
    neutral: int
    unit: str
    about: str
    for_model: str
    above: str
    below: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One step: a tool's name and an integer value within the tool's range."""

    name: str
    value: int


def _signed(name: str, title: str, about: str, for_model: str, above: str, below: str) -> ToolSpec:
    return ToolSpec(name, title, -100, 100, 0, "percent", about, for_model, above, below)


def _one_sided(name: str, title: str, about: str, for_model: str, above: str) -> ToolSpec:
    return ToolSpec(name, title, 0, 100, 0, "percent", about, for_model, above)


# In the order in which several tools are applied (IEA paper, section on the editor).
TOOLS: tuple[ToolSpec, ...] = (
    _signed(
        "exposure", "Exposure",
        "Multiplies the light, as a longer or shorter exposure would: bright parts move most, black stays black.",
        "Multiply all tones by 2^(value/100). Positive brightens, negative darkens; black stays black.",
        "Brightens the picture, bright parts most", "Darkens the picture, bright parts most",
    ),
    _signed(
        "brightness", "Brightness",
        "Moves every tone up or down by the same amount, shadows and highlights alike.",
        "Add 0.5*value/100 to all tones. Positive brightens, negative darkens evenly.",
        "Lifts all tones by the same amount", "Lowers all tones by the same amount",
    ),
    _signed(
        "contrast", "Contrast",
        "Spreads the tones away from mid-grey, or draws them together.",
        "Scale tones around mid-grey by 2^(value/100). Positive for more contrast, negative for less.",
        "Pulls light and dark apart", "Brings light and dark closer together",
    ),
    _one_sided(
        "fade", "Fade",
        "Lifts the blacks and flattens the picture, like an old print or a matte film.",
        "Matte, faded film look: lifts blacks and lowers contrast. 0 is none, 100 the strongest.",
        "Lifts the blacks for a soft, matte look",
    ),
    _signed(
        "natural_contrast", "Natural contrast",
        "Bends the tones in a soft S: more contrast in the middle while black and white stay where they are.",
        "S-curve through black, mid-grey and white. Positive for punch without clipping, negative for a flatter picture.",
        "Adds contrast in the middle tones", "Softens the contrast in the middle tones",
    ),
    _signed(
        "highlights", "Highlights",
        "Brightens or recovers the bright parts; white and the shadows stay.",
        "Change bright tones only. Negative recovers bright areas, positive makes them glow.",
        "Brightens the bright parts", "Calms the bright parts",
    ),
    _signed(
        "shadows", "Shadows",
        "Opens or deepens the dark parts; black and the bright parts stay.",
        "Change dark tones only. Positive opens the shadows, negative deepens them.",
        "Opens up the dark parts", "Deepens the dark parts",
    ),
    _signed(
        "whites", "Whites",
        "Moves the white point: the brightest tones reach white sooner, or turn to grey.",
        "Scale tones so that the white point moves. Positive for brighter whites, negative for duller ones.",
        "Makes the brightest tones brighter", "Takes the brightest tones down",
    ),
    _signed(
        "blacks", "Blacks",
        "Moves the black point: the darkest tones are lifted, or sink into black.",
        "Move the black point. Positive lifts blacks, negative makes them deeper.",
        "Lifts the darkest tones", "Sinks the darkest tones into black",
    ),
    _signed(
        "saturation", "Saturation",
        "Makes all colours stronger or weaker; at -100 the picture is black and white.",
        "Scale colour saturation by 1+value/100. -100 is black and white.",
        "Makes all colours stronger", "Makes all colours weaker",
    ),
    _signed(
        "vibrance", "Vibrance",
        "Strengthens or calms the weak colours and leaves strong ones and greys alone.",
        "Change muted colours more than strong ones. Positive for livelier colours, negative for calmer ones.",
        "Strengthens the weak colours", "Calms the weak colours",
    ),
    _signed(
        "temperature", "Temperature",
        "Makes the light warmer (yellow, like late sun) or cooler (blue, like shade).",
        "Colour temperature. Positive is warmer (yellow/orange), negative is cooler (blue).",
        "Makes the light warmer", "Makes the light cooler",
    ),
    _signed(
        "tint", "Tint",
        "Shifts the colours between green and magenta, to take out a cast or to set a mood.",
        "Positive is greener, negative is more magenta.",
        "Shifts the colours towards green", "Shifts the colours towards magenta",
    ),
    _one_sided(
        "grain", "Grain",
        "Adds a fine film grain over the whole picture.",
        "Film grain. 0 is none, 100 the strongest.",
        "Adds a fine film grain",
    ),
    _signed(
        "vignette", "Vignette",
        "Darkens the corners to lead the eye inwards, or lightens corners that a lens made dark.",
        "Negative darkens the corners, positive lightens them; the middle stays.",
        "Lightens the corners", "Darkens the corners",
    ),
    _signed(
        "sharpness", "Sharpness",
        "Makes edges and fine detail crisper, or softens the whole picture.",
        "Positive sharpens, negative blurs softly.",
        "Makes edges and fine detail crisper", "Softens the picture",
    ),
)

BY_NAME: dict[str, ToolSpec] = {tool.name: tool for tool in TOOLS}
NAMES: tuple[str, ...] = tuple(BY_NAME)
ORDER: dict[str, int] = {name: i for i, name in enumerate(NAMES)}


def in_canonical_order(calls: list[ToolCall] | tuple[ToolCall, ...]) -> list[ToolCall]:
    """The same calls in the order in which the tools are applied when several are given at once."""
    return sorted(calls, key=lambda call: ORDER[call.name])
