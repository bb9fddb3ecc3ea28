"""One backup per night, and the oldest go."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.store import archive
from app.store.archive import ArchiveUnusable, Ended

CHECK_INTERVAL_S = 600.0
HOUR = 3
"""When most owners sleep; what was missed because the program did not run is made up for at its next start."""

NAME = re.compile(r"heat-pumps-[0-9]{4}-[0-9]{2}-[0-9]{2}\.zip", re.ASCII)

log = logging.getLogger(__name__)


class NightlyBackup:
    """Keeps the newest `keep` backups of `installation` in `folder`; `clock` gives UTC seconds."""

    def __init__(
        self,
        installation: Path,
        folder: Path,
        keep: int,
        timezone: str,
        clock: Callable[[], float],
        going_on: Callable[[], bool],
    ) -> None:
        self.folder = folder
        self.keep = keep
        self._installation = installation
        self._timezone = ZoneInfo(timezone)
        self._clock = clock
        self._going_on = going_on
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the last attempt failed; None when it did not."""
        return self._trouble

    def made(self) -> list[Path]:
        """The backups that are there, newest first; other files are none of our business."""
        if not self.folder.is_dir():
            return []
        return sorted((path for path in self.folder.iterdir() if NAME.fullmatch(path.name)), reverse=True)

    def make_when_due(self) -> None:
        """Make last night's backup unless it is there. A failure is said once, and tried again."""
        now = self._clock()
        night = datetime.fromtimestamp(now, UTC).astimezone(self._timezone) - timedelta(hours=HOUR)
        target = self.folder / f"heat-pumps-{night:%Y-%m-%d}.zip"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            if not target.exists():
                archive.write(self._installation, target, int(now), self._going_on)
                log.info("backed up to %s", target)
            for path in self.made()[self.keep :]:
                path.unlink()
        except Ended:
            return
        except (ArchiveUnusable, OSError, sqlite3.Error) as error:
            if str(error) != self._trouble:
                log.error("the nightly backup failed: %s", error)
            self._trouble = str(error)
        else:
            self._trouble = None
