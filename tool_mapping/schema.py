"""The tools as OpenAI function definitions (JSON Schema), and the hash that ties a model's weights to them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tool_mapping.spec import TOOLS, ToolSpec

SUMMARIZE_INTENT = "summarize_intent"


def function_of(tool: ToolSpec) -> dict[str, Any]:
    """One tool as an entry of the `tools` list of a chat-completions request."""
    value = {
        "type": "integer", "minimum": tool.minimum, "maximum": tool.maximum,
        "description": f"{tool.minimum} to {tool.maximum}; {tool.neutral} is no change.",
    }
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.for_model,
            "parameters": {
                "type": "object", "properties": {"value": value}, "required": ["value"], "additionalProperties": False,
            },
        },
    }


def tools_schema() -> list[dict[str, Any]]:
    """The sixteen tools, in canonical order."""
    return [function_of(tool) for tool in TOOLS]


def schema_hash() -> str:
    """Twelve hex digits that change when a tool's name, range, neutral value or law version changes (not its wording)."""
    facts = [(t.name, t.minimum, t.maximum, t.neutral, t.version) for t in TOOLS]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]
