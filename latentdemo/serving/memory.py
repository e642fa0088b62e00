"""Large blocks of memory that go back to the system when they are freed."""

import ctypes
import sys

MMAP_THRESHOLD = -3  # mallopt's name of the setting, from malloc.h
LARGE = 1 << 22  # bytes


def give_back_large_blocks() -> bool:
    """Have glibc map each block of 4 MB and more by itself; whether it could be told.

    By itself glibc raises its threshold to 32 MB once such a block was freed, and keeps what lies between holes.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    return mallopt is not None and mallopt(MMAP_THRESHOLD, LARGE) == 1
