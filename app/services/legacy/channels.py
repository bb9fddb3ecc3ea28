"""The older program's ways out of the house in the form in which channels are sent today; pure but for the opener."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.legacy.content import Left
from app.services.legacy.secrets import Opener, Sealed

SECTIONS = ("email", "mqtt", "webdav", "telegram", "discord", "signal", "ntfy")
"""Parts of its settings that say where something is sent."""

_HOST = ("smtp_server", "smtp_host", "server", "broker", "host")
_USER = ("username", "user", "smtp_user", "login")
_PASSWORD = ("password", "smtp_password", "pass")
_FROM = ("sender", "from", "from_address", "from_email")
_TO = ("recipients", "to", "recipient", "to_address", "to_email")


def configured(section: Any) -> bool:
    """Whether something was ever entered there; an empty form is nothing that could be lost."""
    return isinstance(section, Mapping) and any(
        value not in ("", None, [], {}) for key, value in section.items() if key in _all_names()
    )


def channel(name: str, section: Mapping[str, Any], opener: Opener) -> dict[str, Any]:
    """One part of the settings. Raises Left."""
    if name == "webdav":
        raise Left("backups go to a folder here, see backup_folder; mount the share and name it there")
    made = _MADE.get(name)
    if made is None:
        raise Left("such a channel has to be entered anew, under Alerts and Channels")
    try:
        kind, fields = made(section, opener)
    except Sealed as error:
        raise Left(str(error)) from error
    return {
        "kind": kind,
        "fields": {field: value for field, value in fields.items() if value},
        "language": "de",
        "least_severity": "info",
        "enabled": bool(section.get("enabled", True)),
    }


def _email(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    port = _text(section, ("smtp_port", "port"))
    plain = str(section.get("use_tls", True)).lower() in ("false", "0") and port not in ("465", "587")
    security = "none" if plain else "tls" if port == "465" else "starttls"
    return "email", {
        "host": _text(section, _HOST), "port": port, "security": security, "user": _text(section, _USER),
        "password": opener.opened(_text(section, _PASSWORD)),
        "from": _text(section, _FROM) or _text(section, _USER), "to": _text(section, _TO),
    }  # fmt: skip


def _mqtt(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    topic = _text(section, ("topic", "topic_prefix", "prefix")) or "heatpump"
    secure = str(section.get("use_tls", section.get("tls", False))).lower() in ("true", "1")
    return "mqtt", {
        "host": _text(section, _HOST), "port": _text(section, ("port",)), "security": "tls" if secure else "none",
        "user": _text(section, _USER), "password": opener.opened(_text(section, _PASSWORD)),
        "topic": f"{topic.rstrip('/')}/alerts",
    }  # fmt: skip


_MADE = {"email": _email, "mqtt": _mqtt}


def _text(section: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    value = next((section[key] for key in keys if section.get(key) not in (None, "", [])), "")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _all_names() -> set[str]:
    return {*_HOST, *_USER, *_PASSWORD, *_FROM, *_TO, "url", "bot_token", "webhook_url", "topic", "token"}
