"""The shape of the project: folders, directions of import, one module for Krita and one for Qt, nothing of a machine inside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"plugin", "tool_mapping", "backend", "installer", "tests", ".ci"}
TOO_LONG = 450
STANDARD = sys.stdlib_module_names


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("needs a git checkout")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def modules(folder: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / folder).rglob("*.py")) if "vendor" not in path.parts)


def imports(path: Path) -> set[str]:
    """Dotted names of everything that a file imports anywhere, relative ones left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def test_the_top_level_has_the_agreed_folders_only():
    assert {name.partition("/")[0] for name in tracked() if "/" in name} <= FOLDERS


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("tool_mapping", {"plugin", "backend", "installer", "tests", "iea_krita", "krita"}),
        ("plugin", {"backend", "installer", "tests"}),
        ("backend", {"plugin", "installer", "tests", "iea_krita", "krita"}),
        ("installer", {"plugin", "backend", "tests", "tool_mapping", "iea_krita", "krita"}),
    ],
)
def test_imports_go_one_way(folder: str, never: set[str]):
    wrong = {str(path.relative_to(ROOT)): tops(path) & never for path in modules(folder)}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_the_installer_needs_the_standard_library_only():
    foreign = {path.name: tops(path) - STANDARD - {"installer"} for path in modules("installer")}
    assert {name: names for name, names in foreign.items() if names} == {}


def test_the_tools_need_the_standard_library_and_numpy_only():
    foreign = {path.name: tops(path) - STANDARD - {"tool_mapping", "numpy"} for path in modules("tool_mapping")}
    assert {name: names for name, names in foreign.items() if names} == {}


def test_what_the_plugin_uses_of_the_tools_needs_no_numpy():
    code = (
        "import sys; sys.modules['numpy'] = None; "
        "import tool_mapping.spec, tool_mapping.schema, tool_mapping.validate, tool_mapping.krita, tool_mapping.kra"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_plugin_needs_the_standard_library_krita_qt_and_requests_only():
    allowed = STANDARD | {"krita", "PyQt5", "PyQt6", "requests", "tool_mapping", "iea_krita"}
    foreign = {path.name: tops(path) - allowed for path in modules("plugin")}
    assert {name: names for name, names in foreign.items() if names} == {}


@pytest.mark.parametrize("names", [{"krita"}, {"PyQt5", "PyQt6"}])
def test_one_module_of_the_plugin_knows_krita_and_one_knows_qt(names: set[str]):
    assert len([path for path in modules("plugin") if tops(path) & names]) == 1


def test_training_is_not_loaded_to_answer():
    heavy = {"torch", "onnx", "onnxscript", "rouge_score", "skimage"}
    wrong = {
        str(path.relative_to(ROOT)): names
        for path in modules("backend")
        if "training" not in path.parts and (names := tops(path) & heavy)
    }
    assert wrong == {}


def test_no_file_is_too_long():
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in tracked() if name.endswith(".py")}
    assert {name: length for name, length in lengths.items() if length > TOO_LONG} == {}


def test_every_module_says_what_it_is():
    trees = {name: ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in tracked() if name.endswith(".py")}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def test_no_path_of_a_developers_machine_is_in_a_file():
    """Folders that exist only where this was written; built from pieces, so that this file is not its own finding."""
    pattern = re.compile(r"(?<![\w.])/(?:" + "|".join(["wor" + "k", "far" + "m", "roo" + "t"]) + r")/")
    found = []
    for name in tracked():
        data = (ROOT / name).read_bytes()
        if b"\0" not in data[:8000] and pattern.search(data.decode("utf-8", "replace")):
            found.append(name)
    assert found == []


def test_tests_never_sleep():
    words = ["time" + ".sleep(", "qWa" + "it("]
    sleepy = [str(path) for path in modules("tests") if any(word in path.read_text(encoding="utf-8") for word in words)]
    assert sleepy == []
