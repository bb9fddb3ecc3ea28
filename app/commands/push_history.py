"""`push-history`: hand the history that is kept here to VictoriaMetrics."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.commands.arguments import data_option, there
from app.services import backfill, heatpumps
from app.store.heatpumps import HeatPump
from app.system import System

TIMES = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command("push-history")
@click.option("--heatpump", "heatpump_ids", multiple=True, metavar="ID", help="Only this one. Repeatable.")
@click.option("--from", "start", type=TIMES, help="Not what is older, such as 2026-01-31. [default: everything]")
@click.option("--to", "end", type=TIMES, help="Only what is older. [default: now]")
@data_option
def push_history(heatpump_ids: tuple[str, ...], start: datetime | None, end: datetime | None, folder: Path) -> None:
    """Hand the history that is kept here to VictoriaMetrics (key victoriametrics in config.yaml).

    What it has already is not sent again, so this can be ended and, some seconds later, started anew. What still
    waits for delivery is left to the running monitor. Times are in the configured time zone.

    \b
    python run.py push-history --heatpump hp-001 --from 2026-01-01
    """
    system = there(folder)
    backfill.target(system)
    first = _seconds(system, start) if start is not None else 0
    last = _seconds(system, end) if end is not None else int(system.clock()) + 1
    if first >= last:
        raise click.UsageError("--from must be before --to")
    pumps = [heatpumps.get(system, each) for each in heatpump_ids] or heatpumps.all_of_them(system)
    for pump in pumps:
        _push(system, pump, first, last)


def _push(system: System, pump: HeatPump, start: int, end: int) -> None:
    stretch = backfill.stretch(system, pump, start, end)
    if stretch is None:
        click.echo(f"{pump.id} {pump.name}: no history in this time")
        return
    begin, end = stretch
    sent = there = 0
    with click.progressbar(length=end - begin, label=f"{pump.id} {pump.name}") as bar:
        done = begin
        for progress in backfill.push(system, pump, begin, end):
            sent, there = sent + progress.sent, there + progress.there
            bar.update(progress.until - done)
            done = progress.until
    click.echo(f"{pump.id} {pump.name}: {sent} samples sent, {there} were there already")


def _seconds(system: System, moment: datetime) -> int:
    return int(moment.replace(tzinfo=ZoneInfo(system.config.timezone)).timestamp())
