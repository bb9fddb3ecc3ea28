"""Keeps the process small and quick where the C library is glibc: few heaps, which keep a little of what is freed."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""The numbers of these settings: mallopt(3)."""
_HEAPS = 2
_KEPT_BYTES = 2 << 20
_OF_THE_SYSTEM_BYTES = 1 << 20


def tune() -> None:
    """Call it before threads are made.

    glibc gives every thread a heap of its own, up to eight per core; two dozen mostly idle threads need two. And it
    asks the system for every column of a month anew (it is above 128 KiB), which takes longer than decoding it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _HEAPS)
        mallopt(_MMAP_THRESHOLD, _OF_THE_SYSTEM_BYTES)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


def give_back() -> None:
    """Return what long work has freed to the system."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
