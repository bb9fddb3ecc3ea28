"""Who asks for a change, as the audit keeps it."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext
from flask_login import current_user

from app.store.audit import Actor
from app.store.write_rules import Stop
from app.web.access import may_change_heatpumps


def check_may_lift(stop: Stop | None) -> None:
    """What somebody else has stopped, only an owner lets go on. Aborts with 403."""
    if stop is not None and stop.actor != current_user.name and not may_change_heatpumps():
        abort(403, gettext("%(name)s has stopped writing; only they or an owner may allow it again.", name=stop.actor))


def actor() -> Actor:
    return Actor("token" if current_user.is_token else "user", current_user.name)
