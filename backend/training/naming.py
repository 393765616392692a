"""What a summary names: the inverse of `summaries.sentence`, for the summary's reward and for the benchmark."""

from __future__ import annotations

# How the agent's sentences about a person name an effect: phrase -> axis and sign.
PHRASES = {
    "brighter picture": "L+", "brighter": "L+", "darker": "L-", "warmer": "b+", "cooler": "b-", "more colourful": "S+",
    "less colourful": "S-", "sharper": "H+", "softer": "H-", "more contrast": "C+", "less contrast": "C-", "magenta tint": "a+",
    "green tint": "a-", "lighter corners": "V+", "darker corners": "V-", "film grain": "N+", "less noise": "N-",
    "faded matte look": "F+", "less fade": "F-", "sepia tone": "X+", "no sepia": "X-", "less haze": "Z+", "more haze": "Z-",
    "lighter shadows": "SH+", "deeper shadows": "SH-", "brighter highlights": "HL+", "softer highlights": "HL-",
    "brighter whites": "WH+", "duller whites": "WH-", "lifted blacks": "BL+", "deeper blacks": "BL-", "black-and-white": "BW+",
}


def effects_named(sentence: str) -> set[str]:
    """Axes and signs that a sentence names; longer phrases first, so that "softer highlights" is not "softer"."""
    rest, found = sentence.lower(), set()
    for words in ("slightly ", "slight ", "much ", "a lot of ", "a little ", "strong "):
        rest = rest.replace(words, "")
    for phrase in sorted(PHRASES, key=len, reverse=True):
        if phrase in rest:
            found.add(PHRASES[phrase])
            rest = rest.replace(phrase, "")
    return found
