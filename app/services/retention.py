"""How long history is kept: the owner's choice, with what it frees shown before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.calendar import DAY_S
from app.messages import Invalid
from app.store import retention
from app.store.retention import Freed
from app.system import System

LEAST_DAYS, MOST_DAYS = 2, 36_500


@dataclass(frozen=True, slots=True)
class Choice:
    """Days for which every sample, and for which at least hourly values are kept; None: for good."""

    raw_days: int | None = None
    hourly_days: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a choice frees: samples of which the hours stay, and what goes altogether."""

    raw: Sequence[Freed]
    hourly: Sequence[Freed]

    @property
    def bytes(self) -> int:
        """Freed for new history; the file itself does not shrink."""
        return sum(each.bytes for each in (*self.raw, *self.hourly))


def chosen(system: System) -> Choice:
    days = retention.days(system.database.connection())
    return Choice(days.get("raw"), days.get("hourly"))


def preview(system: System, choice: Choice) -> Preview:
    """What this choice would remove now. Raises Invalid."""
    _check(choice)
    db = system.database.connection()
    now = int(system.clock())
    gone = 0 if choice.hourly_days is None else now - choice.hourly_days * DAY_S
    thinned = 0 if choice.raw_days is None else now - choice.raw_days * DAY_S
    return Preview(retention.freed(db, "raw", gone, thinned), retention.freed(db, "hourly", 0, gone))


def choose(system: System, choice: Choice) -> None:
    """Keep history for so long; what is older goes with the next upkeep. Raises Invalid."""
    _check(choice)
    with system.database.transaction() as db:
        retention.choose(db, "raw", choice.raw_days)
        retention.choose(db, "hourly", choice.hourly_days)


def _check(choice: Choice) -> None:
    for field, days in (("raw_days", choice.raw_days), ("hourly_days", choice.hourly_days)):
        if days is not None and not LEAST_DAYS <= days <= MOST_DAYS:
            raise Invalid(
                field,
                "%(value)s is not a number from %(least)g to %(most)g",
                value=days,
                least=LEAST_DAYS,
                most=MOST_DAYS,
            )
    if choice.hourly_days is not None and (choice.raw_days is None or choice.raw_days > choice.hourly_days):
        raise Invalid("hourly_days", "hourly values cannot be kept shorter than the samples they are made of")
