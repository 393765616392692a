"""The network's building blocks: attention, transformer blocks, the sentence encoder and the eye for a small picture."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

BERT_WIDTH, BERT_HEADS, BERT_LAYERS, BERT_INNER = 384, 12, 6, 1536  # of all-MiniLM-L6-v2
BERT_WORDS, BERT_PLACES = 30522, 512
BERT_LOWER = 2  # layers after which others may read on


class Attention(nn.Module):
    """Multi-head attention; keys and values may come from elsewhere (cross-attention) or from a cache."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """(B, T, width) -> (B, heads, T, width / heads)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def keys_values(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.key(x)), self.split(self.value(x))

    def attend(self, x: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (B, T, width); mask: added to the scores, (B, 1, T or 1, S)."""
        # Plain products: on a CPU in bfloat16 torch's fused attention with a mask takes several times longer backwards.
        query = self.split(self.query(x)) * (x.shape[-1] // self.heads) ** -0.5
        scores = query @ keys.transpose(-1, -2)
        if mask is not None:
            scores = scores + mask
        return self.out((scores.softmax(-1) @ values).transpose(1, 2).flatten(2))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.attend(x, *self.keys_values(x), mask)


class Block(nn.Module):
    """A transformer layer with the norms before attention and before the feed-forward part."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.inner = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = x + self.dropout(self.attention(self.norm1(x), mask))
        return x + self.dropout(self.inner(self.norm2(x)))


class WriterBlock(nn.Module):
    """A decoder layer: looks back at the words so far, then at what was read."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.past = Attention(width, heads)
        self.across = Attention(width, heads)
        self.inner = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def step(
        self, x: Tensor, past: tuple[Tensor, Tensor], read: tuple[Tensor, Tensor], read_mask: Tensor | None, mask: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x: (B, T, width) new positions; past: keys and values before them (may be empty). Gives x and the longer past."""
        normed = self.norm1(x)
        key, value = self.past.keys_values(normed)
        keys, values = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
        x = x + self.dropout(self.past.attend(normed, keys, values, mask))
        x = x + self.dropout(self.across.attend(self.norm2(x), read[0], read[1], read_mask))
        return x + self.dropout(self.inner(self.norm3(x))), (keys, values)


class BertLayer(nn.Module):
    """BERT's layer: norms after each part, exact GELU."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(BERT_WIDTH, BERT_HEADS)
        self.norm1, self.norm2 = nn.LayerNorm(BERT_WIDTH, 1e-12), nn.LayerNorm(BERT_WIDTH, 1e-12)
        self.inner = nn.Sequential(nn.Linear(BERT_WIDTH, BERT_INNER), nn.GELU(), nn.Linear(BERT_INNER, BERT_WIDTH))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.norm1(x + self.dropout(self.attention(x, mask)))
        return self.norm2(x + self.dropout(self.inner(x)))


class SentenceEncoder(nn.Module):
    """all-MiniLM-L6-v2's encoder. ids, segments: (B, T) int64; mask: (B, 1, 1, T) added -> (B, T, 384)."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(BERT_WORDS, BERT_WIDTH)
        self.places = nn.Embedding(BERT_PLACES, BERT_WIDTH)
        self.segments = nn.Embedding(2, BERT_WIDTH)
        self.norm = nn.LayerNorm(BERT_WIDTH, 1e-12)
        self.layers = nn.ModuleList(BertLayer(dropout) for _ in range(BERT_LAYERS))

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
        return self.outer(self.inner(ids, segments, mask), mask)

    def inner(self, ids: Tensor, segments: Tensor, mask: Tensor, lower: int = BERT_LOWER) -> Tensor:
        """What the `lower` layers make of the words; others may read on from here (readers.TurnReader)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.segments(segments))
        for layer in self.layers[:lower]:
            x = layer(x, mask)
        return x

    def outer(self, x: Tensor, mask: Tensor) -> Tensor:
        for layer in self.layers[BERT_LOWER:]:
            x = layer(x, mask)
        return x

    def load_pretrained(self, path: Path) -> None:
        """Take the weights from the published `model.safetensors`. Raises KeyError where one is missing."""
        theirs = load_file(path)
        names = {
            "words.weight": "embeddings.word_embeddings.weight",
            "places.weight": "embeddings.position_embeddings.weight",
            "segments.weight": "embeddings.token_type_embeddings.weight",
            "norm.weight": "embeddings.LayerNorm.weight",
            "norm.bias": "embeddings.LayerNorm.bias",
        }
        parts = {
            "attention.query": "attention.self.query", "attention.key": "attention.self.key",
            "attention.value": "attention.self.value", "attention.out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm", "inner.0": "intermediate.dense",
            "inner.2": "output.dense", "norm2": "output.LayerNorm",
        }
        for i in range(BERT_LAYERS):
            for ours, name in parts.items():
                for kind in ("weight", "bias"):
                    names[f"layers.{i}.{ours}.{kind}"] = f"encoder.layer.{i}.{name}.{kind}"
        self.load_state_dict({ours: theirs[name] for ours, name in names.items()})


class Eye(nn.Module):
    """A small convolutional network: (B, 3, 48, 48) in [0, 1] -> (B, 9, width), one token a ninth of the picture."""

    def __init__(self, width: int) -> None:
        super().__init__()
        sizes = (3, 32, 64, 128, width)
        steps: list[nn.Module] = []
        for i in range(4):
            steps += [nn.Conv2d(sizes[i], sizes[i + 1], 3, stride=2, padding=1), nn.GELU()]
            if i < 3:
                steps.append(nn.GroupNorm(4, sizes[i + 1]))
        self.steps = nn.Sequential(*steps)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.steps(pixels - 0.5).flatten(2).transpose(1, 2)


class SizeReader(nn.Module):
    """How much of each axis the words ask for: every axis looks for its own words ("a bit", "way more") among the tokens."""

    def __init__(self, axes: int, width: int = 64) -> None:
        super().__init__()
        self.keys = nn.Linear(BERT_WIDTH, width)
        self.values = nn.Linear(BERT_WIDTH, width)
        self.axes = nn.Parameter(torch.randn(axes, width) * 0.1)
        self.hidden = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, 1)

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """words: (B, T, BERT_WIDTH); mask: (B, 1, 1, T), added to scores -> (B, axes) in 0..1."""
        scores = self.axes @ self.keys(words).transpose(1, 2) / self.axes.shape[1] ** 0.5 + mask[:, 0]
        found = torch.softmax(scores, -1) @ self.values(words)
        axes = self.axes.expand(words.shape[0], -1, -1)
        return torch.sigmoid(self.out(nn.functional.gelu(self.hidden(torch.cat([found, axes], -1)))).squeeze(-1).float())
