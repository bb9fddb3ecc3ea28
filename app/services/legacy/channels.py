"""The older program's ways out of the house in the form in which channels are sent today; pure but for the opener."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.services.legacy.content import Left, flag
from app.services.legacy.secrets import Opener, Sealed

SECTIONS = ("email", "mqtt", "webdav", "telegram", "discord", "signal", "ntfy")
"""Parts of its settings that say where something is sent."""

_HOST = ("smtp_server", "smtp_host", "server", "broker", "host")
_USER = ("username", "user", "smtp_user", "login")
_PASSWORD = ("encrypted_password", "password", "smtp_password", "pass")
"""The older program keeps `encrypted_password`; what was written by hand may be plain."""
_FROM = ("sender", "from", "from_address", "from_email")
_TO = ("recipients", "to", "recipient", "to_address", "to_email")
_PORT, _TOPIC, _SECURE = ("smtp_port", "port"), ("topic", "topic_prefix", "prefix"), ("use_tls", "tls")
_TOKEN, _CHATS, _WEBHOOK = ("bot_token", "token"), ("chat_ids", "chat_id"), ("webhook_url", "url")


def configured(section: Any) -> bool:
    """Whether something was ever entered there; an empty form is nothing that could be lost."""
    return isinstance(section, Mapping) and any(
        value not in ("", None, [], {}) for key, value in section.items() if key in _all_names()
    )


def channel(name: str, section: Mapping[str, Any], opener: Opener) -> dict[str, Any]:
    """One part of the settings. Raises Left."""
    if name == "webdav":
        raise Left("backups go to a folder here, see backup_folder; mount the share and name it there")
    if name not in _MADE:
        raise Left("such a channel has to be entered anew, under Alerts and Channels")
    made, _ = _MADE[name]
    try:
        kind, fields = made(section, opener)
    except Sealed as error:
        raise Left(str(error)) from error
    return {
        "kind": kind,
        "fields": {field: value for field, value in fields.items() if value},
        "language": "de",
        "least_severity": "info",
        "enabled": flag(section.get("enabled", True)),
    }


def unread(name: str, section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands there besides, and why it stays behind. Of a part that is left as a whole, nothing more is said."""
    if name not in _MADE:
        return
    _, known = _MADE[name]
    for key in sorted((key for key, value in section.items() if value not in ("", None, [], {})), key=str):
        if key not in known and key != "enabled":
            ours = "values are published by settings of their own here: mqtt and what begins with mqtt_"
            yield str(key), ours if name == "mqtt" else "there is no such setting here"


def _email(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    port = _text(section, _PORT)
    plain = str(section.get("use_tls", True)).lower() in ("false", "0") and port not in ("465", "587")
    security = "none" if plain else "tls" if port == "465" else "starttls"
    return "email", {
        "host": _text(section, _HOST), "port": port, "security": security, "user": _text(section, _USER),
        "password": opener.opened(_text(section, _PASSWORD)),
        "from": _text(section, _FROM) or _text(section, _USER), "to": _text(section, _TO),
    }  # fmt: skip


def _mqtt(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    topic = _text(section, _TOPIC) or "heatpump"
    secure = str(section.get("use_tls", section.get("tls", False))).lower() in ("true", "1")
    return "mqtt", {
        "host": _text(section, _HOST), "port": _text(section, _PORT), "security": "tls" if secure else "none",
        "user": _text(section, _USER), "password": opener.opened(_text(section, _PASSWORD)),
        "topic": f"{topic.rstrip('/')}/alerts",
    }  # fmt: skip


def _telegram(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    chat = _text(section, _CHATS)
    if "," in chat:
        raise Left("a channel is for one chat here: enter one for each, under Alerts and Channels")
    return "telegram", {"token": opener.opened(_text(section, _TOKEN)), "chat": chat}


def _discord(section: Mapping[str, Any], opener: Opener) -> tuple[str, dict[str, str]]:
    return "discord", {"webhook": opener.opened(_text(section, _WEBHOOK))}


_MADE: Mapping[str, tuple[Callable[[Mapping[str, Any], Opener], tuple[str, dict[str, str]]], tuple[str, ...]]] = {
    "email": (_email, (*_HOST, *_PORT, *_USER, *_PASSWORD, *_FROM, *_TO, "use_tls")),
    "mqtt": (_mqtt, (*_HOST, *_PORT, *_USER, *_PASSWORD, *_TOPIC, *_SECURE)),
    "telegram": (_telegram, (*_TOKEN, *_CHATS)),
    "discord": (_discord, _WEBHOOK),
}
"""How a channel is made of each part, and the keys that are read for it."""


def _text(section: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    value = next((section[key] for key in keys if section.get(key) not in (None, "", [])), "")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _all_names() -> set[str]:
    return {*_HOST, *_USER, *_PASSWORD, *_FROM, *_TO, *_TOKEN, *_CHATS, *_WEBHOOK, "topic"}
