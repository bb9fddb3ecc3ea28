"""Before a machine is read or written to: is it perhaps one that could be taken for this model?"""

from __future__ import annotations

from drivers import recognise
from drivers.base import Connection
from drivers.errors import BadAnswer, OutOfRange
from drivers.modbus_line import Line
from drivers.modbus_read import Read
from drivers.model import Model
from drivers.sensor import Sensor

ASKED_AGAIN_S = 3600.0


class Identity:
    """What one machine said about itself; asked before the first read, each hour, and after every failure."""

    def __init__(self, model: Model, connection: Connection) -> None:
        self._model = model
        self._connection = connection
        self._signs = tuple(sign for sign in model.signs if sign.warns)
        self._clear = False
        self._known_until = 0.0

    def forget(self) -> None:
        """After a failure another machine may answer at this address."""
        self._known_until = 0.0

    def check(self, line: Line, now: float) -> None:
        """Raises BadAnswer for a machine of another model. `now` in monotonic seconds."""
        if not self._signs or now < self._known_until:
            return
        read = Read(line, self._connection)
        sensors = tuple(self._model.every_sensor[sign.sensor] for sign in self._signs)
        for sensor in sensors:
            read.point(sensor)
        answer = read.answer(sensors)
        verdicts = [recognise.judge(sign, answer) for sign in self._signs]
        for verdict in verdicts:
            if verdict.machine is not None:
                raise BadAnswer(
                    "another machine answers at %(address)s: %(machine)s, with other registers than %(model)s;"
                    " choose its model",
                    address=self._connection.address,
                    machine=verdict.machine,
                    model=self._model.title,
                )
        self._clear = all(verdict.says == "fits" for verdict in verdicts)
        self._known_until = now + ASKED_AGAIN_S

    def check_for_writing(self, sensor: Sensor, line: Line, now: float) -> None:
        """Raises OutOfRange as well for a machine that does not say clearly that it is one of this model."""
        self.check(line, now)
        if self._signs and not self._clear:
            raise OutOfRange(
                "%(sensor)s: nothing is written to %(address)s, because it does not say that it is a %(model)s",
                sensor=sensor.id,
                address=self._connection.address,
                model=self._model.title,
            )
