"""Where the photos, sentences and scorers lie that are not part of the repository; tests that need them skip without them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data" / "photos.jsonl").exists(), reason="../shared/data is not here")


def bench_module(name: str) -> ModuleType:
    """A scorer of ../shared/bench as a module."""
    spec = importlib.util.spec_from_file_location(f"shared_bench_{name}", SHARED / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
