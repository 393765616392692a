"""Readers of follow-ups averaged into one."""

from __future__ import annotations

from pathlib import Path

import torch

from backend.training import average
from backend.training.readers import TurnReader, load_reader, save_reader


def test_the_average_has_the_mean_of_all_weights_and_names_what_it_came_from(tmp_path: Path) -> None:
    nets = [TurnReader(1) for _ in range(3)]
    for number, net in enumerate(nets):
        (tmp_path / str(number)).mkdir()
        save_reader(tmp_path / str(number) / "turn.pt", net, {"all": 0.5 + number / 10})
    out = tmp_path / "made" / "here"
    average.main(["--runs", *(str(tmp_path / str(n)) for n in range(3)), "--out", str(out), "--upper", "1"])
    mean = TurnReader(1)
    figures = load_reader(out / "turn.pt", mean)
    assert figures == {"averaged": [{"all": 0.5}, {"all": 0.6}, {"all": 0.7}]}
    weights = [net.state_dict() for net in nets]
    for name, weight in mean.state_dict().items():
        assert torch.allclose(weight, torch.stack([w[name] for w in weights]).mean(0), atol=1e-6)
        assert not torch.equal(weight, weights[0][name]) or torch.equal(weights[0][name], weights[1][name])
