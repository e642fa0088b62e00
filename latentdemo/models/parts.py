"""Encoder and decoder, written once: every autoencoder and every VAE is built of these two."""

from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn

WIDTHS = {  # image size -> channels of the encoder's stages
    16: (32, 64),
    28: (32, 64),
    32: (32, 64, 128),
    48: (32, 64, 128),
    64: (24, 48, 96, 128),
    96: (24, 48, 96, 128),
    128: (24, 48, 96, 128, 128),
}
HIDDEN = 256
MOST_ENTRIES = 256  # of a codebook: an index is a byte
SMALLEST_GRID, MOST_HALVINGS = 7, 3


@dataclass(frozen=True)
class Shape:
    """What a model is built from.

    Attributes:
        image_size: side of its square pictures, pixels.
        channels: 1 (grey) or 3 (RGB).
        latent_dim: dimensions of the latent space; for a classifier or regressor, its outputs; of discrete codes, of
            an entry.
        told: classes or factors that a network is told of what it is to make; else 0.
        entries: of the codebook, where codes are discrete; else 0.
    """

    image_size: int
    channels: int
    latent_dim: int
    told: int = 0
    entries: int = 0

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise ValueError(f"channels is {self.channels}; it must be 1 or 3")
        if not 1 <= self.latent_dim <= 1024:
            raise ValueError(f"latent_dim is {self.latent_dim}; it must lie in 1 … 1024")
        for name, most in (("told", 1024), ("entries", MOST_ENTRIES)):
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie in 0 … {most}")

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the encoder's stages; each halves the side."""
        if self.image_size not in WIDTHS:
            raise ValueError(f"image_size is {self.image_size}; there are networks for {', '.join(map(str, WIDTHS))}")
        return WIDTHS[self.image_size]

    @property
    def grid(self) -> int:
        """Entries along a side of the grid that stands for an image, where codes are discrete: 28 -> 7, 64 -> 8."""
        side, n = self.image_size, 0
        while n < MOST_HALVINGS and side % 2 == 0 and side // 2 >= SMALLEST_GRID:
            side, n = side // 2, n + 1
        return side

    @property
    def code_size(self) -> int:
        """Numbers that a decoder takes: latent_dim, or so many for each place of a grid."""
        return self.latent_dim * self.grid**2 if self.entries else self.latent_dim

    @property
    def smallest(self) -> int:
        """Side of the last feature map, pixels."""
        return self.image_size >> len(self.widths)


def encoder(shape: Shape, n_outputs: int, normalised: bool = True) -> nn.Sequential:
    """x (B, C, S, S) in [0, 1] -> (B, n_outputs): halvings by 4×4 convolutions of stride 2, then two linear layers.

    Not `normalised`, it has biases in place of batch normalisations.
    """
    layers: list[nn.Module] = []
    n_in = shape.channels
    for width in shape.widths:
        norm = [nn.BatchNorm2d(width)] if normalised else []
        layers += [nn.Conv2d(n_in, width, 4, 2, 1, bias=not normalised), *norm, nn.SiLU()]
        n_in = width
    flat = n_in * shape.smallest**2
    layers += [nn.Flatten(), nn.Linear(flat, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, n_outputs)]
    return nn.Sequential(*layers)


def decoder(shape: Shape) -> nn.Sequential:
    """z (B, D) -> logits (B, C, S, S): the encoder backwards, and a last 3×3 convolution.

    The last layer is an ordinary convolution because transposed ones of stride 2 leave a grain (Odena et al. 2016,
    "Deconvolution and checkerboard artifacts").
    """
    top, side = shape.widths[-1], shape.smallest
    layers: list[nn.Module] = [
        nn.Linear(shape.latent_dim, HIDDEN),
        nn.SiLU(),
        nn.Linear(HIDDEN, top * side**2),
        nn.Unflatten(1, (top, side, side)),
    ]
    n_in = top
    for width in (*reversed(shape.widths[:-1]), shape.widths[0] // 2):
        layers += [nn.ConvTranspose2d(n_in, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.SiLU()]
        n_in = width
    return nn.Sequential(*layers, nn.Conv2d(n_in, shape.channels, 3, padding=1))


class Decoding:
    """What every network with a `decoder` that makes images of codes does; `shape` is what it was built from."""

    shape: Shape
    decoder: nn.Sequential

    def decode_logits(self, z: Tensor) -> Tensor:
        """z (B, D) -> logits (B, C, S, S). ValueError on another number of dimensions."""
        if z.ndim != 2 or z.shape[1] != self.shape.latent_dim:
            raise ValueError(f"codes have shape {tuple(z.shape)}; this model takes (B, {self.shape.latent_dim})")
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """z (B, D) -> x_hat (B, C, S, S) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))


def n_parameters(model: nn.Module) -> int:
    """Trainable numbers in a model."""
    return sum(parameter.numel() for parameter in model.parameters())


@fx.has_side_effect
@fx.wrap
def check_images(x: Tensor, shape: Shape) -> None:
    """ValueError unless x is (B, C, S, S) for this model; a tracer does not look inside."""
    wanted = (shape.channels, shape.image_size, shape.image_size)
    if x.ndim != 4 or tuple(x.shape[1:]) != wanted:
        raise ValueError(f"images have shape {tuple(x.shape)}; this model takes (B, {', '.join(map(str, wanted))})")
