"""Everything that Prometheus may scrape: the heat pumps' last values and the product's own health."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from app import metric
from app.services import heatpumps, models, own_metrics, own_state, sensor_metrics, status
from app.services.own_metrics import Delivered, Health, Polled
from app.services.sensor_metrics import Watched
from app.store import outbox
from app.store.among import Among
from app.store.heatpumps import HeatPump
from app.system import System
from app.version import __version__


class _Collected(Collector):
    """Families that were collected already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def page(system: System, accept: str, among: Among = None) -> tuple[bytes, str]:
    """The text and its content type, in the newest format that the `Accept` header asks for.

    Of these heat pumps; only with all of them also how the whole program is doing, which tells of each.
    """
    registry = CollectorRegistry(auto_describe=False)
    pumps = [pump for pump in heatpumps.all_of_them(system) if among is None or pump.id in among]
    box, now = system.config.box, system.clock()
    sensors = sensor_metrics.families(_watched(system, pumps), box, now)
    health = _health(system, pumps, now)
    own = own_metrics.families(health) if among is None else own_metrics.of_heat_pumps(health)
    registry.register(_Collected([*sensors, *own]))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def _watched(system: System, pumps: Iterable[HeatPump]) -> list[Watched]:
    found = []
    for pump in pumps:
        model = models.of(system, pump)
        if model is not None:
            found.append(Watched(pump, model, system.latest.of(pump.id), system.roster.pace(pump, model)))
    return found


def _health(system: System, pumps: list[HeatPump], now: float) -> Health:
    db = system.database.connection()
    statuses = status.of_all(system, pumps)
    delivered = system.pusher.counts if system.pusher is not None else None
    return Health(
        version=__version__,
        heat_pumps=[_polled(system, pump, statuses[pump.id]) for pump in pumps],
        polls_waiting=system.poller.waiting(),
        outbox_polls=outbox.length(db),
        outbox_dropped=outbox.dropped(db),
        database_bytes=sum(own_state.database_bytes(system.database.path)),
        delivered=Delivered(delivered.samples, delivered.failures) if delivered else None,
    )


def _polled(system: System, pump: HeatPump, doing: status.Status) -> Polled:
    reader = system.poller.reader(pump.id)
    return Polled(
        labels=metric.labels(pump, system.config.box),
        online=doing.state == "online" and doing.freshness == "fresh",
        last_seen=doing.last_seen,
        polls=reader.counts.polls if reader else None,
        failures=reader.counts.failures if reader else None,
        seconds=reader.last.seconds if reader and reader.last else None,
        late_s=system.poller.late_s(pump.id),
    )
