"""`add`, `list`, `remove`: set up a box without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.arguments import (
    chosen_parts,
    connection_given,
    connection_option,
    data_option,
    installation,
    model_named,
    parts_option,
    there,
)
from app.services import connection_test, heatpumps
from app.services.connection_test import Diagnosis


@click.command()
@click.argument("name", metavar="MANUFACTURER/MODEL")
@click.argument("address", metavar="HOST[:PORT]")
@click.option("--name", "title", help="What you call it. [default: the model's name]")
@click.option("--unit-id", type=click.IntRange(0, 255), help="Modbus unit. [default: as the model says]")
@connection_option
@click.option("--interval", type=click.FloatRange(1, 86400), help="Seconds between polls. [default: as configured]")
@parts_option
@click.option("--offline", is_flag=True, help="Keep it although it is not read first.")
@data_option
def add(
    name: str,
    address: str,
    title: str | None,
    unit_id: int | None,
    settings: tuple[str, ...],
    interval: float | None,
    parts: tuple[str, ...],
    offline: bool,
    folder: Path,
) -> None:
    """Add a heat pump after reading it once; a running monitor takes it up within seconds.

    \b
    python run.py add idm/navigator_2_0 192.168.1.100 --name "Gebäude A" --option circuits=A,B
    """
    model = model_named(name)
    sent = {
        "name": title,
        "manufacturer": model.manufacturer,
        "model": model.id,
        "connection_config": connection_given(model, address, settings, unit_id=unit_id),
        "device_config": {**chosen_parts(model, parts), "interval": interval},
    }
    system = installation(folder)
    if not offline:
        tested = connection_test.run(system, sent)
        if isinstance(tested, Diagnosis):
            reason = str(tested.reason)
            ended = reason if reason.endswith("?") else f"{reason}."
            said = f"{ended} {tested.advice} (not added; --offline adds it all the same)"
            raise click.ClickException(said)
    pump = heatpumps.add(system, sent)
    click.echo(f"{pump.id} {pump.name}: added")


@click.command("list")
@data_option
def list_heatpumps(folder: Path) -> None:
    """List the heat pumps of this installation."""
    system = there(folder)
    for pump in heatpumps.all_of_them(system):
        state = "" if pump.enabled else "  (disabled)"
        click.echo(f"{pump.id}  {pump.manufacturer}/{pump.model}  {pump.address}  {pump.name}{state}")


@click.command()
@click.argument("heatpump_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
def remove(heatpump_id: str, yes: bool, folder: Path) -> None:
    """Remove a heat pump together with its whole history."""
    system = there(folder)
    pump = heatpumps.get(system, heatpump_id)
    if not yes:
        click.confirm(f"Remove {pump.id} ({pump.name}) and its whole history?", abort=True)
    heatpumps.remove(system, heatpump_id)
    click.echo(f"{pump.id} {pump.name}: removed")
