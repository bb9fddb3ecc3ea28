"""`backup`, `restore`: a whole installation as one file, and back."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.commands.arguments import configuration, data_option
from app.config import load
from app.folder import Folder
from app.store import archive, restoring
from app.store.database import SCHEMA_VERSION


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite an older backup of this name.")
@data_option
def backup(path: Path, force: bool, folder: Path) -> None:
    """Back up the database and the settings to one file, while polling goes on.

    Neither sessions nor tokens of the settings are in it: after a restore everybody signs in once more.
    """
    config = configuration(folder)
    if not force:
        _refuse_to_overwrite(path, ZoneInfo(config.timezone))
    try:
        note = archive.write(config.folder, path, int(time.time()))
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB; its database has SHA-256 {note.sha256}")


def _refuse_to_overwrite(path: Path, zone: ZoneInfo) -> None:
    """What is there and is no backup is refused anyway, with --force as well."""
    if not path.is_file():
        return
    try:
        made = datetime.fromtimestamp(archive.note_of(path).created_at, zone)
    except archive.ArchiveUnusable:
        return
    raise click.ClickException(
        f"{path}: is the backup of {made:%Y-%m-%d %H:%M} and stays as it is; choose another name,"
        " or say --force to overwrite it"
    )


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def restore(path: Path, folder: Path) -> None:
    """Put a backup in the place of the database and the settings, which stay beside it under other names.

    The backup is checked first. Refused while a monitor runs on the folder.
    """
    own = Folder(folder)
    with own.held("a restore"):
        try:
            restored = restoring.restore(path, folder, int(time.time()))
        except OSError as error:
            raise click.ClickException(f"{folder}: cannot be written: {error.strerror}") from error
    made = datetime.fromtimestamp(restored.note.created_at, ZoneInfo(load(folder).timezone))
    click.echo(f"restored the backup of {made:%Y-%m-%d %H:%M}; its database has SHA-256 {restored.note.sha256}")
    if restored.upgraded is not None:
        click.echo(f"it was of version {restored.upgraded} and is of version {SCHEMA_VERSION} now, with another hash")
    for replaced in restored.replaced:
        click.echo(f"the replaced file is now {replaced}; remove it when all is well")
