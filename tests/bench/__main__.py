"""Runs one benchmark: `python -m tests.bench NAME [ARGUMENTS]` calls `main()` of tests/bench/NAME.py."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are: the modules of this folder but helpers (_NAME) and tests."""
    return sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith(("_", "test_")))


def run(argv: list[str]) -> int:
    if not argv or argv[0] not in names():
        print(f"Say which: python -m tests.bench NAME, with NAME one of {', '.join(names())}.", file=sys.stderr)
        return 2
    name = argv[0]
    sys.argv = [f"tests.bench {name}", *argv[1:]]  # so that the benchmark's own argparse sees its own arguments
    return int(importlib.import_module(f"tests.bench.{name}").main() or 0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
