"""Servers that tests of this folder share: the stand-in, and the real one with the shipped model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backend.servers import Server, serving


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("stand-in")) as server:
        yield server


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("real"), module="backend") as server:
        yield server
