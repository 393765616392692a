"""Starts real server processes for tests, and makes the pictures and messages that tests send."""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import json
import selectors
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from plugin.iea_krita.client import Client, Discovery

ROOT = Path(__file__).parent.parent.parent
SECONDS = 60.0  # the longest that anything may take before a test fails


@dataclass(frozen=True, slots=True)
class Server:
    """A running server process and what its discovery file says."""

    process: subprocess.Popen[str]
    discovery: Path
    folder: Path
    told: Discovery

    @property
    def url(self) -> str:
        return self.told.url

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.told.token}"}

    def client(self, **options: Any) -> Client:
        return Client(self.told.url, self.told.token, **options)

    def asked(self) -> list[dict[str, Any]]:
        """What reached the stand-in agent, oldest first, without the request it is warmed up with."""
        lines = (self.folder / "asked.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines][1:]


def first_line(process: subprocess.Popen[str], seconds: float = SECONDS) -> str:
    """The next line of the process's output; "" if it ends before. Fails when nothing comes in time."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(seconds), f"the process said nothing for {seconds} s"
    return process.stdout.readline()


@contextlib.contextmanager
def serving(folder: Path, *options: str, module: str = "tests.backend.stand_in", ready: bool = True) -> Iterator[Server]:
    """A server process from its start to its end. folder: for its files; `ready` waits for the model."""
    folder.mkdir(parents=True, exist_ok=True)
    discovery = folder / "run" / "backend.json"
    what = [module, "serve"] if module == "backend" else [module, str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", *what, "--discovery", str(discovery), *options], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        line = first_line(process)
        assert "Listening" in line, line
        told = Discovery.read(discovery)
        assert told is not None
        server = Server(process, discovery, folder, told)
        if ready:
            server.client().wait_ready(SECONDS)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        if process.stdout:
            process.stdout.close()


@functools.cache
def picture(width: int = 64, height: int = 48, *, level: int = 70, kind: str = "PNG") -> bytes:
    """An encoded picture: a soft gradient around `level`."""
    ramp = np.linspace(-40, 40, width)[None, :, None] + np.linspace(-20, 20, height)[:, None, None]
    colours = ramp + np.array([level + 10, level, level - 10])
    out = io.BytesIO()
    Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)).save(out, kind)
    return out.getvalue()


def uri(data: bytes, mime: str = "image/png") -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def user(text: str, *pictures: str) -> dict[str, Any]:
    """A user message with pictures given as addresses."""
    return {"role": "user", "content": [
        {"type": "text", "text": text}, *({"type": "image_url", "image_url": {"url": address}} for address in pictures),
    ]}


def asking(text: str, **more: Any) -> dict[str, Any]:
    """The body of a plain request about one picture."""
    return {"model": "iea", "messages": [user(text, uri(picture()))], **more}
