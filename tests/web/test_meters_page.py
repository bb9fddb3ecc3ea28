"""The pages of the owner's meters: entering, trying out, changing, and what nobody is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.polling import metering
from app.reading import Column, Reading
from app.services import meters
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell
from tests.web_server import PASSWORD, USER, WebServer

PAGES = {"/rpc/Shelly.GetStatus": {"em:0": {"total_act_power": 1234.0}, "emdata:0": {"total_act": 5_000_000.0}}}


@pytest.fixture
def pump(add: Callable[..., HeatPump]) -> HeatPump:
    return add("Kindergarten")


def test_a_meter_is_tried_out_and_then_kept(owner: Visitor, system: System, pump: HeatPump) -> None:
    with WebServer(PAGES, "digest") as server:
        typed = {"kind": "shelly", "address": server.address, "user": USER, "secret": PASSWORD}
        page = owner.post(f"/heatpumps/{pump.id}/meters/add", typed | {"action": "test"}).text
        assert "1.23\u00a0kW" in page
        assert "5,000.0\u00a0kWh" in page
        assert PASSWORD not in page
        assert meters.of(system, pump) == []
        assert owner.post(f"/heatpumps/{pump.id}/meters/add", typed).status_code == 302
    for path in (f"/heatpumps/{pump.id}/meters", f"/heatpumps/{pump.id}/meters/1", f"/api/heatpumps/{pump.id}/meters"):
        page = owner.get(path).text
        assert server.address in page
        assert PASSWORD not in page
    assert owner.get(f"/api/heatpumps/{pump.id}/meters").json["meters"][0]["has_secret"] is True


def test_a_kept_meter_is_tried_out_with_the_password_that_is_not_shown(
    owner: Visitor, system: System, pump: HeatPump
) -> None:
    with WebServer(PAGES, "basic") as server:
        sent = {"kind": "shelly", "address": server.address, "user": USER}
        own = meters.add(system, pump, sent | {"secret": PASSWORD})
        page = owner.post(f"/heatpumps/{pump.id}/meters/{own.id}", sent | {"action": "test", "secret": ""}).text
    assert "1.23\u00a0kW" in page


@pytest.mark.parametrize("kind", ["shelly", "json", "prometheus", "promql", "modbus", "nonsense"])
def test_every_kind_has_its_form_in_both_languages(owner: Visitor, pump: HeatPump, kind: str) -> None:
    for language in ("de", "en"):
        page = owner.get(f"/heatpumps/{pump.id}/meters/add?kind={kind}", headers={"Accept-Language": language})
        assert page.status_code == 200
        assert ('name="table"' in page.text) == (kind == "modbus")


def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(owner: Visitor, pump: HeatPump) -> None:
    typed = {"kind": "modbus", "side": "heat", "address": "10.0.0.5", "power_at": "99999", "power_unit": "kW"}
    page = owner.post(f"/heatpumps/{pump.id}/meters/add", typed)
    assert page.status_code == 400
    assert "99999 is no register from 0 to 65535" in page.text
    assert 'value="10.0.0.5"' in page.text


def test_a_form_of_modbus_becomes_a_meter(owner: Visitor, system: System, pump: HeatPump) -> None:
    typed = {"kind": "modbus", "side": "heat", "address": "10.0.0.5", "energy_at": "7", "energy_unit": "MWh"}
    more = {
        "table": "input",
        "type": "float32",
        "word_order": "little",
        "scale": "0,1",
        "unit_id": "3",
        "interval": "60",
    }
    assert owner.post(f"/heatpumps/{pump.id}/meters/add", typed | more).status_code == 302
    (own,) = meters.of(system, pump)
    assert (own.meter.address, own.meter.scale, own.meter.interval_s) == ("10.0.0.5:502", 0.1, 60)
    page = owner.get(f"/heatpumps/{pump.id}/meters/{own.id}").text
    assert 'value="0.1"' in page


def test_only_the_owner_sees_and_enters_meters(viewer: Visitor, pump: HeatPump) -> None:
    for path in (
        f"/heatpumps/{pump.id}/meters",
        f"/heatpumps/{pump.id}/meters/add",
        f"/api/heatpumps/{pump.id}/meters",
    ):
        assert viewer.get(path).status_code == 403
    assert viewer.send("POST", f"/api/heatpumps/{pump.id}/meters", {}).status_code == 403


def test_the_values_of_a_meter_stand_among_the_others(owner: Visitor, system: System, pump: HeatPump) -> None:
    tell(system, pump, NOW - 5, {"temp_outside": 1.0})
    columns = (Column("meter_electric_power", "kW", "float64"), Column("meter_electric_energy", "kWh", "float64"))
    reading = Reading(pump.id, NOW - 4, columns, (1.5, None))
    with system.database.transaction() as db:
        readings.add(db, reading)
    system.latest.put(metering.told(reading))
    page = owner.get(f"/heatpumps/{pump.id}").text
    assert "Electrical power, own meter" in page
    assert ">own meter<" in page
    course = owner.get(
        f"/api/heatpumps/{pump.id}/series?sensors=meter_electric_power&from={NOW - 60}&to={NOW}&points=1"
    ).json
    assert course["series"][0]["mean"] == [1.5]
    assert "meter_electric_power" in owner.get(f"/heatpumps/{pump.id}/export.csv").text
    assert system.latest.last_seen(pump.id) == NOW - 5


def test_the_interface_adds_tries_changes_and_removes(owner: Visitor, pump: HeatPump) -> None:
    base = f"/api/heatpumps/{pump.id}/meters"
    with WebServer({"/v": {"e": 2}}) as server:
        sent = {"kind": "json", "side": "heat", "address": f"{server.address}/v", "energy": {"at": "/e", "unit": "MWh"}}
        assert owner.send("POST", f"{base}/test", sent).json == {
            "values": {"meter_heat_energy": 2000.0},
            "problems": {},
        }
        made = owner.send("POST", base, sent)
        assert (made.status_code, made.json["sensors"]) == (201, ["meter_heat_energy"])
        again = owner.send("PUT", f"{base}/{made.json['id']}", sent | {"interval": 60})
        assert again.json["interval"] == 60
        assert owner.send("DELETE", f"{base}/{made.json['id']}").status_code == 204
        assert owner.get(base).json == {"meters": []}
        assert owner.send("POST", base, sent | {"kind": "x"}).json["field"] == "kind"
