"""Average the readers of follow-ups of several runs into one that reads better than each of them.

    python -m backend.training.average --runs runs/A runs/B --out runs/C

They must have gone on from the same weights, with other texts drawn (`follow --seed`). Writes OUT/turn.pt.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from backend.training.layers import BERT_LAYERS, BERT_LOWER
from backend.training.readers import TurnReader, load_reader, save_reader


def averaged(nets: Sequence[nn.Module]) -> nn.Module:
    """The first of these nets, of one shape, with the mean of all their weights."""
    states = [net.state_dict() for net in nets]
    nets[0].load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    return nets[0]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="a run's folder, made if it is not there")
    parser.add_argument("--upper", type=int, default=BERT_LAYERS - BERT_LOWER, help="layers of the readers' own")
    options = parser.parse_args(arguments)
    nets = [TurnReader(options.upper) for _ in options.runs]
    figures = [load_reader(run / "turn.pt", net) for run, net in zip(options.runs, nets, strict=True)]
    options.out.mkdir(parents=True, exist_ok=True)
    save_reader(options.out / "turn.pt", averaged(nets), {"averaged": figures})


if __name__ == "__main__":
    main()
