"""The owner's jobs: writes that repeat, with what they will do and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from app.analysis import schedule
from app.messages import Conflict, Invalid, NotFound
from app.services import control, heatpumps, job_content
from app.services.job_content import Content
from app.store import jobs
from app.store.among import Among, narrowed
from app.store.heatpumps import HeatPump
from app.store.jobs import Kept, Run
from app.system import System

YEAR_S = 365 * 86400
MOST_RUNS_LOOKED_AT = 30_000
"""Of one job in a year: more than one in twenty minutes is refused for a register that wears in any case."""
SHOWN_RUNS = 5

FIELDS = {
    "heatpump_id",
    "name",
    "schedule",
    "sensor",
    "value",
    "end_after_s",
    "end_value",
    "condition",
    "missed",
    "within_s",
    "paused",
}


@dataclass(frozen=True, slots=True)
class Job:
    """`last` is its newest run that is over; `following` the next runs, UTC seconds, none while it pauses."""

    kept: Kept
    content: Content
    pump: HeatPump
    last: Run | None
    following: tuple[int, ...]

    @property
    def id(self) -> int:
        return self.kept.id


def all_of_them(system: System, heatpump_id: str | None = None, *, among: Among = None) -> list[Job]:
    """In the order in which they were made; of one heat pump, or of these."""
    among = narrowed(heatpump_id, among)
    db = system.database.connection()
    pumps = {pump.id: pump for pump in heatpumps.all_of_them(system)}
    last = jobs.last_runs(db)
    return [
        _job(system, kept, pumps[kept.heatpump_id], last.get(kept.id))
        for kept in jobs.all_of_them(db)
        if kept.heatpump_id in pumps and (among is None or kept.heatpump_id in among)
    ]


def get(system: System, job_id: int) -> Job:
    """Raises NotFound."""
    kept = jobs.find(system.database.connection(), job_id)
    if kept is None:
        raise NotFound("there is no job %(id)s", id=job_id)
    pump = heatpumps.get(system, kept.heatpump_id)
    return _job(system, kept, pump, jobs.last_runs(system.database.connection()).get(job_id))


def add(system: System, sent: Mapping[str, Any]) -> Job:
    """Raises NotFound, Invalid, and Conflict for a job that would wear its register out."""
    pump = heatpumps.get(system, str(sent.get("heatpump_id", "")))
    name, content = _checked(system, pump, sent)
    now = int(system.clock())
    with system.database.transaction() as db:
        job_id = jobs.add(db, pump.id, name, job_content.to_json(content), now)
        if sent.get("paused") is True:
            jobs.pause(db, job_id, True, now)
    return get(system, job_id)


def change(system: System, job_id: int, sent: Mapping[str, Any]) -> Job:
    """Replace what it does; the heat pump stays. Raises NotFound, Invalid or Conflict."""
    job = get(system, job_id)
    if sent.get("heatpump_id", job.pump.id) != job.pump.id:
        raise Invalid("heatpump_id", "a job stays with its heat pump")
    name, content = _checked(system, job.pump, sent, job_id)
    now = int(system.clock())
    with system.database.transaction() as db:
        jobs.change(db, job_id, name, job_content.to_json(content), now)
        if isinstance(sent.get("paused"), bool) and sent["paused"] != job.kept.paused:
            jobs.pause(db, job_id, sent["paused"], now)
    return get(system, job_id)


def pause(system: System, job_id: int, paused: bool) -> Job:
    """Runs of the time in which it pauses are not missed, and not made up for. Raises NotFound."""
    get(system, job_id)
    with system.database.transaction() as db:
        jobs.pause(db, job_id, paused, int(system.clock()))
    return get(system, job_id)


def remove(system: System, job_id: int) -> None:
    """Its runs go with it; what it wrote stays in the audit. Raises NotFound."""
    with system.database.transaction() as db:
        if not jobs.remove(db, job_id):
            raise NotFound("there is no job %(id)s", id=job_id)


def run_now(system: System, job_id: int) -> int:
    """Have it run with the next look at the clock, also while it pauses; the number of the run. Raises NotFound."""
    get(system, job_id)
    now = int(system.clock())
    with system.database.transaction() as db:
        return jobs.plan(db, job_id, "value", now, now)


def preview(system: System, sent: Mapping[str, Any]) -> list[int]:
    """The next runs that a job would have, had it been saved. Raises NotFound, Invalid or Conflict."""
    pump = heatpumps.get(system, str(sent.get("heatpump_id", "")))
    _, content = _checked(system, pump, {"name": "-", **sent}, sent.get("id"))
    return schedule.following(content.schedule, int(system.clock()), zone(system), SHOWN_RUNS)


def runs(system: System, job_id: int, most: int = 100) -> list[Run]:
    """The newest runs of a job first. Raises NotFound."""
    get(system, job_id)
    return jobs.runs(system.database.connection(), job_id, most)


def zone(system: System) -> ZoneInfo:
    return ZoneInfo(system.config.timezone)


def _checked(system: System, pump: HeatPump, sent: Mapping[str, Any], job_id: int | None = None) -> tuple[str, Content]:
    for field in sent:
        if field not in FIELDS | {"id"}:
            raise Invalid(field, "there is no such field; known are %(known)s", known=", ".join(sorted(FIELDS)))
    if not isinstance(sent.get("paused", False), bool):
        raise Invalid("paused", "%(value)r is neither true nor false", value=sent["paused"])
    name, content = job_content.checked_name(sent), job_content.checked(system, pump, sent)
    _refuse_wear(system, pump, content, job_id)
    return name, content


def _refuse_wear(system: System, pump: HeatPump, content: Content, job_id: int | None) -> None:
    """All jobs of a register together must keep its budget."""
    others = [
        job_content.from_json(kept.content)
        for kept in jobs.all_of_them(system.database.connection())
        if kept.heatpump_id == pump.id and kept.id != job_id and not kept.paused
    ]
    writes = [
        at
        for each in (content, *(other for other in others if other.sensor == content.sensor))
        for at in _writes(system, each)
    ]
    complaint = control.schedule_complaint(system, pump.id, content.sensor, writes)
    if complaint is not None:
        raise Conflict("schedule", complaint.template, **complaint.facts)


def _writes(system: System, content: Content) -> Sequence[int]:
    """When a job writes in the coming year."""
    now = int(system.clock())
    begins = schedule.between(content.schedule, now, now + YEAR_S, zone(system), MOST_RUNS_LOOKED_AT)
    if content.end_after_s is None:
        return begins
    return sorted([*begins, *(at + content.end_after_s for at in begins)])


def _job(system: System, kept: Kept, pump: HeatPump, last: Run | None) -> Job:
    content = job_content.from_json(kept.content)
    coming = () if kept.paused else schedule.following(content.schedule, int(system.clock()), zone(system), SHOWN_RUNS)
    return Job(kept, content, pump, last, tuple(coming))
