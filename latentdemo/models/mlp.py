"""The network that connects everything to everything: what a convolution is compared with."""

from torch import Tensor, nn

from latentdemo.models.parts import Shape, check_images

HIDDEN = 256


class Perceptron(nn.Module):
    """Every pixel to each of 256 units, every unit to each output: no notion of neighbours."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.hidden = nn.Linear(shape.channels * shape.image_size**2, HIDDEN)  # (B, 256)
        self.dropout = nn.Dropout()
        self.head = nn.Linear(HIDDEN, shape.latent_dim)

    def features(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> (B, 256), not negative."""
        check_images(x, self.shape)
        return self.hidden(x.flatten(1)).relu()

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, S, S) in [0, 1] -> logits (B, n_outputs)."""
        return self.head(self.dropout(self.features(x)))
