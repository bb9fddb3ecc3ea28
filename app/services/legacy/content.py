"""The older program's rules, jobs and notes in the form in which they are sent today; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.services.legacy.names import Names, number_of, word_of
from drivers.sensor import Sensor

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST_REPEAT_S, LONGEST_REPEAT_S = 300, 30 * 86_400
LONGEST_NAME, LONGEST_TEXT = 80, 500
_ABOVE, _BELOW, _IS, _IS_NOT = {">", ">="}, {"<", "<="}, {"=", "=="}, {"!=", "<>"}
_MILLISECONDS = 10**11
"""A time above it is not in seconds."""


class Left(Exception):
    """This cannot be taken; the message says why."""


def rule(row: Mapping[str, Any], heatpump_id: str, names: Names) -> dict[str, Any]:
    """A row of its table alerts. Raises Left."""
    if not row.get("sensor"):
        raise Left(f"{row.get('type') or 'a rule'} without a sensor: reports are sent by e-mail each month here")
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
    else:
        limit = number_of(row.get("threshold"))
        if sign not in _ABOVE | _BELOW or limit is None:
            raise Left(f"{sensor.id} {sign} {row.get('threshold')} is not above or below a number")
        condition |= {"kind": "threshold", "comparison": "above" if sign in _ABOVE else "below", "value": limit}
    repeat_s = number_of(row.get("interval_seconds"))
    return {
        "name": _line(row.get("name"), f"{sensor.id} {sign} {row.get('threshold')}"),
        "heatpump_id": heatpump_id,
        "conditions": [condition],
        "repeat_s": min(max(round(repeat_s), SHORTEST_REPEAT_S), LONGEST_REPEAT_S) if repeat_s else None,
        "advice": str(row.get("message") or "").strip()[:LONGEST_TEXT],
        "enabled": _flag(row.get("enabled")),
    }


def job(row: Mapping[str, Any], heatpump_id: str, names: Names) -> dict[str, Any]:
    """A row of its table jobs. Raises Left."""
    sensor = names.sensor(row.get("sensor"))
    if sensor is None:
        raise Left(f"{row.get('sensor')} is no sensor of this heat pump")
    time = re.fullmatch(r"(\d{1,2}):(\d{2})(:00)?", str(row.get("time") or "").strip())
    if time is None or int(time.group(1)) > 23 or int(time.group(2)) > 59:
        raise Left(f"{row.get('time')!r} is no time such as 06:30")
    value: Any = word_of(sensor, row.get("value")) if sensor.states else number_of(row.get("value"))
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
        "paused": not _flag(row.get("enabled")),
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
    return _moment(at, zone), text.strip()[:LONGEST_TEXT]


def _german(sensor: Sensor, value: object) -> str:
    """The older program spoke German only, and its jobs have no names."""
    title = sensor.state_titles.get(str(value))
    return title.de if title is not None else f"{value} {sensor.unit}".strip()


def _moment(value: object, zone: ZoneInfo) -> int:
    number = number_of(value)
    if number is not None and number > 0:
        return round(number / 1000 if number > _MILLISECONDS else number)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Left(f"{value!r} is no time") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _days(kept: object) -> list[int]:
    try:
        days = json.loads(kept) if isinstance(kept, str) else kept
    except ValueError:
        days = None
    if not isinstance(days, list) or not days:
        raise Left(f'{kept!r} are no days such as ["Mon"]')
    found = []
    for day in days:
        if str(day).strip().lower()[:3] not in DAYS:
            raise Left(f"{day!r} is no day such as Mon")
        found.append(DAYS.index(str(day).strip().lower()[:3]))
    return sorted(set(found))


def _flag(value: object) -> bool:
    return str(value).lower() not in ("0", "false", "none", "")


def _line(text: object, otherwise: str) -> str:
    return (" ".join(str(text or "").split()) or otherwise)[:LONGEST_NAME]
