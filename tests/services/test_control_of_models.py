"""Every model that can be simulated is set, read back and set back, over its own protocol."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from app.config import Config
from app.services import control, heatpumps
from app.store.audit import Actor
from app.system import assemble
from drivers.model import Model
from drivers.sensor import Sensor
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from tests.catalogue import CATALOGUE

MODELS = [model.name for model in CATALOGUE]
ANNA = Actor("user", "anna")
NOW = 1_763_730_180
MOST_TURNS = 30


@pytest.mark.parametrize("name", MODELS)
def test_a_setting_of_each_kind_is_written_and_read_back(tmp_path: Path, name: str) -> None:
    system = assemble(Config(tmp_path))
    system.clock = lambda: NOW
    model = system.catalogue.named(name)
    assert model is not None
    options = model.default_options()
    simulator = simulator_of(model, options, Plant(1, start=NOW))
    with ExitStack() as ending:
        simulator.start()
        ending.callback(simulator.stop)
        sent = {
            "manufacturer": model.manufacturer,
            "model": model.id,
            "connection_config": {"host": "127.0.0.1", "port": simulator.port},
        }
        pump = heatpumps.add(system, sent)
        reader = system.poller.reader(pump.id)
        assert reader is not None
        ending.callback(reader.retire)
        for _ in range(MOST_TURNS):  # a slow machine tells its settings in turns
            reader.poll()
            here = system.latest.of(pump.id)
            if any(model.every_sensor[each].write for each, sample in here.items() if sample.value is not None):
                break
        for sensor in _some(model, [name for name, sample in here.items() if sample.value is not None]):
            value = _another(sensor, here[sensor.id].value)
            outcome = control.set_value(system, ANNA, pump.id, sensor.id, value)
            assert outcome.kind == "confirmed", (sensor.id, str(outcome.said))
            assert control.set_value(system, ANNA, pump.id, sensor.id, value).kind == "skipped"
    system.database.close()


def _some(model: Model, present: list[str]) -> list[Sensor]:
    """One number, one state and one switch where this machine has them; rather settings than held values."""
    found: dict[str, Sensor] = {}
    writable = [sensor for sensor in (model.every_sensor[name] for name in present) if sensor.write is not None]
    for sensor in sorted(writable, key=lambda each: each.write is not None and each.write.held):
        if sensor.confirmed and sensor.readable and (sensor.write is None or sensor.write.pulse_s is None):
            found.setdefault("state" if sensor.states else sensor.kind, sensor)
    assert found
    return list(found.values())


def _another(sensor: Sensor, value: object) -> float | int | str:
    write = sensor.write
    assert write is not None
    if sensor.states:
        words = [sensor.states[code] for code in write.states or tuple(sensor.states)]
        return next(word for word in words if word != value)
    assert write.minimum is not None
    assert write.maximum is not None
    return write.minimum if value != write.minimum else write.maximum
