"""A sensor's course read from VictoriaMetrics: the same answer as from the own history, bucket by bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import metric
from app.cluster.client import VictoriaMetrics, selector
from app.store.series import Course, Series

NUMBERS = """union(
    label_set(min(min_over_time({series}[{span}s])), "is", "low"),
    label_set(sum(sum_over_time({series}[{span}s])) / sum(count_over_time({series}[{span}s])), "is", "mean"),
    label_set(max(max_over_time({series}[{span}s])), "is", "high"))"""
"""A heat pump that was renamed is several series there, and one here."""

WORDS = "max(tlast_over_time({series}[{span}s]) if (last_over_time({series}[{span}s]) == 1)) by (state)"
"""Per word, when it was last said in a bucket that it was the last to be said in."""


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
    step_s = max(shortest_step_s, -(-(end - start) // points), 1)
    first = start // step_s
    number = -(-end // step_s) - first
    windows = list(_windows(start, end, step_s))
    courses = []
    for sensor in sensors:
        course = Course(sensor, [None] * number, [None] * number, [None] * number, [None] * number)
        for window in windows:
            _fill(course, client, {"heatpump_id": heatpump_id, "box": box}, window, first)
        courses.append(course)
    return Series(start, end, step_s, [(first + index) * step_s for index in range(number)], courses)


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


def _fill(course: Course, client: VictoriaMetrics, whose: Mapping[str, str], window: _Window, first: int) -> None:
    series = {"__name__": metric.name(course.sensor), **whose}
    rows = {"low": course.low, "mean": course.mean, "high": course.high}
    for found in _asked(client, NUMBERS, selector({**series, "state": ""}), window):
        row = rows[found["metric"]["is"]]
        for at, value in found["values"]:
            row[at // window.step - first] = round(float(value), 6)
    said_at: dict[int, float] = {}
    for found in _asked(client, WORDS, selector(series, matching='state!=""'), window):
        for at, value in found["values"]:
            place = at // window.step - first
            if float(value) > said_at.get(place, 0):
                said_at[place] = float(value)
                course.text[place] = found["metric"]["state"]


def _asked(client: VictoriaMetrics, question: str, series: str, window: _Window) -> list[dict[str, Any]]:
    query = question.replace("{series}", series).replace("{span}", str(window.span))
    return client.query("query_range", query=query, start=window.first, end=window.last, step=f"{window.step}s")
