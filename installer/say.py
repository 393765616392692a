"""How the installer speaks: one line of progress at a time, and problems as one sentence that says what to do."""

from __future__ import annotations

import sys


class Problem(Exception):
    """Something a person has to know or do. The message is the whole sentence; `code` becomes the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(line: str) -> None:
    """Print one line at once, also into a pipe, and also where the console knows no typographic characters."""
    try:
        print(line, flush=True)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        print(line.encode(encoding, "replace").decode(encoding), flush=True)
