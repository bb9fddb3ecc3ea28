"""What a card shows of today and of the year: computed now and then beside the polls, read from memory by the pages."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from app import calendar
from app.analysis.half_hour import KEPT_S
from app.polling import half_hour, trend
from app.polling.chore import Chore
from app.polling.latest import Latest
from app.store import blocks, days, heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump

if TYPE_CHECKING:
    from app.analysis.energy import Amount
    from app.analysis.period import Ratio
    from app.polling.figures import Facts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Today up to `until`, and the year under way from `since` to yesterday (None without a closed day)."""

    until: int
    electric: Amount
    heat: Amount
    since: int | None
    factor: Ratio | None


class Glance(Chore):
    """Runs beside the polls, one heat pump at a time. `clock` gives UTC seconds."""

    def __init__(
        self,
        database: Database,
        zone: tzinfo,
        clock: Callable[[], float],
        facts_of: Callable[[HeatPump], Facts],
        latest: Latest,
    ) -> None:
        super().__init__()
        self._database = database
        self._zone = zone
        self._clock = clock
        self._facts_of = facts_of
        self._latest = latest
        self._seen: Mapping[str, Glimpse] = {}
        self._led_in: set[str] = set()

    def of(self, heatpump_id: str) -> Glimpse | None:
        """None before the first look at this heat pump."""
        return self._seen.get(heatpump_id)

    def refresh(self, *, gently: bool = True) -> None:
        """Look at every heat pump, at most half of the time if gently. Raises nothing."""
        try:
            with self._turn:
                pumps = heatpumps.all_of_them(self._database.connection())
                found = {}
                for pump in pumps:
                    if self._stopping.is_set():
                        return
                    begun = time.monotonic()
                    found[pump.id] = self._look(pump)
                    if gently:
                        self._give_way(begun)
                self._seen = found
        except sqlite3.Error as error:
            if not self._stopping.is_set():
                log.error("today's figures cannot be computed: %s; it is tried again", error)

    def _look(self, pump: HeatPump) -> Glimpse:
        from app.polling import figures  # numpy costs memory that a process without history need not carry

        now = int(self._clock())
        begin = calendar.begin(now, "day", self._zone)
        if pump.id not in self._led_in:
            self._lead_in(pump.id, now)
        electric, heat = figures.so_far(self._database, pump.id, begin, now, self._facts_of(pump))
        since, factor = self._year(pump.id, begin)
        return Glimpse(now, electric, heat, since, factor)

    def _lead_in(self, heatpump_id: str, now: int) -> None:
        from app.store import readings

        for sensors, span_s, lead_in in (
            (half_hour.SENSORS, KEPT_S, self._latest.half_hour.lead_in),
            (trend.SENSORS, trend.SPAN_S, self._latest.trend.lead_in),
        ):
            rows = list(readings.samples(self._database.connection(), heatpump_id, sensors, now - span_s, now))
            for place, sensor in enumerate(sensors):
                lead_in(heatpump_id, sensor, ((at, values[place]) for at, values in rows))
        self._led_in.add(heatpump_id)

    def _year(self, heatpump_id: str, today: int) -> tuple[int | None, Ratio | None]:
        """The factor from the first of January on, or from the first day of the history."""
        from app.analysis.day import VERSION
        from app.polling import figures

        db = self._database.connection()
        spans = blocks.spans(db, heatpump_id)
        first = calendar.begin(spans[0][0], "day", self._zone) if spans else today
        since = max(first, calendar.begin(today, "year", self._zone))
        if since >= today:
            return None, None
        kept = days.between(db, heatpump_id, since, today, VERSION)
        return since, figures.factor_of(kept, calendar.edges(since, today, "day", self._zone)[:-1])
