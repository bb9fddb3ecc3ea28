"""Ask one meter: its power and its energy now, in kW and kWh, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.errors import BadAnswer, DriverError
from drivers.meters import json_answer, prometheus, register, shelly, web
from drivers.meters.source import HIGHEST_KW, SENSORS, UNITS, Meter, Place, Quantity, Shown
from drivers.modbus_line import Lines

_OF_SHELLY: Mapping[Quantity, str] = {"power": "W", "energy": "Wh"}


def read(meter: Meter, secret: str, lines: Lines) -> Shown:
    """What it shows now; takes as long as the meter does, within bounds. Raises nothing but our own mistakes."""
    try:
        numbers, problems = _numbers(meter, secret, lines)
    except DriverError as failure:
        return Shown({}, dict.fromkeys(meter.delivers, failure))
    values: dict[str, float] = {}
    told: dict[str, DriverError] = {SENSORS[meter.side, quantity]: why for quantity, why in problems.items()}
    for quantity, number in numbers.items():
        unit = _OF_SHELLY[quantity] if meter.kind == "shelly" else meter.places[quantity].unit
        value = number * UNITS[quantity][unit]
        sensor_id = SENSORS[meter.side, quantity]
        if quantity == "power" and abs(value) > HIGHEST_KW:
            told[sensor_id] = BadAnswer("%(value).0f kW is too much for a heat pump: is the unit right?", value=value)
        else:
            values[sensor_id] = round(value, 6)
    return Shown(values, told)


def _numbers(meter: Meter, secret: str, lines: Lines) -> tuple[dict[Quantity, float], dict[Quantity, DriverError]]:
    """As the meter says them, in its own units."""
    if meter.kind == "shelly":
        power, energy = shelly.read(meter, secret)
        told: dict[Quantity, float | None] = {"power": power, "energy": energy}
        return {quantity: value for quantity, value in told.items() if value is not None}, {}
    if meter.kind == "modbus":
        return _each(meter, lambda place: register.read(lines, meter, int(place.at)))
    if meter.kind == "promql":
        return _each(meter, lambda place: prometheus.asked(meter.address, place.at, meter.user, secret))
    body = web.get(meter.address, meter.user, secret)
    if meter.kind == "prometheus":
        return _each(meter, lambda place: prometheus.exposed(body, place.at))
    content = json_answer.parsed(body)
    return _each(meter, lambda place: json_answer.number(json_answer.found(content, place.at), place.at))


def _each(meter: Meter, ask: Callable[[Place], float]) -> tuple[dict[Quantity, float], dict[Quantity, DriverError]]:
    values: dict[Quantity, float] = {}
    problems: dict[Quantity, DriverError] = {}
    for quantity, place in meter.places.items():
        try:
            values[quantity] = ask(place)
        except DriverError as failure:
            problems[quantity] = failure
    return values, problems
