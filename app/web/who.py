"""Who asks for a change, as the audit keeps it."""

from __future__ import annotations

from flask_login import current_user

from app.store.audit import Actor


def actor() -> Actor:
    return Actor("token" if current_user.is_token else "user", current_user.name)
