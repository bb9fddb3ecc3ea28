"""Jobs in words: when they run, what they do, and what became of a run."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, gettext

from app.analysis.schedule import Schedule
from app.services.job_content import Content
from app.store.jobs import Run
from app.web import outcomes, shown
from app.web.formats import weekday_and_moment
from app.web.insight import duration
from drivers.sensor import Sensor

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
WRITTEN = {"<=": "≤", ">=": "≥", "!=": "≠"}
TONES = {**outcomes.TONES, "missed": "late", "not met": "idle"}


def when(schedule: Schedule) -> str:
    """Mon, Tue at 06:30 and 22:00; or the cron expression."""
    if schedule.cron:
        return str(gettext("cron: %(expression)s", expression=schedule.cron))
    days = gettext("every day") if len(set(schedule.days)) == 7 else ", ".join(map(weekday, sorted(schedule.days)))
    return str(gettext("%(days)s at %(times)s", days=days, times=", ".join(schedule.times)))


def weekday(day: int) -> str:
    """0 is Mon."""
    return str(format_date(date(2024, 1, 1 + day), "EEE", rebase=False)).rstrip(".")


def what(content: Content, sensor: Sensor | None) -> str:
    """Target temperature → 18 °C, after 60 min back to 21 °C."""
    if sensor is None:
        return f"{content.sensor} → {content.value}"
    said = f"{shown.title(sensor)} → {shown.with_unit(sensor, content.value)}"
    if content.end_after_s is None:
        return said
    end = shown.with_unit(sensor, content.end_value)
    back = gettext("after %(time)s to %(value)s", time=duration(content.end_after_s), value=end)
    return f"{said}, {back}"


def condition(content: Content, sensor: Sensor | None) -> str:
    wanted = content.condition
    if wanted is None:
        return ""
    name = wanted.sensor if sensor is None else shown.title(sensor)
    unit = "" if sensor is None or not sensor.unit else f"\u00a0{sensor.unit}"
    return f"{name} {WRITTEN.get(wanted.comparison, wanted.comparison)} {shown.plain(wanted.number)}{unit}"


def policy(content: Content) -> str:
    if content.missed == "within":
        return str(gettext("A missed or failed run is made up for within %(time)s.", time=duration(content.within_s)))
    if content.missed == "once":
        return str(gettext("A missed or failed run is made up for once, as soon as it can be."))
    return str(gettext("A missed or failed run is left out."))


def run_at(at: int) -> str:
    return weekday_and_moment(at)


def outcome(run: Run) -> str:
    if run.outcome is None:
        return str(gettext("Waiting")) if run.said is None else str(gettext("Is tried again"))
    if run.outcome == "missed":
        return str(gettext("Missed"))
    if run.outcome == "not met":
        return str(gettext("Condition not met"))
    return outcomes.word(run.outcome)
