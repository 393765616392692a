"""A server process whose agent does what the request says: for what a real model cannot be made to do at will.

`python -m tests.backend.stand_in FOLDER --discovery FILE`. Requests: "slow" writes a word each 20 ms until it is stopped
(or for 30 s), "break" raises, "refuse" answers without calls; anything else is answered with exposure +10, or with the calls in
force and one more of exposure. What was asked is appended to FOLDER/asked.jsonl, so that a test can see what reached the agent.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable
from pathlib import Path

from backend.agent.task import Answer, EditTask, Picture, Stopped
from backend.server.process import serve
from tool_mapping.spec import ToolCall

_NEVER = threading.Event()


class StandIn:
    """See the module."""

    name = "stand-in"

    def __init__(self, folder: Path) -> None:
        self._asked = folder / "asked.jsonl"

    def _note(self, **what: object) -> None:
        with self._asked.open("a", encoding="utf-8") as out:
            out.write(json.dumps(what) + "\n")

    def edit(
        self, task: EditTask, *, on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> Answer:
        self._note(
            request=task.request, before=task.before.shape, now=None if task.now is None else task.now.shape,
            now_mean=None if task.now is None else round(float(task.now.mean()), 2),
            in_force=[[c.name, c.value] for c in task.in_force], earlier=task.earlier, style=task.style,
            temperature=task.temperature, seed=task.seed,
        )
        if task.request == "break":
            raise RuntimeError("broken on purpose")
        if task.request == "refuse":
            return Answer("That is not something I can do.")
        if task.request == "slow":
            self._slow(on_text, stop)
        values = {call.name: call.value for call in task.in_force}
        values["exposure"] = values.get("exposure", 9) + 1 + round(task.temperature * task.seed)
        reason = "The photo is dark, so it gets more light."
        if on_text:
            for word in reason.split(" ")[:4]:  # the rest comes with the answer
                on_text(word + " ")
        return Answer(reason, tuple(ToolCall(name, value) for name, value in values.items()))

    def _slow(self, on_text: Callable[[str], None] | None, stop: Callable[[], bool] | None) -> None:
        for _ in range(1500):
            if stop and stop():
                self._note(stopped=True)
                raise Stopped
            if on_text:
                on_text("word ")
            _NEVER.wait(0.02)

    def summarize(
        self, before: Picture, after: Picture, *, temperature: float = 0.0, seed: int = 0,
        on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None,
    ) -> str:
        return "Likes it brighter." if after.mean() > before.mean() else "Likes it darker."


class _Loads:
    """How the model is loaded: at once, never, or not at all."""

    def __init__(self, how: str) -> None:
        self._how = how

    def __call__(self, folder: Path) -> StandIn:
        if self._how == "fails":
            raise RuntimeError("the weights are damaged")
        if self._how == "hangs":
            _NEVER.wait()
        return StandIn(folder)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--discovery")
    parser.add_argument("--parent", type=int)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--load", choices=("at-once", "fails", "hangs"), default="at-once")
    options = parser.parse_args()
    (options.folder / "config.json").write_text("{}", encoding="utf-8")
    return serve(
        model=str(options.folder), port=options.port, discovery=options.discovery, parent=options.parent,
        loader=_Loads(options.load),
    )


if __name__ == "__main__":
    raise SystemExit(main())
