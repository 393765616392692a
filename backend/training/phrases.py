"""How people name each wish: words of our own, amateur and expert, from which requests are composed. Light and tone are here.

Each table entry is a `Phrases`; alternatives are written with "|" between them; "{it}" stands for the picture.
"""

from __future__ import annotations

from dataclasses import dataclass


def split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


@dataclass(frozen=True)
class Phrases:
    """Ways to ask for one direction of one axis.

    comparatives: "brighter" (make it ...); imperatives: "brighten {it}"; more, less: things to have more of, and less
    of; complaints: what it is too much now ("dark"); sayings: whole sentences of plain size; lots, bits: the same for a lot and
    a little.
    """

    comparatives: tuple[str, ...] = ()
    imperatives: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    bits: tuple[str, ...] = ()


TONE: dict[tuple[str, int], Phrases] = {
    ("L", 1): Phrases(
        split(
            "brighter|lighter|less dark|brighter overall|more luminous|less gloomy|less dim|sunnier in brightness|"
            "more visible|better lit"
        ),
        split(
            "brighten {it}|lighten {it}|brighten {it} up|lighten {it} up|turn up the brightness|raise the exposure|"
            "bump the exposure|increase the brightness|increase brightness|increase exposure|up the exposure|"
            "push the exposure up|boost the light|lift the exposure|add light to {it}|turn the lights on|light {it} up|"
            "expose {it} higher|raise the brightness|bring the brightness up|enhance the brightness|improve the lighting|"
            "give {it} more light|let more light in|add brightness|bump up brightness|crank the brightness|make {it} bright|"
            "raise the overall lightness|increase the light"
        ),
        split("light|brightness|exposure|daylight|luminosity|lightness|illumination"),
        split("darkness|gloom|murk"),
        split(
            "dark|dim|underexposed|gloomy|murky|black|shadowy overall|under-lit|dingy|underexposed overall|low in brightness"
        ),
        split(
            "I can hardly see anything|can't make out the faces|came out dark|you can barely see us|"
            "looks like it was shot in a cave|the flash didn't fire|needs more light|shot it too dark|why so dark|"
            "everything is in the dark|I want to see more|it looks like night and it was noon|"
            "turned out darker than it was in real life|the room was brighter than this|my camera underexposed this|"
            "nobody can see who is in it|it needs some light|should look like daytime|the exposure is too low|+1 EV|"
            "one stop up|give me another stop|expose one stop higher|ETTR it"
        ),
        split(
            "it's pitch black|can't see a single thing|make it super bright|two stops brighter|way underexposed|+2 EV|"
            "flood it with light|this is like the inside of a coal mine|as bright as you can without ruining it|"
            "I see nothing but black"
        ),
        split(
            "could use a little light|just a hint more light|+0.3 EV|a third of a stop up|tiny lift in exposure|"
            "a shade lighter would do|it's only slightly underexposed"
        ),
    ),
    ("L", -1): Phrases(
        split(
            "darker|dimmer|less bright|darker overall|moodier and darker|less exposed|more subdued in brightness|"
            "less glaring"
        ),
        split(
            "darken {it}|darken {it} down|dim {it}|lower the exposure|bring the exposure down|reduce the brightness|"
            "decrease brightness|turn down the brightness|drop the exposure|tone down the brightness|cut the light|"
            "pull the exposure down|decrease exposure|reduce exposure|lower the brightness|take the brightness down|"
            "dial back the brightness|make {it} dark|underexpose {it}|turn the lights down|lower the light|reduce the light"
        ),
        split("darkness|night feeling|gloom"),
        split("brightness|light|exposure|glare overall|brightness overall"),
        split("bright|overexposed|light|blinding|overlit|blown out overall|over-exposed|hot overall|glaring"),
        split(
            "it hurts my eyes|I overexposed this|the flash was too strong|it should look like evening|"
            "make it look like dusk|the exposure is too high|came out brighter than it was|"
            "it was almost night and it looks like noon|-1 EV|one stop down|pull it down a stop|looks bleached by the sun|"
            "it needs to be darker|everything glows, calm the light|more like nightfall"
        ),
        split(
            "make it look like midnight|two stops darker|-2 EV|way overexposed|make it really dark|almost black please|"
            "I want it as dark as a cinema"
        ),
        split("a shade darker|-0.3 EV|a third of a stop down|take the edge off the brightness|only a hint darker"),
    ),
    ("C", 1): Phrases(
        split(
            "punchier|more contrasty|less flat|more contrasted|bolder in contrast|less washed out|snappier|"
            "more striking in contrast|less grey and flat|deeper in contrast"
        ),
        split(
            "increase the contrast|add contrast|boost the contrast|up the contrast|bump the contrast|raise the contrast|"
            "add some punch|give {it} punch|add depth|pump up the contrast|strengthen the contrast|enhance the contrast|"
            "turn the contrast up|increase contrast|crank the contrast|put some contrast in|steepen the curve|"
            "apply an S-curve|give {it} some bite|add contrast to {it}|stretch the tonal range|give {it} more depth|"
            "set a black and a white point"
        ),
        split("contrast|punch|depth|bite|tonal contrast|dynamic contrast|snap"),
        split("flatness|greyness|washed-out look"),
        split(
            "flat|washed out|low in contrast|bland in contrast|grey and flat|faded|milky|lifeless|soft in contrast|muddy"
        ),
        split(
            "it looks flat|everything is one grey mush|no depth at all|needs more punch|"
            "blacks and whites are too close together|it has no bite|the tones all run together|looks washed out|"
            "it needs contrast|lights and darks should differ more|there's no difference between light and dark|"
            "give me an S curve|it's lacking contrast|feels flat to me"
        ),
        split(
            "high contrast please|really hard contrast|strong black, strong white|contrast to the max|"
            "make the contrast dramatic|super contrasty"
        ),
        split("a gentle S-curve|a pinch of contrast|subtle contrast boost|a hint of punch|little contrast lift"),
    ),
    ("C", -1): Phrases(
        split(
            "less contrasty|flatter|softer in contrast|gentler in contrast|less harsh|smoother in tone|less hard|less punchy"
        ),
        split(
            "reduce the contrast|lower the contrast|decrease contrast|soften the contrast|bring the contrast down|"
            "flatten {it}|tone down the contrast|take some contrast out|cut the contrast|decrease the contrast|"
            "turn down the contrast|ease the contrast|flatten the curve|compress the tones|make the light less harsh"
        ),
        split("flatness|softness in the tones|even tones"),
        split("contrast|harshness|punch|hardness"),
        split("contrasty|harsh|hard|high in contrast|stark|aggressive in contrast"),
        split(
            "the midday sun made it harsh|the light is so hard|the contrast is over the top|"
            "blacks and whites fight each other|too much difference between light and dark|low contrast look|"
            "tonally too aggressive|it looks too hard and I want it calm"
        ),
        split("very flat, almost no contrast|kill the contrast|extremely low contrast|flatten it completely"),
        split(
            "contrast down a notch|a hint less contrast|slightly gentler curve|soften the contrast ever so slightly"
        ),
    ),
    ("SH", 1): Phrases(
        split("lighter in the shadows|more open in the shadows|brighter in the dark areas|less dark in the shadows"),
        split(
            "lift the shadows|open the shadows|open up the shadows|brighten the shadows|raise the shadows|"
            "brighten the dark parts|lighten the dark areas|bring out the shadow detail|fill the shadows|"
            "recover the shadows|increase the shadows slider|add fill light|remove the shadows|reduce the shadows|"
            "pull detail out of the dark areas|lighten the shadows|bump the shadows|bring up the dark spots|"
            "get rid of the shadows|shadows up"
        ),
        split("shadow detail|detail in the dark areas|fill light|light in the shadows"),
        split("shadow|darkness in the shadows|shadowing"),
        split("dark in the shadows|blocked up in the shadows|black in the dark areas"),
        split(
            "the shadows are too deep|can't see anything in the shadows|faces are in shadow|"
            "the dark corners of the room hide everything|backlit, the people are just dark shapes|"
            "her face is lost in shadow|shadow areas need light|the dark bits need opening|"
            "the shade under the trees is black|detail in the dark parts please"
        ),
        split(
            "open the shadows as far as they go|shadows way up|completely lift the shadows|"
            "the shadows are pitch black, open them wide"
        ),
        split("a hint of fill light|nudge the shadows up|shadows up a hair|a little shadow recovery"),
    ),
    ("SH", -1): Phrases(
        split("darker in the shadows|deeper in the shadows"),
        split(
            "deepen the shadows|darken the shadows|make the shadows darker|lower the shadows|drop the shadows|"
            "add more shadow|bring the shadows down|darken the dark parts|pull the shadows down|make the dark areas darker|"
            "shadows down|strengthen the shadows"
        ),
        split("shadow|depth in the shadows|darkness in the shadows"),
        split("light in the shadows|shadow detail"),
        split("light in the shadows|open in the shadows|bright in the dark areas"),
        split(
            "the shadows look too light|shadows should be deeper|I want silhouettes|let the dark parts sink into black|"
            "the shade has no weight|dark areas need to be darker"
        ),
        split("shadows almost black|full silhouette please|much deeper shadows, heavy"),
        split("shadows a hair deeper|settle the shadows down gently"),
    ),
    ("HL", -1): Phrases(
        split("softer in the highlights|less blown out|calmer in the bright areas|darker in the highlights"),
        split(
            "recover the highlights|bring down the highlights|lower the highlights|reduce the highlights|"
            "pull back the highlights|tame the highlights|tone down the bright parts|darken the bright areas|"
            "get the sky detail back|save the sky|rescue the clouds|drop the highlights|decrease highlights|"
            "reduce the glare|get rid of the glare|bring the sky back|hold the highlights back|turn down the bright spots|"
            "bring detail back into the bright areas|highlights down|reduce the hot spots"
        ),
        split("detail in the sky|detail in the highlights|texture in the clouds"),
        split("glare|highlights|blown-out sky|hot spots|burnt-out areas"),
        split("blown out in the sky|hot in the highlights|burnt out in the bright parts|bright in the highlights"),
        split(
            "the sky is blown out|clouds are just white|the window is pure white|the bright bits are burnt|"
            "highlights are clipping|the white shirt has no detail|sky has no detail|the sun washed out the sky|"
            "lamps are too glaring|the snow is all white, no texture"
        ),
        split("highlights all the way down|massively blown sky, save what you can|pull the highlights way down"),
        split("highlights down a notch|take a little glare off|a touch of highlight recovery"),
    ),
    ("HL", 1): Phrases(
        split("brighter in the highlights|more glowing in the bright areas"),
        split(
            "raise the highlights|boost the highlights|brighten the highlights|increase the highlights|lift the highlights|"
            "make the bright parts brighter|make the highlights glow|let the light parts shine|push the highlights up|"
            "highlights up|enhance the highlights|add sparkle to the bright areas"
        ),
        split("highlights|glow in the bright parts|sparkle in the lights"),
        split("dullness in the highlights"),
        split("dull in the highlights|grey in the bright areas|dark in the highlights"),
        split(
            "the highlights are dull|bright parts should shine|the lights don't sparkle|sky is grey, make it glow|"
            "the highlights need a lift"
        ),
        split("highlights way up|make the bright areas really glow"),
        split("highlights up a hair|let the lights glow just a bit"),
    ),
    ("WH", 1): Phrases(
        split("whiter in the whites|cleaner in the whites"),
        split(
            "brighten the whites|make the whites whiter|raise the whites|push the white point|increase the whites|"
            "boost the whites|get the whites clean|set the white point brighter|make the white background really white|"
            "whites up|clean up the whites"
        ),
        split("white|brightness in the whites"),
        split("grey in the whites"),
        split("grey in the whites|dirty in the whites"),
        split(
            "the whites look grey|the paper should be white|the white wall isn't white|whites need to be pure|"
            "the snow looks grey|white background please, it's grey now|the dress should be a clean white"
        ),
        split("whites way up|really bright whites|as white as possible"),
        split("whites up a notch|slightly cleaner whites|a hair whiter"),
    ),
    ("WH", -1): Phrases(
        split("softer in the whites|less stark in the whites"),
        split(
            "lower the whites|reduce the whites|pull the whites down|tone down the whites|bring the white point down|"
            "tame the whites|decrease the whites|make the whites less harsh|whites down"
        ),
        (), split("white|brightness in the whites"),
        split("stark in the whites|bright in the whites"),
        split(
            "the whites are too bright|the white shirt is glaring|the whites jump out too much|white areas are screaming"
        ),
        split("whites way down|bring the whites down a lot"), split("whites down a touch|a tad less white"),
    ),
    ("BL", 1): Phrases(
        split("softer in the blacks|less black in the blacks"),
        split(
            "lift the blacks|raise the blacks|raise the black point|make the blacks softer|bring the blacks up|"
            "increase the blacks slider|soften the blacks|make the black less black|blacks up|lighten the blacks"
        ),
        split("detail in the blacks"), split("pure black|black"),
        split("crushed in the blacks|black in the blacks|heavy in the blacks"),
        split(
            "the blacks are crushed|blacks are too heavy|the black suit is a black hole|no detail in the blacks|"
            "I don't want pure black"
        ),
        split("blacks way up|lift the blacks a whole lot"), split(
            "blacks up a notch|take the hardness off the blacks a little"
        ),
    ),
    ("BL", -1): Phrases(
        split("deeper in the blacks|blacker in the blacks|richer in the blacks"),
        split(
            "deepen the blacks|make the blacks blacker|lower the blacks|crush the blacks|lower the black point|"
            "drop the blacks|make black really black|get richer blacks|darken the blacks|blacks down|pull the blacks down|"
            "set a proper black point"
        ),
        split("black|depth in the blacks"), split("grey in the blacks"),
        split("grey in the blacks|milky in the blacks|weak in the blacks"),
        split(
            "the blacks look grey|black should be black|blacks are milky|the black is washed out|the night sky isn't black|"
            "the black coat looks faded"
        ),
        split("crush the blacks completely|blacks as deep as they go|ink black shadows"),
        split("blacks a hair deeper|slightly richer blacks|settle the blacks a touch"),
    ),
    ("Z", 1): Phrases(
        split("less hazy|less foggy|clearer through the haze|less misty"),
        split(
            "remove the haze|dehaze {it}|cut through the haze|get rid of the fog|clear the mist|take away the haze|"
            "remove the fog|cut the haze|reduce the haze|clean up the haze|get the smog out|apply dehaze|"
            "clear up the foggy look|remove the milky veil"
        ),
        split("clear air|dehaze|clarity in the distance"), split("haze|fog|mist|smog|veil"),
        split("hazy|foggy|misty|smoggy|veiled"),
        split(
            "there's a haze over everything|it looks foggy|the mountains disappear in the mist|shot through a dirty window|"
            "looks like smoke in front of the lens|the distance is all milky|my lens was fogged up|the view drowns in haze"
        ),
        split("dehaze to the max|kill the fog completely|thick fog everywhere, get it all out"),
        split("a hint of dehaze|clear the haze slightly|little less mist"),
    ),
}
