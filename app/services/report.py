"""A month or a year of a heat pump, or of all of them, as it is put on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis.advice import Advice
from app.analysis.boundary import Boundary
from app.calendar import Unit
from app.reading import Value
from app.services import figures, metering, models
from app.services.figures import Span
from app.store import settings_log
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Sheet:
    """One heat pump: its figures over the period and its parts, the year before, and how it was set at the end."""

    pump: HeatPump
    model: Model | None
    boundary: Boundary | None
    whole: Span
    before: Span | None
    parts: tuple[Span, ...]
    advice: tuple[Advice, ...]
    settings: tuple[tuple[Sensor, Value], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """All sheets together. The factor is None unless every one of them has one, at the same boundary."""

    heat: float | None
    electric: float | None
    factor: float | None
    money: float | None
    mixed: bool


def sheet(system: System, pump: HeatPump, unit: Unit, start: int, end: int, before: tuple[int, int]) -> Sheet:
    """start <= time < end in UTC seconds; `unit` is what the period is divided into."""
    model, answers = models.of(system, pump), metering.of(system, pump)
    earlier = figures.over(system, pump, *before)
    lately = end > figures.today(system) - figures.ADVICE_DAYS * 86400
    return Sheet(
        pump,
        model,
        None if answers is None else answers.boundary,
        figures.over(system, pump, start, end),
        earlier if earlier.period.known else None,
        tuple(figures.by(system, pump, unit, start, end)),
        tuple(figures.advised(system, pump)) if lately else (),
        _settings(system, pump, model, end),
    )


def totals(sheets: Sequence[Sheet]) -> Totals:
    heats = [each.whole.period.heat.kwh for each in sheets]
    electrics = [each.whole.period.electric.kwh for each in sheets]
    costs = [each.whole.cost.money for each in sheets]
    heat, electric = _sum(heats), _sum(electrics)
    whole = all(each.whole.period.factor.value is not None for each in sheets)
    mixed = len({each.boundary for each in sheets}) > 1
    factor = heat / electric if whole and not mixed and heat is not None and electric else None
    return Totals(heat, electric, factor, _sum(costs), mixed)


def _sum(values: Sequence[float | None]) -> float | None:
    """None as soon as one is not known: a sum of some would look like the sum of all."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _settings(system: System, pump: HeatPump, model: Model | None, end: int) -> tuple[tuple[Sensor, Value], ...]:
    """What the machine was set to at the end of the period, in catalogue order."""
    if model is None:
        return ()
    kept = settings_log.snapshot(system.database.connection(), pump.id, end)
    return tuple(
        (sensor, kept[sensor.id])
        for sensor in model.every_sensor.values()
        if sensor.id in kept and sensor.write and not sensor.write.moves_by_itself
    )
