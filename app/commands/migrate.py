"""`migrate`: take over what the program before this one kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.cluster.client import VictoriaMetrics
from app.commands.arguments import data_option, installation
from app.config import base_address, load
from app.messages import Unavailable
from app.services import config_heatpumps
from app.services.legacy import history, household, taking
from app.services.legacy.report import Report
from app.services.legacy.source import open_source
from app.store import trial
from app.store.database import Database, DatabaseUnusable, explaining
from app.system import System, assemble


@click.command()
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be taken, and change nothing.")
@click.option("--history", "address", metavar="URL", help="Also take its history from this VictoriaMetrics.")
@click.option("--heatpump", "wanted", metavar="ID", help="Whose history it is. [default: the one that is taken over]")
@data_option
def migrate(old: Path, dry_run: bool, address: str | None, wanted: str | None, folder: Path) -> None:
    """Take over what the program before this one kept in the folder OLD; nothing is changed there.

    OLD may also be a configuration file in JSON or YAML. Everything is taken once: a second run changes nothing.
    What has no place here is named.

    \b
    python run.py migrate /opt/idm-logger/data --dry-run
    python run.py migrate /opt/idm-logger/data --history http://127.0.0.1:8428
    """
    if address is not None and not base_address(address := household.base_of(address)):
        raise click.ClickException(f"--history: {address} is no base address such as http://127.0.0.1:8428")
    source = open_source(old)
    with _installation(folder, dry_run) as system:
        try:
            with explaining(system.database.path):
                report = taking.take(system, source)
        except (DatabaseUnusable, OSError) as error:
            raise click.ClickException(f"{error}; what was taken before stays, and the same command goes on") from error
        _print(report, dry_run)
        if address is not None:
            server, heatpump_id = VictoriaMetrics(address), wanted or config_heatpumps.legacy_id(system)
            try:
                if dry_run:
                    _foretell(system, server, heatpump_id)
                else:
                    _take_history(system, server, heatpump_id)
            except Unavailable as error:
                said = f"--history: {error}. What was kept stays, and the same command goes on"
                raise click.ClickException(said) from error


@contextmanager
def _installation(folder: Path, dry_run: bool) -> Iterator[System]:
    """The real one, or for a dry run a second one with all that the owner has set up."""
    if not dry_run:
        yield installation(folder)
        return
    with tempfile.TemporaryDirectory(prefix="heat-pump-monitor-") as name:
        for file in config_heatpumps.FILES:
            if (folder / file).exists():
                shutil.copy(folder / file, name)
        second = assemble(load(Path(name)))
        try:
            if load(folder).database.exists():
                _copy(Database(load(folder).database), second.database)
            config_heatpumps.at_start(second, trial=True)
            yield second
        finally:
            second.database.close()


def _copy(real: Database, second: Database) -> None:
    """One of an older version is refused: it could only be read after it was changed. Raises DatabaseUnusable."""
    with second.transaction() as db:
        trial.copy(real.connection(), db)
    real.close()


def _print(report: Report, dry_run: bool) -> None:
    for each in report.found:
        click.echo(str(each))
    would = "would be taken" if dry_run else "taken"
    click.echo(f"{report.count('taken')} {would}, {report.count('there')} there already, {report.count('left')} left")
    if dry_run:
        click.echo("nothing was changed")


def _foretell(system: System, server: VictoriaMetrics, heatpump_id: str) -> None:
    found, unknown = history.foretold(server, history.model_of(system, heatpump_id))
    if found is None:
        click.echo("history: there are no series of the older program")
        return
    begin, end = (_moment(system, at) for at in found)
    click.echo(f"history: {begin} to {end} would be taken for {heatpump_id}")
    for name in unknown:
        click.echo(f"left   series      {name}: is no sensor of this heat pump")


def _take_history(system: System, server: VictoriaMetrics, heatpump_id: str) -> None:
    last: history.Progress | None = None
    with click.progressbar(length=1, label=f"history of {heatpump_id}") as bar:
        for progress in history.take(system, heatpump_id, server):
            bar.length = progress.end - progress.begin
            bar.update(progress.until - progress.begin - bar.pos)
            last = progress
    if last is None:
        click.echo("history: there is nothing that was not taken before")
        return
    for name in sorted(last.unknown):
        click.echo(f"left   series      {name}: is no sensor of this heat pump")
    for why, number in sorted(last.left.items()):
        click.echo(f"left   values      {number} of {why}")
    until = _moment(system, last.end)
    click.echo(f"history: {last.kept} readings kept, {last.there} were there already, until {until}")


def _moment(system: System, at: int) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(system.config.timezone)):%Y-%m-%d %H:%M}"
