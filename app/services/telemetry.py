"""Sharing measured values: off until somebody looks at what would be sent and switches it on."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson

from app.messages import Conflict, Invalid
from app.services import heatpumps, telemetry_payload
from app.services.heatpump_content import SHARE
from app.services.telemetry_payload import Shared
from app.store import telemetry
from app.store.heatpumps import HeatPump
from app.store.telemetry import Payload, Sharing
from app.system import System
from drivers.vocabulary import load_vocabulary

FIRST_S = 60
"""How soon after it was switched on the first payload goes: whoever waits for it sees whether it arrives."""

LONGEST_ENDPOINT = 500
SHOWN = 30


@dataclass(frozen=True, slots=True)
class State:
    """How it stands. Without an `installation_id` nothing was ever tried, or the id was deleted."""

    enabled: bool
    endpoint: str
    installation_id: str | None
    next_at: int | None
    shared: frozenset[str]
    """Ids of the heat pumps of which values are told."""
    log: Sequence[Payload]
    """The newest first."""


def state(system: System) -> State:
    db = system.database.connection()
    kept = telemetry.sharing(db)
    return State(
        enabled=kept is not None and kept.enabled,
        endpoint="" if kept is None else kept.endpoint,
        installation_id=None if kept is None else kept.installation_id,
        next_at=kept.next_at if kept is not None and kept.enabled else None,
        shared=frozenset(pump.id for pump in heatpumps.all_of_them(system) if shares(pump)),
        log=telemetry.newest(db, SHOWN),
    )


def shares(pump: HeatPump) -> bool:
    return pump.settings.get(SHARE) is True


def choose(system: System, endpoint: str, heatpump_ids: Collection[str]) -> None:
    """Where to, and of which heat pumps; what is on goes on with it. Raises Invalid, NotFound."""
    _check(endpoint)
    chosen = {heatpumps.get(system, each).id for each in heatpump_ids}
    for pump in heatpumps.all_of_them(system):
        if shares(pump) != (pump.id in chosen):
            heatpumps.change(system, pump.id, {"device_config": {SHARE: pump.id in chosen}})
    with system.database.transaction() as db:
        kept = telemetry.sharing(db)
        if kept is None:
            kept = Sharing(False, endpoint, str(uuid4()), secrets.token_hex(16), 0)
        telemetry.put(db, replace(kept, endpoint=endpoint))


def preview(system: System, *, readable: bool = True) -> str | None:
    """What would be sent now, to the letter apart from the line breaks; None before anything was chosen."""
    kept = telemetry.sharing(system.database.connection())
    return None if kept is None else telemetry_payload.written(payload(system, kept), readable=readable)


def payload(system: System, sharing: Sharing) -> dict[str, Any]:
    """The payload of this moment."""
    shared = [Shared(pump, system.latest.of(pump.id)) for pump in heatpumps.all_of_them(system) if shares(pump)]
    quantities = load_vocabulary().sensors
    return telemetry_payload.made(sharing.installation_id, sharing.salt, shared, quantities, int(system.clock()))


def still_wanted(system: System, sharing: Sharing, payload: Payload) -> bool:
    """Whether what waits goes where values go now, and tells of no heat pump of which nothing is told any more."""
    shared = {telemetry_payload.hashed(pump.id, sharing.salt) for pump in heatpumps.all_of_them(system) if shares(pump)}
    told = {each["id"] for each in orjson.loads(payload.body)["heatpumps"]}
    return payload.endpoint == sharing.endpoint and told <= shared


def switch_on(system: System) -> None:
    """From now on a payload goes once a day. Raises Conflict while nothing was chosen."""
    with system.database.transaction() as db:
        kept = telemetry.sharing(db)
        if kept is None:
            raise Conflict("enabled", "choose first where the values go, and look at what would be sent")
        if not kept.enabled:
            telemetry.put(db, replace(kept, enabled=True, next_at=int(system.clock()) + FIRST_S))


def switch_off(system: System) -> None:
    """Nothing more is made or sent; what waited is not sent either."""
    now = int(system.clock())
    with system.database.transaction() as db:
        kept = telemetry.sharing(db)
        if kept is None:
            return
        telemetry.put(db, replace(kept, enabled=False))
        for each in telemetry.waiting(db):
            telemetry.end(db, each.id, now, "dropped")


def forget(system: System) -> None:
    """Switch it off and delete the installation id; whoever shares again later is somebody new."""
    with system.database.transaction() as db:
        telemetry.forget(db, int(system.clock()))


def _check(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    plain = all("!" <= letter <= "~" for letter in endpoint) and len(endpoint) <= LONGEST_ENDPOINT
    if not whole or not plain or parts.fragment:
        raise Invalid("endpoint", "must be an address such as https://example.org")
    if "@" in parts.netloc:
        raise Invalid("endpoint", "an address must not hold a name or a password: it stands in logs")
