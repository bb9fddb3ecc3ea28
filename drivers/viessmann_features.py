"""What Viessmann's cloud says about a machine: its features, and the value of a sensor among them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from drivers.base import Sample, Value
from drivers.errors import BadAnswer, DriverError, NotOffered
from drivers.judge import judged
from drivers.sensor import Sensor

UNITS: Mapping[str, Mapping[str, str]] = {
    "°C": {"celsius": "1"},
    "K": {"kelvin": "1"},
    "kW": {"kilowatt": "1", "watt": "0.001"},
    "kWh": {"kilowatthour": "1", "watthour": "0.001"},
    "l/h": {"liter/hour": "1", "liter": "1"},
    "bar": {"bar": "1"},
    "Hz": {"revolutionspersecond": "1"},
    "h": {"hour": "1"},
    "%": {"percent": "1"},
    "A": {"ampere": "1"},
}
"""Our unit → the cloud's words for it in small letters, and the factor. Older machines say `liter` for a flow."""

DECIMALS = 6
"""What the cloud sends beyond them is left over from its arithmetic, such as 540.1999999999999."""

CONNECTED, NOT_CONNECTED = "connected", "notConnected"

Features = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """`heating.power.consumption.total#day.0`: feature, property and, of a list, which one."""

    feature: str
    name: str
    index: int | None


def place_of(sensor: Sensor) -> Place:
    feature, _, name = sensor.path.partition("#")
    name, _, index = name.partition(".")
    return Place(feature, name, int(index) if index else None)


def features_in(answer: Mapping[str, Any], address: str) -> Features:
    """Feature by its name. Raises BadAnswer for what is no list of features."""
    listed = answer.get("data")
    if not isinstance(listed, list):
        raise BadAnswer("%(address)s answers what is no list of features", address=address)
    found: dict[str, Mapping[str, Any]] = {}
    for each in listed:
        fitting = isinstance(each, dict) and isinstance(each.get("feature"), str)
        if not fitting or not isinstance(each.get("properties"), dict):
            raise BadAnswer("%(address)s answers what is no list of features", address=address)
        found[each["feature"]] = each
    return found


def sample(sensor: Sensor, features: Features) -> tuple[Sample, DriverError | None]:
    """The value with the cloud's own time, and what is wrong with it or why there is none."""
    first, problem = _at_its_place(sensor, features)
    if first.value is not None or sensor.elsewhere is None:
        return first, problem
    other, other_problem = _at_its_place(sensor.elsewhere, features)
    return (first, problem) if other.value is None else (other, other_problem)


def _at_its_place(sensor: Sensor, features: Features) -> tuple[Sample, DriverError | None]:
    place = place_of(sensor)
    feature = features.get(place.feature)
    if feature is None:
        return Sample(None, None), NotOffered(
            "%(sensor)s: this heat pump has no feature %(feature)s", sensor=sensor.id, feature=place.feature
        )
    at = moment_of(feature.get("timestamp"))
    if feature.get("isEnabled") is False:
        return Sample(None, None, at), None
    text, problem = _text(sensor, place, feature)
    if text is None:
        return Sample(None, None, at), problem
    value, problem = judged(sensor, text)
    if problem is None and isinstance(value, int | float) and sensor.type == "number":
        value, problem = _in_our_unit(sensor, value, feature["properties"][place.name].get("unit"))
    if problem is None and sensor.states and value is not None and value not in sensor.states.values():
        problem = BadAnswer(
            "%(sensor)s: the machine answers %(value)s, a word that this program does not know",
            sensor=sensor.id,
            value=value,
        )
    return Sample(value, text, at), problem or _deprecated(sensor, feature)


def _text(sensor: Sensor, place: Place, feature: Mapping[str, Any]) -> tuple[str | None, DriverError | None]:
    """The value of the property as a text, or why it has none; neither where nothing is fitted."""
    if feature.get("isReady") is False:
        return None, BadAnswer("%(sensor)s: the cloud says that it is not ready", sensor=sensor.id)
    properties = feature["properties"]
    status = properties.get("status")
    status = status.get("value") if isinstance(status, Mapping) else None
    if place.name == "value" and status is not None and status != CONNECTED:
        if status == NOT_CONNECTED:
            return None, None
        return None, BadAnswer("%(sensor)s: the sensor is reported as %(status)s", sensor=sensor.id, status=status)
    held = properties.get(place.name)
    if held is None:
        return None, None
    value = held.get("value") if isinstance(held, Mapping) else None
    if place.index is not None and isinstance(value, list):
        value = value[place.index] if place.index < len(value) else None
    if value is None:
        return None, BadAnswer("%(sensor)s: the cloud delivers no value", sensor=sensor.id)
    return _plain(value), None


def _plain(value: Any) -> str:
    """As it stands in JSON, a text without its quotes; of a list of messages their codes."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(round(value, DECIMALS))
    if isinstance(value, list) and value and all(isinstance(each, dict) and each.get("errorCode") for each in value):
        return ", ".join(dict.fromkeys(str(each["errorCode"]) for each in value))
    return json.dumps(value)


def _in_our_unit(sensor: Sensor, value: float | int, unit: Any) -> tuple[Value, DriverError | None]:
    if unit is None or unit == "":
        return value, None  # older machines leave it out; the quantity is documented
    factor = UNITS.get(sensor.unit, {}).get(str(unit).lower())
    if factor is None:
        return None, BadAnswer(
            "%(sensor)s: the cloud says %(unit)s instead of %(expected)s",
            sensor=sensor.id,
            unit=unit,
            expected=sensor.unit or "–",
        )
    if factor == "1":
        return value, None
    return float(Decimal(str(value)) * Decimal(factor)), None


def _deprecated(sensor: Sensor, feature: Mapping[str, Any]) -> DriverError | None:
    notice = feature.get("deprecated")
    if not isinstance(notice, Mapping):
        return None
    return BadAnswer(
        "%(sensor)s: the maker wants to remove %(feature)s from %(date)s on (%(info)s)",
        sensor=sensor.id,
        feature=feature["feature"],
        date=notice.get("removalDate", "–"),
        info=notice.get("info", "–"),
    )


def moment_of(timestamp: Any) -> int | None:
    """UTC seconds of 2025-10-05T09:35:59.944Z; None for what is no such time."""
    if not isinstance(timestamp, str):
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
        return int(moment.timestamp()) if moment.tzinfo is not None else None
    except (ValueError, OverflowError, OSError):
        return None
