"""Meters of the owner: what may be entered, and that their secrets stay where they are."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Conflict, Invalid, NotFound
from app.services import heatpumps, meter_content, meters
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web_server import PASSWORD, USER, WebServer

SHELLY = {"kind": "shelly", "address": "http://127.0.0.1:9"}
JSON = {"kind": "json", "side": "heat", "address": "http://127.0.0.1:9/v", "power": {"at": "/p", "unit": "W"}}
MODBUS = {"kind": "modbus", "side": "heat", "address": "127.0.0.1:9", "energy": {"at": 7, "unit": "MWh"}}


@pytest.fixture
def pump(system: System, idm: dict[str, object]) -> HeatPump:
    return heatpumps.add(system, idm)


@pytest.mark.parametrize(
    "sent", [SHELLY, JSON, MODBUS, MODBUS | {"address": "[::1]:502"}, MODBUS | {"address": "meter"}]
)
def test_what_is_entered_is_kept_as_it_is(system: System, pump: HeatPump, sent: dict[str, Any]) -> None:
    own = meters.add(system, pump, sent)
    assert meters.of(system, pump) == [own]
    assert system.meters.delivers(pump.id) == list(own.meter.delivers)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "kind"),
        (SHELLY | {"kind": "cloud"}, "kind"),
        (SHELLY | {"more": 1}, "more"),
        (SHELLY | {"address": ""}, "address"),
        (SHELLY | {"address": "192.168.1.5"}, "address"),
        (SHELLY | {"address": "file:///etc/passwd"}, "address"),
        (SHELLY | {"address": "gopher://a/"}, "address"),
        (SHELLY | {"address": "http://user:word@a/"}, "address"),
        (SHELLY | {"address": "http://a:99999/"}, "address"),
        (SHELLY | {"address": "http://a/\r\nX: y"}, "address"),
        (SHELLY | {"address": "http://a/#x"}, "address"),
        (SHELLY | {"address": 5}, "address"),
        (SHELLY | {"user": "a:b"}, "user"),
        (SHELLY | {"secret": "a\nb"}, "secret"),
        (SHELLY | {"secret": "zwei Wörter"}, "secret"),
        (SHELLY | {"secret": 5}, "secret"),
        (SHELLY | {"channel": "em1:0/../x"}, "channel"),
        (SHELLY | {"interval": 1}, "interval"),
        (SHELLY | {"interval": "often"}, "interval"),
        (JSON | {"side": "gas"}, "side"),
        (JSON | {"power": None}, "power"),
        (JSON | {"power": "p"}, "power"),
        (JSON | {"power": {"at": "/p", "unit": "kWh"}}, "power"),
        (JSON | {"power": {"at": "/p", "unit": "W", "x": 1}}, "power.x"),
        (JSON | {"kind": "prometheus", "power": {"at": "{}", "unit": "W"}}, "power"),
        (JSON | {"kind": "promql", "power": {"at": " ", "unit": "W"}}, "power"),
        (MODBUS | {"address": "a:0"}, "address"),
        (MODBUS | {"address": "a b:502"}, "address"),
        (MODBUS | {"energy": {"at": 65536, "unit": "kWh"}}, "energy"),
        (MODBUS | {"energy": {"at": "-1", "unit": "kWh"}}, "energy"),
        (MODBUS | {"table": "coil"}, "table"),
        (MODBUS | {"type": "text"}, "type"),
        (MODBUS | {"unit_id": 256}, "unit_id"),
        (MODBUS | {"scale": 0}, "scale"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(sent: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        meter_content.secret_of(sent, meter_content.checked(sent))
    assert refused.value.field == field


def test_two_meters_cannot_deliver_the_same(system: System, pump: HeatPump) -> None:
    meters.add(system, pump, SHELLY)
    with pytest.raises(Conflict, match="already delivers meter_electric_energy, meter_electric_power"):
        meters.add(system, pump, SHELLY | {"address": "http://127.0.0.1:10"})


def test_the_meter_of_another_heat_pump_is_not_found(system: System, pump: HeatPump, idm: dict[str, object]) -> None:
    other = heatpumps.add(system, idm | {"connection_config": {"host": "127.0.0.1", "port": 10}})
    own = meters.add(system, other, SHELLY)
    with pytest.raises(NotFound):
        meters.remove(system, pump, own.id)
    assert len(meters.of(system, other)) == 1


def test_a_kept_secret_goes_on_to_the_same_machine_and_to_no_other(system: System, pump: HeatPump) -> None:
    page = {"/rpc/Shelly.GetStatus": {"switch:0": {"apower": 5.0}}}
    with WebServer(page, "digest") as meter, WebServer(page, "basic") as stranger:
        sent = SHELLY | {"address": meter.address, "user": USER}
        own = meters.add(system, pump, sent | {"secret": PASSWORD})
        assert own.has_secret
        assert meters.change(system, pump, own.id, sent | {"interval": 60}).has_secret
        assert meters.try_out(system, pump, sent, own.id).values == {"meter_electric_power": 0.005}
        assert meters.try_out(system, pump, sent | {"address": stranger.address}, own.id).values == {}
        assert not any("YWRtaW46YSBzZWNyZXQ" in header for header in stranger.sent)
        assert not meters.change(system, pump, own.id, sent | {"address": stranger.address}).has_secret


def test_a_secret_can_be_forgotten(system: System, pump: HeatPump) -> None:
    own = meters.add(system, pump, SHELLY | {"secret": "token"})
    assert not meters.change(system, pump, own.id, SHELLY | {"secret": ""}).has_secret


def test_a_heat_pump_takes_its_meters_with_it(system: System, pump: HeatPump) -> None:
    meters.add(system, pump, SHELLY)
    heatpumps.remove(system, pump.id)
    assert system.meters.delivers(pump.id) == []


def test_secrets_lie_in_a_private_file_and_not_in_the_database(system: System, pump: HeatPump) -> None:
    own = meters.add(system, pump, SHELLY | {"secret": "a-token-of-its-own"})
    file = system.config.folder / "meters.json"
    assert "a-token-of-its-own" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert "a-token-of-its-own" not in "".join(system.database.connection().iterdump())
    meters.remove(system, pump, own.id)
    assert "a-token-of-its-own" not in file.read_text()
