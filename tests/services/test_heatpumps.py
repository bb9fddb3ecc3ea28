"""Adding, changing and removing heat pumps, and what is refused."""

import math

import pytest

from app.messages import Conflict, Invalid, NotFound
from app.reading import Column, Reading
from app.services import heatpumps, status
from app.store import readings
from app.store.database import Database


def test_a_new_heat_pump_gets_the_models_defaults(system):
    pump = heatpumps.add(
        system,
        {"manufacturer": "idm", "model": "navigator_2_0", "connection_config": {"host": "10.0.0.9"}, "enabled": False},
    )
    assert pump.id == "hp-001"
    assert pump.name == "iDM Navigator 2.0"
    assert pump.connection == {"host": "10.0.0.9", "port": 502, "unit_id": 1, "timeout": 5}
    assert pump.settings == {"circuits": ["A"], "zones": []}
    assert heatpumps.get(system, "hp-001") == pump


def test_a_change_leaves_the_fields_that_were_not_sent(system, idm):
    before = heatpumps.add(system, idm)
    after = heatpumps.change(system, before.id, {"name": "Gebäude B", "connection_config": {"port": 502}})
    assert (after.name, after.connection["host"], after.connection["port"]) == ("Gebäude B", "127.0.0.1", 502)
    assert after.settings == before.settings
    assert after.created_at == before.created_at


def test_parts_are_kept_in_the_order_of_the_machine_and_once(system, idm):
    idm["device_config"] = {"circuits": ["C", "A", "C"], "zones": [2, "1"]}
    pump = heatpumps.add(system, idm)
    assert pump.options == {"circuits": ["A", "C"], "zones": ["1", "2"]}


BAD = [
    ("name", {"name": ""}),
    ("name", {"name": "   "}),
    ("name", {"name": "x" * 81}),
    ("name", {"name": 5}),
    ("manufacturer", {"manufacturer": "nobody"}),
    ("manufacturer", {"manufacturer": None}),
    ("manufacturer", {"manufacturer": ["idm"]}),
    ("model", {"model": "navigator_9"}),
    ("model", {"model": ""}),
    ("manufacturer", {"manufacturer": "stiebel", "model": "eltron_wpm"}),
    ("enabled", {"enabled": "yes"}),
    ("enabled", {"enabled": 1}),
    ("connection_config", {"connection_config": "127.0.0.1"}),
    ("connection_config.host", {"connection_config": {}}),
    ("connection_config.host", {"connection_config": {"host": ""}}),
    ("connection_config.host", {"connection_config": {"host": "http://heat.pump"}}),
    ("connection_config.host", {"connection_config": {"host": "heat pump"}}),
    ("connection_config.host", {"connection_config": {"host": "heat.pump:502"}}),
    ("connection_config.host", {"connection_config": {"host": "a" * 64 + "." + "b" * 200}}),
    ("connection_config.host", {"connection_config": {"host": 127}}),
    ("connection_config.port", {"connection_config": {"host": "a", "port": 0}}),
    ("connection_config.port", {"connection_config": {"host": "a", "port": 65536}}),
    ("connection_config.port", {"connection_config": {"host": "a", "port": "502"}}),
    ("connection_config.port", {"connection_config": {"host": "a", "port": True}}),
    ("connection_config.port", {"connection_config": {"host": "a", "port": 502.5}}),
    ("connection_config.unit_id", {"connection_config": {"host": "a", "unit_id": 256}}),
    ("connection_config.unit_id", {"connection_config": {"host": "a", "unit_id": -1}}),
    ("connection_config.timeout", {"connection_config": {"host": "a", "timeout": 0}}),
    ("connection_config.timeout", {"connection_config": {"host": "a", "timeout": math.nan}}),
    ("connection_config.timeout", {"connection_config": {"host": "a", "timeout": math.inf}}),
    ("connection_config.password", {"connection_config": {"host": "a", "password": "x"}}),
    ("device_config.interval", {"device_config": {"interval": -30}}),
    ("device_config.interval", {"device_config": {"interval": 0}}),
    ("device_config.interval", {"device_config": {"interval": math.nan}}),
    ("device_config.interval", {"device_config": {"interval": "30"}}),
    ("device_config.circuits", {"device_config": {"circuits": "A"}}),
    ("device_config.circuits", {"device_config": {"circuits": ["H"]}}),
    ("device_config.zones", {"device_config": {"zones": [11]}}),
    ("device_config.zones", {"device_config": {"zones": [0]}}),
    ("device_config.rooms", {"device_config": {"rooms": [1]}}),
    ("colour", {"colour": "red"}),
]


@pytest.mark.parametrize(("field", "wrong"), BAD)
def test_a_wrong_field_is_named_and_nothing_is_kept(system, idm, field, wrong):
    with pytest.raises(Invalid) as refusal:
        heatpumps.add(system, {**idm, **wrong})
    assert refusal.value.field == field
    assert str(refusal.value)
    assert heatpumps.all_of_them(system) == []


def test_two_heat_pumps_cannot_have_the_same_address(system, idm):
    first = heatpumps.add(system, idm)
    with pytest.raises(Conflict, match="hp-001") as refusal:
        heatpumps.add(system, {**idm, "name": "again"})
    assert refusal.value.field == "connection_config.host"
    second = heatpumps.add(system, {**idm, "connection_config": {"host": "127.0.0.1", "port": 9, "unit_id": 2}})
    with pytest.raises(Conflict):
        heatpumps.change(system, second.id, {"connection_config": {"unit_id": 1}})
    assert heatpumps.change(system, first.id, {"name": "same place"}).name == "same place"


def test_how_long_an_answer_is_waited_for_makes_no_second_address(system, idm):
    heatpumps.add(system, idm)
    with pytest.raises(Conflict, match=r"127\.0\.0\.1:9/1 already belongs to hp-001"):
        heatpumps.add(system, {**idm, "connection_config": {"host": "127.0.0.1", "port": 9, "timeout": 30}})


def test_a_protocol_is_asked_only_for_the_settings_it_knows(system):
    luxtronik = {"manufacturer": "luxtronik", "model": "luxtronik_2_1", "enabled": False}
    with pytest.raises(Invalid, match="host, port, timeout") as refusal:
        heatpumps.add(system, luxtronik | {"connection_config": {"host": "10.0.0.9", "unit_id": 1}})
    assert refusal.value.field == "connection_config.unit_id"
    pump = heatpumps.add(system, luxtronik | {"connection_config": {"host": "10.0.0.9"}})
    assert pump.connection == {"host": "10.0.0.9", "port": 8889, "timeout": 10}
    assert pump.address == "10.0.0.9:8889"


def test_two_heat_pumps_behind_one_ebusd_are_possible_and_twice_the_same_is_not(system):
    def sent(**connection):
        where = {"host": "10.0.0.9", **connection}
        return {"manufacturer": "vaillant", "model": "arotherm", "enabled": False, "connection_config": where}

    first = heatpumps.add(system, sent())
    assert first.connection == {"host": "10.0.0.9", "port": 8888, "circuit": "hmu", "timeout": 10}
    second = heatpumps.add(system, sent(circuit="HMU2"))
    assert second.connection["circuit"] == "hmu2"
    for again in ({}, {"circuit": "hmu"}, {"circuit": "Hmu2"}, {"circuit": "hmu2", "timeout": 30}):
        with pytest.raises(Conflict, match=r"10\.0\.0\.9:8888/hmu2? already belongs to"):
            heatpumps.add(system, sent(**again))


@pytest.mark.parametrize("circuit", ["", " ", "hmu 2", "hmu;quit", "hmu\nquit", "-c", 7, None, "x" * 40])
def test_what_is_no_name_of_a_circuit_is_refused(system, circuit):
    where = {"host": "10.0.0.9", "circuit": circuit}
    with pytest.raises(Invalid) as refusal:
        heatpumps.add(system, {"manufacturer": "vaillant", "model": "arotherm", "connection_config": where})
    assert refusal.value.field == "connection_config.circuit"


def test_another_model_keeps_of_the_connection_what_its_protocol_knows(system, idm):
    before = heatpumps.add(system, idm)
    after = heatpumps.change(system, before.id, {"manufacturer": "luxtronik", "model": "luxtronik_2_1"})
    assert after.connection == {"host": "127.0.0.1", "port": 9, "timeout": 5}
    assert after.settings == {"circuits": []}


def test_the_case_of_a_host_name_makes_no_second_address(system, idm):
    idm["connection_config"] = {"host": "heatpump.local"}
    heatpumps.add(system, idm)
    with pytest.raises(Conflict):
        heatpumps.add(system, {**idm, "connection_config": {"host": "HeatPump.local"}})


def test_the_database_itself_refuses_a_second_one(system, idm):
    """Two requests at the same moment cannot both win."""
    import sqlite3

    from app.store import heatpumps as stored

    pump = heatpumps.add(system, idm)
    twin = stored.HeatPump(
        "hp-077", pump.name, pump.manufacturer, pump.model, pump.connection, pump.settings, True, 1, 1
    )
    with pytest.raises(sqlite3.IntegrityError), system.database.transaction() as db:
        stored.put(db, twin)


@pytest.mark.parametrize("call", [heatpumps.get, heatpumps.remove, lambda system, id: heatpumps.change(system, id, {})])
def test_an_unknown_heat_pump_is_not_found(system, call):
    with pytest.raises(NotFound, match="hp-042"):
        call(system, "hp-042")


def test_a_removed_heat_pump_leaves_nothing_behind(system, idm):
    pump = heatpumps.add(system, idm)
    with system.database.transaction() as db:
        readings.add(db, Reading(pump.id, 1000, (Column("temp_outside", "°C", "float32"),), (5.0,)))
    system.latest.load(system.database.connection())
    heatpumps.remove(system, pump.id)
    assert heatpumps.all_of_them(system) == []
    assert system.latest.of(pump.id) == {}
    assert heatpumps.add(system, idm).id == "hp-002"


def test_a_heat_pump_of_a_model_that_is_gone_is_shown_as_unreadable(tmp_path, system, idm):
    idm["enabled"] = True
    with system.database.transaction() as db:
        from app.store import heatpumps as stored

        stored.put(
            db,
            stored.HeatPump(
                "hp-009", "Alt", "acme", "x", {"host": "a", "port": 1, "unit_id": 1, "timeout": 1}, {}, True, 1, 1
            ),
        )
    system.follow_the_list()
    found = status.of(system, heatpumps.get(system, "hp-009"))
    assert found.state == "unreadable"
    assert "acme/x" in str(found.reason)


def test_what_was_kept_is_there_after_a_restart(tmp_path, idm):
    from app.config import Config
    from app.system import assemble

    first = assemble(Config(tmp_path))
    pump = heatpumps.add(first, idm)
    first.database.close()
    second = assemble(Config(tmp_path))
    assert heatpumps.get(second, pump.id) == pump
    assert isinstance(second.database, Database)
    second.database.close()
