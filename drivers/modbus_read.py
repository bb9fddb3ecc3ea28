"""One read of a Modbus machine: blocks, single points where a block is refused, a second look at what cannot be."""

from __future__ import annotations

from time import perf_counter

from drivers.base import Answer, Connection, Sample
from drivers.blocks import Block
from drivers.errors import DriverError, NotOffered, Refused, Unreachable
from drivers.judge import judged
from drivers.modbus_line import NOT_OFFERED, Line
from drivers.sensor import Sensor


class Read:
    """What one read gathers: samples, problems, and what it found out about the machine.

    `missing` are points that the machine does not offer; `single` are points that answer one by one although their
    block is refused; `unbridged` are points that spoil a read across them. All are ids. Unreachable and BadAnswer
    end the read; a refusal costs only its own points.
    """

    def __init__(self, line: Line, connection: Connection) -> None:
        self._line = line
        self._connection = connection
        self._samples: dict[str, Sample] = {}
        self._problems: dict[str, DriverError] = {}
        self._requests = 0
        self._started = perf_counter()
        self._silent: set[str] = set()
        self.missing: set[str] = set()
        self.single: set[str] = set()
        self.unbridged: set[str] = set()

    @property
    def answered(self) -> set[str]:
        """The points that answered, whatever they said."""
        return {sensor_id for sensor_id, sample in self._samples.items() if sample.raw is not None}

    @property
    def asked(self) -> set[str]:
        return set(self._samples)

    @property
    def silent(self) -> frozenset[str]:
        """The points that did not answer at all, while others did."""
        return frozenset(self._silent)

    def sample(self, sensor: Sensor) -> Sample:
        """What this point answered. Raises KeyError when nobody asked for it."""
        return self._samples[sensor.id]

    def keep_silent(self, sensor: Sensor, silence: Unreachable) -> None:
        """This point has no value now: it did not answer."""
        self._silent.add(sensor.id)
        self.withhold(sensor, silence)

    def withhold(self, sensor: Sensor, reason: DriverError) -> None:
        """This point has no value now, whatever its registers hold."""
        self._samples[sensor.id] = Sample(None, None)
        self._problems[sensor.id] = reason

    def block(self, block: Block) -> None:
        try:
            words = self._ask(block.table, block.at, block.count)
        except Refused as refused:
            self._apart(block, refused)
        else:
            for sensor in block.sensors:
                self._keep(sensor, words[sensor.at - block.at : sensor.end - block.at])

    def point(self, sensor: Sensor) -> None:
        try:
            words = self._ask(sensor.table, sensor.at, sensor.words)
        except Refused as refused:
            self._keep_refusal(sensor, refused)
        else:
            self._keep(sensor, words)

    def answer(self, sensors: tuple[Sensor, ...]) -> Answer:
        """The answer for these sensors, in their order; those that were not asked for are known to be missing."""
        for sensor in sensors:
            if sensor.id not in self._samples:
                self._keep_missing(sensor)
        samples = {sensor.id: self._samples[sensor.id] for sensor in sensors}
        problems = {sensor_id: why for sensor_id, why in self._problems.items() if sensor_id in samples}
        return Answer(samples, problems, perf_counter() - self._started, self._requests)

    def _ask(self, table: str, at: int, count: int) -> tuple[int, ...]:
        self._requests += 1
        return self._line.read(table, at, count, self._connection.unit_id, self._connection.timeout_s)

    def _apart(self, block: Block, refused: Refused) -> None:
        if block.parts:
            if refused.facts["code"] in NOT_OFFERED:
                self.unbridged |= block.between
            for part in block.parts:
                self.block(part)
            return
        if len(block.sensors) == 1:
            self._keep_refusal(block.sensors[0], refused)
            return
        for sensor in block.sensors:
            self.point(sensor)
        ids = {sensor.id for sensor in block.sensors}
        if refused.facts["code"] in NOT_OFFERED and ids <= self.answered:
            self.single |= ids

    def _keep(self, sensor: Sensor, words: tuple[int, ...]) -> None:
        value, problem = judged(sensor, words)
        if problem is not None and sensor.reread_when_implausible:
            try:
                words = self._ask(sensor.table, sensor.at, sensor.words)
            except Refused as refused:
                problem = refused
            else:
                value, problem = judged(sensor, words)
        self._samples[sensor.id] = Sample(value, words, place=(sensor.table, sensor.place))
        self.missing.discard(sensor.id)  # it may have been looked for in another place before
        self._problems.pop(sensor.id, None)
        if problem is not None:
            self._problems[sensor.id] = problem

    def _keep_refusal(self, sensor: Sensor, refused: Refused) -> None:
        if refused.facts["code"] in NOT_OFFERED:
            self.missing.add(sensor.id)
            self._keep_missing(sensor)
        else:
            self.withhold(sensor, refused)

    def _keep_missing(self, sensor: Sensor) -> None:
        self._samples[sensor.id] = Sample(None, None)
        self._problems[sensor.id] = NotOffered(
            "%(sensor)s: this machine does not offer %(table)s register %(at)s",
            sensor=sensor.id,
            table=sensor.table,
            at=sensor.at,
        )
