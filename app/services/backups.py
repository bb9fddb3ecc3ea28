"""Backups as an owner meets them: the nightly ones, and one to take along now."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from app.messages import Rejected
from app.store import archive
from app.store.archive import ArchiveBusy, ArchiveUnusable
from app.system import System


@dataclass(frozen=True, slots=True)
class Made:
    """A nightly backup that is there; `at` in UTC seconds, `size` in bytes."""

    name: str
    at: float
    size: int


@dataclass(frozen=True, slots=True)
class Nightly:
    """Where the nightly backups lie, how many are kept, and those that are there, newest first."""

    folder: Path
    keep: int
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """A backup without a place of its own: it goes when the file is closed."""

    name: str
    size: int
    file: IO[bytes]


def nightly(system: System) -> Nightly | None:
    """None when the settings ask for no nightly backups."""
    rotation = system.nightly_backup()
    if rotation is None:
        return None
    try:
        made = tuple(Made(path.name, path.stat().st_mtime, path.stat().st_size) for path in rotation.made())
    except OSError:
        made = ()  # the folder's disk is not there just now
    return Nightly(rotation.folder, rotation.keep, made)


def download(system: System) -> Download:
    """Make a backup now. Raises Rejected when it cannot be made, or another one is being made."""
    now = system.clock()
    place = system.config.folder / f".download-{secrets.token_hex(8)}.zip"
    try:
        archive.write(system.config.folder, place, int(now), lambda: not system.ending.is_set())
        file = place.open("rb")
        size = place.stat().st_size
    except ArchiveBusy as error:
        raise Rejected("another backup is being made; try again when it is done") from error
    except (ArchiveUnusable, OSError) as error:
        raise Rejected("the backup cannot be made: %(reason)s", reason=str(error)) from error
    finally:
        place.unlink(missing_ok=True)
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(system.config.timezone))
    return Download(f"heat-pumps-{local:%Y-%m-%d-%H%M}.zip", size, file)
