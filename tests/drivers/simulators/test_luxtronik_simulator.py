"""The simulated Luxtronik on a real socket, asked by a client that shares no code with it."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys

import pytest

from drivers.base import Connection
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.registry import Drivers
from drivers.simulators.luxtronik import LuxtronikSimulator
from drivers.simulators.luxtronik_tables import LENGTHS
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.drivers.simulators.conftest import at

CLIENT_S = 30

READ = """
import json, sys
from luxtronik import Luxtronik
machine = Luxtronik("127.0.0.1", int(sys.argv[1]))
names = ("TVL", "TRL", "TA", "TBW")
print(json.dumps({
    "temperatures": [machine.calculations.get(f"ID_WEB_Temperatur_{name}").value for name in names],
    "seconds": machine.calculations.get("ID_WEB_Zaehler_BetrZeitVD1").value,
    "hot_water": machine.parameters.get("ID_Einst_BWS_akt").value,
}))
"""

WRITE = """
import sys
from luxtronik import Luxtronik
machine = Luxtronik("127.0.0.1", int(sys.argv[1]))
machine.parameters.set("ID_Soll_BWS_akt", 47.5)
machine.write()
"""


@pytest.fixture
def model() -> Model:
    return named("luxtronik/luxtronik_2_1")


@pytest.fixture
def plant() -> Plant:
    return Plant(2, start=at("2024-01-15"))


def independent(script: str, port: int) -> str:
    """What a program with the independent client prints. It has no time-out of its own, so it gets a limit."""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(port)], capture_output=True, text=True, timeout=CLIENT_S, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def asked(port: int, *numbers: int) -> bytes:
    """Everything that one question brings."""
    with socket.create_connection(("127.0.0.1", port), timeout=CLIENT_S) as connection:
        connection.sendall(struct.pack(f">{len(numbers)}i", *numbers))
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_an_independent_client_reads_what_the_driver_reads(model: Model, plant: Plant) -> None:
    with LuxtronikSimulator(model, {}, plant, clock=lambda: 0.0) as machine:
        told = json.loads(independent(READ, machine.port))
        values = Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5)).read(model.sensors({})).values
    assert told["temperatures"] == [
        values[each] for each in ("temp_flow", "temp_return", "temp_outside", "temp_hot_water")
    ]
    assert round(told["seconds"] / 3600, 2) == values["compressor_hours"]
    assert told["hot_water"] == values["temp_hot_water_setting"]


def test_what_an_independent_client_writes_is_followed(model: Model, plant: Plant) -> None:
    with LuxtronikSimulator(model, {}, plant, clock=lambda: 0.0) as machine:
        independent(WRITE, machine.port)
        values = Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5)).read(model.sensors({})).values
    assert values["temp_hot_water_setting_105"] == 47.5
    assert values["temp_hot_water_target"] == 47.5


@pytest.mark.parametrize("firmware", LENGTHS)
def test_the_tables_are_as_long_as_those_of_this_firmware(firmware: str, model: Model, plant: Plant) -> None:
    with LuxtronikSimulator(model, {}, plant, pinned={"firmware": firmware}) as machine:
        counts = [
            struct.unpack_from(">i", asked(machine.port, 3003, 0), 4)[0],
            struct.unpack_from(">i", asked(machine.port, 3004, 0), 8)[0],
            struct.unpack_from(">i", asked(machine.port, 3005, 0), 4)[0],
        ]
        answer = Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5)).read(model.sensors({}))
    assert counts == list(LENGTHS[firmware].values())
    assert answer.values["firmware"] == firmware


def test_an_answer_is_exactly_as_long_as_it_says(model: Model, plant: Plant) -> None:
    with LuxtronikSimulator(model, {}, plant) as machine:
        assert len(asked(machine.port, 3003, 0)) == 8 + 4 * 1200
        assert len(asked(machine.port, 3004, 0)) == 12 + 4 * 269
        assert len(asked(machine.port, 3005, 0)) == 8 + 337
        assert asked(machine.port, 4711, 0) == b""


def test_a_change_is_told_until_the_parameters_are_read(model: Model, plant: Plant) -> None:
    with LuxtronikSimulator(model, {}, plant) as machine:
        machine.changed = 1
        Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5)).read([model.every_sensor["temp_flow"]])
        assert machine.requests == 2
        assert machine.changed == 0


def test_a_recorded_machine_stands_still_but_for_what_is_written(model: Model, plant: Plant) -> None:
    dump = {"parameters": [0, 0, 500], "calculations": [*[0] * 81, *map(ord, "V1.80"), *[0] * 5], "visibilities": [1]}
    with LuxtronikSimulator(model, {}, plant, dump=dump) as machine:
        driver = Drivers().open(model, Connection("127.0.0.1", machine.port, 0, 5))
        driver.write(model.every_sensor["temp_hot_water_setting"], 45)
        values = driver.read(model.sensors({})).values
    assert (values["firmware"], values["temp_hot_water_setting"], values["menu_heating"]) == ("V1.80", 45.0, 1)
    assert values["temp_hot_water_target"] == 0.0
    assert values["temp_hot_water_setting_105"] is None
    assert dump["parameters"] == [0, 0, 500]


def test_a_value_that_no_controller_has_is_refused_at_once(model: Model, plant: Plant) -> None:
    with pytest.raises(OutOfRange):
        LuxtronikSimulator(model, {}, plant, pinned={"firmware": "much too long"})


def test_it_lets_go_of_its_port(model: Model, plant: Plant) -> None:
    machine = LuxtronikSimulator(model, {}, plant)
    port = machine.start()
    with socket.create_connection(("127.0.0.1", port)):
        machine.stop()
    with LuxtronikSimulator(model, {}, plant, port=port) as again:
        assert again.port == port
