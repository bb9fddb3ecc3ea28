"""The Luxtronik driver: whole tables over the controller's own TCP protocol, one short conversation per poll."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter

from drivers import limits
from drivers.base import Answer, Connection, Sample
from drivers.decode import encode
from drivers.errors import BadAnswer, DriverError, NotOffered, OutOfRange, Unreachable
from drivers.judge import judged
from drivers.luxtronik_wire import READ, Conversation
from drivers.model import Model
from drivers.sensor import Sensor

TURNS_WAITED_FOR = 3
"""Time-outs of others that one conversation waits for before it is given up."""

Tables = Mapping[str, tuple[int, ...]]


class Turns:
    """One lock per host:port: a controller talks to one program at a time, and closes the door to the others."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: dict[tuple[str, int], threading.Lock] = {}

    def of(self, host: str, port: int) -> threading.Lock:
        with self._guard:
            return self._turns.setdefault((host, port), threading.Lock())


class Luxtronik:
    """One heat pump; between two polls nothing is open, so that others can talk to it as well."""

    def __init__(self, model: Model, connection: Connection, turns: Turns) -> None:
        self._model = model
        self._connection = connection
        self._turn = turns.of(connection.host, connection.port)

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """Read the tables that hold these sensors; a firmware that lacks a place has no value for it.

        Raises Unreachable or BadAnswer, and then nothing of this read is kept.
        """
        started = perf_counter()
        with self._conversation() as conversation:
            tables = _tables(conversation, {sensor.table for sensor in sensors})
        samples: dict[str, Sample] = {}
        problems: dict[str, DriverError] = {}
        for sensor in sensors:
            samples[sensor.id], problem = _sample(sensor, tables[sensor.table])
            if problem is not None:
                problems[sensor.id] = problem
        return Answer(samples, problems, perf_counter() - started, len(tables))

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Check the catalogue's limits and the machine's firmware, then write; whether it took is for a later read."""
        limits.check(sensor, value)
        if sensor.table != "parameters":
            raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
        number = encode(sensor, value)[0]
        with self._conversation() as conversation:
            self._check_firmware(sensor, conversation)
            conversation.write(sensor.at, number)

    def close(self) -> None:
        """Nothing stays open between two reads."""

    def _check_firmware(self, sensor: Sensor, conversation: Conversation) -> None:
        """Raises OutOfRange on a machine that must not be written to, BadAnswer when it cannot be told."""
        tellers = [self._model.every_sensor[sensor_id] for sensor_id in self._model.write_refused_when]
        if not tellers:
            return
        tables = _tables(conversation, {teller.table for teller in tellers})
        for teller in tellers:
            sample, problem = _sample(teller, tables[teller.table])
            if sample.value is None:
                raise problem or BadAnswer(
                    "%(address)s does not tell its %(sensor)s", address=self._connection.address, sensor=teller.id
                )
            if re.search(self._model.write_refused_when[teller.id], str(sample.value)):
                raise OutOfRange(
                    "%(sensor)s: nothing is written to this heat pump, because its %(teller)s is %(value)s",
                    sensor=sensor.id,
                    teller=teller.id,
                    value=sample.value,
                )

    @contextmanager
    def _conversation(self) -> Iterator[Conversation]:
        where = self._connection
        longest_s = TURNS_WAITED_FOR * where.timeout_s
        if not self._turn.acquire(timeout=longest_s):
            raise Unreachable(
                "%(address)s was busy with other requests for %(seconds)g s",
                address=where.address,
                seconds=longest_s,
                cause="busy",
            )
        try:
            with Conversation(where.host, where.port, where.timeout_s) as conversation:
                yield conversation
        finally:
            self._turn.release()


def _tables(conversation: Conversation, names: Iterable[str]) -> Tables:
    """These tables, calculations first: when they say that parameters changed, the parameters are read after them."""
    wanted = set(names)
    tables: dict[str, tuple[int, ...]] = {}
    if "calculations" in wanted:
        tables["calculations"] = conversation.table("calculations")
    if conversation.changed:
        wanted.add("parameters")
    for name in READ:
        if name in wanted and name not in tables:
            tables[name] = conversation.table(name)
    return tables


def _sample(sensor: Sensor, table: Sequence[int]) -> tuple[Sample, DriverError | None]:
    if sensor.end > len(table):
        return Sample(None, None), NotOffered(
            "%(sensor)s: this machine does not offer %(table)s register %(at)s",
            sensor=sensor.id,
            table=sensor.table,
            at=sensor.at,
        )
    words = tuple(table[sensor.at : sensor.end])
    value, problem = judged(sensor, words)
    return Sample(value, words), problem
