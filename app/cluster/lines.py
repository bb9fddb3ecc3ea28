"""Samples on their way to and from VictoriaMetrics: one line of JSON per series, many samples in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from app import metric
from app.reading import Value
from drivers.sensor import Sensor

Key = frozenset[tuple[str, str]]
"""All labels of a series, its name among them as __name__."""


@dataclass(slots=True)
class Line:
    """One series; `times` in whole UTC seconds, in the order of `values`."""

    labels: dict[str, str]
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return frozenset(self.labels.items())


def of_polls(
    labels: Mapping[str, str],
    sensor_ids: Sequence[str],
    sensors: Mapping[str, Sensor],
    polls: Iterable[tuple[int, Sequence[Value]]],
) -> list[Line]:
    """The series of one heat pump: `polls` are (time, value per sensor id), absent values leave no sample.

    A word becomes 1 for its own state and 0 for every other state that the catalogue knows.
    """
    words = {sensor_id: tuple(sensors[sensor_id].states.values()) for sensor_id in sensor_ids if sensor_id in sensors}
    found: dict[tuple[str, str | None], Line] = {}
    for at, values in polls:
        for sensor_id, value in zip(sensor_ids, values, strict=True):
            for state, number in metric.numbers(value, words.get(sensor_id, ())):
                line = found.get((sensor_id, state))
                if line is None:
                    named = {"__name__": metric.name(sensor_id), **labels}
                    line = Line(named if state is None else named | {"state": state})
                    found[sensor_id, state] = line
                line.times.append(at)
                line.values.append(number)
    return list(found.values())


def without(lines: Iterable[Line], there: Mapping[Key, set[int]]) -> list[Line]:
    """The samples whose series has none at that time yet."""
    missing = []
    for line in lines:
        times = there.get(line.key, set())
        left = [(at, value) for at, value in zip(line.times, line.values, strict=True) if at not in times]
        if left:
            missing.append(Line(line.labels, [at for at, _ in left], [value for _, value in left]))
    return missing


def count(lines: Iterable[Line]) -> int:
    return sum(len(line.times) for line in lines)


def encoded(lines: Iterable[Line]) -> bytes:
    """The body of /api/v1/import; times in milliseconds."""
    return b"\n".join(
        orjson.dumps({"metric": line.labels, "values": line.values, "timestamps": [at * 1000 for at in line.times]})
        for line in lines
    )


def times_of(exported: bytes) -> dict[Key, set[int]]:
    """Which samples an answer of /api/v1/export holds. Raises ValueError for anything else."""
    there: dict[Key, set[int]] = {}
    for text in exported.splitlines():
        line = orjson.loads(text)
        times = there.setdefault(frozenset(line["metric"].items()), set())
        times.update(at // 1000 for at in line["timestamps"])
    return there


def samples_of(exported: bytes) -> dict[str, list[tuple[int, float]]]:
    """Name → (UTC second, value) of an answer of /api/v1/export; of two in one second the later counts.

    Labels make no difference. Raises ValueError for anything else.
    """
    found: dict[str, dict[int, float]] = {}
    for text in exported.splitlines():
        line = orjson.loads(text)
        values = found.setdefault(line["metric"]["__name__"], {})
        for at, value in zip(line["timestamps"], line["values"], strict=True):
            if isinstance(value, int | float):
                values[at // 1000] = value
    return {name: sorted(values.items()) for name, values in found.items()}
