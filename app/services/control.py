"""Change a value at a heat pump: the one way for the page, the interface and jobs."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages import Message, NotFound
from app.reading import Value
from app.services import heatpumps, models, write_budget, write_wish
from app.services.outcome import Denied, Outcome, Reason
from app.services.write_attempt import Attempt, not_asked, over
from app.services.write_wish import Wish
from app.store import audit
from app.store.audit import Actor, Entry
from app.system import System
from drivers import limits
from drivers.errors import DriverError


def set_value(
    system: System,
    actor: Actor,
    heatpump_id: str,
    sensor_id: str,
    value: object,
    *,
    until: int | None = None,
    dry_run: bool = False,
    undoes: int | None = None,
) -> Outcome:
    """Write a value, read it back, and keep in the audit what became of it.

    `value` is a number in the sensor's unit, or a state's word or code; everything else is denied. `until` (UTC
    seconds) ends a held value. A dry run does everything but the write, keeps nothing, and says what would happen.
    Takes as long as the heat pump does. Raises NotFound for an unknown heat pump, and Unavailable when nothing can
    be kept, because then nothing is written either.
    """
    wish = Wish(actor, heatpumps.get(system, heatpump_id), sensor_id, value, until, undoes)
    try:
        target = write_wish.checked(system, wish)
        with target.reader.writing() as driver:
            return Attempt(system, wish, target, driver).made(dry_run)
    except Denied as denied:
        if denied.entry_id is not None:
            return Outcome(
                "denied",
                denied.said,
                wish.pump.id,
                sensor_id,
                None,
                wish.requested,
                reason=denied.reason,
                entry_id=denied.entry_id,
            )
        return over(system, wish, "denied", denied.said, dry_run, reason=denied.reason)
    except DriverError as failure:
        return over(system, wish, "failed", not_asked(failure), dry_run)


def undo(system: System, actor: Actor, entry_id: int, *, dry_run: bool = False) -> Outcome:
    """Write back what was there before this entry. Raises NotFound for an entry that does not exist."""
    entry = audit.find(system.database.connection(), entry_id)
    if entry is None or entry.intent.heatpump_id is None or entry.intent.sensor is None:
        raise NotFound("there is no write with the number %(id)s", id=entry_id)
    heatpump_id, sensor_id = entry.intent.heatpump_id, entry.intent.sensor
    obstacle = no_undo(system, entry)
    if obstacle is not None:
        return Outcome(
            "denied", obstacle, heatpump_id, sensor_id, None, entry.intent.old, reason=Reason.NO_UNDO, entry_id=None
        )
    return set_value(system, actor, heatpump_id, sensor_id, before(system, entry), dry_run=dry_run, undoes=entry_id)


def no_undo(system: System, entry: Entry) -> Message | None:
    """Why this entry cannot be undone, or None."""
    if entry.intent.action not in ("write", "undo") or entry.outcome not in ("confirmed", "unconfirmed"):
        return Message("nothing was changed, so there is nothing to undo")
    if entry.intent.heatpump_id not in {pump.id for pump in heatpumps.all_of_them(system)}:
        return Message("%(name)s is not there any more", {"name": entry.intent.heatpump})
    if before(system, entry) is None:
        return Message("what was there before is not known")
    return None


def before(system: System, entry: Entry) -> Value:
    """What was there before this entry; a held value was preceded by nobody's wish."""
    if entry.intent.old is not None:
        return entry.intent.old
    pump = next((each for each in heatpumps.all_of_them(system) if each.id == entry.intent.heatpump_id), None)
    model = models.of(system, pump) if pump is not None else None
    sensor = model.every_sensor.get(entry.intent.sensor or "") if model is not None else None
    rest = sensor.write.at_rest if sensor is not None and sensor.write is not None else None
    return None if sensor is None or rest is None else limits.canonical(sensor, rest)


def schedule_complaint(system: System, heatpump_id: str, sensor_id: str, runs: Sequence[int]) -> Message | None:
    """Why writes at these times (UTC seconds, best those of a whole year) would break the register's budget, or None.

    Raises NotFound for an unknown heat pump.
    """
    pump = heatpumps.get(system, heatpump_id)
    model = models.of(system, pump)
    sensor = model.every_sensor.get(sensor_id) if model is not None else None
    return None if sensor is None else write_budget.schedule_complaint(system.config, sensor, runs)
