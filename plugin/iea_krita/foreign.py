"""Translates sentences that come to people in English from elsewhere: from the tools, the agent's server and its client."""

from __future__ import annotations

import re

from .texts import tr

_COPY = " Make a copy with Image > Convert Image Color Space (RGB, 16-bit integer, sRGB-elle-V2-srgbtrc.icc) and work on that."
# As they are written there, with {fields} where something is filled in. A test holds those of the tools to what they say.
SENTENCES = (
    "In a {title} picture Krita's filters act on other values than light, so the result would be wrong." + _COPY,
    "Krita computes these filters wrongly in 32-bit float pictures: the brightest and darkest parts stay." + _COPY,
    "Pictures of depth {depth} are not known to these tools." + _COPY,
    "This picture stores light for HDR displays ({profile}), where every tool would act otherwise." + _COPY,
    "This picture stores light linearly ({profile}), where every tool would act far too strongly." + _COPY,
    "{title} needs colours, and this picture is greyscale. "
    "Convert it with Image > Convert Image Color Space (RGB) to use it.",
    "Grain lies over the picture as a layer of its own, so it cannot act on one layer only. "
    "Ask for it with the whole picture or a selection.",
    "The conversation stored in this document cannot be read; a new one begins.",
    "The conversation stored in this document comes from a later version of IEA. Update the plugin to see it.",
    "The backend is not running. Start it again.",
    "The backend is not running. Start it with: python -m backend serve",
    "The backend took too long. Try again.",
    "The backend's answer broke off. Try again.",
    "The backend did not accept the token. Restart the backend.",
    "The backend could not read the picture. Send a smaller PNG or JPEG.",
    "The agent is busy. Wait a moment and try again.",
    "The agent is busy with other requests. Wait a moment and try again.",
    "The model is still loading. Wait a moment and try again.",
    "The plugin and the backend are of different versions. Run the installer again and restart Krita.",
    "{folder} is not a model folder (no config.json in it). Name one such as backend/models/NAME.",
)


def told(message: str) -> str:
    """The sentence in Krita's language where it is one of these, else as it is. What is filled in is translated too."""
    if message in SENTENCES:
        return tr(message)
    for sentence in SENTENCES:
        if "{" in sentence:
            found = _pattern(sentence).fullmatch(message)
            if found:
                return tr(sentence, **{name: tr(value) for name, value in found.groupdict().items()})
    return message


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", sentence)
    return re.compile("".join(
        f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    ))
