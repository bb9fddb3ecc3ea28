"""Heat pumps, models, connection tests and the search for heat pumps."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.web.api.shapes.common import Connection, Fitted, HeatPumpId, Seconds, Sentence

State = Literal["online", "offline", "waiting", "disabled", "unreadable"]
Freshness = Literal["fresh", "late", "stale", "none"]


class Status(TypedDict):
    state: State
    freshness: Freshness
    since: Seconds | None
    last_seen: Seconds | None
    reason: Sentence | None


class Calls(TypedDict):
    day: int
    day_limit: int
    ten_minutes: int
    ten_minutes_limit: int
    stopped_until: float | None


class CloudAccount(TypedDict):
    signed_in: bool
    interval_s: float
    calls: Calls


class HeatPump(TypedDict):
    id: HeatPumpId
    name: str
    manufacturer: str
    model: str
    connection_config: Connection
    device_config: Fitted
    enabled: bool
    created_at: Seconds
    updated_at: Seconds
    status: Status
    cloud: NotRequired[CloudAccount]


class HeatPumps(TypedDict):
    heatpumps: list[HeatPump]


class HeatPumpSent(TypedDict, total=False):
    name: Annotated[str, Meta(max_length=80)]
    manufacturer: str
    model: str
    connection_config: Connection
    connection: Connection
    device_config: Fitted
    config: Fitted
    enabled: bool


class Works(TypedDict):
    ok: Literal[True]
    seconds: float
    requests: int
    sensors: int
    fitted: dict[str, list[str]]


class DoesNotWork(TypedDict):
    ok: Literal[False]
    kind: Literal["unreachable", "bad_answer", "refused"]
    code: str
    reason: Sentence
    advice: Sentence
    instead: NotRequired[dict[str, Any]]


class Found(TypedDict):
    host: str
    port: int
    says: Literal["model", "other", "unknown", "silent", "foreign"]
    protocol: str | None
    manufacturer: str | None
    model: str | None
    alike: list[str]
    unit_id: int | None
    framing: Literal["tcp", "rtu"] | None
    machine: str | None


class Known(TypedDict):
    id: HeatPumpId
    host: str
    port: int


class Progress(TypedDict):
    network: str
    running: bool
    complete: bool
    places: int
    done: int
    begun: float
    ended: float | None
    found: list[Found]
    known: list[Known]


class Search(TypedDict):
    search: Progress | None


class SearchWanted(TypedDict):
    network: Annotated[str, Meta(description="Such as 192.168.1.0/24")]


class Model(TypedDict):
    id: str
    title: str
    capabilities: dict[str, bool | int]


class Manufacturer(TypedDict):
    id: str
    title: str
    models: list[Model]


class Manufacturers(TypedDict):
    manufacturers: list[Manufacturer]


class Option(TypedDict):
    title: str
    choices: list[str]
    default: list[str]


class Setup(TypedDict):
    manufacturer: str
    model: str
    title: str
    setup: Sentence
    connection: dict[str, Any]
    options: dict[str, Option]
    capabilities: dict[str, bool | int]
