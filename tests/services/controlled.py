"""A small machine with every kind of register that can be written, on a server that does what a test tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config import Config
from app.services import control, heatpumps
from app.services.outcome import Outcome
from app.store import audit
from app.store.audit import Actor, Entry, Filter
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.catalogue import Catalogue
from tests.servers import Behaviour, ModbusServer, Request, Step

BERTA = Actor("user", "berta")

MODEL = (Path(__file__).parent / "acme_one.yaml").read_text(encoding="utf-8")
POINTS: dict[int, tuple[int, ...]] = {
    0: (55,), 1: (20,), 2: (1,), 3: (12,), 4: (0, 0), 6: (0, 0xBF80), 8: (0,), 9: (0,), 11: (21,), 12: (22,),
}  # fmt: skip


@contextmanager
def controlled(folder: Path, model: str = MODEL, **settings: Any) -> Iterator[House]:
    """One such machine in an installation where nobody polls unless the test does."""
    models = folder / "models"
    models.mkdir(exist_ok=True)
    (models / "acme_one.yaml").write_text(model, encoding="utf-8")
    with ModbusServer(dict(POINTS)) as server:
        system = assemble(Config(folder, **settings))
        system.catalogue = Catalogue(models)
        house = House(system, server)
        try:
            yield house
        finally:
            reader = system.poller.reader(house.pump.id)
            if reader is not None:
                reader.retire()
            system.database.close()


class House:
    """The machine `server`, and the heat pump `pump` that is kept for it. `later` moves the clock."""

    def __init__(self, system: System, server: ModbusServer) -> None:
        self.system = system
        self.server = server
        self.now = 1_763_730_180.0
        system.clock = lambda: self.now
        self.pump: HeatPump = heatpumps.add(
            system,
            {
                "name": "Gebäude A",
                "manufacturer": "acme",
                "model": "one",
                "connection_config": {"host": "127.0.0.1", "port": server.port},
            },
        )

    def later(self, seconds: float) -> None:
        self.now += seconds

    def set(self, sensor: str, value: object, **more: Any) -> Outcome:
        return control.set_value(self.system, BERTA, self.pump.id, sensor, value, **more)

    def unmoved(self, at: int, behaviour: Behaviour) -> None:
        """Writes to this address are answered so, and change nothing."""
        kept = self.server.holding[at]

        def behave(request: Request, answer: bytes) -> Sequence[Step]:
            self.server.holding[at] = kept
            return behaviour(request, answer)

        self.server.rules.append((lambda request: bool(request.words) and request.at == at, behave))

    def poll(self) -> bool:
        reader = self.system.poller.reader(self.pump.id)
        assert reader is not None
        return reader.poll()

    def audit(self) -> list[Entry]:
        """Oldest first."""
        return audit.newest(self.system.database.connection(), Filter(), 1000)[::-1]

    def writes(self) -> list[tuple[int, tuple[int, ...]]]:
        """(address, words) of every write that reached the machine."""
        return [(each.at, each.words) for each in self.server.requests if each.words]
