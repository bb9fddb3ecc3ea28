"""A setting behind ebusd is changed the same way as any other, and what became of it is told as truly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.services import control, heatpumps
from app.services.outcome import Outcome
from app.store.audit import Actor
from app.system import System
from tests.drivers.ebusd_server import EbusdServer, saying

BERTA = Actor("user", "berta")


@pytest.fixture
def server(system: System) -> Iterator[EbusdServer]:
    with EbusdServer() as server:
        where = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
        heatpumps.add(system, {"manufacturer": "vaillant", "model": "arotherm", "connection_config": where})
        yield server
        system.poller.remove("hp-001")


def change(system: System, sensor_id: str, value: object) -> Outcome:
    return control.set_value(system, BERTA, "hp-001", sensor_id, value)


def test_a_number_is_written_and_read_back(system: System, server: EbusdServer) -> None:
    outcome = change(system, "temp_hot_water_target", 48.5)
    assert (outcome.kind, outcome.old, outcome.read_back) == ("confirmed", 50.0, 48.5)
    assert change(system, "temp_hot_water_target", 48.5).kind == "skipped"
    assert [each for each in server.asked if each.startswith("write")] == ["write -c ctlv2 HwcTempDesired 48.5"]


def test_a_state_is_written_and_read_back(system: System, server: EbusdServer) -> None:
    outcome = change(system, "mode_hot_water", "night")
    assert (outcome.kind, outcome.old, outcome.read_back) == ("confirmed", "automatic", "night")


@pytest.mark.parametrize(("sensor_id", "value"), [("temp_hot_water_target", 999), ("mode_hot_water", "manual")])
def test_what_ebusd_would_take_and_the_catalogue_does_not_is_denied(
    sensor_id: str, value: object, system: System, server: EbusdServer
) -> None:
    assert change(system, sensor_id, value).kind == "denied"
    assert not any(each.startswith("write") for each in server.asked)


def test_a_refusal_and_a_lost_answer_are_not_taken_for_done(system: System, server: EbusdServer) -> None:
    server.script.append(("write", saying("ERR: argument value out of valid range")))
    refused = change(system, "temp_hot_water_target", 45)
    assert refused.kind == "failed"
    server.signal = False
    assert change(system, "temp_hot_water_target", 46).kind == "failed"
