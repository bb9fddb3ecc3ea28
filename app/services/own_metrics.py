"""How the product itself is doing, as Prometheus metrics: facts in, metric families out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric

PREFIX = "heatpump_monitor_"


@dataclass(frozen=True, slots=True)
class Polled:
    """How the polls of one heat pump go; None where there was none yet, or where nobody polls it."""

    labels: Mapping[str, str]
    online: bool
    last_seen: int | None
    polls: int | None
    failures: int | None
    seconds: float | None
    late_s: float | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What went to the other database since the program began."""

    samples: int
    failures: int


@dataclass(frozen=True, slots=True)
class Health:
    """The whole installation; `delivered` is None when samples go nowhere else."""

    version: str
    heat_pumps: Sequence[Polled]
    polls_waiting: int
    outbox_polls: int
    outbox_dropped: int
    database_bytes: int
    delivered: Delivered | None


def families(health: Health) -> list[Metric]:
    return [*_of_the_program(health), *of_heat_pumps(health)]


def of_heat_pumps(health: Health) -> list[Metric]:
    """Only what tells of the heat pumps."""
    return _of_the_heat_pumps(health.heat_pumps)


def _of_the_program(health: Health) -> list[Metric]:
    info = Metric(f"{PREFIX}info", "The version that is running; always 1", "gauge")
    info.add_sample(f"{PREFIX}info", {"version": health.version}, 1)
    found = [
        info,
        _single("polls_waiting", "Polls that are due and wait for a thread", health.polls_waiting),
        _single("outbox_polls", "Polls whose samples wait to be delivered", health.outbox_polls),
        _single("outbox_dropped_polls_total", "Polls that were left out of a full outbox", health.outbox_dropped),
        _single("database_bytes", "Size of the database and its write-ahead log", health.database_bytes),
    ]
    if health.delivered is not None:
        sent, failed = health.delivered.samples, health.delivered.failures
        found.append(_single("samples_delivered_total", "Samples that the other database has accepted", sent))
        found.append(_single("delivery_failures_total", "Attempts to deliver samples that failed", failed))
    return found


def _of_the_heat_pumps(pumps: Sequence[Polled]) -> list[Metric]:
    columns = {
        "online": "1 while the heat pump answers, else 0",
        "last_reading_timestamp_seconds": "When the heat pump last answered",
        "polls_total": "Polls since its polling began",
        "poll_failures_total": "Polls that brought nothing",
        "poll_duration_seconds": "How long the last good poll took",
        "poll_lateness_seconds": "How long after its time the last poll began",
    }
    found = {name: _empty(name, said) for name, said in columns.items()}
    for pump in pumps:
        numbers = (pump.online, pump.last_seen, pump.polls, pump.failures, pump.seconds, pump.late_s)
        for name, number in zip(columns, numbers, strict=True):
            if number is not None:
                found[name].add_sample(PREFIX + name, dict(pump.labels), float(number))
    return [family for family in found.values() if family.samples]


def _single(name: str, said: str, number: float) -> Metric:
    family = _empty(name, said)
    family.add_sample(PREFIX + name, {}, number)
    return family


def _empty(name: str, said: str) -> Metric:
    counter = name.endswith("_total")
    return Metric(PREFIX + name.removesuffix("_total"), said, "counter" if counter else "gauge")
