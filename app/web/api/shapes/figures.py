"""Figures, advice, comparison, metering, own meters and tariffs."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from app.calendar import Unit
from app.services.metering import Answers
from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence
from drivers.meters.source import Place

Range = TypedDict("Range", {"from": float, "to": float})


class Amount(TypedDict):
    kwh: float | None
    source: str
    coverage: float
    parts: dict[str, float]
    doubts: list[str]


class Ratio(TypedDict):
    value: float | None
    hidden: str | None
    electric_source: str
    heat_source: str
    coverage: float


class FiguresWanted(Range):
    by: NotRequired[Unit]


Figure = TypedDict(
    "Figure",
    {
        "from": Seconds,
        "to": Seconds,
        "days": int,
        "known_days": int,
        "electric": Amount,
        "heat": Amount,
        "factor": Ratio,
        "cop": dict[str, Any],
        "standby": float | None,
        "negative_heat": float | None,
        "temp_flow": float | None,
        "temp_outside": float | None,
        "lift": float | None,
        "carnot_percent": float | None,
        "starts": int | None,
        "starts_per_day": float | None,
        "median_run_s": float | None,
        "median_period_s": float | None,
        "short_cycling": bool | None,
        "defrosts": int | None,
        "defrost_s": float | None,
        "defrost_share": float | None,
        "backup_s": float | None,
        "backup_warm_s": float | None,
        "curve": list[tuple[float, float, float]],
        "suspicions": dict[str, float],
        "cost": float | None,
        "co2_kg": float | None,
    },
)


class Figures(TypedDict):
    boundary: str | None
    figures: list[Figure]


class Amounts(TypedDict):
    heat: float | None
    electric: float | None
    money: float | None
    co2_kg: float | None


class CurveLine(TypedDict):
    slope: float
    at_zero: float
    fit: float
    coldest: float
    warmest: float


class Compared(TypedDict):
    id: HeatPumpId
    name: str
    boundary: str | None
    figures: Figure
    months: list[Figure]
    heat_per_degree_day: float | None
    electric_per_degree_day: float | None
    heated_area: float | None
    per_kwh: Amounts
    per_m2: Amounts
    profile: list[float]
    curve_line: CurveLine | None
    lifts: list[tuple[Seconds, float, float]]


Comparison = TypedDict(
    "Comparison",
    {"from": Seconds, "to": Seconds, "warnings": list[Sentence], "heatpumps": list[Compared]},
)


class CompareWanted(Range):
    heatpump: list[HeatPumpId]


class Advised(TypedDict):
    kind: str
    level: Literal["ok", "watch", "act"]
    value: float
    limit: float
    since: Seconds | None
    text: Sentence


class Advice(TypedDict):
    advice: list[Advised]


class Metering(TypedDict):
    answers: Answers | None
    boundary: str | None


class Meter(TypedDict):
    id: int
    kind: str
    side: Literal["electric", "heat"]
    address: str
    power: Place | None
    energy: Place | None
    user: str
    channel: str
    unit_id: int
    table: str
    type: str
    word_order: Literal["big", "little"]
    scale: float
    interval: float | None
    has_secret: bool
    sensors: list[str]
    problems: dict[str, Sentence]


class Meters(TypedDict):
    meters: list[Meter]


class MeterSent(TypedDict, total=False):
    kind: Literal["shelly", "json", "prometheus", "promql", "modbus"]
    side: Literal["electric", "heat"]
    address: str
    power: Place | None
    energy: Place | None
    user: str
    secret: str
    channel: str
    unit_id: int
    table: Literal["holding", "input"]
    type: str
    word_order: Literal["big", "little"]
    scale: float
    interval: Annotated[float, Meta(ge=5, le=3600)] | None


class MeterShown(TypedDict):
    values: dict[str, float | None]
    problems: dict[str, Sentence]


class Price(TypedDict):
    per_kwh: float
    co2: float | None
    begin: int
    end: int
    weekdays: list[int]


class PriceSent(TypedDict, total=False):
    per_kwh: float
    co2: float | None
    begin: Annotated[int, Meta(ge=0, le=24)]
    end: Annotated[int, Meta(ge=0, le=24)]
    weekdays: list[Annotated[int, Meta(ge=0, le=6)]]


class Tariff(TypedDict):
    since: Annotated[str, Meta(description="Such as 2026-01-01")]
    per_year: float
    prices: list[Price]


class TariffSent(TypedDict, total=False):
    since: Annotated[str, Meta(description="Such as 2026-01-01")]
    per_year: float
    prices: list[PriceSent]


class Tariffs(TypedDict):
    tariffs: list[Tariff]
