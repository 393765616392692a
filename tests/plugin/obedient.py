"""The server tests' stand-in agent, which also takes orders: "set exposure 20, vignette -40" is answered with just that."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from backend.agent.task import Answer, EditTask
from backend.server.process import serve
from tests.backend.stand_in import StandIn
from tool_mapping.spec import ToolCall


class Obedient(StandIn):
    def edit(
        self, task: EditTask, *, on_text: Callable[[str], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> Answer:
        self._note(
            request=task.request, before_mean=float(task.before.mean()), side=max(task.before.shape[:2]), earlier=task.earlier,
            in_force=[[call.name, call.value] for call in task.in_force],
        )
        order, _, rest = task.request.partition(" ")
        if order != "set":
            return super().edit(task, on_text=on_text, stop=stop)
        calls = tuple(ToolCall(words.split()[0], int(words.split()[1])) for words in rest.split(",") if words.strip())
        reason = "These steps were asked for, and this sentence says so at some length, as a real answer does."
        if on_text:
            on_text(reason)
        return Answer(reason, calls)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--discovery")
    parser.add_argument("--parent", type=int)
    parser.add_argument("--model", default="")
    options = parser.parse_args()
    (options.folder / "config.json").write_text("{}", encoding="utf-8")
    return serve(
        model=options.model or str(options.folder), port=0, discovery=options.discovery, parent=options.parent,
        loader=lambda folder: Obedient(Path(folder)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
