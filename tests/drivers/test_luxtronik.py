"""The Luxtronik driver against a controller on the loopback: tables, lengths, the busy status, and writing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base import Connection
from drivers.errors import BadAnswer, OutOfRange, Unreachable
from drivers.model import Model
from drivers.registry import Drivers
from drivers.simulators.luxtronik import LuxtronikSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.drivers.luxtronik_server import LuxtronikServer
from tests.drivers.simulators.conftest import at
from tests.servers import LOOPBACK, refusing_port
from tests.waiting import eventually

RECORDING = Path(__file__).parents[3] / "shared" / "recordings" / "luxtronik" / "L1A_V1.80.json"
PATIENT_S = 5.0


@pytest.fixture(scope="module")
def model() -> Model:
    return named("luxtronik/luxtronik_2_1")


@pytest.fixture
def server() -> Iterator[LuxtronikServer]:
    with LuxtronikServer() as server:
        yield server


def connection(port: int, timeout_s: float = PATIENT_S) -> Connection:
    return Connection(LOOPBACK, port, 0, timeout_s)


def test_every_value_of_a_simulated_machine_arrives(model: Model) -> None:
    options = {"circuits": ["1", "2"]}
    with LuxtronikSimulator(model, options, Plant(3, start=at("2024-01-15")), clock=lambda: 0.0) as machine:
        sensors = [sensor for sensor in model.sensors(options) if sensor.derived is None]
        answer = Drivers().open(model, connection(machine.port)).read(sensors)
        assert answer.problems == {}
        assert answer.values == {each.id: machine.readout.value(each.id) for each in sensors}
        assert answer.requests == machine.requests == 3
        assert answer.values["firmware"] == "V3.92.3"
        assert isinstance(answer.values["power_current"], float)


def test_only_the_tables_that_are_needed_are_asked_for(model: Model, server: LuxtronikServer) -> None:
    server.calculations[15] = -75
    answer = Drivers().open(model, connection(server.port)).read([model.every_sensor["temp_outside"]])
    assert (answer.samples["temp_outside"].value, answer.samples["temp_outside"].raw) == (-7.5, (-75,))
    assert server.commands == [3004]


def test_a_place_behind_the_end_of_a_table_is_not_there_and_never_zero(model: Model, server: LuxtronikServer) -> None:
    sensors = [model.every_sensor[each] for each in ("temp_flow", "power_current", "energy_electric_heating")]
    answer = Drivers().open(model, connection(server.port)).read(sensors)
    assert answer.values == {"temp_flow": 0.0, "power_current": None, "energy_electric_heating": None}
    assert set(answer.problems) == {"power_current", "energy_electric_heating"}


def test_a_text_that_is_cut_off_by_the_end_of_the_table_is_not_there(model: Model, server: LuxtronikServer) -> None:
    del server.calculations[85:]
    answer = Drivers().open(model, connection(server.port)).read([model.every_sensor["firmware"]])
    assert answer.values == {"firmware": None}


def test_changed_parameters_are_read_after_the_calculations(model: Model, server: LuxtronikServer) -> None:
    server.status, server.calculations[15] = 1, 120
    answer = Drivers().open(model, connection(server.port)).read([model.every_sensor["temp_outside"]])
    assert answer.values == {"temp_outside": 12.0}
    assert server.commands == [3004, 3003]


def test_nothing_stays_open_after_a_read(model: Model, server: LuxtronikServer) -> None:
    Drivers().open(model, connection(server.port)).read(model.sensors({}))
    assert eventually(lambda: server.open_connections == 0)


def test_two_drivers_never_hold_the_same_controller_at_once(model: Model, server: LuxtronikServer) -> None:
    drivers = Drivers()
    several = [drivers.open(model, connection(server.port)) for _ in range(4)]

    def slowly(answer: bytes) -> list[bytes | float]:
        return [answer[:10], 0.02, answer[10:]]

    server.script.extend([slowly] * 12)
    threads = [threading.Thread(target=each.read, args=(model.sensors({}),)) for each in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.questions) == 12
    assert server.most_at_once <= 2  # the server may learn late that the one before hung up


def test_a_refused_connection_says_so(model: Model) -> None:
    with refusing_port() as port, pytest.raises(Unreachable, match="refuses the connection"):
        Drivers().open(model, connection(port)).read(model.sensors({}))


def test_a_setting_is_written_as_one_integer(model: Model, server: LuxtronikServer) -> None:
    Drivers().open(model, connection(server.port)).write(model.every_sensor["temp_hot_water_setting_105"], 48.5)
    assert server.questions[-1] == (3002, 105, 485)
    assert server.parameters[105] == 485


def test_a_written_state_is_its_code(model: Model, server: LuxtronikServer) -> None:
    Drivers().open(model, connection(server.port)).write(model.every_sensor["mode_heating"], "off")
    assert server.questions[-1] == (3002, 3, 4)


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [
        ("temp_hot_water_setting", 65.1),
        ("temp_hot_water_setting", 50.05),
        ("mode_circuit_1", 1),
        ("mode_heating", "comfort"),
        ("temp_flow", 30),
        ("firmware", "V3.81"),
        ("heating_offset", float("nan")),
    ],
)
def test_a_value_outside_the_limits_never_reaches_the_heat_pump(
    sensor_id: str, value: float | str, model: Model, server: LuxtronikServer
) -> None:
    with pytest.raises(OutOfRange):
        Drivers().open(model, connection(server.port)).write(model.every_sensor[sensor_id], value)
    assert server.questions == []


@pytest.mark.parametrize("firmware", ["V1.90", "V2.90.1"])
def test_nothing_is_written_to_firmware_that_restarts_on_it(firmware: str, model: Model) -> None:
    with LuxtronikServer(firmware) as server:
        driver = Drivers().open(model, connection(server.port))
        with pytest.raises(OutOfRange, match=firmware):
            driver.write(model.every_sensor["temp_hot_water_setting"], 50)
        assert 3002 not in server.commands


@pytest.mark.parametrize("firmware", ["V1.80", "V2.88.1", "V3.90.1", "V13.90"])
def test_other_firmware_is_written_to(firmware: str, model: Model) -> None:
    with LuxtronikServer(firmware) as server:
        Drivers().open(model, connection(server.port)).write(model.every_sensor["temp_hot_water_setting"], 50)
        assert server.parameters[2] == 500


def test_nothing_is_written_to_a_machine_that_does_not_tell_its_firmware(model: Model) -> None:
    with LuxtronikServer("") as server:
        driver = Drivers().open(model, connection(server.port))
        with pytest.raises(BadAnswer, match="firmware"):
            driver.write(model.every_sensor["temp_hot_water_setting"], 50)
        assert 3002 not in server.commands


def test_an_answer_to_another_write_is_told(model: Model, server: LuxtronikServer) -> None:
    server.script.extend([lambda answer: [answer], lambda answer: [answer[:4] + b"\0\0\0\x07"]])
    driver = Drivers().open(model, connection(server.port))
    with pytest.raises(BadAnswer, match="another write"):
        driver.write(model.every_sensor["temp_hot_water_setting"], 50)


def test_left_overs_of_other_answers_are_never_read(model: Model) -> None:
    assert min(each.at for each in model.every_sensor.values() if each.table == "calculations") == 10


@pytest.mark.skipif(not RECORDING.exists(), reason="recordings of real machines are not part of the project")
def test_a_recorded_machine_is_read_as_its_display_says(model: Model) -> None:
    dump = json.loads(RECORDING.read_text(encoding="utf-8"))
    with LuxtronikSimulator(model, {}, Plant(1, start=0), dump=dump) as machine:
        answer = Drivers().open(model, connection(machine.port)).read(model.sensors({"circuits": ("1", "2", "3")}))
    expected = {
        "firmware": "V1.80",
        "operating_mode": "standby",
        "temp_outside": 13.9,
        "temp_flow": 34.2,
        "temp_source_in": None,
        "temp_flow_circuit_1": 25.0,
        "temp_flow_circuit_2": None,
        "compressor_starts": 9869,
        "power_current": None,
    }
    assert {each: answer.values[each] for each in expected} == expected
