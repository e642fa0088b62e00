"""A traced network in, images that excite its channels out: noise that is changed, step by step, to do so more."""

from collections.abc import Callable, Iterator

import torch
from numpy import ndarray as Array
from torch import Tensor, nn

from latentdemo.classifiers.tracing import Traced, input_channels, layers
from latentdemo.drawing.pictures import pack
from latentdemo.pixels.tensors import as_images

STEPS, LEARNING_RATE = 96, 0.06
STORED_SIDE, AT_ONCE = 64, 16  # pixels; channels that are optimised together
JITTER = 4  # pixels; what survives being shifted is no artefact of single pixels
PENALTY = 0.02  # of squared distance from grey, per pixel, times the spread of the layer's values
# Directions in which the colours of natural images vary, each scaled by how much (Olah et al. 2017).
COLOURS = torch.tensor(((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03)))


def ascend(traced: Traced, node: str, channels: list[int], side: int, seed: int = 0, steps: int = STEPS
           ) -> Iterator[tuple[int, Tensor]]:  # fmt: skip
    """Gradient ascent on images, one per channel.

    Args:
        traced: a network in eval mode.
        node: whose maps are to be excited; better one before a ReLU, which has a gradient everywhere.
        channels: which of its maps.
        side: of the images, pixels.
        seed: of the noise that they begin with and of the jitter.
        steps: of Adam.

    Yields:
        (step, images (n, C, side, side) in [0, 1]) after every step, from 1 on; C as the network takes them.

    Source:
        Olah, Mordvintsev and Schubert 2017, "Feature visualization" (distill.pub): the mean of a channel as objective,
        the image as Fourier coefficients scaled by 1 / frequency, decorrelated colours, jitter.
    """
    generator = torch.Generator().manual_seed(seed)
    scale = _spectrum(side)
    n_in = input_channels(traced)
    coefficients = 0.01 * torch.randn(len(channels), n_in, *scale.shape, 2, generator=generator)
    coefficients.requires_grad_(True)
    optimiser = torch.optim.Adam([coefficients], LEARNING_RATE)
    index = torch.arange(len(channels))
    for step in range(1, steps + 1):
        with torch.enable_grad():
            images = _images(coefficients, scale, side)
            down, right = torch.randint(-JITTER, JITTER + 1, (2,), generator=generator).tolist()
            moved = torch.roll(images, (down, right), (2, 3))
            maps = traced.extractor((node,))(moved)[node]
            excitement = maps[index, torch.tensor(channels)].mean(dim=(1, 2))
            spread = maps.detach().std()
            loss = -excitement.sum() + PENALTY * spread * ((images - 0.5) ** 2).mean(dim=(1, 2, 3)).sum()
            (coefficients.grad,) = torch.autograd.grad(loss, coefficients)
        optimiser.step()
        yield step, _images(coefficients.detach(), scale, side)  # no mode is held over a yield: threads may change


def sheets(
    model: nn.Module, side: int = STORED_SIDE, steps: int | None = None, tell: Callable[[str], None] = lambda far: None
) -> dict[str, Array]:
    """An image for every channel of every layer that is no pooling, for storing.

    Args:
        model: a convolutional classifier of (B, C, H, W) images in [0, 1], in eval mode.
        side: of the images, pixels.
        steps: of the ascent; STEPS if None.
        tell: is told how far it is, in words, before each batch of channels.

    Returns:
        "seeks NODE" -> `pack` of (side, side, C) uint8 images, in the order of the channels.
    """
    traced, out = Traced(model), {}
    for layer in layers(traced):
        if layer.kind != "pooling":
            blank = torch.zeros(1, input_channels(traced), side, side)
            n = traced.extractor((layer.before,))(blank)[layer.before].shape[1]
            pictures: list[Array] = []
            for i in range(0, n, AT_ONCE):
                tell(f"{layer.before}: {i} of {n}")
                channels = list(range(i, min(n, i + AT_ONCE)))
                *_, (_, images) = ascend(traced, layer.before, channels, side, steps=steps or STEPS)
                pictures += list(as_images(images))
            out[f"seeks {layer.before}"] = pack(pictures)
    return out


def _spectrum(side: int) -> Tensor:
    """1 / frequency for the half plane of a real Fourier transform: (side, side // 2 + 1)."""
    down, right = torch.fft.fftfreq(side), torch.fft.rfftfreq(side)
    return 1 / torch.sqrt(down[:, None] ** 2 + right[None] ** 2).clamp_min(1 / side)


def _images(coefficients: Tensor, scale: Tensor, side: int) -> Tensor:
    """(n, C, side, side // 2 + 1, 2) -> (n, C, side, side) in [0, 1]; three channels vary as colours do."""
    waves = torch.fft.irfft2(torch.view_as_complex(coefficients) * scale * side**0.5, s=(side, side))
    if waves.shape[1] == len(COLOURS):
        waves = torch.einsum("rc,bchw->brhw", COLOURS / COLOURS.norm(dim=0).max(), waves)
    return torch.sigmoid(4 * waves)
