"""A small residual CNN, fully convolutional: the classifier whose feature maps the app shows."""

import torch
from torch import Tensor, fx, nn

from latentdemo.models.parts import Shape

LOGIT_SCALE = 0.125  # keeps the first losses small with an unnormalised max pool in front of the last layer
MEAN, SD = 0.45, 0.25  # grey level that the network sees as 0, and its unit; close to natural images'
SMALLEST_SIDE = 8  # two poolings leave 2 × 2; below that nothing is left


class ConvBlock(nn.Sequential):
    """3×3 convolution that keeps the size, batch normalisation (or a bias in its place), ReLU."""

    def __init__(self, n_in: int, n_out: int, normalised: bool) -> None:
        convolution = nn.Conv2d(n_in, n_out, 3, padding=1, bias=not normalised)
        super().__init__(convolution, *([nn.BatchNorm2d(n_out)] if normalised else []), nn.ReLU())


class Residual(nn.Module):
    """x + two ConvBlocks of x (He et al. 2016)."""

    def __init__(self, width: int, normalised: bool) -> None:
        super().__init__()
        self.conv1, self.conv2 = ConvBlock(width, width, normalised), ConvBlock(width, width, normalised)

    def forward(self, x: Tensor) -> Tensor:
        """(B, W, H, W') -> the same shape."""
        return x + self.conv2(self.conv1(x))


class ConvNet(nn.Module):
    """Convolutions, two poolings, a global maximum, one linear layer; takes images of any size from 8 × 8 on."""

    widths = (32, 64, 128)
    normalised = True

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        first, second, third = self.widths
        self.conv1 = ConvBlock(shape.channels, first, self.normalised)  # (B, 32, H, W)
        self.conv2 = ConvBlock(first, second, self.normalised)  # (B, 64, H, W)
        self.pool2 = nn.MaxPool2d(2)  # (B, 64, H/2, W/2)
        self.residual2 = Residual(second, self.normalised)
        self.conv3 = ConvBlock(second, third, self.normalised)  # (B, 128, H/2, W/2)
        self.pool3 = nn.MaxPool2d(2)  # (B, 128, H/4, W/4)
        self.residual3 = Residual(third, self.normalised)
        self.head = nn.Linear(third, shape.latent_dim, bias=False)

    def features(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) in [0, 1] -> (B, 128): the strongest response of each channel anywhere in the image."""
        check_size(x, self.shape.channels)
        x = (x - MEAN) / SD
        for name, stage in self.named_children():
            if name != "head":
                x = stage(x)
        return torch.amax(x, dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, C, H, W) in [0, 1] -> logits (B, n_outputs)."""
        return self.head(self.features(x)) * LOGIT_SCALE


class SmallConvNet(ConvNet):
    """The same network with few channels: as right on digits as a multilayer perceptron with 76 times its weights."""

    widths = (4, 6, 8)


class LeanConvNet(ConvNet):
    """The same network with half the channels: a quarter of the time, for studies of many trainings."""

    widths = (16, 32, 64)


class PlainConvNet(LeanConvNet):
    """The lean network without batch normalisation, its weights initialised for ReLU so that the signal does not fade.

    Source:
        He et al. 2015 (arXiv:1502.01852), eq. 10: sd of a weight = sqrt(2 / n_in).
    """

    normalised = False

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)


@fx.has_side_effect
@fx.wrap
def check_size(x: Tensor, channels: int) -> None:
    """ValueError unless x is (B, channels, H, W) with sides of at least 8 pixels; a tracer does not look inside."""
    if x.ndim != 4 or x.shape[1] != channels or min(x.shape[2:]) < SMALLEST_SIDE:
        raise ValueError(
            f"images have shape {tuple(x.shape)}; "
            f"this model takes (B, {channels}, H, W) with sides of at least {SMALLEST_SIDE} pixels"
        )
