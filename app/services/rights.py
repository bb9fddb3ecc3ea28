"""What somebody may do: accounts by their role, tokens by their scopes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.store.among import Among


class Access(Enum):
    """What a view asks for."""

    PUBLIC = auto()
    OWN_ACCOUNT = auto()
    READING = auto()
    CONTROLLING = auto()
    OWNING = auto()
    SCRAPING = auto()


_BY_ROLE = {
    "owner": frozenset(Access),
    "installer": frozenset(Access) - {Access.OWNING},
    "viewer": frozenset(Access) - {Access.OWNING, Access.CONTROLLING},
}
_BY_SCOPE = {
    "read": frozenset({Access.PUBLIC, Access.READING}),
    "control": frozenset({Access.PUBLIC, Access.READING, Access.CONTROLLING}),
    "metrics": frozenset({Access.PUBLIC, Access.SCRAPING}),
}
ROLES = tuple(_BY_ROLE)
SCOPES = tuple(_BY_SCOPE)


@dataclass(frozen=True, slots=True)
class Rights:
    """`heatpumps`: which of them may be seen; None for all."""

    allowed: frozenset[Access]
    heatpumps: Among

    def may(self, access: Access) -> bool:
        return access in self.allowed


def of_role(role: str, heatpumps: Among) -> Rights:
    """An owner sees every heat pump: who may add and remove them must not be blind to some."""
    return Rights(_BY_ROLE[role], None if role == "owner" else heatpumps)


def of_scopes(scopes: tuple[str, ...], heatpumps: Among) -> Rights:
    return Rights(frozenset[Access]().union(*(_BY_SCOPE[scope] for scope in scopes)), heatpumps)
