"""How a heat pump behaves: the course of its anomaly score, what was found, and what its owner says to that."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from flask_login import current_user

from app import calendar
from app.messages import Invalid
from app.services import behaviour, heatpumps
from app.services.behaviour import ALARM_LINE, DAY_S, HOUR_S, Told
from app.store.heatpumps import HeatPump
from app.web import drawing
from app.web.access import controlling, signed_in
from app.web.drawing import Timeline
from app.web.formats import moment, number
from app.web.heatpumps import pages
from app.web.languages import current, opening
from app.web.parts import system

RANGES = {"7d": 7, "30d": 30, "90d": 90}
LABELS = 7
JOINED_S = 3 * HOUR_S
"""A longer time without a score is a gap in the drawing."""


@pages.get("/<heatpump_id>/anomalies")
@signed_in
def anomalies(heatpump_id: str) -> ResponseReturnValue:
    return _page(heatpumps.get(system(), heatpump_id))


@pages.post("/<heatpump_id>/anomalies/<int:finding_id>/verdict")
@controlling
def judge_finding(heatpump_id: str, finding_id: int) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    try:
        behaviour.judge(system(), pump, finding_id, request.form.get("verdict") or None, current_user.name)
    except Invalid as error:
        return _page(pump, error), 400
    return redirect(url_for("heatpumps.anomalies", heatpump_id=heatpump_id))


@pages.post("/<heatpump_id>/anomalies/mark")
@controlling
def mark_time(heatpump_id: str) -> ResponseReturnValue:
    """From the first to the last of some days, both included."""
    pump = heatpumps.get(system(), heatpump_id)
    try:
        first, last = _day("first"), _day("last")
        behaviour.mark(system(), pump, _midnight(first), _midnight(last + timedelta(days=1)), current_user.name)
    except Invalid as error:
        return _page(pump, error), 400
    return redirect(url_for("heatpumps.anomalies", heatpump_id=heatpump_id))


@pages.post("/<heatpump_id>/anomalies/<int:finding_id>/unmark")
@controlling
def unmark_time(heatpump_id: str, finding_id: int) -> ResponseReturnValue:
    behaviour.unmark(system(), heatpumps.get(system(), heatpump_id), finding_id)
    return redirect(url_for("heatpumps.anomalies", heatpump_id=heatpump_id))


@pages.post("/<heatpump_id>/anomalies/new-normal")
@controlling
def call_normal(heatpump_id: str) -> ResponseReturnValue:
    behaviour.call_normal(system(), heatpumps.get(system(), heatpump_id))
    return redirect(url_for("heatpumps.anomalies", heatpump_id=heatpump_id))


def _page(pump: HeatPump, error: Invalid | None = None) -> str:
    from app.web import behaviour as words  # numpy is loaded by the first who looks

    now = int(system().clock())
    chosen = request.args.get("range", "")
    chosen = chosen if chosen in RANGES else "30d"
    found = behaviour.of(system(), pump)
    told = behaviour.findings_of(system(), pump)
    return render_template(
        "heatpumps/anomalies.html",
        pump=pump,
        behaviour=found,
        words=words.of(found, now),
        titles=[words.TITLES[name] for name in found.quantities if name in words.TITLES] if found.known else [],
        findings=[
            (each, number(each.finding.score or 0.0, 2), [words.reason(reason, now) for reason in each.reasons])
            for each in told
        ],
        drawn=_drawn(pump, told, now - RANGES[chosen] * DAY_S, now),
        ranges=RANGES,
        range=chosen,
        error=None if error is None else opening(error.message),
        sent=request.form,
        today=_date(now).isoformat(),
    )


def _drawn(pump: HeatPump, told: list[Told], start: int, end: int) -> Timeline | None:
    points = [(float(at), score) for at, score in behaviour.course(system(), pump, start, end)]
    if not points:
        return None
    bands = [
        (
            float(each.finding.since),
            float(each.finding.until),
            "marked" if each.finding.score is None else "found",
            _span(each),
        )
        for each in told
        if each.finding.until > start and each.finding.since < end
    ]
    step = (end - start) // LABELS // DAY_S * DAY_S or DAY_S
    first = calendar.midnight(_date(start) + timedelta(days=1), _zone())
    labels = [(float(at), _label(at)) for at in range(first, end, step)]
    return drawing.timeline(points, (float(start), float(end)), ALARM_LINE, JOINED_S, bands, labels)


def _span(told: Told) -> str:
    now = system().clock()
    times = {"start": moment(told.finding.since, now), "end": moment(told.finding.until, now)}
    if told.finding.score is None:
        return str(gettext("Left out: %(start)s to %(end)s", **times))
    return str(gettext("Unusual: %(start)s to %(end)s", **times))


def _label(at: int) -> str:
    return str(format_date(_date(at), "d.M." if current() == "de" else "d MMM"))


def _day(field: str) -> date:
    text = request.form.get(field, "")
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "%(value)s is not a day, such as 2026-01-31", value=text or "–") from error
    if not 1971 <= found.year <= 9990:
        raise Invalid(field, "%(value)s is not a day, such as 2026-01-31", value=text)
    return found


def _midnight(day: date) -> int:
    return calendar.midnight(day, _zone())


def _date(at: int) -> date:
    return datetime.fromtimestamp(at, _zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(system().config.timezone)
