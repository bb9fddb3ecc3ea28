"""The analysis of a heat pump: figures of closed days as a page and as JSON, metering, tariffs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.polling.daily import DailyFigures
from app.reading import Column, Reading
from app.store import compaction, readings
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86400
COLUMNS = (
    Column("power_current", "kW", "float32"),
    Column("power_current_draw", "kW", "float32"),
    Column("compressor_on", "", "1"),
    Column("operating_mode", "", "text"),
    Column("temp_outside", "°C", "0.1"),
    Column("temp_flow", "°C", "0.1"),
    Column("temp_return", "°C", "0.1"),
)
FIRST = int(datetime(2025, 11, 1, tzinfo=BERLIN).timestamp())


def live(system: System, pump: HeatPump, first: int, days: int, cop: float = 4.0) -> None:
    """Days on which the machine runs every second hour, and then closes them."""
    with system.database.transaction() as db:
        for at in range(first, first + days * DAY, 600):
            on = at // 3600 % 2 == 0
            flow = 35.0 - (at // DAY) % 3 if on else 28.0
            values = (
                2 * cop * on,
                2.0 * on,
                int(on),
                "heating" if on else "standby",
                (at // DAY) % 5 * 1.0,
                flow,
                28.0,
            )
            readings.add(db, Reading(pump.id, at, COLUMNS, values))
    for day in range(days):
        compaction.close(system.database, pump.id, first + day * DAY, first + (day + 1) * DAY)
    DailyFigures(system.database, BERLIN, system.clock, system.facts_of).run(gently=False)


@pytest.fixture
def pump(system: System, add: Callable[..., HeatPump]) -> HeatPump:
    made = add("Kindergarten")
    live(system, made, FIRST, 20)
    return made


def test_the_year_is_shown_by_its_months_with_heat_electricity_and_cop(owner: Visitor, pump: HeatPump) -> None:
    page = owner.get(f"/heatpumps/{pump.id}/analysis").text
    assert "Seasonal performance factor" in page
    assert "4.00" in page  # 96 kWh from 24 kWh a day
    assert "1,920" in page
    assert "added up from its power" in page
    assert 'href="?period=2025-11"' in page


def test_a_month_is_shown_by_its_days(owner: Visitor, pump: HeatPump) -> None:
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text
    assert "November 2025" in page
    assert "Energy by day" in page
    assert 'href="?period=2025-12"' not in page  # nothing is known of the future


@pytest.mark.parametrize("period", ["", "nonsense", "2025-13", "0000", "99999", "2025-00", "²025"])
def test_a_period_that_is_none_shows_the_year_under_way(owner: Visitor, pump: HeatPump, period: str) -> None:
    page = owner.get(f"/heatpumps/{pump.id}/analysis", query_string={"period": period})
    assert page.status_code == 200
    assert "<strong>2025</strong>" in page.text


def test_a_heat_pump_without_closed_days_says_when_there_will_be_figures(
    owner: Visitor, add: Callable[..., HeatPump]
) -> None:
    page = owner.get(f"/heatpumps/{add().id}/analysis").text
    assert "No figures of this time yet" in page
    assert "come back tomorrow" in page


def test_a_year_that_is_known_too_little_hides_its_factor_and_says_why(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    made = add()
    live(system, made, FIRST, 2)
    live(system, made, FIRST + 10 * DAY, 2)
    assert "Less than four fifths of this time are known." in owner.get(f"/heatpumps/{made.id}/analysis").text


def test_the_year_before_stands_beside(owner: Visitor, system: System, pump: HeatPump) -> None:
    live(system, pump, FIRST - 365 * DAY, 28, cop=3.0)
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text
    assert "Factor a year before" in page
    assert "3.00" in page


def test_all_years_stand_beside_one_another(owner: Visitor, system: System, pump: HeatPump) -> None:
    live(system, pump, FIRST - 365 * DAY, 5)
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=all").text
    assert "Energy by year" in page
    assert 'href="?period=2024"' in page
    assert 'href="?period=2025"' in page


def test_consumption_is_freed_from_the_weather(owner: Visitor, system: System, pump: HeatPump) -> None:
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text
    assert "Degree days" in page
    assert "Electricity in last year" not in page
    live(system, pump, FIRST - 365 * DAY, 20)
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text
    assert "Electricity in last year" in page
    assert "It was 480 kWh on the same dates." in page


def test_figures_are_there_as_json(owner: Visitor, pump: HeatPump) -> None:
    answer = owner.get(f"/api/heatpumps/{pump.id}/figures?from={FIRST + 5}&to={FIRST + 2 * DAY - 5}&by=day").json
    assert [each["from"] for each in answer["figures"]] == [FIRST, FIRST + DAY]
    day = answer["figures"][0]
    assert day["heat"]["kwh"] == pytest.approx(96, rel=0.01)
    assert day["factor"]["value"] == pytest.approx(4.0, rel=0.01)
    assert day["cost"] is None
    assert answer["boundary"] is None


@pytest.mark.parametrize(
    "query",
    ["", "from=1&to=x", "from=5&to=5", "from=1&to=2&by=week", "from=nan&to=5", "from=-1&to=5", "from=0&to=9e15"],
)
def test_a_bad_question_about_figures_is_refused(owner: Visitor, pump: HeatPump, query: str) -> None:
    answer = owner.get(f"/api/heatpumps/{pump.id}/figures?{query}")
    assert answer.status_code == 400
    assert answer.json["field"] in ("from", "to", "by")


def test_advice_is_there_as_json_in_sentences(owner: Visitor, pump: HeatPump) -> None:
    found = owner.get(f"/api/heatpumps/{pump.id}/advice").json["advice"]
    assert {each["kind"] for each in found} >= {"short runs"}
    assert all(each["text"].endswith(".") for each in found)


METERING = {"source": "air", "building_pumps": False, "backup_heater": "counted", "source_pump": "counted"}


def test_the_owner_says_what_is_metered_and_the_boundary_follows(owner: Visitor, pump: HeatPump) -> None:
    path = f"/heatpumps/{pump.id}/metering"
    assert owner.post(path, METERING | {"building_pumps": "no"}).status_code == 302
    assert "H3: with backup heater" in owner.get(f"/heatpumps/{pump.id}/analysis").text
    answer = owner.get(f"/api{path}").json
    assert answer == {"answers": METERING, "boundary": "H3"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "sea"}, "source"),
        ({"building_pumps": "no"}, "building_pumps"),
        ({"backup_heater": None}, "backup_heater"),
        ({"area": 5}, "area"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    owner: Visitor, pump: HeatPump, change: dict[str, object], field: str
) -> None:
    answer = owner.send("PUT", f"/api/heatpumps/{pump.id}/metering", METERING | change)
    assert (answer.status_code, answer.json["field"]) == (400, field)


def test_another_source_brings_new_figures(owner: Visitor, system: System, pump: HeatPump) -> None:
    owner.send("PUT", f"/api/heatpumps/{pump.id}/metering", METERING | {"source": "brine"})
    assert owner.get(f"/api/heatpumps/{pump.id}/figures?from={FIRST}&to={NOW}").json["figures"][0]["known_days"] == 0
    DailyFigures(system.database, BERLIN, system.clock, system.facts_of).run(gently=False)
    found = owner.get(f"/api/heatpumps/{pump.id}/figures?from={FIRST}&to={NOW}").json["figures"][0]
    assert (found["known_days"], found["carnot_percent"]) == (20, None)  # no brine temperature is delivered


def test_a_tariff_gives_costs_from_its_day_on(owner: Visitor, pump: HeatPump) -> None:
    fields = {"since": "2025-01-01", "per_kwh": "0,30", "co2": "400"}
    assert owner.post("/tariffs/", fields).status_code == 302
    page = owner.get(f"/heatpumps/{pump.id}/analysis").text
    assert "Cost of electricity" in page
    assert "144.00" in page  # 480 kWh
    assert "192" in page  # kg CO₂


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"since": "yesterday", "per_kwh": "0.3"}, "is not a date"),
        ({"since": "2025-01-01"}, "is not a number from 0 to 10"),
        ({"since": "2025-01-01", "per_kwh": "-1"}, "is not a number from 0 to 10"),
        ({"since": "2025-01-01", "per_kwh": "nan"}, "is not a number from 0 to 10"),
        ({"since": "2025-01-01", "per_kwh": "0.3", "low_per_kwh": "0.2", "low_begin": "25"}, "from 0 to 24"),
        ({"since": "2025-01-01", "per_kwh": "0.3", "low_per_kwh": "0.2", "low_begin": "x"}, "from 0 to 24"),
    ],
)
def test_a_tariff_that_is_none_is_refused(owner: Visitor, fields: dict[str, str], said: str) -> None:
    answer = owner.post("/tariffs/", fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert owner.get("/api/tariffs").json == {"tariffs": []}


def test_a_tariff_can_be_removed_again(owner: Visitor) -> None:
    rates = [{"per_kwh": 0.2, "begin": 22, "end": 6}, {"per_kwh": 0.3}]
    made = owner.send("POST", "/api/tariffs", {"since": "2025-01-01", "prices": rates})
    assert made.status_code == 201
    assert owner.get("/api/tariffs").json["tariffs"][0]["prices"][0]["per_kwh"] == 0.2
    assert "22 to 6 o" in owner.get("/tariffs/").text
    assert owner.send("DELETE", "/api/tariffs/2025-01-01").status_code == 204
    assert owner.send("DELETE", "/api/tariffs/2025-01-01").status_code == 404


def test_a_viewer_sees_figures_and_changes_nothing(viewer: Visitor, pump: HeatPump) -> None:
    assert viewer.get(f"/heatpumps/{pump.id}/analysis").status_code == 200
    assert "What is metered" not in viewer.get(f"/heatpumps/{pump.id}/analysis").text
    assert viewer.get("/tariffs/").status_code == 403
    assert viewer.send("PUT", f"/api/heatpumps/{pump.id}/metering", METERING).status_code == 403
