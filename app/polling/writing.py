"""One value onto the wire and back: look, write, and look again until it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers import limits
from drivers.base import Driver, Sample
from drivers.errors import BadAnswer, DriverError, Refused, Unreachable
from drivers.model import Model
from drivers.sensor import Sensor

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
"""Between two looks; the first look comes at once, and each pause is twice the one before."""

NEVER_CARRIED_OUT = frozenset({1, 2, 3})
"""Modbus exceptions that refuse a request before anything is done (Modbus Application Protocol 1.1b3, 7)."""

Wait = Callable[[float], bool]
"""Wait so many seconds; True when there is no more time to wait, because the program ends."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a write went.

    `failure` is why the write, or the looking afterwards, went wrong; `sent` tells that the machine acknowledged the
    write; `reached` that the value may have got into the memory cell; `seen` what was read afterwards.
    """

    confirmed: bool
    sent: bool
    reached: bool
    seen: Sample | None = None
    failure: DriverError | None = None


def look(driver: Driver, model: Model, sensor: Sensor) -> Sample:
    """What the machine holds now; without a value and registers where it cannot be read.

    Raises OutOfRange when the machine must not be written to at all, and the DriverError of a failed read, also for
    a register that the machine does not offer.
    """
    tellers = [model.every_sensor[name] for name in model.write_refused_when]
    wanted = [*([sensor] if sensor.readable else ()), *tellers]
    if not wanted:
        return Sample(None, None)
    answer = driver.read(wanted)
    limits.check_machine(model, answer.values)
    sample = answer.samples[sensor.id] if sensor.readable else Sample(None, None)
    if sensor.id in answer.problems and sample.raw is None and sample.value is None:
        raise answer.problems[sensor.id]
    return sample


def put(driver: Driver, model: Model, sensor: Sensor, value: float | int | str, wait: Wait) -> Written:
    """Write, and read back until the value is there or the model's time is over.

    Raises OutOfRange when we say no; then nothing went on the wire.
    """
    failure: DriverError | None = None
    try:
        driver.write(sensor, value)
    except Refused as refused:
        if refused.facts.get("code", 1) in NEVER_CARRIED_OUT:
            return Written(False, False, False, None, refused)
        failure = refused
    except (Unreachable, BadAnswer) as unknown:
        failure = unknown
    sent = failure is None
    if not sensor.readable:
        return Written(False, sent, True, None, failure)
    until = time.monotonic() + model.writes.within_s
    pause, seen = FIRST_PAUSE_S, None
    while True:
        try:
            seen = driver.read([sensor]).samples[sensor.id]
        except DriverError as error:
            failure = failure or error
        else:
            if limits.same(sensor, seen, value):
                return Written(True, True, True, seen)
        if time.monotonic() + pause > until or wait(pause):
            return Written(False, sent, True, seen, failure)
        # a machine that takes long, such as one behind a cloud that counts its calls, is asked less often
        pause = min(2 * pause, max(LONGEST_PAUSE_S, model.writes.within_s / 10))
