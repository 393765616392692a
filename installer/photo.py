"""Looks at the photo before Krita is started, so that a broken one is told in a sentence and not by a dialog in Krita."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

from installer.project import ROOT
from installer.say import Problem

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".kra")
BAD_PHOTO = 2  # the exit code

_LOOK = """
import sys
from backend.pictures import PictureError, read_file
try:
    read_file(sys.argv[1], max_side=256)
except PictureError as error:
    print(error)
    sys.exit(2)
"""


def check_file(path: Path) -> Path:
    """The photo's absolute path. Raises Problem (exit code 2) when it is missing, empty or of a kind that we do not open."""
    if not path.exists():
        raise Problem(f"There is no photo {path}. Check the name, or put it in quotes if it has spaces.", BAD_PHOTO)
    if not path.is_file():
        raise Problem(f"{path} is not a file. Name one photo.", BAD_PHOTO)
    if path.suffix.lower() not in SUFFIXES:
        raise Problem(f"{path.name} is not a kind of photo that this opens. Use one of {', '.join(SUFFIXES)}.", BAD_PHOTO)
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise Problem(f"{path.name} cannot be read: {error.strerror}.", BAD_PHOTO) from None
    if empty:
        raise Problem(f"{path.name} is empty. Use another copy of the photo.", BAD_PHOTO)
    if path.suffix.lower() == ".kra":
        _check_kra(path)
    return path.resolve()


def _check_kra(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            whole = "maindoc.xml" in archive.namelist() and archive.testzip() is None
    except (zipfile.BadZipFile, OSError, EOFError):
        whole = False
    if not whole:
        raise Problem(f"{path.name} is broken, or is no Krita document. Use another copy of it.", BAD_PHOTO)


def check_picture(path: Path, python: Path) -> None:
    """Decode the photo once, by the backend's own reader. Raises Problem (exit code 2) when it is broken or too large."""
    if path.suffix.lower() == ".kra":
        return
    done = subprocess.run(
        [python, "-c", _LOOK, path], cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", errors="replace",
    )
    if done.returncode == BAD_PHOTO:
        raise Problem(done.stdout.strip() or f"{path.name} cannot be read.", BAD_PHOTO)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Problem(f"The photo could not be looked at ({last}). Run: python3 -m installer doctor")
