"""The page of a heat pump: everything it says, and what to make of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape

import pytest

from app.polling.reader import Last
from app.services import values
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import BadAnswer, Unreachable
from drivers.sensor import Sensor
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell


@pytest.fixture
def pump(add: Callable[..., HeatPump]) -> HeatPump:
    return add(enabled=True)


def row(page: str, title: str) -> str:
    """The text of one row of the values."""
    found = re.search(rf'<div class="row-value[^"]*">\s*<dt>\s*{re.escape(title)}\b(.*?)</div>', page, re.DOTALL)
    assert found is not None, title
    text = unescape(re.sub(r"<[^>]+>", " ", found.group(1))).replace("\xa0", " ")
    return re.sub(r"\s+", " ", text).strip()


def test_values_stand_in_their_category_with_unit_and_word(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW, {"temp_outside": 3.456, "operating_mode": "hot_water", "compressor_on": 1, "error_code": 0})
    page = owner.get(f"/heatpumps/{pump.id}").text
    values_at = page.index("All values")
    places = [page.index(f"<h3>{title}</h3>", values_at) for title in ("Operation", "Temperatures", "Compressor")]
    assert places == sorted(places)
    assert row(page, "Outdoor temperature") == "3.5 °C"
    assert row(page, "Operating mode") == "Hot water"
    assert row(page, "Compressor") == "On"
    assert row(page, "Error code") == "0"


def test_absent_values_are_folded_away_and_counted(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW, {"temp_hot_water": 48.0, "temp_hot_water_bottom": None})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert re.search(r"<summary>\d+ not fitted</summary>", page)
    assert row(page, "Hot water tank bottom (B41").endswith("– °C")


def test_a_setting_names_its_limits(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW, {"heating_curve_circuit_a": 0.6, "system_mode": "automatic"})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert row(page, "Heating curve circuit A") == "Setting: 0.1 to 3.5 0.60"
    assert "Setting: Standby, Automatic, Away, Hot water only, Heating and cooling only" in row(page, "System mode")


def test_a_derived_value_says_what_it_was_derived_from(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add(manufacturer="daikin", model="altherma_homehub", device_config={}, enabled=True)
    tell(system, pump, NOW, {"power_current": 5.8154, "operating_mode": None, "temp_return": 30.0})
    page = owner.get(f"/heatpumps/{pump.id}").text
    origin = "Derived from: Flow rate, Flow temperature, Return temperature. Reckoned for pure water; with glycol it"
    assert row(page, "Thermal output now").startswith(f"derived ({origin}")
    assert row(page, "Thermal output now").endswith("5.82 kW")
    assert "derived" not in row(page, "Return temperature")
    told = owner.get(f"/api/data/{pump.id}").json
    assert set(told["derived"]) == {"power_current", "operating_mode"}
    assert told["derived"]["power_current"] == ["flow_rate", "temp_flow", "temp_return"]
    assert "derived" not in owner.get(f"/api/data/{pump.id}?sensors=temp_return").json


def test_a_register_of_one_source_is_marked(owner: Visitor, system: System, pump: HeatPump) -> None:
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    lonely = next(sensor for sensor in model.sensors(pump.options) if not sensor.confirmed and not sensor.states)
    tell(system, pump, NOW, {lonely.id: 1.0, "temp_outside": 1.0})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert "unconfirmed" in row(page, lonely.title.en)
    assert "unconfirmed" not in row(page, "Outdoor temperature")


def test_a_value_older_than_the_last_poll_tells_its_time(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW - 600, {"heating_curve_circuit_a": 0.6})
    tell(system, pump, NOW, {"temp_outside": 1.0})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert row(page, "Heating curve circuit A").endswith("0.60 13:53")
    assert row(page, "Outdoor temperature") == "1.0 °C"


def test_a_problem_is_told_with_its_reason_in_place_of_the_value(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    tell(system, pump, NOW, {"power_current_draw": None, "temp_outside": 1.0})
    reader = system.poller.reader(pump.id)
    assert reader is not None
    problem = BadAnswer("%(sensor)s: %(value)s is implausible", sensor="power_current_draw", value=37.2)
    reader.last = Last(NOW, 1.0, 40, {"power_current_draw": problem})
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert row(page, "Electrical input now") == "Electrical input now: 37.2 is implausible – kW"
    assert owner.get(f"/api/data/{pump.id}").json["problems"] == {
        "power_current_draw": "power_current_draw: 37.2 is implausible"
    }


def test_an_outage_that_is_over_is_mentioned_for_a_day(owner: Visitor, system: System, pump: HeatPump) -> None:
    reason = Unreachable("%(address)s closed the connection", address="127.0.0.1:9")
    lose(system, pump, NOW - 7200, reason, until=NOW - 3600)
    tell(system, pump, NOW, {"temp_outside": 1.0})
    mentioned = "It could not be read from 12:03 to 13:03: 127.0.0.1:9 closed the connection"
    assert mentioned in owner.get(f"/heatpumps/{pump.id}").text
    system.clock = lambda: NOW + 86_400
    assert mentioned not in owner.get(f"/heatpumps/{pump.id}").text


def test_before_the_first_reading_the_page_says_so(owner: Visitor, pump: HeatPump) -> None:
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert "Waiting for the first answer" in page
    assert "Nothing was read yet." in page


def chosen(page: str) -> list[str]:
    """The ticked sensors of the chart."""
    return re.findall(r'name="sensor" value="([^"]+)" checked', page)


def test_at_first_the_chart_shows_what_the_model_proposes_and_the_machine_has(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    tell(system, pump, NOW, {"temp_outside": 1.0, "temp_flow": None, "temp_return": 28.0, "power_current": 3.0})
    assert chosen(owner.get(f"/heatpumps/{pump.id}?dashboard=free").text) == ["temp_outside", "temp_return"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("sensors=power_current,temp_outside", {"power_current", "temp_outside"}),
        ("sensor=power_current&sensor=temp_outside", {"power_current", "temp_outside"}),
        ("sensors=power_current,nonsense,temp_flow_circuit_g", {"power_current"}),
        ("dashboard=free&sensors=nonsense", {"temp_outside"}),
        ("dashboard=free&sensors=", {"temp_outside"}),
        ("sensors=" + ",".join(["temp_outside"] * 500), {"temp_outside"}),
    ],
)
def test_the_address_keeps_what_the_chart_shows(
    owner: Visitor, system: System, pump: HeatPump, query: str, wanted: set[str]
) -> None:
    tell(system, pump, NOW, {"temp_outside": 1.0, "power_current": 3.0})
    assert set(chosen(owner.get(f"/heatpumps/{pump.id}?{query}").text)) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"), [("7d", "7d"), ("30d", "30d"), ("1y", "1y"), ("", "24h"), ("9y", "24h"), ("<b>", "24h")]
)
def test_the_address_keeps_the_period(owner: Visitor, pump: HeatPump, query: str, wanted: str) -> None:
    assert f'data-range="{wanted}"' in owner.get(f"/heatpumps/{pump.id}?range={query}").text


def test_the_page_tells_its_script_how_to_write_every_value(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW, {"temp_outside": 1.0, "operating_mode": "heating"})
    page = owner.get(f"/heatpumps/{pump.id}").text
    recipes = [json.loads(unescape(each)) for each in re.findall(r"data-show='([^']+)'", page)]
    by_id = {each["id"]: each for recipe in recipes for each in recipe}
    assert by_id["temp_outside"]["unit"] == "°C"
    assert by_id["temp_outside"]["decimals"] == 1
    assert by_id["operating_mode"]["words"]["heating"] == "Heating"
    assert by_id["compressor_on"]["words"] == {"0": "Off", "1": "On"}


def test_every_sensor_of_the_catalogue_can_be_shown(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    everything = {name: list(option.choices) for name, option in model.options.items()}
    pump = add("Everything", enabled=True, device_config=everything)
    sensors = model.sensors(pump.options)
    tell(system, pump, NOW, {sensor.id: _example(sensor) for sensor in sensors})
    for language in ("de", "en"):
        owner.post("/language", {"language": language})
        page = owner.get(f"/heatpumps/{pump.id}").text
        for sensor in sensors:
            assert unescape(page).count(sensor.title[language]) >= 1


def _example(sensor: Sensor) -> float | int | str:
    if sensor.states:
        return next(iter(sensor.states.values()))
    return 1.5 if values.decimals(sensor) else 1
