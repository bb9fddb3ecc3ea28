"""The settings as they may leave this computer: without tokens, and without addresses that hold a password."""

from __future__ import annotations

import re
from typing import Any

import yaml

from app.config import SECRETS

LEFT_OUT = "left out of backups; enter it again after a restore on another computer"
_WITH_ACCOUNT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s]*@")


def settings(text: str) -> str:
    """The same file, its comments included, but for what is secret; without any content when it is no YAML."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return f"# the settings could not be read, and were {LEFT_OUT}\n"
    text = "".join(_without_former(line) for line in text.splitlines(keepends=True))
    if not isinstance(content, dict):
        return text
    secret = {key for key, value in content.items() if value and (key in SECRETS or _holds_an_account(value))}
    rest = {key: value for key, value in content.items() if key not in secret}
    lines = [_without(line, secret) for line in text.splitlines()]
    kept = "\n".join(lines) + "\n" if secret else text
    return kept if _read(kept) == rest else yaml.safe_dump(rest, allow_unicode=True, sort_keys=False)


def _holds_an_account(value: object) -> bool:
    return isinstance(value, str) and _WITH_ACCOUNT.match(value) is not None


def _without(line: str, secret: set[Any]) -> str:
    key = line.partition(":")[0].strip().strip("'\"")
    return f"# {key}: {LEFT_OUT}" if key in secret else line


def _without_former(line: str) -> str:
    """A setting that was made a comment may still be the one of another program, or come back."""
    before, hash_sign, comment = line.partition("#")
    key, colon, value = comment.partition(":")
    key = key.strip(" \t#'\"")
    if hash_sign and ((key in SECRETS and colon and value.strip()) or _WITH_ACCOUNT.search(comment)):
        return f"{before}# {key}: {LEFT_OUT}\n" if key.isidentifier() else f"{before}# {LEFT_OUT}\n"
    return line


def _read(text: str) -> object:
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return None
