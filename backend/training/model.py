"""The agent's network: reads words, pictures and the steps in force; decides the steps; writes the reason.

Departure from the paper, which lets one language model write everything token by token: here all sixteen tools are decided at
once (keep, up, down or take away; then how much), because a value that is a number can be taught through the renderer, and
because every answer is then a valid one. The reason is written word by word and sees the decided steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from backend.agent import features
from backend.agent.decode import GATES
from backend.training.layers import BERT_WIDTH, Block, Eye, SentenceEncoder, SizeReader, WriterBlock
from tool_mapping.spec import NAMES

TOOLS = len(NAMES)
AXES = (
    "L+", "L-", "C+", "C-", "S+", "S-", "b+", "b-", "a+", "a-", "H+", "H-", "V+", "V-", "N+", "N-", "F+", "F-",
    "X+", "X-", "Z+", "Z-", "SH+", "SH-", "HL+", "HL-", "WH+", "WH-", "BL+", "BL-", "BW+", "BW-",
)  # what a request can ask for; the words' own head names them
PLAN = len(AXES) // 2  # a plan says of every axis, signed, how much of it the words are to speak of
_STAT_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; `words` is the size of the answer vocabulary."""

    words: int
    width: int = 256
    heads: int = 8
    layers: int = 3
    value_layers: int = 2
    writer_layers: int = 2
    dropout: float = 0.1  # of the sentence encoder; the rest sees enough variety without


class Read(NamedTuple):
    """What was read. memory: (B, M, width); mask: (B, 1, 1, M), added to scores; tools: (B, 16, width);
    gates: (B, 16, GATES) logits; wishes: (B, AXES) logits; sizes: (B, AXES), 1/3 a bit, 1 a lot; vague: (B,) logits of "do what
    the photo needs"; inner: (B, T, BERT_WIDTH), the words for TurnReader."""

    memory: Tensor
    mask: Tensor
    tools: Tensor
    gates: Tensor
    wishes: Tensor
    sizes: Tensor
    vague: Tensor
    inner: Tensor


class EachTool(nn.Module):
    """A linear layer with its own weights for each tool: (B, 16, width) -> (B, 16, outputs)."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(TOOLS, width, outputs) * 0.5 / width**0.5)
        self.bias = nn.Parameter(torch.zeros(TOOLS, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return (x.unsqueeze(2) @ self.weight).squeeze(2) + self.bias


class AgentNet(nn.Module):
    """The whole network. Inputs of `read`, with B a batch and T the longest request in it:

    ids, segments: (B, T) int64; padding: (B, T) bool, True where there is no token; stats: (B, 2, features.SIZE) of the picture
    before and the picture now; thumbs: (B, 2, 3, 48, 48) in [0, 1]; state: (B, 16) values in force / 100; task: (B,) int64,
    0 to edit, 1 to refine, 2 to summarise.
    """

    stats_mean: Tensor
    stats_scale: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.text = SentenceEncoder(shape.dropout)
        self.from_text = nn.Linear(BERT_WIDTH, width)
        self.wish_hidden = nn.Sequential(nn.Linear(BERT_WIDTH, width), nn.GELU(), nn.Dropout(shape.dropout))
        self.wish_out = nn.Linear(width, 2 * len(AXES))
        self.wish_out.bias.data[: len(AXES)] -= 3.5  # an axis is asked for rarely
        self.vague_out = nn.Linear(width, 1)
        self.size_reader = SizeReader(len(AXES))
        self.wish_token = nn.Linear(width + 2 * len(AXES), width)
        self.register_buffer("stats_mean", torch.zeros(features.SIZE))
        self.register_buffer("stats_scale", torch.ones(features.SIZE))
        self.from_stats = nn.Sequential(
            nn.Linear(features.SIZE, 2 * width), nn.GELU(), nn.LayerNorm(2 * width), nn.Linear(2 * width, _STAT_TOKENS * width)
        )
        self.from_change = nn.Sequential(nn.Linear(features.SIZE, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.eye = Eye(width)
        self.task = nn.Embedding(3, width)
        self.slots = nn.Parameter(torch.randn(2 * _STAT_TOKENS + 2 * 9 + TOOLS, width) * 0.02)
        self.from_state = nn.Sequential(nn.Linear(3, width), nn.GELU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(Block(width, shape.heads, 0.0) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.gate = EachTool(width, GATES)
        self.gate.bias.data += torch.tensor([2.0, 0.0, 0.0, -1.0])  # most tools stay out of most answers
        self.choice = nn.Embedding(GATES, width)
        self.value_blocks = nn.ModuleList(Block(width, shape.heads, 0.0) for _ in range(shape.value_layers))
        self.value_norm = nn.LayerNorm(width)
        self.value = EachTool(width, 1)
        self.value.bias.data -= 1.0

        self.word = nn.Embedding(shape.words, width)
        self.word_place = nn.Embedding(64, width)
        self.from_calls = nn.Sequential(nn.Linear(3, width), nn.GELU(), nn.Linear(width, width))
        self.from_plan = nn.Sequential(nn.Linear(3, width), nn.GELU(), nn.Linear(width, width))
        self.plan_slots = nn.Parameter(torch.randn(PLAN, width) * 0.02)
        self.writer = nn.ModuleList(WriterBlock(width, shape.heads, 0.0) for _ in range(shape.writer_layers))
        self.writer_norm = nn.LayerNorm(width)
        nn.init.normal_(self.word.weight, std=0.02)

    def to_precision(self, dtype: torch.dtype) -> AgentNet:
        """Weights in `dtype`; the scaling of the statistics stays in float32."""
        self.to(dtype)
        self.stats_mean, self.stats_scale = self.stats_mean.float(), self.stats_scale.float()
        return self

    def understand(
        self, ids: Tensor, segments: Tensor, padding: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """What the words alone say: their tokens (B, T, 384), from the lower layers and from all, a summary (B, width), and as
        logits wishes and sizes (B, AXES) and whether they are vague (B,)."""
        inner = self.text.inner(ids, segments, self._hidden(padding))
        words = self.text.outer(inner, self._hidden(padding))
        present = (~padding).to(words.dtype).unsqueeze(-1)
        hidden = self.wish_hidden((words * present).sum(1) / present.sum(1))
        wishes, sizes = self.wish_out(hidden).float().unflatten(-1, (2, -1)).unbind(1)
        return inner, words, hidden, wishes, sizes, self.vague_out(hidden).float().squeeze(-1)

    def _hidden(self, padding: Tensor) -> Tensor:
        return (padding.to(self.slots.dtype) * -1e4)[:, None, None, :]

    def read(
        self, ids: Tensor, segments: Tensor, padding: Tensor, stats: Tensor, thumbs: Tensor, state: Tensor, task: Tensor
    ) -> Read:
        mask = self._hidden(padding)
        inner, words, hidden, wishes, sizes, vague = self.understand(ids, segments, padding)
        wish = self.wish_token(torch.cat([hidden, torch.sigmoid(wishes).to(hidden.dtype), sizes.to(hidden.dtype)], -1))

        stats = ((stats - self.stats_mean) / self.stats_scale).clamp(-6, 6).to(words.dtype)
        seen = self.from_stats(stats).unflatten(-1, (_STAT_TOKENS, -1)).flatten(1, 2)
        change = self.from_change(stats[:, 1] - stats[:, 0]).unsqueeze(1)
        looked = self.eye(thumbs.flatten(0, 1)).unflatten(0, (-1, 2)).flatten(1, 2)
        state_tokens = self.from_state(_described(state))
        slots = torch.cat([seen, looked, state_tokens], 1) + self.slots
        first = torch.stack([self.task(task), wish, change.squeeze(1)], 1)
        x = torch.cat([first, slots, self.from_text(words)], 1)
        full = torch.cat([mask.new_zeros(mask.shape[0], 1, 1, 3 + self.slots.shape[0]), mask], -1)
        for block in self.blocks:
            x = block(x, full)
        x = self.norm(x)
        tools = x[:, 3 + self.slots.shape[0] - TOOLS : 3 + self.slots.shape[0]]
        return Read(x, full, tools, self.gate(tools).float(), wishes, self.size_reader(words, mask), vague, inner)

    def decide(self, tools: Tensor, choice: Tensor) -> Tensor:
        """How much, for chosen gates. tools: (B, 16, width); choice: (B, 16, GATES) one-hot -> (B, 16) sizes in 0..1."""
        x = tools + choice.to(tools.dtype) @ self.choice.weight.to(tools.dtype)
        for block in self.value_blocks:
            x = block(x)
        return torch.sigmoid(self.value(self.value_norm(x)).squeeze(-1).float())

    def prepare(self, memory: Tensor, calls: Tensor, plan: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Keys and values for the writer, once an answer. calls: (B, 16) decided values / 100; plan: (B, PLAN) signed sizes of
        what is asked or seen, 0 where nothing is."""
        decided = self.from_calls(_described(calls)) + self.slots[-TOOLS:]
        memory = torch.cat([memory, decided, self.from_plan(_described(plan)) + self.plan_slots], 1)
        return [block.across.keys_values(memory) for block in self._writer()]

    def write(
        self, words: Tensor, start: int | Tensor, past: list[tuple[Tensor, Tensor]], read: list[tuple[Tensor, Tensor]],
        read_mask: Tensor | None, mask: Tensor | None,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """words: (B, T) int64 from place `start` on -> logits (B, T, words) and the longer past."""
        places = torch.arange(words.shape[1], device=words.device) + start
        x = self.word(words) + self.word_place(places)
        longer = []
        for block, before, across in zip(self._writer(), past, read, strict=True):
            x, now = block.step(x, before, across, read_mask, mask)
            longer.append(now)
        return (self.writer_norm(x) @ self.word.weight.T).float(), longer

    def teach_words(self, read: Read, calls: Tensor, plan: Tensor, words: Tensor) -> Tensor:
        """Logits for the next word at every place, all at once. words: (B, T) with the start word first -> (B, T, words)."""
        batch, length = words.shape
        width = self.shape.width // self.shape.heads
        nothing = read.memory.new_zeros(batch, self.shape.heads, 0, width)
        mask = torch.full((length, length), -1e4, device=words.device, dtype=read.mask.dtype).triu(1)[None, None]
        read_mask = torch.cat([read.mask, read.mask.new_zeros(batch, 1, 1, TOOLS + PLAN)], -1)
        past = [(nothing, nothing)] * self.shape.writer_layers
        return self.write(words, 0, past, self.prepare(read.memory, calls, plan), read_mask, mask)[0]

    def _writer(self) -> list[WriterBlock]:
        return [block for block in self.writer if isinstance(block, WriterBlock)]


def _described(values: Tensor) -> Tensor:
    """(B, N) -> (B, N, 3): the value, its size, and whether there is one."""
    return torch.stack([values, values.abs(), (values != 0).to(values.dtype)], -1)

