"""Reads a face's factors off its picture: the judge of whether a reconstruction still smiles."""

import torch
from torch import Tensor, nn

from latentdemo.models.parts import Shape, check_images, encoder


class FactorNet(nn.Module):
    """The autoencoders' encoder with one output per factor, trained on its own and never part of their loss."""

    target_mean: Tensor
    target_sd: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = encoder(shape, shape.latent_dim)
        self.register_buffer("target_mean", torch.zeros(shape.latent_dim))
        self.register_buffer("target_sd", torch.ones(shape.latent_dim))

    def features(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> (B, 256): what the last layer reads from."""
        check_images(x, self.shape)
        return self.encoder[:-1](x)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> factors (B, F), each less its mean and over its standard deviation."""
        return self.encoder[-1](self.features(x))

    def read(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> factors (B, F) in their natural units."""
        return self(x) * self.target_sd + self.target_mean
