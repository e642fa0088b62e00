"""What the two command lines have in common."""

import argparse
from typing import Any


class Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Help that tells each default, where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def whole(least: int, most: int) -> Any:
    """An argparse type: a whole number within limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text[:20]!r} is no whole number of {least} … {most}")
        return int(text)

    return read
