"""Writes that repeat."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from app.services.job_content import Comparison, Missed
from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence

Wished = float | int | str


class Schedule(TypedDict, total=False):
    """Either cron, or days and times."""

    cron: str
    days: list[Annotated[int, Meta(ge=0, le=6)]]
    times: list[Annotated[str, Meta(description="Such as 06:30")]]


class JobCondition(TypedDict):
    sensor: str
    comparison: Comparison
    number: float


class Run(TypedDict):
    id: int
    part: str
    planned_at: Seconds
    try_at: Seconds | None
    ended_at: Seconds | None
    outcome: str | None
    text: Sentence | None
    audit_id: int | None
    missed: int


class Job(TypedDict):
    id: int
    heatpump_id: HeatPumpId
    name: str
    schedule: Schedule
    sensor: str
    value: Wished
    end_after_s: int | None
    end_value: Wished | None
    condition: JobCondition | None
    missed: Missed
    within_s: int
    paused: bool
    following: list[Seconds]
    last: Run | None
    created_at: Seconds
    updated_at: Seconds


class JobSent(TypedDict, total=False):
    heatpump_id: HeatPumpId
    name: Annotated[str, Meta(max_length=80)]
    schedule: Schedule
    sensor: str
    value: Wished
    end_after_s: Annotated[int, Meta(ge=60, le=604800)] | None
    end_value: Wished | None
    condition: JobCondition | None
    missed: Missed
    within_s: int
    paused: bool


class JobTried(JobSent, total=False):
    id: int


class Jobs(TypedDict):
    jobs: list[Job]


class Following(TypedDict):
    following: list[Seconds]


class Begun(TypedDict):
    run: int


class Runs(TypedDict):
    runs: list[Run]
