"""How the server starts and bears load: time until it is ready, memory, many requests at once, what a refused one is told."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from backend.model_folder import find
from plugin.iea_krita.client import BackendError
from tests.backend.servers import Server, picture, serving


def _memory(server: Server) -> dict[str, float]:
    """Resident memory now and at its highest, MiB; empty where there is no /proc."""
    try:
        lines = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return {"now": round(int(told["VmRSS"].split()[0]) / 1024), "highest": round(int(told["VmHWM"].split()[0]) / 1024)}


def _at_once(server: Server, count: int, data: bytes) -> dict[str, Any]:
    """`count` requests at the same moment: how many are answered, how many told to come back, and how long that took."""

    def ask(_: int) -> tuple[str, float]:
        start = time.perf_counter()
        try:
            server.client().edit("brighter and warmer", data)
        except BackendError as error:
            return error.kind, time.perf_counter() - start
        return "answered", time.perf_counter() - start

    with ThreadPoolExecutor(count) as pool:
        done = list(pool.map(ask, range(count)))
    kinds = [kind for kind, _ in done]
    longest = max(seconds for _, seconds in done)
    return {"requests": count, **{kind: kinds.count(kind) for kind in sorted(set(kinds))}, "longest_s": round(longest, 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--model", help="a model folder (default: the newest)")
    options = parser.parse_args()
    folder = find(options.model)
    starts: list[float] = []
    figures: dict[str, Any] = {"model": folder.name}
    with tempfile.TemporaryDirectory() as temporary:
        for number in range(options.starts):
            begin = time.perf_counter()
            place = Path(temporary) / str(number)
            with serving(place, "--model", str(folder.resolve()), module="backend") as server:
                starts.append(time.perf_counter() - begin)
                if number < options.starts - 1:
                    continue
                figures["memory_mib_ready"] = _memory(server)
                for count in (1, 5, 12):
                    figures[f"at_once_{count}"] = _at_once(server, count, picture(1024, 768, kind="JPEG"))
                server.client().edit("brighter", picture(6000, 4000, kind="JPEG"))
                server.client().edit("brighter", picture(6000, 4000, kind="PNG"))
                figures["memory_mib_after_24_megapixels"] = _memory(server)
    figures["start_s"] = {"median": round(statistics.median(starts), 2), "longest": round(max(starts), 2)}
    for name, value in figures.items():
        print(f"{name:<34}{value}")
    print(json.dumps(figures))
    return 0
