"""/api/channels and /api/maintenance: who is told, and when nobody is."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.services import channels, maintenance
from app.services.channels import Doing
from app.store.maintenance import Maintenance
from app.web import visible
from app.web.access import controlling, owner_only, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import alerts as shapes
from app.web.languages import sentence
from app.web.parts import system


@interface.get("/channels")
@owner_only
@described("Who is told, without secrets", shapes.Channels)
def all_channels() -> ResponseReturnValue:
    return answer({"channels": [_shown(each) for each in channels.all_of_them(system())]})


@interface.post("/channels")
@owner_only
@described("Add a channel", shapes.Channel, status=201, sends=shapes.ChannelSent)
def add_channel() -> ResponseReturnValue:
    channel = channels.add(system(), sent_object())
    return answer(_one(channel.id), 201, {"Location": url_for("api.one_channel", channel_id=channel.id)})


@interface.get("/channels/<int:channel_id>")
@owner_only
@described("One channel", shapes.Channel)
def one_channel(channel_id: int) -> ResponseReturnValue:
    return answer(_one(channel_id))


@interface.put("/channels/<int:channel_id>")
@owner_only
@described("Change the fields that are sent", shapes.Channel, sends=shapes.ChannelSent)
def change_channel(channel_id: int) -> ResponseReturnValue:
    channels.change(system(), channel_id, sent_object())
    return answer(_one(channel_id))


@interface.delete("/channels/<int:channel_id>")
@owner_only
@described("Remove a channel, its secrets and what waits for it")
def remove_channel(channel_id: int) -> ResponseReturnValue:
    channels.remove(system(), channel_id)
    return "", 204


@interface.post("/channels/<int:channel_id>/test")
@owner_only
@described("Send a message now", shapes.Posted)
def test_channel(channel_id: int) -> ResponseReturnValue:
    """Waits for the other side, some seconds at most."""
    failure = channels.post(system(), channel_id, gettext("Test message"), gettext("This channel works."))
    return answer({"ok": True} if failure is None else {"ok": False, "reason": sentence(failure)})


@interface.get("/maintenance")
@signed_in
@described("Times in which nobody is told", shapes.Maintenances)
def all_maintenance() -> ResponseReturnValue:
    return answer({"maintenance": [_maintenance(each) for each in maintenance.all_of_them(system(), visible.among())]})


@interface.post("/maintenance")
@controlling
@described("Add such a time", shapes.Maintenance, status=201, sends=shapes.MaintenanceSent)
def add_maintenance() -> ResponseReturnValue:
    return answer(_maintenance(maintenance.add(system(), sent_object())), 201)


@interface.delete("/maintenance/<int:maintenance_id>")
@controlling
@described("Remove such a time")
def remove_maintenance(maintenance_id: int) -> ResponseReturnValue:
    maintenance.remove(system(), maintenance_id)
    return "", 204


def _one(channel_id: int) -> dict[str, Any]:
    channels.get(system(), channel_id)
    return next(_shown(each) for each in channels.all_of_them(system()) if each.channel.id == channel_id)


def _shown(doing: Doing) -> dict[str, Any]:
    """Everything but what is secret."""
    channel = doing.channel
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "fields": dict(channel.shown),
        "complete": doing.complete,
        "language": channel.language,
        "least_severity": channel.least_severity,
        "quiet_from": channel.quiet_from,
        "quiet_to": channel.quiet_to,
        "always_critical": channel.always_critical,
        "monthly_report": channel.monthly_report,
        "enabled": channel.enabled,
        "sent_at": channel.sent_at,
        "failed_at": channel.failed_at,
        "failure": None if doing.failure is None else sentence(doing.failure),
        "waiting": doing.waiting,
    }


def _maintenance(each: Maintenance) -> dict[str, Any]:
    return {
        "id": each.id,
        "heatpump_id": each.heatpump_id,
        "note": each.note,
        "starts_at": each.starts_at,
        "ends_at": each.ends_at,
        "weekdays": list(each.weekdays),
        "from_minute": each.from_minute,
        "to_minute": each.to_minute,
    }
