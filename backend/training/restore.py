"""Make a run's folder out of a shipped model, so that training goes on where only the repository is left.

    python -m backend.training.restore --model backend/models/iea-8 --out runs/NAME

The weights are those of the ONNX files, 8-bit values as floats, and export to the same files again. Writes OUT/checkpoint.pt,
mend.pt and turn.pt as the training commands do, without an optimiser's memory: for --start, grpo, mend, follow and export.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from backend.training.export import export_graph, graphs
from backend.training.model import AgentNet, Shape
from backend.training.readers import MendReader, TurnReader, save_reader
from backend.training.train import save

Places = dict[str, tuple[str, int, bool]]  # where a weight lies: the constant's name, from which number on, whether transposed


def _constants(path: Path) -> dict[str, NDArray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}


def shipped_constants(path: Path) -> dict[str, NDArray]:
    """The graph's constants by the names that they had before their weights were made 8-bit, as floats."""
    found = _constants(path)
    for name in [name for name in found if name.endswith("_quantized")]:
        plain = name.removesuffix("_quantized")
        scale, zero = found[f"{plain}_scale"], found[f"{plain}_zero_point"]
        value = (found.pop(name).astype(np.float32) - zero.astype(np.float32)) * scale
        if plain.endswith("_Transposed"):
            plain, value = plain.removesuffix("_Transposed"), value.T
        found[plain] = value
    return found


def _place(weight: NDArray, constants: Mapping[str, NDArray]) -> tuple[str, int, bool] | None:
    """Which constant holds these numbers side by side, as they are or transposed; the smallest: one number may be anywhere."""
    large_enough = sorted((c.size, name) for name, c in constants.items() if c.size >= weight.size)
    for name in (name for _, name in large_enough):
        for transposed in (False, True):
            numbers, flat = constants[name].ravel(), (weight.T if transposed else weight).ravel()
            for start in np.flatnonzero(numbers[: numbers.size - flat.size + 1] == flat[0]):
                if np.array_equal(numbers[start : start + flat.size], flat):
                    return name, int(start), transposed
    return None


def places_of(module: nn.Module, constants: Mapping[str, NDArray]) -> Places:
    """Where each weight of the module lies in the constants of its graph; weights that the graph does not need are left out."""
    floats = {name: value for name, value in constants.items() if value.dtype == np.float32}
    weights = {name: tensor.numpy() for name, tensor in module.state_dict().items() if tensor.dtype == torch.float32}
    found = {name: _place(weight, floats) for name, weight in weights.items()}
    return {name: place for name, place in found.items() if place is not None}


def make_unlike(module: nn.Module) -> None:
    """Fill a module with noise, so that each of its weights is found by its numbers."""
    with torch.no_grad():
        for tensor in module.state_dict().values():
            if tensor.dtype == torch.float32:
                tensor.copy_(torch.randn_like(tensor) * 0.05 + 1 * (tensor == 1))


def weights_in(shipped: Path, name: str, graph: dict[str, Any], module: nn.Module) -> dict[str, torch.Tensor]:
    """Weights of `module`, which is filled with noise, by name, out of the shipped graph of that name. Raises ValueError."""
    with tempfile.TemporaryDirectory() as folder:
        constants = _constants(export_graph(name, graph, Path(folder), tolerance=float("inf")))
    theirs, found = shipped_constants(shipped), {}
    for weight, (constant, start, transposed) in places_of(module, constants).items():
        if constant not in theirs or theirs[constant].size != constants[constant].size:
            raise ValueError(f"{shipped.name} was not exported by this code: {constant} is missing or of another size.")
        own = module.state_dict()[weight]
        part = np.ascontiguousarray(theirs[constant], np.float32).ravel()[start : start + own.numel()]
        numbers = torch.from_numpy(part.copy())
        found[weight] = numbers.view(own.T.shape).T.contiguous() if transposed else numbers.view(own.shape)
    return found


def restore(model: Path, out: Path) -> list[str]:
    """Write the run's folder; names of weights that no graph holds. Raises ValueError where the files do not fit."""
    config = json.loads((model / "config.json").read_text())
    net, mend, turn = AgentNet(Shape(words=len(config["words"]))), MendReader(), TurnReader()
    parts = {"net": net, "mend": mend, "turn": turn}
    missing = {f"{part}.{name}" for part, module in parts.items() for name in module.state_dict()}
    for module in parts.values():
        make_unlike(module)
    found: dict[str, torch.Tensor] = {}
    for name, graph in graphs(net, mend, turn).items():
        part = name if name in parts else "net"
        weights = weights_in(model / f"{name}.onnx", name, graph, parts[part])
        found |= {f"{part}.{weight}": tensor for weight, tensor in weights.items()}
    for part, module in parts.items():
        fitting = {name: found[f"{part}.{name}"] for name in module.state_dict() if f"{part}.{name}" in found}
        module.load_state_dict(fitting, strict=False)
    out.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = config["training"]
    trained = {name for name, _ in net.named_parameters()}
    weights = net.state_dict()
    figures = {name: value for name, value in told["held_out"].items() if name not in ("mend", "turn")}
    save(out / "checkpoint.pt", {
        "shape": {name: getattr(net.shape, name) for name in net.shape.__slots__}, "words": config["words"],
        "fixed": {name: tensor for name, tensor in weights.items() if name not in trained},
        "optimiser": {
            "names": [name for name in weights if name in trained], "step": told["steps"],
            "averages": [tensor for name, tensor in weights.items() if name in trained],
        },
        "elapsed": 60 * told["minutes"], "shards": [""] * told["shards"], "figures": figures, "options": told["options"],
    })
    save_reader(out / "mend.pt", mend, told["held_out"]["mend"])
    save_reader(out / "turn.pt", turn, told["held_out"]["turn"])
    return sorted(missing - found.keys())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of a shipped model")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    options = parser.parse_args(arguments)
    print(json.dumps({"weights that no graph holds": restore(options.model, options.out)}))


if __name__ == "__main__":
    main()
