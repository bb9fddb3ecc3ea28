"""Take over everything that we have a place for, each thing once, and name the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.messages import Rejected
from app.services import alerts, channels, config_heatpumps, jobs
from app.services import annotations as notes
from app.services.legacy import channels as old_channels
from app.services.legacy import content, household
from app.services.legacy.charts import drawn
from app.services.legacy.content import Left
from app.services.legacy.names import Names
from app.services.legacy.report import Report
from app.services.legacy.source import Source
from app.store import taken_over
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model

ORIGIN = "idm_logger.db: "
HANDLED = {config_heatpumps.SINGLE, "dashboards", "annotations", "metrics", "web", "logging", *old_channels.SECTIONS}


def take(system: System, source: Source) -> Report:
    """A second time changes nothing. Raises BadConfig for heat pumps in the form of today that cannot be."""
    report = Report()
    for pump in config_heatpumps.take(system, source.where, source.new):
        report.taken("heat pump", f"{pump.id} {pump.name}", pump.address)
    _say_which_were_there(system, source, report)
    config = source.left.config
    pump_model = household.pump(system, source, report)
    if pump_model is not None:
        _take_what_belongs_to(system, source, report, *pump_model)
    household.settings(system, config, report)
    for name in old_channels.SECTIONS:
        if old_channels.configured(config.get(name)):
            _channel(system, source, report, name)
    for key in sorted(config.keys() - HANDLED, key=str):
        report.left("setting", key, "there is no such setting here")
    for name in source.left.others:
        report.left("database", name, "is not known here")
    for name in source.unread:
        report.left("file", name, "was not read")
    return report


def _take_what_belongs_to(system: System, source: Source, report: Report, pump: HeatPump, model: Model) -> None:
    names, config = Names(model), source.left.config
    zone = ZoneInfo(system.config.timezone)
    for origin, row in _named("alert", source.left.alerts):
        what = f"{row.get('name') or row.get('id')}"
        _once(system, report, "rule", origin, what, _rule(system, row, pump, names))
    for origin, row in _named("job", source.left.jobs):
        what = f"{row.get('days')} {row.get('time')} {row.get('sensor')} = {row.get('value')}"
        _once(system, report, "job", origin, what, _job(system, row, pump, names))
    for origin, entry in _named("annotation", _listed(config, "annotations", report)):
        _once(system, report, "note", origin, _brief(entry), _note(system, entry, pump.id, zone))
        for key in sorted(entry.keys() - content.NOTE_KEYS, key=str) if isinstance(entry, Mapping) else ():
            report.left("note", f"{_brief(entry)}: {key}", "is not known here")
    for origin, entry in _named("dashboard", _listed(config, "dashboards", report)):
        if not isinstance(entry, Mapping):
            report.left("dashboard", _brief(entry), "holds no named values")
            continue
        board = drawn(entry, pump.id, names)
        for what, why in board.left:
            report.left("chart", f"{board.name}: {what}", why)
        taking = partial(household.dashboard, system, pump.id, board)
        _once(system, report, "dashboard", origin, board.name, taking)


def _named(kind: str, entries: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Each with what it is remembered by: its id, or its place. An id that comes again is another thing."""
    met: Counter[str] = Counter()
    for place, entry in enumerate(entries):
        given = entry.get("id") if isinstance(entry, Mapping) else None
        name = f"{kind} {place if given is None else given}"
        met[name] += 1
        yield name if met[name] == 1 else f"{name} for the {met[name]}. time", entry


def _once(system: System, report: Report, kind: str, origin: str, what: str, taking: Callable[[], str]) -> None:
    """`taking` keeps it and says what it became; Left and Rejected say why not.

    It is kept and noted in one: killed at any moment, it is here once or not yet.
    """
    if taken_over.became(system.database.connection(), ORIGIN + origin) is not None:
        report.there(kind, what, "was taken before")
        return
    try:
        with system.database.together():
            became = taking()
            with system.database.transaction() as db:
                taken_over.note(db, ORIGIN + origin, became, int(system.clock()))
    except (Left, Rejected) as reason:
        report.left(kind, what, str(reason))
    else:
        report.taken(kind, what, became)


def _rule(system: System, row: Mapping[str, Any], pump: HeatPump, names: Names) -> Callable[[], str]:
    return lambda: f"rule {alerts.add(system, content.rule(row, pump.id, names)).id}"


def _job(system: System, row: Mapping[str, Any], pump: HeatPump, names: Names) -> Callable[[], str]:
    return lambda: f"job {jobs.add(system, content.job(row, pump.id, names)).id}"


def _note(system: System, entry: Any, heatpump_id: str, zone: ZoneInfo) -> Callable[[], str]:
    def taking() -> str:
        at, text = content.note(entry, zone)
        kept = notes.add(system, heatpump_id, at, text[: content.LONGEST_TEXT])
        return f"note {kept.id}" + (", its end cut off" if len(text) > content.LONGEST_TEXT else "")

    return taking


def _channel(system: System, source: Source, report: Report, name: str) -> None:
    section = source.left.config[name]
    for key, why in old_channels.unread(name, section):
        report.left("setting", f"{name}.{key}", why)

    def taking() -> str:
        return f"channel {channels.add(system, old_channels.channel(name, section, source.opener)).id}"

    _once(system, report, "channel", f"channel {name}", name, taking)


def _say_which_were_there(system: System, source: Source, report: Report) -> None:
    new = {each.what.split()[0] for each in report.found}
    for entry in source.new.get(config_heatpumps.SEVERAL) or ():
        if entry.get("id") not in new:
            became = taken_over.became(system.database.connection(), config_heatpumps.ORIGIN + entry["id"])
            said = "was taken before" if became == entry["id"] else f"is {became}, by its address"
            report.there("heat pump", entry["id"], said)


def _listed(config: Mapping[str, Any], key: str, report: Report) -> list[Any]:
    value = config.get(key)
    if value is None or isinstance(value, list):
        return value or []
    report.left("setting", key, "is no list")
    return []


def _brief(entry: Any) -> str:
    text = json.dumps(entry, ensure_ascii=False, default=str)
    return text if len(text) <= 100 else f"{text[:99]}…"
