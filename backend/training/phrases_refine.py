"""What people say after a first edit, in words of our own: more of it, less of it, back, without, keep, instead, thanks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.training.phrases import split

# Words about the whole of the last turn, by the factor that they put on it. Each list is its share of what is said.
SCALES: dict[float, tuple[str, ...]] = {
    0.75: split(
        "a bit less|a little less|slightly less|a touch less|a tad less|just a bit less|a hair less|less, but only a bit|"
        "dial it back a notch|take it back a little|a little less of it|ease off a bit|pull back a bit|calm it down a bit|"
        "it's a bit much|that's a bit too strong|a bit too much|slightly too much|a little too strong|one notch less|"
        "ease it back slightly|a shade weaker|slightly weaker|slightly subtler|a little gentler|a bit softer on the effect|"
        "bit less pls|tad too much|20% less|25% less|a quarter less|a fraction less|tone it down a smidge|"
        "almost, just a little less|good but slightly overdone|nearly right, a bit strong|back off a touch"
    ),
    0.6: split(
        "less|less of it|less of that|less please|subtler|more subtle|tone it down|meh, tone it down|dial it back|"
        "not that strong|not so strong|not so much|not that much|not as much|softer approach please|go easier|"
        "a smaller amount|weaker|too much|too strong|that's too much|it's too much|this is too much|too heavy|too intense|"
        "gentler|more gentle|more subtle please|not that much!!|reduce the effect|lower the intensity|a weaker effect|"
        "make the effect weaker|weaken it|overdone|it's overdone|you overdid it a bit|less is more|more discreet|"
        "turn it down|dial down the effect|less intense|less obvious|less extreme|less strong|less aggressive|milder|"
        "lighter touch please|a lighter hand|I asked for subtle|should be more natural than this|don't overdo it|"
        "bring it down|reduce it|decrease the effect|lower it|back off|easy there|whoa, easy|too extreme for me|"
        "that looks overprocessed|it looks overedited|looks too edited|less of this edit|smaller steps please|"
        "reduce the strength|lower the strength|make it milder|don't exaggerate|it's exaggerated|40% less"
    ),
    0.5: split(
        "half of that|half of it|half as much|cut it in half|halve it|too strong, tone everything down by half|50% less|"
        "only half the effect|halfway between this and the original|somewhere in the middle|halfway back|half that please|"
        "could it be halfway between this and the first one|half the strength|half strength|half as strong|just half|"
        "half the amount|by half please|50 percent of that|reduce by half|meet me in the middle|halfway please|"
        "go halfway back to what it was|split the difference with the original|middle ground between before and after|"
        "somewhere between the two|between the original and this"
    ),
    0.35: split(
        "that's way over the top|way too much|far too strong|you overdid it|much less|a lot less|waaay too much|way less|"
        "you went overboard|good lord, that's too heavy|tone it down a lot|it's completely overdone|far too much|"
        "much too strong|much too much|way too strong|far less|much weaker|much subtler|a lot subtler|a lot weaker|"
        "totally overdone|massively overdone|this is insane, way less|a lot gentler please|only a fraction of that|"
        "holy moly, dial that way back|much gentler|that's crazy, tone it way down|so much less|ridiculously strong|"
        "I said a little!|just a little I said|it should be barely noticeable|make it barely visible"
    ),
    0.25: split("a quarter of that amount|a quarter of that|only a quarter|25% of that would do|75% less|25 percent of that"),
    0.67: split("about a third less|a third less|two thirds of that|30% less|reduce it by a third|a third off"),
    0.1: split("10% of what you just did would be plenty|a tenth of that|hardly anything please, 10%|90% less"),
    1.25: split(
        "nearly. push it slightly further|a bit more like that|yes!! a bit more like that|just a little more of that|"
        "slightly stronger|a notch more|a touch more of the same|almost, a bit more|20% more|one more notch|a bit more|"
        "a little more|slightly more|a tad more|a touch more|just a bit more|a hair more|a smidge more|bit more|lil more|"
        "a bit stronger|a little stronger|a touch stronger|slightly further|a bit further|a little further|25% more|"
        "ever so slightly more|just slightly more|could be a bit stronger|could go a little further|nearly there, bit more|"
        "good direction, slightly more|a quarter more|add a bit more of that|a bit more of it|a bit more of the same|"
        "a little more of the same please|one step further|one click more|a fraction more|more, but only a little"
    ),
    1.5: split(
        "more|more|more|keep going|even more of it please|more of that|stronger|further|go on|push it more|even more|"
        "increase the effect|I like it, more|more please|turn it up|a stronger effect|do more of it|50% more|intensify it|"
        "more of the same|more of this|more of it|even stronger|even further|go further|push it further|more!|moar|"
        "more pls|and more|still more|some more|a stronger version|make it stronger|make the effect stronger|strengthen it|"
        "not enough|not strong enough|too weak|too subtle|too little|it's too subtle|this is too weak|more intense|"
        "more pronounced|more noticeable|more visible effect|make it more obvious|continue|go ahead, more|keep pushing|"
        "don't be so shy|be bolder|bolder|braver|crank it up|amp it up|step it up|give me more|I want more|needs more|"
        "it needs more of that|yes, more|yes like that but more|right direction, more|good start, go further|"
        "increase it|raise the effect|boost the effect|more effect|same but stronger|same direction, more|heavier|"
        "carry on like this|half as much again|add more of that|I'd like it stronger|should be stronger"
    ),
    1.8: split(
        "still not enough|did you do anything? I see no difference, go stronger|I can hardly see the change|go stronger|"
        "much stronger|a lot more|that's too weak|way more please|barely visible, push it|way more|much more|far more|"
        "a whole lot more|nowhere near enough|not nearly enough|not even close, more|I don't see any difference|"
        "nothing changed|I can't see a difference|is that all?|that's all?|hardly noticeable, more|far too weak|"
        "far too subtle|way too weak|way too subtle|significantly more|a lot stronger|lots more|way stronger|"
        "I barely notice it|it looks the same to me|looks exactly the same|where is the change? more|much further|"
        "go all out|go crazy with it|really push it|push it hard|go much further|no change visible, more please"
    ),
    2.0: split(
        "twice that|double it|twice as much|same again|more more more|do the same again|once more|again|double the effect|"
        "2x|100% more|repeat that|do it again|the same once more|one more time|double that|twice the effect|twice as strong|"
        "double the strength|and again|apply it again|another round of that|another dose|second helping please"
    ),
    3.0: split("three times that|triple it|3x|three times as strong"),
    -0.8: split(
        "nope, other direction|the other way round|wrong direction|opposite please|I meant the opposite|"
        "exactly the wrong way|the other way|reverse that|do the opposite|no, the opposite|wrong way round|"
        "that's the wrong way, I wanted the reverse|invert that change|you went the wrong way"
    ),
}
SCALE_SHARES: dict[float, float] = {
    0.75: 4, 0.6: 6, 0.5: 3, 0.35: 3, 0.25: 0.8, 0.67: 1, 0.1: 0.5, 1.25: 4, 1.5: 7, 1.8: 3, 2.0: 3, 3.0: 0.2, -0.8: 0.8,
}
BACK = split(
    "undo|undo that|one step back|forget the last one|take that back|go back|revert the last change|back to before|no, undo|"
    "remove the last change|cancel that|previous version please|that last change was bad, undo it|step back|"
    "not that, go back|undo please|I liked it better before|undo the last step|back to the previous one|back one step|"
    "go back one|that was better before|the version before was better|it was better before that|as it was before|"
    "no no, back|nope, back|revert|revert that|undo the last thing|undo your last change|put it back|put it back please|"
    "take it back|ugh, undo|ctrl z|Ctrl+Z|don't like it, undo|I don't like that, go back|worse, go back|"
    "that made it worse|it was nicer before|the last one was better|the one before please|return to the previous version"
)
ALL = split(
    "start over|take everything off again|nah I liked the original better|oh no. revert all of it|back to square one|reset|"
    "reset everything|original please|give me the untouched picture|undo everything|remove all edits|back to the original|"
    "clear all steps|scrap all that|everything back to zero|as it was at the beginning|I want the original photo|"
    "throw it all away|delete all changes|none of it, start again|undo all|undo all of it|undo all changes|reset all|"
    "start from scratch|start again from the beginning|the original was better|go back to the original|no edits at all|"
    "remove everything you did|take all of it back|show me the unedited photo|unedited please|forget all of that|"
    "forget everything|wipe it all|all steps off|all back to normal|restore the original|the very first version|"
    "back to how it was at the start|discard everything|clean slate"
)
PLEASED = split(
    "thanks|thank you|perfect|great|lovely|that's it|looks good|looks great|I like it|love it|nice|awesome|keep it|"
    "keep it like this|leave it like that|that's perfect, thanks|exactly what I wanted|done|I'm happy with this|super|ok|"
    "okay|good|cool|yes|very good|fine like this|don't change anything else|stop here|great job|well done|beautiful|wow|"
    "this is good|exactly like that|just right|that'll do|no further changes|finished|all good now|it's perfect now"
)
# What is in force, by axis and the way it goes, as people call it.
CALLED: dict[tuple[str, int], tuple[str, ...]] = {
    ("L", 1): split("brightness|exposure|brightening|extra light|light|lightening"),
    ("L", -1): split("darkening|darkness|exposure change|brightness change|dimming"),
    ("C", 1): split("contrast|contrast boost|punch|added contrast|contrast thing"),
    ("C", -1): split("flatness|flat look|contrast change|soft contrast|low contrast"),
    ("S", 1): split("saturation|colours|colour boost|vibrance|colors|extra colour|colour"),
    ("S", -1): split("desaturation|muted colours|saturation change|muted look|paleness"),
    ("b", 1): split("warmth|warm tone|yellow|temperature|colour temperature|golden tone|orange tone|warm look"),
    ("b", -1): split("cool tone|blue|coldness|temperature|colour temperature|cold look|blue tone"),
    ("a", 1): split("magenta|pink|tint|pink tint|magenta tint|red tone"),
    ("a", -1): split("green|tint|green tint|greenish tone|green tone"),
    ("H", 1): split("sharpening|sharpness|crispness|detail boost"),
    ("H", -1): split("blur|softening|softness|soft focus"),
    ("N", 1): split("grain|film grain|noise|grain effect"),
    ("V", -1): split("vignette|dark corners|dark edges|corner shading|edge darkening|vignetting"),
    ("V", 1): split("bright corners|lighter corners|corner change|vignette change|corner brightening"),
    ("F", 1): split("fade|matte look|faded look|matte effect|fading|matte thing"),
    ("SH", 1): split("shadow lift|shadows|fill light|lifted shadows|shadow change"),
    ("SH", -1): split("shadows|deep shadows|shadow change|shadow darkening"),
    ("HL", 1): split("highlights|highlight boost|glow|highlight change"),
    ("HL", -1): split("highlight change|highlights|highlight recovery|highlights tweak"),
    ("WH", 1): split("whites|change to the whites|whites boost"),
    ("WH", -1): split("whites|change to the whites|duller whites"),
    ("BL", 1): split("blacks|change to the blacks|lifted blacks"),
    ("BL", -1): split("blacks|change to the blacks|deep blacks"),
    ("BW", 1): split("black and white|b&w|bw conversion|monochrome|black & white"),
    ("X", 1): split("sepia|sepia tone|brown tone"),
    ("Z", 1): split("dehaze|haze removal|dehazing"),
}
TAKE = split(
    "undo the {x}|remove the {x}|drop the {x}|without the {x}|no {x}|take the {x} out|lose the {x}|cancel the {x}|"
    "get rid of the {x}|the {x} can go|revert the {x}|reset the {x}|{x} back to how it was|I don't like the {x}|no more {x}|"
    "undo the {x} but keep the rest|kill the {x}|leave out the {x}|{x} off|put the {x} back to normal|skip the {x}|"
    "please take back the {x}|the {x} was a mistake|{x} as in the original|without {x}|same but without the {x}|"
    "everything but the {x}|take away the {x}|delete the {x}|ditch the {x}|only the {x} has to go|turn off the {x}|"
    "{x} to zero|set the {x} back to zero|the {x} is not needed|don't need the {x}|I'd rather not have the {x}|"
    "remove the {x} again|the {x} was nicer before|{x} like before please|all fine except the {x}, remove it"
)
# Words about one thing in force, by the factor that they put on it; "{x}" is what it is called.
NOUN_SCALES: dict[float, tuple[str, ...]] = {
    0.75: split(
        "a bit less {x}|a little less {x}|slightly less {x}|{x} down a notch|a touch less {x}|ease the {x} back a little|"
        "the {x} is a bit strong|the {x} is slightly too much|the {x} could be a bit weaker|a tad less {x}|"
        "the {x} is a bit heavy|reduce the {x} a bit|tone the {x} down slightly|pull the {x} back a hair|20% less {x}"
    ),
    0.55: split(
        "less {x}|not so much {x}|too much {x}|tone down the {x}|reduce the {x}|lower the {x}|the {x} is too strong|"
        "a weaker {x}|subtler {x}|ease off the {x}|the {x} is too much|dial the {x} back|less of the {x}|weaken the {x}|"
        "the {x} is overdone|not that much {x}|the {x} is too heavy|turn down the {x}|calm the {x}|gentler {x} please|"
        "bring the {x} down|too much {x} now|you overdid the {x}|the {x} is too obvious|smaller dose of {x}"
    ),
    0.5: split(
        "half the {x}|halve the {x}|half as much {x}|cut the {x} in half|make the {x} half as strong|take half the {x} out|"
        "50% less {x}|{x} at half strength|only half of the {x}"
    ),
    0.3: split(
        "way too much {x}|far too much {x}|much less {x}|a lot less {x}|way less {x}|the {x} is way over the top|"
        "the {x} is far too strong|only a hint of {x}|barely any {x} please|tone the {x} way down|just a trace of {x}"
    ),
    1.3: split(
        "a bit more {x}|a little more {x}|slightly more {x}|a touch more {x}|{x} up a notch|push the {x} a little further|"
        "a slightly stronger {x}|a tad more {x}|the {x} could be a bit stronger|{x} could go one more step|20% more {x}"
    ),
    1.6: split(
        "more {x}|stronger {x}|even more {x}|push the {x} further|a stronger {x}|not enough {x}|still not enough {x}|"
        "the {x} is too weak|increase the {x}|intensify the {x}|the {x} should be stronger|heavier {x}|raise the {x}|"
        "the {x} is barely visible|I hardly see the {x}|turn the {x} up|boost the {x}|go further with the {x}|50% more {x}"
    ),
    2.0: split(
        "double the {x}|twice the {x}|twice as much {x}|much more {x}|a lot more {x}|way more {x}|{x} times two|"
        "double up on the {x}|a much stronger {x}|go crazy with the {x}|100% more {x}"
    ),
}
ONLY = split(
    "keep the {x} but undo the rest|keep only the {x}|undo everything but the {x}|just the {x}, drop the rest|only the {x}|"
    "only keep the {x}|the {x} is good, remove everything else|everything off except the {x}|leave just the {x}|"
    "I only want the {x}|just the {x} please|all but the {x} can go|nothing but the {x}"
)
# Words that turn one thing in force round.
REVERSE = split(
    "reverse the {x}|the other way round with the {x}|{x} the other way please|the opposite of that {x}|flip the {x}|"
    "wrong way with the {x}|wrong direction on the {x}|{x}: other direction|the {x} should go the opposite way|"
    "I wanted the opposite of {x}|invert the {x}|turn the {x} round|not {x}, the opposite|you got the {x} backwards|"
    "swap the {x} for its opposite|the {x} went the wrong way, turn it over|{x} is the wrong way round|switch the {x} over"
)
THINGS = ("look", "thing", "effect", "part", "bit", "style", "stuff", "feel", "vibe", "mood", "treatment", "filter")
KEEPING = split(
    "keep the {x}, {t}|{t}, the {x} is good|keep the {x} but {t}|leave the {x}, {t}|{t}, {x} stays|{t} but keep the {x}|"
    "the {x} is perfect, {t}|{t}, without touching the {x}|{t}, don't touch the {x}|{x} is spot on, just {t}"
)
REST = {
    0.55: split(
        "less of everything except the {x}|keep the {x}, tone down the rest|leave the {x}, everything else weaker|"
        "the {x} is right, the rest is too much|{x} stays, the rest less strong"
    ),
    1.5: split(
        "more of everything except the {x}|keep the {x}, push the rest|leave the {x}, everything else stronger|"
        "the {x} is right, the rest could be stronger|{x} stays, more of the rest"
    ),
}
EVEN = split(
    "even {c}|even {c} please|{c} still|still {c}|make it even {c}|a lot {c} even|go even {c}|yet {c}|{c} yet|{c} again|"
    "even {c} than that|even {c} than this|more, even {c}|could be even {c}|I want it even {c}|can it be even {c}?|"
    "{c}! even {c}|just a bit {c} still|keep going, {c}"
)
STILL = split(
    "still too {w}|it's still too {w}|still {w}|it is still {w}|still looks {w}|too {w} still|still a bit {w}|"
    "it's still a little {w}|still way too {w}|hmm, still {w}|better but still too {w}|better, still {w} though|"
    "I think it's still {w}|still too {w} for me|remains too {w}|that's still {w}"
)
ENOUGH = split(
    "not {w} enough|still not {w} enough|it's not {w} enough|not {w} enough yet|could be more {w}|not yet {w} enough|"
    "should be more {w}|it isn't {w} enough"
)
# Too far now: the axis is in force and has gone too far.
TOO_FAR: dict[float, tuple[str, ...]] = {
    0.75: split(
        "a bit too {w}|slightly too {w}|a little too {w} now|now it's a bit too {w}|a tad too {w}|a touch less {w}|"
        "a bit less {w}|slightly less {w}|a little less {w}|just a bit less {w}|not quite so {w}|a hair less {w}|"
        "good, but a bit too {w}|slightly less {w} than that|nearly, but a bit less {w}"
    ),
    0.55: split(
        "too {w}|too {w} now|now it's too {w}|it's too {w} now|not so {w}|not that {w}|not as {w}|less {w}|it got too {w}|"
        "you made it too {w}|this is too {w}|it became too {w}|not so {w} please|make it less {w}|ok but less {w}|"
        "that's too {w}|turned out too {w}|whoa, too {w}|I didn't want it that {w}|now it looks too {w}|why so {w}|"
        "should be less {w}|good but not so {w}|nice, but not that {w}|a bit less {w} than now would be good"
    ),
    0.3: split(
        "way too {w}|far too {w}|much too {w}|way too {w} now|now it's far too {w}|much less {w}|a lot less {w}|way less {w}|"
        "insanely {w} now|it's extremely {w} now|good grief, way too {w}|nowhere near that {w}"
    ),
}
PRAISE = split(
    "nice, but|good, but|better, but|great,|perfect, just|almost,|love it, but|ok but|okay, now|now|and|and now|also|"
    "cool, and|hmm,|yes, and|thanks, now|ok,|closer, but|then|fine,|super,|well done, but|not bad, but|getting there,|"
    "nice.|good.|yes.|no,|well,|hm,|I like it but|much better, but|that's better,|good start,|pretty good, but|wow,|right,|"
    "almost there,|good direction,|much nicer, just"
)
NOW = split(
    "now it's|now it is|it's now|it got|it became|now the picture is|this is now|you made it|it turned out|whoa,"
)
INSTEAD = split(
    "no, {w} instead|{w} instead|rather {w}|forget that, {w}|scrap that, {w}|undo that and {w}|not that, {w}|"
    "drop that, {w} instead|I changed my mind, {w}|instead of that, {w}|take that back and {w}|no no, {w}|"
    "go back and {w} instead|try something else: {w}|on second thought, {w}"
)
SAME_BUT = split(
    "more of the same but {w}|same again, but {w}|more of that, and {w}|stronger, and {w}|more, but {w}|"
    "even more of it, and {w}|keep going, but {w}|push it further and {w}"
)
LESS_BUT = split(
    "less of it but {w}|weaker, and {w}|half of that, but {w}|not so strong, and {w}|tone it down, and {w}|"
    "subtler please, and {w}|a bit less, but {w}|too much, and {w}"
)


def pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]
