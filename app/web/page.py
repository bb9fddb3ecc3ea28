"""What every page has around it, and the words that templates may use."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask_login import current_user

from app import __version__
from app.services import alert_events, preferences, write_permissions
from app.web import access, formats, money, navigation, outcomes, performance, shown, visible, wording
from app.web.languages import LANGUAGES, current, opening, sentence
from app.web.parts import system

LOCALES = {"de": "de-DE", "en": "en-GB"}
"""For the numbers and dates that a page's script writes."""


def add_to(app: Flask) -> None:
    app.context_processor(_surroundings)
    app.add_template_filter(sentence, "sentence")
    app.add_template_filter(opening, "opening")
    app.add_template_filter(moment, "moment")
    app.add_template_filter(formats.day, "day")
    app.jinja_env.globals |= {
        "shown": shown,
        "outcomes": outcomes,
        "performance": performance,
        "navigation": navigation,
        "money": money,
    }


def moment(at: float) -> str:
    """A time as it is said now."""
    return formats.moment(at, system().clock())


def _surroundings() -> dict[str, Any]:
    return {
        "languages": LANGUAGES,
        "language": current(),
        "locale": LOCALES[current()],
        "timezone": system().config.timezone,
        "version": __version__,
        # what asks the database is asked by the templates that need it: an error page must not
        "current_user": current_user,
        "may_change": access.may_change_heatpumps,
        "may_control": access.may_control,
        "sees_all": visible.every,
        "number_open_alerts": _open_alerts,
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "theme": _theme,
        "wording": wording.of,
        "writing_stopped": lambda: write_permissions.stops(system(), visible.among()),
    }


def _open_alerts() -> int:
    """How many alerts are open."""
    return alert_events.number_open(system(), among=visible.among()) if current_user.is_authenticated else 0


def _theme() -> str | None:
    """What the account of this request chose."""
    if "theme" not in g:
        has_account = current_user.is_authenticated and not current_user.is_token
        g.theme = preferences.theme(system(), current_user.user.id) if has_account else None
    found: str | None = g.theme
    return found
