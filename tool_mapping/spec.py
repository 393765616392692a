"""What the sixteen tools are: one home for each tool's range, neutral value, unit, wording and version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool of the agent.

    `minimum`, `maximum` and `neutral` are integers on the tool's own scale; at `neutral` the picture does not change.
    `about` is for people (what moving the slider does), `for_model` is what a language model reads in the JSON Schema.
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
    version: int = 1


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One step: a tool's name and an integer value within the tool's range."""

    name: str
    value: int


def _signed(name: str, title: str, about: str, for_model: str) -> ToolSpec:
    return ToolSpec(name, title, -100, 100, 0, "percent", about, for_model)


def _one_sided(name: str, title: str, about: str, for_model: str) -> ToolSpec:
    return ToolSpec(name, title, 0, 100, 0, "percent", about, for_model)


# In the order in which several tools are applied (IEA paper, section on the editor).
TOOLS: tuple[ToolSpec, ...] = (
    _signed(
        "exposure", "Exposure",
        "Multiplies the light, as a longer or shorter exposure would: bright parts move most, black stays black.",
        "Multiply all tones by 2^(value/100). Positive brightens, negative darkens; black stays black.",
    ),
    _signed(
        "brightness", "Brightness",
        "Moves every tone up or down by the same amount, shadows and highlights alike.",
        "Add 0.5*value/100 to all tones. Positive brightens, negative darkens evenly.",
    ),
    _signed(
        "contrast", "Contrast",
        "Spreads the tones away from mid-grey, or draws them together.",
        "Scale tones around mid-grey by 2^(value/100). Positive for more contrast, negative for less.",
    ),
    _one_sided(
        "fade", "Fade",
        "Lifts the blacks and flattens the picture, like an old print or a matte film.",
        "Matte, faded film look: lifts blacks and lowers contrast. 0 is none, 100 the strongest.",
    ),
    _signed(
        "natural_contrast", "Natural contrast",
        "Bends the tones in a soft S: more contrast in the middle while black and white stay where they are.",
        "S-curve through black, mid-grey and white. Positive for punch without clipping, negative for a flatter picture.",
    ),
    _signed(
        "highlights", "Highlights",
        "Brightens or recovers the bright parts; white and the shadows stay.",
        "Change bright tones only. Negative recovers bright areas, positive makes them glow.",
    ),
    _signed(
        "shadows", "Shadows",
        "Opens or deepens the dark parts; black and the bright parts stay.",
        "Change dark tones only. Positive opens the shadows, negative deepens them.",
    ),
    _signed(
        "whites", "Whites",
        "Moves the white point: the brightest tones reach white sooner, or turn to grey.",
        "Scale tones so that the white point moves. Positive for brighter whites, negative for duller ones.",
    ),
    _signed(
        "blacks", "Blacks",
        "Moves the black point: the darkest tones are lifted, or sink into black.",
        "Move the black point. Positive lifts blacks, negative makes them deeper.",
    ),
    _signed(
        "saturation", "Saturation",
        "Makes all colours stronger or weaker; at -100 the picture is black and white.",
        "Scale colour saturation by 1+value/100. -100 is black and white.",
    ),
    _signed(
        "vibrance", "Vibrance",
        "Strengthens or calms the weak colours and leaves strong ones and greys alone.",
        "Change muted colours more than strong ones. Positive for livelier colours, negative for calmer ones.",
    ),
    _signed(
        "temperature", "Temperature",
        "Makes the light warmer (yellow, like late sun) or cooler (blue, like shade).",
        "Colour temperature. Positive is warmer (yellow/orange), negative is cooler (blue).",
    ),
    _signed(
        "tint", "Tint",
        "Shifts the colours between green and magenta, to take out a cast or to set a mood.",
        "Positive is greener, negative is more magenta.",
    ),
    _one_sided(
        "grain", "Grain",
        "Adds a fine film grain over the whole picture.",
        "Film grain. 0 is none, 100 the strongest.",
    ),
    _signed(
        "vignette", "Vignette",
        "Darkens the corners to lead the eye inwards, or lightens corners that a lens made dark.",
        "Negative darkens the corners, positive lightens them; the middle stays.",
    ),
    _signed(
        "sharpness", "Sharpness",
        "Makes edges and fine detail crisper, or softens the whole picture.",
        "Positive sharpens, negative blurs softly.",
    ),
)

BY_NAME: dict[str, ToolSpec] = {tool.name: tool for tool in TOOLS}
NAMES: tuple[str, ...] = tuple(BY_NAME)
ORDER: dict[str, int] = {name: i for i, name in enumerate(NAMES)}


def in_canonical_order(calls: list[ToolCall] | tuple[ToolCall, ...]) -> list[ToolCall]:
    """The same calls in the order in which the tools are applied when several are given at once."""
    return sorted(calls, key=lambda call: ORDER[call.name])
