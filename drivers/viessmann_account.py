"""One account of Viessmann's cloud: signed in, within its calls, and each refusal in words that say what to do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from drivers import cloud_sign_in, private_file, web
from drivers.base import SIMULATED, Cloud
from drivers.cloud_calls import Calls, CallsMade, Limits, moment
from drivers.cloud_sign_in import SignIn
from drivers.cloud_tokens import TokenFile, Tokens
from drivers.errors import BadAnswer, DriverError, Refused, Unreachable

SCOPE = "IoT User offline_access"
RENEW_BEFORE_S = 60.0
MOST_SIGN_INS = 20
"""Begun at the same time; the oldest goes."""


class Account:
    """A client id at one cloud, shared by all its heat pumps. `clock` gives UTC seconds."""

    def __init__(
        self, folder: Path, api: str, login: str, client_id: str, limits: Limits, clock: Callable[[], float]
    ) -> None:
        name = hashlib.sha256(f"{login.rstrip('/')} {client_id}".encode()).hexdigest()[:16]
        self.api = api
        self.login = login
        self.client_id = client_id
        self._tokens = TokenFile(folder / f"{name}.json")
        self._calls = Calls(folder / f"{name}.calls", limits, clock)
        self._clock = clock

    @property
    def signed_in(self) -> bool:
        tokens = self._tokens.load()
        return tokens is not None and not tokens.ended

    def calls_made(self) -> CallsMade:
        return self._calls.made()

    def finish(self, sign_in: SignIn | None, answer: Mapping[str, str], timeout_s: float) -> SignIn:
        """End a sign-in with the maker's answer. Raises Refused, Unreachable or BadAnswer."""
        sign_in, code = cloud_sign_in.code_in(answer, sign_in, self._clock())
        self._calls.note()
        tokens = cloud_sign_in.exchange(sign_in, code, self._clock(), timeout_s)
        with private_file.turn(self._tokens.path):
            self._tokens.save(tokens)
        return sign_in

    def sign_out(self) -> None:
        """Forget the keys; the heat pumps of this account cannot be read until somebody signs in again."""
        with private_file.turn(self._tokens.path):
            self._tokens.forget()

    def ask(
        self, method: str, path: str, timeout_s: float, content: object = None, for_owner: bool = False
    ) -> dict[str, Any]:
        """The answer as a JSON object. A token that the cloud calls expired is renewed once, and asked with once.

        Raises Unreachable, Refused or BadAnswer, each with its own reason.
        """
        tokens = self._good(timeout_s, for_owner)
        reply = self._exchange(method, path, timeout_s, content, tokens, for_owner)
        if _says_expired(reply):
            tokens = self._good(timeout_s, for_owner, instead_of=tokens)
            reply = self._exchange(method, path, timeout_s, content, tokens, for_owner)
            if _says_expired(reply):
                self._end(tokens)
                raise _sign_in_again()
        return self._judged(reply)

    def _end(self, tokens: Tokens) -> None:
        """Nothing is asked with these any more until somebody signs in again."""
        with private_file.turn(self._tokens.path):
            if self._tokens.load() == tokens:
                self._tokens.save(replace(tokens, ended=True))

    def _exchange(
        self, method: str, path: str, timeout_s: float, content: object, tokens: Tokens, for_owner: bool
    ) -> web.Reply:
        self._calls.take(for_owner)
        headers = {"Authorization": f"Bearer {tokens.access}"}
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = msgspec.json.encode(content)
        return web.ask(self._base, method, path, timeout_s, headers, body)

    @property
    def _base(self) -> web.Base:
        base = web.base_of(self.api)
        if base is None:
            raise BadAnswer("%(address)s is neither an https address nor on this machine", address=self.api)
        return base

    def _good(self, timeout_s: float, for_owner: bool, instead_of: Tokens | None = None) -> Tokens:
        """Tokens that the cloud should accept: those that are there, else renewed ones, kept before they are used."""
        with private_file.turn(self._tokens.path):
            tokens = self._tokens.load() or self._simulated()
            if tokens is None:
                raise Refused(
                    "nobody has signed in to this account yet; sign in, in the form of the heat pump", cause="token"
                )
            fresh = tokens.good_at(self._clock(), RENEW_BEFORE_S)
            if not tokens.ended and fresh and (instead_of is None or tokens.access != instead_of.access):
                return tokens
            if tokens.ended or not tokens.refresh:
                raise _sign_in_again()
            self._calls.take(for_owner)
            renewed = cloud_sign_in.renewed(tokens, self.client_id, self.login, self._clock(), timeout_s)
            if renewed is None:
                self._tokens.save(replace(tokens, ended=True))
                raise _sign_in_again()
            self._tokens.save(renewed)
            return renewed

    def _simulated(self) -> Tokens | None:
        """A simulated cloud on this machine is entered without a browser."""
        base = web.base_of(self.login)
        if self.client_id != SIMULATED or base is None or not web.is_this_machine(base.host):
            return None
        return Tokens("none", SIMULATED, 0, 0)

    def _judged(self, reply: web.Reply) -> dict[str, Any]:
        answer = _object(reply)
        status = reply.status
        if answer is not None and status < 400 and isinstance(answer.get("statusCode"), int):
            status = answer["statusCode"]  # an error in the clothes of a success
        if 200 <= status < 300:
            if answer is not None and "data" in answer:
                return answer
            if status in (202, 204):
                return answer or {}
            raise BadAnswer("%(address)s answers what is no list of features", address=self._base.address)
        raise self._complaint(status, answer or {})

    def _complaint(self, status: int, answer: Mapping[str, Any]) -> DriverError:
        kind, payload = answer.get("errorType"), answer.get("extendedPayload")
        payload = payload if isinstance(payload, dict) else {}
        address = self._base.address
        if status == 429 or kind == "RATE_LIMIT_EXCEEDED":
            return self._too_many(payload.get("limitReset"))
        if payload.get("reason") == "DEVICE_OFFLINE":
            return Unreachable("the heat pump is not connected to its gateway; the gateway itself is online")
        if payload.get("reason") == "GATEWAY_OFFLINE":
            return Unreachable("the gateway of the heat pump is offline; check its power and its internet connection")
        if status >= 500:
            return Unreachable("%(address)s has a fault of its own (%(status)d)", address=address, status=status)
        if kind == "DEVICE_COMMUNICATION_ERROR":
            return Unreachable("the maker's cloud cannot talk to the heat pump just now")
        if kind == "PACKAGE_NOT_PAID_FOR":
            return Refused("the maker's cloud gives this only with a package that the account does not have")
        if status == 403:
            return Refused(
                "this account may not see that heat pump; sign in with the account that it belongs to", cause="token"
            )
        if status == 404:
            return BadAnswer("the maker's cloud does not know this heat pump; choose it anew in its form")
        if 300 <= status < 400:
            return BadAnswer("%(address)s wants to lead elsewhere, which is not followed", address=address)
        return BadAnswer(
            "%(address)s refuses with %(status)d (%(kind)s)", address=address, status=status, kind=_word(kind)
        )

    def _too_many(self, reset_ms: object) -> Unreachable:
        at = reset_ms / 1000 if isinstance(reset_ms, int | float) and not isinstance(reset_ms, bool) else None
        obeyed = self._calls.stop_until(at)
        return Unreachable("the maker's cloud takes no calls of this account before %(time)s", time=moment(obeyed))


def _object(reply: web.Reply) -> dict[str, Any] | None:
    """None for what is no JSON object, such as a page of a web server that stands in front."""
    try:
        answer = msgspec.json.decode(reply.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _says_expired(reply: web.Reply) -> bool:
    return reply.status == 401 or (_object(reply) or {}).get("error") == "EXPIRED TOKEN"


def _sign_in_again() -> Refused:
    return Refused(
        "the sign-in at the maker's cloud is no longer good; sign in again, in the form of the heat pump", cause="token"
    )


def _word(kind: object) -> str:
    return "".join(letter for letter in str(kind or "–") if letter.isalnum() or letter in "_–")[:60]


class Accounts:
    """The accounts of this installation, and the sign-ins that wait for their answer."""

    def __init__(self, folder: Path, clock: Callable[[], float], limits: Limits | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._limits = limits or Limits()
        self._begun: dict[str, SignIn] = {}
        self._answered: dict[str, SignIn] = {}
        self._turn = threading.Lock()

    def of(self, cloud: Cloud) -> Account:
        return Account(self._folder, cloud.api, cloud.login, cloud.client_id, self._limits, self._clock)

    def begin(
        self, login: str, client_id: str, redirect: str, kept: Mapping[str, Sequence[str]] | None = None
    ) -> SignIn:
        """Begin a sign-in; it waits in memory, so after a restart it is begun again."""
        sign_in = cloud_sign_in.begin(client_id, login, redirect, SCOPE, self._clock(), kept)
        with self._turn:
            _put(self._begun, sign_in)
        return sign_in

    def begun(self, state: str) -> SignIn | None:
        """The one that waits for an answer with this state."""
        return self._begun.get(state)

    def answered(self, state: str) -> SignIn | None:
        """The one that an answer with this state belongs to; a state is good for one answer."""
        with self._turn:
            sign_in = self._begun.pop(state, None)
            if sign_in is not None:
                _put(self._answered, sign_in)
            return sign_in

    def typed(self, state: str) -> Mapping[str, Sequence[str]] | None:
        """What was typed before the sign-in that was answered."""
        sign_in = self._answered.get(state)
        return None if sign_in is None else sign_in.kept


def _put(sign_ins: dict[str, SignIn], sign_in: SignIn) -> None:
    sign_ins[sign_in.state] = sign_in
    while len(sign_ins) > MOST_SIGN_INS:
        sign_ins.pop(next(iter(sign_ins)))
