"""The older program's machine, account and settings."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from werkzeug.security import check_password_hash

from app import config
from app.cluster.client import without_password
from app.messages import Invalid
from app.services import config_heatpumps, dashboards, heatpumps, models
from app.services.config_heatpumps import LEGACY_ID, LEGACY_MODEL, ORIGIN, SINGLE, SINGLE_KEYS
from app.services.legacy.charts import Drawn
from app.services.legacy.content import Left, flag
from app.services.legacy.names import number_of
from app.services.legacy.report import Report
from app.services.legacy.source import Source
from app.store import taken_over, users, write_rules
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model

ADMIN = "admin"
ACCOUNT = "idm_logger.db: account admin"
ANEW = "`user add` makes an account"
EVERYBODYS = ("admin", "")
"""Passwords that everybody on the network would try first; the older program began with one of them."""
STOPPED = "idm_logger.db: writing stopped"
WRITTEN_TO = ("/api/v1/import/prometheus", "/api/v1/import", "/api/v1/write", "/api/v2/write", "/write")
"""What such an address ends in, behind the base of VictoriaMetrics."""
KNOWN = {"metrics": {"url"}, "web": {"write_enabled", "admin_password_hash"}, "logging": {"interval"}}
"""What we take of each part; the rest of it is named."""


def pump(system: System, source: Source, report: Report) -> tuple[HeatPump, Model] | None:
    """The heat pump that everything else belongs to; None when there is none. Raises BadConfig."""
    old = source.left.config.get(SINGLE)
    if old is None:
        if not source.new:
            report.left("heat pump", SINGLE, "the settings name no machine, so nothing that belongs to it can be taken")
        return None
    kept = _fitting(old, models.get(system, *LEGACY_MODEL), report) if isinstance(old, Mapping) else old
    db = system.database.connection()
    was_there = taken_over.became(db, ORIGIN + LEGACY_ID)
    with system.database.together():
        made = config_heatpumps.take(system, source.where, {SINGLE: kept})
        found = _found(system, taken_over.became(db, ORIGIN + LEGACY_ID))
        if found is None:
            report.left("heat pump", LEGACY_ID, "was removed here; what belongs to it stays behind")
            return None
        if made:
            report.taken("heat pump", f"{found.id} {found.name}", found.address)
            found = _interval(system, found, source.left.config, report)
    if not made:
        said = "was taken before" if was_there else "is the one at this address"
        report.there("heat pump", f"{found.id} {found.name}", said)
    model = models.of(system, found)
    return None if model is None else (found, model)


def _found(system: System, heatpump_id: str | None) -> HeatPump | None:
    return next((each for each in heatpumps.all_of_them(system) if each.id == heatpump_id), None)


def _fitting(old: Mapping[str, Any], model: Model, report: Report) -> dict[str, Any]:
    """Only keys and parts that can be; the other ones are named."""
    for key in sorted(old.keys() - set(SINGLE_KEYS), key=str):
        report.left("setting", f"{SINGLE}.{key}", "there is no such setting here")
    kept = {key: old[key] for key in SINGLE_KEYS if key in old}
    for key, most in (("circuits", model.options["circuits"].choices), ("zones", model.options["zones"].choices)):
        if isinstance(kept.get(key), list):
            fitting = [each for each in kept[key] if _part(key, each) in most]
            for each in (each for each in kept[key] if each not in fitting):
                report.left("setting", f"{SINGLE}.{key}", f"{each!r} is not one of its {key}")
            kept[key] = fitting
    return kept


def _part(key: str, each: Any) -> str:
    """Zones are counted from 0 there."""
    if key == "circuits":
        return str(each).upper()
    number = config_heatpumps.whole(each)
    return "" if number is None else str(number + 1)


def _interval(system: System, found: HeatPump, old: Mapping[str, Any], report: Report) -> HeatPump:
    logging = old.get("logging")
    interval = logging.get("interval") if isinstance(logging, Mapping) else None
    if interval is None:
        return found
    try:
        wished = number_of(interval)
        sent = {"interval": interval if wished is None else wished}
        found = heatpumps.change(system, found.id, {"device_config": sent})
    except Invalid as error:
        report.left("setting", "logging.interval", str(error))
    else:
        report.taken("setting", "logging.interval", f"{found.id} is read every {found.settings['interval']:g} s")
    return found


def settings(system: System, old: Mapping[str, Any], report: Report) -> None:
    """Where samples are pushed to, whether anything may be written, and the administrator's account."""
    for part, known in KNOWN.items():
        section = old.get(part)
        if section is not None and not isinstance(section, Mapping):
            report.left("setting", part, "holds no named values")
            continue
        for key in sorted((section or {}).keys() - known, key=str):
            report.left("setting", f"{part}.{key}", "there is no such setting here")
    metrics, web = (old[part] if isinstance(old.get(part), Mapping) else {} for part in ("metrics", "web"))
    if metrics.get("url"):
        _victoriametrics(system, str(metrics["url"]), report)
    if "write_enabled" in web:
        _writing(system, flag(web["write_enabled"]), report)
    if web.get("admin_password_hash"):
        _account(system, str(web["admin_password_hash"]), report)


def _victoriametrics(system: System, url: str, report: Report) -> None:
    """One line more in config.yaml, where it can be added as a line."""
    path = system.config.folder / config.FILE
    written = config_heatpumps.read(path) if path.exists() else {}
    if written.get("victoriametrics") is not None or system.config.victoriametrics:
        report.there("setting", "metrics.url", "victoriametrics is set here")
        return
    base = base_of(url)
    if not config.base_address(base):
        report.left("setting", "metrics.url", "is no address such as http://127.0.0.1:8428")
        return
    shown = without_password(base)
    before = path.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" if path.exists() else ""
    text = before + yaml.safe_dump({"victoriametrics": base})
    if not _reads_as(text, {**written, "victoriametrics": base}):
        report.left("setting", "metrics.url", f"add it to {config.FILE} by hand: victoriametrics: {shown}")
        return
    _replace(path, text)
    report.taken("setting", "metrics.url", f"victoriametrics in {config.FILE}, {shown}")


def base_of(url: str) -> str:
    """The address of VictoriaMetrics; the older program named the place for its lines."""
    plain = url.strip().partition("?")[0].rstrip("/")
    return next((plain.removesuffix(end) for end in WRITTEN_TO if plain.endswith(end)), plain)


def _reads_as(text: str, wanted: Mapping[str, Any]) -> bool:
    """Not after a `...`, or when the file holds its values between brackets."""
    try:
        return bool(yaml.safe_load(text) == wanted)
    except yaml.YAMLError:
        return False


def _replace(path: Path, text: str) -> None:
    """As readable as it was; a new one only for us: an address may hold a password."""
    part = path.with_name(f".{path.name}.part")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _writing(system: System, enabled: bool, report: Report) -> None:
    db = system.database.connection()
    if enabled or taken_over.became(db, STOPPED) is not None:
        report.there("setting", "web.write_enabled", "as it is here" if enabled else "was taken before")
        return
    now = int(system.clock())
    with system.database.transaction() as db:
        write_rules.stop(db, "", now, "migrate")
        taken_over.note(db, STOPPED, "stopped", now)
    report.taken("setting", "web.write_enabled", "nothing is written until somebody allows it")


def _account(system: System, password_hash: str, report: Report) -> None:
    try:
        known = any(check_password_hash(password_hash, each) for each in EVERYBODYS)
    except (ValueError, TypeError) as error:
        report.left("account", ADMIN, f"its password is hashed in a way that is no longer supported ({error}): {ANEW}")
        return
    if password_hash.count("$") != 2:
        report.left("account", ADMIN, f"its password is hashed in a way that is not known here: {ANEW}")
        return
    if known:
        report.left("account", ADMIN, f"its password is the one that the older program came with: {ANEW}")
        return
    try:
        if taken_over.became(system.database.connection(), ACCOUNT) is not None:
            report.there("account", ADMIN, "was taken before")
            return
        now = int(system.clock())
        with system.database.transaction() as db:
            users.add(db, ADMIN, password_hash, "owner", now)
            taken_over.note(db, ACCOUNT, ADMIN, now)
    except sqlite3.IntegrityError:
        report.there("account", ADMIN, "an account of this name exists; its password stays")
    else:
        report.taken("account", ADMIN, "as owner, with the password of before")


def dashboard(system: System, heatpump_id: str, board: Drawn) -> str:
    """Raises Left or Rejected."""
    if not board.charts:
        raise Left("none of its charts can be drawn")
    sent = {"name": board.name, "heatpump_id": heatpump_id, "config": {"charts": board.charts}}
    return f"dashboard {dashboards.add(system, sent).id}"
