"""A report as a list of headings, texts, figures and tables: the page and the PDF file are made of the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from app.services import figures, report
from app.services.figures import Span
from app.services.report import Sheet
from app.web import drawing, formats, insight, money, shown
from app.web.drawing import Column
from app.web.parts import system
from app.web.periods import Range


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 2 begins a heat pump, on paper a new page; 3 a part of it."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of what and how much."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others are numbers; `foot` may be empty."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Electricity and heat side by side."""

    drawn: drawing.Bars
    label: str


Block = Heading | Text | Facts | Table | Bars


def blocks(sheets: Sequence[Sheet], chosen: Range) -> list[Block]:
    """The whole report: all heat pumps in one table when there are several, then a sheet for each."""
    found: list[Block] = []
    if len(sheets) > 1:
        found += _site(sheets)
    for sheet in sheets:
        found += _sheet(sheet, chosen)
    made = formats.moment(system().clock(), 0)
    found.append(
        Text(
            gettext(
                "Made on %(time)s. It supports the operating check of a heating system with measured figures; it does"
                " not replace one, and it is no proof of a legal obligation met.",
                time=made,
            ),
            quiet=True,
        )
    )
    return found


def _site(sheets: Sequence[Sheet]) -> list[Block]:
    rows = tuple(
        (
            sheet.pump.name,
            insight.kwh(sheet.whole.period.heat.kwh),
            insight.kwh(sheet.whole.period.electric.kwh),
            insight.factor(sheet.whole),
            sheet.boundary or insight.NOTHING,
            insight.rounded(sheet.whole.period.starts_per_day),
            money.amount(sheet.whole.cost.money),
        )
        for sheet in sheets
    )
    whole = report.totals(sheets)
    head = (
        gettext("Heat pump"),
        f"{gettext('Heat')}, kWh",
        f"{gettext('Electricity')}, kWh",
        gettext("Factor"),
        gettext("Boundary"),
        gettext("Starts a day"),
        gettext("Cost"),
    )
    foot = (
        gettext("All together"),
        insight.kwh(whole.heat),
        insight.kwh(whole.electric),
        insight.ratio(whole.factor),
        "",
        "",
        money.amount(whole.money),
    )
    found: list[Block] = [Heading(gettext("All heat pumps"), 3), Table(head, rows, foot)]
    if whole.mixed:
        found.append(
            Text(gettext("Their boundaries differ, so their factors cannot be compared or added."), quiet=True)
        )
    return found


def _sheet(sheet: Sheet, chosen: Range) -> list[Block]:
    title = sheet.model.title if sheet.model is not None else f"{sheet.pump.manufacturer}/{sheet.pump.model}"
    found: list[Block] = [Heading(sheet.pump.name, 2), Text(title, quiet=True)]
    if not sheet.whole.period.known:
        return [*found, Text(gettext("There are no figures of this time."))]
    return [
        *found,
        *_figures(sheet, chosen),
        *_parts(sheet, chosen),
        *_operation(sheet),
        *_advice(sheet),
        *_settings(sheet),
    ]


def _figures(sheet: Sheet, chosen: Range) -> list[Block]:
    whole = sheet.whole.period
    hidden = insight.why_hidden(sheet.whole)
    name = gettext("Seasonal performance factor") if chosen.unit == "month" else gettext("COP of the month")
    pairs = [
        (name, f"{insight.factor(sheet.whole)} {hidden}".strip()),
        (gettext("Boundary"), insight.BOUNDARIES[sheet.boundary]() if sheet.boundary else gettext("not known")),
        (gettext("Heat"), f"{insight.kwh(whole.heat.kwh)} kWh ({insight.SOURCES[whole.heat.source]()})"),
        (gettext("Electricity"), f"{insight.kwh(whole.electric.kwh)} kWh ({insight.SOURCES[whole.electric.source]()})"),
        (gettext("Known share of the time"), f"{insight.share(whole.factor.coverage)}"),
    ]
    if sheet.before is not None:
        pairs.append((gettext("Factor a year before"), insight.factor(sheet.before)))
    if sheet.whole.cost.money is not None:
        pairs.append((gettext("Cost of electricity"), money.amount(sheet.whole.cost.money)))
    if sheet.whole.cost.co2_kg is not None:
        pairs.append(("CO₂", f"{insight.rounded(sheet.whole.cost.co2_kg, 0)} kg"))
    found: list[Block] = [Facts(tuple(pairs))]
    found += [
        Text(insight.DOUBTS[doubt](), quiet=True) for doubt in dict.fromkeys(whole.electric.doubts + whole.heat.doubts)
    ]
    return found


def _parts(sheet: Sheet, chosen: Range) -> list[Block]:
    labels = [_label(span, chosen) for span in sheet.parts]
    columns = [
        Column(
            label,
            (("electric", span.period.electric.kwh, ""), ("heat", span.period.heat.kwh, "")),
            None if span.period.factor.value is None else (span.period.factor.value, ""),
        )
        for label, span in zip(labels, sheet.parts, strict=True)
    ]
    rows = tuple(
        (
            label,
            insight.kwh(span.period.electric.kwh),
            insight.kwh(span.period.heat.kwh),
            insight.factor(span),
            insight.rounded(span.period.flow),
            insight.rounded(span.period.outdoor_weighted),
            insight.rounded(span.period.starts, 0),
            insight.rounded(span.period.defrosts, 0),
        )
        for label, span in zip(labels, sheet.parts, strict=True)
    )
    head = (
        gettext("Month") if chosen.unit == "month" else gettext("Day"),
        f"{gettext('Electricity')}, kWh",
        f"{gettext('Heat')}, kWh",
        "COP",
        f"{gettext('Flow')}, °C",
        f"{gettext('Outdoors')}, °C",
        gettext("Starts"),
        gettext("Defrosts"),
    )
    drawn = drawing.bars(columns)
    return [Bars(drawn, gettext("Heat and electricity; the table below has the figures.")), Table(head, rows)]


def _operation(sheet: Sheet) -> list[Block]:
    """The operating check's figures: flow, cycles, defrosts, backup heater, the curve as driven."""
    whole = sheet.whole.period
    pairs = (
        (gettext("Flow, weighted with heat"), f"{insight.rounded(whole.flow)} °C"),
        (gettext("Outdoors, weighted with heat"), f"{insight.rounded(whole.outdoor_weighted)} °C"),
        (gettext("Share of the ideal (Carnot)"), f"{insight.rounded(whole.carnot_percent, 0)} %"),
        (gettext("Starts a day"), insight.rounded(whole.starts_per_day)),
        (gettext("Half of the runs last at least"), insight.duration(whole.median_run_s)),
        (gettext("Short cycling on three days in a row"), gettext("yes") if whole.short_cycling else gettext("no")),
        (gettext("Defrosts"), f"{whole.defrosts} ({insight.share(whole.defrost_share)})"),
        (gettext("Backup heater"), insight.duration(whole.backup_s)),
        (gettext("Backup heater above 0 °C"), insight.duration(whole.backup_warm_s)),
    )
    curve = tuple(
        (f"{outdoor} °C", f"{insight.rounded(flow)} °C", insight.rounded(hours))
        for outdoor, (hours, flow) in whole.curve.items()
    )
    found: list[Block] = [Heading(gettext("Operation"), 3), Facts(pairs)]
    if curve:
        head = (gettext("Outdoors"), gettext("Flow"), gettext("Hours"))
        found += [Heading(gettext("Heating curve as it was driven"), 3), Table(head, curve)]
    return found


def _advice(sheet: Sheet) -> list[Block]:
    if not sheet.advice:
        return []
    heading = Heading(gettext("What the last %(days)d days suggest", days=figures.ADVICE_DAYS), 3)
    return [heading, *(Text(f"{insight.LEVELS[each.level]()}: {insight.words(each)}") for each in sheet.advice)]


def _settings(sheet: Sheet) -> list[Block]:
    if not sheet.settings:
        return []
    pairs = tuple((shown.title(sensor), shown.with_unit(sensor, value)) for sensor, value in sheet.settings)
    return [Heading(gettext("Settings at the end of this time"), 3), Facts(pairs)]


def _label(span: Span, chosen: Range) -> str:
    day = figures.local_date(system(), span.since)
    return insight.month(day) if chosen.unit == "month" else str(day.day)
