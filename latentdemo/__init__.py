"""latentdemo: how machines see, from a 3×3 kernel to a smile vector.

From a notebook: `load(name)` opens a trained autoencoder, `train(...)` makes one; see `latentdemo.api`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentdemo.api import load, names, train

__all__ = ["load", "names", "train"]


def __getattr__(name: str) -> Any:
    """What `api` has, imported when it is first asked for: the app does without it."""
    if name not in __all__:
        raise AttributeError(f"module 'latentdemo' has no attribute {name!r}")
    from latentdemo import api

    return getattr(api, name)
