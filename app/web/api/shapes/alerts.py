"""Alert rules, events, channels, maintenance and notes on the time line."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.web.api.shapes.common import HeatPumpId, OfHeatPump, Seconds, Sentence, SomeSpan

Severity = Literal["info", "warning", "critical"]


class AlertCondition(TypedDict):
    """docs/api.md tells the fields of each kind."""

    kind: Literal["threshold", "rate", "counter", "state", "no_data", "offline", "error", "anomaly"]
    sensor: NotRequired[str | None]
    comparison: NotRequired[str]
    value: NotRequired[float]
    hysteresis: NotRequired[float]
    against: NotRequired[str]
    instead: NotRequired[float]
    window_s: NotRequired[int]
    words: NotRequired[list[str]]


class Alert(TypedDict):
    id: int
    builtin: str | None
    name: str
    heatpump_id: HeatPumpId | None
    conditions: list[AlertCondition]
    for_s: int
    severity: Severity
    repeat_s: int | None
    advice: str
    enabled: bool
    title: Sentence
    says: Any
    lacking: dict[str, list[str]]


class Alerts(TypedDict):
    alerts: list[Alert]


class AlertSent(TypedDict, total=False):
    name: str
    heatpump_id: HeatPumpId | None
    conditions: list[AlertCondition]
    for_s: Annotated[int, Meta(ge=0, le=2592000)]
    severity: Severity
    repeat_s: Annotated[int, Meta(ge=300)] | None
    advice: str
    enabled: bool


class Episode(TypedDict):
    since: Seconds
    opened_at: Seconds
    closed_at: Seconds | None


class TriedOnOne(TypedDict):
    heatpump_id: HeatPumpId
    since: Seconds | None
    lacking: list[str]
    events: list[Episode]


class Tried(TypedDict):
    days: int
    times: int
    heatpumps: list[TriedOnOne]


class Event(TypedDict):
    id: int
    alert_id: int | None
    heatpump_id: HeatPumpId
    title: Sentence
    severity: Severity
    causes: list[Sentence]
    since: Seconds
    opened_at: Seconds
    closed_at: Seconds | None
    lasted_s: float
    ending: str | None
    openings: int
    flapping: bool
    quiet_until: Seconds | None
    acknowledged_at: Seconds | None
    acknowledged_by: str | None
    note: str


class Events(TypedDict):
    events: list[Event]


class EventsWanted(OfHeatPump, SomeSpan, total=False):
    severity: Severity
    open: Literal["1"]
    before: Annotated[int, Meta(ge=0)]
    limit: Annotated[int, Meta(ge=0)]


class Acknowledged(TypedDict, total=False):
    note: str


class Snoozed(TypedDict):
    seconds: int


class Channel(TypedDict):
    id: int
    name: str
    kind: str
    fields: dict[str, str]
    complete: bool
    language: Literal["de", "en"]
    least_severity: Severity
    quiet_from: int | None
    quiet_to: int | None
    always_critical: bool
    monthly_report: bool
    enabled: bool
    sent_at: Seconds | None
    failed_at: Seconds | None
    failure: Sentence | None
    waiting: int


class Channels(TypedDict):
    channels: list[Channel]


class ChannelSent(TypedDict, total=False):
    name: str
    kind: str
    fields: dict[str, str]
    language: Literal["de", "en"]
    least_severity: Severity
    quiet_from: int | None
    quiet_to: int | None
    always_critical: bool
    monthly_report: bool
    enabled: bool


class Posted(TypedDict):
    ok: bool
    reason: NotRequired[Sentence]


class Maintenance(TypedDict):
    id: int
    heatpump_id: HeatPumpId | None
    note: str
    starts_at: Seconds | None
    ends_at: Seconds | None
    weekdays: list[int]
    from_minute: int | None
    to_minute: int | None


class MaintenanceSent(TypedDict, total=False):
    heatpump_id: HeatPumpId | None
    note: str
    starts_at: Seconds
    ends_at: Seconds
    weekdays: list[Annotated[int, Meta(ge=0, le=6)]]
    from_minute: Annotated[int, Meta(ge=0, le=1440)]
    to_minute: Annotated[int, Meta(ge=0, le=1440)]


class Maintenances(TypedDict):
    maintenance: list[Maintenance]


class Annotation(TypedDict):
    id: int | None
    heatpump_id: HeatPumpId | None
    at: Seconds
    until: Seconds | None
    text: str
    title: str
    source: Literal["hand", "alert", "write", "setting"]
    severity: Severity | None
    event_id: int | None
    author: str | None


class Annotations(TypedDict):
    annotations: list[Annotation]


class AnnotationSent(TypedDict, total=False):
    heatpump_id: HeatPumpId | None
    at: Seconds
    until: Seconds | None
    text: str


AnnotationsWanted = TypedDict("AnnotationsWanted", {"heatpump_id": HeatPumpId, "from": float, "to": float}, total=False)
