"""The parity bench, shortened: real Krita keeps every tool's bounds in colour and grey, in whole numbers and in floats."""

from __future__ import annotations

import pytest

from tests.bench import parity
from tests.bench._krita_layers import SPACES, Space

pytestmark = pytest.mark.krita


@pytest.mark.parametrize("space", [SPACES[0], SPACES[2], SPACES[4]], ids=lambda space: space.name)
def test_every_tool_and_stacks_of_two_to_ten_keep_their_bounds(space: Space):
    found = parity.measure(space, step=75, each=1, side=80)
    assert len(found) >= (20 if space.model == "GRAYA" else 24)
    missed = {name: (errors.mean, errors.max, errors.where) for name, errors in found.items() if not parity.kept(name, errors)}
    assert not missed
