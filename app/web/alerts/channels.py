"""Where messages go: the channels, a form for each kind, and a button that tries one out."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.alert import SEVERITIES
from app.messages import Invalid, Message
from app.notify.kinds import KINDS
from app.services import channels
from app.store.channels import Channel
from app.web import alert_words
from app.web.access import owner_only
from app.web.alerts import pages
from app.web.languages import LANGUAGES, current, opening
from app.web.parts import system


@pages.get("/channels/")
@owner_only
def all_channels() -> ResponseReturnValue:
    return _all()


@pages.get("/channels/add")
@owner_only
def add_channel() -> ResponseReturnValue:
    kind = request.args.get("kind", "")
    return _page(None, kind if kind in KINDS else next(iter(KINDS)), _empty())


@pages.post("/channels/add")
@owner_only
def keep_new_channel() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in KINDS or request.form.get("action") == "kind":
        return _page(None, kind if kind in KINDS else next(iter(KINDS)), _typed())
    try:
        channels.add(system(), {"kind": kind, **_sent(kind)})
    except Invalid as error:
        return _page(None, kind, _typed(), error), 400
    return redirect(url_for("alerts.all_channels"))


@pages.get("/channels/<int:channel_id>/edit")
@owner_only
def edit_channel(channel_id: int) -> ResponseReturnValue:
    channel = channels.get(system(), channel_id)
    return _page(channel, channel.kind, _stored(channel))


@pages.post("/channels/<int:channel_id>/edit")
@owner_only
def keep_channel(channel_id: int) -> ResponseReturnValue:
    channel = channels.get(system(), channel_id)
    try:
        channels.change(system(), channel_id, _sent(channel.kind))
    except Invalid as error:
        return _page(channel, channel.kind, _typed(), error), 400
    return redirect(url_for("alerts.all_channels"))


@pages.post("/channels/<int:channel_id>/test")
@owner_only
def test_channel(channel_id: int) -> ResponseReturnValue:
    title = gettext("Test message of the heat-pump monitor")
    failure = channels.post(system(), channel_id, title, gettext("This channel works."))
    return _all(tried=channels.get(system(), channel_id), failure=failure)


@pages.post("/channels/<int:channel_id>/remove")
@owner_only
def remove_channel(channel_id: int) -> ResponseReturnValue:
    channels.remove(system(), channel_id)
    return redirect(url_for("alerts.all_channels"))


def _all(tried: Channel | None = None, failure: Message | None = None) -> str:
    return render_template(
        "alerts/channels.html",
        doings=channels.all_of_them(system()),
        kinds=KINDS,
        tried=tried,
        failure=failure,
        clock=_clock,
        words=alert_words,
    )


def _page(channel: Channel | None, kind: str, typed: dict[str, Any], error: Invalid | None = None) -> str:
    return render_template(
        "alerts/channel.html",
        channel=channel,
        kind=KINDS[kind],
        kinds=KINDS,
        typed=typed,
        errors={error.field: opening(error.message)} if error is not None else {},
        severities={each: alert_words.severity(each) for each in SEVERITIES},
        said=alert_words.said,
        speaks=LANGUAGES,
    )


def _empty() -> dict[str, Any]:
    usual = {"name": "", "language": current(), "least_severity": "info", "quiet_from": "", "quiet_to": ""}
    return {**usual, "always_critical": True, "enabled": True, "monthly_report": False, "fields": {}}


def _stored(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "language": channel.language,
        "least_severity": channel.least_severity,
        "quiet_from": _clock(channel.quiet_from),
        "quiet_to": _clock(channel.quiet_to),
        "always_critical": channel.always_critical,
        "monthly_report": channel.monthly_report,
        "enabled": channel.enabled,
        "fields": dict(channel.shown),
    }


def _typed() -> dict[str, Any]:
    """As it was typed, but for what is secret: that goes in and never comes out again."""
    fields = request.form
    kind = KINDS.get(fields.get("kind", ""))
    secrets = kind.secrets if kind is not None else frozenset()
    return {
        **{name: fields.get(name, "") for name in ("name", "language", "least_severity", "quiet_from", "quiet_to")},
        "always_critical": "always_critical" in fields,
        "monthly_report": "monthly_report" in fields,
        "enabled": "enabled" in fields,
        "fields": {
            name[6:]: value for name, value in fields.items() if name.startswith("field-") and name[6:] not in secrets
        },
    }


def _sent(kind: str) -> dict[str, Any]:
    fields = request.form
    return {
        "name": fields.get("name", ""),
        "language": fields.get("language", current()),
        "least_severity": fields.get("least_severity", "info"),
        "quiet_from": minute(fields.get("quiet_from", ""), "quiet_from"),
        "quiet_to": minute(fields.get("quiet_to", ""), "quiet_to"),
        "always_critical": "always_critical" in fields,
        "monthly_report": "monthly_report" in fields,
        "enabled": "enabled" in fields,
        "fields": {field.id: fields.get(f"field-{field.id}", "") for field in KINDS[kind].fields},
    }


def minute(text: str, field: str) -> int | None:
    """22:30 → 1350; None for nothing. Raises Invalid."""
    if not text.strip():
        return None
    hours, colon, minutes = text.strip().partition(":")
    good = colon and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60
    if not good:
        raise Invalid(field, "%(value)s is not a time such as 22:30", value=text)
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"
