"""Work on a picture in strips of rows, on every core: numpy lets other threads run while it computes.

A strip is so small that a large photo needs little more memory than its own, and so large that threads seldom wait for one
another: a table is looked up with Python's lock held, and each call of numpy may have to wait for it. A small picture is one
strip and is worked on where it is, without a thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

PIXELS = 1 << 18  # of a strip: a quarter of it fits a core's cache, but takes up to half as long again on two cores
MOST_WORKERS = 8  # memory, not cores, is what limits beyond


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def rows_of(width: int) -> int:
    """Rows of a strip of a picture `width` pixels wide."""
    return max(8, PIXELS // max(1, width))


def each(height: int, rows: int, work: Callable[[int, int], object]) -> None:
    """work(top, bottom) for every strip of at most `rows` rows, several at once; raises what a strip raised."""
    tops = range(0, height, rows)
    workers = min(cores(), MOST_WORKERS, len(tops))
    if workers <= 1:
        for top in tops:
            work(top, min(height, top + rows))
        return
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda top: work(top, min(height, top + rows)), tops):
            pass
