"""How people name each wish: words of our own for colour, detail and looks (see `phrases` for the form)."""

from __future__ import annotations

from backend.training.phrases import Phrases, split

COLOUR: dict[tuple[str, int], Phrases] = {
    ("S", 1): Phrases(
        split(
            "more colourful|more colorful|more vibrant|more saturated|more vivid|richer in colour|livelier|less pale|"
            "less muted|more intense in colour|less grey in colour|bolder in color"
        ),
        split(
            "increase the saturation|boost the colours|boost the colors|bring out the colours|add colour|add color|"
            "pump up the colours|saturate {it}|make the colours pop|make the colors stronger|enhance the colours|"
            "enhance the colors|turn up the saturation|add vibrance|increase the vibrance|liven up the colours|"
            "make the colours richer|intensify the colours|deepen the colours|make the colors more vivid|"
            "brighten up the colours by saturating them|up the saturation|crank up the color|add saturation|"
            "make the colours stand out|increase color intensity|give the colours some life|strengthen the colors"
        ),
        split("colour|color|saturation|vibrance|vibrancy|colour intensity|vividness"),
        split("greyness in the colours|dullness in the colors"),
        split(
            "pale|colourless|dull in colour|muted|undersaturated|drab|bland in colour|lifeless in color|washed out in colour"
        ),
        split(
            "the colours look dead|where did the colours go|the flowers were so much brighter in colour|colours need life|"
            "the green of the grass is so weak|the colors are faded|I want the colours to jump out|colours look tired|"
            "it was a much more colourful day|the autumn leaves look brown-grey, give them colour|vivid colours please"
        ),
        split(
            "make the colours explode|colours like candy|super saturated|crazy vivid colours|turn the colours up to eleven|"
            "insanely colourful"
        ),
        split(
            "colours a touch richer|a pinch of saturation|subtle vibrance boost|a hint more colour|"
            "just a little livelier in colour"
        ),
    ),
    ("S", -1): Phrases(
        split(
            "less colourful|less colorful|less saturated|more muted|calmer in colour|more subdued in color|paler|less vivid|"
            "less garish"
        ),
        split(
            "reduce the saturation|desaturate {it}|tone down the colours|tone down the colors|mute the colours|"
            "calm the colours|decrease the saturation|lower the saturation|take some colour out|dull the colors down|"
            "turn down the saturation|make the colours softer|make the colors less intense|drain some colour|"
            "pull the saturation back|cut the vibrance|make the colours more muted|soften the colours"
        ),
        split("muted colour|restraint in the colours"),
        split("saturation|colour|color|vibrance|colour intensity"),
        split("saturated|colourful|colorful|garish|oversaturated|gaudy|vivid|loud in colour|intense in color"),
        split(
            "the colours are too loud|looks like a bag of sweets|colours look fake|my phone made the colours too strong|"
            "the grass is radioactive|neon colours, please calm them|colours are over the top|"
            "faces look painted, less colour|the reds are bleeding, lower saturation|muted colours please"
        ),
        split("almost no colour left|drain nearly all the colour|wildly oversaturated|take most of the colour out"),
        split("colours a touch calmer|a hint less saturation|slightly muted colours|rein the colours in a little"),
    ),
    ("b", 1): Phrases(
        split(
            "warmer|less cold|less blue|more golden|more yellow|yellower|less cool|warmer in tone|cosier|more orange|"
            "less bluish"
        ),
        split(
            "warm {it} up|warm {it}|add warmth|increase the temperature|make the tones warmer|raise the temperature|"
            "add a warm tone|add yellow|take out the blue|remove the blue cast|get rid of the blue tint|"
            "give {it} a golden tone|push the white balance warmer|add an orange tint|remove the blue tone|"
            "make the white balance warmer|add a warm filter|shift {it} towards yellow|make the light golden|"
            "use a warmer color temperature|reduce the blue|neutralise the blue|add sunlight colour"
        ),
        split("warmth|yellow|golden light|orange|warm tones|sunshine colour"),
        split("blue|coldness|blue tint|blue cast|cold light|cyan-blue"),
        split("cold|blue|cool|chilly|bluish|icy|cold-looking|blue-tinted"),
        split(
            "everything has a blue cast|skin looks blue|it looks like winter and it was summer|looks freezing|"
            "my shots come out blue in the shade|the snow is blue|white balance is too cold|"
            "it should feel like a sunny afternoon|candle light feeling please|make it feel like sunset|warm white balance|"
            "the colour temperature is off, too blue|temp up|add some sun to it"
        ),
        split(
            "really golden|super warm, like a fireplace|drench it in golden light|crazy blue, fix that|"
            "make it look like the desert"
        ),
        split("a hint of warmth|a pinch warmer|temp up a hair|slightly golden|just a kiss of sun"),
    ),
    ("b", -1): Phrases(
        split(
            "cooler|colder|less yellow|less warm|bluer|more blue|less orange|icier|cooler in tone|less golden|less brownish"
        ),
        split(
            "cool {it} down|cool {it}|add blue|lower the temperature|make the tones cooler|decrease the temperature|"
            "add a cool tone|take out the yellow|remove the yellow cast|get rid of the orange tint|remove the yellow tint|"
            "push the white balance cooler|make the white balance cooler|reduce the yellow|reduce the warmth|"
            "add a blue tint|add a blue filter|shift {it} towards blue|remove the warm tone|make the light colder|"
            "neutralise the yellow|remove the yellowness|use a cooler color temperature|remove the orange cast|"
            "get the brown tone out|decrease the yellow tone"
        ),
        split("blue|coolness|cold tones|cold light"),
        split("yellow|warmth|orange|yellow tint|yellow cast|brown tone|yellowness"),
        split("yellow|warm|orange|yellowish|jaundiced|brownish|golden|orangey"),
        split(
            "the lamps made everything yellow|skin looks orange|we look like we have jaundice|the indoor light is so yellow|"
            "whites look cream|the walls are white, not yellow|white balance is too warm|make it feel like a winter morning|"
            "the tungsten light ruined it|temp down|everything came out orange|cold and crisp like the arctic|"
            "teeth look yellow because of the light, cool it"
        ),
        split(
            "really icy blue|freezing cold look|insanely yellow, get it out|make it look like moonlight|"
            "way too orange everywhere"
        ),
        split("a hint cooler|temp down a hair|slightly less yellow|a breath of blue"),
    ),
    ("a", 1): Phrases(
        split("less green|pinker|more magenta|redder|less greenish|more pink|rosier|more reddish|more purple"),
        split(
            "remove the green cast|take out the green|get rid of the green tint|add magenta|add pink|"
            "shift the tint to magenta|remove the green tone|add a pink tint|add red|reduce the green|tint towards magenta|"
            "neutralise the green|add a reddish tone|make the tint pinker|add a purple tone|push the tint away from green|"
            "add a rosy tint|correct the green cast|boost the reds"
        ),
        split("magenta|pink|red|purple|rosiness"), split("green|green tint|green cast|greenish tone"),
        split("green|greenish|sickly green|green-tinted"),
        split(
            "we look seasick|the neon tubes turned everyone green|skin looks green|fluorescent lights made it green|"
            "there's a green cast|looks like an aquarium|my old lens gives a green tint|faces have a green shimmer|"
            "tint to the magenta side"
        ),
        split("horribly green, get it all out|really pink please|drench it in magenta|everything is alien green"),
        split("a hint of pink|tint a hair to magenta|slightly less green|a blush of red"),
    ),
    ("a", -1): Phrases(
        split("greener|less pink|less magenta|less red|less reddish|more green|less purple|less rosy"),
        split(
            "remove the magenta cast|take out the pink|get rid of the pink tint|add green|shift the tint to green|"
            "remove the red cast|reduce the red|remove the purple tint|add a green tint|reduce the magenta|"
            "tint towards green|neutralise the pink|remove the pinkish tone|take the redness out|decrease the red tone|"
            "get the purple out|add a green tone|correct the magenta cast|remove the red tone|lower the reds"
        ),
        split("green|green tint|greenish tone"), split("pink|magenta|red|purple|redness|pink tint|red cast"),
        split("pink|magenta|red|purple|reddish|pinkish|rosy"),
        split(
            "everyone looks sunburnt|faces are beetroot red|skin is too pink|there's a magenta cast|"
            "the stage light made it purple|we look like lobsters|the whole thing is pinkish|greenish like an old movie|"
            "white shirts look pink|tint to the green side"
        ),
        split(
            "crazy pink, get it out|really green, like the matrix|bright red everywhere, kill it|everything is way purple"
        ),
        split("a hint of green|tint a hair to green|slightly less pink|ease the redness a little"),
    ),
    ("H", 1): Phrases(
        split(
            "sharper|crisper|less blurry|more in focus|clearer in detail|less soft|less fuzzy|more detailed|more focused|"
            "crispier"
        ),
        split(
            "sharpen {it}|sharpen {it} up|increase the sharpness|bring out the detail|add sharpness|crisp {it} up|"
            "fix the blur|bring out the texture|increase the definition|make the details clearer|enhance the details|"
            "improve the focus|add definition|reduce the blur|remove the blur|get the details out|boost the sharpness|"
            "add structure|make the edges crisp|enhance the focus|make {it} sharp|add clarity to the details|unblur {it}|"
            "turn up the sharpness"
        ),
        split("sharpness|detail|definition|crispness|focus|texture|sharpening"), split("blur|softness|fuzziness"),
        split("blurry|soft|fuzzy|out of focus|unsharp|smeary|blurred"),
        split(
            "the focus missed a little|my hand shook|I can't read the sign|the texture is lost|it was sharper on the camera|"
            "looks smeared|the edges are mushy|details need to be crisp|hair should be crisp|the lens was soft|"
            "make every leaf visible"
        ),
        split(
            "razor sharp|super crisp please|sharpen the hell out of it|it's a total blur, do what you can|"
            "as sharp as possible"
        ),
        split("a pinch of sharpening|a hair crisper|just a hint sharper|light sharpening"),
    ),
    ("H", -1): Phrases(
        split("softer|smoother|dreamier|less sharp|blurrier|less crunchy|more blurred|less crisp"),
        split(
            "soften {it}|blur {it}|smooth {it} out|soften the details|reduce the sharpness|add a soft focus|make {it} soft|"
            "give {it} a soft focus look|decrease the sharpness|take the edge off the details|smooth the skin|"
            "make the details softer|turn down the sharpness|add blur|tone down the sharpening"
        ),
        split("softness|blur|soft focus|smoothness"), split("sharpness|crunch|sharpening|detail"),
        split("sharp|crunchy|oversharpened|crisp|hard-edged|gritty in detail"),
        split(
            "every pore is visible|it looks oversharpened|there are halos round the edges|it looks too digital|"
            "soft focus like an old portrait|I'd like it a bit like through a veil of silk|wrinkles show too much"
        ),
        split("really blurry, like a dream|blur it heavily|extremely soft"), split(
            "take a little edge off|a touch of softness|slightly soft focus"
        ),
    ),
    ("N", 1): Phrases(
        split("grainier|grittier in grain|noisier"),
        split(
            "add grain|add film grain|put some grain on {it}|add noise|add an analog grain|add a grainy texture|"
            "make {it} grainy|give {it} film grain|throw some grain in|add old film texture|roughen {it} up with grain"
        ),
        split("grain|film grain|noise|grainy texture"), split("digital smoothness|smoothness"),
        split("smooth|clean and digital|plasticky"),
        split(
            "I miss the grain of film|like shot on analog film|it looks too digital, add grain|35mm grain please|"
            "ISO 1600 grain|needs texture like film|grainy like an old newspaper"
        ),
        split("heavy grain|tons of grain|grain like a pushed film|make it super grainy"),
        split("fine grain|subtle film grain|just a dusting of grain|a sprinkle of grain"),
    ),
    ("N", -1): Phrases(
        split("less noisy|less grainy|cleaner, without noise|smoother, less speckled"),
        split(
            "remove the noise|reduce the noise|denoise {it}|get rid of the grain|clean up the noise|remove the grain|"
            "reduce the grain|smooth out the noise|take out the speckles|noise reduction please|clean the grain|"
            "get the noise out"
        ),
        (), split("noise|grain|speckle|ISO noise"),
        split("noisy|grainy|speckled"),
        split(
            "so much noise in the dark|the high ISO ruined it|speckles everywhere|night shot full of noise|"
            "it looks like sand|there are dots all over the sky|the grain bothers me"
        ),
        split("extremely noisy, clean it hard|kill all the noise|strong noise reduction"),
        split("light noise reduction|take a little grain off|slightly less noise"),
    ),
    ("V", -1): Phrases(
        split("darker at the edges|darker in the corners|darker around the outside"),
        split(
            "add a vignette|darken the corners|darken the edges|put a vignette on {it}|vignette {it}|burn the corners|"
            "add dark edges|shade the borders|frame {it} with darkness|darken the outside|apply a vignette|"
            "add a dark border glow|burn in the edges|make the corners dark"
        ),
        split("vignette|vignetting|darkness in the corners"), split("light in the corners|brightness at the edges"),
        split("bright at the edges|bright in the corners"),
        split(
            "draw the eye to the middle|the edges distract, darken them|spotlight feel in the centre|"
            "like an old lens with dark corners|focus attention on the center with dark edges|the corners are too bright|"
            "make the middle stand out by darkening around it"
        ),
        split("heavy vignette|really dark corners|strong vignette like a tunnel|corners nearly black"),
        split("a soft vignette|subtle vignette|just a hint of a vignette|slightly darker corners|light vignetting"),
    ),
    ("V", 1): Phrases(
        split("lighter in the corners|brighter at the edges|more even towards the corners"),
        split(
            "remove the vignette|lighten the corners|brighten the corners|brighten the edges|fix the dark corners|"
            "get rid of the vignetting|correct the vignetting|even out the corners|remove the dark edges|lighten the edges|"
            "fix the lens shading"
        ),
        split("light in the corners"), split("vignette|vignetting|darkness in the corners"),
        split("dark in the corners|dark at the edges"),
        split(
            "my lens darkens the corners|the corners are dark|dark edges bother me|the light falls off at the sides|"
            "why are the corners darker than the middle|lens falloff, please correct"
        ),
        split("corners are nearly black, open them fully|remove the heavy vignette"),
        split("corners a touch lighter|slightly less vignetting"),
    ),
    ("F", 1): Phrases(
        split("more faded|more matte|mattier|more washed-out on purpose"),
        split(
            "fade {it}|give {it} a matte look|make {it} matte|add a faded look|add a matte finish|"
            "give {it} a faded film look|make {it} look faded|add a film fade|apply a matte filter|"
            "lift it into a matte look|make {it} look like an old print"
        ),
        split("fade|matte feel|faded look"), (),
        split("glossy|crisp and digital"),
        split(
            "faded like an old polaroid|matte film look|that washed-out indie look|like a photo left in the sun|"
            "faded film vibe|retro faded look|like a print from the seventies that faded|matte, low-key magazine look"
        ),
        split("super faded|heavily faded like a ghost|really strong matte look"),
        split("slightly faded|a hint of matte|subtle fade|gentle matte finish"),
    ),
    ("X", 1): Phrases(
        split("more sepia|sepia-toned|brown-toned like old photos"),
        split(
            "make {it} sepia|add a sepia tone|turn {it} sepia|apply a sepia filter|tone {it} brown like an old photo|"
            "give {it} a sepia look|sepia tone {it}|make {it} look like a photo from 1900"
        ),
        split("sepia"), (), (),
        split(
            "sepia please|like a wild west photograph|old-timey brown|like my great-grandmother's photo album|"
            "antique brown tone|like a daguerreotype"
        ),
        split("full strong sepia"), split("a hint of sepia|light sepia tone"),
    ),
    ("BW", 1): Phrases(
        (), split(
            "make {it} black and white|turn {it} black and white|convert {it} to black and white|make {it} b&w|"
            "go black and white|make {it} monochrome|convert {it} to greyscale|make {it} grayscale|remove all the colour|"
            "take all the color out|turn {it} into a black & white photo|desaturate {it} completely|b/w conversion|"
            "make {it} bw"
        ),
        (), (), (),
        split(
            "black and white please|I want it in b&w|no colours at all|monochrome|grayscale version|classic black and white|"
            "like a photo from before colour film|in shades of grey|bw version pls|black n white|kill the colour completely"
        ),
        (), (),
    ),
}
