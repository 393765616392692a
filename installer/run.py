"""`python3 -m installer run [PHOTO] [REQUEST]`: opens Krita on the photo with the docker in view, and carries the request out.

The plugin finds what to do in a job file that IEA_KRITA_JOB names, and writes how it went into `JOB.status`:
{"state": "done" or "failed", "message": a sentence}. With no display all happens on a virtual one and Krita quits afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from installer.display import VirtualDisplay
from installer.files import write_atomically
from installer.krita import Krita
from installer.launch import krita_environment
from installer.project import ROOT
from installer.say import Problem, say

OUT = ROOT / "out"
DEFAULT_REQUEST = "it's too dark and a bit cold"
SIZE = (1600, 1000)
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Job:
    """What Krita is started for. `request` None: only open the photo and show the docker. `timeout` in seconds, all of it."""

    photo: Path
    request: str | None
    out: Path
    headless: bool
    timeout: float

    @property
    def name(self) -> str:
        """The photo's name as the name of the results."""
        return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", self.photo.stem) or "photo"

    @property
    def results(self) -> list[Path]:
        return [self.out / f"{self.name}{end}" for end in (".kra", ".png", "-screen.png", ".json")]

    def as_json(self) -> bytes:
        """The job file, as the plugin reads it."""
        told = {
            "photo": str(self.photo), "request": self.request, "out_dir": str(self.out), "name": self.name,
            "screenshot": True, "quit": self.headless, "timeout": self.timeout,
        }
        return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8")


def start(krita: Krita, job: Job) -> None:
    """Start Krita for `job` and wait until it is done; with a request say where the results are.

    Raises Problem when it fails, ends too early or takes longer than `job.timeout`.
    """
    folder = Path(tempfile.mkdtemp(prefix="iea-run-"))
    file = folder / "job.json"
    write_atomically(file, job.as_json(), mode=0o600)
    log = folder / "krita.log"
    if job.request is not None:
        job.out.mkdir(parents=True, exist_ok=True)
        for result in job.results:  # an old result must not be taken for the new one
            result.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        display = None
        if job.headless:
            say("There is no display: Krita works on a virtual one.")
            display = stack.enter_context(VirtualDisplay(*SIZE, log=folder / "xvfb.log"))
        say(f"Opening {job.photo.name} in Krita ...")
        env = krita_environment(os.environ, krita.command[0], display=display.name if display else None)
        env["IEA_KRITA_JOB"] = str(file)
        # Left open with a display: Krita has to outlive us, and Ctrl+C here must not reach it.
        # The plugin opens the photo: named on the command line it comes up some time after the plugin, perhaps a second time.
        process = _spawn([*krita.command, "--nosplash"], env, log)
        if job.headless:
            stack.callback(_end, process)
        if job.request is not None:
            words = textwrap.shorten(job.request, 100, placeholder=" ...")
            say(f'Asking: "{words}"' if words else "Asking for what the photo needs")
        try:
            _wait(job, process, file.with_name(file.name + ".status"), log)
        except Problem as problem:
            if display is None or process.poll() is not None:
                raise
            shot = job.results[2]
            shot.write_bytes(display.picture())
            raise Problem(f"{problem} What Krita showed is in {_short(shot)}.", problem.code) from None
    if job.headless:
        shutil.rmtree(folder, ignore_errors=True)  # with a display Krita still writes its log there
    if job.request is None:
        say('Krita is open, with the docker "IEA" beside the photo. Type there what it needs, and press Enter.')
    else:
        _report(job)


_LEFT_OPEN: list[subprocess.Popen[bytes]] = []  # a Krita that outlives us is not forgotten with a warning


def _spawn(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with open(log, "ab") as out:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    _LEFT_OPEN.append(process)
    return process


def _wait(job: Job, process: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    end = time.monotonic() + job.timeout
    told = ""
    while True:
        found = _status(status)
        if found.get("state") == "done":
            break
        if found.get("state") == "failed":
            raise Problem(found.get("message") or f"It did not work; the messages of Krita are in {log}.")
        message = found.get("message", "")
        if message and message != told:
            say(message)
            told = message
        if not found and "Could not import krita" in _text(log):
            raise Problem(f"Krita's own Python does not start: {_last_error(_text(log))}. Run `python3 -m installer doctor`.")
        if process.poll() is not None and not _status(status):
            raise Problem(f"Krita ended (exit code {process.returncode}) before the work was done. Its messages are in {log}.")
        if time.monotonic() > end:
            raise Problem(
                f"Krita did not finish within {job.timeout:.0f} seconds. A window of Krita may wait for an answer, or the "
                f"plugin did not start. Look into {log}, run `python3 -m installer doctor`, or allow more time with --timeout."
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_S)
    if job.headless:
        with contextlib.suppress(subprocess.TimeoutExpired):  # it was told to quit; what is left is ended by the caller
            process.wait(max(5.0, min(30.0, end - time.monotonic())))


def _text(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _last_error(log: str) -> str:
    """The last line of Krita's log that names a Python error."""
    errors = re.findall(r"\w+Error: [^\"\n]*", log)
    return errors[-1] if errors else "it gave no reason"


def _status(file: Path) -> dict[str, str]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a Krita that is still there, with the session it was started as, so that its agent goes too."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return


def _report(job: Job) -> None:
    missing = [path.name for path in job.results if not path.exists()]
    if missing:
        raise Problem(f"Krita said that it was done, but {', '.join(missing)} is not in {job.out}. Look at its window.")
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        trace = json.loads(job.results[-1].read_text(encoding="utf-8"))
        say(str(trace["reason"]))
    say("Done:")
    for path in job.results:
        say(f"  {_short(path)}")


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def default_timeout() -> float:
    """Seconds for a whole run: a first start of Krita on two busy cores took half a minute, the work itself a few seconds."""
    return 300.0 if sys.platform.startswith("linux") else 600.0
