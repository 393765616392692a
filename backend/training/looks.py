"""Named looks ("golden hour", "noir"): recipes of wishes, reached on the photo like any other, and what people call them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.training.compose import finish
from backend.training.effects import Wish, parse_one
from backend.training.goals import Facts
from backend.training.language import Utterance
from backend.training.phrases import split


@dataclass(frozen=True)
class Look:
    """names: what it is called; wishes: labels; the first ones matter most and stay when the look is asked for "a hint of"."""

    names: tuple[str, ...]
    wishes: tuple[str, ...]


LOOKS: tuple[Look, ...] = (
    Look(split("golden hour|golden hour light|golden hour vibes|that golden hour glow|late afternoon sun"),
         ("b+m", "S+s", "L+s")),
    Look(split("matte film|matte film look|matte finish like film|soft matte"), ("F+m", "S-s")),
    Look(split("film noir|noir|noir detective movie|1940s noir"), ("BW+m", "C+m", "V-m")),
    Look(split("moody|moody and dark|moody vibe|dark moody atmosphere|brooding mood"), ("L-m", "S-s", "b-s")),
    Look(split("airy|light and airy|bright and airy|airy and fresh|clean and airy"), ("L+m", "C-s")),
    Look(split("faded vintage|vintage|vintage film|old vintage print|retro print|70s print|seventies album"),
         ("F+m", "b+s", "S-s")),
    Look(split("cross-processed|cross process|lomo|lomography|lomo camera"), ("C+m", "S+m", "a-s", "V-m")),
    Look(split("teal and orange|teal & orange blockbuster|orange and teal"), ("S+m", "C+s", "b+s")),
    Look(split("high key|high-key|high key studio|white studio look"), ("L+l", "C-s")),
    Look(split("low key|low-key|low key portrait|Rembrandt light"), ("L-m", "C+s", "V-m")),
    Look(split("dreamy|dreamlike|dreamy fairy tale|soft and dreamy|fairy tale"), ("H-m", "L+s", "C-s")),
    Look(split("sunset|sunset mood|warm sunset light|as if the sun was setting"), ("b+l", "a+s", "L-s")),
    Look(split("winter|wintry|cold winter day|frosty morning|icy winter"), ("b-m", "S-s")),
    Look(split("cinematic|like a movie still|movie look|film still|cinema look|hollywood look"), ("C+m", "S-s", "V-s")),
    Look(split("pastel|pastel colours|soft pastel|candy pastel"), ("S-m", "L+s", "C-s")),
    Look(split("gritty|gritty street|gritty documentary|rough and gritty|grunge"), ("C+m", "S-m", "H+m")),
    Look(split("polaroid|instant camera|like an old polaroid|polaroid vibe"), ("F+m", "b+s", "V-s")),
    Look(split("bleach bypass|bleached film|war movie look"), ("S-l", "C+m")),
    Look(split("kodachrome|slide film|old slide|vivid slide film"), ("S+m", "C+m", "b+s")),
    Look(split("autumn|autumn mood|fall colours|cosy october"), ("b+m", "S+s")),
    Look(split("summer|summer holiday|summer vibes|beach day"), ("L+s", "b+s", "S+m")),
    Look(split("spooky|horror movie|creepy|haunted house"), ("L-m", "a-s", "S-m", "V-m")),
    Look(split("matrix|like the matrix|hacker movie green"), ("a-m", "C+s")),
    Look(split("moonlight|night scene|day for night|moonlit"), ("L-l", "b-m", "S-m")),
    Look(split("romantic|romantic evening|wedding look|soft romantic"), ("b+s", "a+s", "H-s")),
    Look(split("old photograph|antique|photo from 1900|wild west|victorian photograph"), ("X+m", "V-s")),
    Look(split("newspaper|press photo from the sixties|old reportage"), ("BW+m", "C+m", "N+m")),
    Look(split("analog film|shot on film|35mm film|analogue"), ("N+m", "F+s", "b+s")),
    Look(split("clean product photo|catalogue look|product shot|web shop look"), ("L+m", "WH+s", "H+m")),
    Look(split("food magazine|appetising food photo|tasty food look"), ("b+s", "S+m", "L+s")),
    Look(split("travel magazine|postcard|travel poster|holiday postcard"), ("S+m", "C+m")),
    Look(split("fashion magazine|vogue|glossy magazine"), ("C+m", "H+s", "L+s")),
    Look(split("HDR|HDR look|like HDR"), ("SH+m", "HL-m", "S+s")),
    Look(split("misty morning|foggy morning|hazy morning|soft mist"), ("F+m", "b-s")),
    Look(split("candlelight|by candlelight|fireside|fireplace mood"), ("b+l", "L-s", "V-s")),
    Look(split("neon night|cyberpunk|neon city"), ("S+l", "a+s", "b-s", "C+s")),
    Look(split("rainy day|rainy sunday|melancholic|sad mood|gloomy november"), ("S-m", "b-s", "L-s")),
    Look(split("wes anderson|candy shop|retro pastel movie"), ("S+s", "b+s", "C-s")),
    Look(split("desert|mad max|sahara heat"), ("b+l", "C+m", "S+m")),
    Look(split("underwater|deep sea|under the ocean"), ("b-m", "a-m", "L-s")),
    Look(split("minimalist|scandinavian|nordic interior|clean nordic"), ("L+m", "S-s", "b-s")),
    Look(split("drama|dramatic sky|stormy|thunderstorm"), ("C+m", "HL-m", "L-s")),
)
_ASKS = split(
    "{look}|{look} please|give it a {look} look|make it {look}|I want a {look} feel|{look} style|a {look} mood|"
    "turn it into something {look}|{look} vibes|can you do {look}?|make it look {look}|could it be more {look}|"
    "I'd love a {look} atmosphere|go for {look}|think {look}|{look}, you know what I mean|give me {look}|"
    "apply a {look} filter|edit it in a {look} style|something like {look}|{look} edit|in the style of {look}"
)
_HINTS = split(
    "a hint of {look}|slightly {look}|just a touch of {look}|a bit of {look}|subtle {look}|a little {look}"
)
_FULL = split("really strong {look}|full on {look}|very {look}|extreme {look} look|over the top {look}")


def look(rng: np.random.Generator, facts: Facts) -> tuple[Utterance, list[Wish]]:
    """A look in somebody's words, and no further wishes: its effects stand in the utterance."""
    chosen = LOOKS[int(rng.integers(len(LOOKS)))]
    labels = list(chosen.wishes)
    roll = rng.random()
    asks = _ASKS
    if roll < 0.12:
        asks, labels = _HINTS, [w[:-1] + "s" if w[0] != "B" else w for w in labels[:2]]
    elif roll < 0.22:
        asks, labels = _FULL, [w[:-1] + {"s": "m", "m": "l", "l": "l"}[w[-1]] if w[0] != "B" else w for w in labels]
    if facts.chroma < 4:
        labels = [w for w in labels if parse_one(w).axis != "S"] or labels
    words = asks[int(rng.integers(len(asks)))].replace("{look}", chosen.names[int(rng.integers(len(chosen.names)))])
    return Utterance(finish(rng, words), labels), []
