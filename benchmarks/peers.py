"""A VAE of digits against the VAEs that people start from, by −ELBO and CPU seconds: each peer's own code, then ours.

Ours gets half of a peer's CPU seconds. One thread each, MNIST's training images, −ELBO on its 10,000 test images with
Bernoulli likelihood and one draw of z an image.

python -m benchmarks.peers --data-dir DATA [--example main.py]

pythae comes from `pip install pythae`; `main.py` is vae/main.py of github.com/pytorch/examples.
"""

import argparse
import contextlib
import importlib
import io
import logging
import math
import os
import runpy
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from latentdemo import data
from latentdemo.data.imageset import ImageSet
from latentdemo.data.torchvision_shim import torchvision
from latentdemo.evaluation import pixel_metrics
from latentdemo.models.losses import kl_to_standard_normal, reparameterise
from latentdemo.pixels.tensors import as_tensor
from latentdemo.training.config import TrainConfig
from latentdemo.training.loop import Loop

EXAMPLE_EPOCHS, MLP_EPOCHS = 10, 10
CONV_IMAGES = 20_000  # seen by the ConvVAE, once: of all 60,000 one epoch takes a quarter of an hour
LATENT_DIM = 20
TIMED_STEPS, MARGIN = 100, 0.9  # the first steps say what an epoch costs, within a tenth
BATCH = 500


class Result(NamedTuple):
    """What a training cost and gave.

    Attributes:
        seconds: of CPU time, for the training alone.
        elbo: −ELBO in nats per test image.
    """

    seconds: float
    elbo: float


@torch.inference_mode()
def negative_elbo(
    passes: Callable[[Tensor], tuple[Tensor, Tensor, Callable[[Tensor], Tensor]]], test: ImageSet
) -> float:
    """−ELBO of a foreign model; `passes` gives mu, logvar and the decoder for a batch (B, 1, 28, 28)."""
    generator, total = torch.Generator().manual_seed(0), 0.0
    for i in range(0, len(test.images), BATCH):
        x = as_tensor(test.images[i : i + BATCH])
        mu, logvar, decode = passes(x)
        z = reparameterise(mu, logvar, torch.randn(mu.shape, generator=generator))
        x_hat = decode(z).reshape(x.shape)
        cross = torch.nn.functional.binary_cross_entropy(x_hat, x, reduction="sum")
        total += float(cross + kl_to_standard_normal(mu, logvar) * len(x))
    return total / len(test.images)


def example(script: Path, data_dir: Path, test: ImageSet) -> Result:
    """The script of PyTorch's examples as it is: 784-400-20, Adam, batch 128, ten epochs."""
    torchvision()
    before, arguments = Path.cwd(), sys.argv
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        (Path(folder) / "data").symlink_to(data_dir.resolve())
        (Path(folder) / "run").mkdir()
        os.chdir(Path(folder) / "run")
        sys.argv = [str(script)]
        try:
            found = runpy.run_path(str(script), run_name="example")
            start = time.process_time()
            for epoch in range(1, EXAMPLE_EPOCHS + 1):
                found["train"](epoch)
            seconds = time.process_time() - start
        finally:
            os.chdir(before)
            sys.argv = arguments
    model = found["model"].eval()
    return Result(seconds, negative_elbo(lambda x: (*model.encode(x.view(-1, 784)), model.decode), test))


def pythae(convolutional: bool, train: ImageSet, test: ImageSet) -> Result:
    """pythae's VAE with its default networks or its convolutional ones for MNIST, trained by its own trainer."""
    models, trainers = importlib.import_module("pythae.models"), importlib.import_module("pythae.trainers")
    networks: Any = importlib.import_module("pythae.models.nn.benchmarks.mnist")
    datasets = importlib.import_module("pythae.data.datasets")
    config = models.VAEConfig(input_dim=(1, 28, 28), latent_dim=LATENT_DIM, reconstruction_loss="bce")
    parts = (
        {"encoder": networks.Encoder_Conv_VAE_MNIST(config), "decoder": networks.Decoder_Conv_AE_MNIST(config)}
        if convolutional
        else {}
    )
    model = models.VAE(config, **parts)
    images = as_tensor(train.some(CONV_IMAGES).images if convolutional else train.images)
    quiet = (contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()))
    with tempfile.TemporaryDirectory() as folder, quiet[0], quiet[1]:
        settings = trainers.BaseTrainerConfig(
            output_dir=folder,
            learning_rate=1e-3,
            per_device_train_batch_size=128,
            num_epochs=1 if convolutional else MLP_EPOCHS,
            no_cuda=True,
        )
        trainer = trainers.BaseTrainer(model, datasets.BaseDataset(images, torch.zeros(len(images))), None, settings)
        start = time.process_time()
        trainer.train()
        seconds = time.process_time() - start
    model.eval()

    def passes(x: Tensor) -> tuple[Tensor, Tensor, Callable[[Tensor], Tensor]]:
        coded = model.encoder(x)
        return coded.embedding, coded.log_covariance, lambda z: model.decoder(z)["reconstruction"]

    return Result(seconds, negative_elbo(passes, test))


def ours(budget: float, train: ImageSet, test: ImageSet) -> tuple[Result, float]:
    """Our VAE in at most `budget` CPU seconds; how many passes through the training images that were."""
    settings = {"latent_dim": LATENT_DIM, "batch_size": 64, "learning_rate": 3e-3}
    probe = Loop(TrainConfig("probe", "vae", "mnist", epochs=1, **settings), train)
    start = time.process_time()
    for _ in range(TIMED_STEPS):
        probe.advance()
    epoch = (time.process_time() - start) / TIMED_STEPS * probe.steps_per_epoch
    affordable = MARGIN * budget / epoch
    epochs = math.ceil(affordable)
    few = train.some(round(len(train.images) * affordable / epochs))  # so that whole epochs fill the budget
    loop = Loop(TrainConfig("ours", "vae", "mnist", epochs=epochs, **settings), few)
    start = time.process_time()
    while loop.step < loop.total_steps:
        loop.advance()
    seconds = time.process_time() - start
    found = pixel_metrics(loop.model.eval(), "mnist", test)
    return Result(seconds, float(found["negative_elbo_nats"])), epochs * len(few.images) / len(train.images)


def main() -> None:
    """Print each peer's cost and −ELBO, and ours at half the cost."""
    parser = argparse.ArgumentParser(description="Compare with other VAEs of digits.")
    parser.add_argument("--data-dir", type=Path, required=True, help="where MNIST lies, in torchvision's layout")
    parser.add_argument("--example", type=Path, help="vae/main.py of PyTorch's examples")
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)  # pythae reports every epoch
    train, test = (data.load("mnist", split, options.data_dir) for split in ("train", "test"))
    peers: dict[str, Callable[[], Result]] = {
        "pythae, default": lambda: pythae(False, train, test),
        "pythae, ConvVAE": lambda: pythae(True, train, test),
    }
    if options.example:
        script = options.example.resolve()
        peers = {"PyTorch example": lambda: example(script, options.data_dir, test), **peers}
    for name, run in peers.items():
        peer = run()
        mine, passes = ours(peer.seconds / 2, train, test)
        print(
            f"{name}: {peer.seconds:.0f} CPU-s, −ELBO {peer.elbo:.1f} nats; ours: {mine.seconds:.0f} CPU-s "
            f"({passes:.1f} passes through the data), −ELBO {mine.elbo:.1f} nats; the peer cost "
            f"{peer.seconds / mine.seconds:.1f} times as much",
            flush=True,
        )


if __name__ == "__main__":
    main()
