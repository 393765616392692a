"""Training goes on from a shipped model: its weights come out of the ONNX files as they went in."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend import agent
from backend.agent.vocab import Words
from backend.training import export
from backend.training.model import AgentNet, Shape
from backend.training.readers import MendReader, TurnReader
from backend.training.restore import make_unlike, weights_in


@pytest.mark.parametrize("name", ["turn", "decide"])
def test_weights_that_are_read_back_export_to_the_same_file(name: str, tmp_path: Path) -> None:
    net, turn = AgentNet(Shape(words=len(Words(("a",)).entries))), TurnReader()
    module = turn if name == "turn" else net
    make_unlike(module)
    graph = export.graphs(net, MendReader(), turn)[name]
    shipped = agent.DEFAULT_MODEL / f"{name}.onnx"
    module.load_state_dict(weights_in(shipped, name, graph, module), strict=False)
    export.shrink(export.export_graph(name, graph, tmp_path), tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == shipped.read_bytes()


def test_a_graph_of_another_network_is_refused() -> None:
    turn = TurnReader(upper=1)
    make_unlike(turn)
    graph = export.graphs(AgentNet(Shape(words=9)), MendReader(), turn)["turn"]
    with pytest.raises(ValueError, match="was not exported by this code"):
        weights_in(agent.DEFAULT_MODEL / "decide.onnx", "turn", graph, turn)
