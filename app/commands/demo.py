"""`demo`: the whole product with simulated heat pumps, ready to look at."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from app import logs
from app.commands.arguments import configuration
from app.commands.serve import run
from app.folder import Folder
from app.polling import pipeline
from app.services import accounts, heatpumps
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.base import Answer, Sample
from drivers.derive import with_derived
from drivers.model import Model, Options, Sensor
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.simulator import simulator_of

HOUSES: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("Reihenhaus", "idm/navigator_2_0", {"circuits": ["A"]}),
    ("Mehrfamilienhaus Nord", "nibe/s_series", {}),
    ("Werkstatt", "luxtronik/luxtronik_2_1", {}),
    ("Kindergarten", "idm/navigator_2_0", {"circuits": ["A", "B", "C"], "zones": ["1"]}),
    ("Pfarrhaus", "daikin/altherma_homehub", {}),
    ("Forsthaus", "stiebel_eltron/wpm", {"circuits": ["1"]}),
    ("Neubau Süd", "daikin/altherma_4", {}),
    ("Altbau Ost", "luxtronik/shi", {}),
    ("Siedlung", "vaillant/arotherm", {}),
)
"""What the simulated heat pumps are called, their models and what they have. Further ones begin again."""

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
    """Show the product with simulated heat pumps behind real sockets, each on its own protocol.

    Every heat pump gets a week of past; with --data the next start goes on where the last one ended.
    """
    logs.set_up()
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
    now = int(system.clock())
    known: list[HeatPump | None] = [*heatpumps.all_of_them(system)]
    for index, pump in enumerate(known + [None] * (number - len(known))):
        name, model_name, parts = HOUSES[index % len(HOUSES)]
        model = system.catalogue.named(f"{pump.manufacturer}/{pump.model}" if pump else model_name)
        assert model is not None
        options = pump.options if pump else model.default_options() | parts
        begin = max(now - PAST_S, system.latest.last_seen(pump.id) or 0 if pump else 0)
        plant = Plant(index + 1, start=begin)
        past = _past(model, options, plant, begin, now)
        simulator = simulator_of(model, options, plant)
        connection = {"host": simulator.host, "port": simulator.start()}
        ending.callback(simulator.stop)
        _keep(system, _entry(system, pump, model, name, options, connection), past)


def _entry(
    system: System, pump: HeatPump | None, model: Model, name: str, options: Options, connection: dict[str, Any]
) -> HeatPump:
    if pump is not None:
        return heatpumps.change(system, pump.id, {"connection_config": connection})
    sent = {"name": name, "manufacturer": model.manufacturer, "model": model.id, "device_config": options}
    return heatpumps.add(system, sent | {"connection_config": connection})


def _past(model: Model, options: Options, plant: Plant, begin: int, end: int) -> list[tuple[int, Polled]]:
    """What polls of these times would have read: measured values each time, settings every two hours."""
    readout = Readout(model, options, plant)
    everything = [sensor for sensor in model.sensors(options) if sensor.derived or sensor.id in readout.sensors]
    measured = [sensor for sensor in everything if sensor.tier == "fast"]
    polled: list[tuple[int, Polled]] = []
    for at in range(begin + PAST_STEP_S, end, PAST_STEP_S):
        plant.advance(at)
        sensors = everything if at // PAST_STEP_S % SETTINGS_EVERY == 0 else measured
        polled.append((at, (sensors, _answer(model, readout, sensors))))
    plant.advance(end)
    return polled


def _answer(model: Model, readout: Readout, sensors: Sequence[Sensor]) -> Answer:
    """What a driver would answer; a register that the machine lacks has no value."""
    registers = [sensor for sensor in sensors if sensor.derived is None]
    samples = dict.fromkeys(model.registers, Sample(None, None))
    samples |= {sensor.id: Sample(readout.value(sensor.id), None) for sensor in registers}
    return with_derived(sensors, Answer(samples))


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
