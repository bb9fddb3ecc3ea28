"""The settings of config.yaml and the environment as an owner sees them: read only, and no secret among them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from app import config
from app.config import SECRETS, BadConfig
from app.messages import Message, Unavailable
from app.store import outbox
from app.system import System

HIDDEN = "••••••"
ADDRESSES = frozenset({"mqtt", "victoriametrics", "victoriametrics_read", "site"})


@dataclass(frozen=True, slots=True)
class Setting:
    """`value` is fit to be shown; `origin` is the file or variable that it comes from, None for the default."""

    key: str
    value: Any
    origin: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How samples go to VictoriaMetrics: addresses without passwords, what waits, and what happened since the start.

    `pushed`: samples are sent there; `history`: charts come from there.
    """

    pushed: bool
    write: str
    read: str
    history: bool
    box: str
    waiting: int
    most_waiting: int
    left_out: int
    delivered: int
    failures: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One step of the connection test; `trouble` is None when it went well."""

    step: str
    trouble: Message | None


def settings(system: System) -> list[Setting]:
    try:
        origins = config.origins(system.config)
    except BadConfig:
        origins = {}  # the file was changed to something wrong since the start, which the next start will say
    return [
        Setting(each.name, _shown(each.name, getattr(system.config, each.name)), origins.get(each.name))
        for each in fields(system.config)
        if each.name != "folder"
    ]


def delivery(system: System) -> Delivery | None:
    """None when no VictoriaMetrics is configured."""
    chosen = system.config
    if not chosen.victoriametrics and not chosen.victoriametrics_read:
        return None
    db, pusher = system.database.connection(), system.pusher
    return Delivery(
        pushed=bool(chosen.victoriametrics),
        write=without_password(chosen.victoriametrics),
        read=without_password(chosen.victoriametrics_read or chosen.victoriametrics),
        history=chosen.history == "victoriametrics",
        box=chosen.box,
        waiting=outbox.length(db),
        most_waiting=chosen.outbox_limit,
        left_out=outbox.dropped(db),
        delivered=0 if pusher is None else pusher.counts.samples,
        failures=0 if pusher is None else pusher.counts.failures,
    )


def try_delivery(system: System) -> list[Checked]:
    """Hand over nothing, and ask for something: each as a poll and a chart do. Takes as long as the other side does."""
    from app.cluster.client import VictoriaMetrics  # who has none need not carry an HTTP client

    chosen = system.config
    client = VictoriaMetrics(chosen.victoriametrics, chosen.victoriametrics_read)
    found = []
    try:
        if chosen.victoriametrics:
            found.append(Checked("write", _trouble(lambda: client.push([]))))
        found.append(Checked("read", _trouble(lambda: client.query("query", query="vector(1)"))))
    finally:
        client.close()
    return found


def without_password(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _trouble(attempt: Any) -> Message | None:
    try:
        attempt()
    except Unavailable as error:
        return error.message
    return None


def _shown(key: str, value: Any) -> Any:
    if key in SECRETS:
        return HIDDEN if value else ""
    return without_password(value) if key in ADDRESSES else value
