"""A prior over grids of entries: a small causal Transformer guesses each from those before it, row by row."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentdemo.models.learning import AveragingLearner, Terms
from latentdemo.models.parts import Shape

WIDTH, N_LAYERS, N_HEADS = 96, 4, 4


class Layer(nn.Module):
    """h + attention, then h + two linear layers, each behind a layer normalisation (Radford et al. 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, h: Tensor) -> Tensor:
        """(B, L, W) -> (B, L, W); a place sees those before it and itself."""
        q, k, v = self._heads(self.qkv(self.norm1(h)))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + self.out(seen.transpose(1, 2).flatten(2))
        return h + self.mlp(self.norm2(h))

    def step(self, h: Tensor, past: Tensor, i: int) -> Tensor:
        """The same for place i alone: h (B, W); past (2, B, heads, L, W / heads) is read up to i and written at i."""
        q, k, v = self._heads(self.qkv(self.norm1(h))[:, None])
        past[0, :, :, i], past[1, :, :, i] = k[:, :, 0], v[:, :, 0]
        seen = F.scaled_dot_product_attention(q, past[0, :, :, : i + 1], past[1, :, :, : i + 1])
        h = h + self.out(seen.transpose(1, 2).flatten(1))
        return h + self.mlp(self.norm2(h))

    @staticmethod
    def _heads(qkv: Tensor) -> tuple[Tensor, ...]:
        """(B, L, 3 W) -> three of (B, heads, L, W / heads)."""
        return qkv.unflatten(2, (3, N_HEADS, WIDTH // N_HEADS)).permute(2, 0, 3, 1, 4).unbind(0)


class GridPrior(nn.Module):
    """p(indices) = the product over places, in reading order, of p(index | those before it)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.side = shape, shape.grid
        self.start = nn.Parameter(torch.zeros(WIDTH))
        self.entry = nn.Embedding(shape.entries, WIDTH)
        self.place = nn.Parameter(torch.zeros(self.side**2, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(N_LAYERS))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, shape.entries)
        for weight in (self.start, self.place, self.entry.weight):
            nn.init.normal_(weight, std=0.02)

    def forward(self, indices: Tensor) -> Tensor:
        """(B, g, g) int64 -> logits (B, g², K) of each place's index; those behind it are not seen."""
        flat = indices.flatten(1)
        before = torch.cat([self.start.expand(len(flat), 1, -1), self.entry(flat[:, :-1])], 1)
        h = before + self.place
        for layer in self.layers:
            h = layer(h)
        return self.head(self.norm(h))

    @torch.no_grad()
    def draw(
        self,
        n: int,
        generator: torch.Generator,
        temperature: float = 1.0,
        before_each: Callable[[], None] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Grids, index by index.

        Args:
            temperature: > 0; logits are divided by it: below 1 likelier entries.
            before_each: called before each index; it may raise to end the drawing.

        Returns:
            (n, g, g) int64, and (n, g, g) the probability that each had (at temperature 1).
        """
        size = self.side**2
        past = torch.zeros(N_LAYERS, 2, n, N_HEADS, size, WIDTH // N_HEADS)
        indices, probabilities = torch.zeros(n, size, dtype=torch.long), torch.zeros(n, size)
        h0 = self.start.expand(n, -1)
        for i in range(size):
            if before_each is not None:
                before_each()
            h = h0 + self.place[i]
            for layer, memory in zip(self.layers, past, strict=True):
                h = layer.step(h, memory, i)  # pyright: ignore[reportCallIssue]
            logits = self.head(self.norm(h))
            indices[:, i] = torch.multinomial((logits / temperature).softmax(1), 1, generator=generator)[:, 0]
            probabilities[:, i] = logits.softmax(1).gather(1, indices[:, i, None])[:, 0]
            h0 = self.entry(indices[:, i])
        return indices.view(n, self.side, self.side), probabilities.view(n, self.side, self.side)


class IndexLearner(AveragingLearner):
    """Guesses each index from those before it."""

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """Cross entropy of grids (B, g, g), summed over places, averaged over the batch: nats an image; and as bits."""
        logits = self.live(x)
        nats = F.cross_entropy(logits.float().flatten(0, 1), x.flatten(), reduction="sum") / len(x)
        return {"loss": nats / x[0].numel(), "bits": nats.detach() / math.log(2)}
