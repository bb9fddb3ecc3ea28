"""When a job runs: cron expressions or weekly times of the owner's clock, right on both days that change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from app.messages import Message

YEAR_S = 366 * 86400


class BadSchedule(Exception):
    """This is no schedule; `message` says what is wrong."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Schedule:
    """Five fields as cron has them, or days of the week (0 = Monday) with times such as 06:30.

    A time that the spring's change leaves out comes with the change; one that the autumn's repeats comes once, unless
    the expression asks for every hour. So does Debian's cron.
    """

    cron: str = ""
    days: tuple[int, ...] = ()
    times: tuple[str, ...] = ()

    def expressions(self) -> list[str]:
        if self.cron:
            return [self.cron]
        days = ",".join(str((day + 1) % 7) for day in sorted(self.days))
        return [f"{int(time[3:])} {int(time[:2])} * * {days}" for time in sorted(set(self.times))]


def check(schedule: Schedule) -> None:
    """Raises BadSchedule."""
    if not schedule.cron:
        if not schedule.days or not schedule.times:
            raise BadSchedule(Message("choose at least one day and one time"))
        if any(day not in range(7) for day in schedule.days):
            raise BadSchedule(Message("must be a list of days from 0 (Monday) to 6"))
        for time in schedule.times:
            if not _is_time(time):
                raise BadSchedule(Message("%(text)s is not a time such as 06:30", {"text": time[:20]}))
    elif len(schedule.cron.split()) != 5:
        raise BadSchedule(Message("a cron expression has five fields: minute, hour, day, month, weekday"))
    try:
        for expression in schedule.expressions():
            CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        said = Message("%(text)s is not a cron expression such as 30 6 * * 1-5", {"text": schedule.cron[:100]})
        raise BadSchedule(said) from None
    if next(runs(schedule, 0, ZoneInfo("UTC")), None) is None:
        raise BadSchedule(Message("there is no such day"))


def runs(schedule: Schedule, after: int, zone: ZoneInfo) -> Iterator[int]:
    """Every run later than `after` (UTC seconds), in order, without end unless the schedule has one."""
    last = None
    for at in merge(*(_runs(expression, after, zone) for expression in schedule.expressions())):
        if at != last:
            yield at
        last = at


def following(schedule: Schedule, after: int, zone: ZoneInfo, count: int) -> list[int]:
    """The next runs."""
    return list(islice(runs(schedule, after, zone), count))


def between(schedule: Schedule, after: int, until: int, zone: ZoneInfo, most: int) -> list[int]:
    """The runs with after < time <= until, at most so many of them."""
    return list(islice(takewhile(lambda at: at <= until, runs(schedule, after, zone)), most))


def _runs(expression: str, after: int, zone: ZoneInfo) -> Iterator[int]:
    for at in CronSim(expression, datetime.fromtimestamp(after, UTC).astimezone(zone)):
        moment = int(at.timestamp())
        if moment > after:
            yield moment


def _is_time(text: str) -> bool:
    hour, _, minute = text.partition(":")
    plain = text.isascii() and len(hour) == 2 and len(minute) == 2 and hour.isdigit() and minute.isdigit()
    return plain and int(hour) < 24 and int(minute) < 60
