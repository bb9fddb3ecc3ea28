"""Places that a protocol calls by a name, and the texts that lie there."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from app.polling.pipeline import storage_of
from drivers import limits
from drivers.decode_text import decode_text, encode_text
from drivers.errors import BadAnswer, BadCatalogue, OutOfRange
from drivers.model import Model
from drivers.model_file import load_model

FILE = """
manufacturer: acme
manufacturer_title: Acme
model: talker
title: Acme Talker
driver: ebusd
connection: {port: 8888, circuit: hmu}
capabilities: {heating: true}
setup: {de: Einschalten, en: Switch on}
sources: {manual: the manual, sweep: a sweep}
defaults: {sources: [manual, sweep], absent: {number: ["-", 127.5], word: ["-"]}}
options:
  circuits: {title: {de: Kreise, en: Circuits}, choices: [A, B], default: [A]}
sensors:
  temp_flow: {at: Status01.0, type: number}
  power_current: {at: Yield, type: number, scale: 0.001}
  operating_mode: {at: Statuscode, type: word, states: {heat: heating, off: off, 0: standby}}
  error_code: {at: Error, type: word}
  compressor_on: {at: Compressor, type: switch, off_on: [no, yes]}
  temp_hot_water_target:
    {at: HwcTempDesired, table: ctl, type: number, tier: slow, write: {wear: eeprom, min: 35, max: 65, step: 0.5}}
  compressor_starts: {at: RunStarts, type: number, optional: true, elsewhere: {at: OldStarts}}
repeat:
  - over: {circuit: circuits}
    sensors:
      "temp_flow_circuit_{circuit}": {at: "Hc{circuit}FlowTemp", table: ctl, type: number}
"""


def _loaded(folder: Path, content: str) -> Model:
    path = folder / "acme_talker.yaml"
    path.write_text(content, encoding="utf-8")
    return load_model(path)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return _loaded(tmp_path, FILE)


def test_a_place_is_its_table_and_its_name(model: Model) -> None:
    flow, target = model.every_sensor["temp_flow"], model.every_sensor["temp_hot_water_target"]
    assert (flow.table, flow.place, flow.words) == ("hmu", "Status01.0", 0)
    assert (target.table, target.place) == ("ctl", "HwcTempDesired")


def test_a_repeated_place_holds_the_part_in_its_name(model: Model) -> None:
    assert model.every_sensor["temp_flow_circuit_b"].place == "HcBFlowTemp"


def test_the_other_place_has_a_name_too(model: Model) -> None:
    other = model.every_sensor["compressor_starts"].elsewhere
    assert other is not None
    assert (other.table, other.place, other.type) == ("hmu", "OldStarts", "number")


@pytest.mark.parametrize(
    ("sensor_id", "text", "value"),
    [
        ("temp_flow", "34.50", 34.5),
        ("temp_flow", " -7 ", -7.0),
        ("temp_flow", "-0.0", 0.0),
        ("temp_flow", "2.5e1", 25.0),
        ("temp_flow", "-", None),
        ("temp_flow", "127.5", None),
        ("temp_flow", "127.50", None),
        ("temp_flow", "", None),
        ("power_current", "1234.5", 1.2345),
        ("operating_mode", "heat", "heating"),
        ("operating_mode", "off", "off"),
        ("operating_mode", "0", "standby"),
        ("operating_mode", "unheard_of", "unheard_of"),
        ("operating_mode", "-", None),
        ("error_code", "F.718 Störung", "F.718 Störung"),
        ("compressor_on", "yes", 1),
        ("compressor_on", "no", 0),
    ],
)
def test_a_text_means_its_value(sensor_id: str, text: str, value: object, model: Model) -> None:
    found = decode_text(model.every_sensor[sensor_id], text)
    assert (found, type(found)) == (value, type(value))


def test_minus_nought_is_nought(model: Model) -> None:
    assert math.copysign(1, float(str(decode_text(model.every_sensor["temp_flow"], "-0.0")))) == 1


@pytest.mark.parametrize(
    ("sensor_id", "text"),
    [
        ("temp_flow", "4.32721e-42"),
        ("temp_flow", "nan"),
        ("temp_flow", "inf"),
        ("temp_flow", "1e400"),
        ("temp_flow", "1e31"),
        ("temp_flow", "34,5"),
        ("temp_flow", "34.5;35"),
        ("temp_flow", "0x10"),
        ("temp_flow", "1_000"),
        ("temp_flow", "٣"),
        ("temp_flow", "ERR: element not found"),
        ("compressor_on", "on"),
        ("error_code", "a\x00b"),
        ("error_code", "x" * 501),
    ],
)
def test_a_text_that_means_nothing_is_told_and_never_becomes_a_value(sensor_id: str, text: str, model: Model) -> None:
    with pytest.raises(BadAnswer, match=sensor_id):
        decode_text(model.every_sensor[sensor_id], text)


@pytest.mark.parametrize(
    ("sensor_id", "value", "text"),
    [
        ("temp_hot_water_target", 48.5, "48.5"),
        ("temp_hot_water_target", 50, "50"),
        ("temp_hot_water_target", 50.0, "50"),
        ("temp_flow", 1e-5, "0.00001"),
        ("power_current", 1.2345, "1234.5"),
        ("operating_mode", "heating", "heat"),
        ("operating_mode", "heat", "heat"),
        ("compressor_on", 1, "yes"),
    ],
)
def test_a_value_is_put_into_a_text(sensor_id: str, value: float | str, text: str, model: Model) -> None:
    assert encode_text(model.every_sensor[sensor_id], value) == text


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [
        ("temp_flow", float("nan")),
        ("temp_flow", float("inf")),
        ("temp_flow", True),
        ("temp_flow", "warm"),
        ("operating_mode", "cooling"),
        ("compressor_on", 2),
    ],
)
def test_what_no_text_means_is_refused(sensor_id: str, value: float | str, model: Model) -> None:
    with pytest.raises(OutOfRange, match=sensor_id):
        encode_text(model.every_sensor[sensor_id], value)


@pytest.mark.parametrize("value", [34.9, 65.1, 40.25, float("nan"), "50"])
def test_limits_hold_for_a_place_with_a_name(value: float | str, model: Model) -> None:
    with pytest.raises(OutOfRange, match="temp_hot_water_target"):
        limits.check(model.every_sensor["temp_hot_water_target"], value)


def test_numbers_are_kept_with_all_their_digits_and_words_as_words(model: Model) -> None:
    kept = {each: storage_of(model.every_sensor[each]) for each in ("temp_flow", "error_code", "compressor_on")}
    assert kept == {"temp_flow": "float64", "error_code": "text", "compressor_on": "1"}
    assert model.every_sensor["error_code"].kind == "state"


def test_the_owner_is_asked_for_what_the_file_names(model: Model) -> None:
    assert model.connection.fields == ("host", "port", "circuit", "timeout")
    assert model.connection.settings == {"port": 8888, "circuit": "hmu", "timeout": 5.0}


BROKEN = {
    "a number where places have names": ("at: Error,", "at: 7,", ["error_code", "a name"]),
    "the same name twice, in other letters": ("at: Error,", "at: status01.0,", ["error_code", "same place"]),
    "the other place is taken": ("{at: OldStarts}", "{at: Yield}", ["same place Yield"]),
    "a type for registers": ("at: Error, type: word", "at: Error, type: uint8", ["error_code", "a number"]),
    "a table of another protocol": ("at: Error,", "at: Error, table: holding,", ["error_code", "hmu, ctl, broadcast"]),
    "a part that is not repeated": ('"Hc{circuit}FlowTemp"', '"Hc{zone}FlowTemp"', ["temp_flow_circuit", "zone"]),
    "a switch with one text": ("[no, yes]", "[yes, yes]", ["compressor_on", "off_on"]),
    "a switch that is none": ("at: Error, type: word", "at: Error, type: switch", ["error_code", "kind switch"]),
    "states of numbers": ("type: word, states", "type: number, states", ["operating_mode", "word"]),
    "a divided text": ("at: Yield,", "at: Yield, divide: 36,", ["power_current", "registers"]),
    "a setting that no protocol has": ("circuit: hmu}", "planet: mars}", ["planet"]),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_file_is_refused_with_sensor_and_rule(rule: str, tmp_path: Path) -> None:
    stands, instead, expected = BROKEN[rule]
    assert stands in FILE
    with pytest.raises(BadCatalogue) as refusal:
        _loaded(tmp_path, FILE.replace(stands, instead, 1))
    for fragment in expected:
        assert fragment in str(refusal.value)
