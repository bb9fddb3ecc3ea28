"""Who is signed in: the cookie, and the account behind it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from app.services import accounts, rights
from app.store.users import User
from app.web.parts import system

LIFETIME = timedelta(days=30)
"""A session ends this long after it was last used."""


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of this session. Its key changes with the password, which ends all older sessions."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.name = user.name
        self.role = user.role
        self.language = user.language
        self.is_token = False
        self.rights = rights.of_role(user.role, user.heatpumps)

    def get_id(self) -> str:
        return f"{self.user.id}-{sha256(self.user.password_hash.encode()).hexdigest()[:16]}"


def cookie_settings(behind_https: bool) -> dict[str, Any]:
    return {
        "PERMANENT_SESSION_LIFETIME": LIFETIME,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": behind_https,
    }


def login_manager() -> LoginManager:
    manager = LoginManager()
    manager.session_protection = "strong"
    manager.user_loader(_load)
    return manager


def sign_in(user: User) -> None:
    """Begin a new session; nothing of an older one but the language is kept."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language is not None:
        session["language"] = language
    login_user(SignedIn(user))


def sign_out() -> None:
    logout_user()
    session.clear()


def _load(key: str) -> SignedIn | None:
    user_id, _, _ = key.partition("-")
    if not user_id.isdecimal():
        return None
    user = accounts.find(system(), int(user_id))
    if user is None:
        return None
    signed_in = SignedIn(user)
    return signed_in if signed_in.get_id() == key else None
