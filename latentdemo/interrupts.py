"""SIGINT and SIGTERM: both stop a command in the same way and with the same exit code."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPED = 130  # exit code after either signal


@contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Send both signals to a handler. In other threads than the main one nothing changes: they receive no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(number, handler) for number in SIGNALS]
    try:
        yield
    finally:
        for number, old in zip(SIGNALS, before, strict=True):
            signal.signal(number, old)


@contextmanager
def collected() -> Iterator[list[int]]:
    """A list that both signals are appended to; they interrupt nothing."""
    received: list[int] = []
    with _handled(lambda number, _: received.append(number)):
        yield received


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Both signals wait until the block is done; KeyboardInterrupt follows it then."""
    with collected() as received:
        yield
    if received:
        raise KeyboardInterrupt


@contextmanager
def interrupting() -> Iterator[list[int]]:
    """Both signals raise KeyboardInterrupt and are appended to the list."""
    received: list[int] = []

    def interrupt(number: int, _: Any) -> None:
        received.append(number)
        raise KeyboardInterrupt

    with _handled(interrupt):
        yield received


def exit_at_once(command: str) -> None:
    """From now on both signals end the process, with a line to standard error.

    For the time of imports: unlike KeyboardInterrupt this cannot be lost in a module that is being imported.
    """

    def leave(number: int, _: Any) -> None:
        os.write(2, f"{command}: stopped\n".encode())
        os._exit(STOPPED)

    for number in SIGNALS:
        signal.signal(number, leave)


def ignore() -> None:
    """From now on both signals are ignored: the exit code is decided."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
