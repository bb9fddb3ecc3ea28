"""The kill switch, everywhere or for one heat pump, and the owner's leave to write unconfirmed registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.messages import Invalid, Message
from app.services import heatpumps, models
from app.store import audit, write_rules
from app.store.among import Among
from app.store.audit import Action, Actor, Intent
from app.store.write_rules import EVERYWHERE, Stop
from app.system import System

NEUTRAL_WITHIN_S = 10.0
"""How long somebody who stops all writing waits for held values to be ended; what hangs is ended later."""


@dataclass(frozen=True, slots=True)
class Stops:
    """The stops in force: everywhere, and by heat pump."""

    everywhere: Stop | None
    by_heatpump: Mapping[str, Stop]

    def at(self, heatpump_id: str) -> Stop | None:
        return self.everywhere or self.by_heatpump.get(heatpump_id)


def stops(system: System, among: Among = None) -> Stops:
    """Everywhere, and at these heat pumps."""
    found = write_rules.stops(system.database.connection())
    everywhere = found.pop(EVERYWHERE, None)
    return Stops(everywhere, {each: stop for each, stop in found.items() if among is None or each in among})


def stop(system: System, actor: Actor, heatpump_id: str | None = None) -> None:
    """Write nothing any more, to this heat pump or to none at all; what is held is set to neutral, as the last write.

    It holds over a restart. Raises NotFound.
    """
    intent, scope = _intent(system, actor, "stop", heatpump_id)
    now = int(system.clock())
    with system.database.transaction() as db:
        if write_rules.stop(db, scope, now, actor.name):
            audit.note(db, intent, now, "confirmed", Message("writing is stopped"))
    system.holding.end_all(heatpump_id, NEUTRAL_WITHIN_S)


def allow(system: System, actor: Actor, heatpump_id: str | None = None) -> None:
    """Writing is possible again; what was held before is not taken up. Raises NotFound."""
    intent, scope = _intent(system, actor, "allow", heatpump_id)
    with system.database.transaction() as db:
        if write_rules.allow(db, scope):
            audit.note(db, intent, int(system.clock()), "confirmed", Message("writing is possible again"))


def permit(system: System, actor: Actor, heatpump_id: str, sensor_id: str, may: bool) -> None:
    """Let an unconfirmed register be written, or not any more. Raises NotFound or Invalid."""
    intent, _ = _intent(system, actor, "allow" if may else "stop", heatpump_id)
    pump = heatpumps.get(system, heatpump_id)
    model = models.of(system, pump)
    sensor = model.every_sensor.get(sensor_id) if model is not None else None
    if sensor is None or sensor.write is None:
        raise Invalid("sensor", "%(value)s is not a setting of this heat pump", value=sensor_id[:100])
    now = int(system.clock())
    allowed = Message("writing this unconfirmed register is allowed")
    said = allowed if may else Message("writing this unconfirmed register is forbidden again")
    with system.database.transaction() as db:
        if may:
            write_rules.permit(db, heatpump_id, sensor_id, now, actor.name)
        else:
            write_rules.forbid(db, heatpump_id, sensor_id)
        audit.note(db, Intent(actor, intent.action, heatpump_id, pump.name, sensor_id), now, "confirmed", said)


def _intent(system: System, actor: Actor, action: Action, heatpump_id: str | None) -> tuple[Intent, str]:
    name = "" if heatpump_id is None else heatpumps.get(system, heatpump_id).name
    return Intent(actor, action, heatpump_id, name, None), heatpump_id or EVERYWHERE
