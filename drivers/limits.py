"""May this value be written at all, and does the machine hold it? Decided without the wire."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from drivers.base import Sample, Value
from drivers.decode import is_number
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Sensor, Write
from drivers.wire import decoded, encoded


def check(sensor: Sensor, value: float | int | str) -> None:
    """Raises OutOfRange, naming the limit, unless the catalogue allows this value for this sensor.

    `value` is a number in the sensor's unit, or a state's code or word.
    """
    write = sensor.write
    if write is None:
        raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
    if sensor.states:
        _check_state(sensor, write, value)
    else:
        _check_number(sensor, write, value)


def _check_state(sensor: Sensor, write: Write, value: float | int | str) -> None:
    codes = write.states if write.states is not None else tuple(sensor.states)
    words = [sensor.states[code] for code in codes]
    if isinstance(value, bool) or not (value in codes or value in words):
        raise OutOfRange(
            "%(sensor)s: %(value)s is not one of %(words)s", sensor=sensor.id, value=str(value), words=", ".join(words)
        )


def _check_number(sensor: Sensor, write: Write, value: float | int | str) -> None:
    if not is_number(value):
        raise OutOfRange("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value) or "–")
    if value == write.neutral:
        return  # "nothing supplied" may lie outside the limits of what is supplied
    if write.minimum is not None and value < write.minimum:
        raise OutOfRange(
            "%(sensor)s: %(value)s is below the minimum %(limit)s", sensor=sensor.id, value=value, limit=write.minimum
        )
    if write.maximum is not None and value > write.maximum:
        raise OutOfRange(
            "%(sensor)s: %(value)s is above the maximum %(limit)s", sensor=sensor.id, value=value, limit=write.maximum
        )
    for step in (write.step, None if sensor.type in ("float32", "number") else sensor.scale):
        if step is not None and abs(math.remainder(value, step)) > step * 1e-6:
            raise OutOfRange(
                "%(sensor)s: %(value)s is not a multiple of %(step)s", sensor=sensor.id, value=value, step=step
            )


def check_machine(model: Model, values: Mapping[str, Value]) -> None:
    """Raises OutOfRange when what these sensors tell forbids every write to this machine (`write_refused_when`).

    A teller without a value forbids it as well: who cannot tell does not write.
    """
    for teller_id, pattern in model.write_refused_when.items():
        told = values.get(teller_id)
        if told is None:
            raise OutOfRange(
                "nothing is written to this heat pump, because it does not tell its %(teller)s", teller=teller_id
            )
        if re.search(pattern, str(told)):
            raise OutOfRange(
                "nothing is written to this heat pump, because its %(teller)s is %(value)s",
                teller=teller_id,
                value=told,
            )


def same(sensor: Sensor, sample: Sample, value: float | int | str) -> bool:
    """Whether the machine holds this value, at its register's resolution; a sentinel is a number like any other."""
    if sample.value is not None:
        return sample.value == decoded(sensor, encoded(sensor, value))
    if sample.raw is None:
        return False
    plain = replace(sensor, absent=frozenset())
    return decoded(plain, sample.raw) == decoded(plain, encoded(plain, value))


def canonical(sensor: Sensor, value: float | int | str) -> float | int | str:
    """A state by its word, everything else as it is."""
    if not sensor.states:
        return value
    return sensor.states.get(value if isinstance(value, str) else round(value), str(value))
