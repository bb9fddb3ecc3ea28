"""The messages that a simulated ebusd knows: filled from the plant, or replayed from a recorded list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.decode_text import decode_text
from drivers.ebusd_read import message_of
from drivers.errors import BadAnswer, OutOfRange
from drivers.sensor import Sensor
from drivers.simulators.readout import Readout

NO_DATA = "no data stored"
NOTHING = "-"
CONTROLLER = "ctlv2"

_FOUND = re.compile(r"(?:- )?'?([^\s=]+) ([^\s=]+) = (.*?)'?")
_BROKEN = re.compile(r"\((?P<why>empty|ERR: [^()]+?) for [0-9a-f]* / [0-9a-f]*\)")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(slots=True)
class Known:
    """One message as ebusd knows it; `sensors` by their field: "" for the only one, * for all, or a number."""

    circuit: str
    name: str
    passive: bool = False
    writable: bool = False
    sensors: dict[str, Sensor] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Capitals make no difference."""
        return self.circuit.lower(), self.name.lower()


class Messages(Protocol):
    """What answers for a bus."""

    @property
    def known(self) -> Mapping[tuple[str, str], Known]:
        """By circuit and name, in small letters."""

    def text(self, message: Known) -> str:
        """What it holds now, as ebusd prints it; NO_DATA where the bus does not say."""

    def write(self, message: Known, text: str) -> None:
        """Hold this; ebusd knows no limits. Raises BadAnswer for what the message cannot carry."""


class LiveMessages:
    """What the plant does, in the messages of the catalogue. `circuit` is what the heat pump is called."""

    def __init__(self, readout: Readout, circuit: str) -> None:
        self._readout = readout
        self._circuits = {"hmu": circuit, "ctl": CONTROLLER, "broadcast": "Broadcast"}
        self._held: dict[tuple[str, str], str] = {}
        self.known: dict[tuple[str, str], Known] = {}
        for sensor in self._readout.sensors.values():
            if sensor.derived is not None:
                continue
            self._add(sensor, sensor)
            if sensor.elsewhere is not None and sensor.elsewhere.passive:
                self._add(sensor.elsewhere, sensor)

    def _add(self, place: Sensor, sensor: Sensor) -> None:
        message = message_of(place)
        new = Known(self._circuits[message.table], message.name, place.passive, sensor.write is not None)
        self.known.setdefault(new.key, new).sensors[message.field] = sensor

    def text(self, message: Known) -> str:
        if message.key in self._held:
            return self._held[message.key]
        sensors = message.sensors
        for whole in ("", "*"):
            if whole in sensors:
                return self._field(sensors[whole])
        fields = map(str, range(max(map(int, sensors)) + 1))
        return ";".join(self._field(sensors[place]) if place in sensors else NOTHING for place in fields)

    def _field(self, sensor: Sensor) -> str:
        return str(self._readout.raw(sensor)) or NOTHING

    def write(self, message: Known, text: str) -> None:
        sensor = message.sensors[""]
        value = decode_text(sensor, text)
        if value is None or (sensor.states and text not in sensor.states):
            raise BadAnswer("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=text)
        try:
            self._readout.write(sensor, value)
        except OutOfRange:
            self._held[message.key] = text  # taken all the same, as by the real one
        else:
            self._held.pop(message.key, None)


class ReplayedMessages:
    """The messages of a recorded list: the house stands still, but for what is written."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.known: dict[tuple[str, str], Known] = {}
        self._texts: dict[tuple[str, str], str] = {}
        for circuit, name, text in _listed(lines):
            message = Known(circuit, name, passive=circuit.lower() == "broadcast", writable=True)
            self.known.setdefault(message.key, message)
            if self._texts.get(message.key, NO_DATA) == NO_DATA:
                self._texts[message.key] = text
        if not self.known:
            raise ValueError("it lists no messages such as “hmu FlowTemp = 34.50”")

    def text(self, message: Known) -> str:
        return self._texts[message.key]

    def write(self, message: Known, text: str) -> None:
        if _NUMBER.fullmatch(self.text(message)) and not _NUMBER.fullmatch(text):
            raise BadAnswer("%(sensor)s: %(value)s is not a number", sensor=message.name, value=text)
        self._texts[message.key] = text


def _listed(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Circuit, name and text of each line of a list; the reason where a message holds none."""
    for line in lines:
        found = _FOUND.fullmatch(line.strip())
        if found is not None:
            broken = _BROKEN.fullmatch(found[3].strip())
            yield found[1], found[2], broken["why"] if broken else found[3].strip()
