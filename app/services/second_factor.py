"""The second factor: six digits from a phone that change every half minute (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from hmac import compare_digest

import pyotp

from app.messages import Invalid
from app.store import second_factors
from app.store.users import User
from app.system import System

STEP_S = 30
SKEW = 1
"""A phone's clock may be a step early or late."""

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER = "Heat-pump monitor"


def active(system: System, user_id: int) -> bool:
    found = second_factors.find(system.database.connection(), user_id)
    return found is not None and found.since is not None


def accounts_with_one(system: System) -> frozenset[int]:
    return second_factors.users(system.database.connection())


def proposed(system: System, user: User) -> str:
    """The secret for the phone, base 32; it counts only when confirmed. Raises Invalid when one counts already."""
    found = second_factors.find(system.database.connection(), user.id)
    if found is not None and found.since is not None:
        raise Invalid("code", "there is a second factor already")
    secret = system.seal.open(found.secret) if found is not None else None
    if secret is None:
        secret = pyotp.random_base32()
        with system.database.transaction() as db:
            second_factors.propose(db, user.id, system.seal.close(secret))
    return secret


def address(user: User, secret: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=ISSUER)


def confirm(system: System, user: User, code: str) -> list[str]:
    """From now on it is asked for; the recovery codes, shown this once. Raises Invalid."""
    if active(system, user.id) or not _digits_match(system, user.id, code):
        raise Invalid("code", "this is not the code that the phone shows now")
    with system.database.transaction() as db:
        second_factors.confirm(db, user.id, int(system.clock()))
    return new_codes(system, user)


def new_codes(system: System, user: User) -> list[str]:
    """The ones before are worth nothing any more."""
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(CODES)]
    with system.database.transaction() as db:
        second_factors.set_codes(db, user.id, [_hash(code) for code in codes])
    return codes


def codes_left(system: System, user: User) -> int:
    return second_factors.codes_left(system.database.connection(), user.id)


def take(system: System, user_id: int, code: str) -> bool:
    """Use up this code of the phone, or this recovery code; False for a wrong one, and for one that was used before."""
    if _digits_match(system, user_id, code):
        return True
    with system.database.transaction() as db:
        return second_factors.take_code(db, user_id, _hash(code))


def remove(system: System, user_id: int) -> None:
    with system.database.transaction() as db:
        second_factors.remove(db, user_id)


def _digits_match(system: System, user_id: int, code: str) -> bool:
    digits = re.sub(r"\s", "", code)
    found = second_factors.find(system.database.connection(), user_id)
    secret = system.seal.open(found.secret) if found is not None else None
    if secret is None or not re.fullmatch("[0-9]{6}", digits, re.ASCII):
        return False
    now, totp, right = int(system.clock()) // STEP_S, pyotp.TOTP(secret), None
    for step in range(now - SKEW, now + SKEW + 1):
        if compare_digest(totp.at(step * STEP_S), digits):
            right = step
    if right is None:
        return False
    with system.database.transaction() as db:
        return second_factors.take(db, user_id, right)


def _hash(code: str) -> str:
    """They are long and random, so that no slow hash is needed."""
    return sha256(re.sub("[^a-z0-9]", "", code.lower()).encode()).hexdigest()
