"""Signing in, step by step: counted before it is looked at, forgiven when it was right."""

from __future__ import annotations

from app.services import accounts, second_factor, signed_in, throttle
from app.store.users import User
from app.system import System


def with_password(system: System, name: str, password: str, address: str, known: str | None) -> User | None:
    """The account, or None for a wrong name or password. `known`: the mark of a browser that was here before.

    Raises TooManyTries. An account that does not exist is counted like one that does.
    """
    keys = [throttle.browser(known)] if known else [throttle.account(name[:200]), throttle.address(address)]
    throttle.count(system, keys)
    user = accounts.who(system, name[:200], password)
    if user is None:
        return None
    # the mistakes of an address stay counted: an account of one's own must not buy more tries at another one
    throttle.forgive(system, throttle.account(user.name), *(keys[:1]))
    if not known:
        throttle.give_back(system, throttle.address(address))
    return user


def with_code(system: System, user: User, code: str, known: str | None) -> bool:
    """Whether this was the code of the second factor, or a recovery code. Raises TooManyTries."""
    key = throttle.code(user.id, known)
    throttle.count(system, [key])
    if signed_in.over(user, system.clock()) or not second_factor.take(system, user.id, code):
        return False
    throttle.forgive(system, key)
    return True
