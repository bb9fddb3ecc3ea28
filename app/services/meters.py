"""The owner's own meters beside a heat pump: keeping, changing, trying out. Their secrets never leave again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import Any

import msgspec

from app.messages import Conflict, Invalid, NotFound
from app.services.meter_content import checked, place_of_work, secret_of
from app.store import meters
from app.store.heatpumps import HeatPump
from app.store.meters import Kept
from app.system import System
from drivers.meters.source import Meter, Shown

MOST_METERS = 8


@dataclass(frozen=True, slots=True)
class Own:
    """One meter of a heat pump; whether it has a secret is all that is told about it."""

    id: int
    meter: Meter
    has_secret: bool


def of(system: System, pump: HeatPump) -> list[Own]:
    return [_own(each) for each in meters.of(system.database.connection(), pump.id)]


def get(system: System, pump: HeatPump, meter_id: int) -> Own:
    """Raises NotFound."""
    return _own(_kept(system, pump, meter_id))


def add(system: System, pump: HeatPump, sent: Mapping[str, Any]) -> Own:
    """Keep another meter and read it from the next poll on. Raises Invalid or Conflict, naming the field."""
    meter = checked(sent)
    secret = secret_of(sent, meter) or ""
    others = meters.of(system.database.connection(), pump.id)
    if len(others) >= MOST_METERS:
        raise Invalid("kind", "a heat pump has at most %(most)d meters", most=MOST_METERS)
    _refuse_second(meter, others)
    name = _put(system, secret)
    with system.database.transaction() as db:
        meter_id = meters.add(db, pump.id, _written(meter), name)
    tidy(system)
    return Own(meter_id, meter, bool(secret))


def change(system: System, pump: HeatPump, meter_id: int, sent: Mapping[str, Any]) -> Own:
    """What was sent takes the place of everything but the secret. Raises NotFound, Invalid or Conflict.

    A secret that was not sent again stays with the same machine and user, and is forgotten with another.
    """
    before = _kept(system, pump, meter_id)
    meter = checked(sent)
    secret = _secret(system, before, meter, sent)
    _refuse_second(meter, [each for each in meters.of(system.database.connection(), pump.id) if each.id != meter_id])
    name = _put(system, secret)
    with system.database.transaction() as db:
        meters.change(db, Kept(meter_id, pump.id, _written(meter), name))
    tidy(system)
    return Own(meter_id, meter, bool(secret))


def remove(system: System, pump: HeatPump, meter_id: int) -> None:
    """What it showed stays in the history. Raises NotFound."""
    _kept(system, pump, meter_id)
    with system.database.transaction() as db:
        meters.remove(db, meter_id)
    tidy(system)


def try_out(system: System, pump: HeatPump, sent: Mapping[str, Any], meter_id: int | None = None) -> Shown:
    """What such a meter shows now; nothing is kept. Takes as long as the meter does. Raises Invalid or NotFound."""
    meter = checked(sent)
    if meter_id is None:
        return system.drivers.show(meter, secret_of(sent, meter) or "")
    return system.drivers.show(meter, _secret(system, _kept(system, pump, meter_id), meter, sent))


def _kept(system: System, pump: HeatPump, meter_id: int) -> Kept:
    found = next((each for each in meters.of(system.database.connection(), pump.id) if each.id == meter_id), None)
    if found is None:
        raise NotFound("there is no meter %(id)s of this heat pump", id=meter_id)
    return found


def _put(system: System, secret: str) -> str | None:
    """Under a new name each time, so that a secret never gets to another meter. Raises OSError."""
    if not secret:
        return None
    name = token_hex(16)
    system.meter_secrets.put(name, {"secret": secret})
    return name


def tidy(system: System) -> None:
    """Read the meters as they are now, and forget the secrets of those that are gone."""
    system.meters.follow()
    kept = meters.all_of_them(system.database.connection())
    system.meter_secrets.keep_only(each.secret for each in kept if each.secret is not None)


def _secret(system: System, before: Kept, meter: Meter, sent: Mapping[str, Any]) -> str:
    given = secret_of(sent, meter)
    if given is not None:
        return given
    was = _meter(before)
    same = (place_of_work(was), was.user) == (place_of_work(meter), meter.user)
    return system.secret_of_meter(before.secret) if same else ""


def _refuse_second(meter: Meter, others: list[Kept]) -> None:
    taken = {sensor_id for each in others for sensor_id in _meter(each).delivers}
    twice = taken.intersection(meter.delivers)
    if twice:
        raise Conflict("kind", "another meter already delivers %(sensors)s", sensors=", ".join(sorted(twice)))


def _own(kept: Kept) -> Own:
    return Own(kept.id, _meter(kept), kept.secret is not None)


def _meter(kept: Kept) -> Meter:
    return msgspec.json.decode(kept.content, type=Meter)


def _written(meter: Meter) -> str:
    return msgspec.json.encode(asdict(meter)).decode()
