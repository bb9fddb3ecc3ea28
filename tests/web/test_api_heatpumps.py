"""/api/heatpumps and /api/manufacturers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import BadAnswer, DriverError, Refused, Unreachable
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.servers import ModbusServer, exception, refusing_port
from tests.web.conftest import NOW
from tests.web.people import Visitor, lose, tell

SENT: dict[str, Any] = {
    "name": "Gebäude A",
    "manufacturer": "idm",
    "model": "navigator_2_0",
    "connection_config": {"host": "10.0.0.1"},
    "enabled": False,
}


def test_a_heat_pump_is_added_in_full(owner: Visitor) -> None:
    answer = owner.send("POST", "/api/heatpumps", SENT)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/heatpumps/hp-001"
    assert answer.json == {
        "id": "hp-001",
        "name": "Gebäude A",
        "manufacturer": "idm",
        "model": "navigator_2_0",
        "connection_config": {"host": "10.0.0.1", "port": 502, "unit_id": 1, "timeout": 5},
        "device_config": {"circuits": ["A"], "zones": []},
        "enabled": False,
        "created_at": NOW,
        "updated_at": NOW,
        "status": {"state": "disabled", "freshness": "none", "since": None, "last_seen": None, "reason": None},
    }
    assert owner.get("/api/heatpumps/hp-001").json == answer.json
    assert owner.get("/api/heatpumps").json == {"heatpumps": [answer.json]}


def test_the_short_names_are_understood(owner: Visitor) -> None:
    sent = {key: value for key, value in SENT.items() if key != "connection_config"}
    more = {"connection": {"host": "10.0.0.1", "port": 1502}, "config": {"circuits": ["A", "C"]}}
    answer = owner.send("POST", "/api/heatpumps", sent | more)
    assert answer.json["connection_config"]["port"] == 1502
    assert answer.json["device_config"]["circuits"] == ["A", "C"]


def test_a_change_leaves_the_other_fields(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add()
    system.clock = lambda: NOW + 60
    answer = owner.send("PUT", f"/api/heatpumps/{pump.id}", {"connection": {"port": 1502}, "enabled": True})
    assert answer.status_code == 200
    assert answer.json["connection_config"] == {"host": "127.0.0.1", "port": 1502, "unit_id": 1, "timeout": 5}
    assert answer.json["name"] == "Gebäude A"
    assert answer.json["enabled"] is True
    assert (answer.json["created_at"], answer.json["updated_at"]) == (NOW, NOW + 60)


def test_a_heat_pump_is_removed(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    pump = add()
    answer = owner.send("DELETE", f"/api/heatpumps/{pump.id}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert owner.get(f"/api/heatpumps/{pump.id}").status_code == 404


def test_the_status_tells_why_it_is_lost(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(enabled=True)
    tell(system, pump, NOW - 100, {"temp_outside": 1.0})
    lose(system, pump, NOW - 60, Unreachable("%(address)s closed the connection", address="127.0.0.1:9"))
    assert owner.get(f"/api/heatpumps/{pump.id}").json["status"] == {
        "state": "offline",
        "freshness": "late",
        "since": NOW - 60,
        "last_seen": NOW - 100,
        "reason": "127.0.0.1:9 closed the connection",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": 5}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "nothing\u0000"}, "name"),
        ({"manufacturer": None}, "manufacturer"),
        ({"manufacturer": "nobody"}, "manufacturer"),
        ({"manufacturer": {"$ne": 1}}, "manufacturer"),
        ({"model": "unknown"}, "model"),
        ({"model": "../../schema"}, "model"),
        ({"model": 2}, "model"),
        ({"connection_config": None}, "connection_config"),
        ({"connection_config": "10.0.0.1"}, "connection_config"),
        ({"connection_config": []}, "connection_config"),
        ({"connection_config": {}}, "connection_config.host"),
        ({"connection_config": {"host": ""}}, "connection_config.host"),
        ({"connection_config": {"host": 5}}, "connection_config.host"),
        ({"connection_config": {"host": "10.0.0.1:502"}}, "connection_config.host"),
        ({"connection_config": {"host": "http://10.0.0.1"}}, "connection_config.host"),
        ({"connection_config": {"host": "a;rm -rf"}}, "connection_config.host"),
        ({"connection_config": {"host": "x" * 300}}, "connection_config.host"),
        ({"connection_config": {"host": "10.0.0.1", "port": 0}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "port": 65536}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "port": "502"}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "port": 502.5}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "port": True}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "port": None}}, "connection_config.port"),
        ({"connection_config": {"host": "10.0.0.1", "unit_id": 256}}, "connection_config.unit_id"),
        ({"connection_config": {"host": "10.0.0.1", "unit_id": -1}}, "connection_config.unit_id"),
        ({"connection_config": {"host": "10.0.0.1", "timeout": 0}}, "connection_config.timeout"),
        ({"connection_config": {"host": "10.0.0.1", "timeout": 1e300}}, "connection_config.timeout"),
        ({"connection_config": {"host": "10.0.0.1", "password": "x"}}, "connection_config.password"),
        ({"device_config": "A"}, "device_config"),
        ({"device_config": {"circuits": "A"}}, "device_config.circuits"),
        ({"device_config": {"circuits": ["H"]}}, "device_config.circuits"),
        ({"device_config": {"circuits": [["A"]]}}, "device_config.circuits"),
        ({"device_config": {"zones": [11]}}, "device_config.zones"),
        ({"device_config": {"interval": 0}}, "device_config.interval"),
        ({"device_config": {"interval": "fast"}}, "device_config.interval"),
        ({"device_config": {"colour": "red"}}, "device_config.colour"),
        ({"enabled": "yes"}, "enabled"),
        ({"enabled": 1}, "enabled"),
        ({"enabled": None}, "enabled"),
        ({"id": "hp-007"}, "id"),
        ({"connection": {"host": "10.0.0.1"}}, "connection"),
    ],
)
def test_a_bad_field_is_refused_by_name(owner: Visitor, system: System, change: dict[str, object], field: str) -> None:
    answer = owner.send("POST", "/api/heatpumps", SENT | change)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert answer.json["error"].startswith(f"{field}: ")
    assert heatpumps.all_of_them(system) == []
    kept = heatpumps.add(system, SENT)
    changed = owner.send("PUT", f"/api/heatpumps/{kept.id}", change)
    if changed.status_code == 200:  # to a heat pump that has a host already, an empty object changes nothing
        assert change == {"connection_config": {}} or field == "connection"
    else:
        assert changed.status_code == 400
        assert heatpumps.get(system, kept.id) == kept


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b"{",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"name=x",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/heatpumps"), ("PUT", "/api/heatpumps/hp-001")])
def test_a_body_that_is_no_json_object_is_refused(
    owner: Visitor, add: Callable[..., HeatPump], method: str, path: str, body: bytes
) -> None:
    add()
    answer = owner.send(method, path, body)
    assert answer.status_code == 400
    assert answer.json == {"error": "The body must be one JSON object"}


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST"])
def test_a_second_heat_pump_at_the_same_address_is_a_conflict(
    owner: Visitor, add: Callable[..., HeatPump], host: str
) -> None:
    add(connection_config={"host": host.lower(), "port": 9})
    other = add("Gebäude B", connection_config={"host": host, "port": 10})
    place = {"connection_config": {"host": host, "port": 9}}
    for method, path, content in (
        ("POST", "/api/heatpumps", SENT | place),
        ("PUT", f"/api/heatpumps/{other.id}", place),
    ):
        answer = owner.send(method, path, content)
        assert (answer.status_code, answer.json["field"]) == (409, "connection_config.host")
        assert "already belongs to hp-001 (Gebäude A)" in answer.json["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/heatpumps/hp-999"),
        ("PUT", "/api/heatpumps/hp-999"),
        ("DELETE", "/api/heatpumps/hp-999"),
        ("POST", "/api/heatpumps/hp-999/test"),
        ("GET", "/api/heatpumps/hp-999/series?sensors=temp_outside&from=0&to=1"),
        ("GET", "/api/data/hp-999"),
        ("GET", "/api/data?heatpump_id=hp-999"),
        ("GET", "/api/heatpumps/%00"),
        ("GET", "/api/heatpumps/'%20OR%201=1"),
    ],
)
def test_a_heat_pump_that_is_not_there_is_not_found(owner: Visitor, method: str, path: str) -> None:
    answer = owner.send(method, path, {"name": "x"} if method == "PUT" else None)
    assert answer.status_code == 404
    assert answer.json["error"].startswith("There is no heat pump ")


def test_the_connection_test_asks_the_heat_pump(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    with ModbusSimulator(model, {"circuits": ["A", "B"], "zones": []}, Plant(1, start=NOW)) as machine:
        pump = add(connection_config={"host": "127.0.0.1", "port": machine.port})
        answer = owner.send("POST", f"/api/heatpumps/{pump.id}/test").json
    assert answer["ok"] is True
    assert answer["fitted"] == {"circuits": ["A", "B"], "zones": []}
    assert 0 < answer["seconds"] < 60
    assert answer["requests"] > 10
    assert answer["sensors"] > 50
    assert set(answer) == {"ok", "seconds", "requests", "sensors", "fitted"}


def test_the_connection_test_tells_why_it_failed(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    with refusing_port() as port:
        pump = add(connection_config={"host": "127.0.0.1", "port": port})
        answer = owner.send("POST", f"/api/heatpumps/{pump.id}/test")
    assert answer.status_code == 200
    assert answer.json["ok"] is False
    assert answer.json["kind"] == "unreachable"
    assert answer.json["code"] == "refused"
    assert answer.json["reason"].startswith(f"127.0.0.1:{port} refuses the connection")
    assert "usually has 502" in answer.json["advice"]
    assert "instead" not in answer.json


def test_the_connection_test_names_what_would_do_instead(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    with ModbusServer(inputs={1: (0xFFE7,), 37: (12,), 1028: (30,)}) as server:
        server.rules.append((lambda request: request.unit != 2, exception(11)))
        pump = add(connection_config={"host": "127.0.0.1", "port": server.port, "unit_id": 2})
        answer = owner.send("POST", f"/api/heatpumps/{pump.id}/test").json
    assert (answer["ok"], answer["kind"], answer["code"]) == (False, "bad_answer", "other_machine")
    assert answer["instead"] == {"manufacturer": "nibe", "model": "s_series", "unit_id": 2}
    assert answer["advice"] == "Choose NIBE S-Series as the model."


@pytest.mark.parametrize(
    ("failure", "kind"),
    [(Unreachable("x"), "unreachable"), (BadAnswer("x"), "bad_answer"), (Refused("x"), "refused")],
)
def test_failures_are_told_apart_by_kind(failure: DriverError, kind: str) -> None:
    from app.web.api.heatpumps import _kind

    assert _kind(failure) == kind


def test_the_manufacturers_and_their_models_are_listed(owner: Visitor) -> None:
    makers = owner.get("/api/manufacturers").json["manufacturers"]
    idm = next(maker for maker in makers if maker["id"] == "idm")
    assert idm["title"] == "iDM"
    assert idm["models"][0]["id"] == "navigator_2_0"
    assert idm["models"][0]["title"] == "iDM Navigator 2.0"
    assert idm["models"][0]["capabilities"]["max_circuits"] == 7


def test_a_model_tells_how_it_is_set_up_in_the_readers_language(owner: Visitor) -> None:
    path = "/api/manufacturers/idm/models/navigator_2_0/setup"
    setup = owner.get(path).json
    assert setup["connection"] == {"port": 502, "unit_id": 1, "timeout": 5}
    assert setup["options"]["circuits"]["choices"] == ["A", "B", "C", "D", "E", "F", "G"]
    assert setup["options"]["circuits"]["default"] == ["A"]
    assert setup["setup"].startswith("Modbus is off by default.")
    owner.post("/language", {"language": "de"})
    assert owner.get(path).json["setup"].startswith("Ab Werk ist Modbus ausgeschaltet.")


@pytest.mark.parametrize("path", ["idm/models/unknown", "nobody/models/navigator_2_0", "..%5c/models/x"])
def test_an_unknown_model_is_not_found(owner: Visitor, path: str) -> None:
    assert owner.get(f"/api/manufacturers/{path}/setup").status_code == 404
