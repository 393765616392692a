"""What the agent's benchmarks share: scorers and photos outside the repository, simple rivals, tables, contact sheets."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from backend.agent.task import Answer, EditTask
from tool_mapping.spec import ToolCall
from tool_mapping.validate import validate_calls

Picture = NDArray[np.uint8]
OUT = Path("out/bench")
Candidate = Callable[[EditTask], Answer]


def scorer(shared: Path, name: str) -> ModuleType:
    """SHARED/bench/NAME.py as a module. Raises FileNotFoundError where it is not there."""
    path = shared / "bench" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"shared_bench_{name}", path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(f"{path} is not there; say with --shared where the folder with bench/ and data/ is.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def dev_photos(shared: Path) -> list[Path]:
    """The photos that are never trained on, in the order of their list."""
    return [shared / "data" / row["file"] for row in lines(shared / "data" / "photos.jsonl") if row["split"] == "dev"]


def photo(path: Path) -> Picture:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def identity(_: EditTask) -> Answer:
    return Answer("")


_RULES: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    (r"black and white|black & white|b&w|monochrom|grayscale|greyscale", (("saturation", -100),)),
    (r"too dark|bright|lighten|lighter|expos", (("exposure", 30),)),
    (r"too bright|darken|darker|dim", (("exposure", -30),)),
    (r"contrast|washed|haz|dull|flat", (("contrast", 25),)),
    (r"color|colour|saturat|vibran|vivid|rich", (("saturation", 30),)),
    (r"warm|yellow|orange|golden|cold", (("temperature", 25),)),
    (r"cool|blue|too warm", (("temperature", -25),)),
    (r"green", (("tint", 30),)),
    (r"pink|purple|magenta|red", (("tint", -30),)),
    (r"sharp|clear|detail|focus|crisp", (("sharpness", 40),)),
    (r"soft|blur", (("sharpness", -40),)),
    (r"shadow", (("shadows", 40),)),
    (r"highlight", (("highlights", -40),)),
    (r"vignette", (("vignette", -40),)),
    (r"grain", (("grain", 30),)),
    (r"fade|matte", (("fade", 30),)),
)


def keyword_rules(task: EditTask) -> Answer:
    """The floor: a keyword sets a tool to a fixed value, "less" and its kin turn the sign, "bit" and "lot" scale it."""
    text = task.request.lower()
    scale = 0.6 if re.search(r"\bbit\b|little|slight", text) else 1.7 if re.search(r"\blot\b|very|much", text) else 1.0
    sign = -1 if re.search(r"\bless\b|reduce|remove|decrease|lower", text) else 1
    raw = []
    for pattern, calls in _RULES:
        if re.search(pattern, text):
            raw += [ToolCall(name, max(-100, min(100, round(sign * scale * v)))) for name, v in calls]
    return Answer("", tuple(validate_calls(raw).calls))


def table(path: Path, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a Markdown table to `path` and give it back."""
    def cell(x: object) -> str:
        return f"{x:.3f}" if isinstance(x, float) else str(x)

    text = [f"# {title}", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    text += ["| " + " | ".join(cell(x) for x in row) + " |" for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return "\n".join(text[2:])


def report(figures: dict[str, Any]) -> None:
    """Print the figures as one JSON object, and leave them in out/bench/BENCH.json for the model card."""
    text = json.dumps(figures)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{figures['bench']}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def contact_sheet(path: Path, rows: Sequence[tuple[str, Sequence[Picture]]], *, width: int = 300, columns: int = 2) -> None:
    """Pictures side by side under a line of text, `columns` such groups in a row of the sheet."""
    font = ImageFont.load_default()
    groups = []
    for caption, pictures in rows:
        shown = [Image.fromarray(p) for p in pictures]
        for image in shown:
            image.thumbnail((width, width))
        group = Image.new("RGB", (len(shown) * (width + 4), width + 34), "white")
        draw = ImageDraw.Draw(group)
        for i, line in enumerate(_wrapped(caption, len(shown) * (width + 4) // 6)[:2]):
            draw.text((3, 2 + 14 * i), line, fill="black", font=font)
        for i, image in enumerate(shown):
            group.paste(image, (i * (width + 4), 32))
        groups.append(group)
    high = -(-len(groups) // columns)
    sheet = Image.new("RGB", (columns * groups[0].width, high * groups[0].height), "white")
    for i, group in enumerate(groups):
        sheet.paste(group, (i % columns * group.width, i // columns * group.height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _wrapped(text: str, width: int) -> list[str]:
    text = text.encode("ascii", "replace").decode()
    out = [""]
    for word in text.split():
        if len(out[-1]) + len(word) > width:
            out.append("")
        out[-1] += word + " "
    return out
