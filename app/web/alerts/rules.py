"""The rules: all of them, and the form in which one is made, tried out on the past, and kept."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.alert import KINDS, SEVERITIES
from app.messages import Invalid, NotFound
from app.services import alert_events, alerts, channels, heatpumps, rule_sensors
from app.services.alert_content import MOST_CONDITIONS
from app.services.backtest import DAYS, Tested
from app.services.rule_sensors import Watchable
from app.store.alerts import Alert
from app.web import alert_words, shown, visible
from app.web.access import may_change_heatpumps, owner_only, signed_in
from app.web.alerts import form, pages
from app.web.alerts.form import Form, Row
from app.web.languages import current
from app.web.parts import system

MOST_TIMES = 12
"""Of what a back-test found, so many of the newest are listed per heat pump."""


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    parts = system()
    pumps = visible.heat_pumps()
    wanted = request.args.get("heatpump_id") or None
    if wanted is not None:
        heatpumps.get(parts, wanted)
    known = alerts.machines(parts, pumps)
    rules = [
        (alert, alerts.lacking(alert, known))
        for alert in alerts.all_of_them(parts, visible.among())
        if wanted is None or alert.heatpump_id in (None, wanted)
    ]
    return render_template(
        "alerts/index.html",
        events=alert_events.open_ones(parts, wanted, among=visible.among()),
        rules=rules,
        names={pump.id: pump.name for pump in pumps},
        words=alert_words,
        now=parts.clock(),
        silent=may_change_heatpumps() and not channels.all_of_them(parts),
    )


@pages.get("/rules/add")
@owner_only
def add_rule() -> ResponseReturnValue:
    asked = request.args
    row = Row(sensor=asked.get("sensor", ""))
    return _page(None, Form(heatpump_id=asked.get("heatpump_id", ""), rows=(row,)))


@pages.post("/rules/add")
@owner_only
def keep_new_rule() -> ResponseReturnValue:
    """One form, several buttons: another condition, one less, trying it out on the past, and saving."""
    return _answer(None)


@pages.get("/rules/<int:alert_id>/edit")
@owner_only
def edit_rule(alert_id: int) -> ResponseReturnValue:
    alert = alerts.get(system(), alert_id)
    return _page(alert, form.filled(alerts.sent_again(alert)))


@pages.post("/rules/<int:alert_id>/edit")
@owner_only
def keep_rule(alert_id: int) -> ResponseReturnValue:
    return _answer(alerts.get(system(), alert_id))


@pages.post("/rules/<int:alert_id>/enable")
@owner_only
def enable_rule(alert_id: int) -> ResponseReturnValue:
    alerts.change(system(), alert_id, {"enabled": True})
    return redirect(url_for("alerts.index"))


@pages.post("/rules/<int:alert_id>/disable")
@owner_only
def disable_rule(alert_id: int) -> ResponseReturnValue:
    alerts.change(system(), alert_id, {"enabled": False})
    return redirect(url_for("alerts.index"))


@pages.post("/rules/<int:alert_id>/remove")
@owner_only
def remove_rule(alert_id: int) -> ResponseReturnValue:
    alerts.remove(system(), alert_id)
    return redirect(url_for("alerts.index"))


def _answer(alert: Alert | None) -> ResponseReturnValue:
    typed, action = form.typed(request.form), request.form.get("action", "")
    if action == "more":
        return _page(alert, typed.with_row())
    if action.startswith("less-") and action[5:].isdigit():
        return _page(alert, typed.without_row(int(action[5:])))
    if action == "update":
        return _page(alert, typed)
    builtin = alert.builtin if alert is not None else None
    try:
        sent = form.sent(typed)
        if action == "test":
            return _page(alert, typed, alerts.try_out(system(), sent, builtin)[1])
        if alert is None:
            alerts.add(system(), sent)
        else:
            alerts.change(system(), alert.id, sent)
    except Invalid as complaint:
        return _page(alert, typed.with_error(complaint)), 400
    return redirect(url_for("alerts.index"))


def _page(alert: Alert | None, typed: Form, tested: list[Tested] | None = None) -> str:
    known = _known(typed.heatpump_id or None)
    return render_template(
        "alerts/form.html",
        alert=alert,
        form=typed,
        known=known,
        suggestions=_suggestions(known),
        named=lambda text: _named(known, text),
        word_choices=lambda text: _word_choices(known, text),
        pumps=visible.heat_pumps(),
        kinds={kind: title for kind, title in _kinds().items() if kind in KINDS},
        severities={severity: alert_words.severity(severity) for severity in SEVERITIES},
        units={"min": gettext("minutes"), "h": gettext("hours"), "d": gettext("days")},
        room=len(typed.rows) < MOST_CONDITIONS,
        tested=tested,
        times=sum(len(each.episodes) for each in tested or ()),
        days=DAYS,
        most_times=MOST_TIMES,
        words=alert_words,
    )


def _kinds() -> dict[str, str]:
    return {
        "threshold": gettext("A value is too high or too low"),
        "rate": gettext("A value changes too fast"),
        "counter": gettext("Something happens too often"),
        "state": gettext("A state"),
        "no_data": gettext("No value comes any more"),
        "offline": gettext("The heat pump does not answer"),
        "error": gettext("The heat pump reports a fault"),
        "anomaly": gettext("Unusual behaviour (anomaly score)"),
    }


def _known(heatpump_id: str | None) -> dict[str, Watchable]:
    try:
        return rule_sensors.of(system(), heatpump_id)
    except NotFound:
        return rule_sensors.of(system(), None)


def _suggestions(known: dict[str, Watchable]) -> list[str]:
    return [_called(each) for each in known.values()]


def _called(each: Watchable) -> str:
    title = each.sensor.title[current()] if each.sensor is not None else alert_words.sensor_title(each.id)
    return f"{title}{form.SEPARATOR}{each.id}"


def _named(known: dict[str, Watchable], text: str) -> str:
    """What somebody typed, as the suggestions would write it."""
    found = known.get(form.sensor_id(text))
    return _called(found) if found is not None else text


def _word_choices(known: dict[str, Watchable], text: str) -> list[tuple[str, Any]]:
    """The states of a sensor with their titles; none while no sensor with states is chosen."""
    found = known.get(form.sensor_id(text))
    if found is None or found.sensor is None:
        return []
    titles = shown.words_of(found.sensor)
    return [(word, titles.get(word, word)) for word in found.words]
