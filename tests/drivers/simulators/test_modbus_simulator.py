"""The simulated controller on a real socket, asked by a client that shares no code with it."""

from __future__ import annotations

import errno
import gc
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pyModbusTCP.client import ModbusClient

from drivers.blocks import plan
from drivers.decode import decode
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.drivers.simulators.conftest import at

Serve = Callable[..., ModbusSimulator]
OPTIONS = {"circuits": ["A"], "zones": []}


@pytest.fixture
def serve(model: Model) -> Iterator[Serve]:
    """`serve(**choices)` starts a simulator of the small controller; all end with the test."""
    running = []

    def start(served: Model = model, options: Any = None, seed: int = 1, **choices: Any) -> ModbusSimulator:
        plant = Plant(seed, start=at("2024-01-15"))
        simulator = ModbusSimulator(served, options or OPTIONS, plant, **choices)
        simulator.start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def client_of() -> Iterator[Callable[..., ModbusClient]]:
    clients = []

    def connect(simulator: ModbusSimulator, **choices: Any) -> ModbusClient:
        client = ModbusClient(simulator.host, simulator.port, auto_open=True, timeout=10, **choices)
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


Connect = Callable[..., ModbusClient]


def standing_still() -> float:
    return 1_000.0


# ── Reading ──


def test_it_is_read_value_for_value(serve: Serve, client_of: Connect) -> None:
    simulator = serve(clock=standing_still)
    client = client_of(simulator)
    for sensor_id, sensor in simulator.readout.sensors.items():
        if not sensor.readable:
            continue
        words = client.read_holding_registers(sensor.at, sensor.words)
        assert decode(sensor, words) == simulator.readout.value(sensor_id)


def test_both_read_functions_answer_alike(serve: Serve, client_of: Connect) -> None:
    client = client_of(serve(clock=standing_still))
    for place, count in ((10, 4), (30, 2), (31, 1), (42, 1)):
        words = client.read_holding_registers(place, count)
        assert words is not None
        assert client.read_input_registers(place, count) == words


@pytest.mark.parametrize("unit_id", [0, 1, 7, 247, 255])
def test_it_answers_every_unit_id(serve: Serve, client_of: Connect, unit_id: int) -> None:
    client = client_of(serve(), unit_id=unit_id)
    assert client.read_holding_registers(10, 2) is not None
    assert client.read_holding_registers(9, 1) is None
    assert client.last_except == 2


def test_a_pinned_value_goes_out(serve: Serve, client_of: Connect) -> None:
    client = client_of(serve(pinned={"temp_outside": -7.5, "operating_mode": "hot_water"}))
    assert client.read_holding_registers(10, 2) == [0, 0xC0F0]
    assert client.read_holding_registers(14, 1) == [4]


def test_a_pinned_value_that_does_not_fit_is_refused_before_serving(model: Model, plant: Plant) -> None:
    with pytest.raises(OutOfRange, match="does not fit"):
        ModbusSimulator(model, OPTIONS, plant, pinned={"temp_hot_water": 4_000})


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda client: client.read_holding_registers(9, 1), 2),
        (lambda client: client.read_holding_registers(18, 5), 2),
        (lambda client: client.read_input_registers(60, 1), 2),
        (lambda client: client.read_holding_registers(65535, 1), 2),
        (lambda client: client.read_coils(10, 1), 1),
        (lambda client: client.read_discrete_inputs(10, 1), 1),
        (lambda client: client.write_single_coil(10, True), 1),
        (lambda client: client.write_single_register(15, 1), 2),
        (lambda client: client.write_single_register(9, 1), 2),
        (lambda client: client.write_single_register(17, 61), 3),
        (lambda client: client.write_multiple_registers(17, [61]), 3),
        (lambda client: client.write_multiple_registers(17, [50, 1]), 3),
        (lambda client: client.write_single_register(44, 0), 3),
        (lambda client: client.write_multiple_registers(10, [0, 0]), 2),
    ],
)
def test_it_refuses_with_the_right_code_and_goes_on(
    serve: Serve, client_of: Connect, ask: Callable[[ModbusClient], object], code: int
) -> None:
    client = client_of(serve())
    assert not ask(client)
    assert client.last_except == code
    assert client.read_holding_registers(10, 2) is not None


def test_bytes_that_are_no_request_do_not_stop_it(serve: Serve, client_of: Connect) -> None:
    simulator = serve()
    for noise in (b"GET / HTTP/1.0\r\n\r\n", b"\x00" * 300, b"\x00\x01\x00\x00\x00\x06\x01", b"\xff" * 7):
        with socket.create_connection((simulator.host, simulator.port)) as stranger:
            stranger.sendall(noise)
    assert client_of(simulator).read_holding_registers(10, 2) is not None


# ── Writing ──


def test_both_write_functions_set_and_read_back(serve: Serve, client_of: Connect) -> None:
    simulator = serve()
    client = client_of(simulator)
    assert client.write_single_register(17, 55)
    assert client.read_holding_registers(17, 1) == [55]
    assert client.write_multiple_registers(17, [44])
    assert client.read_holding_registers(17, 1) == [44]
    assert client.write_multiple_registers(80, [0, 0x41A8])
    assert client.read_holding_registers(80, 2) == [0, 0x41A8]
    assert simulator.plant.quantities()["temp_hot_water_target"] == 44
    assert simulator.plant.quantities()["temp_room_target"] == 21


def test_a_pulse_that_is_never_read_back_is_accepted(serve: Serve, client_of: Connect) -> None:
    client = client_of(serve())
    assert client.write_single_register(60, 1)
    assert client.read_holding_registers(60, 1) is None


# ── Time ──


def test_time_passes_at_its_speed(serve: Serve, client_of: Connect) -> None:
    now = [500.0]
    simulator = serve(clock=lambda: now[0], speed=60.0)
    begin = simulator.plant.at
    client = client_of(simulator)
    for seconds in (10, 60, 3600):
        now[0] = 500.0 + seconds
        client.read_holding_registers(10, 2)
        assert simulator.plant.at == begin + 60 * seconds


def test_it_does_nothing_while_nobody_asks(serve: Serve) -> None:
    simulator = serve(speed=100_000.0)
    before = simulator.plant.at
    time.sleep(0.05)
    assert simulator.plant.at == before


def test_every_answer_comes_after_the_pause(serve: Serve, client_of: Connect) -> None:
    client = client_of(serve(delay_s=0.05))
    begin = time.monotonic()
    for _ in range(4):
        assert client.read_holding_registers(10, 2)
    assert client.write_single_register(17, 50)
    assert time.monotonic() - begin >= 5 * 0.05


def test_one_request_at_a_time_whoever_asks(serve: Serve, client_of: Connect) -> None:
    simulator = serve(delay_s=0.03)
    answers: list[object] = []

    def ask(client: ModbusClient) -> None:
        answers.extend(client.read_holding_registers(10, 2) for _ in range(4))

    threads = [threading.Thread(target=ask, args=(client_of(simulator),)) for _ in range(4)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin >= 16 * 0.03
    assert len(answers) == simulator.requests == 16
    assert None not in answers


def test_a_poll_of_the_whole_machine_is_quick(serve: Serve, client_of: Connect) -> None:
    model = named("idm/navigator_2_0")
    options = model.default_options()
    simulator = serve(model, options)
    client = client_of(simulator)
    blocks = plan([sensor for sensor in model.sensors(options) if not sensor.optional], model.reads)
    begin = time.monotonic()
    for block in blocks:
        assert client.read_holding_registers(block.at, block.count) is not None
    assert simulator.requests == len(blocks) > 30
    assert time.monotonic() - begin < 2  # a few milliseconds in truth


# ── Starting and stopping ──


def test_it_stops_without_a_trace_and_starts_again_on_its_port(serve: Serve, client_of: Connect) -> None:
    simulator = serve()
    port = simulator.port
    client = client_of(simulator)
    assert client.write_single_register(17, 58)
    for _ in range(3):
        simulator.stop()
        assert not [thread for thread in threading.enumerate() if thread.name == "modbus-simulator"]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((simulator.host, port), timeout=5)
        assert simulator.start() == port
        assert client_of(simulator).read_holding_registers(17, 1) == [58]


def test_stopping_twice_or_before_the_start_is_no_error(model: Model, plant: Plant) -> None:
    simulator = ModbusSimulator(model, OPTIONS, plant)
    simulator.stop()
    with simulator:
        assert simulator.port > 0
    simulator.stop()


def test_stopping_does_not_wait_for_an_answer_under_way(serve: Serve) -> None:
    simulator = serve(delay_s=3600.0)
    with socket.create_connection((simulator.host, simulator.port), timeout=10) as connection:
        connection.sendall(struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 10, 2))
        deadline = time.monotonic() + 10
        while not simulator.requests and time.monotonic() < deadline:
            time.sleep(0.005)
        simulator.stop()
        assert connection.recv(100) == b""
    assert not [thread for thread in threading.enumerate() if thread.name == "modbus-simulator"]


def test_stopping_in_a_rush_of_callers_leaves_no_connection_open(serve: Serve) -> None:
    """A socket that is left to the garbage collector is a warning then, and a failure here."""
    for _ in range(10):
        simulator = serve()
        over = threading.Event()

        def knock(port: int = simulator.port, over: threading.Event = over) -> None:
            while not over.is_set():
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                    pass

        callers = [threading.Thread(target=knock) for _ in range(4)]
        for each in callers:
            each.start()
        time.sleep(0.02)
        simulator.stop()
        over.set()
        for each in callers:
            each.join()
    gc.collect()


def test_a_port_in_use_is_said_clearly(serve: Serve, model: Model, plant: Plant) -> None:
    taken = serve().port
    second = ModbusSimulator(model, OPTIONS, plant, port=taken)
    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{taken}") as refused:
        second.start()
    assert refused.value.errno == errno.EADDRINUSE
    second.stop()


def test_starting_twice_is_an_error(serve: Serve) -> None:
    with pytest.raises(RuntimeError, match="already runs"):
        serve().start()


def test_two_simulators_are_two_machines(serve: Serve, client_of: Connect) -> None:
    first, second = serve(seed=1, clock=standing_still), serve(seed=2, clock=standing_still)
    one, other = client_of(first), client_of(second)
    assert first.port != second.port
    assert one.read_holding_registers(32, 2) != other.read_holding_registers(32, 2)
    assert one.write_single_register(17, 59)
    assert other.read_holding_registers(17, 1) != [59]
    first.stop()
    assert other.read_holding_registers(10, 2) is not None
