"""Values that are made on first use, once, however many visitors ask for them at the same moment."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Keeps what functions gave; nobody waits for a value of another key."""

    def __init__(self) -> None:
        self._locks: dict[tuple[Any, ...], threading.RLock] = {}
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made on the first call with this key and kept; nothing is kept of a call that fails."""
        with self._locks.setdefault(key, threading.RLock()):
            if key not in self._made:
                self._made[key] = make()
        return self._made[key]
