"""Heat pumps that a configuration file names become the owner's own, each once."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from app import config
from app.config import BadConfig
from app.messages import Invalid
from app.services.heatpump_content import Content, checked
from app.store import heatpumps, taken_over
from app.store.database import explaining
from app.store.heatpumps import HeatPump
from app.system import System

LEGACY_ID, LEGACY_NAME = "hp-legacy", "Wärmepumpe (Migriert)"
LEGACY_MODEL = ("idm", "navigator_2_0")
SINGLE, SEVERAL = config.HEAT_PUMPS
FILES = (config.FILE, "config.json")
ORIGIN = "configuration: "

SINGLE_KEYS = ("host", "port", "circuits", "zones")
ENTRY_KEYS = {
    "id": "id", "name": "name", "manufacturer": "manufacturer", "model": "model", "enabled": "enabled",
    "connection_config": "connection_config", "connection": "connection_config",
    "device_config": "device_config", "config": "device_config",
}  # fmt: skip
_ID = re.compile(r"[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?")
_NUMBERED = re.compile(r"hp-(\d+)")

log = logging.getLogger(__name__)


def at_start(system: System, *, trial: bool = False) -> None:
    """Take what stands in the data folder and was not taken yet. Raises BadConfig naming file, entry and key.

    `trial`: on a copy, where nothing is said.
    """
    for name in FILES:
        path = system.config.folder / name
        if not path.exists():
            continue
        content = read(path)
        if trial:
            take(system, str(path), {key: content[key] for key in config.HEAT_PUMPS if key in content})
            continue
        if name != config.FILE and (others := sorted(map(str, content.keys() - set(config.HEAT_PUMPS)))):
            log.warning("%s: %s: is read by nobody; settings stand in %s", path, ", ".join(others), config.FILE)
        for pump in take(system, str(path), {key: content[key] for key in config.HEAT_PUMPS if key in content}):
            log.warning("%s: %s (%s) was taken from it; change it in the program from now on", path, pump.id, pump.name)
    if (misnamed := system.config.folder / "config.yml").exists() and not trial:
        log.warning("%s: is read by nobody; call it %s", misnamed, config.FILE)


def read(path: Path) -> Mapping[str, Any]:
    """A configuration file in JSON or YAML. Raises BadConfig."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise BadConfig(f"{path}: cannot be read as JSON or YAML: {' '.join(str(error).split())}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BadConfig(f"{path}: must hold named values, not a {type(content).__name__}")
    return content


def take(system: System, where: str, content: Mapping[str, Any]) -> list[HeatPump]:
    """Those that were not there yet; all of them or none. Raises BadConfig naming `where`, the entry and the key."""
    db = system.database.connection()
    wanted: list[tuple[str, str, Content]] = []
    if content.get(SINGLE) is not None and taken_over.became(db, ORIGIN + LEGACY_ID) is None:
        wanted.append((f"{where}: {SINGLE}", LEGACY_ID, _checked(system, f"{where}: {SINGLE}", single(content, where))))
    for place, entry in enumerate(_entries(where, content.get(SEVERAL))):
        called = f"{where}: {SEVERAL}: entry {place + 1}"
        heatpump_id = _id(called, entry)
        called += f" ({heatpump_id})"
        if taken_over.became(db, ORIGIN + heatpump_id) is None:
            wanted.append((called, heatpump_id, _checked(system, called, _entry(called, entry))))
    return _keep(system, wanted)


def legacy_id(system: System) -> str:
    """Which heat pump the one machine of the older form became: its own, unless one was at that address before."""
    return taken_over.became(system.database.connection(), ORIGIN + LEGACY_ID) or LEGACY_ID


def single(content: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The one machine of the older form as it is sent today; zones are counted from 0 there. Raises BadConfig."""
    old = content[SINGLE]
    if not isinstance(old, Mapping):
        raise BadConfig(f"{where}: {SINGLE}: must hold host, port, circuits and zones")
    for key in old:
        if key not in SINGLE_KEYS:
            raise BadConfig(f"{where}: {SINGLE}: {key}: is not one of {', '.join(SINGLE_KEYS)}")
    old = {key: value for key, value in old.items() if value is not None}
    settings: dict[str, Any] = {}
    if "circuits" in old:
        settings["circuits"] = [str(each).upper() for each in _list(f"{where}: {SINGLE}: circuits", old["circuits"])]
    if "zones" in old:
        settings["zones"] = [_zone(where, each) for each in _list(f"{where}: {SINGLE}: zones", old["zones"])]
    place = {key: old[key] for key in ("host", "port") if key in old}
    if whole(old.get("port")) is not None:
        place["port"] = whole(old["port"])
    manufacturer, model = LEGACY_MODEL
    return {
        "name": LEGACY_NAME, "manufacturer": manufacturer, "model": model,
        "connection_config": place, "device_config": settings,
    }  # fmt: skip


def _zone(where: str, number: Any) -> str:
    place = whole(number)
    if place is None:
        raise BadConfig(f"{where}: {SINGLE}: zones: {number!r} is not a number from 0 on")
    return str(place + 1)


def whole(value: Any) -> int | None:
    """A number from 0 on, also one in quotes; None for anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= 9:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _entries(where: str, several: Any) -> Sequence[Mapping[str, Any]]:
    if several is None:
        return ()
    for place, entry in enumerate(_list(f"{where}: {SEVERAL}", several)):
        if not isinstance(entry, Mapping):
            raise BadConfig(f"{where}: {SEVERAL}: entry {place + 1}: must hold named values, not {entry!r}")
    ids = [entry.get("id") for entry in several]
    for heatpump_id in ids:
        if ids.count(heatpump_id) > 1:
            raise BadConfig(f"{where}: {SEVERAL}: id: {heatpump_id!r} stands twice")
    return list(several)


def _id(called: str, entry: Mapping[str, Any]) -> str:
    heatpump_id = entry.get("id")
    if not isinstance(heatpump_id, str) or not _ID.fullmatch(heatpump_id):
        raise BadConfig(f"{called}: id: {heatpump_id!r} must be 1 to 40 small letters, digits, - and _, such as hp-001")
    return heatpump_id


def _entry(called: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in ENTRY_KEYS:
            raise BadConfig(f"{called}: {key}: is not one of {', '.join(ENTRY_KEYS)}")
        if ENTRY_KEYS[key] in sent:
            raise BadConfig(f"{called}: {key}: says the same as {ENTRY_KEYS[key]}")
        if ENTRY_KEYS[key] != "id":
            sent[ENTRY_KEYS[key]] = value
    return sent


def _list(called: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadConfig(f"{called}: must be a list, not {value!r}")
    return value


def _checked(system: System, called: str, sent: Mapping[str, Any]) -> Content:
    try:
        return checked(system.catalogue, sent)
    except Invalid as error:
        # the older form has its keys beside each other
        field = error.field.rpartition(".")[2] if called.endswith(f": {SINGLE}") else error.field
        raise BadConfig(f"{called}: {field}: {error}") from error


def _keep(system: System, wanted: Sequence[tuple[str, str, Content]]) -> list[HeatPump]:
    if not wanted:
        return []
    now = int(system.clock())
    kept = []
    with explaining(system.database.path), system.database.transaction() as db:
        last = heatpumps.last_number(db)
        for called, heatpump_id, content in wanted:
            holder = heatpumps.at_address(db, content.connection)
            if holder is None:
                _refuse_used(called, heatpump_id, heatpumps.find(db, heatpump_id), last)
                pump = HeatPump(
                    heatpump_id, content.name, content.model.manufacturer, content.model.id, content.connection,
                    content.settings, content.enabled, now, now,
                )  # fmt: skip
                heatpumps.put(db, pump)
                if numbered := _NUMBERED.fullmatch(heatpump_id):
                    heatpumps.never_again(db, int(numbered.group(1)))
                kept.append(pump)
            else:
                log.warning("%s: is %s (%s) already, by its address %s", called, holder.id, holder.name, holder.address)
            taken_over.note(db, ORIGIN + heatpump_id, heatpump_id if holder is None else holder.id, now)
    system.follow_the_list()
    return kept


def _refuse_used(called: str, heatpump_id: str, there: HeatPump | None, last: int) -> None:
    """An id is never used twice, so that history and audit never change their owner."""
    if there is not None:
        raise BadConfig(f"{called}: id: {heatpump_id} is another heat pump already ({there.name}, {there.address})")
    numbered = _NUMBERED.fullmatch(heatpump_id)
    if numbered and int(numbered.group(1)) <= last:
        raise BadConfig(f"{called}: id: {heatpump_id} was given to a heat pump before, choose one above hp-{last:03d}")
