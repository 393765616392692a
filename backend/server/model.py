"""The server's model: loaded in the background, and until then a reason why not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import numpy as np

from backend.agent.task import Agent, EditTask
from backend.model_folder import ModelError
from backend.server.errors import ApiError


class Model:
    """Loads an agent in a thread of its own and answers one small request with it, so that the first real one is fast."""

    def __init__(self, name: str, load: Callable[[], Agent]) -> None:
        self.name = name
        self._agent: Agent | None = None
        self._problem = ""
        self._load = load
        threading.Thread(target=self._run, name="iea-load", daemon=True).start()

    def _run(self) -> None:
        try:
            agent = self._load()
            agent.edit(EditTask("brighter", np.full((32, 32, 3), 96, np.uint8)))
        except ModelError as error:
            self._problem = str(error)
        except Exception as error:
            self._problem = f"The model could not be loaded: {error}"
        else:
            self._agent = agent
            return
        print(self._problem, file=sys.stderr, flush=True)

    def agent(self) -> Agent:
        """The agent. Raises ApiError 503: loading (wait), or model_failed (with the reason)."""
        if self._agent is not None:
            return self._agent
        if self._problem:
            raise ApiError(503, "model_failed", self._problem)
        raise ApiError(503, "loading", "The model is still loading. Wait a moment and try again.")
