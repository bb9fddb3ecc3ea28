"""One condition, fitted to a heat pump: what it says about what is known now.

True, False, or None when it cannot be known. `was` is what it said when it last said anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.recent import Recent
from app.reading import Value

DAY_S = 86_400
LEAST_COVERED = 0.5
"""A rate is known once its window is covered to this share."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A sensor is above or below a limit, or another sensor's value plus `limit`; back again by `hysteresis`."""

    sensor: str
    above: bool
    limit: float
    hysteresis: float
    against: str | None
    silence_s: int
    against_silence_s: int = 0

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        value = recent.value(self.sensor, now, self.silence_s)
        if value is None or isinstance(value, str):
            return None
        limit = self.limit
        if self.against is not None:
            other = recent.value(self.against, now, self.against_silence_s)
            if other is None or isinstance(other, str):
                return None
            limit = other + limit
        if self.above:
            return value > (limit - self.hysteresis if was else limit)
        return value < (limit + self.hysteresis if was else limit)


@dataclass(frozen=True, slots=True)
class Rate:
    """A sensor has risen or fallen by more than `change` over the window."""

    sensor: str
    rises: bool
    change: float
    window_s: int
    silence_s: int

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        ends = recent.windows[self.sensor, self.window_s].ends(now)
        if ends is None:
            return None
        (first_at, first, _), (last_at, last, _) = ends
        if now - last_at > self.silence_s or last_at - first_at < self.window_s * LEAST_COVERED:
            return None
        return (last - first if self.rises else first - last) > self.change


@dataclass(frozen=True, slots=True)
class Count:
    """A counter has gone up, or a switch has gone on, more than `most` times within the window."""

    sensor: str
    most: float
    window_s: int
    silence_s: int

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        ends = recent.windows[self.sensor, self.window_s].ends(now)
        if ends is None or now - ends[1][0] > self.silence_s:
            return None
        return ends[1][2] - ends[0][2] > self.most


@dataclass(frozen=True, slots=True)
class Word:
    """A state is one of the words, or is none of them."""

    sensor: str
    words: frozenset[str]
    among: bool
    silence_s: int

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        value = recent.value(self.sensor, now, self.silence_s)
        return None if value is None else (word(value) in self.words) == self.among


@dataclass(frozen=True, slots=True)
class Silence:
    """A sensor has had no value for so long although the heat pump answers; without a sensor: nothing was read."""

    sensor: str | None
    window_s: int

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        if self.sensor is None:
            last = recent.read_at
        else:
            seen = recent.known.get(self.sensor) if recent.lost_since is None else None
            last = None if seen is None else seen[0]
        if last is None or now - last <= self.window_s:
            return None if last is None else False
        return True if now - recent.begun_at > self.window_s else None


@dataclass(frozen=True, slots=True)
class Offline:
    """The heat pump could not be read when it was last tried."""

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        if recent.unsure:
            return None
        if recent.lost_since is not None:
            return True
        return None if recent.read_at is None else False


@dataclass(frozen=True, slots=True)
class Fault:
    """The machine itself reports a fault: one of its states says so, or the time of its last fault has moved.

    `codes` are sensors that may tell which fault it is.
    """

    reports: tuple[Word | Count, ...]
    codes: tuple[str, ...]

    def judge(self, recent: Recent, was: bool, now: int) -> bool | None:
        said = [report.judge(recent, was, now) for report in self.reports]
        if True in said:
            return True
        return False if False in said else None


Term = Threshold | Rate | Count | Word | Silence | Offline | Fault


def word(value: Value) -> str:
    """A state as it is compared: the word itself, or a number without needless decimals."""
    return value if isinstance(value, str) else f"{value:g}"
