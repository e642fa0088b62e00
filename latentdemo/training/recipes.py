"""RECIPES: how each checkpoint that is shipped was trained, judges before those they measure."""

from latentdemo.pixels.corruption import ANY
from latentdemo.training.augmenting import AUGMENTATIONS
from latentdemo.training.config import TrainConfig

_FACES = {"dataset": "faces", "latent_dim": 32, "epochs": 14, "batch_size": 64, "learning_rate": 3e-3}
_DIGITS = {"dataset": "mnist", "batch_size": 256, "learning_rate": 3e-3}
_DIGIT_EPOCHS = {2: 30, 5: 20, 16: 20}  # by latent dimensions: the fewer, the longer they take to settle
_BETAS = {  # beside 1, by latent dimensions: nearly no KL term, and more of it than the codes can bear
    2: (0.01, 10.0),
    16: (0.01, 10.0),
    32: (0.01, 30.0),
}

_GAN = {"latent_dim": 16, "batch_size": 64, "learning_rate": 1e-3, "penalty": 0.5, "moments": 12}
_LAGGING = {**_GAN, "learning_rate": 3e-3, "penalty": 0.0}
_FACES_GAN = {"latent_dim": 32, "batch_size": 32, "learning_rate": 7e-4, "penalty": 0.2, "moments": 12}
_DENSE = {"epochs": 40, "batch_size": 256, "learning_rate": 0.3}
_TUNED = {"batch_size": 64, "learning_rate": 0.03}
_PRIOR = {"latent_dim": 8, "batch_size": 128, "learning_rate": 2e-3}
_DIFFUSIONS = (  # name, whose codes, of what, epochs
    ("mnist-diffusion-16", "mnist-vae-16", "mnist", 90),
    ("mnist-diffusion-2", "mnist-vae-2", "mnist", 40),
    ("faces-diffusion", "faces-vae", "faces", 45),
)


def _diffusion(name: str, of: str, dataset: str, epochs: int) -> TrainConfig:
    """A denoiser over the codes of a shipped VAE, of which it has the size."""
    size = 2 if name.endswith("-2") else 32 if dataset == "faces" else 16
    shared = {"latent_dim": size, "batch_size": 512, "learning_rate": 2e-3, "precision": "fp32"}
    return TrainConfig(name, "diffusion", dataset, epochs=epochs, of=of, **shared)


def _digits(size: int) -> list[TrainConfig]:
    """Autoencoder, VAE and the VAEs of other β, all of one size and equally long trained."""
    shared = {**_DIGITS, "latent_dim": size, "epochs": _DIGIT_EPOCHS[size]}
    moments = 12 if size == 2 else 0
    return [
        TrainConfig(f"mnist-vae-{size}", "vae", moments=moments, **shared),
        TrainConfig(f"mnist-ae-{size}", "ae", moments=moments, **shared),
        *(TrainConfig(f"mnist-vae-{size}-beta-{beta:g}", "vae", beta=beta, **shared) for beta in _BETAS.get(size, ())),
    ]


_ALL = (
    TrainConfig("faces-factors", "regressor", "faces", epochs=5, batch_size=64, learning_rate=3e-3),
    TrainConfig("mnist-classifier", "cnn", "mnist", epochs=3, batch_size=256, learning_rate=0.2),
    TrainConfig("faces-vae", "vae", **_FACES),
    TrainConfig("faces-ae", "ae", **_FACES),
    *(TrainConfig(f"faces-vae-beta-{beta:g}", "vae", beta=beta, **_FACES) for beta in _BETAS[32]),
    *(config for size in _DIGIT_EPOCHS for config in _digits(size)),
    TrainConfig("faces-denoiser", "ae", corruption=ANY, **{**_FACES, "epochs": 6}),
    TrainConfig("mnist-denoiser", "ae", latent_dim=16, epochs=20, corruption=ANY, **_DIGITS),
    *(_diffusion(name, of, dataset, epochs) for name, of, dataset, epochs in _DIFFUSIONS),
    TrainConfig("mnist-gan", "gan", "mnist", epochs=18, **_GAN),
    TrainConfig("mnist-gan-collapsed", "gan", "mnist", epochs=2, critic_every=8, **_LAGGING),
    TrainConfig("faces-gan", "gan", "faces", epochs=4, **_FACES_GAN),
    TrainConfig("mnist-vqvae", "vqvae", "mnist", latent_dim=8, entries=32, epochs=12, batch_size=128),
    TrainConfig("faces-vqvae", "vqvae", "faces", latent_dim=8, entries=128, epochs=5, batch_size=64),
    TrainConfig("mnist-vqvae-prior", "transformer", "mnist", of="mnist-vqvae", epochs=5, **_PRIOR),
    TrainConfig("faces-vqvae-prior", "transformer", "faces", of="faces-vqvae", epochs=3, **_PRIOR),
    TrainConfig("mnist-mlp", "mlp", "mnist", **_DENSE),
    TrainConfig("mnist-cnn", "small-cnn", "mnist", epochs=2, batch_size=256, learning_rate=0.2),
    TrainConfig("cifar10-cnn", "cnn", "cifar10", epochs=36, batch_size=256, learning_rate=0.4),
    TrainConfig(
        "mnist-from-cifar10",
        "cnn",
        "mnist",
        begin="cifar10-cnn",
        n_train=20_000,
        epochs=1,
        batch_size=64,
        learning_rate=0.03,
    ),
    *(TrainConfig(f"mnist-mlp-{change}", "mlp", "mnist", augment=change, **_DENSE) for change in AUGMENTATIONS),
)
RECIPES: dict[str, TrainConfig] = {recipe.name: recipe for recipe in _ALL}
