"""Says wishes in plain words: the first reader understands those best, and an answer to them has one meaning from end to end.

"We look like corpses" is understood by the reader of follow-ups; decided and explained is "warmer", which cannot be read the
other way round. tests/backend/agent/test_onnx_agent.py holds every phrase to what the shipped network makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.agent.turns import size_name

# By axis and direction: what follows "a bit", what stands alone, what follows "a lot" or is it.
WORDS: dict[str, tuple[str, str, str]] = {
    "L+": ("a bit brighter", "brighter", "much brighter"), "L-": ("a bit darker", "darker", "much darker"),
    "C+": ("a bit more contrast", "more contrast", "a lot more contrast"),
    "C-": ("a bit less contrast", "less contrast", "a lot less contrast"),
    "S+": ("a bit more colourful", "more colourful", "much more colourful"),
    "S-": ("a bit less saturated", "less saturated", "a lot less saturated"),
    "b+": ("a bit warmer", "warmer", "much warmer"), "b-": ("a bit cooler", "cooler", "much cooler"),
    "a+": ("a bit more magenta", "more magenta", "a lot more magenta"), "a-": ("a bit greener", "greener", "much greener"),
    "H+": ("a bit sharper", "sharper", "much sharper"), "H-": ("a bit softer focus", "softer focus", "much softer focus"),
    "N+": ("a bit of film grain", "add film grain", "a lot of film grain"),
    "N-": ("a bit less noise", "less noise", "a lot less noise"),
    "V+": ("slightly lighter corners", "lighter corners", "much lighter corners"),
    "V-": ("slightly darker corners", "darker corners", "much darker corners"),
    "F+": ("a bit more faded", "more faded", "much more faded"),
    "F-": ("a bit more contrast", "more contrast", "a lot more contrast"),
    "Z+": ("a bit less hazy", "less hazy", "a lot less hazy"), "X+": ("a bit of sepia", "sepia", "strong sepia"),
    "SH+": ("slightly lighter shadows", "lighter shadows", "much lighter shadows"),
    "SH-": ("slightly darker shadows", "darker shadows", "much darker shadows"),
    "HL+": ("slightly brighter highlights", "brighter highlights", "much brighter highlights"),
    "HL-": ("slightly darker highlights", "darker highlights", "much darker highlights"),
    "WH+": ("slightly whiter whites", "whiter whites", "much whiter whites"),
    "WH-": ("slightly softer whites", "softer whites", "much softer whites"),
    "BL+": ("slightly lifted blacks", "lifted blacks", "strongly lifted blacks"),
    "BL-": ("slightly deeper blacks", "deeper blacks", "much deeper blacks"),
    "BW+": ("black and white", "black and white", "black and white"),
}


def restated(wishes: Mapping[str, float], sizes: Mapping[str, float]) -> str:
    """ "a bit warmer and less contrast". wishes: axes with direction that are asked for; sizes: how much of each, 0..1."""
    said = [WORDS[axis]["sml".index(size_name(sizes[axis]))] for axis in wishes if axis in WORDS]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
