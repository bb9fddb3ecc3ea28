"""Last values and courses."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence, Value
from app.web.api.shapes.heatpumps import Freshness, State


class Told(TypedDict):
    text: str
    note: str


class Performance(TypedDict):
    cop_now: float | None
    electric_today: float | None
    heat_today: float | None
    today_until: Seconds | None
    factor: float | None
    factor_since: Seconds | None
    boundary: str | None
    texts: dict[str, Told]


class LastValues(TypedDict):
    id: HeatPumpId
    name: str
    manufacturer: str
    model: str
    state: State
    freshness: Freshness
    tone: Literal["good", "late", "bad", "idle"]
    text: Sentence
    reason: Sentence | None
    since: Seconds | None
    at: Seconds | None
    open_alerts: int
    values: dict[str, Value]
    times: dict[str, Seconds]
    performance: Performance
    derived: NotRequired[dict[str, list[str]]]


class Picture(TypedDict):
    state: str
    text: Sentence
    caption: Sentence
    running: bool | None
    on: list[str]
    tones: dict[str, str]
    old: bool


class LastValuesOfOne(LastValues):
    problems: dict[str, Sentence]
    picture: Picture | None


class LastValuesOfAll(TypedDict):
    heatpumps: list[LastValues]


class SomeSensors(TypedDict, total=False):
    sensors: Annotated[str, Meta(description="Ids, separated by commas")]


class SomeHeatPumps(SomeSensors, total=False):
    heatpump_id: list[HeatPumpId]


Asked = TypedDict(
    "Asked",
    {
        "sensors": Annotated[str, Meta(description="1 to 20 ids, separated by commas")],
        "from": float,
        "to": float,
        "points": NotRequired[Annotated[int, Meta(ge=1, le=10000)]],
        "by": NotRequired[Literal["day", "month", "year"]],
    },
)


class OneCourse(TypedDict):
    sensor: str
    unit: str
    gap_s: float | None
    t: list[Seconds]
    min: list[float | None] | None
    mean: list[float | None] | None
    max: list[float | None] | None
    text: NotRequired[list[str | None]]


Courses = TypedDict(
    "Courses",
    {"from": Seconds, "to": Seconds, "step_s": int | None, "problems": list[Sentence], "series": list[OneCourse]},
)

Wanted = TypedDict("Wanted", {"sensors": str, "from": str, "to": str}, total=False)
"""Times may be seconds, a date, or a time with or without a zone."""

Trends = TypedDict(
    "Trends",
    {"from": Seconds, "to": Seconds, "step_s": int | None, "trends": dict[str, list[float | None]]},
)
