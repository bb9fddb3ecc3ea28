"""The keys to an account of a maker's cloud, in a file that only this program's user may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from drivers import private_file

USUAL_LIFE_S, LONGEST_LIFE_S = 3600, 86_400
LONGEST_TOKEN = 16_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in brought. `ended` when the cloud refused to renew it; times in UTC seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    made_at: float
    expires_at: float
    ended: bool = False

    def good_at(self, now: float, to_spare_s: float) -> bool:
        """Not when the clock was set back either: then nobody knows how old it is."""
        return self.made_at - to_spare_s <= now < self.expires_at - to_spare_s


def tokens_in(answer: Mapping[str, Any], now: float, refresh: str = "") -> Tokens | None:
    """The tokens of a token endpoint's answer; `refresh` stays in use when it brings no other. None for none."""
    access, renewed = answer.get("access_token"), answer.get("refresh_token") or refresh
    life_s = answer.get("expires_in", USUAL_LIFE_S)
    if not _is_token(access) or not (renewed == "" or _is_token(renewed)):
        return None
    if isinstance(life_s, bool) or not isinstance(life_s, int | float) or not 0 < life_s <= LONGEST_LIFE_S:
        life_s = USUAL_LIFE_S
    return Tokens(access, renewed, now, now + life_s)


def _is_token(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TOKEN and all("!" <= each <= "~" for each in value)


class TokenFile:
    """One account's tokens. They never leave this file but in requests to the account's own cloud."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        return self._path

    def load(self) -> Tokens | None:
        """None when nobody has signed in yet, and for a file that is damaged."""
        try:
            tokens = Tokens(**json.loads(private_file.read(self._path) or "null"))
        except (ValueError, TypeError):
            return None
        fitting = _is_token(tokens.access) and isinstance(tokens.refresh, str)
        return tokens if fitting and isinstance(tokens.expires_at, int | float) else None

    def save(self, tokens: Tokens) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_file.replace(self._path, json.dumps(asdict(tokens)))

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
