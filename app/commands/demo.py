"""`demo`: the whole product with simulated heat pumps, ready to look at."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from app.commands.arguments import configuration
from app.commands.serve import run, set_up_logging
from app.folder import Folder
from app.polling import pipeline
from app.services import accounts, heatpumps
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.base import Answer, Sample
from drivers.model import Model, Options, Sensor
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

MODEL = "idm/navigator_2_0"
HOUSES: tuple[tuple[str, list[str], list[str]], ...] = (
    ("Reihenhaus", ["A"], []),
    ("Mehrfamilienhaus Nord", ["A", "B"], []),
    ("Kindergarten", ["A", "B", "C"], ["1"]),
    ("Werkstatt", ["A"], []),
)
"""What the simulated heat pumps are called and have: circuits, zone modules. Further ones begin again."""

Polled = tuple[Sequence[Sensor], Answer]
"""The sensors that one poll asked for, and what they answered."""

USER = "demo"
PAST_S = 7 * 86400
PAST_STEP_S = 300
SETTINGS_EVERY = 24
INTERVAL_S = 10.0


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port of the web interface."
)
@click.option("--heat-pumps", "number", type=click.IntRange(1, 100), default=3, show_default=True, help="How many.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything in this folder. [default: a folder that is removed at the end]",
)
def demo(port: int, number: int, data: Path | None) -> None:
    """Show the product with simulated heat pumps behind real Modbus TCP sockets.

    Every heat pump gets a week of past; with --data the next start goes on where the last one ended.
    """
    set_up_logging()
    with ExitStack() as ending:
        folder = data or Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="heat-pump-demo-")))
        own = Folder(folder)
        ending.enter_context(own.held(f"a demo on port {port}"))
        system = assemble(configuration(folder, port=port, interval=INTERVAL_S))
        system.latest.load(system.database.connection())
        click.echo(f"{number} simulated heat pumps live through their past …")
        _move_in(system, number, ending)
        password = _account(system)
        click.echo(f"Open http://{system.config.host}:{port} and sign in as {USER}", nl=False)
        click.echo(f" with the password {password}" if password else " with the password of the first start")
        run(system, own.secret_key())


def _move_in(system: System, number: int, ending: ExitStack) -> None:
    """Give each heat pump its past, then serve it on a port of its own and point its entry there."""
    model = system.catalogue.named(MODEL)
    assert model is not None
    now = int(system.clock())
    known: list[HeatPump | None] = [*heatpumps.all_of_them(system)]
    for index, pump in enumerate(known + [None] * (number - len(known))):
        name, circuits, zones = HOUSES[index % len(HOUSES)]
        options = pump.options if pump else {"circuits": circuits, "zones": zones}
        begin = max(now - PAST_S, system.latest.last_seen(pump.id) or 0 if pump else 0)
        plant = Plant(index + 1, start=begin)
        past = _past(model, options, plant, begin, now)
        simulator = ModbusSimulator(model, options, plant)
        connection = {"host": simulator.host, "port": simulator.start(), "unit_id": index + 1}
        ending.callback(simulator.stop)
        _keep(system, _entry(system, pump, name, options, connection), past)


def _entry(
    system: System, pump: HeatPump | None, name: str, options: dict[str, list[str]], connection: dict[str, Any]
) -> HeatPump:
    if pump is not None:
        return heatpumps.change(system, pump.id, {"connection_config": connection})
    manufacturer, _, model = MODEL.partition("/")
    sent = {"name": name, "manufacturer": manufacturer, "model": model, "device_config": options}
    return heatpumps.add(system, sent | {"connection_config": connection})


def _past(model: Model, options: Options, plant: Plant, begin: int, end: int) -> list[tuple[int, Polled]]:
    """What polls of these times would have read: measured values each time, settings every two hours."""
    readout = Readout(model, options, plant)
    everything = [sensor for sensor in model.sensors(options) if sensor.id in readout.sensors]
    measured = [sensor for sensor in everything if sensor.tier == "fast"]
    polled: list[tuple[int, Polled]] = []
    for at in range(begin + PAST_STEP_S, end, PAST_STEP_S):
        plant.advance(at)
        sensors = everything if at // PAST_STEP_S % SETTINGS_EVERY == 0 else measured
        polled.append(
            (at, (sensors, Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors})))
        )
    plant.advance(end)
    return polled


def _keep(system: System, pump: HeatPump, past: list[tuple[int, Polled]]) -> None:
    with system.database.transaction() as db:
        for at, (sensors, answer) in past:
            readings.add(db, pipeline.reading_of(pump.id, at, sensors, answer))


def _account(system: System) -> str | None:
    """The new account's password, or None when the folder has an account already."""
    if not accounts.first_start(system):
        return None
    password = secrets.token_urlsafe(9)
    accounts.create_first(system, USER, password)
    return password
