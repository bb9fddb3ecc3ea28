"""The form of a job: what it shows, and what it sends in the words of the service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.messages import Invalid
from app.services.jobs import Job
from app.web import shown
from app.web.heatpumps import typed
from app.web.languages import opening
from drivers.model import Model
from drivers.sensor import Sensor

FIELDS = {"within_s": "within", "end_after_s": "end_after", "condition": "condition.sensor"}
"""What the service calls a field → what the form calls it, where they differ."""
WEEKDAYS = ("0", "1", "2", "3", "4", "5", "6")
_MINUTES = re.compile(r"\d{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """Everything as text, just as it stands in the fields."""

    name: str = ""
    sensor: str = ""
    value: str = ""
    days: tuple[str, ...] = WEEKDAYS
    times: str = ""
    cron: str = ""
    end_after: str = ""
    end_value: str = ""
    condition_sensor: str = ""
    comparison: str = "<"
    number: str = ""
    missed: str = "within"
    within: str = "10"
    errors: Mapping[str, str] = field(default_factory=dict)

    def sent(self, heatpump_id: str, sensor: Sensor | None) -> dict[str, Any]:
        """What the service is asked to keep."""
        when: dict[str, Any] = {
            "days": [int(day) for day in self.days if day in "0123456"],
            "times": _times(self.times),
        }
        condition = None
        if self.condition_sensor:
            condition = {
                "sensor": self.condition_sensor,
                "comparison": self.comparison,
                "number": _number(self.number),
            }
        return {
            "heatpump_id": heatpump_id,
            "name": self.name,
            "schedule": {"cron": self.cron} if self.cron.strip() else when,
            "sensor": self.sensor,
            "value": self.value if sensor is None else typed.value(sensor, self.value),
            "end_after_s": _seconds(self.end_after),
            "end_value": None
            if not self.end_value.strip()
            else (self.end_value if sensor is None else typed.value(sensor, self.end_value)),
            "condition": condition,
            "missed": self.missed,
            "within_s": _seconds(self.within) if self.missed == "within" else 600,
        }

    def with_error(self, complaint: Invalid) -> Form:
        return replace(self, errors={FIELDS.get(complaint.field, complaint.field): opening(complaint.message)})


def read(fields: MultiDict[str, str]) -> Form:
    """What somebody typed and ticked."""
    text: dict[str, Any] = {
        name: fields.get(name, "")[:200] for name in Form.__slots__ if name not in ("days", "errors")
    }
    return Form(**text, days=tuple(fields.getlist("days")))


def filled(job: Job, model: Model) -> Form:
    """A stored job."""
    content, sensor = job.content, model.every_sensor.get(job.content.sensor)
    condition = content.condition
    plain = Form(
        name=job.kept.name,
        sensor=content.sensor,
        value=str(content.value) if sensor is None else shown.editable(sensor, content.value),
        days=tuple(str(day) for day in content.schedule.days),
        times=", ".join(content.schedule.times),
        cron=content.schedule.cron,
        missed=content.missed,
        within=str(content.within_s // 60),
    )
    if content.end_after_s is not None:
        end = "" if sensor is None or content.end_value is None else shown.editable(sensor, content.end_value)
        plain = replace(plain, end_after=str(content.end_after_s // 60), end_value=end)
    if condition is not None:
        plain = replace(
            plain,
            condition_sensor=condition.sensor,
            comparison=condition.comparison,
            number=shown.plain(condition.number),
        )
    return plain


def _times(text: str) -> Sequence[str]:
    """06:30, 6:30 and 6.30 are the same time."""
    found = [each for each in re.split(r"[,;\s]+", text.strip()) if each]
    return [f"0{each}" if re.fullmatch(r"\d:\d\d", each) else each for each in (one.replace(".", ":") for one in found)]


def _seconds(text: str) -> Any:
    """Of minutes; None of nothing; the text itself of anything else, which the service refuses."""
    plain = text.strip()
    if not plain:
        return None
    return int(plain) * 60 if _MINUTES.fullmatch(plain) else plain


def _number(text: str) -> Any:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return text
