"""Does this program live, and can it do its work? Said to anybody who asks, so nothing about the heat pumps.

*Live*: its threads move. If not, only a restart helps. *Ready*: what is read is also kept. If not, a restart would not
help, and somebody has to make room on the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, field
from time import monotonic

from app.store import proof, users
from app.system import System

PROVEN_S = 60.0
"""A reading that was kept so recently proves that the database takes what is written."""

PROOF_EVERY_S = 10.0
"""Strangers may ask as often as they like; the disk is not worn for each of them."""


@dataclass(slots=True)
class Proof:
    """Whether the database could be written when that was last tried."""

    at: float | None = None
    refusal: str | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


def lifeless(system: System) -> str | None:
    """Why only a restart helps; None while everything moves."""
    return system.poller.stuck() or ("no messages are sent any more" if system.sender.broke_off() else None)


def unready(system: System, proven: Proof) -> str | None:
    """Why what is read is not kept; None when it is."""
    if not system.poller.started:
        return "the scheduler is not running yet"
    return _unanswered(system) or _unwritable(system, proven)


def _unanswered(system: System) -> str | None:
    try:
        users.any_at_all(system.database.connection())
    except sqlite3.Error as error:
        return f"the database does not answer: {error}"
    return None


def _unwritable(system: System, proven: Proof) -> str | None:
    refusal = system.poller.unkept_because()
    if refusal is not None:
        return f"nothing can be kept: {refusal}"
    kept_at = system.poller.kept_at()
    if kept_at is not None and monotonic() - kept_at < PROVEN_S:
        return None
    if proven.turn.acquire(blocking=False):  # else somebody tries just now, and what is known is young
        try:
            if proven.at is None or monotonic() - proven.at >= PROOF_EVERY_S:
                proven.refusal = _refusal(system)
                proven.at = monotonic()
        finally:
            proven.turn.release()
    return None if proven.refusal is None else f"nothing can be kept: {proven.refusal}"


def _refusal(system: System) -> str | None:
    try:
        proof.write(system.database)
    except sqlite3.Error as error:
        return str(error)
    return None
