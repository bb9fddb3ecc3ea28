"""Signing in at a maker's cloud: OAuth 2 with code and PKCE (RFC 6749, RFC 7636), for a client of the owner's own."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from drivers import web
from drivers.cloud_tokens import Tokens, tokens_in
from drivers.errors import BadAnswer, DriverError, Refused, Unreachable

AUTHORIZE, TOKEN = "/authorize", "/token"
LIFETIME_S = 900.0
"""How long somebody may take at the maker's page."""

GONE = ("invalid_grant", "invalid_token")
NOT_THIS_CLIENT = ("invalid_client", "unauthorized_client")


@dataclass(frozen=True, slots=True)
class SignIn:
    """One that was begun and waits for its answer; `since` in UTC seconds.

    `kept` is what the one who began it had typed meanwhile, to go on with afterwards.
    """

    client_id: str
    login: str
    redirect: str
    scope: str
    since: float
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Where the owner allows it."""
        challenge = urlsafe_b64encode(hashlib.sha256(self.verifier.encode("ascii")).digest()).rstrip(b"=")
        asked = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": self.scope,
            "state": self.state,
            "code_challenge": challenge.decode("ascii"),
            "code_challenge_method": "S256",
        }
        return f"{self.login.rstrip('/')}{AUTHORIZE}?{urlencode(asked)}"


def begin(
    client_id: str, login: str, redirect: str, scope: str, now: float, kept: Mapping[str, Sequence[str]] | None = None
) -> SignIn:
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    return SignIn(client_id, login, redirect, scope, now, state, verifier, kept or {})


def code_in(answer: Mapping[str, str], sign_in: SignIn | None, now: float) -> tuple[SignIn, str]:
    """The sign-in and the code of the maker's answer, which must belong to it. Raises Refused, saying what to do."""
    if sign_in is None or not secrets.compare_digest(answer.get("state", "").encode(), sign_in.state.encode()):
        raise Refused("this answer does not belong to the sign-in that was begun here; begin the sign-in again")
    if now - sign_in.since > LIFETIME_S or now < sign_in.since:
        raise Refused(
            "the sign-in took longer than %(minutes)d minutes; begin the sign-in again", minutes=LIFETIME_S // 60
        )
    if answer.get("error") == "access_denied":
        raise Refused("access was not allowed at the maker's page; begin the sign-in again and allow it there")
    if answer.get("error"):
        raise Refused(
            "the maker's page answers %(error)s; check the client id and the redirect address registered for it,"
            " then begin the sign-in again",
            error=_short(answer["error"]),
        )
    if not answer.get("code"):
        raise Refused("there is no code in this answer; begin the sign-in again and paste the whole address")
    return sign_in, answer["code"]


def pasted(text: str, sign_in: SignIn | None) -> dict[str, str]:
    """What somebody copied from the browser: the whole address, its part behind the ?, or the code alone."""
    text = text.strip()
    if "=" not in text:
        # a code alone comes from whoever sees our page, so it takes the state that the page knows
        return {"code": text, "state": sign_in.state} if text and sign_in is not None else {}
    query = urlsplit(text).query if "?" in text else text
    return {name: values[0] for name, values in parse_qs(query).items()}


def exchange(sign_in: SignIn, code: str, now: float, timeout_s: float) -> Tokens:
    """The tokens for this code. Raises Refused for a code that is used up, Unreachable or BadAnswer."""
    status, answer = _ask(
        sign_in.login,
        {
            "grant_type": "authorization_code",
            "client_id": sign_in.client_id,
            "redirect_uri": sign_in.redirect,
            "code": code,
            "code_verifier": sign_in.verifier,
        },
        timeout_s,
    )
    if status == 200:
        return _tokens(answer, now)
    if answer.get("error") in GONE:
        raise Refused("the code is no longer good (it lives about 20 seconds); begin the sign-in again")
    raise _refusal(status, answer)


def renewed(tokens: Tokens, client_id: str, login: str, now: float, timeout_s: float) -> Tokens | None:
    """Fresh tokens, or None when the sign-in has ended. Raises Unreachable, Refused or BadAnswer."""
    status, answer = _ask(
        login, {"grant_type": "refresh_token", "refresh_token": tokens.refresh, "client_id": client_id}, timeout_s
    )
    if status == 200:
        return _tokens(answer, now, tokens.refresh)
    if answer.get("error") in GONE:
        return None
    raise _refusal(status, answer)


def _ask(login: str, form: Mapping[str, str], timeout_s: float) -> tuple[int, Mapping[str, Any]]:
    base = web.base_of(login)
    if base is None:
        raise BadAnswer("%(address)s is neither an https address nor on this machine", address=login)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = web.ask(base, "POST", TOKEN, timeout_s, headers, urlencode(form).encode("ascii"))
    if reply.status >= 500:
        raise Unreachable("%(address)s has a fault of its own (%(status)d)", address=base.address, status=reply.status)
    try:
        answer = msgspec.json.decode(reply.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        answer = None
    if not isinstance(answer, dict):
        raise BadAnswer(
            "%(address)s answers %(status)d without a word that this program understands",
            address=base.address,
            status=reply.status,
        )
    return reply.status, answer


def _tokens(answer: Mapping[str, Any], now: float, refresh: str = "") -> Tokens:
    tokens = tokens_in(answer, now, refresh)
    if tokens is None:
        raise BadAnswer("the maker's sign-in answers without a token")
    return tokens


def _refusal(status: int, answer: Mapping[str, Any]) -> DriverError:
    if answer.get("error") in NOT_THIS_CLIENT:
        return Refused("the maker's sign-in does not know this client id; check it, then sign in again", cause="token")
    if status == 429:
        return Unreachable("the maker's sign-in asks for a pause; try again later")
    return Refused(
        "the maker's sign-in refuses with %(status)d (%(error)s); check the client id, then sign in again",
        status=status,
        error=_short(str(answer.get("error", "–"))),
        cause="token",
    )


def _short(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter in "_-. ")[:60]
