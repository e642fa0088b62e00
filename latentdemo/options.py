"""What the two command lines have in common: their names, default folders, and how options are read and shown."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = (ROOT / "latentdemo_checkpoints").exists()  # by pip, which puts data there; else a working copy
APP_NAME, TRAIN_NAME = ("latentdemo", "latentdemo-train") if INSTALLED else ("app.py", "train.py")
APP_COMMAND, TRAIN_COMMAND = (APP_NAME, TRAIN_NAME) if INSTALLED else ("python app.py", "python train.py")
WEIGHTS_HELP = "folder of torchvision's weights, read and downloaded to (default: torchvision's own cache)"


def data_folder(name: str) -> Path:
    """The folder "checkpoints" or "lessons" that is shipped."""
    return ROOT / (f"latentdemo_{name}" if INSTALLED else name)


def output_folder() -> Path:
    """Where training writes checkpoints: beside train.py, or, for an installed package, in the working directory."""
    return Path("checkpoints") if INSTALLED else ROOT / "checkpoints"


def check_folders(option: str, folders: Iterable[Path]) -> None:
    """Raise ValueError if a folder that an option names does not exist or is a file."""
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(f"{option}: {folder} {'is not a folder' if folder.exists() else 'does not exist'}")


class Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Help that tells each default, where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def whole(least: int, most: int) -> Any:
    """An argparse type: a whole number within limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text[:20]!r} is not an integer between {least} and {most}")
        return int(text)

    return read
