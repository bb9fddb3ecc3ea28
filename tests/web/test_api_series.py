"""/api/heatpumps/<id>/series: courses for charts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

START = NOW - NOW % 3600


@pytest.fixture
def pump(system: System, add: Callable[..., HeatPump]) -> HeatPump:
    """An hour of readings every 30 s: 0.0, 0.5, 1.0 … °C, with nothing in minutes 20 to 29."""
    made = add()
    for count in range(120):
        if not 40 <= count < 60:
            values = {"temp_outside": count / 2, "operating_mode": "heating" if count < 60 else "hot_water"}
            tell(system, made, START + 30 * count, values)
    return made


def ask(owner: Visitor, **query: object) -> dict[str, object]:
    wanted = {"sensors": "temp_outside", "from": START, "to": START + 3600} | query
    answer = owner.get("/api/heatpumps/hp-001/series", query_string=wanted)
    assert answer.status_code == 200, answer.text
    content: dict[str, object] = answer.json
    return content


def test_every_bucket_has_its_lowest_mean_and_highest_value(owner: Visitor, pump: HeatPump) -> None:
    assert ask(owner, points=6) == {
        "from": START,
        "to": START + 3600,
        "step_s": 600,
        "problems": [],
        "series": [
            {
                "sensor": "temp_outside",
                "unit": "°C",
                "gap_s": 90,
                "t": [START + 600 * bucket for bucket in range(6)],
                "min": [0.0, 10.0, None, 30.0, 40.0, 50.0],
                "mean": [4.75, 14.75, None, 34.75, 44.75, 54.75],
                "max": [9.5, 19.5, None, 39.5, 49.5, 59.5],
            }
        ],
    }


def test_without_points_it_is_as_fine_as_the_readings(owner: Visitor, pump: HeatPump) -> None:
    found = ask(owner)
    assert found["step_s"] == 30
    assert len(found["series"][0]["t"]) == 120  # type: ignore[index]


def test_a_state_comes_as_text(owner: Visitor, pump: HeatPump) -> None:
    (course,) = ask(owner, sensors="operating_mode", points=6)["series"]  # type: ignore[misc]
    assert course["text"] == ["heating", "heating", None, "hot_water", "hot_water", "hot_water"]
    assert (course["min"], course["mean"], course["max"]) == (None, None, None)


def test_days_are_those_of_the_owners_zone_also_when_the_clocks_change(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    made = add()
    midnight = 1_761_429_600  # 26 October 2025, 00:00 in Berlin: a day of 25 hours
    for hour in range(49):
        tell(system, made, midnight + 3600 * hour, {"temp_outside": float(hour)})
    found = ask(owner, by="day", **{"from": midnight, "to": midnight + 49 * 3600})
    (course,) = found["series"]  # type: ignore[misc]
    assert course["t"] == [midnight, midnight + 25 * 3600]
    assert (course["min"], course["max"]) == ([0.0, 25.0], [24.0, 48.0])


@pytest.mark.parametrize("query", [{"by": "week"}, {"by": ""}, {"by": "day", "from": 0, "to": 250_000_000_000}])
def test_a_calendar_that_cannot_be_drawn_is_refused(owner: Visitor, pump: HeatPump, query: dict[str, object]) -> None:
    wanted = {"sensors": "temp_outside", "from": START, "to": START + 3600} | query
    answer = owner.get("/api/heatpumps/hp-001/series", query_string=wanted)
    assert answer.status_code == 400
    assert answer.json["field"] in ("by", "from")


@pytest.mark.parametrize("unit", ["day", "month", "year"])
@pytest.mark.parametrize("begin", [0, 253_339_228_700])
def test_the_edges_of_all_calendars_are_no_error(owner: Visitor, pump: HeatPump, unit: str, begin: int) -> None:
    found = ask(owner, by=unit, **{"from": begin, "to": begin + 99})
    assert len(found["series"][0]["t"]) == 1  # type: ignore[index]


def test_a_slow_setting_has_longer_gaps_than_a_measured_value(owner: Visitor, pump: HeatPump) -> None:
    slow, fast = ask(owner, sensors="heating_curve_circuit_a,temp_outside")["series"]  # type: ignore[misc]
    assert (slow["gap_s"], fast["gap_s"]) == (1800, 90)


def test_several_sensors_come_in_the_order_asked_for(owner: Visitor, pump: HeatPump) -> None:
    found = ask(owner, sensors="temp_flow,temp_outside,temp_flow")["series"]
    assert [course["sensor"] for course in found] == ["temp_flow", "temp_outside"]  # type: ignore[attr-defined]


def test_a_range_without_readings_is_empty_and_no_error(owner: Visitor, pump: HeatPump) -> None:
    (course,) = ask(owner, **{"from": 0, "to": 1000, "points": 2})["series"]  # type: ignore[misc]
    assert course["mean"] == [None, None]


def test_fractions_of_a_second_are_taken_in(owner: Visitor, pump: HeatPump) -> None:
    found = ask(owner, **{"from": START + 0.5, "to": f"{START + 1799.5}"})
    assert (found["from"], found["to"]) == (START, START + 1800)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sensors": ""}, "sensors"),
        ({"sensors": ","}, "sensors"),
        ({"sensors": "nonsense"}, "sensors"),
        ({"sensors": "temp_outside,nonsense"}, "sensors"),
        ({"sensors": "temp_outside'; DROP TABLE polls; --"}, "sensors"),
        ({"sensors": ",".join(f"temp_flow_circuit_{letter}" for letter in "abcdefg") + ",x" * 20}, "sensors"),
        ({"from": ""}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "nan"}, "from"),
        ({"from": "inf"}, "from"),
        ({"from": "-1"}, "from"),
        ({"from": "1e30"}, "from"),
        ({"from": str(2**63)}, "from"),
        ({"to": "-inf"}, "to"),
        ({"to": "1e30"}, "to"),
        ({"to": "tomorrow"}, "to"),
        ({"from": START, "to": START}, "from"),
        ({"from": START + 10, "to": START}, "from"),
        ({"points": "0"}, "points"),
        ({"points": "-5"}, "points"),
        ({"points": "10001"}, "points"),
        ({"points": "many"}, "points"),
        ({"points": "2.5"}, "points"),
        ({"points": ""}, "points"),
        ({"points": "nan"}, "points"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(
    owner: Visitor, pump: HeatPump, query: dict[str, object], field: str
) -> None:
    wanted = {"sensors": "temp_outside", "from": START, "to": START + 3600} | query
    answer = owner.get("/api/heatpumps/hp-001/series", query_string=wanted)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert answer.json["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("missing", ["sensors", "from", "to"])
def test_a_missing_parameter_is_refused_by_name(owner: Visitor, pump: HeatPump, missing: str) -> None:
    wanted = {"sensors": "temp_outside", "from": START, "to": START + 3600}
    del wanted[missing]
    answer = owner.get("/api/heatpumps/hp-001/series", query_string=wanted)
    assert (answer.status_code, answer.json["field"]) == (400, missing)


def test_a_heat_pump_whose_model_is_gone_has_no_courses(owner: Visitor, system: System, pump: HeatPump) -> None:
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'gone'")
    answer = owner.get("/api/heatpumps/hp-001/series?sensors=temp_outside&from=0&to=1")
    assert answer.status_code == 400
