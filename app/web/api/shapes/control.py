"""Writes, settings, their log, the switches that stop writing, and the audit."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.services.settings_log import Difference
from app.services.write_budget import Budget
from app.store.settings_log import Change
from app.web.api.shapes.common import HeatPumpId, OfHeatPump, Seconds, Sentence, Value

Wished = float | int | str


class WriteWanted(TypedDict):
    sensor: str
    value: Wished
    until: NotRequired[Annotated[int | str | None, Meta(description="When a held value ends: seconds, or a time")]]
    dry_run: NotRequired[bool]


class Outcome(TypedDict):
    outcome: Literal["confirmed", "skipped", "planned", "unconfirmed", "failed", "denied"]
    text: Sentence
    reason: str | None
    heatpump_id: HeatPumpId
    sensor: str
    old: Value
    requested: Value
    read_back: Value
    audit_id: int | None
    error: NotRequired[Sentence]


class Held(TypedDict):
    value: Value
    since: Seconds
    until: Seconds | None
    written_at: Seconds | None
    ending: bool
    trouble: Sentence | None


class Setting(TypedDict):
    sensor: str
    title: str
    unit: str
    category: str
    value: Value
    at: Seconds | None
    readable: bool
    min: float | None
    max: float | None
    step: float | None
    states: list[str] | None
    wear: Literal["eeprom", "volatile"]
    neutral: float | None
    confirmed: bool
    permitted: bool
    budget: Budget | None
    held: Held | None
    last_change: int | None


class Settings(TypedDict):
    settings: list[Setting]


class Permitted(TypedDict):
    permitted: bool


class LogWanted(TypedDict, total=False):
    limit: Annotated[int, Meta(ge=0)]
    before: Annotated[int, Meta(ge=0)]
    first: Annotated[str, Meta(description="A day, such as 2026-01-31")]
    second: Annotated[str, Meta(description="A later day")]


class Changes(TypedDict):
    since: Seconds | None
    changes: list[Change]


class Differences(TypedDict):
    differences: list[Difference]


class Stopped(TypedDict):
    stopped: bool


class Stop(TypedDict):
    since: Seconds
    by: str


class Stops(TypedDict):
    stopped: Stop | None
    heatpumps: dict[str, Stop]


class Actor(TypedDict):
    kind: Literal["user", "token", "job", "program"]
    name: str


class Entry(TypedDict):
    id: int
    begun_at: Seconds
    ended_at: Seconds | None
    actor: Actor
    action: str
    heatpump_id: HeatPumpId | None
    heatpump: str
    sensor: str | None
    old: Value
    requested: Value
    read_back: Value
    outcome: Literal["confirmed", "unconfirmed", "skipped", "denied", "failed"] | None
    text: Sentence
    undoes: int | None


class Entries(TypedDict):
    entries: list[Entry]


_Range = TypedDict("_Range", {"from": str, "to": str}, total=False)


class EntriesWanted(OfHeatPump, _Range, total=False):
    sensor: str
    outcome: Literal["confirmed", "unconfirmed", "skipped", "denied", "failed"]
    actor: str
    limit: Annotated[int, Meta(ge=0)]
    before: Annotated[int, Meta(ge=0)]
