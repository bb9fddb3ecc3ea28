"""Alerts in sentences, for pages and for messages: rules, what they found, how long it lasted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from app.alert import ANOMALY, Condition
from app.messages import Message, Sentence, from_json
from app.reading import Value
from drivers.sensor import Sensor

SensorOf = Callable[[str], Sensor | None]

NAMES: Mapping[str, Message] = {
    "offline": Message("The heat pump does not answer"),
    "device_error": Message("The heat pump reports a fault"),
    "cold_hot_water": Message("Hot water too cold for hours"),
    "unusual": Message("The heat pump behaves unusually"),
}
ADVICE: Mapping[str, Message] = {
    "offline": Message(
        "Check whether the heat pump and its network connection have power. If the house stays warm, only the"
        " connection is lost."
    ),
    "device_error": Message(
        "Read the fault on the display of the unit; its manual explains the code. Call your installer if it comes back."
    ),
    "cold_hot_water": Message(
        "Check at the unit whether hot water is switched on, and whether a time programme or a fault holds it back."
    ),
    "unusual": Message(
        "The page Anomalies of the heat pump tells which values differ, by how much and since when. Say there whether"
        " it was a fault: the detector learns from that."
    ),
}
SEVERITIES: Mapping[str, Message] = {
    "info": Message("Information"),
    "warning": Message("Warning"),
    "critical": Message("Critical"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A language: de or en, and the translation of our English sentences into it."""

    language: str
    translate: Callable[[str], str]
    zone: tzinfo

    def say(self, said: Sentence) -> str:
        """A sentence kept by an older version may lack facts; then its pattern is all there is to say."""
        try:
            return self.translate(said.template) % dict(said.facts)
        except (KeyError, TypeError, ValueError):
            return said.template

    def open(self, said: Sentence) -> str:
        """The sentence as the first one of a line; a name or a value at its beginning stays as it is."""
        text = self.say(said)
        return text if self.translate(said.template).startswith("%(") else text[:1].upper() + text[1:]

    def number(self, value: float, decimals: int = 2) -> str:
        return str(format_decimal(round(value, decimals), f"#,##0.{'#' * decimals}", locale=self.language))

    def moment(self, at: float, now: float) -> str:
        """14:03 today; 5 Nov, 14:03 on other days, with the year when it was another one."""
        then, today = (datetime.fromtimestamp(each, self.zone) for each in (at, now))
        if then.date() == today.date():
            return f"{then:%H:%M}"
        pattern = "d. MMM" if self.language == "de" else "d MMM"
        pattern += " y" if then.year != today.year else ""
        return f"{format_date(then, pattern, locale=self.language)}, {then:%H:%M}"

    def duration(self, seconds: float) -> str:
        """2 d 3 h, 3 h 20 min, 20 min, or 40 s."""
        if seconds < 60:
            return self.say(Message("%(seconds)d s", {"seconds": round(seconds)}))
        minutes = round(seconds / 60)
        days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days:
            whole = self.say(Message("1 d") if days == 1 else Message("%(days)d d", {"days": days}))
            return whole if not hours else f"{whole} {self.say(Message('%(hours)d h', {'hours': hours}))}"
        if hours:
            long = Message("%(hours)d h %(minutes)d min", {"hours": hours, "minutes": minutes})
            return self.say(long if minutes else Message("%(hours)d h", {"hours": hours}))
        return self.say(Message("%(minutes)d min", {"minutes": minutes}))


def name(speaker: Speaker, builtin: str | None, given: str) -> str:
    """What a rule is called: as the owner named it, else as it came."""
    if given or builtin is None or builtin not in NAMES:
        return given or "–"
    return speaker.say(NAMES[builtin])


def advice(speaker: Speaker, builtin: str | None, given: str) -> str:
    """What to do; empty when nobody wrote it down."""
    if given or builtin is None or builtin not in ADVICE:
        return given
    return speaker.say(ADVICE[builtin])


def title(speaker: Speaker, sensor_of: SensorOf, sensor_id: str | None) -> str:
    """What a sensor is called, else its id."""
    if sensor_id == ANOMALY:
        return speaker.say(Message("anomaly score"))
    sensor = sensor_of(sensor_id) if sensor_id else None
    return sensor.title[speaker.language] if sensor is not None else sensor_id or ""


def condition(speaker: Speaker, sensor_of: SensorOf, wanted: Condition) -> str:
    """What a condition asks, such as `Hot water temperature below 40 °C`."""
    facts = _facts(speaker, sensor_of, wanted.sensor, wanted.window_s)
    facts |= {"limit": _with_unit(speaker, sensor_of, wanted.sensor, wanted.value)}
    facts |= {"words": _words(speaker, sensor_of, wanted.sensor, wanted.words)}
    if wanted.kind == "offline":
        return speaker.say(Message("the heat pump does not answer"))
    if wanted.kind == "error":
        return speaker.say(Message("the heat pump itself reports a fault"))
    if wanted.kind == "anomaly":
        return speaker.say(Message("anomaly score above %(limit)s", facts))
    if wanted.kind == "no_data":
        silent = Message("no value of %(sensor)s for %(window)s", facts)
        return speaker.say(silent if wanted.sensor else Message("no reading at all for %(window)s", facts))
    if wanted.kind == "counter":
        return speaker.say(Message("%(sensor)s: more than %(limit)s within %(window)s", facts))
    if wanted.kind == "rate":
        falls = Message("%(sensor)s falls by more than %(limit)s within %(window)s", facts)
        rises = Message("%(sensor)s rises by more than %(limit)s within %(window)s", facts)
        return speaker.say(falls if wanted.comparison == "falls" else rises)
    if wanted.kind == "state":
        other = Message("%(sensor)s is not %(words)s", facts)
        return speaker.say(other if wanted.comparison == "is_not" else Message("%(sensor)s is %(words)s", facts))
    return _threshold(speaker, sensor_of, wanted, facts)


def _threshold(speaker: Speaker, sensor_of: SensorOf, wanted: Condition, facts: dict[str, Any]) -> str:
    below = wanted.comparison == "below"
    if wanted.against is None:
        above = Message("%(sensor)s above %(limit)s", facts)
        return speaker.say(Message("%(sensor)s below %(limit)s", facts) if below else above)
    apart = wanted.value or 0.0
    facts["other"] = title(speaker, sensor_of, wanted.against)
    facts["apart"] = _with_unit(speaker, sensor_of, wanted.sensor, abs(apart), difference=True)
    if below and apart < 0:
        said = Message("%(sensor)s more than %(apart)s below %(other)s", facts)
    elif not below and apart > 0:
        said = Message("%(sensor)s more than %(apart)s above %(other)s", facts)
    elif below:
        said = Message("%(sensor)s below %(other)s plus %(apart)s", facts)
    else:
        said = Message("%(sensor)s above %(other)s minus %(apart)s", facts)
    if wanted.instead is None:
        return speaker.say(said)
    instead = _with_unit(speaker, sensor_of, wanted.sensor, wanted.instead)
    return speaker.say(
        Message("%(condition)s (%(instead)s where there is none)", {"condition": speaker.say(said), "instead": instead})
    )


def cause(speaker: Speaker, sensor_of: SensorOf, found: Mapping[str, Any]) -> str:
    """What a condition found, such as `Hot water temperature: 31.2 °C, below 40 °C`."""
    sensor_id, kind = found.get("sensor"), found.get("kind")
    facts = _facts(speaker, sensor_of, sensor_id, found.get("window_s"))
    value, limit = found.get("value"), found.get("limit")
    # 1.003 that is above 1 must not be written as 1
    close = isinstance(value, float | int) and limit is not None and 0 < abs(value - limit) < 0.01
    decimals = 4 if close else 2
    facts |= {
        "value": _value(speaker, sensor_of, sensor_id, value, decimals),
        "limit": _with_unit(speaker, sensor_of, sensor_id, limit),
    }
    if kind == "offline":
        reason = found.get("reason")
        if not reason:
            return f"{speaker.say(NAMES['offline'])}."
        return speaker.open(from_json(reason))
    if kind == "error":
        return _fault(speaker, sensor_of, found)
    if kind == "no_data":
        silent = Message("%(sensor)s has had no value for %(window)s.", facts)
        return speaker.say(silent if sensor_id else Message("There has been no reading for %(window)s.", facts))
    if kind == "counter":
        return speaker.say(Message("%(sensor)s: %(value)s within %(window)s, more than %(limit)s.", facts))
    if kind == "rate":
        falls = Message("%(sensor)s has fallen by %(value)s within %(window)s.", facts)
        rises = Message("%(sensor)s has risen by %(value)s within %(window)s.", facts)
        return speaker.say(falls if found.get("comparison") == "falls" else rises)
    if kind == "state":
        return speaker.say(Message("%(sensor)s: %(value)s.", facts))
    above = Message("%(sensor)s: %(value)s, above %(limit)s.", facts)
    return speaker.say(Message("%(sensor)s: %(value)s, below %(limit)s.", facts) if _below(found) else above)


def _below(found: Mapping[str, Any]) -> bool:
    return found.get("comparison") == "below"


def _fault(speaker: Speaker, sensor_of: SensorOf, found: Mapping[str, Any]) -> str:
    """The machine's own words where it has some: never more than it says."""
    reported = title(speaker, sensor_of, found.get("sensor"))
    codes = [
        f"{title(speaker, sensor_of, code)} {_value(speaker, sensor_of, code, value)}"
        for code, value in found.get("codes", {}).items()
    ]
    facts = {"sensor": reported, "codes": ", ".join(codes)}
    coded = Message("Reported: %(sensor)s, %(codes)s.", facts)
    return speaker.say(coded if codes else Message("Reported: %(sensor)s.", facts))


def _facts(speaker: Speaker, sensor_of: SensorOf, sensor_id: str | None, window_s: int | None) -> dict[str, Any]:
    return {
        "sensor": title(speaker, sensor_of, sensor_id),
        "window": speaker.duration(window_s or 0),
    }


def _words(speaker: Speaker, sensor_of: SensorOf, sensor_id: str | None, words: tuple[str, ...]) -> str:
    said = [_value(speaker, sensor_of, sensor_id, word) for word in words]
    return speaker.say(Message(" or ")).join(said)


def _value(speaker: Speaker, sensor_of: SensorOf, sensor_id: str | None, value: Value, decimals: int = 2) -> str:
    """31.2 °C, Heating, On …"""
    sensor = sensor_of(sensor_id) if sensor_id else None
    if value is None:
        return "–"
    if sensor is not None and str(value) in sensor.state_titles:
        return sensor.state_titles[str(value)][speaker.language]
    if sensor is not None and sensor.kind == "switch" and str(value) in ("0", "1", "0.0", "1.0"):
        return speaker.say(Message("On") if float(value) else Message("Off"))
    return value if isinstance(value, str) else _with_unit(speaker, sensor_of, sensor_id, value, decimals=decimals)


def _with_unit(
    speaker: Speaker,
    sensor_of: SensorOf,
    sensor_id: str | None,
    value: float | None,
    *,
    difference: bool = False,
    decimals: int = 2,
) -> str:
    if value is None:
        return ""
    sensor = sensor_of(sensor_id) if sensor_id else None
    unit = sensor.unit if sensor is not None and sensor.kind != "switch" else ""
    if difference and unit == "°C":
        unit = "K"
    written = speaker.number(value, decimals)
    return f"{written}\u00a0{unit}" if unit else written
