"""Whole requests with their meaning, written with alternatives in templates.txt: what single wishes put together do not cover.

There "= L+? C+m / S" says what the lines below it ask for and, behind the stroke, what must stay. A template is words with
choices in brackets, "[warm|golden] light"; an empty choice leaves it out; "{it}" stands for the picture. Labels ending in "?"
take the size that is drawn for the sentence, said by "{much}" (before a comparative) and "{after}" (behind a verb).
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

_MUCH = {
    "s": ("a bit ", "a little ", "slightly ", "a touch ", "a tad ", "a hair ", "somewhat ", "just a little ", "a tiny bit "),
    "m": ("",), "l": ("much ", "a lot ", "way ", "far ", "so much ", "a whole lot ", "significantly "),
}
_AFTER = {
    "s": (" a bit", " a little", " slightly", " a touch", " just a hair", " by 10%", " about 10 percent", " just a tiny bit",
          " ever so slightly", " by 5%", " a tad", " but only a little", " by a small amount"),
    "m": ("", "", "", "", " by 20%", " by about 25 percent", " around 20 percent", " by 30%", " some", " moderately"),
    "l": (" a lot", " by a lot", " by 50%", " about 60 percent", " heavily", " dramatically", " strongly", " by half",
          " as far as it goes", " big time", " massively", " by 80 percent"),
}
_CHOICE = re.compile(r"\[([^\[\]]*)\]")

_FILE = Path(__file__).with_suffix(".txt")


def read(text: str) -> list[tuple[list[str], list[str], str]]:
    """(effects, axes to keep, template) of each template in the form of templates.txt. Raises ValueError for a stray line."""
    out: list[tuple[list[str], list[str], str]] = []
    effects: list[str] = []
    keep: list[str] = []
    for line in text.splitlines():
        if line.startswith("= "):
            labels, _, held = line[2:].partition("/")
            effects, keep = labels.split(), held.split()
        elif line.strip() and not line.startswith("#"):
            if not effects:
                raise ValueError(f"a template without a meaning: {line!r}")
            out.append((effects, keep, line.strip()))
    return out


TEMPLATES = read(_FILE.read_text(encoding="utf-8"))


def _chosen(rng: np.random.Generator, template: str) -> str:
    while match := _CHOICE.search(template):
        options = match.group(1).split("|")
        template = template[:match.start()] + options[int(rng.integers(len(options)))] + template[match.end():]
    return template


def from_template(rng: np.random.Generator) -> tuple[str, list[str], list[str]]:
    """Words with "{it}" open, effects, axes to keep."""
    labels, keep, template = TEMPLATES[int(rng.integers(len(TEMPLATES)))]
    sized = "{much}" in template or "{after}" in template
    size = str(rng.choice(["s", "m", "l"], p=[0.28, 0.52, 0.20])) if sized else "m"
    words = _chosen(rng, template)
    for slot, ways in (("{much}", _MUCH), ("{after}", _AFTER)):
        words = words.replace(slot, ways[size][int(rng.integers(len(ways[size])))])
    words = words.replace("a lot way ", "way ").strip()
    if not sized and "?" in " ".join(labels):
        lead = words.split()[0].lower()
        size = {"way": "l", "so": "m", "a": "s", "kinda": "s", "slightly": "s"}.get(lead, "m")
    return words, [label.replace("?", size) for label in labels], list(keep)
