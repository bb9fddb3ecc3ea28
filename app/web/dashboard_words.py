"""What dashboards, charts and their kinds are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from app.dashboard import Axis, Kind, Titles, Width
from app.store.dashboards import Dashboard
from app.web.languages import current

KINDS: Mapping[Kind, tuple[Callable[[], str], Callable[[], str]]] = {
    "line": (lambda: gettext("Line"), lambda: gettext("how values went")),
    "area": (lambda: gettext("Area"), lambda: gettext("the same, filled: good for power")),
    "bar": (lambda: gettext("Bars"), lambda: gettext("energy per hour, day or month")),
    "states": (lambda: gettext("States"), lambda: gettext("when it heated, defrosted, stood still")),
    "scatter": (lambda: gettext("Scatter"), lambda: gettext("one value against another, such as flow against outdoor")),
    "value": (lambda: gettext("Single value"), lambda: gettext("one to twelve values in large type")),
    "gauge": (lambda: gettext("Gauge"), lambda: gettext("one value on a scale")),
    "table": (lambda: gettext("Table"), lambda: gettext("latest, lowest, mean and highest value")),
}
"""The name of each kind of chart, and what it is good for."""

AXES: Mapping[Axis, Callable[[], str]] = {
    "auto": lambda: gettext("by itself"),
    "left": lambda: gettext("left"),
    "right": lambda: gettext("right"),
}

WIDTHS: Mapping[Width, Callable[[], str]] = {
    "quarter": lambda: gettext("narrow (four in a row)"),
    "half": lambda: gettext("half (two in a row)"),
    "full": lambda: gettext("wide (one in a row)"),
}

COLOURS: tuple[Callable[[], str], ...] = (
    lambda: gettext("blue"),
    lambda: gettext("red"),
    lambda: gettext("green"),
    lambda: gettext("amber"),
    lambda: gettext("violet"),
    lambda: gettext("turquoise"),
    lambda: gettext("brown"),
    lambda: gettext("grey"),
)
"""The lines' colours, in the order of their numbers."""

TONES: Mapping[str, Callable[[], str]] = {
    "good": lambda: gettext("green"),
    "late": lambda: gettext("amber"),
    "bad": lambda: gettext("red"),
    "accent": lambda: gettext("petrol"),
}


def name(dashboard: Dashboard) -> str:
    """The one that a heat pump gets from its model has no name of its own."""
    return dashboard.name or str(gettext("History"))


def title(given: str | Titles) -> str:
    if isinstance(given, Titles):
        return given.de if current() == "de" else given.en
    return given
