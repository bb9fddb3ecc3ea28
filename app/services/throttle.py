"""Pauses after wrong passwords, longer with each: per account, per address, and per browser that was here before.

Trying is made slow, and nobody is shut out for good: pauses end, tries during one are not counted, and a browser that
has signed in to an account before is counted by itself, whatever others do to its account or its address meanwhile.
"""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Iterable
from hashlib import sha256

from app.messages import Message, Rejected, Unavailable
from app.store import failed_sign_ins
from app.store.failed_sign_ins import Failures
from app.system import System

FREE = 4
"""So many mistakes cost nothing."""

LONGEST_PAUSE_S = {"account": 60, "address": 900, "browser": 900, "code": 900}
"""An account's is short: it is the only one that strangers can bring upon its owner."""

FORGOTTEN_AFTER_S = 86_400


PAUSED = Message("there were too many wrong attempts; try again in %(seconds)d s")


class TooManyTries(Rejected):
    """Somebody has to wait; `wait_s` says how long."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(PAUSED.template, seconds=wait_s)
        self.wait_s = wait_s


def account(name: str) -> str:
    return f"account:{name.strip().casefold()}"


def address(text: str) -> str:
    """An IPv6 address counts as its /64: that is one household."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return f"address:{text}"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return f"address:{ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"address:{parsed}"


def browser(mark: str) -> str:
    return f"browser:{mark}"


def code(user_id: int, known: str | None) -> str:
    return f"code:{user_id}:{known or ''}"


def count(system: System, keys: Iterable[str]) -> None:
    """Count this try as a mistake before it is looked at, so that many at once do not slip through.

    Raises TooManyTries, and counts nothing, while one of the pauses lasts; Unavailable when nothing can be counted.
    """
    try:
        _count(system, keys, int(system.clock()))
    except (sqlite3.OperationalError, OSError) as error:
        raise Unavailable(
            "nobody can sign in while nothing can be kept (%(reason)s); make room on the disk", reason=str(error)
        ) from error


def _count(system: System, keys: Iterable[str], now: int) -> None:
    hashes = {key: _hash(system, key) for key in keys}
    with system.database.transaction() as db:
        failed_sign_ins.forget_old(db, now - FORGOTTEN_AFTER_S)
        before = {key: failed_sign_ins.of(db, who) or Failures(0, now) for key, who in hashes.items()}
        wait = max((_wait(key, each, now) for key, each in before.items()), default=0)
        if wait > 0:
            raise TooManyTries(wait)
        for key, who in hashes.items():
            failed_sign_ins.put(db, who, Failures(before[key].number + 1, now))


def forgive(system: System, *keys: str) -> None:
    """It was right."""
    with system.database.transaction() as db:
        for key in keys:
            failed_sign_ins.forgive(db, _hash(system, key))


def give_back(system: System, key: str) -> None:
    """This one try was no mistake after all; the ones before still count."""
    with system.database.transaction() as db:
        who = _hash(system, key)
        before = failed_sign_ins.of(db, who)
        if before is not None:
            failed_sign_ins.put(db, who, Failures(max(before.number - 1, 0), before.last_at))


def pause_s(kind: str, failures: int) -> int:
    """1, 2, 4 … seconds after the mistakes that cost nothing."""
    if failures <= FREE:
        return 0
    return min(1 << min(failures - FREE - 1, 20), LONGEST_PAUSE_S[kind])


def _wait(key: str, before: Failures, now: int) -> int:
    """How long it still lasts; a clock that was set back makes no pause longer."""
    pause = pause_s(key.partition(":")[0], before.number)
    return max(0, min(before.last_at + pause - now, pause))


def _hash(system: System, key: str) -> str:
    return sha256(system.seal.salt + key.encode()).hexdigest()
