"""A catalogue file that breaks a rule is refused, and the message names the file, the sensor and the rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.catalogue import Catalogue
from drivers.errors import BadCatalogue
from drivers.model import Model
from drivers.model_file import load_model

GOOD = """
manufacturer: acme
manufacturer_title: Acme
model: one
title: Acme One
driver: modbus_tcp
connection: {port: 502}
capabilities: {heating: true}
setup: {de: Einschalten, en: Switch on}
sources: {manual: the manual, sweep: a sweep}
defaults: {sources: [manual], absent: {uint8: [255]}}
reads: {max_count: 10}
states:
  turbo: {de: Turbo, en: Turbo}
options:
  circuits:
    {title: {de: Kreise, en: Circuits}, choices: [A, B], default: [A], fitted_when: ["temp_flow_circuit_{choice}"]}
sensors:
  temp_outside: {at: 1, type: int16, scale: 0.1, note: plain}
  system_mode: {at: 2, type: uint8, states: {0: standby, 1: turbo}, write: {wear: eeprom, states: [0, 1]}}
  temp_hot_water_target: {at: 3, type: uint8, write: {wear: eeprom, min: 35, max: 95}}
  fan_speed: {at: 4, type: uint8, title: {de: Lüfter, en: Fan}, unit: "%", category: source}
repeat:
  - over: {circuit: circuits}
    sensors:
      "temp_flow_circuit_{circuit}": {at: {from: 10, step: {circuit: 2}}, type: float32}
      "heating_curve_circuit_{circuit}":
        {at: {from: 30, step: {circuit: 2}}, type: float32, tier: slow, write: {wear: eeprom, min: 0.1, max: 3.5}}
  - over: {pump: [Ost, West]}
    sensors:
      "pump_{pump}":
        {at: {from: 20, step: {pump: 1}}, type: uint8, title: {de: "Pumpe {pump}", en: "Pump {pump}"}, category: source}
dashboard:
  - {title: {de: Temperaturen, en: Temperatures}, type: line, sensors: [temp_outside]}
"""

FAN = 'fan_speed: {at: 4, type: uint8, title: {de: Lüfter, en: Fan}, unit: "%", category: source}'
OUTSIDE = "temp_outside: {at: 1, type: int16, scale: 0.1, note: plain}"
HOT_WATER = "temp_hot_water_target: {at: 3, type: uint8, write: {wear: eeprom, min: 35, max: 95}}"
REPEATED = '"temp_flow_circuit_{circuit}": {at: {from: 10, step: {circuit: 2}}, type: float32}'

# rule → (what stands in the good file, what stands there instead, what the message must say besides the file's name)
BROKEN = {
    "the file is not YAML": ("sensors:\n", "sensors: [\n", ["line"]),
    "the file is a list": (GOOD, "[1, 2]", ["object"]),
    "a key of the file is missing": ("driver: modbus_tcp\n", "", ["driver"]),
    "a key of the file is unknown": ("driver: modbus_tcp\n", "driver: modbus_tcp\nport: 502\n", ["port"]),
    "a sensor stands twice": (FAN, f"{FAN}\n  {FAN}", ["fan_speed", "stands twice"]),
    "a repeated sensor stands twice": (
        FAN,
        "temp_flow_circuit_a: {at: 5, type: uint8, title: {de: V, en: F}, category: source}",
        ["temp_flow_circuit_a", "stands twice"],
    ),
    "a field stands twice": (FAN, FAN.replace("at: 4", "at: 4, at: 5"), ["'at' stands twice"]),
    "a field is unknown": (FAN, FAN.replace("at: 4", "at: 4, factor: 2"), ["fan_speed", "factor"]),
    "a field of write is unknown": (HOT_WATER, HOT_WATER.replace("max", "most"), ["temp_hot_water_target", "most"]),
    "a field has the wrong type": (FAN, FAN.replace("at: 4", "at: four"), ["fan_speed", "at: a place has a number"]),
    "a truth is a word": (FAN, FAN.replace("at: 4", "at: 4, alone: yes"), ["fan_speed", "alone"]),
    "a register type is unknown": (FAN, FAN.replace("uint8", "byte"), ["fan_speed", "byte"]),
    "a register type of the defaults is unknown": ("{uint8: [255]}", "{byte: [255]}", ["byte"]),
    "a wear is unknown": (HOT_WATER, HOT_WATER.replace("eeprom", "flash"), ["temp_hot_water_target", "flash"]),
    "a tier is unknown": (FAN, FAN.replace("at: 4", "at: 4, tier: daily"), ["fan_speed", "daily"]),
    "a word is unknown": (FAN, "fan_speed: {at: 4, type: uint8}", ["fan_speed", "not in vocabulary.yaml"]),
    "a title lacks a language": (FAN, FAN.replace("de: Lüfter, ", ""), ["fan_speed", "de"]),
    "a category is unknown": (FAN, FAN.replace("source", "air"), ["fan_speed", "category 'air'"]),
    "a shared word gets a unit of its own": (
        OUTSIDE,
        OUTSIDE.replace("at: 1", "at: 1, unit: K"),
        ["temp_outside", "come from vocabulary.yaml"],
    ),
    "a shared word gets a kind of its own": (
        OUTSIDE,
        OUTSIDE.replace("at: 1", "at: 1, kind: counter"),
        ["temp_outside", "come from vocabulary.yaml"],
    ),
    "a state has no title": ("turbo}, write", "racing}, write", ["system_mode", "state 'racing' has no title"]),
    "a code to write is no state": ("states: [0, 1]", "states: [0, 7]", ["system_mode", "7 is not one of the states"]),
    "a source is unknown": (FAN, FAN.replace("at: 4", "at: 4, sources: [rumour]"), ["fan_speed", "source 'rumour'"]),
    "no source is named": (FAN, FAN.replace("at: 4", "at: 4, sources: []"), ["fan_speed", "names no source"]),
    "an address is negative": (FAN, FAN.replace("at: 4", "at: -1"), ["fan_speed", "outside 0..65535"]),
    "an address is too high": (FAN, FAN.replace("at: 4", "at: 65536"), ["fan_speed", "outside 0..65535"]),
    "two sensors share an address": (FAN, FAN.replace("at: 4", "at: 3"), ["fan_speed", "same address 3"]),
    "two sensors overlap": (
        FAN,
        FAN.replace("at: 4", "at: 11"),
        ["fan_speed", "overlaps temp_flow_circuit_a", "never_together"],
    ),
    "what may be elsewhere is certain here": (
        FAN,
        FAN.replace("at: 4", "at: 4, elsewhere: {at: 5}"),
        ["fan_speed", "elsewhere", "must be optional"],
    ),
    "a setting may be elsewhere": (
        HOT_WATER,
        HOT_WATER.replace("at: 3", "at: 3, optional: true, elsewhere: {at: 5}"),
        ["temp_hot_water_target", "elsewhere", "one place only"],
    ),
    "elsewhere is another sensor": (
        FAN,
        FAN.replace("at: 4", "at: 4, optional: true, elsewhere: {at: 3}"),
        ["same address 3"],
    ),
    "elsewhere is no address": (
        FAN,
        FAN.replace("at: 4", "at: 4, optional: true, elsewhere: {at: -3}"),
        ["fan_speed", "elsewhere", "outside 0..65535"],
    ),
    "a sensor is longer than a read": ("max_count: 10", "max_count: 1", ["temp_flow_circuit_a", "2 words"]),
    "a scale is zero": ("scale: 0.1", "scale: 0", ["temp_outside", "scale 0"]),
    "the lowest value is above the highest": ("min: 35", "min: 96", ["temp_hot_water_target", "above the maximum"]),
    "a limit does not fit into the register": (
        "max: 95",
        "max: 300",
        ["temp_hot_water_target", "limit 300", "does not fit into uint8"],
    ),
    "a limit lies between two steps of the register": (
        "max: 95",
        "max: 95.5",
        ["temp_hot_water_target", "limit 95.5 reads back as"],
    ),
    "the neutral value does not fit": ("max: 95", "max: 95, neutral: -1", ["temp_hot_water_target", "limit -1"]),
    "a repeat is over an unknown option": ("{circuit: circuits}", "{circuit: rooms}", ["repeat", "'rooms'"]),
    "a step is over a name that is not repeated": (
        REPEATED,
        REPEATED.replace("step: {circuit: 2}", "step: {zone: 2}"),
        ["temp_flow_circuit_{circuit}", "step over 'zone'"],
    ),
    "a repeated register begins nowhere": (
        REPEATED,
        REPEATED.replace("from: 10, ", ""),
        ["temp_flow_circuit_{circuit}", "needs from or each"],
    ),
    "a part has no place": (
        REPEATED,
        REPEATED.replace("from: 10, step: {circuit: 2}", "each: {circuit: [10]}"),
        ["temp_flow_circuit_{circuit}", "fewer places"],
    ),
    "a table is one of another protocol": (
        FAN,
        FAN.replace("at: 4", "at: 4, table: calculations"),
        ["fan_speed", "table 'calculations'", "holding, input"],
    ),
    "a divided value is written": (
        "min: 35",
        "min: 35}, divide: 36, plausible: {min: 35",
        ["temp_hot_water_target", "divide 36"],
    ),
    "writing depends on what is no text": (
        "capabilities:",
        "write_refused_when: {temp_outside: x}\ncapabilities:",
        ["write_refused_when", "temp_outside"],
    ),
    "a bit is none of a word": (
        FAN,
        FAN.replace("at: 4, type: uint8", "at: 4, type: uint16, bit: 16"),
        ["fan_speed", "bit 16"],
    ),
    "a bit is written": (
        HOT_WATER,
        HOT_WATER.replace("at: 3, type: uint8", "at: 3, type: uint16, bit: 1"),
        ["temp_hot_water_target", "read only"],
    ),
    "a bit shares its place with a whole register": (
        FAN,
        FAN.replace("at: 4, type: uint8", "at: 1, type: uint16, bit: 1"),
        ["fan_speed", "same address 1"],
    ),
    "a coil holds a number": (FAN, FAN.replace("at: 4", "at: 4, table: coil"), ["fan_speed", "belong together"]),
    "a register is a coil's bit": (FAN, FAN.replace("uint8", "bit"), ["fan_speed", "belong together"]),
    "a sign is no sensor": (
        "capabilities:",
        "recognise: [{sensor: temp_flow, sources: [manual]}]\ncapabilities:",
        ["recognise", "'temp_flow'"],
    ),
    "a sign cites nobody": (
        "capabilities:",
        "recognise: [{sensor: temp_outside, sources: []}]\ncapabilities:",
        ["recognise", "temp_outside", "cites"],
    ),
    "a sign waits for a word that the sensor does not have": (
        "capabilities:",
        "recognise: [{sensor: system_mode, answers: [racing], sources: [manual]}]\ncapabilities:",
        ["recognise", "system_mode", "'racing'"],
    ),
    "a value is this machine's and another one's": (
        "capabilities:",
        "recognise: [{sensor: fan_speed, answers: [3], other: {3: Fan Two}, sources: [manual]}]\ncapabilities:",
        ["recognise", "fan_speed", "another one"],
    ),
    "the absence of what not every machine has tells something": (
        FAN,
        FAN.replace("at: 4", "at: 4, optional: true")
        + "\nrecognise: [{sensor: fan_speed, refused: Fan Two, sources: [manual]}]",
        ["recognise", "fan_speed", "optional"],
    ),
    "a repeated register does not move": (
        REPEATED,
        REPEATED.replace("step: {circuit: 2}", "step: {}"),
        ["temp_flow_circuit_b", "same address 10"],
    ),
    "a name in an id is not repeated": (
        FAN,
        FAN.replace("fan_speed", '"fan_{circuit}"').replace("{at", " {at"),
        ["fan_{circuit}", "'circuit' is not repeated here"],
    ),
    "a name in a title is not repeated": (
        '"Pumpe {pump}"',
        '"Pumpe {zone}"',
        ["pump_ost", "'zone' is not repeated here"],
    ),
    "a default is no choice": ("default: [A]", "default: [C]", ["circuits", "default 'C' is not one of A, B"]),
    "fitted_when names no sensor": (
        "temp_flow_circuit_{choice}",
        "temp_room_circuit_{choice}",
        ["circuits", "fitted_when 'temp_room_circuit_a'"],
    ),
    "fitted_when uses another name than choice": (
        "temp_flow_circuit_{choice}",
        "temp_flow_circuit_{circuit}",
        ["circuits", "fitted_when", "{choice}"],
    ),
    "a chart shows no sensor of the model": (
        "sensors: [temp_outside]",
        "sensors: [temp_flow]",
        ["dashboard", "Temperatures", "'temp_flow'"],
    ),
    "a read is longer than the protocol allows": ("max_count: 10", "max_count: 126", ["max_count", "125"]),
    "places that must stay apart are nowhere": (
        "max_count: 10",
        "max_count: 10, never_together: [[1, 99]]",
        ["never_together", "99"],
    ),
    "states have a scale": (
        "type: uint8, states: {0: standby",
        "type: uint8, scale: 0.1, states: {0: standby",
        ["system_mode", "scale"],
    ),
    "states are a float": (
        "type: uint8, states: {0: standby",
        "type: float32, states: {0: standby",
        ["system_mode", "integer"],
    ),
    "a write's step is finer than the register": (
        HOT_WATER,
        HOT_WATER.replace("max: 95", "max: 95, step: 0.5"),
        ["temp_hot_water_target", "step 0.5"],
    ),
    "two words are written with a function for one": (
        "defaults: {sources: [manual], absent: {uint8: [255]}}\n",
        "defaults: {sources: [manual], write_function: 6}\n",
        ["function 6"],
    ),
    "a value goes to and fro that nobody refreshes": (
        HOT_WATER,
        HOT_WATER.replace("max: 95", "max: 95, alternate: 1"),
        ["temp_hot_water_target", "alternate 1"],
    ),
    "a value goes to and fro by nothing": (
        HOT_WATER,
        HOT_WATER.replace("max: 95", "max: 95, refresh: 600, alternate: 0"),
        ["temp_hot_water_target", "alternate 0"],
    ),
    "a write may take longer than anybody waits": (
        "driver: modbus_tcp\n",
        "driver: modbus_tcp\nwrites: {within: 61}\n",
        ["within 61", "60"],
    ),
    "a cell stands no write": (
        "driver: modbus_tcp\n",
        "driver: modbus_tcp\nwrites: {endurance: 0}\n",
        ["endurance 0"],
    ),
    "a chart's type is unknown": ("type: line", "type: pie", ["dashboard", "pie"]),
}


def _written(folder: Path, content: str, name: str = "acme_one.yaml") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Model:
    return load_model(_written(tmp_path, GOOD))


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_file_is_refused_with_file_sensor_and_rule(rule: str, tmp_path: Path) -> None:
    stands, instead, expected = BROKEN[rule]
    assert stands in GOOD
    path = _written(tmp_path, GOOD.replace(stands, instead, 1))
    with pytest.raises(BadCatalogue) as refusal:
        load_model(path)
    for fragment in ["acme_one.yaml", *expected]:
        assert fragment in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match=r"nowhere\.yaml: cannot be read"):
        load_model(tmp_path / "nowhere.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "acme_one.yaml"
    path.write_bytes(GOOD.encode("latin-1"))
    with pytest.raises(BadCatalogue, match=r"acme_one\.yaml: not readable"):
        load_model(path)


def test_a_file_named_after_another_model_is_refused(tmp_path: Path) -> None:
    _written(tmp_path, GOOD, "acme_two.yaml")
    with pytest.raises(BadCatalogue, match=r"acme_two\.yaml: holds acme/one; name it acme_one\.yaml"):
        Catalogue(tmp_path).find("acme", "two")


def test_a_repeated_sensor_stands_once_per_part(good: Model) -> None:
    assert good.every_sensor["temp_flow_circuit_b"].at == 12
    assert good.every_sensor["temp_flow_circuit_b"].title.en.endswith("B")
    assert good.every_sensor["pump_west"].at == 21
    assert good.every_sensor["pump_west"].title.de == "Pumpe West"


def test_only_the_parts_an_owner_has_are_read(good: Model) -> None:
    assert "temp_flow_circuit_a" in [sensor.id for sensor in good.sensors({"circuits": ("A",)})]
    assert "temp_flow_circuit_b" not in [sensor.id for sensor in good.sensors({"circuits": ("A",)})]
    assert "pump_west" in [sensor.id for sensor in good.sensors({})]


def test_a_sensor_without_sentinels_of_its_own_has_those_of_its_type(good: Model) -> None:
    assert good.every_sensor["fan_speed"].absent == {255}
    assert good.every_sensor["temp_outside"].absent == frozenset()


def test_a_sign_is_a_list_of_values_or_a_range(tmp_path: Path) -> None:
    signs = """recognise:
  - {sensor: system_mode, answers: [standby, turbo, null], other: {7: Acme Two}, refused: Acme Zero, sources: [sweep]}
  - {sensor: temp_outside, answers: {min: -60, max: 80.5}, sources: [manual]}
"""
    exact, rough = load_model(_written(tmp_path, GOOD + signs)).signs
    assert (exact.sensor, exact.answers, exact.other) == ("system_mode", ("standby", "turbo", None), {7: "Acme Two"})
    assert (exact.refused, exact.sources, exact.warns) == ("Acme Zero", ("sweep",), True)
    assert (rough.least, rough.most, rough.answers, rough.warns) == (-60, 80.5, (), False)


def test_what_is_not_said_of_the_other_place_is_as_in_the_first(tmp_path: Path) -> None:
    fan = FAN.replace("at: 4", "at: 4, scale: 10, optional: true, elsewhere: {at: 6, type: uint32, table: input}")
    sensor = load_model(_written(tmp_path, GOOD.replace(FAN, fan))).every_sensor["fan_speed"]
    other = sensor.elsewhere
    assert other is not None
    assert (other.id, other.at, other.type, other.words, other.table) == ("fan_speed", 6, "uint32", 2, "input")
    assert (other.scale, other.unit, other.absent) == (10, "%", frozenset())


def test_the_words_of_a_write_may_have_an_order_of_their_own(tmp_path: Path) -> None:
    text = GOOD.replace("defaults: {", "defaults: {word_order: little, write_word_order: big, ")
    curve = load_model(_written(tmp_path, text)).every_sensor["heating_curve_circuit_a"]
    assert (curve.word_order, curve.as_written.word_order) == ("little", "big")


def test_words_are_written_as_they_are_read_unless_the_file_says_otherwise(good: Model) -> None:
    assert good.every_sensor["heating_curve_circuit_a"].as_written == good.every_sensor["heating_curve_circuit_a"]


def test_a_shared_word_brings_title_unit_and_category(good: Model) -> None:
    outside = good.every_sensor["temp_outside"]
    assert (outside.title.de, outside.unit, outside.category) == ("Außentemperatur", "°C", "temperature")


def test_the_state_words_on_and_off_need_no_quotes(tmp_path: Path) -> None:
    states = GOOD.replace("{0: standby, 1: turbo}", "{0: off, 1: on}")
    model = load_model(_written(tmp_path, states))
    assert model.every_sensor["system_mode"].states == {0: "off", 1: "on"}


def test_a_register_with_one_source_is_unconfirmed(tmp_path: Path) -> None:
    model = load_model(_written(tmp_path, GOOD.replace(FAN, FAN.replace("at: 4", "at: 4, sources: [manual, sweep]"))))
    assert model.every_sensor["fan_speed"].confirmed
    assert not model.every_sensor["temp_outside"].confirmed
