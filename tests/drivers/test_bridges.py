"""Catalogued points that nobody asked for may be read across, and a machine that minds costs nothing but requests."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.blocks import plan
from drivers.modbus_tcp import REPROBE_S
from drivers.model import Reads
from drivers.sensor import Sensor
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import asked_by, words_at
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import ModbusServer


def words(*places: int, **facts: Any) -> list[Sensor]:
    return [a_sensor(f"at_{at}", at, **facts) for at in places]


@pytest.mark.parametrize(
    ("wanted", "there_anyway", "reads", "blocks"),
    [
        (words(0, 4), words(1, 2, 3), Reads(100), [(0, 5)]),
        (words(0, 4), words(1, 3), Reads(100), [(0, 1), (4, 1)]),
        (words(0, 4, 8), words(1, 2, 3, 5, 6, 7), Reads(100), [(0, 9)]),
        (words(0, 4, 8), words(1, 2, 3, 5, 6, 7), Reads(8), [(0, 5), (8, 1)]),
        (words(0, 4), [a_sensor("wide", 1, "float32"), *words(3)], Reads(100), [(0, 5)]),
        (words(0, 4), [*words(1, 2), a_sensor("too_wide", 3, "float32")], Reads(100), [(0, 1), (4, 1)]),
        (words(0, 4), words(1, 2, 3), Reads(100, (frozenset({2, 4}),)), [(0, 1), (4, 1)]),
        (words(0, 4), words(1, 2, 3, table="input"), Reads(100), [(0, 1), (4, 1)]),
        ([*words(0), *words(4, alone=True)], words(1, 2, 3), Reads(100), [(0, 1), (4, 1)]),
        ([*words(0, optional=True), *words(4)], words(1, 2, 3), Reads(100), [(0, 1), (4, 1)]),
        (words(0, 1), [], Reads(100), [(0, 2)]),
    ],
)
def test_a_gap_is_crossed_only_where_catalogued_points_fill_it_exactly(
    wanted: list[Sensor], there_anyway: list[Sensor], reads: Reads, blocks: list[tuple[int, int]]
) -> None:
    assert [(block.at, block.count) for block in plan(wanted, reads, there_anyway)] == blocks


def test_an_optional_or_lone_point_is_never_a_bridge() -> None:
    for facts in ({"optional": True}, {"alone": True}, {"readable": False}):
        model = a_model(*words(0, 2), *words(1, **facts))
        assert "at_1" not in {sensor.id for sensor in model.there_anyway}


def test_a_bridged_read_gives_every_sensor_its_own_words(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensors = words_at(server, 100, 109)
    driver = driver_for(a_model(*sensors))
    wanted = [sensors[1], sensors[4], sensors[8]]
    answer = driver.read(wanted)
    assert answer.values == {"at_101": 101, "at_104": 104, "at_108": 108}
    assert answer.requests == 1


def test_a_machine_that_minds_the_bridge_is_asked_without_it_until_the_next_look(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    sensors = words_at(server, 100, 109)
    del server.holding[106]
    driver = driver_for(a_model(*sensors))
    wanted = [sensors[1], sensors[4], sensors[8]]
    assert asked_by(server, lambda: driver.read(wanted)) == [(101, 8), (101, 1), (104, 1), (108, 1)]
    answer = driver.read(wanted)
    assert answer.values == {"at_101": 101, "at_104": 104, "at_108": 108}
    assert not answer.problems
    assert answer.requests == 3
    server.holding[106] = (106,)
    clock.forward(REPROBE_S + 1)
    assert asked_by(server, lambda: driver.read(wanted)) == [(101, 8)]
