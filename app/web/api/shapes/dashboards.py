"""Dashboards, their charts, and what charts are drawn from."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.dashboard import Axis, Kind, Width
from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence, Value

Title = Annotated[str, Meta(max_length=80)]
Tone = Literal["good", "late", "bad", "accent"]


class Line(TypedDict):
    heatpump_id: HeatPumpId
    sensor: str
    axis: NotRequired[Axis]
    colour: NotRequired[Annotated[int, Meta(ge=1, le=8)] | None]


class Threshold(TypedDict):
    value: float
    label: NotRequired[Annotated[str, Meta(max_length=40)]]
    tone: NotRequired[Tone]
    axis: NotRequired[Axis]


class Titles(TypedDict):
    de: Title
    en: Title


class Chart(TypedDict):
    kind: Kind
    lines: Annotated[list[Line], Meta(max_length=12)]
    title: NotRequired[Title | Titles]
    width: NotRequired[Width]
    x: NotRequired[str | None]
    thresholds: NotRequired[Annotated[list[Threshold], Meta(max_length=8)]]
    low: NotRequired[float | None]
    high: NotRequired[float | None]


class Config(TypedDict):
    charts: Annotated[list[Chart], Meta(max_length=24)]


class Dashboard(TypedDict):
    id: int
    name: str
    heatpump_id: HeatPumpId | None
    config: Config
    position: int
    version: int
    created_at: Seconds
    updated_at: Seconds


class Dashboards(TypedDict):
    dashboards: list[Dashboard]


class DashboardSent(TypedDict, total=False):
    name: Title
    heatpump_id: HeatPumpId | None
    config: Config
    position: Annotated[int, Meta(ge=0, le=50)]
    version: int


AskedOfMany = TypedDict(
    "AskedOfMany",
    {
        "sensor": Annotated[list[str], Meta(description="1 to 20 of them, such as hp-001/temp_flow")],
        "from": float,
        "to": float,
        "points": NotRequired[Annotated[int, Meta(ge=1, le=10000)]],
        "by": NotRequired[Literal["hour", "day", "month", "year"]],
        "earlier": NotRequired[Annotated[int, Meta(ge=1, le=316224000)]],
    },
)


class Newest(TypedDict):
    value: Value
    at: Seconds


class CourseOfOne(TypedDict):
    heatpump_id: HeatPumpId
    sensor: str
    unit: str
    gap_s: float | None
    step_s: int | None
    t: list[Seconds]
    min: list[float | None] | None
    mean: list[float | None] | None
    max: list[float | None] | None
    text: NotRequired[list[str | None]]
    amount: NotRequired[list[float | None]]
    latest: Newest | None


CoursesOfMany = TypedDict(
    "CoursesOfMany",
    {
        "from": Seconds,
        "to": Seconds,
        "problems": list[Sentence],
        "series": list[CourseOfOne],
        "earlier": NotRequired[list[CourseOfOne]],
    },
)
