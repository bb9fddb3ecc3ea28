"""Dashboards: what a heat pump gets, what an owner may keep, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from app.dashboard import Line
from app.messages import Conflict, Invalid, NotFound
from app.services import chart_courses, dashboards, heatpumps
from app.store.course import Course
from app.store.heatpumps import HeatPump
from app.system import System

FLOW = {"heatpump_id": "hp-001", "sensor": "temp_flow"}
POWER = {"heatpump_id": "hp-001", "sensor": "power_current"}
LINE: dict[str, Any] = {"kind": "line", "title": "Flow", "lines": [FLOW]}


@pytest.fixture
def pump(system: System, idm: dict[str, object]) -> HeatPump:
    return heatpumps.add(system, idm)


def names(system: System, heatpump_id: str | None) -> list[str]:
    return [each.name for each in dashboards.all_of_them(system) if each.heatpump_id == heatpump_id]


def test_a_heat_pump_gets_the_charts_that_its_model_proposes(system: System, pump: HeatPump) -> None:
    (own,) = dashboards.of(system, pump)
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    assert [chart.kind for chart in own.config.charts] == [chart.type for chart in model.dashboard]
    assert own.config.charts[0].lines[0] == Line("hp-001", "temp_outside")


def test_a_part_that_a_machine_lacks_is_on_none_of_its_charts(system: System, idm: dict[str, object]) -> None:
    pump = heatpumps.add(system, idm | {"device_config": {"circuits": ["B"]}})
    sensors = {line.sensor for chart in dashboards.of(system, pump)[0].config.charts for line in chart.lines}
    assert "temp_flow" in sensors
    assert not any(sensor.endswith("circuit_a") for sensor in sensors)


def test_a_removed_default_does_not_come_back(system: System, pump: HeatPump) -> None:
    dashboards.remove(system, dashboards.of(system, pump)[0].id)
    assert dashboards.of(system, pump) == []


def test_the_default_stands_before_what_was_added_earlier(system: System, pump: HeatPump) -> None:
    dashboards.add(system, {"name": "Mine", "heatpump_id": "hp-001"})
    assert [each.name for each in dashboards.of(system, pump)] == ["", "Mine"]


def test_dashboards_go_with_their_heat_pump(system: System, pump: HeatPump) -> None:
    dashboards.of(system, pump)
    kept = dashboards.add(system, {"name": "All", "config": {"charts": [LINE]}})
    heatpumps.remove(system, pump.id)
    assert [each.id for each in dashboards.all_of_them(system)] == [kept.id]


def test_what_was_kept_comes_back_as_it_was_sent(system: System, pump: HeatPump) -> None:
    chart = LINE | {
        "lines": [FLOW | {"axis": "left", "colour": 3}, POWER | {"axis": "right"}],
        "thresholds": [{"value": 40, "label": "warm", "tone": "bad", "axis": "left"}],
        "width": "full",
        "low": 20,
        "high": 60,
    }
    made = dashboards.get(system, dashboards.add(system, {"name": " All ", "config": {"charts": [chart]}}).id)
    (kept,) = made.config.charts
    assert made.name == "All"
    assert kept.lines == (Line("hp-001", "temp_flow", "left", 3), Line("hp-001", "power_current", "right", None))
    assert (kept.low, kept.high, kept.width, kept.thresholds[0].label) == (20, 60, "full", "warm")


def test_a_dashboard_moves_to_the_place_it_is_sent_to(system: System, pump: HeatPump) -> None:
    for name in ("one", "two", "three"):
        dashboards.add(system, {"name": name})
    third = dashboards.all_of_them(system)[2]
    dashboards.change(system, third.id, {"position": 0})
    assert names(system, None) == ["three", "one", "two"]
    dashboards.change(system, third.id, {"position": 9})
    assert names(system, None) == ["one", "two", "three"]
    dashboards.add(system, {"name": "first", "position": 0})
    assert names(system, None) == ["first", "one", "two", "three"]
    dashboards.remove(system, third.id)
    assert [each.position for each in dashboards.of_overview(system)] == [0, 1, 2]


def test_who_changes_an_older_one_is_told(system: System, pump: HeatPump) -> None:
    made = dashboards.add(system, {"name": "All", "config": {"charts": [LINE]}})
    dashboards.change(system, made.id, {"name": "Everything", "version": made.version})
    with pytest.raises(Conflict):
        dashboards.change(system, made.id, {"name": "Nothing", "version": made.version})
    with pytest.raises(Conflict):
        dashboards.remove_chart(system, made.id, 0, made.version)
    assert dashboards.get(system, made.id).name == "Everything"


def test_charts_are_put_moved_and_removed_one_by_one(system: System, pump: HeatPump) -> None:
    made = dashboards.add(system, {"name": "All"})
    for title in ("a", "b", "c"):
        made = dashboards.put_chart(system, made.id, None, LINE | {"title": title}, made.version)
    made = dashboards.move_chart(system, made.id, 2, 0, made.version)
    made = dashboards.put_chart(system, made.id, 1, LINE | {"title": "A"}, made.version)
    made = dashboards.remove_chart(system, made.id, 2, made.version)
    assert [chart.title for chart in made.config.charts] == ["c", "A"]
    for place in (-1, 2):
        with pytest.raises(NotFound):
            dashboards.remove_chart(system, made.id, place, made.version)


def test_the_proposal_has_each_quantity_of_all_heat_pumps_in_one_chart(
    system: System, pump: HeatPump, idm: dict[str, object]
) -> None:
    other = heatpumps.add(
        system, idm | {"manufacturer": "luxtronik", "model": "luxtronik_2_1", "name": "B", "device_config": {},
                       "connection_config": {"host": "127.0.0.2"}},
    )  # fmt: skip
    charts = dashboards.proposal(system, [pump, other]).charts
    assert charts[0].lines == (Line("hp-001", "temp_flow"), Line("hp-002", "temp_flow"))
    kept = dashboards.add_made(system, "All", None, dashboards.proposal(system, [pump, other]))
    assert kept.config.charts == charts


def chart(**more: Any) -> dict[str, Any]:
    return {"name": "All", "config": {"charts": [LINE | more]}}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "All", "colour": 1}, "colour"),
        ({"name": "All", "heatpump_id": 7}, "heatpump_id"),
        ({"name": "All", "position": -1}, "position"),
        ({"name": "All", "position": "first"}, "position"),
        ({"name": "All", "position": True}, "position"),
        ({"name": "All", "config": []}, "config"),
        ({"name": "All", "config": None}, "config"),
        ({"name": "All", "config": {"charts": {}}}, "config.charts"),
        ({"name": "All", "config": {}}, "config.charts"),
        ({"name": "All", "config": {"charts": [], "theme": "x"}}, "config.theme"),
        ({"name": "All", "config": {"charts": [LINE] * 25}}, "config.charts"),
        ({"name": "All", "config": {"charts": ["line"]}}, "config.charts.0"),
        (chart(kind="pie"), "config.charts.0.kind"),
        (chart(kind=None), "config.charts.0.kind"),
        (chart(kind=["line"]), "config.charts.0.kind"),
        (chart(size=3), "config.charts.0.size"),
        (chart(title="x" * 81), "config.charts.0.title"),
        (chart(title={"de": "Vorlauf"}), "config.charts.0.title.en"),
        (chart(title={"de": "a", "en": "b", "fr": "c"}), "config.charts.0.title.fr"),
        (chart(width="huge"), "config.charts.0.width"),
        (chart(lines=[]), "config.charts.0.lines"),
        (chart(lines="temp_flow"), "config.charts.0.lines"),
        (chart(lines=[FLOW] * 13), "config.charts.0.lines"),
        (chart(lines=[FLOW, FLOW]), "config.charts.0.lines"),
        (chart(lines=["hp-001/temp_flow"]), "config.charts.0.lines.0"),
        (chart(lines=[{"sensor": "temp_flow"}]), "config.charts.0.lines.0.heatpump_id"),
        (chart(lines=[FLOW | {"heatpump_id": "hp-009"}]), "config.charts.0.lines.0.heatpump_id"),
        (chart(lines=[FLOW | {"sensor": "nonsense"}]), "config.charts.0.lines.0.sensor"),
        (chart(lines=[FLOW | {"sensor": "operating_mode"}]), "config.charts.0.lines.0.sensor"),
        (chart(lines=[FLOW | {"axis": "middle"}]), "config.charts.0.lines.0.axis"),
        (chart(lines=[FLOW | {"colour": 0}]), "config.charts.0.lines.0.colour"),
        (chart(lines=[FLOW | {"colour": 9}]), "config.charts.0.lines.0.colour"),
        (chart(lines=[FLOW | {"colour": 1.5}]), "config.charts.0.lines.0.colour"),
        (chart(lines=[FLOW | {"colour": True}]), "config.charts.0.lines.0.colour"),
        (chart(lines=[FLOW, POWER, FLOW | {"sensor": "energy_heat_total"}]), "config.charts.0.lines"),
        (chart(lines=[FLOW | {"axis": "left"}, POWER | {"axis": "left"}]), "config.charts.0.lines"),
        (chart(kind="gauge", lines=[FLOW, POWER]), "config.charts.0.lines"),
        (chart(kind="states"), "config.charts.0.lines.0.sensor"),
        (chart(kind="scatter"), "config.charts.0.x"),
        (chart(kind="scatter", x="nonsense"), "config.charts.0.x"),
        (chart(kind="scatter", x="operating_mode"), "config.charts.0.x"),
        (chart(kind="scatter", x="temp_outside", lines=[FLOW, POWER]), "config.charts.0.lines"),
        (chart(x="temp_outside"), "config.charts.0.x"),
        (chart(low=30, high=20), "config.charts.0.low"),
        (chart(low="20"), "config.charts.0.low"),
        (chart(high=float("nan")), "config.charts.0.high"),
        (chart(high=float("inf")), "config.charts.0.high"),
        (chart(thresholds=[{}]), "config.charts.0.thresholds.0.value"),
        (chart(thresholds=[{"value": float("nan")}]), "config.charts.0.thresholds.0.value"),
        (chart(thresholds=[{"value": "40"}]), "config.charts.0.thresholds.0.value"),
        (chart(thresholds=[{"value": 40, "tone": "#fff"}]), "config.charts.0.thresholds.0.tone"),
        (chart(thresholds=[{"value": 40, "label": "x" * 41}]), "config.charts.0.thresholds.0.label"),
        (chart(thresholds=[{"value": 40, "size": 2}]), "config.charts.0.thresholds.0.size"),
        (chart(thresholds=[{"value": 40}] * 9), "config.charts.0.thresholds"),
        (chart(thresholds={"value": 40}), "config.charts.0.thresholds"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    system: System, pump: HeatPump, sent: dict[str, Any], field: str
) -> None:
    before = dashboards.all_of_them(system)
    with pytest.raises(Invalid) as refused:
        dashboards.add(system, sent)
    assert refused.value.field == field
    assert dashboards.all_of_them(system) == before


def test_a_heat_pump_that_is_not_there_has_no_dashboards(system: System, pump: HeatPump) -> None:
    with pytest.raises(NotFound):
        dashboards.add(system, {"name": "A", "heatpump_id": "hp-009"})


def test_there_is_an_end_to_the_number_of_dashboards(system: System) -> None:
    for number in range(dashboards.MOST_OF_ONE):
        dashboards.add(system, {"name": str(number)})
    with pytest.raises(Invalid):
        dashboards.add(system, {"name": "one more"})


@pytest.mark.parametrize(
    ("first", "last", "amounts"),
    [
        ([0, 5, 9], [5, 9, 12], [5, 4, 3]),
        ([0, 6, 10], [5, 9, 12], [5, 4, 3]),  # from the end of the one before, not from the first reading
        ([0, None, 20], [5, None, 22], [5, None, 2]),  # what rose while nobody looked belongs to no day
        ([None, 3, 4], [None, 4, 8], [None, 1, 4]),
        ([100, 1, 4], [110, 3, 8], [10, 2, 5]),  # it began again
        ([100, 90, 4], [110, 80, 8], [10, None, 4]),  # it falls: nobody knows
        ([], [], []),
    ],
)
def test_a_counters_amounts_are_what_it_rose_by(
    first: list[float | None], last: list[float | None], amounts: list[float | None]
) -> None:
    nothing: list[None] = [None] * len(first)
    assert chart_courses.amounts_of(Course("e", [*nothing], [*nothing], [*nothing], [*nothing], first, last)) == amounts
