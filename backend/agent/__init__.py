"""The agent: words and a picture in, a reason and tool calls out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.agent.onnx_agent import OnnxAgent

DEFAULT_MODEL = Path(__file__).resolve().parent.parent / "models" / "iea-8"


def load(folder: Path | str = DEFAULT_MODEL, *, threads: int = 2, reviews: bool = True) -> OnnxAgent:
    """The agent of a model folder, ready to answer; `reviews` lets it look at its result and set strengths right.

    Raises onnx_agent.UnusableModel, whose message says what to do.
    """
    from backend.agent.onnx_agent import OnnxAgent  # onnxruntime is slow to import; training needs the package without it

    return OnnxAgent(Path(folder), threads=threads, reviews=reviews)
