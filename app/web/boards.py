"""A dashboard as a page draws it: each chart with its lines, their titles, and how to write their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from app.dashboard import Chart, Line
from app.messages import NotFound
from app.reading import Value
from app.services import course, dashboards, models
from app.services.values import Current
from app.store.dashboards import Dashboard
from app.store.heatpumps import HeatPump
from app.web import dashboard_words, shown, visible
from app.web.parts import categories, system
from app.web.time_spans import SPANS, asked_span
from drivers.model import Model
from drivers.sensor import Sensor

MOST_IN_TITLE = 3


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One line: what it is called, its last value as it stands on the page, and what the script must know."""

    title: str
    text: str
    unit: str
    at: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """`place` is its number on its dashboard; `gone` names lines whose sensor or heat pump is no longer there.

    `quantity` is what all lines show, one for each heat pump: they are then called like these; else empty.
    """

    place: int
    kind: str
    title: str
    width: str
    quantity: str
    lines: tuple[DrawnLine, ...]
    gone: tuple[str, ...]
    facts: Mapping[str, Any]


class Boards:
    """The heat pumps that this person may see, looked up once for a whole page."""

    def __init__(self) -> None:
        self.pumps: dict[str, tuple[HeatPump, Model | None]] = {
            pump.id: (pump, models.of(system(), pump)) for pump in visible.heat_pumps()
        }

    def charts(self, dashboard: Dashboard) -> list[DrawnChart]:
        """Of one that nobody has changed yet only what the machine delivers."""
        drawn = [self.chart(each, place) for place, each in enumerate(dashboard.config.charts)]
        drawn = [each for each in drawn if each.lines or each.gone]
        if dashboard.name or dashboard.version > 1:
            return drawn
        return [each for each in (self._delivered(chart) for chart in drawn) if each is not None]

    def chart(self, chart: Chart, place: int) -> DrawnChart:
        found = [(line, self.sensor(line)) for line in chart.lines]
        there = [(line, sensor) for line, sensor in found if sensor is not None]
        quantity = _quantity(there)
        alone = len({line.heatpump_id for line in chart.lines}) == 1
        lines = tuple(self._line(line, sensor, alone, bool(quantity)) for line, sensor in there)
        x = self._horizontal(chart)
        return DrawnChart(
            place=place,
            kind=chart.kind,
            title=dashboard_words.title(chart.title) or quantity or _listed([line.title for line in lines]),
            width=chart.width,
            quantity=quantity,
            lines=lines,
            # who sees only some heat pumps is not told of the others
            gone=tuple(f"{line.heatpump_id}: {line.sensor}" for line, sensor in found if sensor is None)
            if visible.every()
            else (),
            facts={
                "kind": chart.kind,
                "lines": [line.facts for line in lines],
                "x": None if x is None else shown.meaning(x),
                "thresholds": [asdict(each) for each in chart.thresholds],
                "low": chart.low,
                "high": chart.high,
            },
        )

    def sensor(self, line: Line) -> Sensor | None:
        """None when the heat pump or its sensor is gone, or may not be seen."""
        _, model = self.pumps.get(line.heatpump_id, (None, None))
        return course.sensor(model, line.sensor)

    def called(self, line: Line, sensor: Sensor, alone: bool = False) -> str:
        return shown.title(sensor) if alone else f"{self.pumps[line.heatpump_id][0].name}: {shown.title(sensor)}"

    def _line(self, line: Line, sensor: Sensor, alone: bool, of_one_quantity: bool) -> DrawnLine:
        sample = system().latest.of(line.heatpump_id).get(line.sensor)
        value: Value = None if sample is None else sample.value
        full = self.called(line, sensor, alone)
        title = self.pumps[line.heatpump_id][0].name if of_one_quantity else full
        facts = line_facts(sensor, line.heatpump_id, title, full) | {"axis": line.axis, "colour": line.colour}
        return DrawnLine(
            title=title,
            text=shown.NOTHING if value is None else shown.written(sensor, value),
            unit=sensor.unit if value is not None else "",
            at=None if sample is None else sample.since,
            facts=facts,
        )

    def _horizontal(self, chart: Chart) -> Sensor | None:
        if chart.x is None:
            return None
        return next(
            (sensor for line in chart.lines if (sensor := self.sensor(Line(line.heatpump_id, chart.x))) is not None),
            None,
        )

    def _delivered(self, chart: DrawnChart) -> DrawnChart | None:
        """None for a chart of nothing but what the machine was asked for and does not have."""
        lines = tuple(line for line in chart.lines if self._is_delivered(line))
        if not lines:
            return None
        facts = {**chart.facts, "lines": [line.facts for line in lines]}
        return replace(chart, lines=lines, facts=facts)

    def _is_delivered(self, line: DrawnLine) -> bool:
        samples = system().latest.of(line.facts["heatpump"])
        return not samples or (line.facts["id"] in samples and samples[line.facts["id"]].value is not None)


def line_facts(sensor: Sensor, heatpump_id: str, title: str, full: str) -> dict[str, Any]:
    """What the script must know about a line of a chart; `full` is what it is called where it stands alone."""
    return {
        **shown.meaning(sensor, title),
        "full": full,
        "heatpump": heatpump_id,
        "stepped": sensor.kind == "switch",
        "texts": sensor.tells_words,
        "counts": sensor.kind == "counter",
        "axis": "auto",
        "colour": None,
    }


def get(dashboard_id: int) -> Dashboard:
    """Raises NotFound, also for one of a heat pump that this person may not see."""
    found = dashboards.get(system(), dashboard_id)
    if found.heatpump_id is not None and found.heatpump_id not in {pump.id for pump in visible.heat_pumps()}:
        raise NotFound("there is no dashboard %(id)d", id=dashboard_id)
    return found


def _quantity(lines: Sequence[tuple[Line, Sensor]]) -> str:
    """What several heat pumps show in a chart that has one line of each and the same of all; else empty."""
    titles = {shown.title(sensor) for _, sensor in lines}
    several = len({line.heatpump_id for line, _ in lines}) == len(lines) > 1
    return titles.pop() if several and len(titles) == 1 else ""


def _listed(titles: Sequence[str]) -> str:
    """A chart without a title is called like its first sensors."""
    return " · ".join(titles[:MOST_IN_TITLE]) + (" …" if len(titles) > MOST_IN_TITLE else "")


def of_heatpump(pump: HeatPump, model: Model, currents: Sequence[Current]) -> dict[str, Any]:
    """What the page of a heat pump needs: the dashboard that the address asks for, else its first.

    `?dashboard=free` is the chart of the sensors in `?sensors=`; who only names sensors means that one too.
    """
    readable = {each.sensor.id for each in currents}
    asked = request.args.get("sensors", "").split(",") + request.args.getlist("sensor")
    wanted = [each for each in dict.fromkeys(asked) if each in readable][: course.MOST_SENSORS]
    every = dashboards.of(system(), pump)
    named = request.args.get("dashboard", "free" if wanted else "")
    chosen = None if named == "free" or not every else next((one for one in every if str(one.id) == named), every[0])
    ticked = wanted or course.usual(model, currents)
    return {
        "dashboards": [(each, dashboard_words.name(each)) for each in every],
        "dashboard": chosen,
        "charts": Boards().charts(chosen) if chosen is not None else [free_chart(pump, ticked)],
        "chart_sensors": _by_category(course.choices(currents, ticked)),
        "chosen": ticked,
        "line_facts": lambda sensor: line_facts(sensor, pump.id, shown.title(sensor), shown.title(sensor)),
        "board_address": address,
        "spans": SPANS,
        "range": asked_span()[0],
    }


def _by_category(sensors: Sequence[Sensor]) -> list[tuple[str, list[Sensor]]]:
    grouped: dict[str, list[Sensor]] = {}
    for sensor in sensors:
        grouped.setdefault(sensor.category, []).append(sensor)
    return [(category, grouped[category]) for category in categories() if category in grouped]


def address(dashboard: Dashboard) -> str:
    """Where it is looked at."""
    if dashboard.heatpump_id is None:
        return url_for("dashboards.one", dashboard_id=dashboard.id)
    return url_for("heatpumps.page", heatpump_id=dashboard.heatpump_id, dashboard=dashboard.id, _anchor="board")


def free_chart(pump: HeatPump, sensors: Sequence[str]) -> DrawnChart:
    """The chart of whatever sensors somebody ticked on the page of a heat pump."""
    return Boards().chart(
        Chart("line", str(gettext("Any sensors")), tuple(Line(pump.id, each) for each in sensors), "full"), 0
    )
