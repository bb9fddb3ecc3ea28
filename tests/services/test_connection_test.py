"""A failed connection test says what is wrong, in words, and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from app.services import connection_test
from app.services.connection_test import Diagnosis
from app.services.heatpumps import Trial
from app.system import System
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from tests.catalogue import named
from tests.servers import LOOPBACK, ModbusServer, exception, refusing_port, silence, silent_port, speaking

WINTER = 1_705_276_800
QUICK_S = 0.2
NIBE = {1: (0xFFE7,), 37: (12,), 1028: (30,)}


def sent(model: str, port: int, **connection: Any) -> dict[str, Any]:
    manufacturer, _, name = model.partition("/")
    where = {"host": LOOPBACK, "port": port, "timeout": QUICK_S, **connection}
    return {"manufacturer": manufacturer, "model": name, "connection_config": where}


def why(system: System, model: str, port: int, **connection: Any) -> Diagnosis:
    outcome = connection_test.run(system, sent(model, port, **connection))
    assert isinstance(outcome, Diagnosis)
    return outcome


@pytest.fixture(params=["idm/navigator_2_0", "nibe/s_series", "daikin/altherma_homehub", "luxtronik/luxtronik_2_1"])
def machine(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    model = named(request.param)
    simulator = simulator_of(model, model.default_options(), Plant(1, start=WINTER))
    simulator.start()
    yield model.name, simulator.port
    simulator.stop()


def test_a_machine_of_the_model_passes(system: System, machine: tuple[str, int]) -> None:
    name, port = machine
    trial = connection_test.run(system, sent(name, port, timeout=5))
    assert isinstance(trial, Trial)
    assert trial.delivered > 20


def test_another_maker_is_named_whatever_was_chosen(system: System, machine: tuple[str, int]) -> None:
    name, port = machine
    chosen = "idm/navigator_2_0" if name == "nibe/s_series" else "nibe/s_series"
    found = why(system, chosen, port, timeout=0.5)
    assert found.code == "other_machine"
    assert found.model is not None
    assert found.model.name == name
    assert str(found.advice) == f"Choose {found.model.title} as the model."
    assert str(found.reason).startswith(f"{found.model.title} answers at 127.0.0.1:{port}, not ")


def test_a_name_that_nobody_knows(system: System) -> None:
    found = why(system, "idm/navigator_2_0", 502, host="no-such-host.invalid")
    assert found.code == "name_not_found"
    assert "no-such-host.invalid is not known" in str(found.reason)
    assert "IP address" in str(found.advice)


@pytest.mark.parametrize("model", ["idm/navigator_2_0", "luxtronik/luxtronik_2_1"])
def test_a_closed_port(system: System, model: str) -> None:
    with refusing_port() as port:
        found = why(system, model, port)
    assert found.code == "refused"
    usual = system.catalogue.named(model)
    assert usual is not None
    assert f"usually has {usual.connection.port}" in str(found.advice)


@pytest.mark.parametrize("model", ["idm/navigator_2_0", "luxtronik/luxtronik_2_1"])
def test_nobody_there(system: System, model: str) -> None:
    with silent_port() as port:
        found = why(system, model, port)
    assert (found.code, found.answers) == ("timeout", False)
    assert "switched on" in str(found.advice)


@pytest.mark.parametrize("wrong", [silence, exception(11), exception(2)])
def test_the_wrong_unit_is_told_with_the_right_one(system: System, wrong: Any) -> None:
    with ModbusServer(inputs=NIBE) as server:
        server.rules.append((lambda request: request.unit != 2, wrong))
        found = why(system, "nibe/s_series", server.port, unit_id=7)
    assert (found.code, found.unit_id, found.model, found.answers) == ("wrong_unit", 2, None, True)
    assert str(found.reason) == f"127.0.0.1:{server.port} answers as unit 2, not as unit 7"
    assert str(found.advice) == "Set the unit ID to 2."


def test_a_gateway_that_speaks_in_the_other_way(system: System) -> None:
    model = system.catalogue.named("nibe/f_series")
    assert model is not None
    with ModbusSimulator(model, {"product": ["F1255"]}, Plant(1, start=WINTER)) as gateway:
        found = why(system, "nibe/f_series", gateway.port, framing="rtu", timeout=2.1)
    assert (found.code, found.answers) == ("wrong_framing", True)
    assert str(found.advice) == "Choose Modbus TCP for the gateway."


def test_a_machine_that_answers_as_no_unit(system: System) -> None:
    with socket.create_server((LOOPBACK, 0)) as mute:
        found = why(system, "nibe/s_series", mute.getsockname()[1], unit_id=7)
    assert (found.code, found.unit_id) == ("silent", None)
    assert "neither as unit 7 nor" in str(found.advice)


def test_a_luxtronik_that_says_nothing_is_not_asked_for_units(system: System) -> None:
    with socket.create_server((LOOPBACK, 0)) as mute:
        found = why(system, "luxtronik/luxtronik_2_1", mute.getsockname()[1])
    assert found.code == "silent"
    assert "unit" not in str(found.advice)


def test_one_that_hangs_up(system: System) -> None:
    with speaking(b"") as port:
        found = why(system, "nibe/s_series", port)
    assert found.code == "closed"


def test_a_navigator_1_is_refused_by_name(system: System) -> None:
    with ModbusServer(holding={1002: (0, 0x420C), 1005: (1,)}) as server:
        found = why(system, "idm/navigator_2_0", server.port)
        assert not {request.function for request in server.requests} - {1, 2, 3, 4, 43}
    assert (found.code, found.model) == ("other_machine", None)
    assert str(found.reason).startswith("iDM Navigator 1.x answers at")
    assert "neither read nor written to" in str(found.advice)


def test_a_modbus_machine_that_nobody_knows(system: System) -> None:
    with ModbusServer(holding={40_000: (0x5375,)}) as server:
        found = why(system, "nibe/s_series", server.port)
    assert (found.code, found.model) == ("not_understood", None)


def test_a_web_server_behind_the_port(system: System) -> None:
    with speaking(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        found = why(system, "nibe/s_series", port)
    assert found.code == "not_understood"
    assert "does not speak as a NIBE S-Series does" in str(found.advice)


def test_a_machine_that_answers_everything_but_fits_another_model_does_not_pass(system: System) -> None:
    """A bus coupler with the registers of two makers: only the signs tell."""
    daikin = dict.fromkeys(range(20, 61), (0,)) | {39: (3500,), 41: (3000,), 36: (7,)}
    with ModbusServer(inputs=NIBE | daikin, holding=dict.fromkeys(range(70), (0,))) as server:
        found = why(system, "daikin/altherma_homehub", server.port)
    assert (found.code, found.model and found.model.name) == ("other_machine", "nibe/s_series")


def test_nothing_is_written_by_any_test(system: System) -> None:
    with ModbusServer(inputs=NIBE) as server:
        for model in ("idm/navigator_2_0", "nibe/s_series", "daikin/altherma_homehub"):
            connection_test.run(system, sent(model, server.port))
        assert {request.function for request in server.requests} <= {1, 2, 3, 4, 43}


def test_a_cloud_that_does_not_accept_the_sign_in(system: System) -> None:
    with refusing_port() as port:
        cloud = f"http://127.0.0.1:{port}"
        where = {"api": f"{cloud}/iot/v2", "login": f"{cloud}/idp/v3", "client_id": "abc", "timeout": QUICK_S}
        place = {"installation": "1", "gateway": "2", "machine": "0"}
        outcome = connection_test.run(
            system, {"manufacturer": "viessmann", "model": "vitocal", "connection_config": where | place}
        )
    assert isinstance(outcome, Diagnosis)
    assert (outcome.code, outcome.found) == ("token_refused", None)
    assert str(outcome.advice) == "Sign in at the maker's cloud again, then test once more."
