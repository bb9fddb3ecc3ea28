"""A simulated ebusd: read, write, find, info and state over TCP, as version 26 answers them."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Unpack

from drivers.errors import BadAnswer
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.base import Serving
from drivers.simulators.ebusd_messages import NO_DATA, Known, LiveMessages, Messages, ReplayedMessages
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.tcp_server import TcpServer

USUAL_AGE_S = 300
LONGEST_AGE_S = 86_400
NOT_FOUND = "ERR: element not found"
NO_SIGNAL = "ERR: no signal"
READ_USAGE = "usage: read [-f] [-m SECONDS] [-c CIRCUIT] [-n] NAME"
WRITE_USAGE = "usage: write -c CIRCUIT NAME [VALUE[;VALUE]*]"
FIND_USAGE = "usage: find [-r] [-w] [-p] [-a] [-d] [-e] [-c CIRCUIT] [NAME]"


class EbusdSimulator(TcpServer):
    """One ebusd on one port, with the heat pump `circuit` and a controller on its bus.

    With `dump` (lines of a recorded `find`) a recorded house is replayed. `signal` is False when the bus is dead: then
    it still gives what it remembers. Raises OutOfRange for a pinned value that does not fit, ValueError for a dump that
    lists nothing.
    """

    name = "ebusd-simulator"

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        pinned: Mapping[str, float | int | str] | None = None,
        with_optional: bool = False,
        dump: Iterable[str] | None = None,
        circuit: str = "hmu",
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(plant, **serving)
        self.readout = None
        self.messages: Messages
        if dump is None:
            self.readout = Readout(model, options, plant, pinned=pinned, with_optional=with_optional)
            self.messages = LiveMessages(self.readout, circuit)
        else:
            self.messages = ReplayedMessages(dump)
        self.signal = True
        self.asked: list[str] = []
        self._remembered: dict[tuple[str, str], tuple[str, float]] = {}

    def converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as incoming:
            for line in incoming:
                question = line.decode("utf-8", "replace").strip()
                connection.sendall(self.answered(partial(self._answer, question)))
                if question.lower() in ("q", "quit"):
                    return

    def _answer(self, question: str) -> bytes:
        self.asked.append(question)
        return f"{self._said(question)}\n\n".encode()

    def _said(self, question: str) -> str:
        try:
            words = shlex.split(question)
        except ValueError:
            words = question.split()
        command = words[0].lower() if words else "help"
        if command in ("r", "read"):
            return self._read(words[1:])
        if command in ("w", "write"):
            return self._write(words[1:])
        if command in ("f", "find"):
            return self._find(words[1:])
        if command in ("s", "state"):
            return "signal acquired, 23 symbols/sec (166 max), 8 masters" if self.signal else NO_SIGNAL
        if command in ("i", "info"):
            return self._info()
        if command in ("q", "quit"):
            return "connection closed"
        if command in ("h", "help", "?"):
            return f"usage:\n {READ_USAGE}\n {WRITE_USAGE}\n {FIND_USAGE}\n state\n info\n quit"
        return "ERR: command not found"

    def _read(self, words: Sequence[str]) -> str:
        options = _Options(words, flags={"-f", "-n", "-N"}, valued={"-m", "-c"})
        age = "0" if "-f" in options.flags else options.values.get("-m", str(USUAL_AGE_S))
        if options.unknown or len(options.rest) != 1 or not age.isdigit() or int(age) > LONGEST_AGE_S:
            return READ_USAGE
        message = self._message(options.values.get("-c"), options.rest[0])
        if message is None:
            return NOT_FOUND
        key = message.key
        remembered = self._remembered.get(key)
        if remembered is not None and (message.passive or remembered[1] + int(age) > self.plant.at):
            return remembered[0]
        text = self.messages.text(message)
        if message.passive and (text == NO_DATA or not self.signal):
            return f"ERR: {NO_DATA}"
        if not self.signal:
            return NO_SIGNAL
        if text == NO_DATA:  # a recorded list does not tell what the bus would have answered
            return "ERR: read timeout"
        if not text.startswith("ERR:"):
            self._remembered[key] = (text, float(self.plant.at))
        return text

    def _write(self, words: Sequence[str]) -> str:
        options = _Options(words, flags=set(), valued={"-c"})
        if options.unknown or "-c" not in options.values or len(options.rest) != 2:
            return WRITE_USAGE
        message = self._message(options.values["-c"], options.rest[0])
        if message is None or not message.writable:
            return NOT_FOUND
        if not self.signal:
            return NO_SIGNAL
        try:
            self.messages.write(message, options.rest[1])
        except BadAnswer:
            return "ERR: invalid numeric argument"
        self._remembered.pop(message.key, None)
        return "done"

    def _find(self, words: Sequence[str]) -> str:
        options = _Options(words, flags={"-r", "-w", "-p", "-a", "-d", "-e"}, valued={"-c"})
        if options.unknown or len(options.rest) > 1:
            return FIND_USAGE
        exact, circuit = "-e" in options.flags, options.values.get("-c", "").lower()
        name = options.rest[0].lower() if options.rest else ""
        lines = []
        for (own_circuit, own_name), message in self.messages.known.items():
            wanted = (not circuit or own_circuit == circuit) and (not name or own_name == name)
            if not exact:
                wanted = circuit in own_circuit and name in own_name
            text = self.messages.text(message)
            if wanted and not ("-d" in options.flags and text == NO_DATA):
                lines.append(f"{message.circuit} {message.name} = {text}")
        return "\n".join(lines) or NOT_FOUND

    def _message(self, circuit: str | None, name: str) -> Known | None:
        """The one of this circuit, or of any."""
        if circuit:
            return self.messages.known.get((circuit.lower(), name.lower()))
        return next((known for (_, own), known in self.messages.known.items() if own == name.lower()), None)

    def _info(self) -> str:
        circuits = sorted({circuit for circuit, _ in self.messages.known} - {"broadcast", "general", "memory"})
        signal = (
            ["signal: acquired", "symbol rate: 23", "max symbol rate: 166"] if self.signal else ["signal: no signal"]
        )
        return "\n".join(
            [
                "version: ebusd 26.1.26.1",
                *signal,
                "reconnects: 0",
                "masters: 8",
                f"messages: {len(self.messages.known)}",
                "conditional: 0",
                "poll: 0",
                f"update: {sum(message.passive for message in self.messages.known.values())}",
                *(
                    f'address {address}: slave, scanned "MF=Vaillant;ID={circuit.upper()};SW=0000;HW=0000",'
                    f' loaded "vaillant/{address}.{circuit}.csv"'
                    for address, circuit in zip(("08", "15", "26", "35", "76", "f6"), circuits, strict=False)
                ),
            ]
        )


class _Options:
    """The words of a command sorted: flags, options with a value, and the rest."""

    def __init__(self, words: Sequence[str], flags: set[str], valued: set[str]) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        self.rest: list[str] = []
        self.unknown = False
        waiting = iter(words)
        for word in waiting:
            if word in flags:
                self.flags.add(word)
            elif word in valued:
                self.values[word] = next(waiting, "")
            elif word.startswith("-") and not self.rest:
                self.unknown = True
            else:
                self.rest.append(word)
