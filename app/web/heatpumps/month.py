"""The last thirty days of a heat pump as bars with their COP as dots; each day leads to its analysis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_date, gettext

from app import calendar
from app.store.heatpumps import HeatPump
from app.web import drawing
from app.web.drawing import Bars, Column
from app.web.languages import current
from app.web.parts import system

DAYS = 30


@dataclass(frozen=True, slots=True)
class DayPlace:
    """One day of the drawing: where it is, its figures in words, and where it leads; `known` is false for a gap."""

    x: float
    width: float
    label: str
    electric: str
    heat: str
    cop: str
    address: str
    known: bool

    @property
    def words(self) -> str:
        if not self.known:
            return str(gettext("%(day)s: nothing is known", day=self.label))
        facts = {"day": self.label, "electric": self.electric, "heat": self.heat, "cop": self.cop}
        return str(gettext("%(day)s: electricity %(electric)s kWh, heat %(heat)s kWh, COP %(cop)s", **facts))


@dataclass(frozen=True, slots=True)
class Month:
    drawn: Bars
    days: tuple[DayPlace, ...]

    @property
    def missing(self) -> int:
        return sum(not day.known for day in self.days)


def of(pump: HeatPump) -> Month | None:
    """None before the first day is closed."""
    from app.services import figures  # numpy is loaded by the first who looks at figures
    from app.web import insight

    zone = ZoneInfo(system().config.timezone)
    today = figures.local_date(system(), figures.today(system()))
    dates = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    begin = calendar.midnight(dates[0], zone)
    spans = {
        figures.local_date(system(), span.since): span.period
        for span in figures.by(system(), pump, "day", begin, figures.today(system()))
    }
    if not spans:
        return None
    columns, places = [], []
    step = (drawing.WIDTH - drawing.LEFT - drawing.RIGHT) / DAYS
    for number, date in enumerate(dates):
        period = spans.get(date)
        electric = None if period is None else period.electric.kwh
        heat = None if period is None else period.heat.kwh
        cop = None if period is None else period.factor.value
        address = url_for("heatpumps.analysis", heatpump_id=pump.id, period=f"{date:%Y-%m-%d}")
        label = str(format_date(date, "d. MMM" if current() == "de" else "d MMM", rebase=False))
        amounts = (("electric", electric, ""), ("heat", heat, ""))
        columns.append(Column(str(date.day), amounts, None if cop is None else (cop, "")))
        places.append(
            DayPlace(
                round(drawing.LEFT + number * step, 2),
                round(step, 2),
                label,
                insight.kwh(electric),
                insight.kwh(heat),
                insight.ratio(cop),
                address,
                electric is not None or heat is not None,
            )
        )
    return Month(drawing.bars(columns), tuple(places)) if any(place.known for place in places) else None
