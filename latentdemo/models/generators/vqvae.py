"""Discrete codes: an autoencoder whose code is a grid of entries of a codebook (van den Oord et al. 2017)."""

from typing import Any, NamedTuple

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from latentdemo.models.learning import Learner, Setting, Terms, summed
from latentdemo.models.parts import Shape, check_images

WIDTHS = (32, 64, 64)  # channels of the stages, each of which halves the side
COMMITMENT = 0.25  # weight of the encoder's loss for straying from its entry
KEPT = 0.99  # of an entry's running mean stays at a step
REVIVED_EVERY = 100  # steps
ALIVE = 0.02  # an entry that is used less than this share of the mean begins anew


class Quantised(NamedTuple):
    """What one pass gives.

    Attributes:
        logits: (B, C, S, S); x_hat = sigmoid(logits).
        before: (B, D, g, g) what the encoder says.
        indices: (B, g, g) int64, the entries that replace it.
    """

    logits: Tensor
    before: Tensor
    indices: Tensor


class VectorQuantised(nn.Module):
    """x -> grid of vectors -> each replaced by the nearest of K entries -> x_hat (arXiv:1711.00937).

    Attributes:
        codebook: (K, D).
    """

    codebook: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, widths = shape, WIDTHS[: (shape.image_size // shape.grid).bit_length() - 1]
        down: list[nn.Module] = []
        n_in = shape.channels
        for width in widths:
            down += [nn.Conv2d(n_in, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.SiLU()]
            n_in = width
        top = [nn.Conv2d(n_in, n_in, 3, padding=1, bias=False), nn.BatchNorm2d(n_in), nn.SiLU()]
        self.encoder = nn.Sequential(*down, *top, nn.Conv2d(n_in, shape.latent_dim, 3, padding=1))
        up: list[nn.Module] = [
            nn.Conv2d(shape.latent_dim, n_in, 3, padding=1, bias=False),
            nn.BatchNorm2d(n_in),
            nn.SiLU(),
            nn.Conv2d(n_in, n_in, 3, padding=1, bias=False),
            nn.BatchNorm2d(n_in),
            nn.SiLU(),
        ]
        for width in (*reversed(widths[:-1]), widths[0] // 2):
            up += [nn.ConvTranspose2d(n_in, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.SiLU()]
            n_in = width
        self.decoder = nn.Sequential(*up, nn.Conv2d(n_in, shape.channels, 3, padding=1))
        self.register_buffer("codebook", torch.randn(shape.entries, shape.latent_dim))

    def nearest(self, vectors: Tensor) -> Tensor:
        """(n, D) -> (n,) int64, the entry at the smallest Euclidean distance."""
        return (self.codebook.square().sum(1) - 2 * vectors.float() @ self.codebook.T).argmin(1)

    def indices(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> (B, g, g) int64. ValueError on another shape."""
        check_images(x, self.shape)
        return self._indices(self.encoder(x))

    def _indices(self, before: Tensor) -> Tensor:
        rows = before.permute(0, 2, 3, 1)
        return self.nearest(rows.flatten(0, 2)).view(rows.shape[:3])

    def entries(self, indices: Tensor) -> Tensor:
        """(B, g, g) int64 -> (B, D, g, g)."""
        return self.codebook[indices].permute(0, 3, 1, 2).contiguous()

    def encode(self, x: Tensor) -> tuple[Tensor, None]:
        """x (B, C, S, S) in [0, 1] -> what stands for it before it is replaced, place by place: (B, g² D), None."""
        check_images(x, self.shape)
        return self.encoder(x).permute(0, 2, 3, 1).flatten(1), None

    def decode(self, z: Tensor) -> Tensor:
        """Vectors of any kind, place by place (B, g² D) -> x_hat (B, C, S, S) in [0, 1]. ValueError on another size."""
        if z.ndim != 2 or z.shape[1] != self.shape.code_size:
            raise ValueError(f"codes have shape {tuple(z.shape)}; this model takes (B, {self.shape.code_size})")
        grid = z.view(-1, self.shape.grid, self.shape.grid, self.shape.latent_dim)
        return torch.sigmoid(self.decoder(grid.permute(0, 3, 1, 2).contiguous()))

    def decode_indices(self, indices: Tensor) -> Tensor:
        """(B, g, g) int64 -> x_hat (B, C, S, S) in [0, 1]."""
        return torch.sigmoid(self.decoder(self.entries(indices)))

    def forward(self, x: Tensor) -> Quantised:
        """One pass as in training: gradients go past the replacement as if it were none ("straight-through")."""
        check_images(x, self.shape)
        before = self.encoder(x).float()
        indices = self._indices(before.detach())
        after = before + (self.entries(indices) - before).detach()
        return Quantised(self.decoder(after), before, indices)


class QuantisedLearner(Learner):
    """Reconstructs images; the codebook follows what the encoder says.

    An entry is the running mean of the vectors that it replaced (arXiv:1711.00937, appendix A.1); one that is hardly
    used any more begins anew at a vector of the batch.
    """

    counts: Tensor
    sums: Tensor
    n_steps: Tensor

    def __init__(self, network: Any, setting: Setting) -> None:
        super().__init__(network, setting)
        self.register_buffer("counts", torch.ones(network.shape.entries))
        self.register_buffer("sums", network.codebook.clone())
        self.register_buffer("n_steps", torch.zeros((), dtype=torch.long))

    def forward(self, x: Tensor, y: Tensor) -> Terms:
        """Reconstruction in nats an image, plus ¼ of the squared distance to the entries in the same unit of images."""
        output: Quantised = self.network(x)
        reconstruction = self.setting.likelihood.nll(output.logits.float(), x)
        after = self.network.entries(output.indices)
        commitment = F.mse_loss(output.before, after, reduction="sum") / len(x)
        self.seen = output.before.detach().permute(0, 2, 3, 1).flatten(0, 2), output.indices.flatten()
        used = torch.bincount(self.seen[1], minlength=len(self.counts)) / self.seen[1].numel()
        perplexity = torch.exp(-(used * used.clamp(min=1e-12).log()).sum())
        return {
            "loss": reconstruction + COMMITMENT * commitment,
            "reconstruction": reconstruction.detach(),
            "perplexity": perplexity,
        }

    @torch.no_grad()
    def after_step(self) -> None:
        """Move the entries to the means of what they stood for, over the batches of all processes."""
        vectors, indices = self.seen
        self.n_steps += 1
        counts = summed(torch.bincount(indices, minlength=len(self.counts)).float())
        sums = summed(torch.zeros_like(self.sums).index_add_(0, indices, vectors))
        self.counts.lerp_(counts, 1 - KEPT)
        self.sums.lerp_(sums, 1 - KEPT)
        if int(self.n_steps) % REVIVED_EVERY == 1:
            dead = self.counts < ALIVE * self.counts.mean()
            self.counts[dead] = self.counts.mean()
            self.sums[dead] = _drawn(vectors, int(dead.sum())) * self.counts[dead, None]
        self.network.codebook.copy_(self.sums / self.counts.clamp(min=1e-6)[:, None])


def _drawn(vectors: Tensor, n: int) -> Tensor:
    """n random rows of the (N, D) vectors of all processes, which take turns: (n, D), the same in each process."""
    drawn = vectors[torch.randint(len(vectors), (n,), device=vectors.device)]
    if dist.is_initialized():
        drawn[torch.arange(n, device=drawn.device) % dist.get_world_size() != dist.get_rank()] = 0
    return summed(drawn)
