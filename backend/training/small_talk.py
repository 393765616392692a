"""What stands around a wish: politeness, context, what to keep, words with two meanings, vague words, what no tool can do."""

from __future__ import annotations

from backend.training.phrases import split

SUBJECTS = split(
    "it|it|it|the picture|the image|the photo|this|this photo|this picture|this image|this pic|the whole image|"
    "the whole picture|everything|my photo|the shot|this shot|the pic|the entire image|my picture|the whole thing|this one"
)
POLITE_BEFORE = split(
    "please|Please|can you|could you please|hi,|hello,|hey,|Hi there!|would you|pls|Can someone|I'd be glad if you could|"
    "ok so|hmm,|well,|if possible,|kindly|would it be possible to|I think you should|you know what,|let's|just|alright,|"
    "good morning!|so,|maybe|could you|can u|help me:|quick one:|request:"
)
POLITE_AFTER = (
    " please", ", please", " thanks", ", thanks!", ". Thank you!", " pls", " thx", "!", "!!", " if you can", ", would you?",
    " :)",
    ", that's all", " for me", " ok?", ", if possible", ". Thanks a lot!", " cheers", ", okay?", " asap", ". TIA",
)
CONTEXT = split(
    "In this photo of my dog,|This is my daughter at her recital.|We were at the beach last summer.|For my website:|"
    "It's our wedding picture.|Shot on my phone at a concert.|This is from our hike in the mountains.|"
    "My grandmother's birthday.|I want to print this.|It's for a postcard.|Took this out of the train window.|"
    "For the family album:|My cat on the sofa.|This will be my profile picture.|I shot this in the kitchen.|"
    "The kids at the lake.|From last night's party.|It's an old scan.|Our new house.|I sell these cups online.|"
    "A picture of my garden.|It was a rainy day.|This is the view from our hotel.|For a poster:|"
    "My brother and me at the station.|We drove through the forest.|This is for a client.|Lunch at the harbour.|"
    "In the museum without flash.|The sunset was amazing.|Photo of a church.|It's a portrait of my boss.|"
    "I found this on an old camera.|Here's my bike.|At the zoo.|My first try with the new lens."
)
# (words, axes that must stay)
KEEPS: tuple[tuple[str, str], ...] = (
    ("don't touch the colours", "S a b"), ("keep the colours as they are", "S a b"), ("leave the colors alone", "S a b"),
    ("the colours are fine", "S a b"), ("without changing the colours", "S a b"), ("keep the saturation", "S"),
    ("leave the saturation as it is", "S"), ("don't make it more colourful", "S"), ("keep the contrast", "C"),
    ("contrast should stay", "C"),
    ("leave the contrast alone", "C"), ("don't add contrast", "C"), ("keep the brightness", "L"),
    ("leave the brightness as it is", "L"),
    ("don't make it brighter", "L"), ("don't make it darker", "L"), ("same exposure please", "L"),
    ("the brightness is good", "L"),
    ("don't blow out the sky", "HL"), ("keep the highlights", "HL"), ("hold the highlights", "HL"),
    ("mind the highlights", "HL"),
    ("leave the sky as it is", "HL"), ("without losing the clouds", "HL"), ("keep the shadows", "SH"),
    ("leave the shadows dark", "SH"),
    ("the shadows should stay deep", "SH"), ("don't touch the shadows", "SH"), ("keep the skin tones natural", "a b"),
    ("skin should stay natural", "a b"), ("keep the white balance", "a b"), ("leave the temperature alone", "b"),
    ("don't make it yellow", "b"),
    ("keep the warm light", "b"), ("don't lose the warmth", "b"), ("keep the blue mood", "b"),
    ("no colour cast please", "a b"),
    ("leave the tint alone", "a"), ("keep the blacks", "BL"), ("don't crush the blacks", "BL"),
    ("keep the whites clean", "WH"),
    ("leave the rest as it is", ""), ("nothing else", ""), ("everything else can stay", ""), ("that's the only thing", ""),
    ("only that", ""), ("the rest is perfect", ""),
)
# (words, labels separated by spaces): common words that mean more than one axis.
AMBIGUOUS: tuple[tuple[str, str], ...] = (
    ("make {it} pop", "C+m|S+m"), ("add some pop", "C+m|S+m"), ("make {it} really pop", "C+m|S+m"),
    ("give {it} a little pop", "C+s|S+s"),
    ("make {it} clearer", "H+m|C+m"), ("make {it} clear", "H+m|C+m"), ("make {it} more clear and visible", "H+m|C+m L+m"),
    ("add clarity", "H+m|C+m"), ("increase the clarity", "H+m|C+m"), ("more clarity please", "H+m|C+m"),
    ("improve the clarity a little", "H+s|C+s"),
    ("make the colours brighter", "S+m|L+m"), ("brighter colours please", "S+m|L+m"), ("brighten the colors", "S+m|L+m"),
    ("brighten the colours a bit", "S+s|L+s"), ("make {it} more vivid and bright", "S+m L+m"), ("{it} is so dull", "S+m|C+m"),
    ("make {it} less dull", "S+m|C+m"), ("{it} looks dull and lifeless", "S+m|C+m"), ("make {it} livelier", "S+m|C+m"),
    ("liven {it} up", "S+m|C+m"), ("bring {it} to life", "S+m|C+m"), ("make {it} punchy", "C+m|S+m"),
    ("needs more oomph", "C+m|S+m"),
    ("more drama", "C+m"), ("make {it} dramatic", "C+m"), ("make {it} more dramatic", "C+m"), ("a moodier feel", "L-s C+s"),
    ("make {it} stand out", "C+m|S+m"), ("make the colors more distinct", "S+m|C+m"),
    ("give {it} more definition", "H+m|C+m"),
    ("improve the lighting", "L+m"), ("better lighting please", "L+m"), ("the lighting is bad", "L+m"),
    ("fix the lighting, too dark", "L+m"),
    ("make {it} sunny", "L+m b+m"), ("make {it} look sunnier", "L+m b+m"), ("make {it} look like a sunny day", "L+m b+m"),
    ("make {it} look more natural", "S-s"), ("more natural colours", "S-s"), ("too artificial", "S-m"),
    ("make {it} look softer", "H-m|C-m"),
    ("a softer look", "H-m|C-m"), ("make the light softer", "C-m"), ("make {it} gentler", "C-m"),
    ("make {it} crisp and bright", "H+m L+m"),
    ("bright and airy", "L+m C-s"), ("light and airy please", "L+m C-s"), ("dark and moody", "L-m S-s"),
    ("warm and cosy", "b+m"),
    ("make {it} cosy", "b+m"), ("make {it} feel cold", "b-m"), ("a wintry feel", "b-m"),
    ("make {it} look like autumn", "b+m S+s"),
    ("like a summer afternoon", "b+m L+s"), ("make {it} look vintage", "F+m b+s"), ("a retro look", "F+m b+s"),
    ("old film look", "F+m N+m"),
    ("make {it} look like an old photo", "X+m|F+m"), ("old school black and white film", "BW+m N+m"),
    ("black and white with strong contrast", "BW+m C+m"),
    ("b&w and grainy", "BW+m N+m"), ("moody black and white", "BW+m L-s"), ("make the sky and sea more intense", "S+m"),
    ("richer and deeper", "S+m C+m"),
    ("make {it} richer", "S+m|C+m"), ("deeper colours", "S+m"), ("make {it} glow", "HL+m"),
    ("balance the light and dark parts", "SH+m HL-m"),
    ("even out the light", "SH+m HL-m"), ("make {it} look HDR", "SH+m HL-m"), ("lift shadows, drop highlights", "SH+m HL-m"),
    ("the sky is too bright and the ground too dark", "HL-m SH+m"), ("everyone looks orange", "b-m"),
    ("skin looks too red", "a-m"),
    ("remove the brown tone", "b-m"), ("remove the yellow and green tint", "b-m a+m"), ("too much red and yellow", "a-m b-m"),
    ("get rid of the cyan", "a+m b+m"), ("add a purple tint", "a+m"), ("add a teal tint", "a-m b-m"),
    ("remove the purple cast", "a-m"),
    ("make {it} pinkish", "a+m"), ("make {it} greenish and dark", "a-m L-m"), ("add an orange glow", "b+m"),
    ("add a blueish tone and darken", "b-m L-m"),
    ("make it whiter", "WH+m|L+m"), ("make {it} whiter and cleaner", "WH+m|L+m"), ("make {it} visible", "L+m"),
    ("I can't see the details", "L+m|H+m"),
    ("bring out the details", "H+m|C+m"), ("more depth", "C+m"), ("sharper and more colourful", "H+m S+m"),
    ("bright, sharp and vivid", "L+m H+m S+m"),
    ("brighten {it} but keep it natural", "L+m"), ("brighten up and sharpen, more contrast and colour", "L+m H+m C+m S+m"),
    ("increase brightness and contrast", "L+m C+m"), ("less bright, more contrast", "L-m C+m"),
    ("darken and saturate", "L-m S+m"),
    ("add contrast and warmth", "C+m b+m"), ("more contrast, more saturation, more sharpness", "C+m S+m H+m"),
    ("reduce glare and haze", "HL-m Z+m"),
    ("clear up the fog and add colour", "Z+m S+m"), ("washed out, needs colour", "S+m|C+m"), ("washed out", "C+m|S+m"),
    ("not too bright, but lighter than now", "L+s"), ("not too dark, only slightly darker", "L-s"),
    ("warmer, but not orange", "b+s"),
    ("cooler but not icy", "b-s"), ("a bit of contrast, not too harsh", "C+s"),
    ("colours a bit stronger, nothing neon", "S+s"),
    ("{it}'s too dark and a bit cold", "L+m b+s"), ("{it} is a bit dark and way too yellow", "L+s b-l"),
    ("too bright and too yellow", "L-m b-m"),
    ("too dark and too blue", "L+m b+m"), ("kinda dark and flat", "L+m C+m"), ("dull and dark", "L+m S+m|C+m"),
    ("make {it} pretty and bright", "L+m"),
)
VAGUE = split(
    "make it look good|make it look better|fix {it}|improve {it}|enhance {it}|make {it} nicer|make {it} beautiful|"
    "do something with {it}|edit {it} for me|auto enhance|auto|auto fix|do your magic|what would you do?|you decide|"
    "surprise me with something good|make {it} look professional|make {it} better|touch {it} up|retouch {it}|"
    "just make it nice|clean {it} up|polish {it}|can you improve this?|make {it} look great|please fix my photo|"
    "give {it} the best look|optimise {it}|correct {it}|colour correct {it}|colour grade {it} nicely|fix the colours|"
    "something is off with {it}|I don't like how {it} looks|make {it} presentable|make {it} ready for print|"
    "make {it} worth sharing|perfect {it}|whatever you think is best|make {it} look like a pro took it|rescue {it}|"
    "save {it}|can you fix the light and colours|make {it} look natural and good|balance {it}|make {it} instagram ready|"
    "I have no idea, help|help|go ahead|do it|edit|enhance|fix|improve|better|make it pretty|best version of {it} please|"
    "restore {it}|give {it} some love|make it shine somehow|fix exposure and white balance|fix the white balance|"
    "correct the exposure|correct the colours|fix the tones|the light is off|the colours look wrong|it just looks bad|"
    "make it less bad|looks bad, fix|just the basics|basic correction|standard edit|normal edit please|work on {it}|"
    "use your judgement|anything you like|make {it} how it should be|make {it} look like real life|as the eye saw it|"
    "make {it} wow|adjust {it}|tweak {it}"
)
IMPOSSIBLE = split(
    "remove the man in the background|delete the car|take out the power lines|erase the person on the right|"
    "remove the trash can|cut out the tourist|get rid of the tree in front|remove the text|remove the watermark|"
    "remove my ex|erase the shadow of the photographer|remove the fence|add a rainbow|add a sunset sky|add snow|add a bird|"
    "add my name at the bottom|put a hat on him|write Happy Birthday on it|add a border|add a frame|add clouds|add a logo|"
    "put a moon in the sky|add more people|insert a dog|add lens flare|add fireworks|put me on the moon|add sunglasses|"
    "crop it|crop out the left side|make it square|cut it to 16:9|rotate it|turn it upside down|flip it|"
    "straighten the horizon|straighten it|mirror it|resize it to 1080p|make it bigger|upscale it|make it 4k|"
    "zoom in on the face|zoom out|change the perspective|extend the picture to the left|replace the background|"
    "change the background to a beach|swap the sky|make the background transparent|cut out the subject|replace his face|"
    "swap our heads|make her smile|open his eyes|make me thinner|make me taller|make me look younger|remove the wrinkles|"
    "give him a beard|whiten my teeth|remove the pimple|fix my hair|change his shirt to a suit|remove the glasses|"
    "make the dog look at the camera|turn it into a painting|make it a cartoon|make it anime|turn it into a sketch|"
    "make it look like Van Gogh painted it|make it 3d|animate it|make a video of it|make a collage|"
    "combine it with the other photo|colourise this old black and white photo|restore the torn corner|"
    "fill in the missing part|make the car red|change the dress to green|make her eyes blue|dye my hair blonde|"
    "move the lamp to the left|make the lake bigger|make it night with stars in the sky|"
    "turn summer into winter with snow on the trees|remove the reflections in the glasses|remove the scratches|"
    "remove the dust spots|blur the licence plate only|pixelate the faces|put a mask on my face|merge these two pictures|"
    "duplicate the cat|count the people|scan this document|read the text out to me|send it to my mum|print it|"
    "save it as a pdf|post it on facebook"
)
NOISE = split(
    "what is the capital of Italy|what's the weather tomorrow|tell me a joke|how are you|hello|hi there|good evening|"
    "who are you|are you human|what's your name|what time is it|how old is the universe|write me a poem|"
    "write an email to my boss|translate this into French|what is 12 times 12|who won the world cup|play some music|"
    "what can you do|who made you|do you like photos|I love pizza|my name is Anna|lol|haha|okay thanks|thank you|bye|"
    "see you|asdf|qwertz|xxxx|123|test|testing testing|???|...|!|nothing|never mind|wrong window|"
    "sorry, that was for someone else|where was this taken|what kind of bird is this|who is the woman in the picture|"
    "what camera is this|how many megapixels does it have|is this a good photo|do you think she is pretty|"
    "what is in this picture|describe the picture|how much does it cost|can I pay by card|order a pizza|open the door|"
    "set an alarm for seven|remind me to call mum|call the police|what's the meaning of life|sing a song|explain gravity|"
    "how do I cook rice|give me a recipe for pancakes|buy milk|football is on tonight|it was a nice day|we had so much fun|"
    "this is my cat|my sister took this|I went to Spain last year|the train was late|how do I install Krita|"
    "which brush should I use|how do I make a new layer|close the program|restart the computer|did you get my message|"
    "is anybody there|why is the sky blue|what does ISO mean|what is a histogram|lorem ipsum dolor sit amet|blah blah|zzz|"
    "i am bored|good bot|you are stupid|that's funny"
)
LOCAL = split(
    "make only the left eye bigger in light|just the red flower, nothing else|change only the third person from the right|"
    "only the number plate|select the cup|mask the sky for me|only the reflection in the window|just the shoes|only his tie|"
    "fix only the hand|treat only the corner with the lamp"
)
