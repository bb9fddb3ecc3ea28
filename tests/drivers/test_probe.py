"""Who answers at an address is told by questions that change nothing and harm nobody."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from drivers.discovered import Found
from drivers.model import Model
from drivers.probe import probe
from drivers.scan import scan
from drivers.simulators.base import Simulator
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from tests.catalogue import CATALOGUE, named
from tests.drivers.luxtronik_server import LuxtronikServer
from tests.servers import LOOPBACK, ModbusServer, exception, hang_up, silence, speaking

WINTER = 1_705_276_800
QUICK_S = 0.2
PATIENT_S = 0.6
NIBE = {1: (0xFFE7,), 37: (12,), 1028: (30,)}
"""-2.5 °C outside, 1.2 °C on average, heating."""


@pytest.fixture(scope="module")
def models() -> tuple[Model, ...]:
    return tuple(CATALOGUE)


def asked(models: tuple[Model, ...], port: int, timeout_s: float = PATIENT_S) -> Found:
    return probe(LOOPBACK, port, models, timeout_s)


IN_THE_HOUSE = [model for model in CATALOGUE if model.connection.port is not None]


@pytest.mark.parametrize("model", IN_THE_HOUSE, ids=lambda model: model.name)
def test_every_simulated_machine_in_the_house_is_recognised(model: Model, models: tuple[Model, ...]) -> None:
    simulator = simulator_of(model, model.default_options(), Plant(1, start=WINTER))
    port = simulator.start()
    try:
        found = asked(models, port)
    finally:
        simulator.stop()
    assert (found.says, found.model and found.model.name, found.alike) == ("model", model.name, ())
    assert found.unit_id == model.connection.unit_id


def test_an_f_series_is_told_by_its_name_whatever_its_gateway_speaks(models: tuple[Model, ...]) -> None:
    model = named("nibe/f_series")
    for framing in ("tcp", "rtu"):
        options = {"product": ["F1255"]}
        with ModbusSimulator(model, options, Plant(1, start=WINTER), framing=framing) as gateway:  # type: ignore[arg-type]
            found = asked(models, gateway.port)
        assert (found.model and found.model.name, found.framing, found.unit_id) == ("nibe/f_series", framing, 1)
        assert "F1255" in found.machine


def test_a_machine_is_asked_by_reads_only_and_never_for_holding_registers_that_may_harm_it(
    models: tuple[Model, ...],
) -> None:
    with ModbusServer(inputs=NIBE) as server:
        found = asked(models, server.port)
        assert found.model is not None
        assert found.model.name == "nibe/s_series"
        assert {request.function for request in server.requests} == {1, 4}


def test_a_machine_that_has_what_a_model_has_but_fits_none_is_left_alone(models: tuple[Model, ...]) -> None:
    with ModbusServer(inputs=dict.fromkeys(range(11000), (0,))) as server:
        assert asked(models, server.port).says == "unknown"
        assert 3 not in {request.function for request in server.requests}


def test_zeros_everywhere_are_no_heat_pump(models: tuple[Model, ...]) -> None:
    zeros = dict.fromkeys(range(11000), (0,))
    with ModbusServer(holding=zeros, inputs=zeros) as server:
        found = asked(models, server.port)
    assert (found.says, found.model, found.protocol) == ("unknown", None, "modbus_tcp")


def test_a_navigator_1_is_known_by_the_register_that_it_lacks(models: tuple[Model, ...]) -> None:
    with ModbusServer(holding={1002: (0, 0x420C), 1005: (1,)}) as server:
        found = asked(models, server.port)
    assert (found.says, found.machine, found.model) == ("other", "iDM Navigator 1.x", None)


def test_a_machine_that_has_nothing_of_ours_is_not_called_a_navigator(models: tuple[Model, ...]) -> None:
    with ModbusServer(holding={40_000: (0x5375,)}) as server:
        found = asked(models, server.port)
    assert (found.says, found.machine) == ("unknown", "")


def test_the_unit_that_answers_is_found(models: tuple[Model, ...]) -> None:
    for wrong in (silence, exception(11), exception(2)):
        with ModbusServer(inputs=NIBE) as server:
            server.rules.append((lambda request: request.unit != 2, wrong))
            found = asked(models, server.port, QUICK_S)
            assert (found.says, found.unit_id) == ("model", 2)


def test_who_says_nothing_is_asked_once_per_unit(models: tuple[Model, ...]) -> None:
    with ModbusServer() as server:
        server.rules.append((lambda _: True, silence))
        assert probe(LOOPBACK, server.port, models, QUICK_S, ("modbus_tcp",)).says == "silent"
        assert [(each.unit, each.function) for each in server.requests[:4]] == [(1, 4), (1, 43), (0, 4), (2, 4)]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "foreign"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "foreign"),
        (bytes(range(256)) * 4, "foreign"),
        (struct.pack(">4i", 3004, 0, 2, 7) + b"\0\0\0\0", "foreign"),
        (b"ERR: command not found\n\n", "foreign"),
        (b"version: ebusd 26.1.26.1\nsignal: acquired\n\n", "unknown"),
    ],
)
def test_what_is_not_understood_is_never_taken_for_a_machine(
    answer: bytes, says: str, models: tuple[Model, ...]
) -> None:
    without_ebusd = tuple(model for model in models if model.driver != "ebusd")
    with speaking(answer) as port:
        found = probe(LOOPBACK, port, without_ebusd, QUICK_S)
    assert (found.says, found.model) == (says, None)


def test_ebusd_is_known_by_its_own_words(models: tuple[Model, ...]) -> None:
    with speaking(b"version: ebusd 26.1.26.1\nsignal: acquired\n\n") as port:
        found = probe(LOOPBACK, port, models, PATIENT_S, ("ebusd",))
    assert (found.protocol, found.machine, found.understood) == ("ebusd", "ebusd 26.1.26.1", True)


def test_a_luxtronik_tells_its_firmware_and_is_asked_for_one_table(models: tuple[Model, ...]) -> None:
    with LuxtronikServer("V2.88.1") as server:
        found = probe(LOOPBACK, server.port, models, PATIENT_S, ("luxtronik",))
        assert server.questions == [(3004, 0)]
    assert found.model is not None
    assert (found.model.name, found.machine) == ("luxtronik/luxtronik_2_1", "V2.88.1")


def test_a_closed_port_and_a_machine_that_hangs_up_are_closed(models: tuple[Model, ...]) -> None:
    with ModbusServer() as server:
        server.rules.append((lambda _: True, hang_up))
        assert probe(LOOPBACK, server.port, models, QUICK_S, ("modbus_tcp",)).says == "closed"
    assert asked(models, server.port, QUICK_S).says == "closed"


@pytest.fixture
def serve() -> Iterator[Callable[[str, str], Simulator]]:
    with ExitStack() as ending:

        def start(name: str, host: str) -> Simulator:
            model = named(name)
            simulator = simulator_of(model, model.default_options(), Plant(1, start=WINTER), host=host)
            simulator.start()
            ending.callback(simulator.stop)
            return simulator

        yield start


def test_several_machines_at_several_addresses_are_found_among_the_silent_and_the_closed(
    serve: Callable[[str, str], Simulator], models: tuple[Model, ...]
) -> None:
    names = ("idm/navigator_2_0", "nibe/s_series", "daikin/altherma_homehub", "luxtronik/luxtronik_2_1")
    machines = {name: serve(name, f"127.0.0.{number + 2}") for number, name in enumerate(names)}
    with socket.create_server((LOOPBACK, 0)) as mute, speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        silent = mute.getsockname()[1]
        ports = [*(each.port for each in machines.values()), silent, web]
        places = [(f"127.0.0.{number}", port) for number in range(1, 12) for port in ports]
        found = list(scan(places, models, question_s=QUICK_S))
    assert len(found) == len(places)
    met = {(each.host, each.port): each for each in found if each.says not in ("nobody", "closed")}
    assert {(each.host, each.port): each.model.name for each in met.values() if each.model} == {
        (machine.host, machine.port): name for name, machine in machines.items()
    }
    assert (met[LOOPBACK, silent].says, met[LOOPBACK, web].says) == ("silent", "foreign")
    assert len(met) == len(machines) + 2


def test_a_search_that_is_given_up_ends(models: tuple[Model, ...]) -> None:
    places = [(f"127.0.{block}.{host}", 9) for block in range(40) for host in range(1, 255)]
    found = scan(places, models, ended=lambda: True)
    assert list(found) == []
