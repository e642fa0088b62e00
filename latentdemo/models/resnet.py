"""ResNet18 with a head of its own size: torchvision's network, to be trained further on another task."""

import torch
from torch import Tensor, nn

from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models.cnn import check_size
from latentdemo.models.parts import Shape

WIDTH = 512  # numbers that stand for an image
MEAN, SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels, as its weights were trained with


class ResNet18(nn.Module):
    """He et al. 2016: 18 layers, 11.2 million weights; takes RGB images of any size from 8 × 8 on."""

    mean: Tensor
    sd: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        if shape.channels != 3:
            raise ValueError(f"channels is {shape.channels}; ResNet18 takes 3")
        self.shape = shape
        self.body = torchvision().models.resnet18(weights=None)
        self.body.fc = nn.Identity()
        for module in self.body.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False  # else a map before its ReLU is overwritten by the one behind it
        self.head = nn.Linear(WIDTH, shape.latent_dim)
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("sd", torch.tensor(SD).view(3, 1, 1), persistent=False)

    def features(self, x: Tensor) -> Tensor:
        """x (B, 3, H, W) in [0, 1] -> (B, 512): each channel's mean over the image."""
        check_size(x, 3)
        return self.body((x - self.mean) / self.sd)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, 3, H, W) in [0, 1] -> logits (B, n_outputs)."""
        return self.head(self.features(x))
