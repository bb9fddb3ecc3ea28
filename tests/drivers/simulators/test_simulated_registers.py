"""A controller's registers are data points: what is answered depends on where a request begins."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from drivers.model import Model
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.registers import IllegalAddress, IllegalValue, Registers
from tests.drivers.simulators.conftest import CONTROLLER, a_model

PINNED = {"temp_outside": 1.0, "temp_outside_avg": 2.0, "humidity": 3.0, "mode": 5, "compressor_on": 1}
ONE, TWO, THREE = (0, 0x3F80), (0, 0x4000), (0, 0x4040)


@pytest.fixture
def registers(model: Model, plant: Plant) -> Registers:
    return Registers(Readout(model, {"circuits": ["A"], "zones": []}, plant, pinned=PINNED))


@pytest.mark.parametrize(
    ("at", "count", "words", "why"),
    [
        (10, 2, [*ONE], "a whole point"),
        (10, 4, [*ONE, *TWO], "two points in a row"),
        (10, 3, [*ONE, TWO[0]], "whole points and the beginning of the next"),
        (10, 1, [ONE[0]], "the beginning of a point"),
        (11, 1, [ONE[1]], "the second word of a point"),
        (11, 3, [ONE[1], *TWO], "from inside a point into the next"),
        (30, 2, [*THREE], "the float that begins here, not the byte in its second word"),
        (31, 1, [5], "the byte that begins inside the float"),
        (30, 1, [THREE[0]], "half of the float"),
        (50, 1, [3], "a point that wants to be alone, alone"),
        (50, 2, [0, 1], "a point that wants to be alone, read with others, is garbage"),
        (42, 1, [0xFFFF], "a byte that is not there"),
        (72, 2, [0, 0xBF80], "a circuit that is not there measures its sentinel"),
    ],
)
def test_a_read_is_filled_with_points(registers: Registers, at: int, count: int, words: list[int], why: str) -> None:
    assert registers.read("holding", at, count) == words, why


def test_the_overlapped_byte_is_not_seen_from_the_float(registers: Registers) -> None:
    total = registers.read("holding", 32, 2)
    assert registers.read("holding", 30, 4) == [*THREE, *total]
    assert registers.read("holding", 31, 3) == [5, *total]


@pytest.mark.parametrize(
    ("at", "count", "why"),
    [
        (9, 1, "nothing there"),
        (8, 4, "begins before the first point"),
        (19, 2, "runs into a gap"),
        (60, 1, "only to be written"),
        (60, 3, "the second of them is missing, the first only to be written"),
        (61, 1, "only newer firmware has it"),
        (90, 1, "a zone that is not there"),
        (65535, 1, "the end of all addresses"),
    ],
)
def test_a_read_across_nothing_is_refused_as_a_whole(registers: Registers, at: int, count: int, why: str) -> None:
    with pytest.raises(IllegalAddress):
        registers.read("holding", at, count)


def test_a_model_with_one_table_answers_alike_on_both(registers: Registers) -> None:
    assert registers.read("input", 10, 2) == registers.read("holding", 10, 2)


def test_a_model_with_two_tables_keeps_them_apart(tmp_path: Path, plant: Plant) -> None:
    text = textwrap.dedent(CONTROLLER).replace("type: uint16}", "type: uint16, table: input}")
    model = a_model(tmp_path, text)
    registers = Registers(Readout(model, model.default_options(), plant))
    assert registers.read("input", 34, 1) == [plant.quantities()["compressor_starts"]]
    for table, at in (("holding", 34), ("input", 10)):
        with pytest.raises(IllegalAddress):
            registers.read(table, at, 1)


@pytest.mark.parametrize(
    ("at", "words", "sensor", "value"),
    [
        (17, [55], "temp_hot_water_target", 55),
        (18, [4], "system_mode", "hot_water_only"),
        (19, [9], "heating_curve", 9),
        (44, [0, 0x41A0], "demand_glt", 20.0),
        (62, [0xFFFB], "small", -5),
        (80, [0, 0x41A8], "temp_room_target_circuit_a", 21.0),
        (82, [0, 0x41A0], "temp_room_target_circuit_b", 20.0),
        (60, [1], "acknowledge", 1),
        (63, [0, 0x41A0], "buffer_glt", 20.0),
        (63, [0, 0xBF80], "buffer_glt", None),
    ],
)
def test_a_setting_is_written_and_reads_back(
    registers: Registers, at: int, words: list[int], sensor: str, value: float | str | None
) -> None:
    registers.write(at, words)
    assert registers.readout.value(sensor) == value


@pytest.mark.parametrize(
    ("at", "words", "why"),
    [
        (9, [1], "nothing there"),
        (15, [1], "only to be read"),
        (45, [0], "inside a setting"),
        (31, [1], "a measured byte inside a float"),
        (61, [1], "only newer firmware has it"),
    ],
)
def test_where_no_setting_begins_nothing_is_written(registers: Registers, at: int, words: list[int], why: str) -> None:
    with pytest.raises(IllegalAddress):
        registers.write(at, words)


@pytest.mark.parametrize(
    ("at", "words", "why"),
    [
        (17, [34], "below the minimum"),
        (17, [61], "above the maximum"),
        (17, [0x0137], "more than a byte, of which the low one would be allowed"),
        (17, [255], "the sentinel"),
        (17, [50, 1], "two settings at once"),
        (18, [3], "a state that is only read"),
        (18, [77], "no state at all"),
        (44, [0], "half of a float"),
        (44, [0, 0x7FC0], "not a number"),
        (44, [0, 0xBF80], "the sentinel of a float"),
        (44, [0, 0x4220], "40.0 is above the maximum"),
        (62, [0x7FFF], "not a signed byte"),
    ],
)
def test_a_value_that_is_not_allowed_changes_nothing(registers: Registers, at: int, words: list[int], why: str) -> None:
    before = registers.read("holding", at, 1)
    with pytest.raises(IllegalValue):
        registers.write(at, words)
    assert registers.read("holding", at, 1) == before


BITS_AND_GAPS = """
    manufacturer: tester
    manufacturer_title: Tester
    model: oddity
    title: Tester Oddity
    driver: modbus_tcp
    connection: {port: 502}
    capabilities: {heating: true}
    setup: {de: "", en: ""}
    sources: {one: first}
    defaults: {word_order: little, sources: [one], absent: {uint16: [0x8000], thousands: [0x8000]}}
    reads: {gaps: {holds: 0x8000, holding: [[10, 19]]}}
    recognise:
      - {sensor: controller, answers: [391], sources: [one]}
    sensors:
      compressor_on: {at: 11, type: uint16, bit: 6}
      defrost: {at: 11, type: uint16, bit: 9}
      backup_heater: {at: 11, type: uint16, bit: 0}
      energy_heat_total: {at: 14, type: thousands}
      cooled: {at: 16, type: thousands, title: {de: K, en: C}, category: energy}
      controller: {at: 21, type: uint16, title: {de: R, en: C}, category: state}
      summer: {at: 3, type: bit, table: coil, title: {de: S, en: S}, category: state, kind: switch,
               write: {wear: eeprom, min: 0, max: 1}}
"""


@pytest.fixture
def odd_registers(tmp_path: Path, plant: Plant) -> Registers:
    model = a_model(tmp_path, textwrap.dedent(BITS_AND_GAPS))
    pinned = {"compressor_on": 1, "defrost": 0, "backup_heater": 1, "energy_heat_total": 12_456}
    return Registers(Readout(model, {}, plant, pinned=pinned), model.reads)


def test_bits_of_one_word_are_answered_together(odd_registers: Registers) -> None:
    assert odd_registers.read("holding", 11, 1) == [0b100_0001]


def test_gaps_are_answered_where_the_controller_answers_them(odd_registers: Registers) -> None:
    assert odd_registers.read("holding", 10, 10) == [
        0x8000, 0b100_0001, 0x8000, 0x8000, 456, 12, 0x8000, 0x8000, 0x8000, 0x8000,
    ]  # fmt: skip
    with pytest.raises(IllegalAddress):
        odd_registers.read("holding", 19, 2)
    with pytest.raises(IllegalAddress):
        odd_registers.write(10, [1])


def test_a_machine_answers_what_it_is_recognised_by(odd_registers: Registers) -> None:
    assert odd_registers.read("holding", 21, 1) == [391]


def test_a_coil_is_set_and_read(odd_registers: Registers) -> None:
    assert odd_registers.read_bits("coil", 3, 2) == [False, False]
    odd_registers.write(3, [1], "coil")
    assert odd_registers.read_bits("coil", 3, 2) == [True, False]
    with pytest.raises(IllegalAddress):
        odd_registers.read_bits("coil", 4, 1)
    with pytest.raises(IllegalAddress):
        odd_registers.write(4, [1], "coil")
