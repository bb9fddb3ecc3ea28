"""Where messages go: add, change, try out and remove channels. What is secret goes in and never comes out again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from app.alert import SEVERITIES, Severity
from app.messages import Invalid, Message, NotFound, from_json, to_json
from app.notify import delivery
from app.notify.delivery import Attachment, Undelivered
from app.notify.kinds import KINDS, WEB_ADDRESSES, Kind
from app.store import channels, notifications
from app.store.channels import Channel
from app.system import System

LONGEST_NAME, LONGEST_FIELD = 80, 2000
DAY_MINUTES = 1440
LANGUAGES = ("de", "en")
FIELDS = (
    "name",
    "kind",
    "fields",
    "language",
    "least_severity",
    "quiet_from",
    "quiet_to",
    "always_critical",
    "enabled",
    "monthly_report",
)
REPORTING_KINDS = ("email",)
"""Those that carry files."""


@dataclass(frozen=True, slots=True)
class Doing:
    """A channel, whether its secrets are here, why the last message failed, and how many messages wait."""

    channel: Channel
    complete: bool
    failure: Message | None
    waiting: int


def all_of_them(system: System) -> list[Doing]:
    db = system.database.connection()
    waiting = notifications.waiting(db)
    return [_doing(system, channel, waiting.get(channel.id, 0)) for channel in channels.all_of_them(db)]


def get(system: System, channel_id: int) -> Channel:
    """Raises NotFound."""
    found = channels.find(system.database.connection(), channel_id)
    if found is None:
        raise NotFound("there is no channel %(id)d", id=channel_id)
    return found


def add(system: System, sent: Mapping[str, Any]) -> Channel:
    """Raises Invalid, naming the field, such as `fields.host`."""
    kind = _kind(sent)
    fields = _fields(kind, sent.get("fields"), {})
    channel = _content(sent, kind, fields, f"channel-{secrets.token_hex(8)}")
    with system.database.transaction() as db:
        kept = channels.add(db, channel, int(system.clock()))
        system.channel_secrets.put(channel.secret, _secret(kind, fields))
    return kept


def change(system: System, channel_id: int, sent: Mapping[str, Any]) -> Channel:
    """Change the fields that were sent; the others stay, also a secret that is sent empty. Raises NotFound, Invalid."""
    before = get(system, channel_id)
    if sent.get("kind", before.kind) != before.kind:
        raise Invalid("kind", "cannot be changed; add another channel instead")
    kind = KINDS[before.kind]
    known = {**before.shown, **(system.channel_secrets.get(before.secret) or {})}
    fields = _fields(kind, sent.get("fields", {}), known)
    content = _content({**_sent_again(before), **sent}, kind, fields, before.secret)
    channel = replace(content, id=channel_id)
    with system.database.transaction() as db:
        channels.change(db, channel)
        system.channel_secrets.put(channel.secret, _secret(kind, fields))
    system.sender.tell()
    return channel


def remove(system: System, channel_id: int) -> None:
    """The channel, its secrets, and what waits for it. Raises NotFound."""
    get(system, channel_id)
    with system.database.transaction() as db:
        channels.remove(db, channel_id)
        left = channels.all_of_them(db)
    system.channel_secrets.keep_only(channel.secret for channel in left)


def post(
    system: System, channel_id: int, title: str, body: str, attachment: Attachment | None = None
) -> Message | None:
    """Send this now; why it did not arrive, or None. Takes as long as the other side does. Raises NotFound."""
    channel = get(system, channel_id)
    fields = {**channel.shown, **(system.channel_secrets.get(channel.secret) or {})}
    failure: Message | None = None
    try:
        _fields(KINDS[channel.kind], {}, fields)
        delivery.send(channel.kind, fields, title, body, "info", attachment)
    except Undelivered as error:
        failure = error.reason
    except Invalid:
        failure = Message("its address or password is not on this computer; enter it again")
    now = int(system.clock())
    with system.database.transaction() as db:
        if failure is None:
            channels.note_sent(db, channel_id, now)
        else:
            channels.note_failed(db, channel_id, to_json(failure), now)
    return failure


def note_reported(system: System, channel_id: int, month: str) -> None:
    """The report of this month (2026-10) arrived."""
    with system.database.transaction() as db:
        channels.note_reported(db, channel_id, month)


def _doing(system: System, channel: Channel, waiting: int) -> Doing:
    complete = not KINDS[channel.kind].secrets or system.channel_secrets.get(channel.secret) is not None
    return Doing(channel, complete, from_json(channel.failure) if channel.failure else None, waiting)


def _kind(sent: Mapping[str, Any]) -> Kind:
    kind = sent.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid("kind", "%(value)s is not one of %(choices)s", value=kind, choices=", ".join(KINDS))
    return KINDS[kind]


def _content(sent: Mapping[str, Any], kind: Kind, fields: Mapping[str, str], secret: str) -> Channel:
    for key in sent:
        if key not in FIELDS:
            raise Invalid(str(key), "is not known; known are %(known)s", known=", ".join(FIELDS))
    name = sent.get("name") or kind.title
    if not isinstance(name, str) or len(name.strip()) > LONGEST_NAME:
        raise Invalid("name", "is longer than %(most)d characters", most=LONGEST_NAME)
    for key, choices in (("language", LANGUAGES), ("least_severity", SEVERITIES)):
        if key in sent and sent[key] not in choices:
            raise Invalid(key, "%(value)s is not one of %(choices)s", value=sent[key], choices=", ".join(choices))
    quiet = [_minute(key, sent.get(key)) for key in ("quiet_from", "quiet_to")]
    if (quiet[0] is None) != (quiet[1] is None):
        raise Invalid("quiet_to", "quiet hours need a beginning and an end")
    flags = {key: sent.get(key, True) for key in ("always_critical", "enabled")}
    flags["monthly_report"] = sent.get("monthly_report", False)
    for key, flag in flags.items():
        if not isinstance(flag, bool):
            raise Invalid(key, "%(value)r is neither true nor false", value=flag)
    if flags["monthly_report"] and kind.id not in REPORTING_KINDS:
        raise Invalid("monthly_report", "a report is a file, which only e-mail carries")
    return Channel(
        id=0,
        name=name.strip(),
        kind=kind.id,
        secret=secret,
        shown={field.id: fields[field.id] for field in kind.fields if not field.secret and fields.get(field.id)},
        language=sent.get("language", "de"),
        least_severity=cast("Severity", sent.get("least_severity", "info")),
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        always_critical=flags["always_critical"],
        enabled=flags["enabled"],
        monthly_report=flags["monthly_report"],
    )


def _fields(kind: Kind, sent: Any, known: Mapping[str, str]) -> dict[str, str]:
    """All fields of the channel; a secret that is not sent, or sent empty, stays as it is. Raises Invalid."""
    if not isinstance(sent, Mapping):
        raise Invalid("fields", "must be an object")
    for key in sent:
        if key not in {field.id for field in kind.fields}:
            raise Invalid(f"fields.{key}", "does not belong to a channel of this kind")
    fields = {}
    for field in kind.fields:
        value = sent.get(field.id, known.get(field.id, ""))
        if field.secret and not value:
            value = known.get(field.id, "")
        where = f"fields.{field.id}"
        if not isinstance(value, str) or len(value) > LONGEST_FIELD or any(ord(letter) < 0x20 for letter in value):
            raise Invalid(where, "must be one line of text")
        value = value.strip()
        if not value and field.choices:
            value = next(iter(field.choices))
        if not value and field.required:
            raise Invalid(where, "is missing")
        if field.choices and value not in field.choices:
            raise Invalid(where, "%(value)s is not one of %(choices)s", value=value, choices=", ".join(field.choices))
        _check_form(kind, field.id, value)
        fields[field.id] = value
    try:
        delivery.check(kind.id, fields)
    except Invalid as error:
        raise Invalid(f"fields.{error.field}", error.message.template, **error.message.facts) from None
    return fields


def _check_form(kind: Kind, field_id: str, value: str) -> None:
    """An address must be one, a port a number, and a host only a host, so that none can carry more than it says."""
    where = f"fields.{field_id}"
    if field_id in WEB_ADDRESSES or (kind.id == "webhook" and field_id == "url"):
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good:
            raise Invalid(where, "must be an address such as https://example.org")
    if field_id == "port" and value and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise Invalid(where, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=1, most=65535)
    if field_id == "host" and any(letter in "/@?#\\ :" for letter in value):
        raise Invalid(where, "must be a host name or an IP address")
    if kind.id in ("telegram", "pushover") and any(letter in "/@?#\\ " for letter in value):
        raise Invalid(where, "must not have spaces or one of / @ ? #")


def _secret(kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in kind.secrets if fields.get(name)}


def _minute(key: str, sent: Any) -> int | None:
    if sent is None:
        return None
    if isinstance(sent, bool) or not isinstance(sent, int) or not 0 <= sent < DAY_MINUTES:
        raise Invalid(key, "%(value)s is not a number from %(least)g to %(most)g", value=sent, least=0, most=1439)
    return sent


def _sent_again(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "language": channel.language,
        "least_severity": channel.least_severity,
        "quiet_from": channel.quiet_from,
        "quiet_to": channel.quiet_to,
        "always_critical": channel.always_critical,
        "enabled": channel.enabled,
        "monthly_report": channel.monthly_report,
    }
