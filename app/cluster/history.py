"""A sensor's course read from VictoriaMetrics: the same answer as from the own history, bucket by bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import metric
from app.cluster.client import VictoriaMetrics, selector
from app.store.course import Course
from app.store.series import Series, step

NUMBERS = """union(
    label_set(min({minimum}) by (sensor), "is", "low"),
    label_set(sum({total}) by (sensor) / sum({count}) by (sensor), "is", "mean"),
    label_set(max({maximum}) by (sensor), "is", "high"))"""
"""A heat pump that was renamed is several series there, and one here."""

WORDS = "max({time} if ({last} == 1)) by (sensor, state)"
"""Per word, when it was last said in a bucket that it was the last to be said in."""

ROLL_UP = 'label_copy({function}_over_time({series}[{span}s]) keep_metric_names, "__name__", "sensor")'
"""The name moves to a label of its own, because calculating takes it away."""

FUNCTIONS = {"minimum": "min", "total": "sum", "count": "count", "maximum": "max", "time": "tlast", "last": "last"}


@dataclass(frozen=True, slots=True)
class _Window:
    """Buckets of `span` seconds that end with these seconds: `first`, `first` + `step` … `last`."""

    first: int
    last: int
    step: int
    span: int


def read(
    client: VictoriaMetrics,
    heatpump_id: str,
    box: str,
    sensors: Sequence[str],
    *,
    start: int,
    end: int,
    points: int,
    shortest_step_s: int,
) -> Series:
    """min, mean and max per bucket over start <= time < end, like app.store.series.read. Raises Unavailable."""
    step_s = step(start, end, points, shortest_step_s)
    first = start // step_s
    number = -(-end // step_s) - first
    courses = {
        metric.name(sensor): Course(sensor, *([None] * number for _ in range(4)))  # type: ignore[arg-type]
        for sensor in sensors
    }
    names = f'__name__=~"{"|".join(courses)}"'
    numbers = selector({"heatpump_id": heatpump_id, "box": box, "state": ""}, names)
    words = selector({"heatpump_id": heatpump_id, "box": box}, names, 'state!=""')
    for window in _windows(start, end, step_s):
        _fill_numbers(courses, _asked(client, NUMBERS, numbers, window), window.step, first)
        _fill_words(courses, _asked(client, WORDS, words, window), window.step, first)
    return Series(start, end, step_s, [(first + index) * step_s for index in range(number)], list(courses.values()))


def _windows(start: int, end: int, step_s: int) -> Iterator[_Window]:
    """The whole buckets, and the cut ones at the ends. VictoriaMetrics looks back: time - span < sample <= time."""
    whole_from, whole_to = -(-start // step_s), end // step_s
    if whole_from > whole_to:  # all within one bucket
        yield _Window(end - 1, end - 1, step_s, end - start)
        return
    if start < whole_from * step_s:
        yield _Window(whole_from * step_s - 1, whole_from * step_s - 1, step_s, whole_from * step_s - start)
    if whole_from < whole_to:
        yield _Window((whole_from + 1) * step_s - 1, whole_to * step_s - 1, step_s, step_s)
    if whole_to * step_s < end:
        yield _Window(end - 1, end - 1, step_s, end - whole_to * step_s)


def _fill_numbers(courses: Mapping[str, Course], found: list[dict[str, Any]], step_s: int, first: int) -> None:
    for each in found:
        course = courses[each["metric"]["sensor"]]
        row = {"low": course.low, "mean": course.mean, "high": course.high}[each["metric"]["is"]]
        for at, value in each["values"]:
            row[at // step_s - first] = round(float(value), 6)


def _fill_words(courses: Mapping[str, Course], found: list[dict[str, Any]], step_s: int, first: int) -> None:
    said_at: dict[tuple[str, int], float] = {}
    for each in found:
        sensor, word = each["metric"]["sensor"], each["metric"]["state"]
        for at, value in each["values"]:
            place = at // step_s - first
            if float(value) > said_at.get((sensor, place), 0):
                said_at[sensor, place] = float(value)
                courses[sensor].text[place] = word


def _asked(client: VictoriaMetrics, question: str, series: str, window: _Window) -> list[dict[str, Any]]:
    roll_up = ROLL_UP.replace("{series}", series).replace("{span}", str(window.span))
    query = question
    for name, function in FUNCTIONS.items():
        query = query.replace(f"{{{name}}}", roll_up.replace("{function}", function))
    return client.query("query_range", query=query, start=window.first, end=window.last, step=f"{window.step}s")
