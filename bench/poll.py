"""One poll of an iDM: requests, and wall time against the floor that the controller's own pace sets."""

from __future__ import annotations

import time

from bench.figures import Figure
from drivers.base import Connection
from drivers.catalogue import Catalogue
from drivers.registry import Drivers
from drivers.sensor import Tier
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant

DELAY_S = 0.030
ROUNDS = 5


def measure() -> list[Figure]:
    model = Catalogue().find("idm", "navigator_2_0")
    assert model is not None
    options = model.default_options()
    figures = []
    tiers: dict[str, tuple[tuple[Tier, ...], int]] = {"fast": (("fast",), 19), "all": (("fast", "slow"), 38)}
    with ModbusSimulator(model, options, Plant(1, start=time.time()), delay_s=DELAY_S) as simulator:
        driver = Drivers().open(model, Connection("127.0.0.1", simulator.port, 1, 5))
        first = driver.read(model.sensors(options))
        figures.append(Figure("requests of the very first poll, all tiers", first.requests, "", 38))
        for name, (wanted, limit) in tiers.items():
            ratios = []
            for _ in range(ROUNDS):
                answer = driver.read(model.sensors(options, wanted))
                ratios.append(answer.seconds / (answer.requests * _floor_s()))
            figures.append(Figure(f"requests of one poll, {name}", answer.requests, "", limit))
            figures.append(Figure(f"wall time / (requests x delay), {name}", sorted(ratios)[ROUNDS // 2], "x", 1.15))
        driver.close()
    return figures


def _floor_s() -> float:
    """What one pause of the controller really takes on this machine now."""
    begun = time.perf_counter()
    time.sleep(DELAY_S)
    return max(DELAY_S, time.perf_counter() - begun)
