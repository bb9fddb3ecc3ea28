"""How many calls an account of a maker's cloud may still make: kept in a file, so that a restart forgets none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from drivers import private_file
from drivers.errors import Unreachable

DAY_S, SHORT_S = 86_400, 600


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls in any 24 hours and in any 10 minutes, and how many of them polls leave for the owner's own actions."""

    day: int = 1450
    short: int = 120
    day_kept: int = 250
    short_kept: int = 40


@dataclass(frozen=True, slots=True)
class CallsMade:
    """What an account has used of its budget; `stopped_until` (UTC seconds) when the cloud itself said stop."""

    day: int
    day_limit: int
    short: int
    short_limit: int
    stopped_until: int | None


class Calls:
    """The calls of one account, counted before they are made; `clock` gives UTC seconds.

    Whatever windows the cloud counts in, no 24 hours and no 10 minutes have more calls than the limits allow.
    """

    def __init__(self, path: Path, limits: Limits, clock: Callable[[], float]) -> None:
        self._path = path
        self._limits = limits
        self._clock = clock

    def take(self, for_owner: bool = False) -> None:
        """Count one call that is about to be made. Raises Unreachable, saying when there is one again."""
        limits, kept = self._limits, not for_owner
        with private_file.turn(self._path):
            made, stopped_until = self._read()
            now = self._clock()
            if stopped_until is not None:
                raise Unreachable(
                    "the maker's cloud takes no calls of this account before %(time)s", time=moment(stopped_until)
                )
            for span_s, most in (
                (DAY_S, limits.day - limits.day_kept * kept),
                (SHORT_S, limits.short - limits.short_kept * kept),
            ):
                recent = [at for at in made if at > now - span_s]
                if len(recent) >= most:
                    raise Unreachable(
                        "the calls that the maker's cloud allows are used up (%(made)d in %(minutes)d minutes);"
                        " there is one again at %(time)s",
                        made=len(recent),
                        minutes=span_s // 60,
                        time=moment(recent[-most] + span_s),
                    )
            # rounded up, so that it counts a little longer rather than a little shorter
            private_file.append(self._path, f"{int(now) + 1}\n")

    def note(self) -> None:
        """Count a call that must be made whatever the budget says, such as the end of a sign-in."""
        with private_file.turn(self._path):
            private_file.append(self._path, f"{int(self._clock()) + 1}\n")

    def stop_until(self, at: float | None) -> int:
        """The cloud said that the limit is reached, until then if it named a time; the time that is obeyed."""
        now = self._clock()
        usual = now + SHORT_S if at is None else at
        obeyed = int(min(max(usual, now + 60), now + DAY_S)) + 1
        with private_file.turn(self._path):
            private_file.append(self._path, f"stop {obeyed}\n")
        return obeyed

    def made(self) -> CallsMade:
        with private_file.turn(self._path):
            made, stopped_until = self._read()
        now = self._clock()
        short = sum(at > now - SHORT_S for at in made)
        return CallsMade(len(made), self._limits.day, short, self._limits.short, stopped_until)

    def _read(self) -> tuple[list[int], int | None]:
        """The calls of the last 24 hours in order of time, and until when the cloud wants none."""
        now = self._clock()
        lines = private_file.read(self._path).splitlines()
        # a clock that was set back by more than a day must not lock the account for longer than one
        times = sorted(int(line) for line in lines if line.isdecimal())
        made = [at for at in times if now - DAY_S < at <= now + DAY_S]
        stops = [int(line[5:]) for line in lines if line.startswith("stop ") and line[5:].isdecimal()]
        stopped_until = max((at for at in stops if now < at <= now + DAY_S + 2), default=None)
        if len(lines) > 2 * self._limits.day:
            kept = [str(at) for at in made] + ([f"stop {stopped_until}"] if stopped_until else [])
            private_file.replace(self._path, "".join(f"{line}\n" for line in kept))
        return made, stopped_until


def moment(at: float) -> str:
    """For people, wherever they are."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
