"""How the product itself is doing."""

from __future__ import annotations

from typing import TypedDict

from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence
from app.web.api.shapes.heatpumps import State


class Program(TypedDict):
    version: str
    started_at: Seconds | None
    uptime_s: float | None
    python: str
    platform: str
    sqlite: str
    memory: int | None
    threads: dict[str, int]
    polls_running: int
    polls_waiting: int
    outbox_polls: int


class Polled(TypedDict):
    id: HeatPumpId
    name: str
    state: State
    interval_s: float
    last_seen: Seconds | None
    polls: int | None
    failures: int | None
    duration_s: float | None
    late_s: float | None
    reason: Sentence | None


class Storage(TypedDict):
    database: int
    log: int
    free_inside: int
    disk_free: int
    disk_total: int
    growth: float | None
    measured_days: float
    in_a_year: int | None
    full_in_days: float | None


class CallsMade(TypedDict):
    day: int
    day_limit: int
    short: int
    short_limit: int
    stopped_until: Seconds | None


class CloudAccount(TypedDict):
    heat_pumps: list[str]
    signed_in: bool
    calls: CallsMade


class Written(TypedDict):
    heatpump_id: HeatPumpId
    name: str
    sensor: str
    day: int
    daily: int
    year: int
    yearly: int


class Chores(TypedDict):
    past_at: Seconds | None
    closed_until: Seconds | None
    problems: list[str]
    backups: bool
    backup_at: Seconds | None
    backup_bytes: int | None
    backup_failure: str | None


class LogLine(TypedDict):
    at: Seconds
    level: str
    name: str
    text: str


class OwnState(TypedDict):
    at: Seconds
    program: Program
    heat_pumps: list[Polled]
    storage: Storage
    accounts: list[CloudAccount]
    writes: list[Written]
    chores: Chores
    log: list[LogLine]
