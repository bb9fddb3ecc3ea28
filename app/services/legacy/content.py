"""The older program's rules, jobs and notes in the form in which they are sent today; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.services.config_heatpumps import LEGACY_ID
from app.services.legacy.names import Names, number_of, word_of
from app.services.moments import LATEST_TIME
from drivers.sensor import Sensor

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST_REPEAT_S, LONGEST_REPEAT_S = 300, 30 * 86_400
LONGEST_NAME, LONGEST_TEXT = 80, 500
_ABOVE, _BELOW, _IS, _IS_NOT = {">", ">="}, {"<", "<="}, {"=", "=="}, {"!=", "<>"}
_TRUTH = {"true": 1, "false": 0, "on": 1, "off": 0}
_GAP = re.compile(r"\{(?:value|time)\}")
"""Filled in by the older program when it sent the text; a message of ours says value and time by itself."""

_MILLISECONDS = 10**11
"""A time above it is not in seconds."""


class Left(Exception):
    """This cannot be taken; the message says why."""


NOTE_KEYS = {
    "id", "time", "timestamp", "at", "date", "start", "text", "title", "label", "message", "tags",
    "color", "dashboard_id", "acknowledged",
}  # fmt: skip
"""Of a note. Its colour, and whether somebody nodded to it, have no place here; here it is on all charts."""


def rule(row: Mapping[str, Any], heatpump_id: str, names: Names) -> dict[str, Any]:
    """A row of its table alerts. Raises Left."""
    _refuse_of_another(row)
    if not row.get("sensor") and row.get("type") != "status":
        raise Left("names no sensor")
    if row.get("type") == "status":
        raise Left("tells how things are every so often, whatever they are: here a report goes by e-mail each month")
    sensor = names.sensor(row["sensor"])
    if sensor is None:
        raise Left(f"{row['sensor']} is no sensor of this heat pump")
    sign = str(row.get("condition") or "").strip()
    condition: dict[str, Any] = {"sensor": sensor.id}
    if sensor.tells_words:
        word = word_of(sensor, row.get("threshold"))
        if sign not in _IS | _IS_NOT or word is None:
            raise Left(f"{sensor.id} has words here, and {sign} {row.get('threshold')} is none of them")
        condition |= {"kind": "state", "comparison": "is" if sign in _IS else "is_not", "words": [word]}
    elif sensor.kind == "switch" and sign in _IS | _IS_NOT and _switched(row.get("threshold")) is not None:
        on = (_switched(row.get("threshold")) == 1) == (sign in _IS)
        condition |= {"kind": "threshold", "comparison": "above" if on else "below", "value": 0.5}
    else:
        limit = number_of(row.get("threshold"))
        if sign in _IS_NOT and limit == 0 and sensor.type.startswith("uint"):
            sign = ">"
        if sign not in _ABOVE | _BELOW or limit is None:
            raise Left(f"{sensor.id} {sign} {row.get('threshold')} is not above or below a number")
        condition |= {"kind": "threshold", "comparison": "above" if sign in _ABOVE else "below", "value": limit}
    repeat_s = number_of(row.get("interval_seconds"))
    name = _line(row.get("name"), f"{sensor.id} {sign} {row.get('threshold')}")
    return {
        "name": name,
        "heatpump_id": heatpump_id,
        "conditions": [condition],
        "repeat_s": min(max(round(repeat_s), SHORTEST_REPEAT_S), LONGEST_REPEAT_S) if repeat_s else None,
        "advice": _advice(row.get("message"), name, sensor),
        "enabled": flag(row.get("enabled")),
    }


def job(row: Mapping[str, Any], heatpump_id: str, names: Names) -> dict[str, Any]:
    """A row of its table jobs. Raises Left."""
    _refuse_of_another(row)
    sensor = names.sensor(row.get("sensor"))
    if sensor is None:
        raise Left(f"{row.get('sensor')} is no sensor of this heat pump")
    time = re.fullmatch(r"(\d{1,2}):(\d{2})(:00)?", str(row.get("time") or "").strip())
    if time is None or int(time.group(1)) > 23 or int(time.group(2)) > 59:
        raise Left(f"{row.get('time')!r} is no time such as 06:30")
    value: Any = word_of(sensor, row.get("value")) if sensor.states else number_of(row.get("value"))
    if sensor.kind == "switch":
        value = _switched(row.get("value"))
    if value is None:
        raise Left(f"{row.get('value')!r} is no value of {sensor.id}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return {
        "heatpump_id": heatpump_id,
        "name": f"{sensor.title.de} = {_german(sensor, value)}"[:LONGEST_NAME],
        "schedule": {"days": _days(row.get("days")), "times": [f"{int(time.group(1)):02d}:{time.group(2)}"]},
        "sensor": sensor.id,
        "value": value,
        "paused": not flag(row.get("enabled")),
    }


def note(entry: Any, zone: ZoneInfo) -> tuple[int, str]:
    """One of its annotations: when (UTC seconds), and the text. Raises Left."""
    if not isinstance(entry, Mapping):
        raise Left("holds no named values")
    at = next((entry[key] for key in ("time", "timestamp", "at", "date", "start") if entry.get(key) is not None), None)
    text = next((str(entry[key]) for key in ("text", "title", "label", "message") if entry.get(key)), "")
    if not text.strip():
        raise Left("has no text")
    tags = entry.get("tags")
    if isinstance(tags, list) and tags:
        text += f" [{', '.join(map(str, tags))}]"
    return _moment(at, zone), text.strip()


def _refuse_of_another(row: Mapping[str, Any]) -> None:
    """Its later versions knew several machines, and called the one of the settings as we do."""
    owner = row.get("heatpump_id")
    if owner not in (None, "", LEGACY_ID):
        raise Left(f"belongs to {owner}, and only the machine in the settings is taken; enter it by hand")


def _switched(value: object) -> int | None:
    """1 or 0 of a switch."""
    number = number_of(value)
    if number is not None:
        return round(number) if number in (0, 1) else None
    return _TRUTH.get(str(value).strip().lower())


def _advice(message: object, name: str, sensor: Sensor) -> str:
    text = str(message or "").replace("{name}", name).replace("{sensor}", sensor.title.de)
    return _GAP.sub("…", text).strip()[:LONGEST_TEXT]


def _german(sensor: Sensor, value: object) -> str:
    """The older program spoke German only, and its jobs have no names."""
    title = sensor.state_titles.get(str(value))
    return title.de if title is not None else f"{value} {sensor.unit}".strip()


def _moment(value: object, zone: ZoneInfo) -> int:
    number = number_of(value)
    try:
        if number is None:
            moment = datetime.fromisoformat(str(value))
            number = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()
        elif number > _MILLISECONDS:
            number /= 1000
    except (ValueError, OverflowError):
        raise Left(f"{value!r} is no time") from None
    if not 0 < number <= LATEST_TIME:
        raise Left(f"{value!r} is no time since 1970")
    return round(number)


def _days(kept: object) -> list[int]:
    try:
        days = json.loads(kept) if isinstance(kept, str) else kept
    except ValueError:
        days = None
    if not isinstance(days, list):
        raise Left(f'{kept!r} are no days such as ["Mon"]')
    if not days:
        return list(range(7))  # the older program ran such a job every day
    found = []
    for day in days:
        if str(day).strip().lower()[:3] not in DAYS:
            raise Left(f"{day!r} is no day such as Mon")
        found.append(DAYS.index(str(day).strip().lower()[:3]))
    return sorted(set(found))


def flag(value: object) -> bool:
    """A yes or no, also one that was kept as a number or a word."""
    return str(value).lower() not in ("0", "false", "none", "")


def _line(text: object, otherwise: str) -> str:
    return (" ".join(str(text or "").split()) or otherwise)[:LONGEST_NAME]
