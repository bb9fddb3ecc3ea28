"""Reads are as few as the controller allows, and never touch what is not catalogued."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest

from drivers.blocks import plan
from drivers.model import Reads
from drivers.sensor import Sensor
from tests.drivers.small_models import a_sensor

AT_ONCE = Reads(max_count=100)


def points(*places: tuple[int, str], **facts: Any) -> list[Sensor]:
    return [a_sensor(f"at_{at}_{type}", at, type, **facts) for at, type in places]


def planned(sensors: list[Sensor], reads: Reads = AT_ONCE) -> list[tuple[str, int, int]]:
    return [(block.table, block.at, block.count) for block in plan(sensors, reads)]


def test_nothing_asked_is_nothing_read() -> None:
    assert plan([], AT_ONCE) == []


def test_adjacent_points_share_one_read_in_address_order() -> None:
    sensors = points((1004, "uint8"), (1000, "float32"), (1002, "float32"))
    (block,) = plan(sensors, AT_ONCE)
    assert (block.at, block.count) == (1000, 5)
    assert [sensor.at for sensor in block.sensors] == [1000, 1002, 1004]


def test_a_gap_of_one_word_is_never_read_across() -> None:
    assert planned(points((10, "uint16"), (12, "uint16"))) == [("holding", 10, 1), ("holding", 12, 1)]


@pytest.mark.parametrize(
    ("max_count", "counts"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (5, [5, 1]), (6, [6]), (40, [6])]
)
def test_a_read_never_takes_more_words_than_allowed(max_count: int, counts: list[int]) -> None:
    sensors = points(*((at, "uint16") for at in range(100, 106)))
    assert [count for _, _, count in planned(sensors, Reads(max_count))] == counts


def test_a_point_of_two_words_is_never_cut() -> None:
    sensors = points((0, "uint16"), (1, "float32"), (3, "float32"))
    assert planned(sensors, Reads(max_count=4)) == [("holding", 0, 3), ("holding", 3, 2)]


def test_points_that_must_stay_apart_never_share_a_read() -> None:
    sensors = points((0, "uint16"), (1, "uint16"), (2, "uint16"), (3, "uint16"))
    reads = Reads(100, never_together=(frozenset({1, 2}),))
    assert planned(sensors, reads) == [("holding", 0, 2), ("holding", 2, 2)]


def test_a_pair_that_must_stay_apart_is_two_reads() -> None:
    reads = Reads(100, never_together=(frozenset({1, 2}),))
    assert planned(points((1, "uint16"), (2, "uint16")), reads) == [("holding", 1, 1), ("holding", 2, 1)]


def test_points_that_must_stay_apart_do_so_with_others_between_them() -> None:
    sensors = points(*((at, "uint16") for at in range(5)))
    reads = Reads(100, never_together=(frozenset({0, 3}),))
    assert planned(sensors, reads) == [("holding", 0, 3), ("holding", 3, 2)]


def test_overlapping_points_are_read_apart_and_each_goes_on_with_its_neighbours() -> None:
    sensors = points((1390, "float32"), (1392, "float32"), (1393, "uint8"), (1394, "uint8"))
    reads = Reads(40, never_together=(frozenset({1392, 1393}),))
    assert planned(sensors, reads) == [("holding", 1390, 4), ("holding", 1393, 2)]


def test_a_point_marked_alone_has_a_read_of_its_own() -> None:
    sensors = [*points((0, "uint16"), (2, "uint16")), a_sensor("shy", 1, alone=True)]
    assert planned(sensors) == [("holding", 0, 1), ("holding", 1, 1), ("holding", 2, 1)]


def test_optional_points_share_reads_only_among_themselves() -> None:
    certain = points((0, "uint16"), (1, "uint16"), (4, "uint16"))
    optional = points((2, "uint16"), (3, "uint16"), optional=True)
    assert planned([*certain, *optional]) == [("holding", 0, 2), ("holding", 2, 2), ("holding", 4, 1)]


def test_tables_are_never_mixed_even_at_adjacent_or_equal_addresses() -> None:
    sensors = [*points((0, "uint16"), (1, "uint16")), *points((1, "int16"), (2, "int16"), table="input")]
    assert planned(sensors) == [("holding", 0, 2), ("input", 1, 2)]


@pytest.mark.parametrize("seed", range(50))
def test_any_layout_is_read_once_and_by_the_rules(seed: int) -> None:
    dice = random.Random(seed)
    apart = tuple(frozenset(dice.sample(range(60), 2)) for _ in range(5))
    reads = Reads(dice.choice([2, 3, 7, 40]), apart)
    sensors = [
        a_sensor(
            f"{table}_{at}",
            at,
            dice.choice(["uint16", "float32"]),
            table=table,
            alone=dice.random() < 0.1,
            optional=dice.random() < 0.2,
        )
        for table in ("holding", "input")
        for at in dice.sample(range(60), 40)
    ]
    blocks = plan(sensors, reads)
    assert sorted(sensor.id for block in blocks for sensor in block.sensors) == sorted(sensor.id for sensor in sensors)
    for block in blocks:
        assert block.count <= reads.max_count
        assert (block.at, block.at + block.count) == (block.sensors[0].at, block.sensors[-1].end)
        assert all(before.end == sensor.at for before, sensor in pairwise(block.sensors))
        assert {sensor.table for sensor in block.sensors} == {block.table}
        assert len({sensor.optional for sensor in block.sensors}) == 1
        assert len(block.sensors) == 1 or not any(sensor.alone for sensor in block.sensors)
        assert not any(pair <= {sensor.at for sensor in block.sensors} for pair in apart)
