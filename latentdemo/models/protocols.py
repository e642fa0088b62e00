"""What the rest of the project asks of a network, whatever its class: nothing but these methods is used."""

from typing import Protocol

from torch import Tensor, nn


class Encoder(Protocol):
    """Images to codes."""

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """x (B, C, S, S) in [0, 1] -> code or posterior mean (B, D), log variances (B, D) or None."""
        ...


class Decoder(Protocol):
    """Codes to images."""

    def decode(self, z: Tensor) -> Tensor:
        """z (B, D) -> x_hat (B, C, S, S) in [0, 1]."""
        ...


class EncoderDecoder(Encoder, Decoder, Protocol):
    """An autoencoder, plain or variational."""


class LayeredDecoder(Decoder, Protocol):
    """A network whose decoder's layers can be looked at one by one."""

    decoder: nn.Sequential


class LayeredAutoencoder(EncoderDecoder, LayeredDecoder, Protocol):
    """An autoencoder whose layers can be looked at one by one, and whose logits can be had."""

    encoder: nn.Sequential

    def decode_logits(self, z: Tensor) -> Tensor:
        """z (B, D) -> logits (B, C, S, S); x_hat is their sigmoid."""
        ...


class Classifier(Protocol):
    """Images to logits."""

    def __call__(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) in [0, 1] -> logits (B, n_classes)."""
        ...


class Judge(Protocol):
    """A network that was trained apart, and in whose features images are compared."""

    def features(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> (B, F): what its last layer reads from."""
        ...


class FactorReader(Judge, Protocol):
    """A judge that reads factors off an image."""

    target_sd: Tensor

    def read(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> factors (B, F) in their natural units."""
        ...
