"""Machines that answer broken or random bytes: a read ends in time, with true values, with none, or with a reason.

What is cut off, torn, doubled or invented is never taken for a value. (Modbus TCP has no check sum: bytes changed
within the registers of a whole answer are what the machine says, and only must not break anything.)
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.base import Connection, Driver
from drivers.errors import BadAnswer, DriverError
from drivers.luxtronik import Luxtronik, Turns
from drivers.model import Model
from drivers.registry import Drivers
from drivers.sensor import Sensor
from drivers.viessmann_features import features_in, sample
from tests.catalogue import named
from tests.drivers import ebusd_server, luxtronik_server
from tests.drivers.ebusd_server import EbusdServer, arotherm
from tests.drivers.luxtronik_server import LuxtronikServer
from tests.drivers.small_models import a_connection, a_model, a_sensor
from tests.fuzz.conftest import examples
from tests.servers import LOOPBACK, Farewell, ModbusServer, Step

TIMEOUT_S = 0.25
LONGEST_S = 40 * TIMEOUT_S
FEW = settings(max_examples=examples(25))

HOUSE = (a_sensor("temp_outside", 10, "float32"), a_sensor("pump_level", 20))
TRUE = {"temp_outside": -2.5, "pump_level": 4}


@cache
def model(name: str) -> Model:
    return named(name)


def tampering() -> st.SearchStrategy[Callable[[bytes], Sequence[Step]]]:
    """From the right answer to bytes that are not: cut, torn, doubled, with noise around, or nothing but noise."""
    noise = st.binary(min_size=1, max_size=60)
    places = st.integers(0, 400)
    return st.one_of(
        places.map(lambda at: lambda answer: [answer[: at % len(answer)]]),
        places.map(lambda at: lambda answer: [answer[: at % len(answer)], Farewell.HANG_UP]),
        places.map(lambda at: lambda answer: [answer[: at % len(answer)], Farewell.RESET]),
        st.just(lambda answer: [answer, answer]),
        noise.map(lambda more: lambda answer: [more + answer]),
        noise.map(lambda more: lambda _: [more]),
        noise.map(lambda more: lambda _: [more, Farewell.HANG_UP]),
        st.binary(min_size=200, max_size=3000).map(lambda more: lambda _: [more]),
    )


def read(driver: Driver, sensors: Sequence[Sensor]) -> dict[str, Any]:
    """What it tells; nothing when it says why not. AssertionError when it takes too long."""
    begun = time.monotonic()
    values: dict[str, Any] = {}
    with suppress(DriverError):
        values = dict(driver.read(sensors).values)
    assert time.monotonic() - begun < LONGEST_S
    return values


def check(values: dict[str, Any], true: dict[str, Any]) -> None:
    for name, value in values.items():
        assert value is None or value == true[name], f"{name} was never {value!r}"


@contextmanager
def modbus() -> Iterator[tuple[ModbusServer, Driver]]:
    with ModbusServer(holding={10: struct.unpack(">HH", struct.pack(">f", -2.5)), 20: (4,)}) as server:
        driver = Drivers().open(a_model(*HOUSE), a_connection(server, timeout_s=TIMEOUT_S))
        try:
            yield server, driver
        finally:
            driver.close()


@FEW
@given(tampering(), st.integers(0, 1))
def test_modbus_with_broken_frames(tamper: Callable[[bytes], Sequence[Step]], at: int) -> None:
    with modbus() as (server, driver):
        server.script.extend([lambda _, answer: [answer]] * at + [lambda _, answer: tamper(answer)])
        check(read(driver, HOUSE), TRUE)


@FEW
@given(st.binary(max_size=260), st.booleans())
def test_modbus_with_any_content_in_a_right_frame(pdu: bytes, of_the_function: bool) -> None:
    with modbus() as (server, driver):

        def behave(request: Any, _: bytes) -> Sequence[Step]:
            content = bytes([request.function]) + pdu if of_the_function else pdu
            return [struct.pack(">HHHB", request.transaction, 0, len(content) + 1, request.unit) + content]

        server.script.extend([behave] * 2)
        read(driver, HOUSE)


LUXTRONIK = ("temp_flow", "temp_outside", "temp_hot_water_setting", "menu_cooling")
LUXTRONIK_TRUE = {"temp_flow": 34.2, "temp_outside": -7.5, "temp_hot_water_setting": 50.0, "menu_cooling": 1}


@FEW
@given(tampering(), st.integers(0, 2))
def test_luxtronik_with_broken_answers(tamper: luxtronik_server.Behaviour, at: int) -> None:
    kind = model("luxtronik/luxtronik_2_1")
    with LuxtronikServer() as server:
        server.calculations[10], server.calculations[15] = 342, -75
        server.parameters[2], server.visibilities[3] = 500, 1
        machine = Luxtronik(kind, Connection(LOOPBACK, server.port, 0, TIMEOUT_S), Turns())
        server.script.extend([luxtronik_server.properly] * at + [tamper])
        check(read(machine, [kind.every_sensor[each] for each in LUXTRONIK]), LUXTRONIK_TRUE)


EBUSD = ("temp_flow", "status_code", "temp_hot_water")
EBUSD_TRUE = {"temp_flow": 34.5, "status_code": "heat_compressor_active", "temp_hot_water": 48.5}


@FEW
@given(tampering(), st.sampled_from(["read -m 30 -c hmu Status01", "state", "find", "read"]))
def test_ebusd_with_broken_answers(tamper: ebusd_server.Behaviour, question: str) -> None:
    with EbusdServer() as server:
        driver = Drivers().open(arotherm(), Connection(LOOPBACK, server.port, 0, TIMEOUT_S, "hmu"))
        server.script.append((question, tamper))
        try:
            check(read(driver, [arotherm().every_sensor[each] for each in EBUSD]), EBUSD_TRUE)
        finally:
            driver.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.data())
def test_a_cloud_that_answers_any_json(data: st.DataObject) -> None:
    sensors = list(model("viessmann/vitocal").registers.values())
    wanted = data.draw(st.sampled_from(sensors))
    feature, _, name = wanted.path.partition("#")
    name = name.partition(".")[0]
    held = data.draw(JSON | st.fixed_dictionaries({"value": JSON, "unit": JSON}))
    properties = data.draw(JSON | st.just({name: held}) | st.just({name: held, "status": {"value": "connected"}}))
    content = data.draw(JSON | st.just([{"feature": feature, "properties": properties, "timestamp": data.draw(JSON)}]))
    try:
        features = features_in({"data": json.loads(json.dumps(content))}, "a test")
    except BadAnswer:
        return
    told, problem = sample(wanted, features)
    if isinstance(told.value, str):
        assert wanted.tells_words
    if told.value is not None and problem is None and isinstance(held, dict):
        assert held.get("value") is not None
