"""The last values of a heat pump, each with its meaning, its time, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.reading import Value
from app.score import INTERVAL_S, SCORE, SCORE_SENSOR
from app.services.status import LATE_INTERVALS
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import DriverError
from drivers.model import Model
from drivers.sensor import Sensor

DECIMALS_WORTH_READING = {
    "°C": 1,
    "K": 1,
    "kW": 2,
    "kWh": 1,
    "bar": 2,
    "%": 0,
    "Hz": 1,
    "l/h": 0,
    "h": 0,
    "°min": 0,
    "": 2,
}
"""How many decimals mean something to a reader, by unit; a setting shows its own step."""

FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Current:
    """One sensor's last value. `at` is None when it was never read; `problem` says why a value is missing."""

    sensor: Sensor
    value: Value
    at: int | None
    problem: DriverError | None


@dataclass(frozen=True, slots=True)
class Group:
    """One category of a page: what the machine delivers, and what it does not."""

    category: str
    shown: tuple[Current, ...]
    absent: tuple[Current, ...]


def of(system: System, pump: HeatPump, model: Model) -> list[Current]:
    """Every readable sensor of this heat pump, in catalogue order, and its anomaly score once there is one."""
    samples = system.latest.of(pump.id)
    why = problems(system, pump.id)
    found = []
    for sensor in model.sensors(pump.options):
        sample = samples.get(sensor.id)
        value, at = (sample.value, sample.since) if sample else (None, None)
        found.append(Current(sensor, value, at, why.get(sensor.id)))
    score = samples.get(SCORE)
    if score is not None:
        found.append(Current(SCORE_SENSOR, score.value, score.at, None))
    return found


def some(system: System, pump: HeatPump, model: Model, sensor_ids: Iterable[str]) -> list[Current]:
    """Those of the given sensors that this heat pump has, in the given order."""
    samples = system.latest.of(pump.id)
    found = []
    for sensor_id in sensor_ids:
        sensor = model.every_sensor.get(sensor_id)
        if sensor is not None and sensor.fitted(pump.options):
            sample = samples.get(sensor_id)
            found.append(Current(sensor, sample.value if sample else None, sample.since if sample else None, None))
    return found


def first(currents: Sequence[Current]) -> Current | None:
    """The first one that has a value, else the first one."""
    return next((each for each in currents if each.value is not None), currents[0] if currents else None)


def grouped(currents: Iterable[Current], categories: Iterable[str]) -> list[Group]:
    """By category, in the given order of categories.

    A sensor without a value counts as absent, unless it should be there and something went wrong with it, or its turn
    to be asked for has not come yet.
    """
    currents = list(currents)
    begun = any(each.at is not None for each in currents)
    shown: dict[str, list[Current]] = {}
    absent: dict[str, list[Current]] = {}
    for each in currents:
        waiting = begun and each.at is None
        missing = each.value is None and not waiting and (each.problem is None or each.sensor.optional)
        (absent if missing else shown).setdefault(each.sensor.category, []).append(each)
    return [
        Group(category, tuple(shown.get(category, ())), tuple(absent.get(category, ())))
        for category in categories
        if category in shown or category in absent
    ]


def problems(system: System, heatpump_id: str) -> Mapping[str, DriverError]:
    """What was wrong with which sensor in the last poll, and with which meter of the owner."""
    reader = system.poller.reader(heatpump_id)
    own = reader.last.problems if reader is not None and reader.last is not None else {}
    return {**own, **system.meters.problems(heatpump_id)}


def fault(system: System, pump: HeatPump, model: Model) -> Sensor | None:
    """The first sensor by which the machine itself reports a fault."""
    for sensor_id, sample in system.latest.of(pump.id).items():
        if sample.value == FAULT:
            sensor = model.every_sensor.get(sensor_id)
            if sensor is not None and sensor.fitted(pump.options):
                return sensor
    return None


def decimals(sensor: Sensor) -> int:
    """How many decimals of this sensor's values are worth reading."""
    if sensor.type == "float32" and sensor.scale == 1:
        return DECIMALS_WORTH_READING.get(sensor.unit, 2)
    if sensor.type == "number" and sensor.kind == "counter" and not sensor.unit:
        return 0
    if sensor.type == "number":
        step = 1.0 if sensor.kind == "counter" and not sensor.unit else sensor.write.step if sensor.write else None
        return DECIMALS_WORTH_READING.get(sensor.unit, 2) if step is None else _decimals_of(step)
    own = _decimals_of(sensor.scale)
    return own if sensor.write else min(own, DECIMALS_WORTH_READING.get(sensor.unit, own))


def _decimals_of(step: float) -> int:
    return max(0, -int(Decimal(str(step)).normalize().as_tuple().exponent))


def gap(system: System, pump: HeatPump, model: Model, sensor: Sensor) -> float:
    """From how many seconds without a value on there is a gap in this sensor's course."""
    if sensor.id == SCORE:
        return LATE_INTERVALS * INTERVAL_S
    return LATE_INTERVALS * system.roster.pace(pump, model).between_s(sensor)
