"""The plain autoencoder: one code per image, and nothing that says where codes lie."""

from typing import NamedTuple

from torch import Tensor, nn

from latentdemo.models.parts import Decoding, Shape, check_images, decoder, encoder


class Reconstruction(NamedTuple):
    """What one pass through an autoencoder gives.

    Attributes:
        logits: (B, C, H, W); x_hat = sigmoid(logits).
        mu: (B, D) code, or the posterior's mean.
        logvar: (B, D) log variance of the posterior; None for the plain autoencoder.
    """

    logits: Tensor
    mu: Tensor
    logvar: Tensor | None


class Autoencoder(Decoding, nn.Module):
    """x -> z = e(x) -> x_hat = d(z) (Hinton & Salakhutdinov 2006)."""

    numbers_per_dimension = 1
    regularised = False  # no KL term in its loss

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = encoder(shape, self.numbers_per_dimension * shape.latent_dim)
        self.decoder = decoder(shape)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """x (B, C, S, S) in [0, 1] -> code (B, D), None. ValueError on another shape."""
        check_images(x, self.shape)
        return self.encoder(x), None

    def code(self, mu: Tensor, logvar: Tensor | None) -> Tensor:
        """The code that is decoded while training: mu itself."""
        return mu

    def forward(self, x: Tensor) -> Reconstruction:
        """One pass as in training."""
        mu, logvar = self.encode(x)
        return Reconstruction(self.decode_logits(self.code(mu, logvar)), mu, logvar)
