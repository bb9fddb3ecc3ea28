"""What somebody hands over: the older program's folder, or a configuration file alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import BadConfig
from app.services import config_heatpumps
from app.services.legacy.secrets import KEY_FILE, Opener
from app.store import idm_logger
from app.store.idm_logger import DATABASE, Left, NotReadable

CONFIGURATIONS = ("config.json", "config.yaml", "config.yml")


@dataclass(frozen=True, slots=True)
class Source:
    """`where` names the file in messages; `new` has heat pumps in the form of today, where the file has some."""

    where: str
    left: Left
    opener: Opener
    new: Mapping[str, Any]
    unread: tuple[str, ...]
    """Other files that lie there."""


def open_source(path: Path) -> Source:
    """Raises NotReadable or BadConfig, naming the file."""
    if path.is_file() and path.suffix != ".db":
        return _configuration(path, Opener(path.parent), ())
    folder = path if path.is_dir() else path.parent
    database = folder / DATABASE if path.is_dir() else path
    if not folder.exists() or not path.exists():
        raise NotReadable(f"{path}: is not there; name the folder that holds {DATABASE}, or a configuration file")
    others = [each for each in sorted(folder.iterdir()) if each.name not in (DATABASE, KEY_FILE)]
    unread = tuple(each.name for each in others if not each.name.startswith(f"{DATABASE}-"))
    if not database.exists():
        for name in CONFIGURATIONS:
            if (folder / name).exists():
                return _configuration(folder / name, Opener(folder), tuple(each for each in unread if each != name))
        raise NotReadable(f"{folder}: has neither {DATABASE} nor a config.json or config.yaml")
    return Source(str(database), idm_logger.read(database), Opener(folder), {}, unread)


def _configuration(path: Path, opener: Opener, unread: tuple[str, ...]) -> Source:
    content = config_heatpumps.read(path)
    several = {key: value for key, value in content.items() if key == config_heatpumps.SEVERAL}
    old = {key: value for key, value in content.items() if key not in several}
    if not several and config_heatpumps.SINGLE not in old:
        raise BadConfig(f"{path}: has neither {config_heatpumps.SINGLE} nor {config_heatpumps.SEVERAL}")
    return Source(str(path), Left(old), opener, several, unread)
