"""Export a trained run to the ONNX graphs that the agent runs, check them against torch, and shrink the weights.

    python -m backend.training.export --run runs/NAME --out backend/models/iea-8

Checks in this order: names, axes, shapes, values against torch in float32, then how far 8-bit weights move the decisions.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from backend.agent import features
from backend.agent.decode import GATES
from backend.training.layers import BERT_WIDTH
from backend.training.model import AXES, PLAN, TOOLS, AgentNet
from backend.training.own_texts import spelling_words
from backend.training.readers import MendReader, TurnReader, load_reader
from backend.training.train import encoder_files, load_averaged, plain_tokenizer
from tool_mapping.schema import schema_hash
from tool_mapping.spec import NAMES

FORMAT = 5  # of config.json
TOLERANCE = 2e-4  # float32 graph against torch


class Reader(nn.Module):
    def __init__(self, net: AgentNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, ids: Tensor, segments: Tensor, stats: Tensor, thumbs: Tensor, state: Tensor, task: Tensor):
        read = self.net.read(ids, segments, torch.zeros_like(ids, dtype=torch.bool), stats, thumbs, state, task)
        numbers = torch.sigmoid(read.wishes), read.sizes, torch.sigmoid(read.vague)
        return read.memory, read.tools, read.gates, *numbers, read.inner


class Turner(nn.Module):
    def __init__(self, net: TurnReader) -> None:
        super().__init__()
        self.net = net

    def forward(self, inner: Tensor, state: Tensor, before: Tensor):
        turn = self.net(inner, inner.new_zeros(1, 1, 1, inner.shape[1]), state, before)
        numbers = torch.sigmoid(turn.wishes), turn.sizes, torch.softmax(turn.taken, -1), torch.sigmoid(turn.held)
        return *numbers, torch.softmax(turn.factor, -1), torch.softmax(turn.reach, -1)


class Decider(nn.Module):
    def __init__(self, net: AgentNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, tools: Tensor, choice: Tensor):
        return self.net.decide(tools, choice)


class Opener(nn.Module):
    def __init__(self, net: AgentNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, memory: Tensor, calls: Tensor, plan: Tensor):
        pairs = self.net.prepare(memory, calls, plan)
        return torch.stack([k for k, _ in pairs]), torch.stack([v for _, v in pairs])


class Writer(nn.Module):
    def __init__(self, net: AgentNet) -> None:
        super().__init__()
        self.net = net

    def forward(
        self, word: Tensor, place: Tensor, past_keys: Tensor, past_values: Tensor, read_keys: Tensor, read_values: Tensor
    ):
        past = list(zip(past_keys.unbind(0), past_values.unbind(0), strict=True))
        read = list(zip(read_keys.unbind(0), read_values.unbind(0), strict=True))
        logits, longer = self.net.write(word, place, past, read, None, None)
        return logits[:, 0], torch.stack([k for k, _ in longer]), torch.stack([v for _, v in longer])


def graphs(net: AgentNet, mend: MendReader, turn: TurnReader) -> dict[str, dict[str, Any]]:
    """For each graph: its module, example inputs by name, which axes vary, and its outputs' names."""
    shape = net.shape
    head = shape.width // shape.heads
    length, memory = 9, 9 + 3 + net.slots.shape[0]
    cache = (shape.writer_layers, 1, shape.heads)
    random = torch.Generator().manual_seed(1)

    def noise(*size: int) -> Tensor:
        return torch.randn(*size, generator=random)

    ids = torch.randint(1000, 20000, (1, length), generator=random)
    state = torch.zeros(1, TOOLS)
    state[0, 3] = 0.25
    return {
        "read": {
            "module": Reader(net),
            "inputs": {
                "ids": ids, "segments": torch.zeros_like(ids), "stats": noise(1, 2, features.SIZE) * 0.3,
                "thumbs": noise(1, 2, 3, features.THUMB, features.THUMB).sigmoid(), "state": state,
                "task": torch.zeros(1).long(),
            },
            "varies": {"ids": {1: "words"}, "segments": {1: "words"}},
            "outputs": ["memory", "tools", "gates", "wishes", "sizes", "vague", "inner"],
        },
        "turn": {
            "module": Turner(turn), "varies": {"inner": {1: "words"}},
            "inputs": {"inner": noise(1, length, BERT_WIDTH), "state": state, "before": 2 * state},
            "outputs": ["wishes", "sizes", "taken", "held", "factor", "reach"],
        },
        "mend": {
            "module": mend,
            "inputs": {
                "stats": noise(1, features.SIZE) * 0.3, "thumb": noise(1, 3, features.THUMB, features.THUMB).sigmoid(),
            },
            "varies": {}, "outputs": ["values"],
        },
        "decide": {
            "module": Decider(net),
            "inputs": {"tools": noise(1, TOOLS, shape.width), "choice": torch.eye(GATES)[torch.arange(TOOLS) % GATES][None]},
            "varies": {}, "outputs": ["amounts"],
        },
        "open": {
            "module": Opener(net),
            "inputs": {"memory": noise(1, memory, shape.width), "calls": state, "plan": noise(1, PLAN)},
            "varies": {"memory": {1: "memory"}}, "outputs": ["read_keys", "read_values"],
        },
        "write": {
            "module": Writer(net),
            "inputs": {
                "word": torch.tensor([[5]]), "place": torch.tensor([4]),
                "past_keys": noise(*cache, 4, head), "past_values": noise(*cache, 4, head),
                "read_keys": noise(*cache, memory + TOOLS + PLAN, head),
                "read_values": noise(*cache, memory + TOOLS + PLAN, head),
            },
            "varies": {
                "past_keys": {3: "past"}, "past_values": {3: "past"},
                "read_keys": {3: "memory"}, "read_values": {3: "memory"},
            },
            "outputs": ["logits", "keys", "values"],
        },
    }


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def largest_difference(path: Path, graph: dict[str, Any]) -> float:
    """Check names and shapes of the graph at `path` against the torch module; the largest difference of its values."""
    run = session(path)
    names = [i.name for i in run.get_inputs()]
    if names != list(graph["inputs"]) or [o.name for o in run.get_outputs()] != graph["outputs"]:
        raise ValueError(f"{path.name}: inputs {names}, outputs {[o.name for o in run.get_outputs()]}")
    with torch.no_grad():
        expected = graph["module"](*graph["inputs"].values())
    expected = [expected] if isinstance(expected, Tensor) else list(expected)
    answers = run.run(None, {name: value.numpy() for name, value in graph["inputs"].items()})
    for name, theirs, ours in zip(graph["outputs"], expected, answers, strict=True):
        if tuple(theirs.shape) != np.asarray(ours).shape:
            raise ValueError(f"{path.name}: {name} is {np.asarray(ours).shape}, not {tuple(theirs.shape)}")
    return max(float(np.abs(t.numpy() - np.asarray(o)).max()) for t, o in zip(expected, answers, strict=True))


def export_graph(name: str, graph: dict[str, Any], folder: Path, tolerance: float = TOLERANCE) -> Path:
    """Write FOLDER/NAME.onnx in float32 and check it. Raises ValueError where it differs from torch by more."""
    path = folder / f"{name}.onnx"
    names = {label for axes in graph["varies"].values() for label in axes.values()}
    sizes = {label: torch.export.Dim(label) for label in names}
    varies = [{axis: sizes[label] for axis, label in graph["varies"].get(i, {}).items()} or None for i in graph["inputs"]]
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph["module"].eval(), tuple(graph["inputs"].values()), input_names=list(graph["inputs"]),
            output_names=graph["outputs"], dynamic_shapes=tuple(varies), dynamo=True, verbose=False,
            opset_version=18,
        )
    assert program is not None
    program.save(str(path), external_data=False)
    forget_sources(path)
    off = largest_difference(path, graph)
    if off > tolerance:
        raise ValueError(f"{path.name} differs from torch by {off:.2g}")
    return path


def forget_sources(path: Path) -> None:
    """Take out where in the source each node came from: torch writes stack traces with this machine's folders into the file."""
    model = onnx.load(str(path))
    graph = model.graph
    for part in (graph.node, graph.value_info, graph.input, graph.output, graph.initializer):
        for entry in part:
            entry.doc_string = ""
            entry.ClearField("metadata_props")
    onnx.save(model, str(path))


def shrink(path: Path, out: Path) -> None:
    """8-bit weights for the matrix products and word tables; the tools' own heads stay in float32."""
    model = onnx.load(str(path))
    constants = {t.name: len(t.dims) for t in model.graph.initializer}
    keep = [n.name for n in model.graph.node if n.op_type == "MatMul" and any(constants.get(i, 2) > 2 for i in n.input)]
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        str(path), str(out), op_types_to_quantize=["MatMul", "Gemm", "Gather"], per_channel=True, weight_type=QuantType.QInt8,
        nodes_to_exclude=keep, extra_options={"MatMulConstBOnly": True},
    )


def commit_of_training() -> str:
    """The commit whose code is checked out, "" outside a checkout."""
    try:
        done = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def export(run: Path, out: Path, *, quantise: bool = True) -> dict[str, Any]:
    """Write the model's folder; the facts that were put into its config.json."""
    net, words, saved = load_averaged(run / "checkpoint.pt")
    mend = MendReader()
    mended = load_reader(run / "mend.pt", mend)
    turn = TurnReader()
    turned = load_reader(run / "turn.pt", turn)
    work = run / "onnx"
    work.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    differences = {}
    for name, graph in graphs(net, mend, turn).items():
        path = export_graph(name, graph, work)
        if quantise:
            shrink(path, out / path.name)
        else:
            shutil.copy(path, out / path.name)
        differences[name] = round(largest_difference(out / path.name, graph), 4)
    tokenizer = plain_tokenizer(encoder_files() / "tokenizer.json")
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    config = {
        "format": FORMAT, "name": out.name, "tool_schema": schema_hash(), "tools": list(NAMES), "axes": list(AXES),
        "words": list(words.entries), "spelling": spelling_words(),
        "cache": [net.shape.writer_layers, 1, net.shape.heads, net.shape.width // net.shape.heads],
        "statistics": features.SIZE, "quantisation": "int8 weights, per channel" if quantise else "none",
        "differences_from_torch": differences, "training_commit": commit_of_training(),
        "training": {
            "options": saved["options"], "steps": saved["optimiser"]["step"], "minutes": round(saved["elapsed"] / 60, 1),
            "shards": len(saved["shards"]), "held_out": {**saved["figures"], "mend": mended, "turn": turned},
        },
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    return config


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder of a training run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--float32", action="store_true", help="leave the weights as they are")
    options = parser.parse_args(arguments)
    config = export(options.run, options.out, quantise=not options.float32)
    size = sum(p.stat().st_size for p in options.out.iterdir() if p.is_file()) / 2**20
    print(json.dumps({"megabytes": round(size, 1), "differences": config["differences_from_torch"]}))


if __name__ == "__main__":
    main()
