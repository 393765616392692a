"""Part of the agent bench: does a summary name what an edit does?

`summarising` compares with the held-out sentences, from whose pairs the unclear ones were dropped. `unsorted` takes edits as
they come in conversations, drops none, and lets the shared scorer say what is to be seen: no part of it is the agent's own.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from backend.agent.onnx_agent import OnnxAgent
from backend.training.naming import effects_named
from tests.bench._follow_ups import MEASURED
from tool_mapping import reference
from tool_mapping.spec import ToolCall, in_canonical_order


def summarising(loaded: OnnxAgent, samples: list[dict[str, Any]], root: Path) -> dict[str, float]:
    """ROUGE-L against the held-out sentences; share of the true effects that are named, and of the named that are true."""
    from rouge_score.rouge_scorer import RougeScorer

    from backend.training.scenes import after_picture, before_picture

    scorer = RougeScorer(["rougeL"])
    rouge, named, true = [], [], []
    for sample in samples:
        sentence = loaded.summarize(before_picture(sample["picture"], root), after_picture(sample, root))
        rouge.append(scorer.score(sample["summary"], sentence)["rougeL"].fmeasure)
        wanted, found = effects_named(sample["summary"]), effects_named(sentence)
        named += [e in found for e in wanted]
        true += [e in wanted for e in found]
    return {
        "rouge_l": round(float(np.mean(rouge)), 3), "named": round(float(np.mean(named)), 3),
        "true": round(float(np.mean(true)), 3), "samples": len(samples),
    }


def unsorted(loaded: OnnxAgent, effects: ModuleType, samples: list[dict[str, Any]], root: Path) -> dict[str, float]:
    """Edits that were in force in held-out conversations.

    named: share of the effects that the steps are for and the scorer sees that the sentence names; named_plain: of those three
    times as strong as the least that the scorer sees; true: share of the named effects that the scorer sees.
    """
    from backend.training.scenes import before_picture
    from backend.training.summaries import meant

    named, plain, true = [], [], []
    for sample in samples:
        before = before_picture(sample["picture"], root)
        calls = in_canonical_order(tuple(ToolCall(c["name"], c["value"]) for c in sample["in_force"]))
        after = reference.render(before, calls)
        amounts = effects.measure(Image.fromarray(before), Image.fromarray(after))
        seen = {axis: amounts[axis] for axis in MEASURED if abs(amounts[axis]) >= 1}
        found = effects_named(loaded.summarize(before, after))
        for axis, way in meant(sample["in_force"]).items():
            if seen.get(axis, 0.0) * way > 0:
                told = f"{axis}{'+' if way > 0 else '-'}" in found or (axis == "S" and way < 0 and "BW+" in found)
                named.append(told)
                plain += [told] * (bool(abs(seen[axis]) >= 3))
        true += [seen.get(e[:-1], 0.0) * (1 if e[-1] == "+" else -1) > 0 for e in found if e[:-1] in MEASURED]
    return {
        "named": round(float(np.mean(named)), 3), "named_plain": round(float(np.mean(plain)), 3),
        "true": round(float(np.mean(true)), 3), "effects": len(named), "samples": len(samples),
    }
