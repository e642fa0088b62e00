"""The variational autoencoder: the same two networks, but a code is a distribution, kept near N(0, I)."""

import torch
from torch import Tensor

from latentdemo.models.autoencoder import Autoencoder
from latentdemo.models.losses import reparameterise
from latentdemo.models.parts import check_images


class VariationalAutoencoder(Autoencoder):
    """x -> N(mu(x), sigma²(x)) -> z = mu + sigma · epsilon -> x_hat (Kingma & Welling 2014, arXiv:1312.6114)."""

    numbers_per_dimension = 2
    regularised = True

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, C, S, S) in [0, 1] -> mu (B, D), logvar (B, D). ValueError on another shape."""
        check_images(x, self.shape)
        mu, logvar = self.encoder(x).chunk(2, dim=1)
        return mu, logvar

    def code(self, mu: Tensor, logvar: Tensor | None) -> Tensor:
        """A draw from the posterior while training, its mean in eval mode."""
        if not self.training or logvar is None:
            return mu
        return reparameterise(mu, logvar, torch.randn_like(mu))
