"""The Modbus TCP driver: a shared line, a growing pause after failures, and a memory of what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers import limits
from drivers.base import Answer, Connection
from drivers.blocks import Block, plan
from drivers.decode import encode
from drivers.errors import BadAnswer, DriverError, OutOfRange, Refused, Unreachable
from drivers.identity import Identity
from drivers.modbus_line import Line, Lines
from drivers.modbus_read import Read
from drivers.model import Model
from drivers.sensor import Sensor
from drivers.turn import Turn
from drivers.word_order import WordOrder

REPROBE_S = 3600.0
"""How long a register that the machine does not offer is left alone; firmware updates add and move registers."""

LONGEST_PAUSE_S = 60.0
SILENCES = 2
"""So often in a row a register may stay silent while others answer; then it is one that the machine does not offer."""

FEW = 4
"""So many sensors are read for the sake of a write, and need not wait for a whole poll."""


class ModbusTcp:
    """One heat pump behind one unit id; threads take turns, and a poll lets a write pass between two requests.

    `clock` gives monotonic seconds.
    """

    def __init__(self, model: Model, connection: Connection, lines: Lines, clock: Callable[[], float]) -> None:
        self._model = model
        self._connection = connection
        self._lines = lines
        self._line: Line | None = None
        self._clock = clock
        self._turn = Turn()
        self._identity = Identity(model, connection)
        self._offered: set[str] = set()
        self._missing: dict[str, float] = {}
        self._single: dict[str, float] = {}
        self._unbridged: dict[str, float] = {}
        self._elsewhere: dict[str, float] = {}
        self._silences: dict[str, int] = {}
        self._order = WordOrder(model, REPROBE_S)
        self._failures = 0
        self._pause_until = 0.0
        self._last_failure: DriverError | None = None

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """Read these sensors, in as few requests as the controller allows.

        The whole read is given up at the first time-out or foreign frame; then there is a growing pause of 1 s up
        to 60 s in which further reads raise the same failure without touching the network.
        """
        with self._turn.taken(hurried=len(sensors) <= FEW):
            now = self._clock()
            if self._last_failure is not None and now < self._pause_until:
                raise self._last_failure.with_traceback(None)
            try:
                answer = self._read(tuple(sensors), now)
            except (Unreachable, BadAnswer) as failure:
                self._pause(failure)
                raise
            self._failures, self._last_failure = 0, None
            return answer

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Check the catalogue's limits, then write by the function code that the catalogue names."""
        limits.check(sensor, value)
        function = sensor.write.function if sensor.write else 16
        if function == 6 and sensor.words > 1:
            raise OutOfRange(
                "%(sensor)s: function 6 writes one word, not %(count)d", sensor=sensor.id, count=sensor.words
            )
        encode(sensor, value)  # what does not fit is said before the network is touched
        with self._turn.taken(hurried=True):
            line = self._open()
            try:
                self._identity.check_for_writing(sensor, line, self._clock())
                words = encode(self._as_this_machine_wants_it(sensor, line), value)
                line.write(function, sensor.at, words, self._connection.unit_id, self._connection.timeout_s)
            except (Unreachable, BadAnswer):
                self._identity.forget()
                self._order.forget()
                raise
            except Refused as refused:
                raise Refused(
                    "%(sensor)s: the heat pump refuses %(value)s (exception %(code)d)",
                    sensor=sensor.id,
                    value=value,
                    code=refused.facts["code"],
                ) from refused

    def _as_this_machine_wants_it(self, sensor: Sensor, line: Line) -> Sensor:
        now = self._clock()
        teller = self._order.to_ask([sensor], now)
        if teller is not None:
            self._ask_for_the_order(Read(line, self._connection), teller, now)
        doubt = self._order.doubt(sensor)
        if doubt is not None:
            raise doubt
        return self._order.applied(sensor).as_written

    def _ask_for_the_order(self, read: Read, teller: Sensor, now: float) -> None:
        read.point(teller)
        self._order.learn(read.sample(teller), now)

    def close(self) -> None:
        """Let a running read finish and give the line back; the next read takes it again."""
        with self._turn.taken():
            if self._line is not None:
                self._lines.give_back(self._line)
                self._line = None

    def _open(self) -> Line:
        if self._line is None:
            where = self._connection
            self._line = self._lines.take(where.host, where.port, where.framing)
        return self._line

    def _pause(self, failure: DriverError) -> None:
        self._order.forget()  # what comes back may be another machine
        self._last_failure = failure
        self._identity.forget()
        self._pause_until = self._clock() + min(LONGEST_PAUSE_S, 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)

    def _read(self, sensors: tuple[Sensor, ...], now: float) -> Answer:
        self._missing, self._single, self._unbridged, self._elsewhere = (
            {sensor_id: until for sensor_id, until in memory.items() if until > now}
            for memory in (self._missing, self._single, self._unbridged, self._elsewhere)
        )
        line = self._open()
        self._identity.check(line, now)
        read = Read(line, self._connection)
        wanted = [self._place(sensor) for sensor in sensors if sensor.id not in self._missing]
        offered = self._understood(read, wanted, now)
        together = [sensor for sensor in offered if sensor.id not in self._single]
        spoilt = self._unbridged.keys() | self._missing.keys()
        bridges = [sensor for sensor in self._model.there_anyway if sensor.id not in spoilt]
        for block in plan(together, self._model.reads, bridges):
            self._turn.let_pass()
            self._block(read, block)
        for sensor in offered:
            if sensor.id in self._single:
                self._turn.let_pass()
                read.point(sensor)
        self._look_elsewhere(read, offered, now)
        self._learn(read, now)
        return read.answer(sensors)

    def _understood(self, read: Read, sensors: Sequence[Sensor], now: float) -> list[Sensor]:
        """Those that are still to be asked for, with their words in this machine's order."""
        telling = [sensor for sensor in sensors if self._order.tells(sensor)]
        teller = telling[0] if telling else self._order.to_ask(sensors, now)
        if teller is not None:
            self._ask_for_the_order(read, teller, now)
        found = []
        for sensor in sensors:
            doubt = self._order.doubt(sensor)
            if doubt is not None:
                read.withhold(sensor, doubt)
            elif sensor.id not in read.asked:
                found.append(self._order.applied(sensor))
        return found

    def _block(self, read: Read, block: Block) -> None:
        """One silent register costs only itself where each has a request of its own; a second one ends the read."""
        try:
            read.block(block)
        except Unreachable as silence:
            if not (self._model.reads.one_by_one and read.answered and not read.silent):
                raise
            read.keep_silent(block.sensors[0], silence)

    def _place(self, sensor: Sensor) -> Sensor:
        return sensor.elsewhere if sensor.elsewhere is not None and sensor.id in self._elsewhere else sensor

    def _look_elsewhere(self, read: Read, asked: Sequence[Sensor], now: float) -> None:
        """Ask for what is missing where other machines of this model keep it, and remember what is there."""
        other_places = [
            sensor.elsewhere
            for sensor in asked
            if sensor.id in read.missing and sensor.elsewhere is not None and sensor.id not in self._elsewhere
        ]
        for block in plan(other_places, self._model.reads):
            read.block(block)
        found = {sensor.id for sensor in other_places} - read.missing
        self._elsewhere |= dict.fromkeys(found, now + REPROBE_S)

    def _learn(self, read: Read, now: float) -> None:
        """Remember what this machine offers, unless it offers nothing: then it is another one, or just starting."""
        known = self._offered and self._offered.isdisjoint(read.missing)
        if read.missing and read.missing == read.asked and not known:
            raise BadAnswer(
                "%(address)s answers, but offers none of the registers of %(model)s: is it another machine or unit?",
                address=self._connection.address,
                model=self._model.title,
            )
        self._offered |= read.answered
        self._silences = {
            sensor_id: self._silences.get(sensor_id, 0) + (sensor_id in read.silent)
            for sensor_id in (self._silences.keys() | read.silent) - read.answered
        }
        mute = {sensor_id for sensor_id, times in self._silences.items() if times >= SILENCES}
        self._missing |= dict.fromkeys(mute & read.silent, now + REPROBE_S)
        self._missing |= dict.fromkeys(read.missing, now + REPROBE_S)
        self._single |= dict.fromkeys(read.single, now + REPROBE_S)
        self._unbridged |= dict.fromkeys(read.unbridged, now + REPROBE_S)
