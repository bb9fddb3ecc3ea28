"""Dashboards over the pages and the interface."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from app.services import dashboards, heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

FLOW = {"heatpump_id": "hp-001", "sensor": "temp_flow"}
SENT: dict[str, Any] = {
    "name": "All",
    "config": {"charts": [{"kind": "line", "title": "Flow", "lines": [FLOW]}]},
}
FORM = {
    "version": "1", "kind": "line", "title": "Both", "width": "half",
    "line": ["hp-001/temp_flow", "hp-001/power_current"],
    "axis": ["auto", "right"], "colour": ["", "3"], "threshold_value": ["40,5"], "threshold_label": ["warm"],
    "threshold_tone": ["bad"], "threshold_axis": ["auto"], "low": "", "high": "60", "action": "save",
}  # fmt: skip


@pytest.fixture
def pump(add: Callable[..., HeatPump], system: System) -> HeatPump:
    made = add(enabled=True)
    tell(system, made, NOW, {"temp_outside": 3.5, "temp_flow": 35.0, "power_current": 4.2, "operating_mode": "heating"})
    return made


def drawn(page: str) -> list[dict[str, Any]]:
    """What the scripts of a page are told about its charts."""
    return [json.loads(unescape(each)) for each in re.findall(r"data-chart='([^']+)'", page)]


def test_a_dashboard_is_kept_changed_and_removed_over_the_interface(owner: Visitor, pump: HeatPump) -> None:
    made = owner.send("POST", "/api/dashboards", SENT)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/dashboards/{made.json['id']}")
    one = f"/api/dashboards/{made.json['id']}"
    assert owner.get(one).json == made.json
    changed = owner.send("PUT", one, {"name": "Flow", "config": {"charts": []}, "version": made.json["version"]}).json
    assert (changed["name"], changed["config"], changed["version"]) == ("Flow", {"charts": []}, 2)
    assert owner.send("PUT", one, {"name": "Late", "version": 1}).status_code == 409
    assert owner.send("PUT", one, {"heatpump_id": "hp-001"}).json["field"] == "heatpump_id"
    assert owner.send("DELETE", one).status_code == 204
    assert owner.get(one).status_code == 404


def test_the_list_has_those_of_the_overview_and_those_of_each_heat_pump(owner: Visitor, pump: HeatPump) -> None:
    owner.send("POST", "/api/dashboards", SENT)
    every = owner.get("/api/dashboards").json["dashboards"]
    assert [(each["name"], each["heatpump_id"]) for each in every] == [("All", None), ("History", "hp-001")]
    assert [each["name"] for each in owner.get("/api/dashboards?heatpump_id=hp-001").json["dashboards"]] == ["History"]
    assert owner.get("/api/dashboards?heatpump_id=hp-009").status_code == 404


def test_what_the_interface_answers_can_be_sent_back(owner: Visitor, pump: HeatPump) -> None:
    (own,) = owner.get("/api/dashboards").json["dashboards"]
    again = owner.send("PUT", f"/api/dashboards/{own['id']}", {"config": own["config"], "name": "Mine"}).json
    assert again["config"] == own["config"]


def test_a_bad_config_is_refused_by_the_name_of_its_field(owner: Visitor, pump: HeatPump) -> None:
    answer = owner.send("POST", "/api/dashboards", SENT | {"config": {"charts": [{"kind": "pie"}]}})
    assert (answer.status_code, answer.json["field"]) == (400, "config.charts.0.kind")


def test_a_viewer_looks_and_changes_nothing(viewer: Visitor, system: System, pump: HeatPump) -> None:
    made = dashboards.add(system, SENT)
    assert viewer.get(f"/api/dashboards/{made.id}").status_code == 200
    page = viewer.get(f"/dashboards/{made.id}").text
    assert "Edit dashboard" not in page
    assert viewer.send("POST", "/api/dashboards", SENT).status_code == 403
    assert viewer.send("DELETE", f"/api/dashboards/{made.id}").status_code == 403
    assert viewer.get(f"/dashboards/{made.id}/edit").status_code == 403
    assert viewer.post(f"/dashboards/{made.id}/remove").status_code == 403


def series(owner: Visitor, **query: Any) -> Any:
    wanted = {"sensor": "hp-001/temp_outside", "from": NOW - 3600, "to": NOW + 60} | query
    return owner.get("/api/series", query_string=wanted)


def test_one_answer_has_sensors_of_several_heat_pumps(
    owner: Visitor, system: System, pump: HeatPump, add: Callable[..., HeatPump]
) -> None:
    other = add("B")
    tell(system, other, NOW - 60, {"temp_outside": 1.0})
    found = series(owner, sensor=["hp-002/temp_outside", "hp-001/temp_outside", "hp-001/operating_mode"]).json["series"]
    assert [(each["heatpump_id"], each["sensor"]) for each in found] == [
        ("hp-002", "temp_outside"), ("hp-001", "temp_outside"), ("hp-001", "operating_mode"),
    ]  # fmt: skip
    assert found[0]["latest"] == {"value": 1.0, "at": NOW - 60}
    assert "heating" in found[2]["text"]


def test_the_same_period_before_comes_along(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW - 7 * 86_400, {"temp_outside": -8.0})
    found = series(owner, earlier=7 * 86_400).json
    assert [each for each in found["earlier"][0]["mean"] if each is not None] == [-8.0]
    assert [each for each in found["series"][0]["mean"] if each is not None] == [3.5]


def test_a_counter_comes_as_what_it_rose_by_each_day(owner: Visitor, system: System, pump: HeatPump) -> None:
    day = 86_400
    midnight = NOW - NOW % day - 3600  # in Berlin
    for hours, counted in ((-47, 90.0), (-25, 100.0), (-23, 101.5), (-1, 110.0), (1, 110.5), (10, 114.0)):
        tell(system, pump, midnight + hours * 3600, {"energy_heat_heating": counted})
    wanted = {"sensor": "hp-001/energy_heat_heating", "from": midnight - 43_200, "to": midnight + day}
    (found,) = series(owner, by="day", **wanted).json["series"]
    assert found["t"] == [midnight - day, midnight]
    assert found["amount"] == [10.0, 4.0]
    (hourly,) = series(owner, by="hour", **wanted).json["series"]
    assert [each for each in hourly["amount"] if each] == []  # no hour has a reading in the one before it


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sensor": []}, "sensor"),
        ({"sensor": "temp_outside"}, "sensor"),
        ({"sensor": "hp-009/temp_outside"}, "sensor"),
        ({"sensor": "hp-001/nonsense"}, "sensors"),
        ({"sensor": "hp-001/"}, "sensors"),
        ({"sensor": [f"hp-001/x{number}" for number in range(21)]}, "sensor"),
        ({"from": "nan"}, "from"),
        ({"from": NOW, "to": NOW}, "from"),
        ({"points": 0}, "points"),
        ({"by": "week"}, "by"),
        ({"by": "hour", "from": 0}, "from"),
        ({"by": "day", "from": 0, "to": 250_000_000_000}, "from"),
        ({"earlier": 0}, "earlier"),
        ({"earlier": -5}, "earlier"),
        ({"earlier": "a week"}, "earlier"),
        ({"earlier": 10**12}, "earlier"),
    ],
)
def test_a_series_that_cannot_be_had_is_refused_by_name(
    owner: Visitor, pump: HeatPump, query: dict[str, Any], field: str
) -> None:
    answer = series(owner, **query)
    assert (answer.status_code, answer.json["field"]) == (400, field)


@pytest.mark.parametrize("begin", [1, 86_399, 253_339_228_000])
@pytest.mark.parametrize("unit", ["hour", "day", "month", "year"])
def test_the_edges_of_time_are_no_error(owner: Visitor, pump: HeatPump, unit: str, begin: int) -> None:
    assert series(owner, by=unit, **{"from": begin, "to": begin + 99}, earlier=99).status_code == 200


def test_the_page_of_a_heat_pump_has_its_first_dashboard_and_tabs_for_the_others(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    tell(system, pump, NOW, {"temp_return": None})
    second = dashboards.add(system, SENT | {"name": "Hot water", "heatpump_id": "hp-001"})
    page = owner.get("/heatpumps/hp-001").text
    lines = [line["id"] for line in drawn(page)[0]["lines"]]
    assert lines == ["temp_outside", "temp_flow"]  # what the model proposes and the machine delivers
    assert re.findall(r'data-tab="(\w+)"', page) == [*(str(each.id) for each in dashboards.of(system, pump)), "free"]
    assert [chart["kind"] for chart in drawn(page)] == ["line", "area", "states"]
    other = owner.get(f"/heatpumps/hp-001?dashboard={second.id}").text
    assert [line["id"] for line in drawn(other)[0]["lines"]] == ["temp_flow"]
    for wrong in ("999", "x", ""):
        assert drawn(owner.get(f"/heatpumps/hp-001?dashboard={wrong}").text) == drawn(page)


def test_without_a_script_each_chart_is_a_table_of_its_last_values(owner: Visitor, pump: HeatPump) -> None:
    page = unescape(owner.get("/heatpumps/hp-001").text)
    chart = page[page.index('class="chart-card"') :]
    table = chart[: chart.index("</table>")]
    assert '<th scope="row">Outdoor temperature</th><td>3.5\u00a0°C</td>' in table


def test_the_overview_proposes_a_dashboard_where_there_is_none(owner: Visitor, system: System, pump: HeatPump) -> None:
    assert "No dashboard yet" in owner.get("/dashboards/").text
    answer = owner.post("/dashboards/add", {"name": "All", "content": "proposal"}, follow_redirects=True)
    assert len(drawn(answer.text)) >= 4
    assert owner.get("/dashboards/?range=7d").headers["Location"].endswith("/dashboards/1?range=7d")


def test_a_chart_of_one_quantity_names_its_lines_after_the_heat_pumps(
    owner: Visitor, system: System, pump: HeatPump, add: Callable[..., HeatPump]
) -> None:
    other = add("Werkstatt")
    both = [FLOW, FLOW | {"heatpump_id": other.id}]
    mixed = [*both, FLOW | {"sensor": "temp_outside"}]
    charts = [{"kind": "line", "lines": both}, {"kind": "line", "title": "Mixed", "lines": mixed}]
    made = dashboards.add(system, {"name": "All", "config": {"charts": charts}})
    page = unescape(owner.get(f"/dashboards/{made.id}").text)
    same, several = drawn(page)
    assert [line["title"] for line in same["lines"]] == ["Gebäude A", "Werkstatt"]
    assert [line["full"] for line in same["lines"]] == ["Gebäude A: Flow temperature", "Werkstatt: Flow temperature"]
    assert [line["title"] for line in several["lines"]] == [
        "Gebäude A: Flow temperature", "Werkstatt: Flow temperature", "Gebäude A: Outdoor temperature",
    ]  # fmt: skip
    assert 'data-title="Flow temperature"' in page
    assert "Line · Flow temperature: Gebäude A, Werkstatt" in owner.get(f"/dashboards/{made.id}/edit").text


def test_a_dashboard_of_a_removed_sensor_says_so_and_stands(owner: Visitor, system: System, pump: HeatPump) -> None:
    made = dashboards.add(system, SENT)
    heatpumps.remove(system, "hp-001")
    page = owner.get(f"/dashboards/{made.id}").text
    assert "hp-001: temp_flow" in page
    assert owner.get(f"/dashboards/{made.id}/edit").status_code == 200
    assert owner.get(f"/dashboards/{made.id}/charts/0/edit").status_code == 200
    assert owner.get(f"/api/dashboards/{made.id}").json["config"]["charts"][0]["lines"] == []


def test_a_chart_is_made_with_the_form_alone(owner: Visitor, system: System, pump: HeatPump) -> None:
    owner.post("/dashboards/add", {"name": "Mine", "heatpump_id": "hp-001", "content": "empty"})
    where = "/dashboards/1/charts/add"
    found = owner.post(where, {"kind": "line", "search": "flow temp", "action": "show", "version": "1"}).text
    assert 'value="add:hp-001/temp_flow"' in found
    picked = owner.post(where, {"kind": "line", "width": "half", "action": "add:hp-001/temp_flow", "version": "1"}).text
    assert 'name="line" value="hp-001/temp_flow"' in picked
    assert len(drawn(picked)) == 1
    assert dashboards.get(system, 1).config.charts == ()
    assert owner.post(where, FORM).status_code == 302
    (kept,) = dashboards.get(system, 1).config.charts
    assert (kept.title, kept.high, kept.lines[1].colour, kept.thresholds[0].value) == ("Both", 60, 3, 40.5)
    again = owner.get("/dashboards/1/charts/0/edit").text
    assert 'value="40.5"' in again
    assert owner.post("/dashboards/1/charts/0/edit", FORM | {"version": "1"}).status_code == 400
    assert "somebody changed" in owner.post("/dashboards/1/charts/0/edit", FORM | {"version": "1"}).text.lower()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "pie"}, {"line": []}, {"line": ["nonsense"]}, {"line": ["hp-001/nonsense"], "axis": [], "colour": []},
        {"kind": "scatter"}, {"kind": "states"}, {"kind": "gauge"}, {"high": "warm"}, {"threshold_value": ["x"]},
        {"threshold_value": [""]}, {"title": "x" * 300}, {"width": ""}, {"axis": ["left", "left"]}, {"colour": ["99"]},
        {"title": "a\x00b"}, {"low": "inf"},
    ],
)  # fmt: skip
def test_a_chart_that_cannot_be_kept_is_told_at_its_form(
    owner: Visitor, system: System, pump: HeatPump, wrong: dict[str, Any]
) -> None:
    dashboards.add(system, {"name": "Mine"})
    answer = owner.post("/dashboards/1/charts/add", FORM | wrong)
    assert answer.status_code == 400
    assert dashboards.get(system, 1).config.charts == ()
    assert "field-error" in answer.text
    assert owner.post("/dashboards/1/charts/add", FORM | wrong | {"action": "show"}).status_code == 200


def test_the_buttons_of_the_form_change_only_the_form(owner: Visitor, system: System, pump: HeatPump) -> None:
    dashboards.add(system, {"name": "Mine"})

    def lines(action: str) -> list[str]:
        page = owner.post("/dashboards/1/charts/add", FORM | {"action": action}).text
        return re.findall(r'name="line" value="hp-001/(\w+)"', page)

    assert lines("up:1") == ["power_current", "temp_flow"]
    assert lines("drop:0") == ["power_current"]
    for nothing in ("up:0", "up:9", "drop:x", "drop:", "add:hp-001/temp_flow", "nonsense", "drop-threshold:7"):
        assert lines(nothing) == ["temp_flow", "power_current"]
    page = owner.post("/dashboards/1/charts/add", FORM | {"action": "threshold"}).text
    assert page.count('name="threshold_value"') == 2


def test_a_title_of_the_catalogue_stays_in_both_languages(owner: Visitor, system: System, pump: HeatPump) -> None:
    own = dashboards.of(system, pump)[0]
    page = owner.get(f"/dashboards/{own.id}/charts/0/edit").text
    assert 'value="Temperatures"' in page
    fields = FORM | {"title": "Temperatures", "version": str(own.version)}
    assert owner.post(f"/dashboards/{own.id}/charts/0/edit", fields).status_code == 302
    owner.post("/language", {"language": "de"})
    assert 'data-title="Temperaturen"' in owner.get("/heatpumps/hp-001").text


def test_dashboards_and_charts_are_put_in_order_and_removed_by_buttons(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    charts = [{"kind": "line", "title": title, "lines": [FLOW]} for title in ("a", "b")]
    one = dashboards.add(system, {"name": "one", "config": {"charts": charts}})
    two = dashboards.add(system, {"name": "two"})
    owner.post(f"/dashboards/{two.id}/earlier")
    assert [each.name for each in dashboards.of_overview(system)] == ["two", "one"]
    owner.post(f"/dashboards/{one.id}/charts/1/earlier", {"version": "1"})
    assert [chart.title for chart in dashboards.get(system, one.id).config.charts] == ["b", "a"]
    assert owner.post(f"/dashboards/{one.id}/charts/1/remove", {"version": "1"}).status_code == 409
    owner.post(f"/dashboards/{one.id}/charts/1/remove", {"version": "2"})
    assert [chart.title for chart in dashboards.get(system, one.id).config.charts] == ["b"]
    owner.post(f"/dashboards/{one.id}/edit", {"name": "uno"})
    owner.post(f"/dashboards/{two.id}/remove")
    assert [each.name for each in dashboards.of_overview(system)] == ["uno"]
    assert owner.post(f"/dashboards/{one.id}/edit", {"name": ""}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/dashboards/9", "/dashboards/9/edit", "/dashboards/1/charts/5/edit", "/dashboards/x"]
)
def test_what_is_not_there_is_not_found(owner: Visitor, system: System, pump: HeatPump, path: str) -> None:
    dashboards.add(system, SENT)
    assert owner.get(path).status_code == 404
