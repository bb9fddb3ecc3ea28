"""The page of a heat pump: big numbers, the picture and its table, its days, trends, settings and what happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from app.polling import pipeline
from app.services import metering
from app.store import alert_events, alerts, outages, readings
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.base import Answer, Sample
from drivers.catalogue import Catalogue
from drivers.errors import Unreachable
from tests.web.conftest import NOW
from tests.web.control import Home
from tests.web.people import Visitor, tell
from tests.web.test_analysis_page import DAY, FIRST, live

ANSWERS = {"source": "brine", "building_pumps": False, "backup_heater": "counted", "source_pump": "counted"}


@pytest.fixture
def pump(add: Callable[..., HeatPump]) -> HeatPump:
    return add(enabled=True)


def words(html: str) -> str:
    """What a page says, without its marks."""
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")
    return re.sub(r"\s+", " ", text).strip()


def section(page: str, name: str) -> str:
    """The words of the part of a page that this heading names, or that is called so."""
    found = re.search(rf'<section[^>]*aria-(?:labelledby="{name}"|label="{name}").*?</section>', page, re.DOTALL)
    assert found is not None, name
    return words(found.group(0))


def run(system: System, pump: HeatPump, minutes: int = 40) -> None:
    """It has been heating with a COP of four."""
    for at in range(NOW - minutes * 60, NOW + 1, 60):
        told = {"power_current": 8.0, "power_current_draw": 2.0, "temp_flow": 35.2, "temp_return": 30.1}
        tell(system, pump, at, told | {"operating_mode": "heating", "compressor_on": 1})


def test_four_big_numbers_with_their_boundary(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    metering.answer(system, pump, ANSWERS)
    system.glance.refresh(gently=False)
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "At a glance")
    assert "COP of the last 30 minutes 4.00" in said
    assert "H3: with backup heater" in said
    assert "Electricity now 2.00 kW" in said
    assert "Heat now 8.00 kW" in said
    assert "Flow 35.2 °C" in said
    assert "Return 30.1 °C" in said


def test_an_own_meter_is_the_one_that_counts(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    sensor = system.meters.sensors["meter_electric_power"]
    metered = pipeline.reading_of(pump.id, NOW, [sensor], Answer({sensor.id: Sample(1.6, None)}))
    with system.database.transaction() as db:
        readings.add(db, metered)
    system.latest.put(metered)
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "At a glance")
    assert "Electricity now 1.60 kW" in said


def test_what_is_not_told_is_a_dash_and_no_zero(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW, {"temp_outside": 3.0, "temp_flow": None})
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "At a glance")
    assert "COP of the last 30 minutes – less than 15 of the last 30 minutes are known" in said
    assert "Flow –" in said
    assert "0.00" not in said
    assert "its power is not measured" in said


@pytest.mark.parametrize(("age", "old"), [(3600, False), (3601, True)])
def test_after_an_hour_the_time_of_the_last_update_stands_in_their_place(
    owner: Visitor, system: System, pump: HeatPump, age: int, old: bool
) -> None:
    tell(system, pump, NOW - age, {"temp_flow": 35.0})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert ("data-headline data-old>" in page) is old
    assert page.count("Last update") == 1
    assert owner.get(f"/api/data/{pump.id}").json["picture"]["old"] is old


def test_the_picture_says_what_it_shows_as_a_table(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "machine-title")
    assert "Heating: the compressor runs." in said
    assert "What it takes its heat from is not known. Say it" in said
    assert "Heat pump Flow temperature 35.2 °C" in said
    assert "Heat pump Compressor On" in said
    assert "Hot water" not in said


def test_the_picture_draws_what_there_is_and_nothing_else(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    page = owner.get(f"/heatpumps/{pump.id}").text
    parts = set(re.findall(r'data-part="(\w+)"', page))
    assert {"source", "compressor", "circuit_a"} <= parts
    assert not {"hot_water", "buffer", "backup", "booster", "circuit_c"} & parts
    tell(system, pump, NOW, {"temp_hot_water": 48.1, "temp_buffer": 33.0})
    metering.answer(system, pump, ANSWERS)
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert {"hot_water", "buffer"} <= set(re.findall(r'data-part="(\w+)"', page))
    assert "Ground (brine)" in section(page, "machine-title")


def test_the_live_values_carry_what_moves_the_picture(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    told = owner.get(f"/api/data/{pump.id}").json["picture"]
    assert (told["state"], told["text"], told["running"]) == ("heating", "Heating", True)
    assert {"compressor", "source", "circuit_a"} <= set(told["on"])
    assert told["tones"]["flow"] == "t5"
    drawn = set(re.findall(r'data-warm-of="(\w+)"', owner.get(f"/heatpumps/{pump.id}").text))
    assert drawn == set(told["tones"])
    with system.database.transaction() as db:
        outages.begin(db, pump.id, NOW - 60, Unreachable("%(address)s closed the connection", address="127.0.0.1:9"))
    told = owner.get(f"/api/data/{pump.id}").json["picture"]
    assert (told["state"], told["on"], set(told["tones"].values())) == ("offline", [], {"none"})


def test_a_heat_pump_without_a_model_has_no_picture(
    owner: Visitor, system: System, pump: HeatPump, tmp_path: Path
) -> None:
    system.catalogue = Catalogue(tmp_path)
    assert owner.get(f"/api/data/{pump.id}").json["picture"] is None
    page = owner.get(f"/heatpumps/{pump.id}")
    assert page.status_code == 200
    assert "data-machine" not in page.text


def test_the_last_thirty_days_lead_to_their_day_and_gaps_are_said(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    live(system, pump, FIRST, 5)
    live(system, pump, FIRST + 8 * DAY, 3)
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert f'href="/heatpumps/{pump.id}/analysis?period=2025-11-04" aria-label="4 Nov: electricity 24.0 kWh' in page
    assert "period=2025-11-07" not in page
    assert "Of 22 of these days nothing is known; they are gaps." in section(page, "month-title")
    assert "6 Nov – – –" in section(page, "month-title")


def test_without_a_closed_day_there_are_no_bars(owner: Visitor, system: System, pump: HeatPump) -> None:
    run(system, pump)
    assert "month-title" not in owner.get(f"/heatpumps/{pump.id}").text


def test_a_day_has_an_analysis_of_its_own(owner: Visitor, system: System, pump: HeatPump) -> None:
    live(system, pump, FIRST, 5)
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11-04").text
    assert "Tuesday, 4 November 2025" in page
    assert "COP of the day" in page
    assert "Electricity by the hour" in page
    assert page.count("<title>") >= 24
    assert 'href="?period=2025-11-03"' in page
    assert 'href="?period=2025-11-05"' in page
    assert 'href="?period=2025-11"' in page
    assert 'href="?period=2025-11-04"' in owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text


@pytest.mark.parametrize("period", ["2025-11-31", "2025-02-29", "0001-01-01", "9999-12-31", "2025-11-4", "²025-11-04"])
def test_a_day_that_is_none_shows_the_year_under_way(owner: Visitor, pump: HeatPump, period: str) -> None:
    page = owner.get(f"/heatpumps/{pump.id}/analysis", query_string={"period": period})
    assert page.status_code == 200
    assert "<strong>2025</strong>" in page.text


@pytest.mark.parametrize("period", ["2024-02-29", "1971-01-02", "2025-03-30", "2025-10-26"])
def test_odd_days_are_days(owner: Visitor, system: System, pump: HeatPump, period: str) -> None:
    live(system, pump, FIRST, 1)
    assert owner.get(f"/heatpumps/{pump.id}/analysis", query_string={"period": period}).status_code == 200


def test_trends_are_the_hourly_means_of_all_numbers_at_once(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW - 7200, {"temp_outside": 2.0, "heating_curve_circuit_a": 0.6, "operating_mode": "heating"})
    tell(system, pump, NOW - 7100, {"temp_outside": 4.0})
    tell(system, pump, NOW, {"temp_outside": -1.5, "heating_curve_circuit_a": 0.6})
    told = owner.get(f"/api/heatpumps/{pump.id}/trends").json
    assert told["to"] - told["from"] == 86_400
    assert set(told["trends"]) == {"temp_outside"}  # a word has none, and a setting that stays tells nothing
    assert told["trends"]["temp_outside"] == [None] * 21 + [3.0, None, -1.5]
    tell(system, pump, NOW - 3700, {"heating_curve_circuit_a": 0.7})
    assert "heating_curve_circuit_a" in owner.get(f"/api/heatpumps/{pump.id}/trends").json["trends"]


def test_trends_of_a_heat_pump_that_was_never_read_are_none(owner: Visitor, pump: HeatPump) -> None:
    assert owner.get(f"/api/heatpumps/{pump.id}/trends").json["trends"] == {}
    assert owner.get("/api/heatpumps/hp-999/trends").status_code == 404


def test_the_page_has_the_settings_that_are_changed_most(home: Home) -> None:
    home.house.poll()
    page = home.owner.get("/heatpumps/hp-001").text
    said = section(page, "settings-title")
    assert "Target hot water temperature" in said
    assert "Allowed: 0 to 30 °C" in said
    assert "24 of 24 left in 24 hours" in said
    assert re.search(r"All \d+ settings", said)
    assert 'action="/heatpumps/hp-001/settings/temp_hot_water_target"' in page
    assert "Change …" not in section(home.viewer.get("/heatpumps/hp-001").text, "settings-title")
    assert home.house.writes() == []


def test_where_a_model_has_none_of_the_usual_settings_others_stand_in(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(manufacturer="luxtronik", model="luxtronik_2_1", device_config={}, enabled=True)
    told = {"disinfection_monday": 1, "temp_hot_water_setting": 48.0, "hot_water_hysteresis": 2.0, "temp_outside": 3.0}
    tell(system, pump, NOW, told)
    page = owner.get(f"/heatpumps/{pump.id}").text
    sent = re.findall(rf'action="/heatpumps/{pump.id}/settings/(\w+)"', page)
    assert sent == ["temp_hot_water_setting", "hot_water_hysteresis", "disinfection_monday"]


def test_what_happened_stands_in_one_list_the_newest_first(home: Home) -> None:
    home.house.poll()
    home.house.set("temp_hot_water_target", 25)
    home.house.later(700)
    home.house.poll()
    home.house.later(700)
    home.house.server.holding[1] = (28,)
    home.house.poll()
    page = home.owner.get("/heatpumps/hp-001").text
    said = section(page, "activity-title")
    assert "Changed at the unit: Target hot water temperature 25 °C → 28 °C" in said
    assert "Target hot water temperature: 20 °C → 25 °C, set by berta Confirmed" in said
    assert said.index("Changed at the unit") < said.index("set by berta")
    assert said.count("Target hot water temperature") == 2


def test_an_alert_is_told_when_it_opens_and_when_it_is_over(
    owner: Visitor, system: System, pump: HeatPump, add: Callable[..., HeatPump]
) -> None:
    other = add("Other")
    with system.database.transaction() as db:
        rule = alerts.all_of_them(db)[0]
        for each in (pump, other):
            event = alert_events.open_new(db, rule, each.id, (), NOW - 600, NOW - 500)
        alert_events.close(db, event.id, NOW - 100, "recovered")
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "activity-title")
    assert said.count("Alert:") == 1
    assert "Alert over:" not in said
    said = section(owner.get(f"/heatpumps/{other.id}").text, "activity-title")
    assert said.index("Alert over:") < said.index("Alert:")


def test_without_anything_it_says_so(owner: Visitor, pump: HeatPump) -> None:
    said = section(owner.get(f"/heatpumps/{pump.id}").text, "activity-title")
    assert "No alert, no write and no change at the unit so far." in said


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("", "Now"),
        ("/analysis", "Analysis"),
        ("/meters", "Analysis"),
        ("/settings", "Settings"),
        ("/settings-log", "Settings"),
        ("/settings/system_mode", "Settings"),
        ("/anomalies", "Anomalies"),
        ("/export", "Now"),
        ("/edit", "Edit"),
    ],
)
def test_every_page_of_a_heat_pump_has_the_same_tabs(owner: Visitor, pump: HeatPump, path: str, here: str) -> None:
    page = owner.get(f"/heatpumps/{pump.id}{path}", query_string={"value": "automatic"}).text
    tabs = re.search(r'<nav class="tabs tabs-of-one".*?</nav>', page, re.DOTALL)
    assert tabs is not None
    assert words(tabs.group(0)) == "Now Dashboards Analysis Settings Anomalies Edit"
    marked = re.findall(r'aria-current="page">(\w+)<', tabs.group(0))
    assert marked == [here]


def test_registers_have_a_tab_where_a_machine_has_a_list_of_them(
    owner: Visitor, viewer: Visitor, add: Callable[..., HeatPump]
) -> None:
    nibe = add(manufacturer="nibe", model="s_series", device_config={})
    assert f'href="/heatpumps/{nibe.id}/registers"' in owner.get(f"/heatpumps/{nibe.id}").text
    seen = viewer.get(f"/heatpumps/{nibe.id}").text
    assert f"/heatpumps/{nibe.id}/registers" not in seen
    assert f"/heatpumps/{nibe.id}/edit" not in seen
