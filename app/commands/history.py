"""`export`, `import`: the history of a heat pump as a file, and back."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from app.commands.arguments import data_option, there
from app.services import exports, imports, moments, parquet
from app.services.exports import Export
from app.system import System


@click.command()
@click.argument("heatpump_id", metavar="HEATPUMP")
@click.option("--sensors", default="", metavar="A,B", help="Which sensors. [default: all]")
@click.option(
    "--from", "start", metavar="TIME", help="First moment: 2026-01-31, 2026-01-31T06:00, or seconds since 1970."
)
@click.option("--to", "end", metavar="TIME", help="The moment before which it ends; a date is taken whole.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Of the file."
)
@click.option("--output", default="-", metavar="FILE", help="Where to. [default: standard output]")
@data_option
def export(
    heatpump_id: str, sensors: str, start: str | None, end: str | None, form: str, output: str, folder: Path
) -> None:
    """Write the history of a heat pump as CSV or Parquet; polling may go on meanwhile.

    \b
    python run.py export hp-001 --from 2026-01-01 --to 2026-01-31 --output january.csv
    python run.py export hp-001 --sensors temp_outside,temp_flow | head
    """
    system = there(folder)
    zone = system.config.timezone
    wanted = exports.chosen(
        system,
        heatpump_id,
        [sensor.strip() for sensor in sensors.split(",") if sensor.strip()],
        moments.border("from", start, zone) if start is not None else None,
        moments.border("to", end, zone, end=True) if end is not None else None,
    )
    try:
        with _written(output) as file:
            _write(system, wanted, form, file)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"{output}: cannot be written: {error.strerror}") from error


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--heatpump", "heatpump_id", required=True, metavar="ID", help="Whose history it is, such as hp-001.")
@data_option
def take(path: Path, heatpump_id: str, folder: Path) -> None:
    """Take history from a CSV file that `export` wrote, or from a plain timestamp,sensor,… one.

    What is there stays as it is, so the same file may be taken twice. Exit code 1 when lines were refused.

    \b
    python run.py import january.csv --heatpump hp-001
    """
    try:
        with path.open("rb") as file, _progress(path) as progress:
            report = imports.take(there(folder), heatpump_id, file, progress)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be read: {error.strerror}") from error
    for name in report.unknown:
        click.echo(f"column {name!r}: there is no such sensor; it was left out", err=True)
    for number, reason in report.complaints:
        click.echo(f"line {number}: {reason}", err=True)
    if report.refused > len(report.complaints):
        click.echo(f"… and {report.refused - len(report.complaints)} more lines", err=True)
    click.echo(
        f"{report.kept} readings kept, {report.there} were there already, {report.empty} lines without a value,"
        f" {report.refused} lines refused"
    )
    if report.refused:
        raise SystemExit(1)


def _write(system: System, wanted: Export, form: str, file: IO[bytes]) -> None:
    if form == "parquet":
        parquet.write(system, wanted, file)
        return
    for piece in exports.csv_pieces(system, wanted):
        file.write(piece.encode())


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """Draws how much of a file was read, where somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda read: None
        return
    with click.progressbar(length=path.stat().st_size, label=path.name, file=sys.stderr) as bar:
        yield lambda read: bar.update(read - bar.pos)


@contextmanager
def _written(output: str) -> Iterator[IO[bytes]]:
    """Standard output, or a file that has its name only once it is whole."""
    if output == "-":
        yield sys.stdout.buffer
        return
    path = Path(output)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
