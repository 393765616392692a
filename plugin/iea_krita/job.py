"""A job for the autopilot: what it is in JSON, and how its outcome is told. No Qt, no Krita in here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BadJob(ValueError):
    """The job file cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Job:
    """`photo` is opened unless it is open already ("" takes the document in front); `request` may be empty, and None only
    shows the docker beside the photo; results go to `out_dir`/`name`.{kra,png,json} and, with `screenshot`, -screen.png.
    `timeout` is in seconds, for the whole job."""

    photo: str = ""
    request: str | None = ""
    out_dir: str = ""
    name: str = "photo"
    screenshot: bool = True
    quit: bool = True
    timeout: float = 300.0

    def path(self, ending: str) -> Path:
        return Path(self.out_dir) / f"{self.name}{ending}"


def read_job(path: str | os.PathLike[str]) -> Job:
    """Raises BadJob."""
    try:
        data = json.loads(Path(path).read_text("utf-8"))
        job = Job(
            photo=str(data.get("photo") or ""), request=_request(data), out_dir=str(data["out_dir"]),
            name=str(data.get("name") or "photo"), screenshot=bool(data.get("screenshot", True)),
            quit=bool(data.get("quit", True)), timeout=float(data.get("timeout") or 300.0),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadJob(f"The job file cannot be read: {error}") from error
    if not job.name or Path(job.name).name != job.name:
        raise BadJob("The job's name must be a plain file name without folders.")
    return job


def _request(data: dict[str, Any]) -> str | None:
    value = data.get("request", "")
    return None if value is None else str(value)


def write_json(path: str | os.PathLike[str], data: dict[str, Any]) -> None:
    """Write JSON so that a reader sees the old file or the whole new one, never a part."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(part, target)


def status_path(job_file: str | os.PathLike[str]) -> Path:
    return Path(f"{os.fspath(job_file)}.status")
