"""A value as it stands on a page, and what the page's script needs to write the next one the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.reading import Value
from app.services import values
from app.services.values import Current
from app.web.formats import number
from app.web.languages import current, sentence
from drivers import limits as limits_of
from drivers.model import Model
from drivers.sensor import Sensor

NOTHING = "–"
SHORT_NAMES: Mapping[str, Callable[[], str]] = {
    "operating_mode": lambda: gettext("Mode"),
    "temp_outside": lambda: gettext("Outdoor"),
    "temp_flow": lambda: gettext("Flow"),
    "temp_return": lambda: gettext("Return"),
    "temp_flow_circuit_a": lambda: gettext("Flow, circuit A"),
    "temp_return_circuit_a": lambda: gettext("Return, circuit A"),
    "temp_hot_water": lambda: gettext("Hot water"),
    "power_current": lambda: gettext("Thermal power"),
    "power_current_draw": lambda: gettext("Electrical power"),
}


def text(each: Current | None) -> str:
    """20.8, Heating, On, or a dash; without the unit."""
    if each is None or each.value is None:
        return NOTHING
    return written(each.sensor, each.value)


def written(sensor: Sensor, value: Value) -> str:
    words = words_of(sensor)
    if words:
        return words.get(str(value), str(value))
    return value if isinstance(value, str) else number(value or 0, values.decimals(sensor))


def with_unit(sensor: Sensor, value: Value) -> str:
    """20.8 °C, Heating, or a dash."""
    if value is None:
        return NOTHING
    text = written(sensor, value)
    return f"{text}\u00a0{sensor.unit}" if sensor.unit and not isinstance(value, str) else text


def choices(sensor: Sensor) -> list[tuple[str, str]]:
    """What may be written to a state or a switch: what is sent, and its title."""
    write, words = sensor.write, words_of(sensor)
    if write is None or write.states is None:
        return list(words.items())
    allowed = {sensor.states[code] for code in write.states}
    return [(word, title) for word, title in words.items() if word in allowed]


def editable(sensor: Sensor, value: Value) -> str:
    """The value as it stands in a field for a new one."""
    if value is None or isinstance(value, str):
        return value or ""
    decimals = values.decimals(sensor)
    plain = f"{round(value, decimals):.{decimals}f}"
    return plain.replace(".", ",") if current() == "de" else plain


def rest(sensor: Sensor) -> Value:
    """What says that nobody wants anything of this sensor; None where there is no such value."""
    found = sensor.write.at_rest if sensor.write is not None else None
    return None if found is None else limits_of.canonical(sensor, found)


def words_of(sensor: Sensor) -> Mapping[str, str]:
    """The word for each value of a state or a switch; empty for numbers."""
    if sensor.states:
        return {word: sensor.state_titles[word][current()] for word in sensor.states.values()}
    if sensor.kind == "switch":
        return {"0": gettext("Off"), "1": gettext("On")}
    return {}


def recipe(choices: Sequence[Current]) -> list[dict[str, Any]]:
    """How to show the first of these sensors that has a value."""
    return [meaning(each.sensor, label(each.sensor)) for each in choices]


def meaning(sensor: Sensor, called: str | None = None) -> dict[str, Any]:
    """What a page's script must know about a sensor to write its values."""
    return {
        "id": sensor.id,
        "title": called or title(sensor),
        "unit": sensor.unit,
        "decimals": values.decimals(sensor),
        "words": words_of(sensor),
    }


def title(sensor: Sensor) -> str:
    return sensor.title[current()]


def label(sensor: Sensor) -> str:
    """The short name of a figure that everybody knows, else the sensor's title."""
    short = SHORT_NAMES.get(sensor.id)
    return short() if short else title(sensor)


def why(each: Current, model: Model) -> str:
    """Why a sensor has no value, naming it by its title, and so the one that it is derived from."""
    if each.problem is None:
        return ""
    origin = model.every_sensor.get(str(each.problem.facts.get("input")))
    names = {"sensor": title(each.sensor)}
    return sentence(each.problem, names if origin is None else names | {"input": title(origin)})


def derived_from(sensor: Sensor, model: Model) -> str:
    """What a value follows from, and what was assumed; empty for a register."""
    if sensor.derived is None:
        return ""
    inputs = ", ".join(title(model.every_sensor[sensor_id]) for sensor_id in sensor.derived.inputs)
    said = gettext("Derived from: %(inputs)s", inputs=inputs)
    if not sensor.derived.of_pure_water:
        return str(said)
    return f"{said}. {gettext('Reckoned for pure water; with glycol it differs by 1 to 8 percent.')}"


def limits(sensor: Sensor) -> str:
    """What may be set: 15–30 °C, at least 20 °C, or the words of the states; empty when nothing limits it."""
    write = sensor.write
    if write is None:
        return ""
    if sensor.kind == "switch" and not sensor.states:
        return ", ".join(words_of(sensor).values())
    if sensor.states:
        codes = write.states if write.states is not None else tuple(sensor.states)
        return ", ".join(sensor.state_titles[sensor.states[code]][current()] for code in codes)
    least, most = (None if each is None else _shortest(each) for each in (write.minimum, write.maximum))
    unit = f"\u00a0{sensor.unit}" if sensor.unit else ""
    if least is not None and most is not None:
        between = gettext("%(least)s to %(most)s", least=least, most=most)
        return f"{between}{unit}"
    if least is not None:
        return str(gettext("at least %(limit)s", limit=f"{least}{unit}"))
    if most is not None:
        return str(gettext("at most %(limit)s", limit=f"{most}{unit}"))
    return ""


def _shortest(limit: float) -> str:
    """As many decimals as the limit has."""
    plain = f"{limit:g}"
    return number(limit, len(plain.partition(".")[2]) if "e" not in plain else 0)


def plain(value: float) -> str:
    """A number on an axis, with the decimals it has."""
    return _shortest(round(value, 6))
