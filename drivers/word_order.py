"""The order in which this very machine sends the words of a 32-bit value, where one of its registers tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from drivers.base import Sample
from drivers.decode import decode
from drivers.errors import BadAnswer
from drivers.model import Model
from drivers.sensor import Sensor

Order = Literal["big", "little"]


class WordOrder:
    """What is known of one machine: asked once, and again after it was lost and every `lasting_s` seconds.

    A machine that does not offer the register has the order of its catalogue.
    """

    def __init__(self, model: Model, lasting_s: float) -> None:
        teller = model.reads.word_order_from
        self._codes = teller.codes if teller is not None else {}
        self._teller = model.every_sensor[teller.sensor] if teller is not None else None
        self._lasting_s = lasting_s
        self._until = 0.0
        self._order: Order | None = None
        self._doubt: BadAnswer | None = None

    def to_ask(self, sensors: Iterable[Sensor], now: float) -> Sensor | None:
        """The sensor that tells, when these cannot be understood without it; None when there is nothing to ask."""
        if self._teller is None or now < self._until or all(sensor.words == 1 for sensor in sensors):
            return None
        return self._teller

    def learn(self, sample: Sample, now: float) -> None:
        """The teller was read; without an answer in it the machine does not offer it."""
        self._until, self._doubt, self._order = now + self._lasting_s, None, None
        if self._teller is None or sample.raw is None or isinstance(sample.raw, str):
            return
        code = decode(replace(self._teller, states={}, absent=frozenset()), sample.raw)
        self._order = self._codes.get(int(code)) if isinstance(code, int) else None
        if self._order is None:
            self._doubt = BadAnswer(
                "%(sensor)s is %(value)s, so nobody knows in which order values of 32 bits are sent",
                sensor=self._teller.id,
                value=str(code),
            )

    def forget(self) -> None:
        self._until = 0.0

    def tells(self, sensor: Sensor) -> bool:
        return self._teller is not None and sensor.id == self._teller.id

    def doubt(self, sensor: Sensor) -> BadAnswer | None:
        """Why this sensor's registers cannot be understood; None when they can."""
        return self._doubt if sensor.words > 1 else None

    def applied(self, sensor: Sensor) -> Sensor:
        """The sensor with its words in this machine's order."""
        if self._order is None or sensor.words == 1:
            return sensor
        return replace(sensor, word_order=self._order)
