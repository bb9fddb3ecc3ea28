"""The older program's dashboards in the form in which dashboards are sent today; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.legacy.names import Names
from drivers.sensor import Sensor

LONGEST_NAME = 80
BOARD_KEYS, CHART_KEYS = {"id", "name", "charts"}, {"id", "title", "queries", "hours"}
QUERY_KEYS = {"label", "query", "color"}
MOST_CHARTS, MOST_LINES, MOST_UNITS = 24, 12, 2


@dataclass(slots=True)
class Drawn:
    """One dashboard: its name, its charts as they are sent, and what could not be drawn, with the reason."""

    name: str
    charts: list[dict[str, Any]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def drawn(old: Mapping[str, Any], heatpump_id: str, names: Names) -> Drawn:
    """Colours and hours are chosen anew: colours of ours fit light and dark, and the page has the range of time."""
    found = Drawn(_short(old.get("name"), "Dashboard"))
    _name_unknown(found, "", old, BOARD_KEYS)
    charts = old.get("charts")
    for place, chart in enumerate(charts if isinstance(charts, list) else []):
        title = _short(chart.get("title") if isinstance(chart, Mapping) else None, f"{place + 1}")
        sensors = _sensors(found, title, chart, names)
        found.charts.extend(_charts(title, heatpump_id, sensors))
    for chart in found.charts[MOST_CHARTS:]:
        found.left.append((str(chart["title"]), f"a dashboard has at most {MOST_CHARTS} charts"))
    del found.charts[MOST_CHARTS:]
    return found


def _sensors(found: Drawn, title: str, chart: Any, names: Names) -> list[Sensor]:
    _name_unknown(found, f"{title}: ", chart, CHART_KEYS)
    queries = chart.get("queries") if isinstance(chart, Mapping) else None
    if not isinstance(queries, list) or not queries:
        found.left.append((title, "has no queries"))
        return []
    sensors: dict[str, Sensor] = {}
    for query in queries:
        _name_unknown(found, f"{title}: {_label(query)}: ", query, QUERY_KEYS)
        text = query.get("query") if isinstance(query, Mapping) else query
        sensor = names.queried(text) if isinstance(text, str) else None
        if sensor is None or not sensor.readable:
            found.left.append((f"{title}: {_label(query)}", _why(text, names)))
        else:
            sensors[sensor.id] = sensor
    return list(sensors.values())


def _name_unknown(found: Drawn, where: str, part: Any, known: Collection[str]) -> None:
    for key in part if isinstance(part, Mapping) else ():
        if key not in known:
            found.left.append((f"{where}{key}", "is not known here"))


def _why(text: object, names: Names) -> str:
    mentioned = names.mentioned(text) if isinstance(text, str) else []
    if mentioned:
        return f"{text} computes with {', '.join(mentioned)}, which charts here do not"
    return f"{text} is no sensor of this heat pump"


def _label(query: Any) -> str:
    return str(query.get("label") or query.get("query")) if isinstance(query, Mapping) else str(query)


def _charts(title: str, heatpump_id: str, sensors: Sequence[Sensor]) -> list[dict[str, Any]]:
    """Words have a chart of their own, and so has every third unit."""
    words = [sensor for sensor in sensors if sensor.tells_words]
    groups: list[tuple[str, list[Sensor]]] = []
    units: list[str] = []
    numbers: list[Sensor] = []
    for sensor in (each for each in sensors if not each.tells_words):
        new = sensor.kind != "switch" and sensor.unit not in units
        if (new and len(units) == MOST_UNITS) or len(numbers) == MOST_LINES:
            groups.append(("line", numbers))
            numbers, units = [], []
        if sensor.kind != "switch" and sensor.unit not in units:
            units.append(sensor.unit)
        numbers.append(sensor)
    if numbers:
        groups.append(("line", numbers))
    groups.extend(("states", words[at : at + MOST_LINES]) for at in range(0, len(words), MOST_LINES))
    return [
        {
            "kind": kind,
            "title": title if place == 0 else _short(f"{title} ({place + 1})", title),
            "lines": [{"heatpump_id": heatpump_id, "sensor": sensor.id} for sensor in group],
        }
        for place, (kind, group) in enumerate(groups)
    ]


def _short(text: object, otherwise: str) -> str:
    plain = " ".join(str(text or "").split())
    return "".join(letter for letter in plain if letter.isprintable())[:LONGEST_NAME] or otherwise
