"""Who is signed in: a browser with its cookie and the session behind it, or a program with its token."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from app.services import accounts, passwords, rights, signed_in, tokens
from app.store.sessions import Session
from app.store.tokens import Token
from app.store.users import User
from app.web.assets import FILE_VIEWS
from app.web.parts import system

LIFETIME = timedelta(seconds=signed_in.IDLE_S)
"""A session ends this long after it was last used."""

KNOWN = "known"
KNOWN_FOR_S = 365 * 86_400
"""The cookie by which a browser that has signed in to an account before is known again (app/services/throttle.py)."""


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of this session. `get_id` is what the cookie holds; it changes with the password."""

    is_token = False

    def __init__(self, user: User, key: str, behind: Session | None) -> None:
        self.user = user
        self.name = user.name
        self.role = user.role
        self.language = user.language
        self.rights = rights.of_role(user.role, user.heatpumps)
        self.session_id = None if behind is None else behind.id
        self._key = key

    def get_id(self) -> str:
        return f"{self._key}.{passwords.fingerprint(self.user.password_hash)}"


class Bearer(UserMixin):  # type: ignore[misc]
    """A program that sent a token of ours; it has no account, and no settings of its own."""

    is_token = True
    user = None
    role = None
    language = None
    session_id = None

    def __init__(self, token: Token) -> None:
        self.name = token.name
        self.rights = rights.of_scopes(token.scopes, token.heatpumps)


class Cookies(SecureCookieSessionInterface):
    """A file that anybody may keep for a year must not bring somebody's session along."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.endpoint not in FILE_VIEWS and super().should_set_cookie(app, session)


def cookie_settings(behind_https: bool) -> dict[str, Any]:
    return {
        "PERMANENT_SESSION_LIFETIME": LIFETIME,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": behind_https,
    }


def login_manager() -> LoginManager:
    manager = LoginManager()
    # Flask-Login's own compares address and browser: of no use for sessions that last (a phone changes its address, a
    # thief copies the browser's name), and it turns a program with a token away that keeps a cookie.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.request_loader(_load_bearer)
    return manager


def sign_in(user: User) -> None:
    """Begin a new session; nothing of an older one but the language is kept."""
    if current_user.is_authenticated and current_user.session_id is not None:
        signed_in.end(system(), current_user.user, current_user.session_id)
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language is not None:
        session["language"] = language
    key = signed_in.begin(system(), user, request.remote_addr or "", request.headers.get("User-Agent", ""))
    login_user(SignedIn(user, key, None))


def sign_out() -> None:
    signed_in.end(system(), current_user.user, current_user.session_id)
    logout_user()
    session.clear()


def set_password(user: User, password: str) -> None:
    """By an owner. The account is signed out everywhere, but for this session. Raises Invalid."""
    own = current_user.session_id if user.id == current_user.user.id else None
    accounts.set_password(system(), user, password, own)
    if own is not None:
        renew(accounts.get(system(), user.id))


def renew(user: User) -> None:
    """The same session goes on with a new password."""
    key, _, _ = current_user.get_id().partition(".")
    session["_user_id"] = SignedIn(user, key, None).get_id()


def bearer_key() -> str | None:
    """What a program sent as its token; a cookie beside it does not count."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def remember(response: Response, name: str) -> Response:
    """This browser has signed in to this account."""
    settings = current_app.config
    response.set_cookie(
        KNOWN,
        _known().dumps([name.casefold(), secrets.token_hex(8)]),
        max_age=KNOWN_FOR_S,
        httponly=True,
        samesite="Lax",
        secure=settings["SESSION_COOKIE_SECURE"],
        path="/login",
    )
    return response


def known_as(name: str) -> str | None:
    """The mark of this browser, if it has signed in to this account before."""
    try:
        found, mark = _known().loads(request.cookies.get(KNOWN, ""))
    except (BadSignature, TypeError, ValueError):
        return None
    return f"{found}:{mark}" if compare_digest(str(found).encode(), name.strip().casefold().encode()) else None


def _known() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="a browser that signed in before")


def _load(content: str) -> SignedIn | None:
    if bearer_key() is not None:
        return None
    key, _, _ = content.partition(".")
    found = signed_in.who(system(), key, request.remote_addr or "")
    if found is None:
        return None
    somebody = SignedIn(found[0], key, found[1])
    return somebody if compare_digest(somebody.get_id().encode(), content.encode()) else None


def _load_bearer(_: Request) -> Bearer | None:
    key = bearer_key()
    token = tokens.of(system(), key) if key else None
    return None if token is None else Bearer(token)
