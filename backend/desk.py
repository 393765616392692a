"""The agent at work in this process, on photo files: what the command line does without a server."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backend.agent.task import Agent, EditTask
from backend.limits import MAX_REQUEST, MAX_STYLE
from backend.pictures import Photo, PictureError, read_file, reduced, write
from tool_mapping import conversation, reference
from tool_mapping.kra_document import write_document
from tool_mapping.spec import ToolCall
from tool_mapping.validate import RefusedCall, validate_calls

OUTPUTS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".kra")


class DeskError(Exception):
    """A job that cannot be done as it was asked for. `kind` is a word for programs, the message a sentence for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def calls_of(raw: object) -> list[ToolCall]:
    """Calls as a file holds them, [{"name", "value"}], validated. Raises DeskError."""
    if not isinstance(raw, list):
        raise DeskError("bad_calls", 'Steps are written as a list: [{"name": "exposure", "value": 20}].')
    try:
        return validate_calls(raw).calls
    except RefusedCall as error:
        raise DeskError(error.reason, str(error)) from None


def as_json(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [{"name": call.name, "value": call.value} for call in calls]


def read_calls(path: str) -> list[ToolCall]:
    """The calls in a JSON file: a list, or an object with "tool_calls" as `retouch --json` prints it. Raises DeskError."""
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DeskError("missing", f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise DeskError("bad_json", f'{path} is not JSON. Write a list: [{{"name": "exposure", "value": 20}}].') from None
    return calls_of(raw.get("tool_calls") if isinstance(raw, Mapping) else raw)


def check_output(path: str) -> None:
    """Refuse an output that could not be written, before any work is done. Raises DeskError."""
    target = Path(path)
    if target.suffix.lower() not in OUTPUTS:
        raise DeskError("bad_output", f"{target.name}: the output's name must end in {', '.join(OUTPUTS)}.")
    if not target.parent.is_dir():
        raise DeskError("bad_output", f"There is no folder {target.parent}. Make it first.")
    if target.is_dir():
        raise DeskError("bad_output", f"{path} is a folder. Name a file in it.")


def save(
    path: str | Path, photo: Photo, calls: Sequence[ToolCall], *, name: str = "photo", request: str = "", reason: str = "",
    seconds: float = 0.0,
) -> None:
    """Write the photo with the calls carried out: a picture, or a Krita document with the photo and a filter layer a step.

    `request`, `reason` and `seconds` are the turn that the docker shows when it opens the document. Raises PictureError,
    DeskError.
    """
    if Path(path).suffix.lower() == ".kra":
        _save_document(Path(path), photo, calls, name, {"request": request, "reason": reason, "seconds": seconds})
    else:
        write(path, photo.with_rgb(reference.render(photo.rgb, calls)))


def _save_document(path: Path, photo: Photo, calls: Sequence[ToolCall], name: str, turn: dict[str, Any]) -> None:
    rgba = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, photo.alpha])
    try:
        write_document(
            path, rgba, calls, photo_name=name, group_name=conversation.group_name(turn["request"]),
            annotations=lambda written: conversation.first_turn(written, calls, **turn) if calls else {},
        )
    except OSError as error:
        raise DeskError("bad_output", f"{path} could not be written: {error.strerror or error}.") from error


class Desk:
    """Edits and summaries by one agent."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def edit(
        self, photo: Photo, request: str, *, history: Sequence[Mapping[str, Any]] = (), style: str = ""
    ) -> dict[str, Any]:
        """{"reason", "tool_calls", "seconds"}. history: [{"request", "tool_calls"}], oldest first, the last one's calls being
        in force. `seconds` is the agent's time alone. Raises DeskError."""
        if len(request) > MAX_REQUEST:
            raise DeskError("too_long", f"The request has {len(request)} characters; say it in at most {MAX_REQUEST}.")
        if len(style) > MAX_STYLE:
            raise DeskError("too_long", f"The style has {len(style)} characters; keep it to {MAX_STYLE}.")
        before = np.ascontiguousarray(reduced(photo.rgb))
        now, in_force, previous = None, [], []
        if history:
            previous = calls_of(history[-2].get("tool_calls")) if len(history) > 1 else []
            in_force = calls_of(history[-1].get("tool_calls"))
            now = reference.render(before, in_force)
        earlier = tuple(_text(turn, "request") for turn in history)
        start = time.perf_counter()
        answer = self._agent.edit(EditTask(request, before, now, tuple(in_force), earlier, style, previous=tuple(previous)))
        seconds = time.perf_counter() - start
        return {"reason": answer.reason, "tool_calls": as_json(answer.calls), "seconds": round(seconds, 4)}

    def summarize(self, before: Photo, after: Photo) -> dict[str, Any]:
        """{"summary", "seconds"}."""
        start = time.perf_counter()
        summary = self._agent.summarize(np.ascontiguousarray(reduced(before.rgb)), np.ascontiguousarray(reduced(after.rgb)))
        return {"summary": summary, "seconds": round(time.perf_counter() - start, 4)}


def _text(job: Mapping[str, Any], key: str) -> str:
    text = job.get(key)
    if not isinstance(text, str):
        raise DeskError("bad_line", f'"{key}" must be a text.')
    return text


class Batch:
    """Jobs as objects of a JSON-lines file, one at a time.

    base: the folder that relative paths are looked for in when they are not found from the current one. render: a folder to
    write the pictures to, None for none.
    """

    def __init__(self, desk: Desk, *, base: Path, render: Path | None = None) -> None:
        self._desk = desk
        self._base = base
        self._render = render

    def line(self, number: int, text: str) -> dict[str, Any]:
        """The output object for one line (number from 0). Never raises for what is wrong with the line."""
        job: Any = None
        try:
            job = json.loads(text)
            if not isinstance(job, dict):
                raise DeskError("bad_line", 'A line is an object such as {"image": "a.jpg", "request": "brighter"}.')
            return {**job, **self._do(number, job)}
        except (DeskError, PictureError) as error:
            wrong = {"kind": error.kind, "message": str(error)}
        except (ValueError, RecursionError) as error:
            wrong = {"kind": "bad_json", "message": f"The line is not JSON ({error})."} if job is None else _fault(error)
        except Exception as error:
            wrong = _fault(error)
        return {**(job if isinstance(job, dict) else {"line": number + 1}), "error": wrong}

    def _do(self, number: int, job: dict[str, Any]) -> dict[str, Any]:
        path = self._find(_text(job, "image"))
        if "request" not in job:
            if "after" not in job:
                raise DeskError("bad_line", 'A line needs "request", or "after" to be summarised.')
            return self._desk.summarize(read_file(path), read_file(self._find(_text(job, "after"))))
        history = job.get("history") or []
        if not isinstance(history, list) or not all(isinstance(turn, dict) for turn in history):
            raise DeskError("bad_line", '"history" is a list of {"request", "tool_calls"}.')
        photo = read_file(path)
        done = self._desk.edit(photo, _text(job, "request"), history=history, style=str(job.get("style") or ""))
        if self._render is not None:
            target = self._render / f"{number:05d}-{path.stem}.png"
            save(target, photo, calls_of(done["tool_calls"]))
            done["rendered"] = str(target)
        return done

    def _find(self, name: str) -> Path:
        path = Path(name)
        return path if path.is_absolute() or path.exists() else next(
            (found for found in [self._base / path] if found.exists()), path
        )


def _fault(error: Exception) -> dict[str, str]:
    return {"kind": "failed", "message": f"The agent failed on this line ({type(error).__name__}: {error})."}
