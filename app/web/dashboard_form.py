"""The form of one chart: what somebody typed, what they pressed, and the chart that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from app.dashboard import Chart, Titles
from app.messages import Invalid
from app.services.dashboard_content import MOST_LINES, MOST_THRESHOLDS
from app.web import dashboard_words
from app.web.languages import opening
from app.web.shown import plain

LONGEST = 200
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LineForm:
    """One chosen sensor: hp-001/temp_flow, and how it is drawn."""

    sensor: str
    axis: str = "auto"
    colour: str = ""


@dataclass(frozen=True, slots=True)
class ThresholdForm:
    value: str = ""
    label: str = ""
    tone: str = "late"
    axis: str = "auto"


@dataclass(frozen=True, slots=True)
class Form:
    """As it stands on the page. `errors`: field → what is wrong with it. `kept`: a title of the catalogue, as it is."""

    kind: str = "line"
    title: str = ""
    width: str = "half"
    x: str = ""
    low: str = ""
    high: str = ""
    lines: tuple[LineForm, ...] = ()
    thresholds: tuple[ThresholdForm, ...] = ()
    search: str = ""
    of: tuple[str, ...] = ()
    kept: Titles | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    def sent(self) -> dict[str, Any]:
        """As the service wants it; what cannot be understood is left to the service to refuse."""
        title: object = self.title.strip()
        if self.kept is not None and self.title == dashboard_words.title(self.kept):
            title = {"de": self.kept.de, "en": self.kept.en}
        return {
            "kind": self.kind,
            "title": title,
            "width": self.width,
            "x": self.x if self.kind == "scatter" else None,
            "low": _number(self.low),
            "high": _number(self.high),
            "lines": [
                {
                    "heatpump_id": each.sensor.partition("/")[0],
                    "sensor": each.sensor.partition("/")[2],
                    "axis": each.axis,
                    "colour": int(each.colour) if each.colour.isdecimal() and len(each.colour) < 3 else None,
                }
                for each in self.lines
            ],
            "thresholds": [
                {"value": _number(each.value), "label": each.label, "tone": each.tone, "axis": each.axis}
                for each in self.thresholds
                if each.value.strip() or each.label.strip()
            ],
        }

    def pressed(self, action: str) -> Form:
        """After a press of one of the buttons that change the form itself."""
        what, _, which = action.partition(":")
        place = int(which) if which.isdecimal() and len(which) < 4 else -1
        if what == "add" and len(self.lines) < MOST_LINES and which not in {each.sensor for each in self.lines}:
            return replace(self, lines=(*self.lines, LineForm(which[:LONGEST])))
        if what == "drop":
            return replace(self, lines=_without(self.lines, place))
        if what == "up" and 0 < place < len(self.lines):
            lines = list(self.lines)
            lines[place - 1 : place + 1] = lines[place], lines[place - 1]
            return replace(self, lines=tuple(lines))
        if what == "threshold" and len(self.thresholds) < MOST_THRESHOLDS:
            return replace(self, thresholds=(*self.thresholds, ThresholdForm()))
        if what == "drop-threshold":
            return replace(self, thresholds=_without(self.thresholds, place))
        return self

    def with_error(self, complaint: Invalid) -> Form:
        where = complaint.field.removeprefix("chart.")
        return replace(self, errors={where: opening(complaint.message)})

    def error(self, *beginnings: str) -> str:
        """What is wrong with the first of these fields, or with something inside it."""
        for name, text in self.errors.items():
            if any(name == each or name.startswith(f"{each}.") for each in beginnings):
                return text
        return ""


def read(fields: MultiDict[str, str], kept: Titles | None = None) -> Form:
    """What somebody typed and chose."""
    lines = zip_longest(*(fields.getlist(name) for name in ("line", "axis", "colour")), fillvalue="")
    names = ("threshold_value", "threshold_label", "threshold_tone", "threshold_axis")
    thresholds = zip_longest(*(fields.getlist(name) for name in names), fillvalue="")
    text: dict[str, Any] = {
        name: fields.get(name, "")[:LONGEST] for name in ("kind", "title", "width", "x", "low", "high", "search")
    }
    return Form(
        **text,
        lines=tuple(LineForm(sensor[:LONGEST], axis or "auto", colour) for sensor, axis, colour in lines if sensor),
        thresholds=tuple(
            ThresholdForm(value[:LONGEST], label[:LONGEST], tone or "late", axis or "auto")
            for value, label, tone, axis in thresholds
        ),
        of=tuple(fields.getlist("of")),
        kept=kept,
    )


def filled(chart: Chart) -> Form:
    """A kept chart."""
    return Form(
        kind=chart.kind,
        title=dashboard_words.title(chart.title),
        width=chart.width,
        x=chart.x or "",
        low="" if chart.low is None else plain(chart.low),
        high="" if chart.high is None else plain(chart.high),
        lines=tuple(
            LineForm(f"{line.heatpump_id}/{line.sensor}", line.axis, "" if line.colour is None else str(line.colour))
            for line in chart.lines
        ),
        thresholds=tuple(
            ThresholdForm(plain(each.value), each.label, each.tone, each.axis) for each in chart.thresholds
        ),
        kept=chart.title if isinstance(chart.title, Titles) else None,
    )


def _without(items: Sequence[Item], place: int) -> tuple[Item, ...]:
    return tuple(each for number, each in enumerate(items) if number != place)


def _number(text: str) -> object:
    """None of nothing; the text itself of what is no number."""
    typed = text.strip()
    if not typed:
        return None
    try:
        return float(typed.replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return typed
