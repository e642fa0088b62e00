"""Training speed: our loop against the plain one (DataLoader, ToTensor per image, Adam, float32), same network.

python -m benchmarks.training
"""

import time

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from latentdemo.data.imageset import ImageSet
from latentdemo.data.torchvision_shim import torchvision
from latentdemo.models import build
from latentdemo.models.losses import bernoulli_nll, kl_to_standard_normal
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import Loop, shape_for

N, BATCH, SECONDS = 12_800, 256, 20.0


class Plain(Dataset):
    """One image at a time through torchvision's ToTensor, as in PyTorch's examples."""

    def __init__(self, images: np.ndarray) -> None:
        torchvision()
        from torchvision import transforms

        self.images, self.transform = images, transforms.ToTensor()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> torch.Tensor:
        return self.transform(self.images[i])


def plain_rate(config: TrainConfig, train: ImageSet) -> float:
    """Images per second of the plain loop."""
    torch.manual_seed(0)
    model = build(config.model, shape_for(config, train)).train()
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    seen, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for x in DataLoader(Plain(train.images), BATCH, shuffle=True):
            output = model(x)
            loss = bernoulli_nll(output.logits, x) + kl_to_standard_normal(output.mu, output.logvar)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            seen += len(x)
            if time.perf_counter() - start > SECONDS:
                break
    return seen / (time.perf_counter() - start)


def our_rate(config: TrainConfig, train: ImageSet) -> tuple[float, str]:
    """Images per second of our loop, and the precision it chose."""
    loop = Loop(config, train)
    seen, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        loop.advance()
        seen += BATCH
    return seen / (time.perf_counter() - start), "bf16" if loop.bf16 else "fp32"


def main() -> None:
    """Print both rates and their ratio."""
    rng = np.random.default_rng(0)
    train = ImageSet(rng.integers(0, 256, (N, 28, 28, 1), np.uint8), rng.integers(0, 10, N), tuple("0123456789"))
    config = TrainConfig("benchmark", "vae", "mnist", latent_dim=16, batch_size=BATCH, epochs=1000)
    plain = plain_rate(config, train)
    ours, precision = our_rate(config, train)
    print(f"VAE of digits, batch {BATCH}, {torch.get_num_threads()} threads: plain loop {plain:.0f} images/s, "
          f"ours {ours:.0f} images/s ({precision}), ratio {ours / plain:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
