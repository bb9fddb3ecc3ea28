"""Keeps the process small where the C library is glibc: few heaps, and unused pages given back."""

from __future__ import annotations

import ctypes

_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3)."""


def use_few_heaps() -> None:
    """glibc gives every thread a heap of its own, up to eight per core; two dozen mostly idle threads need two."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_ARENA_MAX, 2)


def give_back() -> None:
    """Return what long work has freed to the system."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
