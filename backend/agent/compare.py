"""What changed between two pictures of one scene, measured as a retoucher would name it, and which changes are worth naming.

Both pictures are compared pixel by pixel on a small copy. The tone curve between them is found first; what it does not explain
is looked at for sharpening (it follows the detail), grain (it follows nothing) and dark corners (it
follows the distance from the middle), so that a stronger contrast is not taken for sharpness nor a dark edge for a vignette.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.agent.features import lab, shrink

SIDE = 192  # long side in pixels of the copies that are compared
_BINS = 24  # of the tone curve
_LEAST_SIDE = 12  # below this many pixels no detail, grain or corners are looked for

# A little / plainly / a lot, in units of `measure`: named from the first on; below CLEAR of it, a change is not there.
STEPS: dict[str, tuple[float, float, float]] = {
    "L": (2.2, 7.0, 15.0), "C": (0.076, 0.19, 0.42), "S": (0.09, 0.28, 0.62), "a": (2.4, 6.0, 13.0), "b": (2.4, 7.0, 15.0),
    "H": (0.11, 0.42, 0.9), "N": (0.9, 1.8, 3.4), "V": (3.4, 8.0, 17.0), "F": (5.0, 10.0, 19.0), "SH": (4.5, 8.0, 15.0),
    "HL": (4.5, 8.0, 15.0),
}
CLEAR = 0.62
MOST = 4  # effects named of one edit
_GREY = 2.0  # mean chroma below which a picture has no colour


@dataclass(frozen=True)
class Change:
    """One effect: `axis`, `sign` +1 or -1, `size` s, m or l."""

    axis: str
    sign: int
    size: str

    @property
    def label(self) -> str:
        return f"{self.axis}{'+' if self.sign > 0 else '-'}{self.size}"


def _smooth(x: NDArray) -> NDArray:
    """Mean of 3 x 3 pixels, edges repeated. (H, W) -> (H, W)."""
    padded = np.pad(x, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9


def _curve(x: NDArray, y: NDArray) -> NDArray:
    """y as a function of x alone: means of y in bins of x, joined by lines. Flat arrays of one length."""
    order = np.argsort(x, kind="stable")
    parts = [p for p in np.array_split(order, min(_BINS, len(x))) if len(p)]
    return np.interp(x, [float(x[p].mean()) for p in parts], [float(y[p].mean()) for p in parts])


def _aligned(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Both pictures at the size of the small before-picture."""
    small, other = shrink(before, SIDE), shrink(after, SIDE)
    if other.shape != small.shape:
        size = (small.shape[1], small.shape[0])
        other = np.asarray(Image.fromarray(np.ascontiguousarray(other)).resize(size, Image.Resampling.BOX))
    return small, other


def measure(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> dict[str, float]:
    """Signed amounts from before to after, both (H, W, 3) uint8.

    L, SH (darkest quarter against the rest), HL (brightest quarter), V (corners against the middle), N (deviation of grain) in
    CIELAB units; a, b the cast in CIELAB units, beyond what stronger or weaker colours make of it; C and S logarithms of
    ratios; F lift of black in hundredths of the range; H share of the fine detail that was added (+) or lost (-); BW and X
    (sepia) 1 or 0.
    """
    small, small_after = _aligned(before, after)
    one, two = lab(small), lab(small_after)
    old, new = one[..., 0], two[..., 0]
    chroma, chroma_now = (float(np.hypot(x[..., 1], x[..., 2]).mean()) for x in (one, two))
    scatter, scatter_now = (float(np.sqrt(x[..., 1].var() + x[..., 2].var())) for x in (one, two))
    low, high = np.percentile(old, [25, 75])
    moved = new - old
    was, now = (np.percentile(x, [5, 95]) for x in (old, new))
    ratio = (scatter_now + 1) / (scatter + 1)
    means, means_now = one.mean((0, 1)), two.mean((0, 1))
    out = {
        "L": float(moved.mean()), "C": float(np.log(max(now[1] - now[0], 1.0) / max(was[1] - was[0], 1.0))),
        "S": float(np.log(ratio)), "a": _cast(means[1], means_now[1], ratio), "b": _cast(means[2], means_now[2], ratio),
        "SH": _against(moved, old <= low), "HL": _against(moved, old >= high), "H": 0.0, "N": 0.0, "V": 0.0,
        "F": _black_lift(small, small_after),
        "BW": float(chroma > 2 * _GREY and chroma_now < min(_GREY, 0.3 * chroma)),
        "X": float(scatter > 5 and scatter_now < 0.45 * scatter and means_now[2] > max(6.0, 1.2 * scatter_now, 0.8 * means[2])),
    }
    if min(old.shape) >= _LEAST_SIDE:
        out |= _beyond_tone(one, new)
        out["L"] -= out.pop("edge")
    return out


def _cast(was: float, now: float, ratio: float) -> float:
    """How far a mean of a* or b* moved beyond what colours `ratio` times as strong make of it, or would but for clipping."""
    low, high = sorted((float(was), float(was) * ratio))
    return float(now) - min(max(float(now), low), high)


def _black_lift(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """How far black is lifted, in hundredths of the range, where neither light nor contrast alone explains it; else 0."""
    old, new = (x.mean(2).ravel() / 2.55 for x in (before, after))
    spread = float(old.var())
    slope = float(((old - old.mean()) * (new - new.mean())).mean()) / spread if spread > 1 else 1.0
    lift = float(new.mean()) - slope * float(old.mean())
    top = lift + 100 * slope - 100  # where white goes
    dark = float(np.percentile(old, 1))
    risen = float(np.percentile(new, 1)) - dark
    matte = lift > 0 and slope < 0.97 and -0.45 * lift < top < 2 and risen > 0.6 * (lift + (slope - 1) * dark)
    return lift if matte else 0.0


def _against(moved: NDArray, where: NDArray[np.bool_]) -> float:
    return float(moved[where].mean() - moved[~where].mean()) if where.any() and not where.all() else 0.0


def _beyond_tone(one: NDArray, new: NDArray) -> dict[str, float]:
    """What the tone curve does not explain: V, H, N; "edge" is what the dark or light edges do to the mean lightness."""
    height, width = new.shape
    v, u = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    radius = np.hypot(u, v) / np.sqrt(2)
    old, y = one[..., 0].ravel().astype(np.float64), new.ravel().astype(np.float64)
    shapes = np.column_stack([
        np.ones(old.size), one[..., 1].ravel(), one[..., 2].ravel(), np.hypot(one[..., 1], one[..., 2]).ravel(),
        radius.ravel() ** 2, radius.ravel() ** 2 * old / 100,
    ]).astype(np.float64)
    others = np.zeros(old.size)
    tone = y
    for _ in range(4):  # curve and the rest in turns, until they share out what both could explain
        tone = _curve(old, y - others)
        weights = np.linalg.lstsq(shapes, y - tone, rcond=None)[0]
        others = shapes @ weights
    edge = (shapes[:, 4:] @ weights[4:]).reshape(height, width)
    expected, left = (tone + others).reshape(height, width), (y - tone - others).reshape(height, width)
    detail, rest = expected - _smooth(expected), left - _smooth(left)
    follows = float((detail * rest).sum() / max(float((detail**2).sum()), 1e-3 * detail.size))
    grain = float(np.median(np.abs(rest - follows * detail))) * 1.4826
    middle = float(edge[radius < 0.35].mean())
    return {
        "V": float(edge[radius > 0.75].mean()) - middle, "H": follows, "N": grain, "edge": float(edge.mean()) - middle,
    }


def strengths(amounts: dict[str, float]) -> dict[str, float]:
    """Signed strengths by axis, 1 being the least that is named; changes that only follow from a stronger one are 0."""
    out = {axis: amounts[axis] / steps[0] for axis, steps in STEPS.items()}
    light, contrast = out["L"], out["C"]
    for axis in ("BW", "X"):
        if amounts[axis]:
            out |= {"S": 0.0, "a": 0.0, "b": 0.0, "L": min(light, 0.0), axis: 9.0}
            break
    # Colours grow and shrink with the contrast between tones.
    if out["S"] * contrast > 0:
        own = out["S"] - 0.6 * contrast
        out["S"] = own if own * out["S"] > 0 else 0.0
    # The temperature slider moves green a little, the tint slider yellow; both move lightness.
    if out["a"] * out["b"] < 0:
        if abs(out["a"]) < 0.6 * abs(out["b"]):
            out["a"] = 0.0
        elif abs(out["b"]) < 0.85 * abs(out["a"]):
            out["b"] = 0.0
    if abs(light) < max(0.45 * abs(out["b"]), 0.6 * abs(out["a"]), -0.75 * out["S"] * np.sign(light)):
        out["L"] = 0.0  # as does stronger colour, at the same greatest channel
    # Exposure scales the contrast with the light; fading lifts the dark parts and takes contrast and colour by its nature.
    if light * contrast > 0 and abs(contrast) < 0.65 * abs(light):
        out["C"] = 0.0
    if out["F"] >= CLEAR:
        for axis, sign in (("C", -1), ("S", -1), ("HL", -1), ("SH", 1)):
            out[axis] = 0.0 if out[axis] * sign > 0 else out[axis]
        out["L"] = 0.0 if 0 < light < 1.05 * out["F"] else out["L"]
    for axis in ("C", "SH", "HL"):
        out[axis] = 0.0 if abs(out[axis]) < 0.8 * abs(out["V"]) else out[axis]
    # Blurring leaves a residual that is not grain, and so does a strong sharpening.
    if out["H"] < -CLEAR or out["N"] < 0.6 * out["H"]:
        out["N"] = 0.0
    # Light moves the ends unequally, and so does contrast: only what stands out beside them counts.
    for axis, sign in (("SH", -1), ("HL", 1)):
        follows = contrast * sign * out[axis] > 0 or abs(out[axis]) < 1.3 * max(abs(light), abs(contrast))
        out[axis] = 0.0 if follows and abs(contrast) + abs(light) > CLEAR else out[axis]
    return out


def named(amounts: dict[str, float]) -> list[Change]:
    """The effects worth naming, strongest first, at most MOST."""
    found = [(abs(s), axis, 1 if s > 0 else -1) for axis, s in strengths(amounts).items() if abs(s) >= 1]
    return [Change(axis, sign, size_of(axis, amounts)) for _, axis, sign in sorted(found, reverse=True)[:MOST]]


def size_of(axis: str, amounts: dict[str, float]) -> str:
    """s, m or l: how much of `axis` there is in the amounts."""
    if axis not in STEPS:
        return "m"
    return "sml"[sum(abs(amounts[axis]) > (a * b) ** 0.5 for a, b in pairwise(STEPS[axis]))]
