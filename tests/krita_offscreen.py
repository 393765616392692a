"""`run_offscreen`: code in a real `kritarunner`, about a second, no display and no docker."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from installer.launch import own_python_first
from tests.krita_home import KritaDied, KritaError, KritaTimeout, Seed, bytes_back, end_of, private_home

_OFFSCREEN = '''
import base64, json, os, sys, traceback
from krita import *
K = Krita.instance()
def _plain(value):
    if isinstance(value, (bytes, bytearray, memoryview)) or type(value).__name__ == "QByteArray":
        return {"__bytes__": base64.b64encode(bytes(value)).decode("ascii")}
    return repr(value)
def main(args):
    import ast
    names = dict(globals())
    try:
        with open(CODE, encoding="utf-8") as file: request = json.load(file)
        names.update(request["names"])
        tree = ast.parse(request["run"], "<test>")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<test>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<test>", "eval"), names) if last is not None else None
        answer = {"value": value}
        text = json.dumps(answer, default=_plain)
    except BaseException as error:
        text = json.dumps({"error": {"type": type(error).__name__, "message": str(error), "traceback": traceback.format_exc()}})
    with open(CODE + ".part", "w", encoding="utf-8") as file: file.write(text)
    os.replace(CODE + ".part", CODE + ".answer")
    for document in K.documents():
        document.setModified(False)
        document.close()
    sys.stdout.flush()
    os._exit(0)
'''


def run_offscreen(code: str, timeout: float = 120.0, *, home: Path | None = None, **names: Any) -> Any:
    """Run `code` once in a `kritarunner` without display and return the value of its last line, as `RealKrita.run` does.

    `K` is the Krita instance. Documents are closed unsaved. `home` is a folder to run in again; otherwise a temporary one.
    Raises KritaError, KritaTimeout, KritaDied (with what kritarunner printed).
    """
    with tempfile.TemporaryDirectory(prefix="iea-offscreen-") as temporary:
        folder = Path(temporary)
        place = Path(home) if home is not None else folder
        Seed.plant(place, "kritarunner")
        request = folder / "request.json"
        request.write_text(json.dumps({"run": textwrap.dedent(code), "names": names}, default=str), encoding="utf-8")
        (folder / "iea_offscreen.py").write_text(f"CODE = {str(request)!r}\n{_OFFSCREEN}", encoding="utf-8")
        env = private_home(place) | {
            "PATH": own_python_first(os.environ.get("PATH", os.defpath), "kritarunner"), "LC_ALL": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(folder),
        }
        log = folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                ["kritarunner", "-s", "iea_offscreen", "-f", "main"], env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, start_new_session=True,
            )
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise KritaTimeout(f"kritarunner took longer than {timeout:g} s\n{end_of(log)}") from None
        answer_file = Path(f"{request}.answer")
        if not answer_file.exists():
            raise KritaDied(f"kritarunner gave no answer (exit code {process.returncode})\n{end_of(log)}")
        answer = json.loads(answer_file.read_text(encoding="utf-8"), object_hook=bytes_back)
        Seed.take(place, "kritarunner")
    if "error" in answer:
        raise KritaError(answer["error"]["type"], answer["error"]["message"], answer["error"]["traceback"])
    return answer["value"]
