"""Heat pumps of a configuration file become the owner's own, once, and every mistake is named with entry and key."""

from __future__ import annotations

import json

import pytest

from app.commands.arguments import installation
from app.config import BadConfig
from app.services import config_heatpumps, heatpumps


def entry(heatpump_id="hp-001", **changed):
    return {
        "id": heatpump_id, "name": "Haus", "manufacturer": "idm", "model": "navigator_2_0",
        "connection_config": {"host": "127.0.0.1", "port": 9 + int(heatpump_id[-1])}, "enabled": False, **changed,
    }  # fmt: skip


def take(system, **content):
    return config_heatpumps.take(system, "config.yaml", content)


def test_entries_keep_their_ids_and_no_id_is_given_twice(system, idm):
    taken = take(system, heatpumps=[entry("hp-007"), entry("hp-002", name="Anbau"), entry("garage-3")])
    assert [(pump.id, pump.name) for pump in taken] == [("hp-007", "Haus"), ("hp-002", "Anbau"), ("garage-3", "Haus")]
    assert heatpumps.add(system, idm).id == "hp-008"


def test_a_second_time_changes_nothing(system):
    take(system, heatpumps=[entry(), entry("hp-002")], idm={"host": "127.0.0.1", "port": 99})
    heatpumps.change(system, "hp-001", {"name": "Heizung"})
    heatpumps.remove(system, "hp-002")
    assert take(system, heatpumps=[entry(), entry("hp-002")], idm={"host": "127.0.0.1", "port": 99}) == []
    assert [pump.name for pump in heatpumps.all_of_them(system)] == ["Heizung", "Wärmepumpe (Migriert)"]


def test_a_machine_that_is_there_already_stays_the_one_it_is(system, idm):
    there = heatpumps.add(system, idm)
    assert take(system, idm={"host": "127.0.0.1", "port": 9}) == []
    assert [pump.id for pump in heatpumps.all_of_them(system)] == [there.id]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"idm": {"port": 502}}, r"config.yaml: idm: host: the address"),
        ({"idm": {"host": "a", "port": 0}}, r"idm: port: 0 is not"),
        ({"idm": {"host": "a", "circuits": "A"}}, r"idm: circuits: must be a list"),
        ({"idm": {"host": "a", "zones": ["eins"]}}, r"idm: zones: 'eins' is not a number"),
        ({"idm": {"host": "a", "zones": [10]}}, r"idm: zones: 11 is not one of"),
        ({"idm": {"host": "a", "colour": "red"}}, r"idm: colour: is not one of host, port, circuits, zones"),
        ({"idm": "127.0.0.1"}, r"idm: must hold host"),
        ({"heatpumps": {}}, r"heatpumps: must be a list"),
        ({"heatpumps": ["hp-001"]}, r"heatpumps: entry 1: must hold named values"),
        ({"heatpumps": [entry(), {"name": "ohne"}]}, r"heatpumps: entry 2: id: None must be"),
        ({"heatpumps": [entry(), {"id": "HP 2"}]}, r"heatpumps: entry 2: id: 'HP 2' must be"),
        ({"heatpumps": [entry(), entry()]}, r"heatpumps: id: 'hp-001' stands twice"),
        ({"heatpumps": [entry(), entry("hp-002", model="x")]}, r"heatpumps: entry 2 \(hp-002\): model: idm/x is not"),
        ({"heatpumps": [entry(colour="red")]}, r"entry 1 \(hp-001\): colour: is not one of"),
        ({"heatpumps": [entry(connection={"host": "a"})]}, r"entry 1 \(hp-001\): connection: says the same"),
        ({"heatpumps": [entry(enabled="yes")]}, r"entry 1 \(hp-001\): enabled: 'yes' is neither"),
        ({"heatpumps": [entry(connection_config={"host": "a", "speed": 1})]}, r"connection_config.speed: there is no"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_taken(system, content, says):
    with pytest.raises(BadConfig, match=says):
        take(system, **content)
    assert heatpumps.all_of_them(system) == []


def test_an_id_of_another_heat_pump_is_refused_also_of_one_that_is_gone(system, idm):
    heatpumps.add(system, idm)
    with pytest.raises(BadConfig, match="hp-001 is another heat pump already"):
        take(system, heatpumps=[entry("hp-001")])
    heatpumps.remove(system, "hp-001")
    with pytest.raises(BadConfig, match="was given to a heat pump before, choose one above hp-001"):
        take(system, heatpumps=[entry("hp-001")])


def test_numbers_in_quotes_and_keys_without_a_value_are_understood(system):
    idm = {"host": "127.0.0.1", "port": "99", "circuits": None, "zones": ["0", 3]}
    (pump,) = take(system, idm=idm)
    assert (pump.connection["port"], pump.options) == (99, {"circuits": ["A"], "zones": ["1", "4"]})


def test_what_nobody_reads_in_the_data_folder_and_one_machine_under_two_names_are_told(tmp_path, caplog):
    here = {"host": "127.0.0.1", "port": 10}
    content = {"idm": here, "heatpumps": [entry(connection_config=here)], "heatpump": []}
    (tmp_path / "config.json").write_text(json.dumps(content))
    (tmp_path / "config.yml").write_text("port: 8181")
    started = installation(tmp_path)
    assert [pump.id for pump in heatpumps.all_of_them(started)] == ["hp-legacy"]
    started.database.close()
    assert "config.json: heatpump: is read by nobody" in caplog.text
    assert "config.yml: is read by nobody; call it config.yaml" in caplog.text
    assert "entry 1 (hp-001): is hp-legacy (Wärmepumpe (Migriert)) already" in caplog.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.yaml", "interval: 12\nidm: {host: 127.0.0.1, port: 9, circuits: [a], zones: [0]}\n"),
        ("config.json", json.dumps({"idm": {"host": "127.0.0.1", "port": 9, "circuits": ["A"], "zones": [0]}})),
    ],
)
def test_the_data_folders_own_file_is_taken_at_the_next_start(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    for _ in range(2):
        started = installation(tmp_path)
        (pump,) = heatpumps.all_of_them(started)
        assert (pump.id, pump.options) == ("hp-legacy", {"circuits": ["A"], "zones": ["1"]})
        started.database.close()
    assert (tmp_path / name).read_text() == text
