"""How long the answer to a write takes beyond the machine's own time, at rest and while polls run without a pause."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.services import accounts, heatpumps
from app.system import System, assemble
from bench.client import signed_in
from bench.figures import Figure, percentile
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant

DELAY_S = 0.030
ROUNDS = 20
REQUESTS = 3
"""Of a write: a look, the write, a look."""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        system = assemble(Config(Path(folder)))
        model = system.catalogue.find("idm", "navigator_2_0")
        assert model is not None
        options = model.default_options()
        with ModbusSimulator(model, options, Plant(1, start=time.time()), delay_s=DELAY_S) as simulator:
            pump = heatpumps.add(
                system,
                {
                    "name": "House",
                    "manufacturer": "idm",
                    "model": "navigator_2_0",
                    "connection_config": {"host": "127.0.0.1", "port": simulator.port},
                },
            )
            client = _client(system)
            _beyond_s(client, pump.id, 1)  # the connection is opened once
            resting = [_beyond_s(client, pump.id, number) for number in range(2, 2 + ROUNDS)]
            polling = _while_polling(system, pump.id, client)
            system.poller.remove(pump.id)
        system.database.close()
    return [
        Figure("answer of a write beyond the machine's own time, median", _ms(resting, 0.5), "ms", 100),
        Figure("the same, slowest of 20", _ms(resting, 1), "ms", 100),
        Figure("while polls run without a pause, median", _ms(polling, 0.5), "ms", 100),
        Figure("the same, slowest of 20", _ms(polling, 1), "ms"),
    ]


def _client(system: System) -> FlaskClient:
    application = create_app(system, "bench")
    accounts.create_first(system, "owner", "long enough")
    return signed_in(application)


def _while_polling(system: System, heatpump_id: str, client: FlaskClient) -> list[float]:
    """A request of the poll that is under way is the machine's own time too: up to one for each of ours."""
    reader = system.poller.reader(heatpump_id)
    assert reader is not None
    ending = threading.Event()

    def poll() -> None:
        while not ending.is_set():
            reader.poll()

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        return [_beyond_s(client, heatpump_id, number, 2 * REQUESTS) for number in range(50, 50 + ROUNDS)]
    finally:
        ending.set()
        poller.join()


def _beyond_s(client: FlaskClient, heatpump_id: str, number: int, requests: int = REQUESTS) -> float:
    """Writes go to a register that does not wear, each another value."""
    sent = {"sensor": "cascade_max_power_heating", "value": number % 100}
    begun = time.perf_counter()
    answer = client.post(f"/api/control/{heatpump_id}", json=sent)
    seconds = time.perf_counter() - begun
    assert answer.json is not None
    assert answer.json["outcome"] == "confirmed", answer.json
    return seconds - requests * DELAY_S


def _ms(seconds: list[float], share: float) -> float:
    return max(0.0, percentile(seconds, share) * 1000)
