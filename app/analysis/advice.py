"""What the figures suggest: what is fine, what to watch, what to act on, and from which figure that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from app.analysis import boundary
from app.analysis.cycles import DAYS_IN_A_ROW
from app.analysis.day import Day
from app.analysis.period import Period, over

Level = Literal["ok", "watch", "act"]
Kind = Literal[
    "short cycling",
    "short runs",
    "backup above zero",
    "flow above target",
    "rooms too warm",
    "tank loses heat",
    "many defrosts",
    "below expectation",
    "meter in doubt",
]

SHORT_RUN_S = 600
BACKUP_WATCH_S, BACKUP_ACT_S = 1800, 4 * 3600
FLOW_EXCESS_K, ROOM_EXCESS_K = 3.0, 1.5
TANK_LOSS_WATCH, TANK_LOSS_ACT = 0.7, 1.5
DEFROST_SHARE = 0.15
SUSPECT_S = 3600
LEAST_DAYS = 3
"""Rules of thumb of this product, not of a maker: the page says so."""


@dataclass(frozen=True, slots=True)
class Advice:
    """`value` is the figure it follows from, `limit` what it was held against, `since` its first day (UTC seconds)."""

    kind: Kind
    level: Level
    value: float
    limit: float
    since: int | None = None


def of(days: Sequence[tuple[int, Day | None]], *, air_source: bool) -> list[Advice]:
    """Of the last days (beginning in UTC seconds, figures), what needs somebody first; nothing without enough days."""
    known = [(at, day) for at, day in days if day is not None]
    if len(known) < LEAST_DAYS:
        return []
    whole = over([day for _, day in days])
    found = [
        *_cycling(days, known, whole),
        *_backup(known, whole),
        *_excess(known),
        *_defrosts(known, whole),
        *_expectation(whole, air_source=air_source),
        *_meters(known, whole),
    ]
    return sorted(found, key=lambda each: ("act", "watch", "ok").index(each.level))


def _cycling(days: Sequence[tuple[int, Day | None]], known: Sequence[tuple[int, Day]], whole: Period) -> list[Advice]:
    if whole.short_cycling and whole.median_period_s is not None:
        flags = [day is not None and day.short_cycling for _, day in days]
        first = next(at for at in range(len(flags)) if all(flags[at : at + DAYS_IN_A_ROW]))
        return [Advice("short cycling", "act", whole.starts_per_day or 0.0, 6, days[first][0])]
    if whole.median_run_s is None or whole.starts is None:
        return []
    if whole.median_run_s < SHORT_RUN_S and whole.starts >= 3 * len(known):
        return [Advice("short runs", "watch", whole.median_run_s, SHORT_RUN_S, known[0][0])]
    return [Advice("short runs", "ok", whole.median_run_s, SHORT_RUN_S)]


def _backup(known: Sequence[tuple[int, Day]], whole: Period) -> list[Advice]:
    if whole.backup_warm_s is None:
        return []
    level = _level(whole.backup_warm_s, BACKUP_WATCH_S, BACKUP_ACT_S)
    since = _since(known, lambda day: bool(day.backup_warm_s)) if level != "ok" else None
    return [Advice("backup above zero", level, whole.backup_warm_s, BACKUP_WATCH_S, since)]


def _excess(known: Sequence[tuple[int, Day]]) -> list[Advice]:
    found = []
    watched: tuple[tuple[Kind, Callable[[Day], float | None], float, float], ...] = (
        ("flow above target", lambda day: day.comfort.flow_excess, FLOW_EXCESS_K, float("inf")),
        ("rooms too warm", lambda day: day.comfort.room_excess, ROOM_EXCESS_K, float("inf")),
        ("tank loses heat", lambda day: day.comfort.tank_loss, TANK_LOSS_WATCH, TANK_LOSS_ACT),
    )
    for kind, figure, watch, act in watched:
        figures = [(at, value) for at, day in known if (value := figure(day)) is not None]
        if len(figures) < LEAST_DAYS:
            continue
        mean = fmean(value for _, value in figures)
        level = _level(mean, watch, act)
        since = next((at for at, value in figures if value > watch), None) if level != "ok" else None
        found.append(Advice(kind, level, mean, watch, since))
    return found


def _defrosts(known: Sequence[tuple[int, Day]], whole: Period) -> list[Advice]:
    if whole.defrost_share is None or not whole.defrosts:
        return []
    level: Level = "watch" if whole.defrost_share > DEFROST_SHARE else "ok"
    since = _since(known, lambda day: bool(day.on_s) and day.defrost_s > DEFROST_SHARE * (day.on_s or 0))
    return [Advice("many defrosts", level, whole.defrost_share, DEFROST_SHARE, since if level != "ok" else None)]


def _expectation(whole: Period, *, air_source: bool) -> list[Advice]:
    """Only air-source machines that heat: of others there is no expectation."""
    value = whole.cops.get("running")
    if not air_source or whole.lift is None or value is None or whole.heat.parts.get("cooling"):
        return []
    least = boundary.expected_spf(whole.lift) - boundary.SPF_MARGIN
    return [Advice("below expectation", "watch" if value < least else "ok", value, least)]


def _meters(known: Sequence[tuple[int, Day]], whole: Period) -> list[Advice]:
    seconds = sum(whole.suspicions.values())
    doubts = len(whole.electric.doubts) + len(whole.heat.doubts)
    if seconds < SUSPECT_S and not doubts:
        return []
    since = _since(known, lambda day: bool(day.suspicions or day.electric.doubts or day.heat.doubts))
    return [Advice("meter in doubt", "watch", seconds, SUSPECT_S, since)]


def _level(value: float, watch: float, act: float) -> Level:
    if value > act:
        return "act"
    return "watch" if value > watch else "ok"


def _since(known: Sequence[tuple[int, Day]], shows: Callable[[Day], bool]) -> int | None:
    return next((at for at, day in known if shows(day)), None)
