"""Switches a Python plugin on or off in the text of kritarc and leaves every other byte as it is."""

from __future__ import annotations

import re
from pathlib import Path

_GROUP = re.compile(rb"^[ \t]*\[([^\r\n]*)\][ \t]*\r?\n?$")


def is_enabled(text: bytes, plugin: str) -> bool:
    """Whether Krita will load `plugin`: of several lines the last one counts, as for Krita itself."""
    values = [value for _, value in _settings(text.splitlines(keepends=True), plugin)]
    return bool(values) and values[-1].lower() in (b"true", b"1", b"yes", b"on")


def enable(text: bytes, plugin: str) -> bytes:
    """The same text with the plugin on. Every line that says otherwise is changed; without one, one is added to [python]."""
    if is_enabled(text, plugin):
        return text
    lines = text.splitlines(keepends=True)
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    wanted = b"enable_" + plugin.encode() + b"=true"
    found = [i for i, _ in _settings(lines, plugin)]
    for i in found:
        lines[i] = wanted + _ending(lines[i], newline)
    if found:
        return b"".join(lines)
    for i, line in enumerate(lines):
        if _group(line) == b"python":
            if not line.endswith(b"\n"):
                lines[i] = line + newline
            lines.insert(i + 1, wanted + newline)
            return b"".join(lines)
    gap = b"" if not text else newline if text.endswith(b"\n") else newline * 2
    return text + gap + b"[python]" + newline + wanted + newline


def disable(text: bytes, plugin: str) -> bytes:
    """The same text without any line about the plugin."""
    lines = text.splitlines(keepends=True)
    gone = {i for i, _ in _settings(lines, plugin)}
    return b"".join(line for i, line in enumerate(lines) if i not in gone)


def resource_folder(text: bytes) -> str:
    """The resource folder that the person chose in Krita's settings, "" for Krita's own choice."""
    for line in text.splitlines():
        if _group(line) is not None:  # the key stands before the first group
            break
        left, equals, right = line.partition(b"=")
        if equals and left.strip() in (b"ResourceDirectory", b"ResourceDirectory[$e]"):
            value = right.strip().decode("utf-8", "replace").replace("\\\\", "\\")
            return value.replace("$HOME", str(Path.home())) if left.strip().endswith(b"[$e]") else value
    return ""


def _settings(lines: list[bytes], plugin: str) -> list[tuple[int, bytes]]:
    """Line number and value of each `enable_PLUGIN=...` in a [python] group."""
    found, group = [], b""
    key = b"enable_" + plugin.encode()
    for i, line in enumerate(lines):
        name = _group(line)
        if name is not None:
            group = name
        elif group == b"python":
            left, equals, right = line.partition(b"=")
            if equals and left.strip() == key:
                found.append((i, right.strip()))
    return found


def _group(line: bytes) -> bytes | None:
    match = _GROUP.match(line)
    return match[1] if match else None


def _ending(line: bytes, newline: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")):] or newline
