"""Which documents the tools work in: Krita's colour models, depths and profiles, and a sentence for each that they do not."""

from __future__ import annotations

from tool_mapping.spec import BY_NAME


class Unsupported(ValueError):
    """A tool or a document that Krita's filters cannot serve; the message is a sentence for people."""


_COPY = "Make a copy with Image > Convert Image Color Space (RGB, 16-bit integer, sRGB-elle-V2-srgbtrc.icc) and work on that."

_MODEL_TITLES = {
    "CMYKA": "CMYK", "LABA": "L*a*b*", "XYZA": "XYZ", "YCbCrA": "YCbCr", "A": "alpha-only", "ALPHA": "alpha-only",
}
_DEPTHS = ("U8", "U16", "F16")

# Krita names a colour space in .kra files by one id for model and depth together.
COLOR_SPACES: dict[tuple[str, str], str] = {
    ("RGBA", "U8"): "RGBA", ("RGBA", "U16"): "RGBA16", ("RGBA", "F16"): "RGBAF16", ("RGBA", "F32"): "RGBAF32",
    ("GRAYA", "U8"): "GRAYA", ("GRAYA", "U16"): "GRAYAU16", ("GRAYA", "F16"): "GRAYAF16", ("GRAYA", "F32"): "GRAYAF32",
}

COLOUR_TOOLS = frozenset({"saturation", "vibrance", "temperature", "tint"})


def is_linear(profile: str) -> bool:
    """Whether a profile of this name encodes light linearly, as Krita's own names tell (`-g10`, "linear", scRGB)."""
    name = profile.lower()
    return any(mark in name for mark in ("-g10", "_g10", "linear", "scrgb", "gamma 1.0"))


def is_hdr(profile: str) -> bool:
    """Whether a profile of this name encodes light for HDR displays (PQ or HLG), as Krita's own names tell."""
    name = profile.lower()
    return any(mark in name for mark in ("st 2084", " pq", "-pq", "hlg"))


def check_document(model: str, depth: str, profile: str) -> str | None:
    """None when the tools look in such a document as they should, else a sentence that says why not and what to do.

    `model`, `depth` and `profile` are what Krita's Document.colorModel(), colorDepth() and colorProfile() return.
    """
    if model not in ("RGBA", "GRAYA"):
        title = _MODEL_TITLES.get(model, model or "unknown")
        return f"In a {title} picture Krita's filters act on other values than light, so the result would be wrong. {_COPY}"
    if depth == "F32":
        return f"Krita computes these filters wrongly in 32-bit float pictures: the brightest and darkest parts stay. {_COPY}"
    if depth not in _DEPTHS:
        return f"Pictures of depth {depth or 'unknown'} are not known to these tools. {_COPY}"
    if is_hdr(profile):
        return f"This picture stores light for HDR displays ({profile}), where every tool would act otherwise. {_COPY}"
    if is_linear(profile):
        return f"This picture stores light linearly ({profile}), where every tool would act far too strongly. {_COPY}"
    return None


def check_tool(name: str, model: str) -> None:
    """Raises Unsupported for a tool of colour in a greyscale document."""
    if model == "GRAYA" and name in COLOUR_TOOLS:
        raise Unsupported(
            f"{BY_NAME[name].title} needs colours, and this picture is greyscale. "
            "Convert it with Image > Convert Image Color Space (RGB) to use it."
        )
