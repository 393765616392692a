"""The command line: python -m backend serve, retouch, batch, apply, summarize, doctor.

Exit codes: 0 done; 1 could not be done, with one sentence on stderr; 2 wrong usage; 130 interrupted. `batch` ends with 0 if
at least one line worked, or there were none.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend import __version__

if TYPE_CHECKING:
    from backend.desk import Desk


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    # What a person sees may hold any character, whatever the terminal's encoding.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        sys.stdout = None  # type: ignore[assignment]
        return 0
    except ImportError as error:
        print(f"{error.name or error} is missing. Run: python3 -m installer install", file=sys.stderr)
        return 1
    except MemoryError:
        print("There is not enough memory for this picture. Use a smaller copy.", file=sys.stderr)
        return 1
    except _known_errors() as error:
        print(error, file=sys.stderr)
        return 1


def _known_errors() -> tuple[type[Exception], ...]:
    from backend.desk import DeskError
    from backend.model_folder import ModelError
    from backend.pictures import PictureError

    return DeskError, ModelError, PictureError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend", description="The local agent: pictures and words in, steps out.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Any, about: str, *, model: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        if model:
            sub.add_argument("--model", metavar="DIR", help="a model folder (default: the newest in backend/models)")
        return sub

    serve = command("serve", _serve, "Serve the agent on this machine, for the plugin or any OpenAI-compatible client.")
    serve.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default 0: a free one)")
    serve.add_argument("--discovery", metavar="FILE", help="where to write address and token")
    serve.add_argument("--parent", type=int, metavar="PID", help="leave when this process is gone")

    retouch = command("retouch", _retouch, "Carry out a request on a photo.")
    retouch.add_argument("photo", metavar="PHOTO")
    retouch.add_argument("request", metavar="REQUEST", help='in your words; "" lets the photo decide')
    retouch.add_argument("-o", "--output", metavar="OUT", help="write the result: .png, .jpg, .webp, .tif, or .kra with steps")
    retouch.add_argument("--style", default="", metavar="TEXT", help="what you generally like")
    retouch.add_argument("--json", action="store_true", help="print the answer as one JSON object")

    batch = command("batch", _batch, "Carry out many requests, a JSON object a line.")
    batch.add_argument("input", metavar="IN.jsonl", help='lines of {"image", "request"[, "history"]} or {"image", "after"}')
    batch.add_argument("-o", "--output", required=True, metavar="OUT.jsonl")
    batch.add_argument("--render", metavar="DIR", help="also write the pictures here")
    batch.add_argument("--json", action="store_true", help="print how it went as one JSON object")

    apply = command("apply", _apply, "Carry out given steps on a photo, without the agent.", model=False)
    apply.add_argument("photo", metavar="PHOTO")
    apply.add_argument("calls", metavar="CALLS.json", help='[{"name": "exposure", "value": 20}, ...]')
    apply.add_argument("-o", "--output", required=True, metavar="OUT", help=".png, .jpg, .webp, .tif or .kra")
    apply.add_argument("--json", action="store_true", help="print the steps as one JSON object")

    summarize = command("summarize", _summarize, "Say in one sentence what the person who made AFTER from BEFORE likes.")
    summarize.add_argument("before", metavar="BEFORE")
    summarize.add_argument("after", metavar="AFTER")
    summarize.add_argument("--json", action="store_true", help="print the answer as one JSON object")

    doctor = command("doctor", _doctor, "Say what is wrong with this installation, and what to do.")
    doctor.add_argument("--json", action="store_true", help="print the findings as one JSON object")
    return parser


def _desk(options: argparse.Namespace) -> Desk:
    from backend.desk import Desk
    from backend.model_folder import find, load

    return Desk(load(find(options.model)))


def _print_json(told: dict[str, Any]) -> None:
    print(json.dumps(told, ensure_ascii=True))


def _print_steps(calls: Sequence[dict[str, Any]]) -> None:
    from tool_mapping.spec import BY_NAME

    for call in calls:
        print(f"  {BY_NAME[call['name']].title:<17}{call['value']:+4d}")
    if not calls:
        print("  (no change)")


def _serve(options: argparse.Namespace) -> int:
    from backend.server.process import serve

    return serve(model=options.model, port=options.port, discovery=options.discovery, parent=options.parent)


def _retouch(options: argparse.Namespace) -> int:
    from backend.desk import calls_of, check_output, save
    from backend.pictures import read_file

    if options.output:
        check_output(options.output)
    photo = read_file(options.photo)
    done = _desk(options).edit(photo, options.request, style=options.style)
    if options.output:
        turn = {"request": options.request, "reason": done["reason"], "seconds": done["seconds"]}
        save(options.output, photo, calls_of(done["tool_calls"]), name=Path(options.photo).stem, **turn)
        done["rendered"] = options.output
    _note(photo.notes)
    if options.json:
        _print_json({"image": options.photo, "request": options.request, **done})
        return 0
    print(done["reason"])
    _print_steps(done["tool_calls"])
    return 0


def _batch(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from backend.desk import Batch, DeskError
    from backend.pictures import atomic

    try:
        lines = Path(options.input).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError("missing", f"{options.input} cannot be read: {getattr(error, 'strerror', error)}.") from None
    jobs = [(number, line) for number, line in enumerate(lines) if line.strip()]
    render = Path(options.render) if options.render else None
    if render is not None:
        try:
            render.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeskError("bad_output", f"The folder {render} cannot be made: {error.strerror}.") from None
    failed = 0
    with atomic(options.output) as temporary, temporary.open("w", encoding="utf-8") as out:
        batch = Batch(_desk(options), base=Path(options.input).resolve().parent, render=render)
        for number, line in tqdm(jobs, unit="line", disable=None):
            done = batch.line(number, line)
            failed += "error" in done
            out.write(json.dumps(done, ensure_ascii=False) + "\n")
    if failed:
        print(f"{failed} of {len(jobs)} lines could not be done; see \"error\" in {options.output}.", file=sys.stderr)
    if options.json:
        _print_json({"lines": len(jobs), "failed": failed, "output": options.output})
    return 1 if jobs and failed == len(jobs) else 0


def _apply(options: argparse.Namespace) -> int:
    from backend.desk import as_json, check_output, read_calls, save
    from backend.pictures import read_file

    check_output(options.output)
    calls = read_calls(options.calls)
    photo = read_file(options.photo)
    save(options.output, photo, calls, name=Path(options.photo).stem)
    _note(photo.notes)
    if options.json:
        _print_json({"image": options.photo, "tool_calls": as_json(calls), "rendered": options.output})
        return 0
    _print_steps(as_json(calls))
    return 0


def _summarize(options: argparse.Namespace) -> int:
    from backend.pictures import read_file

    before, after = read_file(options.before), read_file(options.after)
    done = _desk(options).summarize(before, after)
    if options.json:
        _print_json({"image": options.before, "after": options.after, **done})
    else:
        print(done["summary"])
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from backend.doctor import examine

    findings = examine(options.model)
    if options.json:
        _print_json({"ok": all(f.ok for f in findings), "findings": [f.as_json() for f in findings]})
    else:
        for finding in findings:
            print(finding.line())
    return 0 if all(f.ok for f in findings) else 1


def _note(notes: Sequence[str]) -> None:
    for note in notes:
        print(f"Note: {note}", file=sys.stderr)
