"""Group registers into as few reads as the controller allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers.model import Reads, Sensor


@dataclass(frozen=True, slots=True)
class Block:
    """One read: `count` words of `table` from address `at`, and the sensors that lie in them."""

    table: str
    at: int
    sensors: tuple[Sensor, ...]

    @property
    def count(self) -> int:
        return self.sensors[-1].end - self.at


def plan(sensors: Iterable[Sensor], reads: Reads) -> list[Block]:
    """Blocks of exactly adjacent sensors, in address order; nothing uncatalogued is ever read.

    A sensor marked `alone` has a block of its own. An optional one never shares a block with a certain one, so
    that a machine without it costs one refused request and nothing else.
    """
    blocks: list[Block] = []
    gathered: list[Sensor] = []
    for sensor in sorted(sensors, key=lambda each: (each.table, each.at, each.words)):
        if gathered and not _may_follow(gathered, sensor, reads):
            blocks.append(_block(gathered))
            gathered = []
        gathered.append(sensor)
    if gathered:
        blocks.append(_block(gathered))
    return blocks


def _may_follow(gathered: Sequence[Sensor], sensor: Sensor, reads: Reads) -> bool:
    first, last = gathered[0], gathered[-1]
    if sensor.table != last.table or sensor.at != last.end:
        return False
    if sensor.alone or last.alone or sensor.optional != last.optional:
        return False
    if sensor.end - first.at > reads.max_count:
        return False
    places = {each.at for each in gathered} | {sensor.at}
    return not any(apart <= places for apart in reads.never_together)


def _block(gathered: Sequence[Sensor]) -> Block:
    return Block(gathered[0].table, gathered[0].at, tuple(gathered))
