"""The detector on the history that is kept: what it would have said, had it been there all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.analysis.behaviour import replay
from app.analysis.behaviour.replay import Week
from app.polling import detecting
from app.services import heatpumps
from app.store import readings
from app.system import System


def weeks(system: System, heatpump_id: str, going: Callable[[], bool] = lambda: True) -> Iterator[Week]:
    """Week by week, each judged by a model of the time before it. Raises NotFound."""
    pump = heatpumps.get(system, heatpump_id)
    first = readings.first(system.database.connection(), pump.id)
    if first is not None:
        history = detecting.read(system.database, pump.id, first, int(system.clock()) + 1, going)
        yield from replay.weeks(history, detecting.machine_of(pump))
