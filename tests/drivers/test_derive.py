"""What follows from other sensors: one rule each, computed for every protocol, and silent when it cannot know."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.polling.pipeline import storage_of
from drivers.base import Answer, Connection, Driver, Sample, Value, simulated_place
from drivers.derive import with_derived
from drivers.errors import BadAnswer, BadCatalogue, DriverError, NotOffered, OutOfRange, Refused
from drivers.model import Model
from drivers.model_file import load_model
from drivers.registry import Drivers
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from drivers.viessmann_account import Accounts
from tests.catalogue import CATALOGUE, named
from tests.servers import LOOPBACK, ModbusServer

PATIENT_S = 5.0
FILE = """
manufacturer: acme
manufacturer_title: Acme
model: one
title: Acme One
driver: modbus_tcp
connection: {port: 502, unit_id: 1}
capabilities: {heating: true}
setup: {de: Einschalten, en: Switch on}
sources: {manual: the manual, sweep: a sweep}
defaults: {sources: [manual, sweep], absent: {int16: [-32768], uint16: [65535]}}
options:
  circuits: {title: {de: Kreise, en: Circuits}, choices: [A], default: []}
sensors:
  temp_flow: {at: 0, type: int16, scale: 0.1}
  temp_return: {at: 1, type: int16, scale: 0.1}
  flow_rate: {at: 2, type: uint16, optional: true}
  compressor_on: {at: 3, type: uint16}
  valve: {at: 4, type: uint16, states: {0: heating, 1: hot_water}, title: {de: Ventil, en: Valve}, category: state}
  defrost: {at: 10, type: uint16, optional: true}
  power_input: {at: 20, type: uint16, title: {de: P, en: P}, unit: W, category: power}
  heat_mwh: {at: 30, type: uint16, title: {de: M, en: M}, unit: MWh, category: energy, kind: counter}
  heat_kwh: {at: 31, type: uint16, title: {de: K, en: K}, unit: kWh, category: energy, kind: counter}
  energy_electric_heating: {at: 40, type: uint16, tier: slow}
  energy_electric_hot_water: {at: 50, type: uint16, sources: [manual], plausible: {max: 9000}}
  energy_electric_cooling: {at: 60, type: uint16, optional: true, tier: slow}
  pulse: {at: 70, type: uint16, title: {de: Puls, en: Pulse}, category: state, readable: false}
repeat:
  - over: {circuit: circuits}
    sensors:
      "temp_flow_circuit_{circuit}": {at: {from: 80, step: {circuit: 1}}, type: int16, scale: 0.1}
derived:
  operating_mode:
    first_match:
      - {when: {defrost: 1}, then: defrost}
      - {when: {compressor_on: 0}, then: standby}
      - {when: {compressor_on: 1, valve: [hot_water]}, then: hot_water}
      - {when: {compressor_on: 1, power_current: {from: 0.1}}, then: heating}
      - {when: {compressor_on: 1, power_current: {to: -0.1}}, then: cooling}
    may_be_absent: [defrost]
  backup_heater: {first_match: [{when: {power_current_draw: {from: 5}}, then: 1}], otherwise: 0}
  power_current: {thermal_power: {flow_rate: flow_rate, temp_flow: temp_flow, temp_return: temp_return}}
  power_current_draw: {converted: power_input}
  energy_heat_total: {pair: {whole: heat_mwh, rest: heat_kwh}}
  energy_electric_total:
    {sum: [energy_electric_heating, energy_electric_hot_water, energy_electric_cooling],
     may_be_absent: [energy_electric_cooling]}
  spread:
    {difference: {of: temp_flow, less: temp_return}, title: {de: Spreizung, en: Spread}, unit: K, category: temperature}
  spread_circuit_a:
    {difference: {of: temp_flow_circuit_a, less: temp_return}, title: {de: S A, en: S A}, unit: K, category: circuits}
dashboard: []
"""
GOOD: dict[str, Value] = {
    "temp_flow": 35.0,
    "temp_return": 30.0,
    "flow_rate": 1000,
    "compressor_on": 1,
    "valve": "heating",
    "defrost": 0,
    "power_input": 1234,
    "heat_mwh": 12,
    "heat_kwh": 345,
    "energy_electric_heating": 100,
    "energy_electric_hot_water": 50,
    "energy_electric_cooling": 7,
}
GARBAGE = BadAnswer("%(sensor)s: garbage", sensor="it")
LACKING = NotOffered("%(sensor)s: this machine does not offer it", sensor="it")
BUSY = Refused("busy")


def written(folder: Path, text: str) -> Path:
    path = folder / "acme_one.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return load_model(written(tmp_path, FILE))


def followed(
    model: Model, sensor_id: str, values: dict[str, Value], problems: dict[str, DriverError] | None = None
) -> tuple[Value, DriverError | None]:
    samples = {name: Sample(value, None) for name, value in (GOOD | values).items()}
    answer = with_derived(model.sensors({}), Answer(samples, problems or {}))
    return answer.samples[sensor_id].value, answer.problems.get(sensor_id)


@pytest.mark.parametrize(
    ("sensor_id", "values", "expected"),
    [
        ("operating_mode", {}, "heating"),
        ("operating_mode", {"valve": "hot_water"}, "hot_water"),
        ("operating_mode", {"defrost": 1}, "defrost"),
        ("operating_mode", {"compressor_on": 0, "valve": None}, "standby"),
        ("operating_mode", {"temp_flow": 25.0}, "cooling"),
        ("operating_mode", {"defrost": None}, "heating"),
        ("operating_mode", {"defrost": None, "valve": None}, None),
        ("operating_mode", {"compressor_on": None}, None),
        ("operating_mode", {"flow_rate": None}, None),
        ("operating_mode", {"flow_rate": None, "valve": "hot_water"}, "hot_water"),
        ("backup_heater", {}, 0),
        ("backup_heater", {"power_input": 5000}, 1),
        ("backup_heater", {"power_input": None}, None),
        ("power_current", {}, 5.815),
        ("power_current", {"flow_rate": 0, "temp_flow": 25.0}, 0.0),
        ("power_current", {"temp_flow": 26.0}, -4.652),
        ("power_current", {"temp_return": None}, None),
        ("power_current_draw", {}, 1.234),
        ("power_current_draw", {"power_input": 0}, 0.0),
        ("energy_heat_total", {}, 12_345.0),
        ("energy_heat_total", {"heat_kwh": 1000}, None),
        ("energy_heat_total", {"heat_kwh": None}, None),
        ("energy_electric_total", {}, 157.0),
        ("energy_electric_total", {"energy_electric_cooling": None}, 150.0),
        ("energy_electric_total", {"energy_electric_heating": None}, None),
        ("spread", {}, 5.0),
        ("spread", {"temp_flow": None}, None),
    ],
)
def test_a_value_follows_from_its_inputs(
    sensor_id: str, values: dict[str, Value], expected: Value, model: Model
) -> None:
    assert followed(model, sensor_id, values)[0] == expected


def test_an_input_that_went_wrong_is_never_taken_for_one_that_is_not_fitted(model: Model) -> None:
    for problem in (GARBAGE, BUSY):
        absent: dict[str, Value] = {"energy_electric_cooling": None, "defrost": None}
        wrong = dict.fromkeys(absent, problem)
        assert followed(model, "energy_electric_total", absent, wrong)[0] is None
        assert followed(model, "operating_mode", absent, wrong)[0] is None
        _, why = followed(model, "energy_electric_total", absent, wrong)
        assert str(why) == ("energy_electric_total: energy_electric_cooling, from which it is derived, has no value")
    assert followed(model, "energy_electric_total", absent, dict.fromkeys(absent, LACKING)) == (150.0, None)
    assert followed(model, "operating_mode", absent, dict.fromkeys(absent, LACKING)) == ("heating", None)


def test_what_the_machine_does_not_offer_makes_no_fault_of_what_follows(model: Model) -> None:
    value, why = followed(model, "power_current", {"flow_rate": None}, {"flow_rate": LACKING})
    assert value is None
    assert isinstance(why, NotOffered)
    assert model.every_sensor["power_current"].optional


def test_a_case_that_no_rule_knows_is_said_to_be_unknown(model: Model) -> None:
    value, why = followed(model, "operating_mode", {"flow_rate": 0})
    assert value is None
    assert "no rule fits defrost 0, compressor_on 1, valve heating, power_current 0.0" in str(why)


def test_what_follows_from_what_was_not_asked_for_is_left_out(model: Model) -> None:
    samples = {name: Sample(value, None) for name, value in GOOD.items() if name != "energy_electric_cooling"}
    answer = with_derived(model.sensors({}), Answer(samples))
    assert "energy_electric_total" not in answer.samples
    assert answer.values["power_current"] == 5.815


def test_a_derived_sensor_says_what_it_is(model: Model) -> None:
    total = model.every_sensor["energy_electric_total"]
    assert total.derived is not None
    assert total.derived.inputs == ("energy_electric_heating", "energy_electric_hot_water", "energy_electric_cooling")
    assert (total.unit, total.kind, total.title.en) == ("kWh", "counter", "Electricity, total")
    assert total.tier == "slow", "as soon as one input is"
    assert total.sources == ("manual", "sweep")
    assert not total.confirmed, "as soon as one input is not"
    assert (total.optional, total.write) == (False, None)
    assert storage_of(total) == "float64"
    mode = model.every_sensor["operating_mode"]
    assert (mode.tier, mode.kind, storage_of(mode), mode.confirmed) == ("fast", "state", "text", True)
    assert mode.state_titles["hot_water"].de == "Warmwasser"


def test_it_belongs_to_the_parts_of_its_inputs(model: Model) -> None:
    assert "spread_circuit_a" not in {sensor.id for sensor in model.sensors({})}
    assert "spread_circuit_a" in {sensor.id for sensor in model.sensors({"circuits": ("A",)})}


# ── On the wire ──


WORDS = {
    **{0: (350,), 1: (300,), 2: (1000,), 3: (1,), 4: (0,), 10: (0,), 20: (1234,), 30: (12,), 31: (345,)},
    **{40: (100,), 50: (50,), 60: (7,)},
}


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    with ModbusServer(holding=WORDS) as server:
        yield server


@pytest.fixture
def driver(model: Model, server: ModbusServer) -> Iterator[Driver]:
    driver = Drivers().open(model, Connection(LOOPBACK, server.port, 1, PATIENT_S))
    yield driver
    driver.close()


def test_a_poll_brings_registers_and_what_follows_from_them(model: Model, driver: Driver) -> None:
    answer = driver.read(model.sensors({}))
    assert list(answer.samples) == [sensor.id for sensor in model.sensors({})]
    assert answer.problems == {}
    assert answer.values["operating_mode"] == "heating"
    assert answer.values["energy_electric_total"] == 157.0
    assert answer.samples["power_current"] == Sample(5.815, None)


def test_a_fast_poll_leaves_alone_what_follows_from_settings(
    model: Model, driver: Driver, server: ModbusServer
) -> None:
    answer = driver.read(model.sensors({}, ("fast",)))
    assert "energy_electric_total" not in answer.samples
    assert answer.values["operating_mode"] == "heating"
    assert not {40, 60} & {at for at, _ in server.asked()}


def test_what_one_derived_value_needs_is_read_with_it(model: Model, driver: Driver, server: ModbusServer) -> None:
    answer = driver.read([model.every_sensor["operating_mode"]])
    assert answer.values == {"operating_mode": "heating"}
    assert {at for at, _ in server.asked()} == {0, 2, 3, 10}


def test_a_register_that_the_machine_lacks_is_named_in_what_follows(
    model: Model, driver: Driver, server: ModbusServer
) -> None:
    del server.holding[2], server.holding[60], server.holding[10]
    answer = driver.read(model.sensors({}))
    assert answer.values["power_current"] is None
    assert answer.values["energy_electric_total"] == 150.0
    assert isinstance(answer.problems["power_current"], NotOffered)
    assert "flow_rate, from which it is derived" in str(answer.problems["power_current"])


def test_an_implausible_addend_makes_no_smaller_sum(model: Model, driver: Driver, server: ModbusServer) -> None:
    server.holding[50] = (9_500,)
    answer = driver.read(model.sensors({}))
    assert answer.values["energy_electric_total"] is None
    assert "energy_electric_hot_water, from which it is derived" in str(answer.problems["energy_electric_total"])


def test_a_derived_sensor_is_never_written(model: Model, driver: Driver, server: ModbusServer) -> None:
    with pytest.raises(OutOfRange, match="power_current cannot be written"):
        driver.write(model.every_sensor["power_current"], 3.0)
    assert server.requests == []


@pytest.mark.parametrize("name", [model.name for model in CATALOGUE])
def test_every_simulated_machine_tells_its_operating_mode(name: str, tmp_path: Path) -> None:
    model = named(name)
    options = model.default_options()
    simulator = simulator_of(model, options, Plant(1, start=1_705_276_800))
    host, port = simulator.host, simulator.start()
    place = simulated_place(host, port) if model.connection.is_cloud else {"host": host, "port": port}
    usual = {**model.connection.settings, "timeout": PATIENT_S}
    driver = Drivers(accounts=Accounts(tmp_path, time.time)).open(model, Connection.of(usual | place))
    try:
        answer = driver.read([sensor for sensor in model.sensors(options) if sensor.derived or sensor.tier == "fast"])
    finally:
        driver.close()
        simulator.stop()
    assert answer.values["operating_mode"] in set(model.every_sensor["operating_mode"].states.values())


# ── A broken file ──

DRAW = "power_current_draw: {converted: power_input}"
PAIR = "pair: {whole: heat_mwh, rest: heat_kwh}"
WATER = "thermal_power: {flow_rate: flow_rate, temp_flow: temp_flow, temp_return: temp_return}"
DIFFERENCE = "difference: {of: temp_flow, less: temp_return}"
SPREAD = f"{DIFFERENCE}, title: {{de: Spreizung, en: Spread}}, unit: K, category: temperature"
BROKEN = {
    "the input is unknown": (DRAW, DRAW.replace("power_input", "power_output"), "'power_output' is not one of the"),
    "the input is never read": (DRAW, DRAW.replace("power_input", "pulse"), "pulse is never read"),
    "it is a register as well": ("  valve:", "  power_current_draw: {at: 99, type: int16}\n  valve:", "stands twice"),
    "it stands twice": (DRAW, f"{DRAW}\n  {DRAW}", "stands twice"),
    "it follows from itself": (DRAW, "power_current_draw: {converted: power_current_draw}", "is a circle"),
    "two follow from each other": (
        f"energy_heat_total: {{{PAIR}}}",
        "energy_heat_total: {converted: energy_heat_heating}\n  energy_heat_heating: {converted: energy_heat_total}",
        "is a circle",
    ),
    "units do not lead to each other": (
        DRAW,
        DRAW.replace("power_input", "heat_kwh"),
        "heat_kwh is in kWh, which does not lead to kW",
    ),
    "a sum of unlike quantities": (PAIR, "sum: [heat_kwh, power_input]", "power_input is in W, which does not lead to"),
    "a sum of one": (PAIR, "sum: [heat_kwh]", "two or more"),
    "a sum of one and itself": (PAIR, "sum: [heat_kwh, heat_kwh]", "two or more"),
    "a sum of a state": (PAIR, "sum: [heat_kwh, valve]", "valve is a state"),
    "no rule": (DRAW, "power_current_draw: {note: nothing}", "exactly one rule"),
    "two rules": (DRAW, "power_current_draw: {converted: power_input, sum: [power_input, flow_rate]}", "exactly one"),
    "an unknown rule": (DRAW, "power_current_draw: {product: [power_input]}", "product"),
    "otherwise without rows": (DRAW, "power_current_draw: {converted: power_input, otherwise: 0}", "first_match"),
    "heat of what is no temperature": (
        WATER,
        WATER.replace("temp_flow: temp_flow", "temp_flow: power_input"),
        "power_input is in W, which is not °C",
    ),
    "heat of what is no flow": (
        WATER,
        WATER.replace("flow_rate: flow_rate", "flow_rate: power_input"),
        "power_input is in W, which does not lead to l/h",
    ),
    "heat in another unit": (SPREAD, SPREAD.replace(DIFFERENCE, WATER), "thermal_power is in kW, not in K"),
    "a difference of temperatures as a temperature": (SPREAD, SPREAD.replace("unit: K", "unit: °C"), "is in K"),
    "a sum of temperatures": (
        SPREAD,
        SPREAD.replace(DIFFERENCE, "sum: [temp_flow, temp_return]").replace("unit: K", "unit: °C"),
        "temperatures have none",
    ),
    "a state that no vocabulary has": ("then: cooling}", "then: freezing}", "'freezing' has no title"),
    "a switch that is neither on nor off": ("then: 1}], otherwise: 0", "then: 2}], otherwise: 0", "2 is not 0 or 1"),
    "a number by first match": (
        DRAW,
        "power_current_draw: {first_match: [{when: {valve: heating}, then: 1}]}",
        "number",
    ),
    "a state by a sum": (
        "first_match: [{when: {power_current_draw: {from: 5}}, then: 1}], otherwise: 0",
        "converted: compressor_on",
        "switch",
    ),
    "a word that the sensor cannot say": (
        "[hot_water]",
        "[cooling]",
        "valve: 'cooling' is not one of heating, hot_water",
    ),
    "a number where a word is said": ("[hot_water]", "[1]", "valve: 1 is not what it says (words)"),
    "a word where a number is said": ("{defrost: 1}", "{defrost: running}", "'running' is not what it says (numbers)"),
    "a range of words": ("[hot_water]", "{from: 1}", "valve is a state, and has no range"),
    "a range without an end": ("{from: 0.1}", "{}", "a range needs from or to"),
    "no word at all": ("[hot_water]", "[]", "none of nothing"),
    "a row without a condition": ("{when: {defrost: 1}, then", "{when: {}, then", "a row needs a condition"),
    "what may be absent is no input": ("may_be_absent: [defrost]", "may_be_absent: [flow_rate]", "may_be_absent"),
    "what may be absent is needed": (
        DRAW,
        DRAW.replace("input}", "input, may_be_absent: [power_input]}"),
        "may_be_absent",
    ),
    "a shared word gets a unit of its own": (
        DRAW,
        DRAW.replace("input}", "input, unit: W}"),
        "come from vocabulary.yaml",
    ),
    "a word of its own has no title": (SPREAD, DIFFERENCE, "needs a title and a category of its own"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_derived_sensor_that_breaks_a_rule_is_refused_with_file_and_reason(rule: str, tmp_path: Path) -> None:
    stands, instead, expected = BROKEN[rule]
    assert stands in FILE
    with pytest.raises(BadCatalogue) as refusal:
        load_model(written(tmp_path, FILE.replace(stands, instead, 1)))
    assert str(refusal.value).startswith("acme_one.yaml: ")
    assert expected in str(refusal.value)
