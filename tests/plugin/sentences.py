"""Which sentences of the plugin are shown to people: every text that goes through `tr`, and those of tables that do later."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from plugin.iea_krita.foreign import SENTENCES
from tool_mapping.spec import TOOLS

PLUGIN = Path(__file__).parent.parent.parent / "plugin" / "iea_krita"
# Modules whose tables hold texts that go through `tr` when they are shown: (module, name of the table, which strings).
_TABLES = {
    "suggestions.py": ("_BY_PICTURE", "_LOOKS", "_AFTER"),
    "bubbles.py": ("_PROBLEM_ACTIONS",),
}


def spoken() -> dict[str, str]:
    """English sentence -> where it is said."""
    found: dict[str, str] = {}
    for path in sorted(PLUGIN.rglob("*.py")):
        if "vendor" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr" and node.args:
                for text in _texts(node.args[0]):
                    found.setdefault(text, f"{path.name}:{node.lineno}")
        for text in _of_tables(tree, _TABLES.get(path.name, ())):
            found.setdefault(text, path.name)
    for text in SENTENCES:
        found.setdefault(text, "foreign.py")
    for tool in TOOLS:
        for text in (tool.title, tool.about, tool.above, tool.below):
            if text:
                found.setdefault(text, f"spec.py: {tool.name}")
    return found


def _texts(node: ast.expr) -> list[str]:
    """The string or, of a choice between two, both."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*_texts(node.body), *_texts(node.orelse)] if isinstance(node, ast.IfExp) else []


def _of_tables(tree: ast.Module, names: tuple[str, ...]) -> Iterator[str]:
    """Labels in module-level tables: of each tuple of texts the first, of a mapping to texts the values."""
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not any(isinstance(target, ast.Name) and target.id in names for target in targets):
            continue
        for inner in ast.walk(node.value):
            if isinstance(inner, ast.Tuple):
                texts = [text for element in inner.elts for text in _texts(element)]
                if len(texts) == 2 and texts[0]:
                    yield texts[0]
            elif isinstance(inner, ast.Dict):
                yield from (text for element in inner.values for text in _texts(element))
