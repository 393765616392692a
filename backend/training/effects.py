"""Wishes: what a request asks for, read from the labels ("L+m|S+m") that people gave to real sentences."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = ("s", "m", "l")
PIXEL_AXES = ("L", "C", "S", "a", "b", "V", "SH", "HL", "WH", "BL")  # solved for on the photo
LAW_AXES = ("H", "N", "F", "X", "BW", "Z")  # reached by a fixed amount, or by several axes together
ALL_AXES = PIXEL_AXES + LAW_AXES
# Two readings of one sentence that can both be served: the first fully, the second a little.
_TOGETHER = frozenset({"L", "C", "S", "H", "SH", "HL", "WH", "BL", "Z"})


@dataclass(frozen=True, slots=True)
class Wish:
    """One asked effect: `axis` of ALL_AXES, `sign` +1 or -1, `size` of SIZES; `scale` stretches the amount."""

    axis: str
    sign: int
    size: str = "m"
    scale: float = 1.0

    @property
    def label(self) -> str:
        return f"{self.axis}{'+' if self.sign > 0 else '-'}{self.size}"


def parse_one(label: str) -> Wish:
    """ "L+m" -> Wish. Raises ValueError for what is not a label."""
    for axis in sorted(ALL_AXES, key=len, reverse=True):
        rest = label[len(axis):]
        if label.startswith(axis) and len(rest) == 2 and rest[0] in "+-" and rest[1] in SIZES:
            return Wish(axis, 1 if rest[0] == "+" else -1, rest[1])
    raise ValueError(f"not an effect label: {label!r}")


def parse(labels: list[str]) -> tuple[list[Wish], list[Wish]]:
    """Labels of a sentence -> wishes to serve fully, and wishes to serve a little (other honest readings of the same words).

    Of two wishes for one axis the first stays.
    """
    full: dict[str, Wish] = {}
    extra: dict[str, Wish] = {}
    for label in labels:
        first, *others = [parse_one(part) for part in label.split("|")]
        full.setdefault(first.axis, first)
        for other in others:
            if other.axis != first.axis and {other.axis, first.axis} <= _TOGETHER:
                extra.setdefault(other.axis, Wish(other.axis, other.sign, "s"))
    return list(full.values()), [w for w in extra.values() if w.axis not in full]


def axes_named(labels: list[str]) -> set[str]:
    """Every axis that any reading of the labels names."""
    return {parse_one(part).axis for label in labels for part in label.split("|")}
