"""The installer's commands: run, test, install, uninstall, doctor, zip."""

from __future__ import annotations

import argparse
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from installer import bundle, check, doctor, run
from installer.display import has_display
from installer.environment import DEVELOPMENT, RUNTIME, Environment
from installer.krita import Krita, find_krita, running
from installer.photo import check_file, check_picture
from installer.plugin import PlacedPlugin
from installer.project import SAMPLE
from installer.say import Problem, say
from installer.steps import Step, carry_out
from installer.system import system_step


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code: 0 done, 1 a problem, 2 a photo or an argument that cannot be used."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command != "test":
        _parser().error(f"unknown: {' '.join(rest)}")
    options.rest = rest
    if hasattr(signal, "SIGTERM"):  # whoever ends us must not leave a Krita without a display behind
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.do(options)
    except Problem as problem:
        say(str(problem))
        return problem.code
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    about = "Puts IEA into Krita, runs it, takes it away again."
    parser = argparse.ArgumentParser(prog="python3 -m installer", description=about)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, about: str, do, *, dry: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        sub.set_defaults(do=do)
        if dry:
            sub.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        return sub

    sub = command("run", "Install what is missing, open Krita on a photo, and carry a request out.", _run)
    sub.add_argument("photo", nargs="?", type=Path, help="a photo or a Krita document; a sample photo otherwise")
    sub.add_argument("request", nargs="?", help="what to change, in your own words")
    sub.add_argument("--out", type=Path, default=run.OUT, help="folder for the results (default: out)")
    sub.add_argument("--timeout", type=float, default=run.default_timeout(), help="seconds to wait (default: %(default).0f)")
    command("test", "Install what the tests need, real Krita included, run them all. More arguments go to pytest.", _test)
    command("install", "Install everything, and put the plugin into Krita.", _install)
    sub = command("uninstall", "Take the plugin out of Krita.", _uninstall)
    sub.add_argument("--environment", action="store_true", help="remove the project's .venv too")
    command("doctor", "Say what is wrong, and what to do.", lambda options: doctor.doctor(), dry=False)
    sub = command("zip", 'Make the zip for Krita\'s own "Import Python Plugin from File".', _zip)
    sub.add_argument("-o", "--output", type=Path, default=None, help="where to write it (default: below dist)")
    return parser


def _install_all(*, dry_run: bool) -> Krita | None:
    """Everything that a person needs, and the Krita it was put into; None only in a dry run without Krita."""
    environment = Environment()
    steps = [system_step(display=has_display()), *environment.steps(RUNTIME)]
    count = carry_out(steps, dry_run=dry_run)
    krita = find_krita()
    if krita is None:
        if not dry_run:
            raise Problem("Krita was installed, but is still not found. Run: python3 -m installer doctor")
        say("Would do: Put the plugin into Krita and switch it on")
        return None
    count += carry_out(PlacedPlugin(krita, environment).install_steps(), dry_run=dry_run)
    if not count:
        say("Everything is in place.")
    return krita


def _install(options: argparse.Namespace) -> int:
    _install_all(dry_run=options.dry_run)
    if not options.dry_run:
        say('Start Krita and open a photo. The docker "IEA" stands beside the tools; if not, choose it in Settings > Dockers.')
    return 0


def _run(options: argparse.Namespace) -> int:
    photo = check_file(options.photo or SAMPLE)
    headless = not has_display()
    request = options.request
    if request is None and headless:
        request = run.DEFAULT_REQUEST
    krita = _install_all(dry_run=options.dry_run)
    if options.dry_run or krita is None:
        say(f"Would do: Open {photo.name} in Krita" + (f' and ask: "{request}"' if request else ""))
        return 0
    check_picture(photo, Environment().python)
    if running(krita):  # a second start only wakes the first one, which knows nothing of our job
        raise Problem("Krita is open. Close it and run this again, or type into the docker of the Krita that is open.")
    run.start(krita, run.Job(photo, request, options.out.resolve(), headless, options.timeout))
    return 0


def _test(options: argparse.Namespace) -> int:
    environment = Environment()
    carry_out([system_step(display=has_display(), tests=True), *environment.steps(DEVELOPMENT)], dry_run=options.dry_run)
    if options.dry_run:
        say("Would do: Run ruff, pyright and pytest")
        return 0
    return check.check(environment, options.rest)


def _uninstall(options: argparse.Namespace) -> int:
    krita = find_krita()
    environment = Environment()
    steps = PlacedPlugin(krita, environment).uninstall_steps() if krita else []
    if options.environment:
        there = environment.folder.exists
        steps.append(Step(lambda: "Remove .venv" if there() else "", lambda: shutil.rmtree(environment.folder)))
    if not carry_out(steps, dry_run=options.dry_run):
        say("There is nothing to take away.")
    return 0


def _zip(options: argparse.Namespace) -> int:
    environment = Environment()
    path = options.output or bundle.default_path()
    steps = [*environment.steps(()), Step(lambda: f"Write {path}", lambda: bundle.write_zip(path, environment))]
    carry_out(steps, dry_run=options.dry_run)
    if not options.dry_run:
        say("In Krita: Tools > Scripts > Import Python Plugin from File, choose this zip, and start Krita again.")
    return 0
