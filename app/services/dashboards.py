"""Look at, add, change, order and remove dashboards; each heat pump gets its model's own once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.dashboard import Chart, Config, Kind, Line, Titles, Width
from app.messages import Conflict, Invalid, NotFound
from app.services import heatpumps, models
from app.services.checks import number, only
from app.services.dashboard_content import MOST_CHARTS, MOST_LINES, chart, checked, checked_name
from app.store import dashboards
from app.store import heatpumps as kept_heatpumps
from app.store.dashboards import Dashboard
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model

MOST_OF_ONE = 50
"""So many dashboards may a heat pump have, and the overview."""

FIELDS = ("name", "heatpump_id", "config", "position", "version")
PROPOSED: tuple[tuple[Kind, Titles, tuple[str, ...]], ...] = (
    ("line", Titles("Vorlauftemperaturen", "Flow temperatures"), ("temp_flow", "temp_supply", "temp_flow_circuit_a")),
    ("area", Titles("Elektrische Leistung", "Electrical power"), ("power_current_draw",)),
    ("line", Titles("Warmwasser", "Hot water"), ("temp_hot_water",)),
    ("line", Titles("Wärmeleistung", "Thermal output"), ("power_current",)),
    ("states", Titles("Betrieb", "Operation"), ("operating_mode", "compressor_on")),
    ("line", Titles("Außentemperaturen", "Outdoor temperatures"), ("temp_outside",)),
)
"""The charts of a proposed overview: of each heat pump the first of these sensors that it has."""


def all_of_them(system: System) -> list[Dashboard]:
    """Those of the overview first, then heat pump by heat pump."""
    for pump in heatpumps.all_of_them(system):
        _give(system, pump)
    return dashboards.all_of_them(system.database.connection())


def of_overview(system: System) -> list[Dashboard]:
    return dashboards.of(system.database.connection(), None)


def of(system: System, pump: HeatPump) -> list[Dashboard]:
    """The dashboards of a heat pump, in the owner's order."""
    _give(system, pump)
    return dashboards.of(system.database.connection(), pump.id)


def get(system: System, dashboard_id: int) -> Dashboard:
    """Raises NotFound."""
    found = dashboards.find(system.database.connection(), dashboard_id)
    if found is None:
        raise NotFound("there is no dashboard %(id)d", id=dashboard_id)
    return found


def add(system: System, sent: Mapping[str, Any]) -> Dashboard:
    """Keep a new one, behind the others unless `position` says otherwise. Raises Invalid, NotFound."""
    only(sent, "", FIELDS)
    heatpump_id = sent.get("heatpump_id")
    if heatpump_id is not None:
        if not isinstance(heatpump_id, str):
            raise Invalid("heatpump_id", "must be a text on one line")
        heatpumps.get(system, heatpump_id)
    name, config = checked_name(sent.get("name")), checked(system, sent.get("config", {"charts": []}))
    with system.database.transaction() as db:
        there = dashboards.of(db, heatpump_id)
        if len(there) >= MOST_OF_ONE:
            raise Invalid("heatpump_id", "at most %(most)d of them", most=MOST_OF_ONE)
        dashboard_id = dashboards.add(db, name, heatpump_id, config, int(system.clock()))
        if "position" in sent:
            dashboards.put_in_order(db, _moved([each.id for each in there], dashboard_id, sent["position"]))
    return get(system, dashboard_id)


def change(system: System, dashboard_id: int, sent: Mapping[str, Any]) -> Dashboard:
    """Change what was sent; the rest stays. Raises NotFound, Invalid, or Conflict when `version` is an older one."""
    only(sent, "", FIELDS)
    before = get(system, dashboard_id)
    if sent.get("heatpump_id", before.heatpump_id) != before.heatpump_id:
        raise Invalid("heatpump_id", "cannot be changed; add another dashboard instead")
    name = checked_name(sent["name"]) if "name" in sent else before.name
    config = checked(system, sent["config"]) if "config" in sent else before.config
    return _keep(system, before, name, config, sent.get("version"), sent.get("position"))


def put_chart(system: System, dashboard_id: int, place: int | None, sent: Any, version: int) -> Dashboard:
    """Put one chart into the place of another (None: behind them all). Raises as `change`."""
    before = get(system, dashboard_id)
    charts = list(before.config.charts)
    if place is None and len(charts) >= MOST_CHARTS:
        raise Invalid("chart", "at most %(most)d of them", most=MOST_CHARTS)
    made = chart(system, "chart", sent)
    charts = [*charts, made] if place is None else _with(charts, place, made)
    return _keep(system, before, before.name, Config(tuple(charts)), version)


def move_chart(system: System, dashboard_id: int, place: int, to: int, version: int) -> Dashboard:
    """Raises as `change`."""
    before = get(system, dashboard_id)
    charts = list(before.config.charts)
    moved = charts.pop(_known(charts, place))
    charts.insert(max(0, to), moved)
    return _keep(system, before, before.name, Config(tuple(charts)), version)


def remove_chart(system: System, dashboard_id: int, place: int, version: int) -> Dashboard:
    """Raises as `change`."""
    before = get(system, dashboard_id)
    charts = list(before.config.charts)
    del charts[_known(charts, place)]
    return _keep(system, before, before.name, Config(tuple(charts)), version)


def remove(system: System, dashboard_id: int) -> None:
    """Raises NotFound."""
    gone = get(system, dashboard_id)
    with system.database.transaction() as db:
        dashboards.remove(db, dashboard_id)
        dashboards.put_in_order(db, [each.id for each in dashboards.of(db, gone.heatpump_id)])


def of_model(pump: HeatPump, model: Model) -> Config:
    """The model's own dashboard, with the sensors that this machine has."""
    fitted = {sensor.id for sensor in model.sensors(pump.options)}
    charts: list[Chart] = []
    for each in model.dashboard:
        lines = tuple(Line(pump.id, sensor) for sensor in each.sensors if sensor in fitted)
        if lines:
            width: Width = "half" if charts else "full"
            charts.append(Chart(each.type, Titles(each.title.de, each.title.en), lines[:MOST_LINES], width))
    if charts and len(charts) % 2 == 0:
        charts[-1] = replace(charts[-1], width="full")  # it would stand beside nothing
    return Config(tuple(charts))


def proposal(system: System, pumps: Sequence[HeatPump]) -> Config:
    """An overview of these heat pumps: the same quantity of all of them in one chart."""
    charts = []
    for kind, title, sensors in PROPOSED:
        lines = []
        for pump in pumps:
            model = models.of(system, pump)
            fitted = set() if model is None else {each.id for each in model.sensors(pump.options)}
            first = next((sensor for sensor in sensors if sensor in fitted), None)
            if first is not None:
                lines.append(Line(pump.id, first))
        if lines:
            of_several: Kind = "line" if kind == "area" and len(lines) > 1 else kind  # areas would hide each other
            charts.append(Chart(of_several, title, tuple(lines[:MOST_LINES])))
    return Config(tuple(charts))


def add_made(system: System, name: str, heatpump_id: str | None, config: Config) -> Dashboard:
    """Keep one that was put together here. Raises Invalid."""
    empty = add(system, {"name": name, "heatpump_id": heatpump_id})
    return _keep(system, empty, empty.name, config)


def _give(system: System, pump: HeatPump) -> None:
    """Once: what is there already, and what the owner removed, stays as it is."""
    if dashboards.was_given(system.database.connection(), pump.id):
        return
    model = models.of(system, pump)
    if model is None:
        return
    with system.database.transaction() as db:
        if kept_heatpumps.find(db, pump.id) is not None and dashboards.give(db, pump.id):
            dashboard_id = dashboards.add(db, "", pump.id, of_model(pump, model), int(system.clock()))
            others = [each.id for each in dashboards.of(db, pump.id) if each.id != dashboard_id]
            dashboards.put_in_order(db, [dashboard_id, *others])


def _keep(
    system: System, before: Dashboard, name: str, config: Config, version: Any = None, position: Any = None
) -> Dashboard:
    """Raises Conflict when somebody else was quicker."""
    with system.database.transaction() as db:
        now = dashboards.find(db, before.id)
        if now is None:
            raise NotFound("there is no dashboard %(id)d", id=before.id)
        if now.version != before.version or version not in (None, now.version):
            raise Conflict("version", "somebody changed this dashboard meanwhile; look at it again first")
        if (name, config) != (now.name, now.config):
            dashboards.change(db, now.id, name, config, int(system.clock()))
        if position is not None:
            others = [each.id for each in dashboards.of(db, now.heatpump_id) if each.id != now.id]
            dashboards.put_in_order(db, _moved(others, now.id, position))
    return get(system, before.id)


def _moved(others: list[int], dashboard_id: int, position: Any) -> list[int]:
    place = int(number("position", position, 0, MOST_OF_ONE, whole=True))
    return [*others[:place], dashboard_id, *others[place:]]


def _with(charts: list[Chart], place: int, made: Chart) -> list[Chart]:
    charts[_known(charts, place)] = made
    return charts


def _known(charts: Sequence[Chart], place: int) -> int:
    if not 0 <= place < len(charts):
        raise NotFound("this dashboard has no chart %(place)d", place=place + 1)
    return place
