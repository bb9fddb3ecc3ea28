"""What Prometheus scrapes: names, labels, types, freshness, and what a hostile name does to them."""

from __future__ import annotations

import re
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from app.config import Config
from app.polling import pipeline
from app.reading import Column, Reading
from app.services import accounts, heatpumps, metrics
from app.system import assemble
from drivers.base import Answer, Sample
from drivers.errors import Unreachable
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from tests.clocks import Clock
from tests.tools import required

NOW = 1_700_000_000
HOSTILE = 'a"b\\c } {x="1"} # ö 💥'
CIRCUIT_A = {"device_config": {"circuits": ["A"]}}
TOKEN = "0123456789abcdef"


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def watching(tmp_path, clock):
    system = assemble(Config(tmp_path, metrics_token=TOKEN), clock)
    yield system
    system.database.close()


def add(system, idm, name="Haus", port=9):
    sent = idm | {"name": name, "connection_config": {"host": "127.0.0.1", "port": port}, "enabled": False}
    pump = heatpumps.add(system, sent)
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET enabled = 1")  # nobody polls: the system is not running
    return pump


def read(system, pump, at=NOW, **values):
    columns = tuple(
        Column(sensor, "", "text" if isinstance(value, str) else "float64") for sensor, value in values.items()
    )
    reading = Reading(pump.id, at, columns, tuple(values.values()))
    pipeline.keep(system.database, reading)
    system.latest.put(reading)


def read_everything(system, pump, seed=1):
    model = system.catalogue.find(pump.manufacturer, pump.model)
    sensors = model.sensors(pump.options)
    readout = Readout(model, pump.options, Plant(seed, start=NOW))
    known = [sensor for sensor in sensors if sensor.id in readout.sensors]
    answer = Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in known})
    reading = pipeline.reading_of(pump.id, NOW, known, answer)
    pipeline.keep(system.database, reading)
    system.latest.put(reading)


def text(system):
    return metrics.page(system, "")[0].decode()


def families(system):
    return {family.name: family for family in parse(text(system))}


def values(system, name):
    """(labels, value) of every sample of this metric."""
    return [
        (sample.labels, sample.value)
        for family in families(system).values()
        for sample in family.samples
        if sample.name == name
    ]


def test_a_value_stands_with_the_four_labels(watching, idm):
    read(watching, add(watching, idm), temp_outside=-7.5)
    assert values(watching, "idm_heatpump_temp_outside") == [
        ({"heatpump_id": "hp-001", "manufacturer": "idm", "model": "navigator_2_0", "name": "Haus"}, -7.5)
    ]


def test_zero_is_a_value_and_absent_is_none(watching, idm):
    read(watching, add(watching, idm), temp_outside=0.0, temp_flow=None)
    assert [value for _, value in values(watching, "idm_heatpump_temp_outside")] == [0.0]
    assert values(watching, "idm_heatpump_temp_flow") == []


def test_a_state_is_one_and_the_others_are_zero(watching, idm):
    read(watching, add(watching, idm), operating_mode="heating")
    found = {labels["state"]: value for labels, value in values(watching, "idm_heatpump_operating_mode")}
    assert found.pop("heating") == 1
    assert set(found.values()) == {0}
    assert "off" in found


def test_a_lost_heat_pumps_values_disappear_instead_of_freezing(watching, idm, clock):
    pump = add(watching, idm)
    read(watching, pump, temp_outside=5.0, temp_hot_water_target=48.0)
    pipeline.lose(watching.database, pump.id, NOW + 30, Unreachable("gone"))
    clock.now = NOW + 90
    assert values(watching, "idm_heatpump_temp_outside") != []
    clock.now = NOW + 91
    assert "idm_heatpump" not in text(watching)
    assert [value for _, value in values(watching, "heatpump_monitor_online")] == [0]


def test_a_meter_of_the_owner_goes_on_without_keeping_a_lost_heat_pump_s_settings(watching, idm, clock):
    pump = add(watching, idm)
    read(watching, pump, temp_outside=1.0, heating_curve_circuit_a=0.6)
    clock.now += 300
    read(watching, pump, at=NOW + 300, meter_electric_power=1.5)
    text = metrics.page(watching, "")[0].decode()
    assert "meter_electric_power{" in text
    assert "heating_curve_circuit_a{" not in text


def test_a_setting_stays_as_long_as_it_is_read_in_its_own_time(watching, idm, clock):
    pump = add(watching, idm)
    read(watching, pump, temp_outside=5.0, temp_hot_water_target=48.0)
    for later in (1800, 1801):
        clock.now = NOW + later
        read(watching, pump, at=NOW + later, temp_outside=6.0)
        assert bool(values(watching, "idm_heatpump_temp_hot_water_target")) is (later == 1800)
        assert [value for _, value in values(watching, "idm_heatpump_temp_outside")] == [6.0]


def test_what_is_disabled_has_no_values(watching, idm):
    pump = add(watching, idm)
    read(watching, pump, temp_outside=5.0)
    heatpumps.change(watching, pump.id, {"enabled": False})
    assert "idm_heatpump" not in text(watching)


def test_counters_are_counters_where_their_name_says_so(watching, idm):
    read(watching, add(watching, idm), energy_heat_total=10.0, energy_heat_heating=4.0, temp_outside=1.0)
    kinds = {name: family.type for name, family in families(watching).items()}
    assert kinds["idm_heatpump_energy_heat"] == "counter"
    assert kinds["idm_heatpump_energy_heat_heating"] == "unknown"
    assert kinds["idm_heatpump_temp_outside"] == "gauge"
    assert "# TYPE idm_heatpump_energy_heat_total counter" in text(watching)


def test_help_is_the_catalogues_english_title_with_its_unit(watching, idm):
    read(watching, add(watching, idm), temp_outside=1.0)
    assert "# HELP idm_heatpump_temp_outside Outdoor temperature, °C\n" in text(watching)


@pytest.mark.parametrize("name", [HOSTILE, "\N{RIGHT-TO-LEFT OVERRIDE}x", "\\", '"', "a\nb", "{}", "\t", "\x7f"])
def test_a_hostile_name_stays_a_label(watching, idm, name):
    pump = add(watching, idm)
    with watching.database.transaction() as db:
        db.execute("UPDATE heatpumps SET name = ?", (name,))
    read(watching, pump, temp_outside=1.0)
    ((labels, value),) = values(watching, "idm_heatpump_temp_outside")
    assert (labels["name"], value) == (name, 1.0)
    assert len(values(watching, "heatpump_monitor_online")) == 1


def promtool_on(text):
    program = required("promtool", "prometheus")
    checked = subprocess.run([program, "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    return checked.returncode, (checked.stdout + checked.stderr).splitlines()


def test_promtool_finds_nothing_to_complain_about(watching, idm):
    for number, name in enumerate(("Haus", HOSTILE)):
        read_everything(watching, add(watching, idm | CIRCUIT_A, name, 10 + number), seed=number)
    assert promtool_on(text(watching)) == (0, [])


def test_promtool_only_takes_the_letters_of_circuits_for_units(watching, idm):
    """Our names are given; a circuit B looks to it like a byte, a circuit G like a gram."""
    options = {"device_config": {"circuits": list("ABCDEFG"), "zones": [str(zone) for zone in range(1, 11)]}}
    read_everything(watching, add(watching, idm | options))
    code, complaints = promtool_on(text(watching))
    assert code == 3
    for complaint in complaints:
        assert re.fullmatch(r"idm_heatpump_\w+_[b-g] metric names should not contain abbreviated units", complaint)


def test_who_asks_for_openmetrics_gets_it(watching, idm):
    read_everything(watching, add(watching, idm, HOSTILE))
    content, kind = metrics.page(watching, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert kind.startswith("application/openmetrics-text")
    names = {sample.name for family in parse_openmetrics(content.decode()) for sample in family.samples}
    assert {"idm_heatpump_temp_outside", "idm_heatpump_energy_heat_total", "heatpump_monitor_polls_waiting"} <= names


def test_the_product_tells_how_it_is_doing(watching, idm):
    read(watching, add(watching, idm), temp_outside=1.0)
    found = {name: values(watching, f"heatpump_monitor_{name}") for name in ("online", "outbox_polls", "info")}
    assert found["online"][0][1] == 1
    assert found["outbox_polls"] == [({}, 0)]
    assert set(found["info"][0][0]) == {"version"}
    assert values(watching, "heatpump_monitor_database_bytes")[0][1] > 4096
    assert values(watching, "heatpump_monitor_last_reading_timestamp_seconds")[0][1] == NOW


def test_a_catalogue_file_that_is_gone_costs_only_its_own_heat_pump(watching, idm):
    pump = add(watching, idm)
    read(watching, pump, temp_outside=1.0)
    with watching.database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'gone'")
    assert "idm_heatpump" not in text(watching)
    assert len(values(watching, "heatpump_monitor_online")) == 1


@pytest.mark.parametrize(
    ("header", "right"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer {TOKEN}", True),
        (f"Bearer {TOKEN}x", False),
        (f"Bearer {TOKEN[:-1]}", False),
        (f"Basic {TOKEN}", False),
        (TOKEN, False),
        ("Bearer ", False),
        ("Bearer", False),
        ("Bearer ö💥", False),
        ("", False),
    ],
)
def test_only_the_whole_token_opens(watching, header, right):
    assert accounts.is_the_scraper(watching, header) is right


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer", "Bearer x"])
def test_without_a_token_in_the_settings_none_opens(system, header):
    assert not accounts.is_the_scraper(system, header)
