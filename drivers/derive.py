"""What follows from an answer: the derived sensors of any machine, whatever its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.base import Answer, Driver, Sample
from drivers.derivation import Derivation
from drivers.errors import BadAnswer, DriverError, NotOffered
from drivers.model import Model
from drivers.sensor import Sensor


class Deriving:
    """A driver that also knows what follows from what it read; sensors that only follow never reach the wire."""

    def __init__(self, driver: Driver, model: Model) -> None:
        self._driver = driver
        self._model = model

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """As the driver reads; what a derived sensor needs is read with it, in the same read."""
        if all(sensor.derived is None for sensor in sensors):
            return self._driver.read(sensors)
        needed = self._needed(sensors)
        answer = self._driver.read([sensor for sensor in needed if sensor.derived is None])
        return answered(sensors, with_derived(needed, answer))

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        self._driver.write(sensor, value)

    def close(self) -> None:
        self._driver.close()

    def _needed(self, sensors: Sequence[Sensor]) -> list[Sensor]:
        """What is asked for, and after it everything that it follows from."""
        needed = {sensor.id: sensor for sensor in sensors}
        waiting = list(sensors)
        while waiting:
            sensor = waiting.pop()
            for sensor_id in sensor.derived.inputs if sensor.derived else ():
                if sensor_id not in needed:
                    needed[sensor_id] = self._model.every_sensor[sensor_id]
                    waiting.append(needed[sensor_id])
        return list(needed.values())


def with_derived(sensors: Sequence[Sensor], answer: Answer) -> Answer:
    """The answer, and in it the derived ones of these sensors.

    Absent inputs make an absent value, unless the catalogue says that a machine may lack them and this one does. A
    sensor of which an input was not asked for is left out: nothing is known about it now.
    """
    samples, problems = dict(answer.samples), dict(answer.problems)
    waiting = [sensor for sensor in sensors if sensor.derived is not None]
    while waiting:
        names = {sensor.id for sensor in waiting}
        ready = [each for each in waiting if each.derived and names.isdisjoint(each.derived.inputs)]
        for sensor in ready:
            if sensor.derived is not None and set(sensor.derived.inputs) <= samples.keys():
                samples[sensor.id], problem = _sample(sensor.id, sensor.derived, replace(answer, samples=samples))
                if problem is not None:
                    problems[sensor.id] = problem
        waiting = [sensor for sensor in waiting if sensor not in ready]
    return replace(answer, samples=samples, problems=problems)


def answered(sensors: Sequence[Sensor], answer: Answer) -> Answer:
    """Only what was asked for, in its order."""
    ids = [sensor.id for sensor in sensors if sensor.id in answer.samples]
    return replace(
        answer,
        samples={sensor_id: answer.samples[sensor_id] for sensor_id in ids},
        problems={sensor_id: answer.problems[sensor_id] for sensor_id in ids if sensor_id in answer.problems},
    )


def _sample(sensor_id: str, derivation: Derivation, answer: Answer) -> tuple[Sample, DriverError | None]:
    values = {name: answer.samples[name].value for name in derivation.inputs}
    absent = [name for name, value in values.items() if value is None]
    lacking = [name for name in absent if isinstance(answer.problems.get(name), NotOffered | None)]
    excused = derivation.may_be_absent & frozenset(lacking)
    value = derivation.rule.value(values, excused)
    if value is not None:
        told = [answer.samples[name].told_at for name in derivation.inputs]
        return Sample(value, None, max((at for at in told if at is not None), default=None)), None
    for name in absent:
        if name in excused:
            continue
        problem = answer.problems.get(name)
        if problem is None:
            return Sample(None, None), None
        kind = NotOffered if isinstance(problem, NotOffered) else BadAnswer
        return Sample(None, None), kind(
            "%(sensor)s: %(input)s, from which it is derived, has no value", sensor=sensor_id, input=name
        )
    if len(absent) == len(values):
        return Sample(None, None), None
    said = ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)
    return Sample(None, None), BadAnswer("%(sensor)s: no rule fits %(inputs)s", sensor=sensor_id, inputs=said)
