"""SIGTERM, Ctrl-C and a terminal that is closed all end the program in order, from its first moment on."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def in_order() -> None:
    """From now on each of them unwinds what runs, as an exit does. What is ignored already (nohup, `&`) stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def has_begun() -> None:
    """Asked twice, it must still end in order."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    has_begun()
    raise SystemExit(0)
