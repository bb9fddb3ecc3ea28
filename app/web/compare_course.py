"""One sensor of several heat pumps over the same time: which there are, where their courses come from, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from app.services import annotations as notes
from app.services import models
from app.store.alert_events import Event
from app.store.annotations import Annotation
from app.store.heatpumps import HeatPump
from app.web import alert_words, shown
from app.web.parts import categories, system
from drivers.sensor import Sensor

USUAL_SENSOR = "temp_flow"
MOST_MARKS = 60
"""More would hide the course; the newest are shown."""


def of(pumps: Sequence[HeatPump], start: int, end: int) -> dict[str, Any]:
    """What the chart of one sensor needs: those that several have, and where each course comes from."""
    common: dict[str, Sensor] = {}
    owners: dict[str, list[HeatPump]] = {}
    for pump in pumps:
        model = models.of(system(), pump)
        for sensor in () if model is None else model.sensors(pump.options):
            known = common.setdefault(sensor.id, sensor)
            if not sensor.tells_words and known.unit == sensor.unit:
                owners.setdefault(sensor.id, []).append(pump)
    shared = {name: sensor for name, sensor in common.items() if len(owners.get(name, ())) >= 2}
    wanted = request.args.get("sensor", USUAL_SENSOR)
    chosen = shared.get(wanted, next(iter(shared.values()), None))
    having = [] if chosen is None else owners[chosen.id]
    first = _one(having, "first", None)
    return {
        "sensors": _by_category(list(shared.values())),
        "sensor": chosen,
        "courses": [
            {
                "id": pump.id,
                "place": pumps.index(pump),
                "name": pump.name,
                "from": url_for("api.series", heatpump_id=pump.id),
            }
            for pump in having
        ],
        "without": [pump.name for pump in pumps if pump not in having],
        "course_from": start,
        "course_to": end,
        "first": first,
        "second": _one(having, "second", first),
        "marks": _marks(pumps, start, end),
    }


def _one(having: Sequence[HeatPump], name: str, other: HeatPump | None) -> HeatPump | None:
    """The heat pump that the address names for the difference, else one that is not the other."""
    wanted = request.args.get(name, "")
    rest = [pump for pump in having if other is None or pump.id != other.id]
    return next((pump for pump in rest if pump.id == wanted), rest[0] if rest else None)


def _by_category(sensors: Sequence[Sensor]) -> list[tuple[str, list[Sensor]]]:
    titles = categories()
    grouped = {name: sorted((each for each in sensors if each.category == name), key=shown.title) for name in titles}
    return [(name, group) for name, group in grouped.items() if group]


def _marks(pumps: Sequence[HeatPump], start: int, end: int) -> list[dict[str, Any]]:
    """Alerts and notes of all of them, each once, the newest first; with the name of its heat pump."""
    if start >= end:
        return []
    names = {pump.id: pump.name for pump in pumps}
    found: dict[int, tuple[Annotation, Event | None]] = {}
    for pump in pumps:
        found |= {note.id: (note, event) for note, event in notes.within(system(), pump.id, start, end)}
    newest = sorted(found.values(), key=lambda each: -each[0].at)[:MOST_MARKS]
    return [
        {
            "at": note.at,
            "until": note.until,
            "severity": "" if event is None else event.severity,
            "title": ": ".join(
                text
                for text in (names.get(note.heatpump_id or ""), note.text or (alert_words.name(event) if event else ""))
                if text
            ),
            "event": None if event is None else event.id,
        }
        for note, event in newest
    ]
