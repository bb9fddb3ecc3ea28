"""An owner's list of registers decides what his heat pump is asked for; what nobody knows is listed, never read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from app.config import Config
from app.messages import Invalid
from app.services import heatpumps, register_lists
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.model import Model
from drivers.register_list import Listed, RegisterList
from drivers.sensor import LACKS
from tests.catalogue import named

SIZES = {"int8": "1", "int16": "2", "int32": "3", "uint8": "4", "uint16": "5", "uint32": "6"}
S_LISTS = ("s1155_s1255", "s1156_s1256", "s2125", "s320_s325", "s330_s332", "s735", "smos40", "vvms320", "vvms325")
TABLES = {"input": "MODBUS_INPUT_REGISTER", "holding": "MODBUS_HOLDING_REGISTER"}


@pytest.fixture(scope="module")
def model() -> Model:
    return named("nibe/s_series")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    system = assemble(Config(tmp_path))
    yield system
    system.database.close()


@pytest.fixture
def pump(system: System) -> HeatPump:
    where = {"host": "127.0.0.1"}
    sent = {"manufacturer": "nibe", "model": "s_series", "connection_config": where, "enabled": False}
    return heatpumps.add(system, sent)


def exported(model: Model, *leaving_out: str, more: str = "") -> bytes:
    """A list that names every register of the catalogue but some."""
    lines = [
        f"{sensor.title.en}\t{TABLES[sensor.table]}\t{sensor.at}\t1\t{sensor.unit}\t{SIZES[sensor.type]}\t0\t0\t0"
        for sensor in model.every_sensor.values()
        if sensor.derived is None and sensor.id not in leaving_out
    ]
    return ("\n".join(lines) + "\n" + more).encode()


def given(model: Model, **changes: dict[str, int]) -> RegisterList:
    registers = {}
    for sensor in model.every_sensor.values():
        if sensor.derived is None:
            factor = 10 if sensor.unit == "l/h" else max(1, round(1 / sensor.scale))
            listed = Listed(sensor.table, sensor.at, sensor.title.en, sensor.words, factor)
            registers[sensor.table, sensor.at] = replace(listed, **changes.get(sensor.id, {}))
    return RegisterList(registers, 0)


def test_a_list_of_everything_lacks_nothing(model: Model) -> None:
    found = register_lists.compare(model, given(model))
    assert (found.lacking, found.other_size, found.other_factor, found.unknown) == ((), (), (), ())
    assert len(found.present) == sum(sensor.derived is None for sensor in model.every_sensor.values())


@pytest.mark.parametrize("name", S_LISTS)
def test_lists_that_real_machines_exported_contradict_the_catalogue_nowhere(model: Model, name: str) -> None:
    listed = json.loads((files("nibe.data") / f"{name}.json").read_text(encoding="utf-8"))
    registers = {}
    for number, entry in ((int(number), entry) for number, entry in listed.items()):
        table, at = {3: "input", 4: "holding"}.get(number // 10_000), number % 10_000 - 1
        if table is not None:
            registers[table, at] = Listed(table, at, entry["title"], 2 if "32" in entry["size"] else 1, entry["factor"])
    found = register_lists.compare(model, RegisterList(registers, 0))
    assert (found.other_size, found.other_factor) == ((), ())
    assert len(found.present) > 110
    assert [sensor.id for sensor in found.lacking if not (sensor.optional or sensor.part)] == []


def test_what_the_list_does_not_name_is_not_asked_for(system: System, model: Model, pump: HeatPump) -> None:
    found = register_lists.keep(system, pump.id, exported(model, "temp_pool", "temp_oil"))
    assert {sensor.id for sensor in found.lacking} == {"temp_pool", "temp_oil"}
    changed = heatpumps.get(system, pump.id)
    assert changed.settings[LACKS] == ["temp_pool", "temp_oil"]
    asked = {sensor.id for sensor in model.sensors(changed.options)}
    assert not {"temp_pool", "temp_oil"} & asked
    assert {sensor.id for sensor in model.sensors({})} - asked == {"temp_pool", "temp_oil"}
    register_lists.forget(system, pump.id)
    assert LACKS not in heatpumps.get(system, pump.id).settings


def test_a_change_of_something_else_keeps_the_list(system: System, model: Model, pump: HeatPump) -> None:
    register_lists.keep(system, pump.id, exported(model, "temp_pool"))
    changed = heatpumps.change(system, pump.id, {"device_config": {"interval": 60}})
    assert changed.settings[LACKS] == ["temp_pool"]


def test_a_derived_sensor_goes_with_what_it_follows_from(model: Model) -> None:
    whole = given(model)
    at = model.every_sensor["flow_rate"].at
    without = RegisterList({place: each for place, each in whole.registers.items() if place != ("input", at)}, 0)
    lacking = {sensor.id for sensor in register_lists.compare(model, without).lacking}
    assert lacking == {"flow_rate", "power_current"}


def test_a_sensor_that_lies_elsewhere_is_there(model: Model) -> None:
    sensor = model.every_sensor["compressor_starts"]
    assert sensor.elsewhere is not None
    whole = given(model).registers
    moved = {place: each for place, each in whole.items() if place != (sensor.table, sensor.at)}
    other = sensor.elsewhere
    moved[other.table, other.at] = Listed(other.table, other.at, "starts (EB101)", other.words, 1)
    assert register_lists.compare(model, RegisterList(moved, 0)).lacking == ()


def test_another_size_is_not_read_and_another_factor_is_told(model: Model) -> None:
    found = register_lists.compare(model, given(model, temp_outside={"words": 2}, temp_oil={"factor": 100}))
    assert [sensor.id for sensor in found.other_size] == ["temp_outside"]
    assert [sensor.id for sensor in found.other_factor] == ["temp_oil"]
    assert [sensor.id for sensor in found.lacking] == ["temp_outside"]


def test_what_nobody_knows_is_listed_and_never_read(system: System, model: Model, pump: HeatPump) -> None:
    more = "Secret\tMODBUS_INPUT_REGISTER\t9999\t10\t°C\t2\t0\t0\t0"
    found = register_lists.keep(system, pump.id, exported(model, more=more))
    assert [(each.table, each.at, each.title) for each in found.unknown] == [("input", 9999, "Secret")]
    asked = model.sensors(heatpumps.get(system, pump.id).options)
    assert all(sensor.at != 9999 for sensor in asked)


def test_a_file_of_something_else_changes_nothing(system: System, model: Model, pump: HeatPump) -> None:
    foreign = b"x\tMODBUS_INPUT_REGISTER\t60000\t1\t\t2"
    for content in (b"", b"hello", foreign):
        with pytest.raises(Invalid):
            register_lists.keep(system, pump.id, content)
    assert heatpumps.get(system, pump.id) == pump


def test_a_machine_that_exports_no_list_takes_none(system: System) -> None:
    sent = {
        "manufacturer": "idm",
        "model": "navigator_2_0",
        "connection_config": {"host": "127.0.0.1"},
        "enabled": False,
    }
    other = heatpumps.add(system, sent)
    with pytest.raises(Invalid, match="exports no list"):
        register_lists.keep(system, other.id, b"")
    with pytest.raises(Invalid, match="no such field"):
        heatpumps.change(system, other.id, {"device_config": {LACKS: ["temp_outside"]}})


@pytest.mark.parametrize("value", ["temp_pool", [1], {"temp_pool": True}])
def test_what_is_no_list_of_sensors_is_refused(system: System, pump: HeatPump, value: object) -> None:
    with pytest.raises(Invalid, match="must be a list"):
        heatpumps.change(system, pump.id, {"device_config": {LACKS: value}})
