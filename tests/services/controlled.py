"""A small machine with every kind of register that can be written, on a server that does what a test tells it."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.servers import ModbusServer

BERTA = Actor("user", "berta")

MODEL = """
manufacturer: acme
manufacturer_title: Acme
model: one
title: Acme One
driver: modbus_tcp
connection: {port: 502, unit_id: 1, timeout: 0.4}
capabilities: {heating: true}
setup: {de: Nichts., en: Nothing.}
sources: {manual: a manual, sweep: a sweep}
defaults: {sources: [manual, sweep], absent: {float32: [-1.0]}, word_order: little}
writes: {within: 0.4, endurance: 300000}
options:
  circuits: {title: {de: Heizkreise, en: Circuits}, choices: [A, B], default: [A], fitted_when: ["temp_room_target_circuit_{choice}"]}
sensors:
  temp_outside: {at: 0, type: int16, scale: 0.1}
  temp_hot_water_target: {at: 1, type: uint16, tier: slow, write: {wear: eeprom, min: 0, max: 30}}
  system_mode: {at: 2, type: uint8, tier: slow, states: {0: standby, 1: automatic, 2: away}, write: {wear: volatile, states: [0, 1]}}
  heating_curve: {at: 3, type: uint16, scale: 0.1, tier: slow, sources: [manual], write: {wear: volatile, min: 0, max: 3}}
  demand: {at: 4, type: float32, tier: slow, absent: [], title: {de: Bedarf, en: Demand}, unit: °C, category: external,
    write: {wear: volatile, refresh: 600, alternate: 0.1, neutral: 0, max: 60}}
  fed_temperature: {at: 6, type: float32, tier: slow, title: {de: Zugeführt, en: Fed}, unit: °C, category: external,
    write: {wear: volatile, min: 5, max: 80, neutral: -1}}
  charge_once: {at: 8, type: uint8, kind: switch, tier: slow, title: {de: Einmal laden, en: Charge once}, category: external,
    write: {wear: volatile, min: 0, max: 1, pulse: 60}}
  acknowledge: {at: 9, type: uint8, kind: switch, tier: slow, readable: false, title: {de: Quittieren, en: Acknowledge},
    category: external, write: {wear: volatile, min: 0, max: 1}}
  power_limit: {at: 20, type: float32, tier: slow, optional: true, title: {de: Grenze, en: Limit}, unit: kW, category: power,
    write: {wear: volatile, min: 0, max: 9}}
repeat:
  - over: {circuit: circuits}
    sensors:
      "temp_room_target_circuit_{circuit}": {at: {from: 11, step: {circuit: 1}}, type: uint16, tier: slow,
        write: {wear: eeprom, min: 15, max: 30}}
"""
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
            system.poller.remove(house.pump.id)
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
