"""The figures of one closed day, from the samples that are kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import msgspec

from app.analysis import columns, day, energy, period
from app.analysis.columns import COUNTING, MEASURED, MODE, Samples
from app.analysis.energy import Amount
from app.analysis.period import Ratio
from app.calendar import DAY_S
from app.store import days, readings
from app.store.database import Database
from app.store.days import Kept

LOOK_BACK_S, LONGEST_LOOK_BACK_S = 3600, 7 * DAY_S
"""What a counter showed before midnight is looked for so far back; further after an outage."""
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Energies:
    """What a factor needs of a kept day."""

    electric: Amount
    heat: Amount


_decoder = msgspec.json.Decoder(Energies)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the figures of a heat pump need to know besides its samples."""

    ground_source: bool = False
    derived: frozenset[str] = frozenset()


def compute(database: Database, heatpump_id: str, since: int, until: int, zone: tzinfo, facts: Facts) -> None:
    """Compute and keep the figures of a day, since <= time < until (UTC seconds).

    A counter is also looked at as it stood at `until`: the next day counts from there.
    """
    samples = _samples(database, heatpump_id, (*MEASURED, MODE, *COUNTING), since - LOOK_BACK_S, until + 1)
    counting = samples
    if not _counted_before(samples, since):
        counting = _samples(database, heatpump_id, COUNTING, since - LONGEST_LOOK_BACK_S, until + 1)
    window = columns.window(samples, since, until, derived=facts.derived)
    counts = columns.counts(counting, since, until)
    figures = day.of(window, counts, _hours(since, window.size, zone), ground_source=facts.ground_source)
    with database.transaction() as db:
        days.keep(db, Kept(heatpump_id, since, until, msgspec.json.encode(figures).decode()), day.VERSION)


def so_far(database: Database, heatpump_id: str, since: int, now: int, facts: Facts) -> tuple[Amount, Amount]:
    """Electricity and heat of a day under way, since <= time < now (UTC seconds)."""
    samples = _samples(database, heatpump_id, (*MEASURED, MODE, *COUNTING), since - LOOK_BACK_S, now)
    window = columns.window(samples, since, max(now, since + 1), derived=facts.derived)
    counts = columns.counts(samples, since, now)
    return energy.of(window, "electric", counts.electric), energy.of(window, "heat", counts.heat)


def factor_of(kept: Sequence[Kept], begins: Sequence[int]) -> Ratio:
    """The seasonal performance factor of the days that begin then, of which these are kept."""
    known = {each.since: _decoder.decode(each.figures) for each in kept}
    return period.seasonal([known.get(begin) for begin in begins])


def _samples(database: Database, heatpump_id: str, sensors: tuple[str, ...], start: int, end: int) -> Samples:
    return Samples.of(sensors, readings.samples(database.connection(), heatpump_id, sensors, start, end))


def _counted_before(samples: Samples, since: int) -> bool:
    """Whether some counter was read before this time; also when the heat pump counts nothing at all."""
    first = int(samples.times.searchsorted(since, side="right"))
    counting = [sensor for sensor in COUNTING if samples.has(sensor)]
    return not counting or any(value is not None for sensor in counting for value in samples.values[sensor][:first])


def _hours(since: int, slots: int, zone: tzinfo) -> list[int]:
    """The hour of the owner's clock at each slot."""
    per_hour = HOUR_S // columns.STEP_S
    begun = [datetime.fromtimestamp(since + at * columns.STEP_S, zone).hour for at in range(0, slots, per_hour)]
    return [begun[slot // per_hour] for slot in range(slots)]
