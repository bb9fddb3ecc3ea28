"""Who is polled, and how often: the enabled heat pumps of the database, each as it is written there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from app.config import Config
from app.polling.pace import Pace, least_interval_s, pace_of
from app.polling.poller import Poller
from app.polling.reader import Reader
from app.store import heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump
from drivers.errors import BadCatalogue
from drivers.model import Model

SHORTEST_CLOUD_INTERVAL_S = 120.0
"""720 polls a day: half of the calls that Viessmann gives away, so that writes and tests have the rest."""

log = logging.getLogger(__name__)


class Roster:
    """`model_of` is None for a model that is gone or broken, for which `reader_of` raises BadCatalogue.

    `awaited` are heat pumps that are not to be asked yet. `unreadable` holds those that cannot be polled because of
    their catalogue file: id → what is wrong with it.
    """

    def __init__(
        self,
        config: Config,
        database: Database,
        poller: Poller,
        model_of: Callable[[HeatPump], Model | None],
        reader_of: Callable[[HeatPump], Reader],
        awaited: Callable[[], Collection[str]],
    ) -> None:
        self.unreadable: dict[str, str] = {}
        self._config = config
        self._database = database
        self._poller = poller
        self._model_of = model_of
        self._reader_of = reader_of
        self._awaited = awaited
        self._intervals: dict[str, float] = {}

    def follow(self) -> None:
        """Poll exactly these heat pumps from now on; what changed about one begins its polling anew."""
        awaited = self._awaited()
        every = heatpumps.all_of_them(self._database.connection())
        wanted = {pump.id: pump for pump in every if pump.enabled and pump.id not in awaited}
        for heatpump_id, pump in self._poller.pumps().items():
            if wanted.get(heatpump_id) != pump or self._intervals.get(heatpump_id) != self.interval_s(pump):
                self._poller.remove(heatpump_id)
        for heatpump_id in set(wanted) - set(self._poller.pumps()):
            self._begin(wanted[heatpump_id])

    def _begin(self, pump: HeatPump) -> None:
        try:
            reader = self._reader_of(pump)
        except BadCatalogue as error:
            if self.unreadable.get(pump.id) != str(error):
                log.error("%s (%s) cannot be polled: %s", pump.id, pump.name, error)
            self.unreadable[pump.id] = str(error)
            return
        self.unreadable.pop(pump.id, None)
        self._intervals[pump.id] = self.interval_s(pump)
        self._poller.add(reader, self._intervals[pump.id])

    def pace(self, pump: HeatPump, model: Model) -> Pace:
        """How often this heat pump is read."""
        return pace_of(model, pump.options, self._wanted_interval_s(pump), self._config.slow_interval)

    def interval_s(self, pump: HeatPump) -> float:
        """From one poll of this heat pump to the next."""
        model, wanted_s = self._model_of(pump), self._wanted_interval_s(pump)
        return wanted_s if model is None else max(wanted_s, least_interval_s(model, pump.options))

    def _wanted_interval_s(self, pump: HeatPump) -> float:
        """As the owner wishes, but heat pumps of one cloud account share its calls."""
        wished_s: float = pump.settings.get("interval", self._config.interval)
        account = _account_of(pump)
        if account is None:
            return wished_s
        every = heatpumps.all_of_them(self._database.connection())
        sharing = {each.id for each in every if each.enabled and _account_of(each) == account} | {pump.id}
        return max(wished_s, SHORTEST_CLOUD_INTERVAL_S * len(sharing))


def _account_of(pump: HeatPump) -> tuple[str, str] | None:
    where = pump.connection
    return (where["login"], where["client_id"]) if "client_id" in where else None
