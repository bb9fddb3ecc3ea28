"""Group registers into as few reads as the controller allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from drivers.model import Reads
from drivers.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Block:
    """One read: `count` words of `table` from address `at`, and the sensors that lie in them.

    A bridged one also covers points that nobody asked for, `between` its `parts`: the blocks to fall back on.
    """

    table: str
    at: int
    sensors: tuple[Sensor, ...]
    parts: tuple[Block, ...] = ()
    between: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        return self.sensors[-1].end - self.at


def plan(sensors: Iterable[Sensor], reads: Reads, there_anyway: Iterable[Sensor] = ()) -> list[Block]:
    """Blocks of exactly adjacent points, in address order; nothing uncatalogued is ever read.

    A sensor marked `alone` has a block of its own. An optional one never shares a block with a certain one, so
    that a machine without it costs one refused request and nothing else. Points of `there_anyway` are read across
    where that saves a request.
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
    return _bridged(blocks, reads, {(sensor.table, sensor.at): sensor for sensor in there_anyway})


def _bridged(blocks: Iterable[Block], reads: Reads, there_anyway: Mapping[tuple[str, int], Sensor]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        bridge = _bridge(joined[-1], block, reads, there_anyway) if joined else None
        if bridge is None:
            joined.append(block)
            continue
        before = joined.pop()
        between = before.between | {sensor.id for sensor in bridge}
        parts = (*(before.parts or (before,)), block)
        joined.append(Block(block.table, before.at, before.sensors + block.sensors, parts, between))
    return joined


def _bridge(
    before: Block, after: Block, reads: Reads, there_anyway: Mapping[tuple[str, int], Sensor]
) -> list[Sensor] | None:
    """The points that lie exactly between two blocks, or None when they may not become one."""
    edges = (before.sensors[-1], after.sensors[0])
    if reads.one_by_one or before.table != after.table or any(each.alone or each.optional for each in edges):
        return None
    if after.at + after.count - before.at > reads.max_count:
        return None
    bridge: list[Sensor] = []
    at = edges[0].end
    while at < after.at:
        sensor = there_anyway.get((before.table, at))
        if sensor is None:
            return None
        bridge.append(sensor)
        at = sensor.end
    places = {each.at for each in (*before.sensors, *bridge, *after.sensors)}
    apart = any(pair <= places for pair in reads.never_together)
    return bridge if bridge and at == after.at and not apart else None


def _may_follow(gathered: Sequence[Sensor], sensor: Sensor, reads: Reads) -> bool:
    first, last = gathered[0], gathered[-1]
    same_word = sensor.bit is not None and last.bit is not None and sensor.at == last.at
    if sensor.table != last.table or not (sensor.at == last.end or same_word):
        return False
    if reads.one_by_one or sensor.alone or last.alone or sensor.optional != last.optional:
        return False
    if sensor.end - first.at > reads.max_count:
        return False
    places = {each.at for each in gathered} | {sensor.at}
    return not any(apart <= places for apart in reads.never_together)


def _block(gathered: Sequence[Sensor]) -> Block:
    return Block(gathered[0].table, gathered[0].at, tuple(gathered))
