"""The sign-in of a simulated maker's cloud: codes, tokens, and what makes a real one refuse them."""

from __future__ import annotations

import hashlib
import html
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from drivers.base import SIMULATED

CODE_LIFE_S, ACCESS_LIFE_S = 20, 3600

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">
<title>Simulated sign-in</title><h1>Simulated sign-in</h1><p>May this program read and set your heat pump?</p>
<form method="post"><button name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Refuse</button></form></html>"""


@dataclass(frozen=True, slots=True)
class _Code:
    client_id: str
    redirect: str
    challenge: str
    until: float


class SimulatedSignIn:
    """Knows every client id but those in `unknown_clients`. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.unknown_clients: set[str] = set()
        self.asked = 0
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, float] = {}
        self._refresh: dict[str, str] = {SIMULATED: SIMULATED}

    def page(self, asked: Mapping[str, str]) -> tuple[int, str]:
        """The page where an owner allows it, or a complaint about what was asked."""
        complaint = self._complaint(asked)
        return (400, html.escape(complaint)) if complaint else (200, PAGE)

    def decide(self, asked: Mapping[str, str], allowed: bool) -> str | None:
        """Where the browser is sent back to; None for a request that is none."""
        if self._complaint(asked):
            return None
        answer = {"state": asked.get("state", "")}
        if allowed:
            code = secrets.token_urlsafe(16)
            until = self._clock() + CODE_LIFE_S
            self._codes[code] = _Code(asked["client_id"], asked["redirect_uri"], asked["code_challenge"], until)
            answer["code"] = code
        else:
            answer |= {"error": "access_denied", "error_description": "The resource owner denied the request."}
        joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        return f"{asked['redirect_uri']}{joint}{urlencode(answer)}"

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        client = form.get("client_id", "")
        if not client or client in self.unknown_clients:
            return 400, {"error": "invalid_client"}
        if form.get("grant_type") == "authorization_code":
            return self._for_code(client, form)
        if form.get("grant_type") == "refresh_token":
            if self._refresh.get(form.get("refresh_token", "")) != client:
                return 400, {"error": "invalid_grant", "error_description": "The refresh token is not valid."}
            return 200, self._issued(client, form["refresh_token"])
        return 400, {"error": "unsupported_grant_type"}

    def knows(self, authorization: str) -> bool:
        """Whether this header carries a token that is still good."""
        kind, _, token = authorization.partition(" ")
        return kind == "Bearer" and self._access.get(token, 0.0) > self._clock()

    def issue(self, client_id: str) -> dict[str, Any]:
        """Tokens without a browser, for a test or a program that has none."""
        return self._issued(client_id, None)

    def expire(self) -> None:
        """All access tokens are too old at once."""
        self._access.clear()

    def revoke(self) -> None:
        """All that was ever allowed is allowed no more."""
        self._access.clear()
        self._refresh.clear()

    def _complaint(self, asked: Mapping[str, str]) -> str:
        if asked.get("client_id", "") in self.unknown_clients | {""}:
            return "unknown client_id"
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return "only response_type=code with code_challenge_method=S256"
        if not asked.get("code_challenge") or not asked.get("redirect_uri"):
            return "code_challenge and redirect_uri are needed"
        return ""

    def _for_code(self, client: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        code = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        good = (
            code is not None
            and code.client_id == client
            and code.until > self._clock()
            and code.redirect == form.get("redirect_uri")
            and secrets.compare_digest(code.challenge, challenge)
        )
        if not good:
            return 400, {"error": "invalid_grant", "error_description": "The code is not valid."}
        return 200, self._issued(client, None)

    def _issued(self, client: str, refresh: str | None) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(32), refresh or secrets.token_urlsafe(32)
        self._access[access] = self._clock() + ACCESS_LIFE_S
        self._refresh[refresh] = client
        return {
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": ACCESS_LIFE_S,
        }
