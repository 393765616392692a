"""Krita's tone curve: the natural cubic spline through its points, cut to [0, 1]. Plain Python, because the plugin needs it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

Point = tuple[float, float]

# Where our curves have points. A natural spline is straight at its ends, which our laws are not: points close together there
# keep that from reaching far. natural_contrast bends another way on either side of the middle, hence the two points beside it.
# Measured over every value, mean of 255 levels in the darkest quarter: 17 even points 0.15, these 0.005.
XS: tuple[float, ...] = tuple(sorted({i / 16 for i in range(17)} | {i / 64 for i in (1, 2, 30, 34, 62, 63)}))


def points(text: str) -> list[Point]:
    """The points of a curve as Krita writes it, "x,y;x,y;". Raises ValueError: no numbers, not rising, or with corners."""
    found = []
    for point in text.strip().rstrip(";").split(";"):
        x, y, *corner = point.split(",")
        if corner and corner != ["0"]:
            raise ValueError("a curve with corners is no natural spline")
        found.append((float(x), float(y)))
    if len(found) < 2 or any(b[0] <= a[0] for a, b in pairwise(found)):
        raise ValueError("the points of a curve go from left to right")
    return found


def spline(points: Sequence[Point]) -> Callable[[float], float]:
    """The curve through at least two points, x rising: level beyond the first and the last, cut to [0, 1]."""
    xs, ys = zip(*points, strict=True)
    n = len(xs)
    h = [xs[i + 1] - xs[i] for i in range(n - 1)]
    slope = [(ys[i + 1] - ys[i]) / h[i] for i in range(n - 1)]
    # The second derivatives m solve a tridiagonal system; they are 0 at both ends. Thomas's algorithm.
    m, upper = [0.0] * n, [0.0] * n
    for i in range(1, n - 1):
        pivot = 2.0 * (h[i - 1] + h[i]) - h[i - 1] * upper[i - 1]
        upper[i] = h[i] / pivot
        m[i] = (6.0 * (slope[i] - slope[i - 1]) - h[i - 1] * m[i - 1]) / pivot
    for i in range(n - 2, 0, -1):
        m[i] -= upper[i] * m[i + 1]

    def at(x: float) -> float:
        x = min(xs[-1], max(xs[0], x))
        i = min(n - 2, bisect_right(xs, x) - 1)
        a, b = (xs[i + 1] - x) / h[i], (x - xs[i]) / h[i]
        y = a * ys[i] + b * ys[i + 1] + ((a**3 - a) * m[i] + (b**3 - b) * m[i + 1]) * h[i] ** 2 / 6.0
        return min(1.0, max(0.0, y))

    return at
