"""One read through ebusd: message by message, what is missing left alone, and nothing taken for fresh that is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from drivers.base import Sample
from drivers.ebusd_wire import Conversation
from drivers.ebusd_words import Kind, kind_of, reason
from drivers.errors import BadAnswer, DriverError, NotOffered, Refused, Unreachable
from drivers.judge import judged
from drivers.sensor import Sensor, Tier

FIRST_REST_S, LONGEST_REST_S = 60.0, 600.0
"""How long a message is left alone that failed on the bus twice in a row: each attempt costs a second of bus."""


@dataclass(frozen=True, slots=True)
class Message:
    """The message of a place; `field` of a message with several: a number from 0, * for all of it, or none."""

    table: str
    name: str
    field: str = ""

    @property
    def several(self) -> bool:
        return self.field != ""

    @property
    def whole(self) -> Message:
        return Message(self.table, self.name)


def message_of(sensor: Sensor) -> Message:
    name, _, field = sensor.path.partition(".")
    return Message(sensor.table, name, field)


class Rests:
    """Which messages are left alone until when (monotonic seconds), and why."""

    def __init__(self, missing_s: float) -> None:
        self._missing_s = missing_s
        self._until: dict[Message, float] = {}
        self._why: dict[Message, DriverError] = {}
        self._failures: dict[Message, int] = {}

    def why(self, message: Message, now: float) -> DriverError | None:
        """Why it is not asked for now; None when it is."""
        return self._why[message] if self._until.get(message, now) > now else None

    def missing(self, message: Message, why: DriverError, now: float) -> None:
        self._until[message], self._why[message] = now + self._missing_s, why

    def failed(self, message: Message, why: DriverError, now: float) -> None:
        failures = self._failures[message] = self._failures.get(message, 0) + 1
        if failures > 1:
            pause_s = min(FIRST_REST_S * 2.0 ** min(failures - 2, 10), LONGEST_REST_S)
            self._until[message], self._why[message] = now + pause_s, why

    def answered(self, message: Message) -> None:
        for memory in (self._until, self._why, self._failures):
            memory.pop(message, None)

    def forget_failures(self) -> None:
        """The whole machine was silent: no single message is to blame."""
        for message in list(self._failures):
            self.answered(message)


class Read:
    """What one read asks and learns; every message is asked for once, whatever number of its fields is wanted."""

    def __init__(
        self,
        conversation: Conversation,
        circuits: Mapping[str, str | None],
        max_age: Mapping[Tier, int],
        rests: Rests,
        clock: Callable[[], float],
    ) -> None:
        self._conversation = conversation
        self._circuits = circuits
        self._max_age = max_age
        self._rests = rests
        self._clock = clock
        self._texts: dict[Message, str | DriverError | None] = {}
        self._alive = False
        self._silent: DriverError | None = None

    def all_of(self, sensors: Sequence[Sensor], patience_s: float) -> tuple[dict[str, Sample], dict[str, DriverError]]:
        """A sample per sensor, and a reason for each without one.

        Raises Unreachable when the heat pump answers none of the messages that ebusd must ask it for; with none so
        far, it is given up after `patience_s`.
        """
        started = self._clock()
        samples: dict[str, Sample] = {}
        problems: dict[str, DriverError] = {}
        for sensor in sensors:
            samples[sensor.id], problem = self._sample(sensor)
            if samples[sensor.id].value is None and sensor.elsewhere is not None:
                other, _ = self._sample(sensor.elsewhere)
                if other.value is not None:
                    samples[sensor.id], problem = other, None
            if problem is not None:
                problems[sensor.id] = problem
            if self._clock() - started > patience_s:
                self._check_alive()
        self._check_alive()
        return samples, problems

    def _check_alive(self) -> None:
        if self._silent is not None and not self._alive:
            self._rests.forget_failures()
            raise Unreachable(
                "%(address)s: the heat pump does not answer ebusd (%(reason)s)",
                address=self._conversation.address,
                reason=self._silent.facts["reason"],
            )

    def _sample(self, sensor: Sensor) -> tuple[Sample, DriverError | None]:
        message = message_of(sensor)
        found = self._text(message, sensor)
        if isinstance(found, DriverError):
            return Sample(None, None), type(found)(found.template, **{**found.facts, "sensor": sensor.id})
        if found is None:
            return Sample(None, None), None
        text = _field(found, message.field)
        if text is None:
            return Sample(None, found), BadAnswer(
                "%(sensor)s: ebusd answers %(answer)s, which has no such field", sensor=sensor.id, answer=found[:80]
            )
        value, problem = judged(sensor, text)
        return Sample(value, text), problem

    def _text(self, message: Message, sensor: Sensor) -> str | DriverError | None:
        if message.whole not in self._texts:
            self._texts[message.whole] = self._asked(message.whole, sensor)
        return self._texts[message.whole]

    def _asked(self, message: Message, sensor: Sensor) -> str | DriverError | None:
        now = self._clock()
        circuit = self._circuits.get(message.table)
        if circuit is None:
            return _missing(message)
        resting = self._rests.why(message, now)
        if resting is not None:
            self._note(message, sensor, resting)
            return resting
        # what may be set is compared before it is written and after: it is never remembered
        age = "-f" if sensor.write is not None else f"-m {self._max_age.get(sensor.tier, 0)}"
        lines = self._conversation.ask(f"read {age} -c {circuit} {message.name}")
        kind = kind_of(lines[0])
        self._check_answer(lines, kind)
        return self._learnt(message, sensor, lines[0], kind)

    def _check_answer(self, lines: Sequence[str], kind: Kind) -> None:
        """Raises what ends the whole read."""
        if kind is Kind.NO_SIGNAL:
            raise Unreachable(
                "%(address)s: ebusd has no signal from the eBUS; are the adapter and its wires connected?",
                address=self._conversation.address,
            )
        if (
            kind is Kind.NO_COMMAND
            or len(lines) != 1
            or lines[0].startswith(("usage:", "signal ", "done"))
            or " = " in lines[0]
        ):
            raise BadAnswer(
                "%(address)s answers, but not as ebusd does: %(answer)s",
                address=self._conversation.address,
                answer=lines[0][:80],
            )

    def _learnt(self, message: Message, sensor: Sensor, line: str, kind: Kind) -> str | DriverError | None:
        now = self._clock()
        if kind is Kind.NOT_THERE:
            missing = _missing(message)
            self._rests.missing(message, missing, now)
            return missing
        if kind is Kind.NOT_ALLOWED:
            refused = Refused("%(sensor)s: ebusd does not allow it to be read (%(reason)s)", reason=reason(line))
            self._rests.missing(message, refused, now)
            return refused
        if kind is Kind.ON_THE_BUS:
            failure = BadAnswer("%(sensor)s: no answer over the eBUS (ebusd says: %(reason)s)", reason=reason(line))
            self._rests.failed(message, failure, now)
            self._note(message, sensor, failure)
            return failure
        if kind is Kind.UNUSABLE:
            return BadAnswer("%(sensor)s: ebusd cannot read the answer (it says: %(reason)s)", reason=reason(line))
        self._rests.answered(message)
        if message.table == "hmu" and not sensor.passive:
            self._alive = True
        return None if kind is Kind.NOTHING else line

    def _note(self, message: Message, sensor: Sensor, failure: DriverError) -> None:
        if message.table == "hmu" and not sensor.passive and "reason" in failure.facts:
            self._silent = failure


def _missing(message: Message) -> NotOffered:
    return NotOffered("%(sensor)s: this machine does not offer %(place)s", place=f"{message.table} {message.name}")


def _field(text: str, field: str) -> str | None:
    """One field of a message, all of it, or the only one; None where it is not there."""
    fields = text.split(";")
    if field == "*":
        return text
    if field == "":
        return text if len(fields) == 1 else None
    return fields[int(field)] if 1 < len(fields) > int(field) else None


def messages(sensors: Iterable[Sensor]) -> set[Message]:
    """All messages of these places, other ones included."""
    return {message_of(each).whole for sensor in sensors for each in (sensor, sensor.elsewhere) if each is not None}
