"""The ebusd driver: messages of a heat pump and its controller, read and written by name over one open connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter

from drivers import limits
from drivers.base import Answer, Connection
from drivers.decode_text import encode_text
from drivers.ebusd_read import Read, Rests, message_of, messages
from drivers.ebusd_wire import LONGEST_LIST, Conversation
from drivers.ebusd_words import Kind, circuits, controller, kind_of, reason
from drivers.errors import BadAnswer, OutOfRange, Refused, Unreachable
from drivers.model import Model
from drivers.sensor import Sensor

REPROBE_S = 3600.0
"""How long the circuits of a house, and what it does not have, are taken for granted."""

STARTING_S = 60.0
"""The same while a circuit is missing: an ebusd that has just been started knows them one by one."""

TURNS_WAITED_FOR = 3
"""Time-outs of others that one read waits for before it is given up."""


class Ebusd:
    """One heat pump behind ebusd; threads take turns. `clock` gives monotonic seconds.

    ebusd remembers what it heard, and gives it also when the bus is dead: so every read begins by asking whether
    there is a signal, allows values only up to an age, and is lost as a whole when the heat pump itself is silent.
    """

    def __init__(self, model: Model, connection: Connection, clock: Callable[[], float]) -> None:
        self._model = model
        self._connection = connection
        self._circuit = (connection.circuit or model.connection.circuit or "").lower()
        self._clock = clock
        self._turn = threading.Lock()
        self._conversation: Conversation | None = None
        self._circuits: dict[str, str | None] = {}
        self._circuits_until = 0.0
        self._rests = Rests(REPROBE_S)

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """Read these sensors; a message that this house lacks has no value, and is asked for again an hour later.

        Raises Unreachable or BadAnswer, and then nothing of this read is kept.
        """
        started = perf_counter()
        with self._my_turn() as conversation:
            before = conversation.questions
            self._find_circuits(conversation)
            read = Read(conversation, self._circuits, self._model.reads.max_age, self._rests, self._clock)
            samples, problems = read.all_of(sensors, self._connection.timeout_s)
            self._check_signal(conversation.ask("state"))  # an answer too many would stand here instead of it
            return Answer(samples, problems, perf_counter() - started, conversation.questions - before + 1)

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Check the catalogue's limits (ebusd has none), then write; whether it took is for a later read.

        Never sent twice. Raises OutOfRange before, Refused when ebusd or the machine says no; after Unreachable or
        BadAnswer it may be unknown whether the machine took the value.
        """
        limits.check(sensor, value)
        message = message_of(sensor)
        if message.several:
            raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
        text = encode_text(sensor, value)
        with self._my_turn() as conversation:
            self._find_circuits(conversation)
            circuit = self._circuits.get(sensor.table)
            if circuit is None:
                raise _no_controller(conversation)
            self._rests.answered(message)  # what becomes of it is to be read at once
            answer = " ".join(conversation.ask(f"write -c {circuit} {message.name} {text}"))
            self._check_written(sensor, value, answer)

    def close(self) -> None:
        """Let a running read finish and hang up; the next read connects again."""
        with self._turn:
            self._hang_up()

    def _check_written(self, sensor: Sensor, value: float | int | str, answer: str) -> None:
        kind = kind_of(answer)
        if kind in (Kind.VALUE, Kind.NOTHING):
            if answer.startswith("usage:"):
                raise _foreign(self._connection, answer)
            return
        if kind is Kind.NO_SIGNAL:
            raise _no_signal(self._connection)
        if kind is Kind.ON_THE_BUS and reason(answer) != "NAK received":
            raise BadAnswer(
                "%(sensor)s: whether %(value)s was taken is not known (ebusd says: %(reason)s)",
                sensor=sensor.id,
                value=value,
                reason=reason(answer),
            )
        raise Refused(
            "%(sensor)s: %(value)s is refused (ebusd says: %(reason)s)",
            sensor=sensor.id,
            value=value,
            reason=reason(answer),
        )

    @contextmanager
    def _my_turn(self) -> Iterator[Conversation]:
        """A conversation with an ebusd that has a signal; over after any failure."""
        longest_s = TURNS_WAITED_FOR * self._connection.timeout_s
        if not self._turn.acquire(timeout=longest_s):
            raise Unreachable(
                "%(address)s was busy with other requests for %(seconds)g s",
                address=self._connection.address,
                seconds=longest_s,
            )
        try:
            yield self._opened()
        except (Unreachable, BadAnswer):
            self._hang_up()
            raise
        finally:
            self._turn.release()

    def _opened(self) -> Conversation:
        """One more attempt when ebusd hung up since the last read: it was restarted, or it ends idle connections."""
        kept = self._conversation
        if kept is not None:
            try:
                self._check_signal(kept.ask("state"))
            except Unreachable:
                if kept.closed:
                    self._hang_up()
                else:
                    raise
            else:
                return kept
        where = self._connection
        self._conversation = Conversation(where.host, where.port, where.timeout_s)
        self._check_signal(self._conversation.ask("state"))
        return self._conversation

    def _hang_up(self) -> None:
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def _check_signal(self, lines: Sequence[str]) -> None:
        answer = " ".join(lines)
        if answer.startswith("signal acquired"):
            return
        if "no signal" in answer:
            raise _no_signal(self._connection)
        raise _foreign(self._connection, answer)

    def _find_circuits(self, conversation: Conversation) -> None:
        """Which circuit is the heat pump and which the controller; looked up again soon while one is missing.

        Those count first of which ebusd has heard something: a definition may be there without a machine.
        """
        if self._circuits and self._clock() < self._circuits_until:
            return
        heard = self._roles(circuits(conversation.ask("find -d", LONGEST_LIST)))
        self._circuits = heard
        if None in heard.values():
            defined = circuits(conversation.ask("find", LONGEST_LIST))
            self._circuits = {role: heard[role] or circuit for role, circuit in self._roles(defined).items()}
            if self._circuits["hmu"] is None:
                self._circuits = {}
                raise BadAnswer(
                    "%(address)s: ebusd knows no circuit %(circuit)s; it knows %(known)s",
                    address=self._connection.address,
                    circuit=self._circuit,
                    known=", ".join(sorted(name for name, _ in defined.values())[:20]) or "–",
                )
        complete = None not in self._circuits.values()
        self._circuits_until = self._clock() + (REPROBE_S if complete else STARTING_S)

    def _roles(self, found: Mapping[str, tuple[str, frozenset[str]]]) -> dict[str, str | None]:
        """Table of the catalogue → the circuit that plays its part, as it is written."""
        known = messages(self._model.every_sensor.values())
        wanted = frozenset(message.name.lower() for message in known if message.table == "ctl")
        return {
            "hmu": found[self._circuit][0] if self._circuit in found else None,
            "ctl": controller(found, wanted, (self._circuit, "broadcast")),
            "broadcast": found["broadcast"][0] if "broadcast" in found else None,
        }


def _no_signal(connection: Connection) -> Unreachable:
    return Unreachable(
        "%(address)s: ebusd has no signal from the eBUS; are the adapter and its wires connected?",
        address=connection.address,
    )


def _foreign(connection: Connection, answer: str) -> BadAnswer:
    return BadAnswer(
        "%(address)s answers, but not as ebusd does: %(answer)s", address=connection.address, answer=answer[:80]
    )


def _no_controller(conversation: Conversation) -> BadAnswer:
    return BadAnswer("%(address)s: ebusd knows no controller", address=conversation.address)
