"""The form of a rule: its fields as text, and what they send in the words of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.alert import KINDS
from app.messages import Invalid
from app.services.alert_content import COMPARISONS, MOST_CONDITIONS
from app.web.alerts import spans
from app.web.languages import opening

SEPARATOR = " · "
"""Between the title of a sensor and its id, as a list of suggestions offers them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as it stands in the form."""

    kind: str = "threshold"
    sensor: str = ""
    comparison: str = ""
    value: str = ""
    hysteresis: str = ""
    against: str = ""
    instead: str = ""
    window: str = ""
    window_unit: str = "min"
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """Everything as text; `errors`: field → what is wrong with it, such as `conditions.0.value`."""

    name: str = ""
    heatpump_id: str = ""
    severity: str = "warning"
    hold: str = ""
    hold_unit: str = "min"
    repeat: str = ""
    repeat_unit: str = "h"
    advice: str = ""
    enabled: bool = True
    rows: tuple[Row, ...] = (Row(),)
    errors: Mapping[str, str] = field(default_factory=dict)

    def with_error(self, complaint: Invalid) -> Form:
        return replace(self, errors={**self.errors, complaint.field: opening(complaint.message)})

    def with_row(self) -> Form:
        return replace(self, rows=(*self.rows, Row())[:MOST_CONDITIONS])

    def without_row(self, place: int) -> Form:
        left = tuple(row for index, row in enumerate(self.rows) if index != place)
        return replace(self, rows=left or (Row(),))


def typed(fields: MultiDict[str, str]) -> Form:
    """What somebody typed and ticked."""
    rows = tuple(_row(fields, place) for place in range(MOST_CONDITIONS) if f"kind-{place}" in fields)
    return Form(
        name=fields.get("name", ""),
        heatpump_id=fields.get("heatpump_id", ""),
        severity=fields.get("severity", "warning"),
        hold=fields.get("hold", ""),
        hold_unit=fields.get("hold-unit", "min"),
        repeat=fields.get("repeat", ""),
        repeat_unit=fields.get("repeat-unit", "h"),
        advice=fields.get("advice", ""),
        enabled="enabled" in fields or "name" not in fields,
        rows=rows or (Row(),),
    )


def filled(sent: Mapping[str, Any]) -> Form:
    """A stored rule, in the shape in which it is sent to the service."""
    hold, hold_unit = spans.typed(sent["for_s"] or None)
    repeat, repeat_unit = spans.typed(sent["repeat_s"])
    return Form(
        name=sent["name"],
        heatpump_id=sent["heatpump_id"] or "",
        severity=sent["severity"],
        hold=hold,
        hold_unit=hold_unit,
        repeat=repeat,
        repeat_unit=repeat_unit,
        advice=sent["advice"],
        enabled=sent["enabled"],
        rows=tuple(_filled_row(each) for each in sent["conditions"]),
    )


def sent(form: Form) -> dict[str, Any]:
    """What the service is asked to keep. Raises Invalid for what is no number."""
    times = {"hold": form.hold, "hold-unit": form.hold_unit, "repeat": form.repeat, "repeat-unit": form.repeat_unit}
    return {
        "name": form.name,
        "heatpump_id": form.heatpump_id or None,
        "severity": form.severity,
        "for_s": spans.seconds(times, "hold", "for_s") or 0,
        "repeat_s": spans.seconds(times, "repeat", "repeat_s"),
        "advice": form.advice,
        "enabled": form.enabled,
        "conditions": [_condition(place, row) for place, row in enumerate(form.rows)],
    }


def sensor_id(text: str) -> str:
    """The id in what somebody chose from the suggestions, or typed."""
    return text.rsplit(SEPARATOR, 1)[-1].strip()


def _condition(place: int, row: Row) -> dict[str, Any]:
    where = f"conditions.{place}"
    found: dict[str, Any] = {"kind": row.kind}
    if row.kind in ("threshold", "rate", "counter", "state", "no_data"):
        found["sensor"] = sensor_id(row.sensor) or None
    if row.kind in COMPARISONS:
        found["comparison"] = row.comparison if row.comparison in COMPARISONS[row.kind] else COMPARISONS[row.kind][0]
    if row.kind in ("threshold", "rate", "counter", "anomaly") and row.value.strip():
        found["value"] = spans.number(row.value, f"{where}.value")
    if row.kind in ("threshold", "anomaly") and row.hysteresis.strip():
        found["hysteresis"] = spans.number(row.hysteresis, f"{where}.hysteresis")
    if row.kind == "threshold" and row.against.strip():
        found["against"] = sensor_id(row.against)
        if row.instead.strip():
            found["instead"] = spans.number(row.instead, f"{where}.instead")
    if row.kind in ("rate", "counter", "no_data"):
        window = {"window": row.window, "window-unit": row.window_unit}
        found["window_s"] = spans.seconds(window, "window", f"{where}.window_s")
    if row.kind == "state":
        found["words"] = list(row.words)
    return found


def _row(fields: MultiDict[str, str], place: int) -> Row:
    kind = fields.get(f"kind-{place}", "")
    names = ("sensor", "comparison", "value", "hysteresis", "against", "instead", "window")
    return Row(
        kind=kind if kind in KINDS else "threshold",
        window_unit=fields.get(f"window-{place}-unit", "min"),
        words=tuple(fields.getlist(f"words-{place}")),
        **{name: fields.get(f"{name}-{place}", "") for name in names},
    )


def _filled_row(condition: Mapping[str, Any]) -> Row:
    window, unit = spans.typed(condition.get("window_s"))
    numbers = {
        name: f"{condition[name]:g}"
        for name in ("value", "hysteresis", "instead")
        if condition.get(name) is not None and not (name == "hysteresis" and condition[name] == 0)
    }
    return Row(
        kind=condition["kind"],
        sensor=condition.get("sensor") or "",
        comparison=condition.get("comparison") or "",
        against=condition.get("against") or "",
        window=window,
        window_unit=unit,
        words=tuple(condition.get("words", ())),
        **numbers,
    )
