"""What somebody sends about a dashboard, checked chart by chart and field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.dashboard import AXES, COLOURS, KINDS, TONES, WIDTHS, Chart, Config, Line, Threshold, Titles
from app.messages import Invalid
from app.services import course, heatpumps, models
from app.services.checks import number, only
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.sensor import Sensor

LONGEST_NAME = 80
LONGEST_LABEL = 40
MOST_CHARTS = 24
MOST_LINES = 12
MOST_THRESHOLDS = 8
MOST_UNITS = 2
MOST = 1e9

CHART_FIELDS = ("kind", "title", "lines", "width", "x", "thresholds", "low", "high")
LINE_FIELDS = ("heatpump_id", "sensor", "axis", "colour")
THRESHOLD_FIELDS = ("value", "label", "tone", "axis")


def checked_name(sent: Any) -> str:
    """Raises Invalid."""
    name = _text("name", sent, LONGEST_NAME)
    if not name:
        raise Invalid("name", "a dashboard needs a name")
    return name


def checked(system: System, sent: Any) -> Config:
    """Raises Invalid, naming the field, such as `config.charts.0.lines.1.sensor`."""
    if not isinstance(sent, Mapping):
        raise Invalid("config", "must be an object with named values")
    only(sent, "config.", ("charts",))
    charts = _list("config.charts", sent.get("charts"), MOST_CHARTS)
    return Config(tuple(chart(system, f"config.charts.{place}", each) for place, each in enumerate(charts)))


def chart(system: System, where: str, sent: Any) -> Chart:
    """One chart in full. Raises Invalid."""
    if not isinstance(sent, Mapping):
        raise Invalid(where, "must be an object with named values")
    only(sent, f"{where}.", CHART_FIELDS)
    kind = _choice(f"{where}.kind", sent.get("kind"), KINDS)
    sensors: list[Sensor] = []
    lines = []
    for place, each in enumerate(_list(f"{where}.lines", sent.get("lines"), MOST_LINES)):
        line, sensor = _line(system, f"{where}.lines.{place}", each)
        _refuse_unfit(f"{where}.lines.{place}.sensor", kind, sensor)
        lines.append(line)
        sensors.append(sensor)
    _refuse_wrong_number(where, kind, lines, sensors)
    low, high = (_optional(f"{where}.{name}", sent.get(name)) for name in ("low", "high"))
    if low is not None and high is not None and low >= high:
        raise Invalid(f"{where}.low", "%(low)g is not below %(high)g", low=low, high=high)
    return Chart(
        kind=kind,
        title=_title(f"{where}.title", sent.get("title", "")),
        lines=tuple(lines),
        width=_choice(f"{where}.width", sent.get("width", "half"), WIDTHS),
        x=_horizontal(system, where, kind, lines, sent.get("x")),
        thresholds=_thresholds(f"{where}.thresholds", sent.get("thresholds", [])),
        low=low,
        high=high,
    )


def _line(system: System, where: str, sent: Any) -> tuple[Line, Sensor]:
    if not isinstance(sent, Mapping):
        raise Invalid(where, "must be an object with named values")
    only(sent, f"{where}.", LINE_FIELDS)
    heatpump_id = _text(f"{where}.heatpump_id", sent.get("heatpump_id"), 40)
    sensor_id = _text(f"{where}.sensor", sent.get("sensor"), 80)
    pump = heatpumps.find(system, heatpump_id)
    if pump is None:
        raise Invalid(f"{where}.heatpump_id", "there is no heat pump %(id)s", id=heatpump_id)
    sensor = _sensor(system, f"{where}.sensor", pump, sensor_id)
    colour = sent.get("colour")
    if colour is not None:
        colour = int(number(f"{where}.colour", colour, 1, COLOURS, whole=True))
    return Line(heatpump_id, sensor_id, _choice(f"{where}.axis", sent.get("axis", "auto"), AXES), colour), sensor


def _sensor(system: System, where: str, pump: HeatPump, sensor_id: str) -> Sensor:
    found = course.sensor(models.of(system, pump), sensor_id)
    if found is None or not found.readable:
        raise Invalid(where, "%(sensor)s is not a sensor of this heat pump", sensor=sensor_id)
    return found


def _refuse_unfit(where: str, kind: str, sensor: Sensor) -> None:
    words = sensor.tells_words
    if kind == "states" and not (words or sensor.kind == "switch"):
        raise Invalid(where, "a state time line needs states and switches; this sensor has numbers")
    if kind in ("line", "area", "bar", "gauge", "scatter") and words:
        raise Invalid(where, "this kind of chart needs numbers; this sensor has words")


def _refuse_wrong_number(where: str, kind: str, lines: Sequence[Line], sensors: Sequence[Sensor]) -> None:
    if not lines:
        raise Invalid(f"{where}.lines", "a chart needs at least one sensor")
    if kind == "gauge" and len(lines) > 1:
        raise Invalid(f"{where}.lines", "a gauge shows one sensor")
    if len({(line.heatpump_id, line.sensor) for line in lines}) < len(lines):
        raise Invalid(f"{where}.lines", "a sensor is named twice")
    sides: dict[str, set[str]] = {}
    for line, sensor in zip(lines, sensors, strict=True):
        if sensor.kind != "switch":
            sides.setdefault(sensor.unit, set()).add(line.axis)
    if kind in ("line", "area", "bar", "scatter"):
        if len(sides) > (1 if kind == "scatter" else MOST_UNITS):
            raise Invalid(f"{where}.lines", "a chart has two axes, so its sensors may have two units at most")
        for side in ("left", "right"):
            if sum(side in chosen for chosen in sides.values()) > 1:
                raise Invalid(f"{where}.lines", "the sensors of one axis must have the same unit")


def _horizontal(system: System, where: str, kind: str, lines: Sequence[Line], sent: Any) -> str | None:
    if kind != "scatter":
        if sent not in (None, ""):
            raise Invalid(f"{where}.x", "only a scatter chart has a sensor on its horizontal axis")
        return None
    sensor_id = _text(f"{where}.x", sent, 80)
    if not sensor_id:
        raise Invalid(f"{where}.x", "choose the sensor of the horizontal axis")
    for line in lines:
        if _sensor(system, f"{where}.x", heatpumps.get(system, line.heatpump_id), sensor_id).tells_words:
            raise Invalid(f"{where}.x", "this kind of chart needs numbers; this sensor has words")
    return sensor_id


def _thresholds(where: str, sent: Any) -> tuple[Threshold, ...]:
    found = []
    for place, each in enumerate(_list(where, sent, MOST_THRESHOLDS)):
        here = f"{where}.{place}"
        if not isinstance(each, Mapping):
            raise Invalid(here, "must be an object with named values")
        only(each, f"{here}.", THRESHOLD_FIELDS)
        found.append(
            Threshold(
                value=number(f"{here}.value", each.get("value"), -MOST, MOST),
                label=_text(f"{here}.label", each.get("label", ""), LONGEST_LABEL),
                tone=_choice(f"{here}.tone", each.get("tone", "late"), TONES),
                axis=_choice(f"{here}.axis", each.get("axis", "auto"), AXES),
            )
        )
    return tuple(found)


def _title(where: str, sent: Any) -> str | Titles:
    if not isinstance(sent, Mapping):
        return _text(where, sent, LONGEST_NAME)
    only(sent, f"{where}.", ("de", "en"))
    return Titles(*(_text(f"{where}.{name}", sent.get(name), LONGEST_NAME) for name in ("de", "en")))


def _optional(where: str, sent: Any) -> float | None:
    return None if sent is None else number(where, sent, -MOST, MOST)


def _list(where: str, sent: Any, most: int) -> list[Any]:
    if not isinstance(sent, list):
        raise Invalid(where, "must be a list")
    if len(sent) > most:
        raise Invalid(where, "at most %(most)d of them", most=most)
    return sent


def _choice(where: str, sent: Any, choices: Sequence[Any]) -> Any:
    if not isinstance(sent, str) or sent not in choices:
        raise Invalid(where, "%(value)s is not one of %(choices)s", value=sent, choices=", ".join(choices))
    return sent


def _text(where: str, sent: Any, longest: int) -> str:
    if not isinstance(sent, str) or not sent.isprintable():
        raise Invalid(where, "must be a text on one line")
    if len(sent.strip()) > longest:
        raise Invalid(where, "is longer than %(most)d characters", most=longest)
    return sent.strip()
