"""Compares the settings of every reading with the last known ones: who changed what, and was it us?"""

from __future__ import annotations

from app.messages import Message
from app.reading import Reading
from app.store import audit, settings_log
from app.store.database import Database
from app.store.settings_log import Known
from drivers.model import Model


class SettingsWatch:
    """Of one heat pump. Held values are inputs that change all the time, not settings of the machine.

    Of what a machine moves by itself only our own writes are kept: a new value there says nothing about anybody.
    """

    def __init__(self, model: Model, database: Database) -> None:
        self._database = database
        written = [
            (sensor.id, sensor.write.moves_by_itself)
            for sensor in model.every_sensor.values()
            if sensor.write is not None and sensor.readable and not sensor.write.held
        ]
        self._watched = frozenset(sensor for sensor, moves in written if not moves)
        self._moving = frozenset(sensor for sensor, moves in written if moves)
        self._known: dict[str, Known] | None = None

    def compare(self, reading: Reading) -> dict[str, Message]:
        """Keep what differs; the changes that nobody made through us, in words, by sensor.

        A setting without a value says nothing about the one before.
        """
        if self._known is None:
            self._known = settings_log.known(self._database.connection(), reading.heatpump_id)
        self._keep_ours(reading)
        known = self._known
        news = {
            column.sensor: Known(reading.at, value)
            for column, value in zip(reading.columns, reading.values, strict=True)
            if column.sensor in self._watched
            and value is not None
            and (column.sensor not in known or known[column.sensor].value != value)
        }
        if not news:
            return {}
        told = {}
        with self._database.transaction() as db:
            for sensor, fresh in news.items():
                before = known.get(sensor)
                if before is None:
                    settings_log.add(db, reading.heatpump_id, sensor, fresh, "first")
                    continue
                entry_id = audit.explains(db, reading.heatpump_id, sensor, before.at, fresh.value)
                settings_log.add(db, reading.heatpump_id, sensor, fresh, "us" if entry_id else "unit", entry_id)
                if entry_id is None:
                    facts = {"sensor": sensor, "old": before.value, "new": fresh.value}
                    told[sensor] = Message("changed at the unit: %(sensor)s %(old)s → %(new)s", facts)
        self._known = known | news
        return told

    def _keep_ours(self, reading: Reading) -> None:
        """Writes to what moves by itself, each with the value that it had just before."""
        assert self._known is not None
        known = self._known
        ours = [
            entry
            for sensor in self._moving.intersection(column.sensor for column in reading.columns)
            for entry in audit.reached_since(
                self._database.connection(),
                reading.heatpump_id,
                sensor,
                known[sensor].at if sensor in known else 0,
            )
            if entry.intent.old is not None and entry.intent.requested is not None
        ]
        if not ours:
            return
        with self._database.transaction() as db:
            for entry in sorted(ours, key=lambda entry: entry.id):
                sensor, old, new = entry.intent.sensor or "", entry.intent.old, entry.intent.requested
                assert old is not None and new is not None
                settings_log.add(db, reading.heatpump_id, sensor, Known(entry.begun_at, old), "first")
                settings_log.add(db, reading.heatpump_id, sensor, Known(entry.begun_at, new), "us", entry.id)
                known[sensor] = Known(entry.begun_at, new)
