"""This installation's settings: defaults, then config.yaml in the data folder, then HEATPUMP_… variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

PREFIX = "HEATPUMP_"
FOLDER_VARIABLE = f"{PREFIX}DATA"
"""Names the data folder, where the other settings may lie; so it is none of them."""

FILE = "config.yaml"
SECRETS = frozenset({"metrics_token", "ping_url", "mqtt_password"})
"""Never repeated in an error."""

HEAT_PUMPS = ("idm", "heatpumps")
"""Keys of the file that are no settings: heat pumps that become the owner's own once."""

HISTORIES = ("local", "victoriametrics")
SHORTEST_TOKEN = 16
MOST_WAITING = 100_000_000
MOST_WRITES = {"writes_per_day": 1440, "writes_per_year": 100_000}
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,40}(/[A-Za-z0-9_-]{1,40}){0,4}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class BadConfig(Exception):
    """A setting is wrong; the message names where it stands, the key, and what would be right."""


@dataclass(frozen=True, slots=True)
class Config:
    """`folder` holds everything that this installation keeps. Intervals in seconds.

    `victoriametrics` is the base address that samples are pushed to, "" for none; history is read from
    `victoriametrics_read`, or from the same address when that is empty. `box` becomes a label of every sample.
    `writes_per_day` and `writes_per_year` bound the writes of each register that wears (docs/operations.md).
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8080
    interval: float = 30.0
    slow_interval: float = 600.0
    timezone: str = "Europe/Berlin"
    behind_https: bool = False
    metrics_token: str = field(default="", repr=False)
    victoriametrics: str = field(default="", repr=False)
    victoriametrics_read: str = field(default="", repr=False)
    history: str = "local"
    box: str = ""
    outbox_limit: int = 1_000_000
    backup_folder: str = ""
    backup_keep: int = 14
    site: str = ""
    """Under which address the pages are reached, for links in messages."""
    allowed_hosts: str = ""
    """Further names under which the pages answer, with commas between them."""
    writes_per_day: int = 24
    writes_per_year: int = 4000
    ping_url: str = field(default="", repr=False)
    """Asked every `ping_minutes` while readings are being kept; "" for never."""
    ping_minutes: int = 5
    mqtt: str = ""
    """The broker that values are published to, such as mqtts://192.168.1.5; "" for none."""
    mqtt_user: str = ""
    mqtt_password: str = field(default="", repr=False)
    mqtt_ca: str = ""
    mqtt_topic: str = "heatpumps"
    mqtt_discovery: str = "homeassistant"
    mqtt_language: str = "en"
    mqtt_commands: bool = False
    """Whether whoever may publish at the broker may change settings."""

    @property
    def database(self) -> Path:
        return self.folder / "monitor.db"

    @property
    def backups(self) -> Path | None:
        """Where the nightly backups go; None when there are none."""
        return self.folder / self.backup_folder if self.backup_folder else None


def load(folder: Path, environment: Mapping[str, str] = os.environ, **overrides: Any) -> Config:
    """The settings in force; `overrides` that are not None win. Raises BadConfig."""
    config = Config(folder)
    for where, content in ((str(folder / FILE), _file(folder / FILE)), ("the environment", _variables(environment))):
        for key, value in content.items():
            config = _with(config, where, key, value)
    for key, value in overrides.items():
        if value is not None:
            config = _with(config, "the command line", key, value)
    if config.history == "victoriametrics" and not (config.victoriametrics_read or config.victoriametrics):
        raise BadConfig("history: victoriametrics needs the key victoriametrics, such as http://127.0.0.1:8428")
    return config


def origins(config: Config, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where each setting that is not left at its default comes from: a file's name, a variable's, or "command line".

    What the file says now counts, which may differ from what was read at the start. Raises BadConfig.
    """
    written, variables = _file(config.folder / FILE), _variables(environment)
    found = {}
    for each in fields(config):
        if each.name in variables:
            found[each.name] = f"{PREFIX}{each.name.upper()}"
        elif each.name in written:
            found[each.name] = FILE
        elif each.name != "folder" and getattr(config, each.name) != each.default:
            found[each.name] = "command line"
    return found


def _file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadConfig(f"{path}: cannot be read as YAML: line {line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        raise BadConfig(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BadConfig(f"{path}: must hold `key: value` lines, not a {type(content).__name__}")
    settings = {key: value for key, value in content.items() if key not in HEAT_PUMPS}
    unknown = [str(key) for key in settings if key not in {each.name for each in fields(Config)}]
    if HEAT_PUMPS[0] in content and unknown:
        raise BadConfig(
            f"{path}: {', '.join(unknown)}: belongs to the program before this one; move that file to another folder "
            "and let `python run.py migrate FILE` take it, or leave only settings of this program in it"
        )
    return settings


def _variables(environment: Mapping[str, str]) -> dict[str, Any]:
    """Texts are taken to the letter, so a password may hold any sign; quotes around the whole of it are taken off."""
    texts = {each.name for each in fields(Config) if isinstance(each.default, str)}
    content: dict[str, Any] = {}
    for name, value in environment.items():
        key = name.removeprefix(PREFIX).lower()
        if name.startswith(PREFIX) and name != FOLDER_VARIABLE:
            content[key] = _without_quotes(value) if key in texts else _parsed(name, value)
    return content


def _without_quotes(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _parsed(name: str, value: str) -> Any:
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise BadConfig(f"the environment: {name} cannot be understood") from error


def _with(config: Config, where: str, key: str, value: Any) -> Config:
    known = [each.name for each in fields(Config) if each.name != "folder"]
    if key not in known:
        raise BadConfig(f"{where}: {key}: is not one of {', '.join(known)}")
    wanted = type(getattr(config, key))
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not wanted:
        said = "the value" if key in SECRETS else repr(value)
        advice = "; put it in quotes" if wanted is str and isinstance(value, int | float) else ""
        raise BadConfig(f"{where}: {key}: {said} is not a {wanted.__name__}{advice}")
    _check(where, key, value)
    return replace(config, **{key: value})


def _check(where: str, key: str, value: Any) -> None:
    _check_outside(where, key, value)
    _check_mqtt(where, key, value)
    if key == "port" and not 1 <= value <= 65535:
        raise BadConfig(f"{where}: port: {value} is not one of 1..65535")
    if key in ("interval", "slow_interval") and not 1 <= value <= 86400:
        raise BadConfig(f"{where}: {key}: {value:g} s is not one of 1..86400")
    if key == "backup_keep" and not 1 <= value <= 10_000:
        raise BadConfig(f"{where}: backup_keep: {value} is not one of 1..10000")
    if key in ("writes_per_day", "writes_per_year") and not 0 <= value <= MOST_WRITES[key]:
        raise BadConfig(f"{where}: {key}: {value} is not one of 0..{MOST_WRITES[key]}")
    if key == "timezone":
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadConfig(f"{where}: timezone: {value!r} is not known, try Europe/Berlin") from error


def _check_outside(where: str, key: str, value: Any) -> None:
    """The keys that have to do with other programs."""
    if key == "metrics_token" and value and (len(value) < SHORTEST_TOKEN or not _plain(value)):
        raise BadConfig(
            f"{where}: metrics_token: must be at least {SHORTEST_TOKEN} letters, digits and signs without a space, "
            "such as `openssl rand -hex 24` prints"
        )
    if key in ("victoriametrics", "victoriametrics_read", "site") and value and not base_address(value):
        raise BadConfig(f"{where}: {key}: must be a base address without ? and #, such as http://127.0.0.1:8428")
    if key == "allowed_hosts" and not all(_HOST.fullmatch(name) for name in value.replace(",", " ").split()):
        raise BadConfig(
            f"{where}: allowed_hosts: {value!r} must be names such as heat.example.org, with commas between"
        )
    if key == "ping_url" and value and not _address(value):
        raise BadConfig(f"{where}: ping_url: must be an address such as https://hc-ping.com/your-check")
    if key == "ping_minutes" and not 1 <= value <= 1440:
        raise BadConfig(f"{where}: ping_minutes: {value} is not one of 1..1440")
    if key == "history" and value not in HISTORIES:
        raise BadConfig(f"{where}: history: {value!r} is not one of {', '.join(HISTORIES)}")
    if key == "box" and value and not _LABEL.fullmatch(value):
        raise BadConfig(f"{where}: box: {value!r} must be at most 63 letters, digits and the signs _ . -")
    if key == "outbox_limit" and not 1 <= value <= MOST_WAITING:
        raise BadConfig(f"{where}: outbox_limit: {value} is not one of 1..{MOST_WAITING}")


def _check_mqtt(where: str, key: str, value: Any) -> None:
    if key == "mqtt" and value and not _broker(value):
        raise BadConfig(f"{where}: mqtt: must be mqtt://host or mqtts://host, with a port if it is another one")
    if key == "mqtt_topic" and not _TOPIC.fullmatch(value):
        raise BadConfig(f"{where}: mqtt_topic: {value!r} must be levels of letters, digits, _ and -, such as heatpumps")
    if key == "mqtt_discovery" and value and not _TOPIC.fullmatch(value):
        raise BadConfig(f"{where}: mqtt_discovery: {value!r} must be such as homeassistant, or empty for none")
    if key == "mqtt_language" and value not in ("de", "en"):
        raise BadConfig(f"{where}: mqtt_language: {value!r} is not one of de, en")


def _broker(value: str) -> bool:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return whole and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc) and _plain(value)


def _plain(text: str) -> bool:
    return all("!" <= letter <= "~" for letter in text)


def base_address(value: str) -> bool:
    """Whether it can be one of VictoriaMetrics."""
    return _address(value) and not urlsplit(value).query


def _address(value: str) -> bool:
    """Of the web, whole, and without what a server never sees."""
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return whole and not parts.fragment and _plain(value)
