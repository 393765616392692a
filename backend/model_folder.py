"""Finds the folder of the model to use, and loads the agent from it."""

from __future__ import annotations

from pathlib import Path

from backend.agent.task import Agent

MODELS = Path(__file__).parent / "models"


class ModelError(Exception):
    """The model cannot be used; the message is a sentence that says what to do."""


def find(given: str | Path | None = None, *, models: Path = MODELS) -> Path:
    """The folder given, or the newest one in `models`. Raises ModelError when there is none."""
    if given is not None:
        if not (Path(given) / "config.json").is_file():
            raise ModelError(f"{given} is not a model folder (no config.json in it). Name one such as backend/models/NAME.")
        return Path(given)
    found = [path.parent for path in models.glob("*/config.json")] if models.is_dir() else []
    if not found:
        raise ModelError("There is no model in backend/models. Get the repository again, or name a folder with --model.")
    return max(found, key=lambda folder: ((folder / "config.json").stat().st_mtime, folder.name))


def load(folder: Path) -> Agent:
    """Load the agent. Raises ModelError when the folder is incomplete, damaged or of another version."""
    # Here, because the runtime takes most of a second to import and the command line should answer --help at once.
    from backend import agent

    try:
        return agent.load(folder)
    except Exception as error:
        raise ModelError(f"The model in {folder.name} could not be loaded: {error}") from error
