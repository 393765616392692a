"""Write a model's card and its attribution file beside its weights, from what the run, the benchmarks and the photo list say.

    python -m backend.training.card --shared DIR --model backend/models/iea-8 --command "..." --bench out/bench
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

_CARD = """# {name}

Reads a photo and a request in everyday English; answers with a short reason and up to sixteen tool calls. Also refines what is
in force, and says in one sentence what somebody likes. Runs on a CPU through ONNX Runtime, {megabytes} MB on disk.

## How it was made
- Network: all-MiniLM-L6-v2 (Apache-2.0, fine-tuned) reads the words; {statistics} exact statistics and a 48 x 48 copy of each
  picture; a small transformer joins them and decides for each tool: keep, up, down or take away, then how much. Beside it a
  reader of pictures alone says what a photo needs when the words leave that open, and a reader of words and of the steps in
  force says which sum a follow-up asks for ("half of that", "undo the grain"), which arithmetic does, and is asked, too, what a
  first request wishes ("we look like corpses"), which is then said in plain words to the network that decides
  (backend/agent/plain.py). A two-layer writer with a vocabulary of {words} words chooses the reason, word by word, among all
  sentences that are true of the steps (backend/agent/saying.py), and puts into words what was measured between two pictures.
  {quantisation}.
- Stage 1, supervised: what words ask for (`words`); then everything together (`train`), taught by a goal-based teacher that
  solves for the few tool values which show what was asked on this photo, by a fit to the unspoiled photo for vague requests,
  and through a differentiable renderer. The large synthetic multitask set, the paper's third stage, is in it from the start.
- What photos need (`mend`): spoiled photos, taught through the renderer to come back to the good one.
- Stage 2, GRPO (`grpo`): groups of answers, rewarded as in the IEA paper (likeness, usefulness, agreement in refining, effects
  named in summaries; backend/training/rewards.py names each departure).
- What follow-ups mean (`follow`): words and steps in force, composed and written for this project, drawn anew without end;
  readers that were taught with other texts are averaged (`average`).
- The joint run: {steps} steps in {minutes} minutes on two shared CPU cores, {shards} shards. Exported by the code of commit
  {training_commit}.
{notes}- Commands, in this order:
{command}

## Data and licences
- Pictures: {photos} openly licensed photographs, all named in ATTRIBUTION.md with their licences ({licences}).
  Cropped, flipped, spoiled and edited at random for training; the model holds no copy of them.
- Words: sentences that people wrote to photo retouchers (MA5k-Req, GIER, IER; no licence stated; used to train, not included),
  sentences written for this project, and sentences composed by backend/training/language.py.
- Labels of sentences: made by reading them, people's and this project's coding assistant's. Teacher and reasons: this project's
  own code.

## Results
On photos and requests that were not trained on; the bounds of the agent's look at its own result (backend/agent/review.py)
were set while watching the first table. The same run measures simple floors.
{results}

## Limits
- English only. Whole pictures only: it cannot change one thing in a picture, remove or add anything.
- Reads a copy of at most 192 pixels: fine noise and slight blur escape it.
- Words it has not met can be misread; every answer is valid, bounded and shown as steps that can be changed or removed.
- Tool schema {tool_schema}: a build with other tools refuses it.
"""


def results(bench: Path) -> str:
    """The benchmarks' figures as tables; says so where one was not run."""
    out: list[str] = []
    agent = _figures(bench / "agent.json")
    if agent:
        out += ["", "| real requests on dev photos | followed | opposite | side effect | newly clipped | dE s / m / l |",
                "|---|---|---|---|---|---|"]
        for name in ("agent", "keyword_rules", "identity"):
            f = agent[name]
            sizes = " / ".join(str(f["dE"].get(size, "-")) for size in "sml")
            out.append(f"| {name} | {f['followed']} | {f['opposite']} | {f['side_effect']} | {f['clipped']} | {sizes} |")
        out += ["", f"Answer time, warm: median {agent['agent']['seconds_median']} s, nine in ten within "
                    f"{agent['agent']['seconds_p90']} s (two threads, a shared machine)."]
        told = {
            "refine": "Refine (composed and everyday sentences held out, on dev photos)",
            "said_dev": "First requests as people tell a friend, by a writer who knew nothing of this, looked at",
            "said_test": "By another such writer, never looked at",
            "said_test_2": "By a third, labelled by two readers, never looked at",
            "follow_ups_dev": "Follow-ups by a writer who knew neither code nor training texts, looked at while it was made",
            "follow_ups_dev_2": "By a second such writer, looked at",
            "follow_ups_dev_3": "By two more, looked at",
            "follow_ups_dev_4": "By another, who looked for unusual words, looked at",
            "follow_ups_dev_5": "By another, as ordinary people type, looked at",
            "follow_ups_dev_6": "By another, with unusual words, not looked at before the figures of iea-6",
            "follow_ups_test": "Follow-ups by the first of their writers, never looked at",
            "follow_ups_test_2": "Follow-ups by a third, never looked at", "summary": "Summary (held-out pairs of dev photos)",
            "summary_unsorted": "Summary (edits of held-out conversations as they come, judged by another measure)",
            "by_size": "Each effect asked plainly a bit, plainly and a lot: the least ratios of how far the pictures move",
        }
        for task, what in told.items():
            if task in agent:
                out.append(f"{what}: " + ", ".join(f"{k} {v}" for k, v in agent[task].items()) + ".")
    spoiled = _figures(bench / "spoiled.json")
    if spoiled:
        out += ["", "| vague request on a spoiled photo | likeness | share improved |", "|---|---|---|"]
        out += [f"| {n} | {f['likeness']} | {f['improved']} |" for n, f in spoiled.items() if isinstance(f, dict)]
    stages = bench / "stages.md"
    if stages.exists():
        out += ["", "After each stage, every benchmark:", "", *stages.read_text(encoding="utf-8").splitlines()[2:]]
    return "\n".join(out) if out else "Not measured."


def reward_curve(curve: list[dict[str, Any]]) -> str:
    """Rewards of the likeliest answers to held-out samples in the course of stage 2, as a table."""
    if not curve:
        return ""
    tasks = list(curve[0]["held_out"])
    out = ["", "Rewards of stage 2 on held-out samples, -1..1:", "", "| minutes | " + " | ".join(tasks) + " |",
           "|" + "---|" * (len(tasks) + 1)]
    out += [f"| {e['minutes']} | " + " | ".join(str(e["held_out"][t]) for t in tasks) + " |" for e in curve]
    return "\n".join(out)


def _figures(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def family(licence: str) -> str:
    """The kind of a licence as the photo list words it."""
    plain = licence.upper().replace("-", " ")
    if "BY SA" in plain.split("(")[0]:
        return "CC BY-SA"
    if "CC BY" in plain.split("(")[0]:
        return "CC BY"
    if any(word in plain for word in ("CC0", "PUBLIC DOMAIN", "US GOVERNMENT")):
        return "CC0 or public domain"
    return "free to use by their authors' statement"


def attribution(photos: list[dict[str, Any]]) -> str:
    """The photographs by licence, each with its attribution and where it was taken from."""
    out = ["# Photographs that the model was trained on", "",
           "Each was cropped, flipped, spoiled and edited at random for training.", ""]
    for licence in sorted({p["licence"] for p in photos}):
        out += [f"## {licence}", ""]
        out += [f"- {p['attribution']} ({p['repository']}, {p['original']})" for p in photos if p["licence"] == licence]
        out.append("")
    return "\n".join(out)


def write(shared: Path, model: Path, commands: list[str], notes: list[str], bench: Path) -> None:
    """README.md and ATTRIBUTION.md into the model's folder; `notes` say what the files cannot know."""
    config = _figures(model / "config.json")
    lines = (shared / "data" / "photos.jsonl").read_text(encoding="utf-8").splitlines()
    photos = [p for p in map(json.loads, lines) if p["split"] == "train"]
    licences = ", ".join(f"{n} {kind}" for kind, n in Counter(family(p["licence"]) for p in photos).most_common())
    (model / "ATTRIBUTION.md").write_text(attribution(photos), encoding="utf-8")
    files = [p for p in model.iterdir() if p.is_file() and p.suffix in {".onnx", ".json"}]
    (model / "README.md").write_text(_CARD.format(
        name=config["name"], megabytes=round(sum(p.stat().st_size for p in files) / 2**20, 1), words=len(config["words"]),
        statistics=config["statistics"], quantisation=f"Weights: {config['quantisation']}",
        command="\n".join(f"  `{command}`  " for command in commands), photos=len(photos), licences=licences,
        results=results(bench) + reward_curve(config["training"]["held_out"].get("reward_curve", [])),
        tool_schema=config["tool_schema"], notes="".join(f"- {note}\n" for note in notes),
        training_commit=config["training_commit"], steps=config["training"]["steps"],
        minutes=config["training"]["minutes"], shards=config["training"]["shards"],
    ), encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--command", action="append", required=True, help="a command that trained it; all, in their order")
    parser.add_argument("--note", action="append", default=[], help="what else a reader must know of how it was made")
    parser.add_argument("--bench", type=Path, default=Path("out/bench"))
    options = parser.parse_args(arguments)
    write(options.shared, options.model, options.command, options.note, options.bench)


if __name__ == "__main__":
    main()
