"""The last values of heat pumps as Prometheus metrics: values in, metric families out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric

from app import metric
from app.polling.pace import Pace
from app.score import INTERVAL_S, SCORE, SCORE_SENSOR
from app.services.status import LATE_INTERVALS
from app.store.heatpumps import HeatPump
from app.store.readings import Sample
from drivers.meters.source import METER_SENSORS
from drivers.model import Model
from drivers.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Watched:
    """A heat pump with its last values, and how often it is read."""

    pump: HeatPump
    model: Model
    samples: Mapping[str, Sample]
    pace: Pace

    def fresh(self, now: float) -> Iterator[tuple[Sensor, Sample]]:
        """The values that still hold; `now` in UTC seconds.

        A heat pump without any answer for three of its intervals is lost, and nothing it ever said holds any more;
        a single sensor's value ends three of the sensor's own intervals after it was read. The owner's meters go on.
        """
        last_seen = max((sample.at for name, sample in self.samples.items() if name not in METER_SENSORS), default=None)
        lost = last_seen is None or now - last_seen > LATE_INTERVALS * self.pace.interval_s
        for sensor in self.model.sensors(self.pump.options) if self.pump.enabled else ():
            sample = self.samples.get(sensor.id)
            if sample is None or (lost and sensor.id not in METER_SENSORS):
                continue
            if now - sample.at <= LATE_INTERVALS * self.pace.between_s(sensor):
                yield sensor, sample
        score = self.samples.get(SCORE)
        if score is not None and now - score.at <= LATE_INTERVALS * INTERVAL_S:
            yield SCORE_SENSOR, score


def families(watched: Iterable[Watched], box: str, now: float) -> list[Metric]:
    """One family per sensor, the samples of all heat pumps in it, sorted by name."""
    sensors: dict[str, list[Sensor]] = defaultdict(list)
    points: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for each in watched:
        labels = metric.labels(each.pump, box)
        for sensor, sample in each.fresh(now):
            found = metric.numbers(sample.value, sensor.states.values())
            if found:
                sensors[sensor.id].append(sensor)
            points[sensor.id] += [
                (labels if state is None else labels | {"state": state}, number) for state, number in found
            ]
    return [_family(sensor_id, sensors[sensor_id], points[sensor_id]) for sensor_id in sorted(sensors)]


def _family(sensor_id: str, sensors: list[Sensor], points: list[tuple[dict[str, str], float]]) -> Metric:
    name, kind = metric.name(sensor_id), _kind(sensor_id, {sensor.kind for sensor in sensors})
    family = Metric(name.removesuffix("_total") if kind == "counter" else name, _said(sensors[0]), kind)
    for labels, number in points:
        family.add_sample(name, labels, number)
    return family


def _kind(sensor_id: str, kinds: set[str]) -> str:
    """Prometheus knows a counter by the ending of its name, and our names are given: the others stay untyped."""
    total = sensor_id.endswith("_total")
    if "counter" in kinds or total:
        return "counter" if total and kinds == {"counter"} else "unknown"
    return "gauge"


def _said(sensor: Sensor) -> str:
    unit = f", {sensor.unit}" if sensor.unit else ""
    states = "; 1 for the state that holds, 0 for the others" if sensor.states else ""
    return f"{sensor.title.en}{unit}{states}"
