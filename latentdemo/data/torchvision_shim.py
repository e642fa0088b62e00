"""The one place that imports torchvision, which a CPU-only torch cannot do unaided.

The package registry's torchvision is linked against CUDA torch. Beside a CPU-only torch its compiled operators do not
load, and `import torchvision` dies on registering shapes for operators that are not there ("operator torchvision::nms
does not exist", pytorch/vision issue 8985). Data sets, models and feature extraction need none of them.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch


def torchvision() -> ModuleType:
    """torchvision with its `datasets`, `models` and `models.feature_extraction`, imported on first use."""
    if "torchvision" not in sys.modules:
        _import_without_missing_operators()
    import torchvision.models.feature_extraction

    return torchvision


def _import_without_missing_operators() -> None:
    """Import torchvision while `register_fake` passes over operators that torch does not have."""
    original = torch.library.register_fake

    def register_if_there(op: Any, *args: Any, **options: Any) -> Callable[..., Any]:
        if isinstance(op, str) and not _operator_exists(op):
            return lambda function: function
        return original(op, *args, **options)

    torch.library.register_fake = register_if_there
    try:
        import torchvision  # noqa: F401
    finally:
        torch.library.register_fake = original


def _operator_exists(qualified_name: str) -> bool:
    namespace, _, name = qualified_name.partition("::")
    return hasattr(getattr(torch.ops, namespace), name)
