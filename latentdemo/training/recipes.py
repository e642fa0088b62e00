"""RECIPES: how each checkpoint that is shipped was trained."""

from latentdemo.training.config import TrainConfig

_FACES = {"dataset": "faces", "latent_dim": 32, "epochs": 14, "batch_size": 64, "learning_rate": 3e-3}
_DIGITS = {"dataset": "mnist", "batch_size": 256, "learning_rate": 3e-3}

_ALL = (
    TrainConfig("faces-factors", "regressor", "faces", epochs=5, batch_size=64, learning_rate=3e-3),
    TrainConfig("faces-vae", "vae", **_FACES),
    TrainConfig("faces-ae", "ae", **_FACES),
    TrainConfig("mnist-vae-16", "vae", latent_dim=16, epochs=20, **_DIGITS),
    TrainConfig("mnist-ae-16", "ae", latent_dim=16, epochs=20, **_DIGITS),
    TrainConfig("mnist-vae-2", "vae", latent_dim=2, epochs=30, **_DIGITS),
    TrainConfig("mnist-ae-2", "ae", latent_dim=2, epochs=30, **_DIGITS),
    TrainConfig("mnist-mlp", "mlp", "mnist", epochs=40, batch_size=256, learning_rate=0.3),
    TrainConfig("mnist-cnn", "small-cnn", "mnist", epochs=2, batch_size=256, learning_rate=0.2),
    TrainConfig("cifar10-cnn", "cnn", "cifar10", epochs=36, batch_size=256, learning_rate=0.4),
)
RECIPES: dict[str, TrainConfig] = {recipe.name: recipe for recipe in _ALL}
